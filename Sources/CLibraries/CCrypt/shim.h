#pragma once

#include <crypt.h>
#include <stddef.h>

// One crypt(3) hash in the caller's memory: loquet_crypt_bytes() of it, zero at first.
// crypt_rn and not crypt_r: it answers NULL where the other answers a text that only looks like a
// hash ("*0"). Functions, so that nobody in Swift has to know a struct of 32 KiB.
static inline size_t loquet_crypt_bytes(void) {
    return sizeof(struct crypt_data);
}

static inline const char *loquet_crypt(const char *phrase, const char *setting, void *memory) {
    return crypt_rn(phrase, setting, memory, (int)sizeof(struct crypt_data));
}
