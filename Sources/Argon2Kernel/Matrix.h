#pragma once

#include <stdint.h>

// Argon2's memory as RFC 9106 §3.2 sees it: `lanes` rows of blocks, each row cut into four slices.

enum { BLOCK_WORDS = 128, BLOCK_BYTES = 1024, SLICES = 4 };

struct block {
    _Alignas(64) uint64_t words[BLOCK_WORDS];
};

/// Where word `index` of a block stands in `words`. A block is 8 rows of four quadruples of words
/// (RFC 9106 §3.6); here two rows are one after the other in each quadruple: a0 a1 b0 b1 c0 c1 d0 d1.
/// Every variant keeps this order, and nobody but the kernel sees it.
static inline __attribute__((always_inline)) int position(int index) {
    const int row = index / 16, quadruple = index / 4 % 4, word = index % 4;
    return 32 * (row / 2) + 8 * quadruple + 4 * (row % 2) + word;
}

struct matrix {
    struct block *blocks;
    uint32_t lanes;
    uint32_t passes;
    /// Blocks of one lane, and of one lane in one slice.
    uint32_t lane_length, segment_length;
};

/// One lane in one slice of one pass: what is filled without looking at what others fill meanwhile.
struct segment {
    uint32_t pass, slice, lane;
};

/// Room that filling needs besides the arena. Wiped by its owner.
struct workspace {
    /// For `G(0, G(0, counter))`, the pseudo-random words of data-independent addressing.
    struct block zero, counter, words;
    /// X ⊕ Y of the block in progress.
    struct block sum;
};

/// The block that `words` (J1 in the low half, J2 in the high half) names for the block at `index` of
/// a segment (RFC 9106 §3.4.2).
static inline __attribute__((always_inline)) const struct block *referenced(
    const struct matrix *matrix, struct segment at, uint32_t index, uint64_t words) {
    const int is_first = at.pass == 0;
    // In the very first slice other lanes have nothing to refer to yet.
    uint32_t lane = at.lane;
    if (matrix->lanes > 1 && !(is_first && at.slice == 0)) {
        lane = (uint32_t)(words >> 32) % matrix->lanes;
    }
    // Blocks of finished slices: all earlier ones in the first pass, the other three in later ones.
    uint32_t area = (is_first ? at.slice : SLICES - 1) * matrix->segment_length;
    // And of this segment, but for the block just before, which is X anyway.
    if (lane == at.lane) {
        area += index - 1;
    } else if (index == 0) {
        area -= 1;
    }
    const uint64_t j1 = words & 0xffffffff;
    const uint64_t x = j1 * j1 >> 32;
    const uint32_t back = (uint32_t)(area * x >> 32);
    const uint32_t relative = area - 1 - back;
    // The oldest block of the area: the slice after this one, except in the first pass.
    const uint32_t oldest =
        is_first || at.slice == SLICES - 1 ? 0 : (at.slice + 1) * matrix->segment_length;
    uint32_t column = oldest + relative;
    if (column >= matrix->lane_length) column -= matrix->lane_length;
    return matrix->blocks + (uint64_t)lane * matrix->lane_length + column;
}

typedef void fill_segment(const struct matrix *, struct segment, struct workspace *);

fill_segment argon2_kernel_fill_portable;
#if defined(__x86_64__)
fill_segment argon2_kernel_fill_avx2;
fill_segment argon2_kernel_fill_avx512;
#endif
