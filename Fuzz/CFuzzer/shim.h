// libFuzzer's entry for programs that bring their own `main`. No header of the toolchain declares
// it, and it is linked only by `-sanitize=fuzzer`; an ordinary build declares it and never calls it.
#ifndef LOQUET_CFUZZER_H
#define LOQUET_CFUZZER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*run)(const uint8_t *data, size_t size));

#endif
