#include "Argon2Kernel.h"

#include "Blake2b.h"
#include "Matrix.h"

int argon2_kernel_supports(enum argon2_kernel_variant variant) {
    switch (variant) {
    case ARGON2_KERNEL_PORTABLE: return 1;
#if defined(__x86_64__)
    // Asks the operating system's part too: whether it keeps the registers.
    case ARGON2_KERNEL_AVX2: return __builtin_cpu_supports("avx2") != 0;
    case ARGON2_KERNEL_AVX512:
        return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0;
#endif
    default: return 0;
    }
}

static fill_segment *filling(enum argon2_kernel_variant variant) {
    switch (variant) {
#if defined(__x86_64__)
    case ARGON2_KERNEL_AVX2: return argon2_kernel_fill_avx2;
    case ARGON2_KERNEL_AVX512: return argon2_kernel_fill_avx512;
#endif
    default: return argon2_kernel_fill_portable;
    }
}

static void add_counted(struct blake2b *hash, struct argon2_kernel_bytes bytes) {
    argon2_kernel_blake2b_add_u32(hash, (uint32_t)bytes.count);
    argon2_kernel_blake2b_add(hash, bytes.bytes, bytes.count);
}

/// H0 (RFC 9106 §3.2, step 1).
static void hash_inputs(
    uint8_t digest[64], const struct argon2_kernel_inputs *inputs, size_t tag_count) {
    struct blake2b hash;
    argon2_kernel_blake2b_begin(&hash, 64);
    argon2_kernel_blake2b_add_u32(&hash, inputs->lanes);
    argon2_kernel_blake2b_add_u32(&hash, (uint32_t)tag_count);
    argon2_kernel_blake2b_add_u32(&hash, inputs->memory_kib);
    argon2_kernel_blake2b_add_u32(&hash, inputs->passes);
    argon2_kernel_blake2b_add_u32(&hash, 0x13);  // version 1.3
    argon2_kernel_blake2b_add_u32(&hash, 2);     // Argon2id
    add_counted(&hash, inputs->password);
    add_counted(&hash, inputs->salt);
    add_counted(&hash, inputs->secret);
    add_counted(&hash, inputs->associated_data);
    argon2_kernel_blake2b_finish(&hash, digest);
}

/// The first two blocks of every lane (RFC 9106 §3.2, steps 3 and 4).
static void begin_lanes(const struct matrix *matrix, const uint8_t digest[64]) {
    uint8_t seed[72], bytes[BLOCK_BYTES];
    for (int i = 0; i < 64; i += 1) seed[i] = digest[i];
    for (uint32_t lane = 0; lane < matrix->lanes; lane += 1) {
        for (uint32_t column = 0; column < 2; column += 1) {
            store_u64(seed + 64, (uint64_t)lane << 32 | column);
            argon2_kernel_variable_hash(bytes, sizeof bytes, seed, sizeof seed);
            struct block *block =
                matrix->blocks + (uint64_t)lane * matrix->lane_length + column;
            for (int i = 0; i < BLOCK_WORDS; i += 1) {
                block->words[position(i)] = load_u64(bytes + 8 * i);
            }
        }
    }
    argon2_kernel_wipe(seed, sizeof seed);
    argon2_kernel_wipe(bytes, sizeof bytes);
}

/// The tag out of the last block of every lane (RFC 9106 §3.2, steps 7 and 8).
static void end_lanes(const struct matrix *matrix, uint8_t *tag, size_t tag_count) {
    uint8_t bytes[BLOCK_BYTES];
    for (int i = 0; i < BLOCK_WORDS; i += 1) {
        uint64_t word = 0;
        for (uint32_t lane = 1; lane <= matrix->lanes; lane += 1) {
            word ^= matrix->blocks[(uint64_t)lane * matrix->lane_length - 1].words[position(i)];
        }
        store_u64(bytes + 8 * i, word);
    }
    argon2_kernel_variable_hash(tag, (uint32_t)tag_count, bytes, sizeof bytes);
    argon2_kernel_wipe(bytes, sizeof bytes);
}

static int is_in_range(const struct argon2_kernel_inputs *inputs, size_t tag_count) {
    const size_t most = 0xffffffff;
    return inputs->lanes >= 1 && inputs->lanes < 1 << 24 && inputs->passes >= 1
        && inputs->memory_kib / 8 >= inputs->lanes && tag_count >= 4 && tag_count <= most
        && inputs->password.count <= most && inputs->salt.count <= most
        && inputs->secret.count <= most && inputs->associated_data.count <= most;
}

enum argon2_kernel_result argon2_kernel_hash(
    enum argon2_kernel_variant variant, const struct argon2_kernel_inputs *inputs, uint8_t *tag,
    size_t tag_count, void *arena, size_t arena_bytes) {
    if (!argon2_kernel_supports(variant)) return ARGON2_KERNEL_UNSUPPORTED;
    if (!is_in_range(inputs, tag_count)) return ARGON2_KERNEL_OUT_OF_RANGE;
    if ((uintptr_t)arena % 64 != 0 || arena_bytes / BLOCK_BYTES < inputs->memory_kib) {
        return ARGON2_KERNEL_ARENA;
    }
    struct matrix matrix = {.blocks = arena, .lanes = inputs->lanes, .passes = inputs->passes};
    matrix.segment_length = inputs->memory_kib / (SLICES * inputs->lanes);
    matrix.lane_length = SLICES * matrix.segment_length;
    uint8_t digest[64];
    hash_inputs(digest, inputs, tag_count);
    begin_lanes(&matrix, digest);
    argon2_kernel_wipe(digest, sizeof digest);

    fill_segment *fill = filling(variant);
    struct workspace work;
    for (uint32_t pass = 0; pass < matrix.passes; pass += 1) {
        for (uint32_t slice = 0; slice < SLICES; slice += 1) {
            for (uint32_t lane = 0; lane < matrix.lanes; lane += 1) {
                fill(&matrix, (struct segment){pass, slice, lane}, &work);
            }
        }
    }
    end_lanes(&matrix, tag, tag_count);
    argon2_kernel_wipe(&work, sizeof work);
    argon2_kernel_wipe(arena, (size_t)matrix.lanes * matrix.lane_length * BLOCK_BYTES);
    return ARGON2_KERNEL_OK;
}
