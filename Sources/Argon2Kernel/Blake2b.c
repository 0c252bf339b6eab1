#include "Blake2b.h"

#include <string.h>

// RFC 7693 §2.6: the fractional parts of the square roots of the first eight primes.
static const uint64_t initial_state[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

// RFC 7693 §2.7. Rounds 10 and 11 use rows 0 and 1 again.
static const uint8_t schedule[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static uint64_t rotated_right(uint64_t word, int bits) {
    return word >> bits | word << (64 - bits);
}

/// RFC 7693 §3.1.
static void mix(uint64_t v[16], int a, int b, int c, int d, uint64_t x, uint64_t y) {
    v[a] = v[a] + v[b] + x;
    v[d] = rotated_right(v[d] ^ v[a], 32);
    v[c] = v[c] + v[d];
    v[b] = rotated_right(v[b] ^ v[c], 24);
    v[a] = v[a] + v[b] + y;
    v[d] = rotated_right(v[d] ^ v[a], 16);
    v[c] = v[c] + v[d];
    v[b] = rotated_right(v[b] ^ v[c], 63);
}

/// RFC 7693 §3.2, on what is pending.
static void compress(struct blake2b *hash, int is_last) {
    uint64_t message[16], v[16];
    for (int i = 0; i < 16; i += 1) message[i] = load_u64(hash->pending + 8 * i);
    for (int i = 0; i < 8; i += 1) {
        v[i] = hash->state[i];
        v[i + 8] = initial_state[i];
    }
    hash->compressed_count += hash->pending_count;
    v[12] ^= hash->compressed_count;
    if (is_last) v[14] = ~v[14];
    for (int round = 0; round < 12; round += 1) {
        const uint8_t *s = schedule[round % 10];
        mix(v, 0, 4, 8, 12, message[s[0]], message[s[1]]);
        mix(v, 1, 5, 9, 13, message[s[2]], message[s[3]]);
        mix(v, 2, 6, 10, 14, message[s[4]], message[s[5]]);
        mix(v, 3, 7, 11, 15, message[s[6]], message[s[7]]);
        mix(v, 0, 5, 10, 15, message[s[8]], message[s[9]]);
        mix(v, 1, 6, 11, 12, message[s[10]], message[s[11]]);
        mix(v, 2, 7, 8, 13, message[s[12]], message[s[13]]);
        mix(v, 3, 4, 9, 14, message[s[14]], message[s[15]]);
    }
    for (int i = 0; i < 8; i += 1) hash->state[i] ^= v[i] ^ v[i + 8];
    argon2_kernel_wipe(message, sizeof message);
    argon2_kernel_wipe(v, sizeof v);
}

void argon2_kernel_blake2b_begin(struct blake2b *hash, size_t digest_count) {
    memset(hash, 0, sizeof *hash);
    memcpy(hash->state, initial_state, sizeof initial_state);
    // The parameter block: no key, fan-out and depth 1.
    hash->state[0] ^= 0x01010000 ^ digest_count;
    hash->digest_count = digest_count;
}

void argon2_kernel_blake2b_add(struct blake2b *hash, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    while (count > 0) {
        // Only when more comes: the last block is compressed by `finish`, marked as such.
        if (hash->pending_count == sizeof hash->pending) {
            compress(hash, 0);
            hash->pending_count = 0;
        }
        size_t room = sizeof hash->pending - hash->pending_count;
        size_t part = count < room ? count : room;
        memcpy(hash->pending + hash->pending_count, next, part);
        hash->pending_count += part;
        next += part;
        count -= part;
    }
}

void argon2_kernel_blake2b_add_u32(struct blake2b *hash, uint32_t number) {
    uint8_t bytes[4];
    for (int i = 0; i < 4; i += 1) bytes[i] = (uint8_t)(number >> (8 * i));
    argon2_kernel_blake2b_add(hash, bytes, sizeof bytes);
}

void argon2_kernel_blake2b_finish(struct blake2b *hash, uint8_t *digest) {
    memset(hash->pending + hash->pending_count, 0, sizeof hash->pending - hash->pending_count);
    compress(hash, 1);
    uint8_t words[64];
    for (int i = 0; i < 8; i += 1) store_u64(words + 8 * i, hash->state[i]);
    memcpy(digest, words, hash->digest_count);
    argon2_kernel_wipe(words, sizeof words);
    argon2_kernel_wipe(hash, sizeof *hash);
}

void argon2_kernel_variable_hash(
    uint8_t *digest, uint32_t digest_count, const void *bytes, size_t count) {
    struct blake2b hash;
    argon2_kernel_blake2b_begin(&hash, digest_count < 64 ? digest_count : 64);
    argon2_kernel_blake2b_add_u32(&hash, digest_count);
    argon2_kernel_blake2b_add(&hash, bytes, count);
    if (digest_count <= 64) {
        argon2_kernel_blake2b_finish(&hash, digest);
        return;
    }
    // The first 32 bytes of each link are output; the last link is output whole.
    uint8_t link[64];
    argon2_kernel_blake2b_finish(&hash, link);
    while (1) {
        memcpy(digest, link, 32);
        digest += 32;
        digest_count -= 32;
        size_t link_count = digest_count < 64 ? digest_count : 64;
        argon2_kernel_blake2b_begin(&hash, link_count);
        argon2_kernel_blake2b_add(&hash, link, sizeof link);
        argon2_kernel_blake2b_finish(&hash, link);
        if (digest_count <= 64) break;
    }
    memcpy(digest, link, digest_count);
    argon2_kernel_wipe(link, sizeof link);
}

void argon2_kernel_wipe(void *bytes, size_t count) {
    memset(bytes, 0, count);
    // The compiler must assume that this reads the bytes, and so may not leave the line above out.
    __asm__ volatile("" : : "r"(bytes) : "memory");
}
