#pragma once

#include <stddef.h>
#include <stdint.h>

// Argon2id, version 1.3, from inputs to tag, on the calling thread and in the caller's memory.
//
// Sources: RFC 9106 (Argon2) and RFC 7693 (BLAKE2b); written from them.
//
// Nothing is allocated. Time depends on the secret inputs only as Argon2id itself does: by the
// addresses of its second half (RFC 9106 §3.4.1.3).

/// How the memory is filled. All variants give the same tags.
enum argon2_kernel_variant {
    /// Vectors of 512 bits, cut by the compiler to what every processor has. The same source lines
    /// as ARGON2_KERNEL_AVX512, so that these are run also where that processor is missing.
    ARGON2_KERNEL_PORTABLE = 0,
    ARGON2_KERNEL_AVX2 = 1,
    /// AVX-512 F and VL.
    ARGON2_KERNEL_AVX512 = 2,
};

enum argon2_kernel_result {
    ARGON2_KERNEL_OK = 0,
    /// This processor, or the architecture this was compiled for, lacks the variant.
    ARGON2_KERNEL_UNSUPPORTED = 1,
    /// Outside RFC 9106 §3.1: lanes 1 ... 2^24 - 1, passes at least 1, memory at least 8 KiB a
    /// lane, tag at least 4 bytes, and every length below 2^32.
    ARGON2_KERNEL_OUT_OF_RANGE = 2,
    /// Smaller than `memory_kib`, or not on a multiple of 64 bytes.
    ARGON2_KERNEL_ARENA = 3,
};

struct argon2_kernel_bytes {
    /// May be NULL where `count` is 0.
    const uint8_t *bytes;
    size_t count;
};

struct argon2_kernel_inputs {
    struct argon2_kernel_bytes password;
    struct argon2_kernel_bytes salt;
    struct argon2_kernel_bytes secret;
    struct argon2_kernel_bytes associated_data;
    uint32_t memory_kib;
    uint32_t passes;
    /// Filled one after the other.
    uint32_t lanes;
};

/// Not 0 where this processor and its operating system can run the variant.
int argon2_kernel_supports(enum argon2_kernel_variant variant);

/// One hash. Whatever else comes back than ARGON2_KERNEL_OK, nothing has been written.
///
/// Afterwards the part of the arena that was used holds only zeros: what a hash leaves there can be
/// run backwards to its first blocks, which tell a right password from a wrong one for the price of
/// one BLAKE2b. What the registers spilled to the stack is not wiped.
enum argon2_kernel_result argon2_kernel_hash(
    enum argon2_kernel_variant variant, const struct argon2_kernel_inputs *inputs, uint8_t *tag,
    size_t tag_count, void *arena, size_t arena_bytes);
