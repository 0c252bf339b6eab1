#pragma once

#include <stddef.h>
#include <stdint.h>

// BLAKE2b without a key (RFC 7693), and Argon2's variable-length hash H' over it (RFC 9106 §3.3).

struct blake2b {
    uint64_t state[8];
    uint8_t pending[128];
    size_t pending_count;
    /// Bytes compressed so far. RFC 7693 counts in 128 bits; 2^64 bytes do not come here.
    uint64_t compressed_count;
    size_t digest_count;
};

/// `digest_count` is 1 ... 64.
void argon2_kernel_blake2b_begin(struct blake2b *hash, size_t digest_count);
void argon2_kernel_blake2b_add(struct blake2b *hash, const void *bytes, size_t count);
/// Adds a number as four bytes, least first.
void argon2_kernel_blake2b_add_u32(struct blake2b *hash, uint32_t number);
/// Writes `digest_count` bytes and wipes the hash.
void argon2_kernel_blake2b_finish(struct blake2b *hash, uint8_t *digest);

/// H'. `digest_count` is at least 1.
void argon2_kernel_variable_hash(
    uint8_t *digest, uint32_t digest_count, const void *bytes, size_t count);

/// Overwrites with zeros, also what is not read again.
void argon2_kernel_wipe(void *bytes, size_t count);

static inline uint64_t load_u64(const uint8_t *bytes) {
    uint64_t word = 0;
    for (int i = 0; i < 8; i += 1) word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

static inline void store_u64(uint8_t *bytes, uint64_t word) {
    for (int i = 0; i < 8; i += 1) bytes[i] = (uint8_t)(word >> (8 * i));
}
