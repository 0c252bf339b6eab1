// Filling one segment (RFC 9106 §3.4, §3.5, §3.6). Included once by each variant, which defines
//
//   FILL_SEGMENT            the name of its function
//   FILL_TARGET             what the compiler may use
//   FILL_VECTOR_BYTES       32 or 64
//   FILL_ROWS_AT_ONCE       1, 2 or 4 sets of quadruples; more hide latency and need more registers
//   FILL_SHUFFLES_BYTES     1 where rotating by shuffling bytes is cheaper than by two shifts
//
// A block is 8 rows of 16 words. In memory order a vector of 32 bytes is one of P's four quadruples
// (a, b, c or d) of one row, so rows are permuted with a quadruple to a vector; and it is v[2i] and
// v[2i + 1] of two neighbouring columns, so columns are permuted with two words of each to a vector
// and change places only within 16 bytes. Nothing is transposed. Vectors of 64 bytes hold twice
// that, for which the rows' halves are exchanged in pairs.

#include "Matrix.h"

#include <string.h>

#define FILL_FUNCTION static inline __attribute__((always_inline)) FILL_TARGET

typedef uint64_t vector __attribute__((vector_size(FILL_VECTOR_BYTES), may_alias));
typedef char vector_chars __attribute__((vector_size(FILL_VECTOR_BYTES)));

enum { ROW_VECTORS = 128 / FILL_VECTOR_BYTES, BLOCK_VECTORS = 8 * ROW_VECTORS };

#if FILL_VECTOR_BYTES == 32
/// The words of each quadruple in another order.
#define TURNED(x, i0, i1, i2, i3) __builtin_shufflevector(x, x, i0, i1, i2, i3)
/// The second word of `x` and the first of `y`, in every 16 bytes.
#define JOINED(x, y) __builtin_shufflevector(x, y, 1, 4, 3, 6)
#else
#define TURNED(x, i0, i1, i2, i3) \
    __builtin_shufflevector(x, x, i0, i1, i2, i3, i0 + 4, i1 + 4, i2 + 4, i3 + 4)
#define JOINED(x, y) __builtin_shufflevector(x, y, 1, 8, 3, 10, 5, 12, 7, 14)
#define LOWER_HALVES(x, y) __builtin_shufflevector(x, y, 0, 1, 2, 3, 8, 9, 10, 11)
#define UPPER_HALVES(x, y) __builtin_shufflevector(x, y, 4, 5, 6, 7, 12, 13, 14, 15)
#endif

// To the right, of each word.
#define SHIFTED(x, bits) ((x) >> (bits) | (x) << (64 - (bits)))
#define ROTATED_32(x) SHIFTED(x, 32)
#define ROTATED_63(x) ((x) >> 63 | ((x) + (x)))
#if FILL_SHUFFLES_BYTES
#define BYTES_OF(x, even, odd) \
    (vector) __builtin_ia32_pshufb256( \
        (vector_chars)(x), (vector_chars)(vector){even, odd, even, odd})
#define ROTATED_24(x) BYTES_OF(x, 0x0201000706050403, 0x0a09080f0e0d0c0b)
#define ROTATED_16(x) BYTES_OF(x, 0x0100070605040302, 0x09080f0e0d0c0b0a)
#else
#define ROTATED_24(x) SHIFTED(x, 24)
#define ROTATED_16(x) SHIFTED(x, 16)
#endif

#define LOW(x) ((x) & 0xffffffff)

/// x ← x + y + 2 · low(x) · low(y);  z ← (z ⊕ x) rotated.
#define STEP(x, y, z, ROTATED) \
    do { \
        vector product = LOW(x) * LOW(y); \
        x = x + y + product + product; \
        vector difference = z ^ x; \
        z = ROTATED(difference); \
    } while (0)

/// GB (RFC 9106 §3.6) on `count` independent sets of quadruples, taking turns so that one computes
/// while another waits.
FILL_FUNCTION void mix(vector (*v)[4], int count) {
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i += 1) STEP(v[i][0], v[i][1], v[i][3], ROTATED_32);
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i += 1) STEP(v[i][2], v[i][3], v[i][1], ROTATED_24);
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i += 1) STEP(v[i][0], v[i][1], v[i][3], ROTATED_16);
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i += 1) STEP(v[i][2], v[i][3], v[i][1], ROTATED_63);
}

enum { ROW_SETS = FILL_ROWS_AT_ONCE };

/// P on `ROW_SETS` rows, or pairs of rows. For the diagonals a, c and d are turned and not b, which
/// is ready last and needed first.
FILL_FUNCTION void permute_rows(vector (*v)[4]) {
    mix(v, ROW_SETS);
#pragma clang loop unroll(full)
    for (int i = 0; i < ROW_SETS; i += 1) {
        v[i][0] = TURNED(v[i][0], 3, 0, 1, 2);
        v[i][2] = TURNED(v[i][2], 1, 2, 3, 0);
        v[i][3] = TURNED(v[i][3], 2, 3, 0, 1);
    }
    mix(v, ROW_SETS);
#pragma clang loop unroll(full)
    for (int i = 0; i < ROW_SETS; i += 1) {
        v[i][0] = TURNED(v[i][0], 1, 2, 3, 0);
        v[i][2] = TURNED(v[i][2], 3, 0, 1, 2);
        v[i][3] = TURNED(v[i][3], 2, 3, 0, 1);
    }
}

/// sum ← previous ⊕ reference; state ← P on the rows of sum.
FILL_FUNCTION void begin_block(
    vector *state, vector *sum, const vector *previous, const vector *reference) {
#if FILL_VECTOR_BYTES == 32
#pragma clang loop unroll(full)
    for (int row = 0; row < 8; row += ROW_SETS) {
        vector v[ROW_SETS][4];
#pragma clang loop unroll(full)
        for (int i = 0; i < 4 * ROW_SETS; i += 1) {
            sum[4 * row + i] = v[i / 4][i % 4] = previous[4 * row + i] ^ reference[4 * row + i];
        }
        permute_rows(v);
#pragma clang loop unroll(full)
        for (int i = 0; i < 4 * ROW_SETS; i += 1) state[4 * row + i] = v[i / 4][i % 4];
    }
#else
#pragma clang loop unroll(full)
    for (int row = 0; row < 8; row += 2 * ROW_SETS) {
        vector v[ROW_SETS][4];
#pragma clang loop unroll(full)
        for (int i = 0; i < ROW_SETS; i += 1) {
            const int first = 2 * row + 4 * i;
            vector n[4];
#pragma clang loop unroll(full)
            for (int j = 0; j < 4; j += 1) {
                sum[first + j] = n[j] = previous[first + j] ^ reference[first + j];
            }
            v[i][0] = LOWER_HALVES(n[0], n[2]);
            v[i][1] = UPPER_HALVES(n[0], n[2]);
            v[i][2] = LOWER_HALVES(n[1], n[3]);
            v[i][3] = UPPER_HALVES(n[1], n[3]);
        }
        permute_rows(v);
#pragma clang loop unroll(full)
        for (int i = 0; i < ROW_SETS; i += 1) {
            const int first = 2 * row + 4 * i;
            state[first + 0] = LOWER_HALVES(v[i][0], v[i][1]);
            state[first + 1] = LOWER_HALVES(v[i][2], v[i][3]);
            state[first + 2] = UPPER_HALVES(v[i][0], v[i][1]);
            state[first + 3] = UPPER_HALVES(v[i][2], v[i][3]);
        }
    }
#endif
}

/// target ← P on the columns of state ⊕ sum, for the columns of one vector of each row; and
/// ⊕ what target held, in passes after the first.
FILL_FUNCTION void finish_columns(
    vector *target, const vector *state, const vector *sum, int column, int is_first_pass) {
    vector v[2][4];
#pragma clang loop unroll(full)
    for (int row = 0; row < 8; row += 1) {
        v[row % 2][row / 2] = state[ROW_VECTORS * row + column];
    }
    mix(v, 2);
    vector a = v[0][0], c = v[0][2], d = v[0][3];
    v[0][0] = JOINED(v[1][0], a);
    v[1][0] = JOINED(a, v[1][0]);
    v[0][2] = JOINED(c, v[1][2]);
    v[1][2] = JOINED(v[1][2], c);
    v[0][3] = v[1][3];
    v[1][3] = d;
    mix(v, 2);
    a = v[0][0], c = v[0][2], d = v[0][3];
    v[0][0] = JOINED(a, v[1][0]);
    v[1][0] = JOINED(v[1][0], a);
    v[0][2] = JOINED(v[1][2], c);
    v[1][2] = JOINED(c, v[1][2]);
    v[0][3] = v[1][3];
    v[1][3] = d;
#pragma clang loop unroll(full)
    for (int row = 0; row < 8; row += 1) {
        const int i = ROW_VECTORS * row + column;
        vector word = v[row % 2][row / 2] ^ sum[i];
        target[i] = is_first_pass ? word : word ^ target[i];
    }
}

FILL_FUNCTION void prefetch(const struct block *block) {
#pragma clang loop unroll(full)
    for (int i = 0; i < BLOCK_WORDS; i += 8) __builtin_prefetch(block->words + i);
}

/// target ← G(previous, reference), all at once.
FILL_FUNCTION void compress(
    struct block *target, const struct block *previous, const struct block *reference,
    struct block *sum) {
    vector state[BLOCK_VECTORS];
    begin_block(
        state, (vector *)sum->words, (const vector *)previous->words,
        (const vector *)reference->words);
#pragma clang loop unroll(full)
    for (int column = 0; column < ROW_VECTORS; column += 1) {
        finish_columns((vector *)target->words, state, (const vector *)sum->words, column, 1);
    }
}

/// The next 128 words of data-independent addressing (RFC 9106 §3.4.1.2).
static FILL_TARGET __attribute__((noinline)) void next_words(struct workspace *work) {
    work->counter.words[6] += 1;
    compress(&work->words, &work->zero, &work->counter, &work->sum);
    compress(&work->words, &work->zero, &work->words, &work->sum);
}

/// How many blocks ahead a reference is asked for where all are known beforehand. Measured: 1 is
/// slower, more than 2 no faster.
enum { AHEAD = 2 };

static FILL_TARGET __attribute__((noinline)) void fill_independent(
    const struct matrix *matrix, struct segment at, struct workspace *work, struct block *target,
    const struct block *previous, uint32_t first) {
    memset(&work->zero, 0, sizeof work->zero);
    memset(&work->counter, 0, sizeof work->counter);
    work->counter.words[0] = at.pass;
    work->counter.words[1] = at.lane;
    work->counter.words[2] = at.slice;
    work->counter.words[3] = (uint64_t)matrix->lanes * matrix->lane_length;
    work->counter.words[4] = matrix->passes;
    work->counter.words[5] = 2;  // Argon2id
    for (uint32_t group = 0; group < matrix->segment_length; group += BLOCK_WORDS) {
        next_words(work);
        const uint32_t left = matrix->segment_length - group;
        const uint32_t end = left < BLOCK_WORDS ? left : BLOCK_WORDS;
        const uint32_t begin = group == 0 ? first : 0;
        const struct block *references[BLOCK_WORDS + AHEAD];
        for (uint32_t i = begin; i < end; i += 1) {
            references[i] = referenced(matrix, at, group + i, work->words.words[i]);
        }
        // Beyond the group nothing is known yet: its last blocks ask for the last one again.
        for (uint32_t i = 0; i < AHEAD; i += 1) references[end + i] = references[end - 1];
        for (uint32_t i = begin; i < begin + AHEAD && i < end; i += 1) prefetch(references[i]);
        for (uint32_t i = begin; i < end; i += 1) {
            prefetch(references[i + AHEAD]);
            prefetch(target);
            compress(target, previous, references[i], &work->sum);
            previous = target;
            target += 1;
        }
    }
}

FILL_FUNCTION void fill_dependent(
    const struct matrix *matrix, struct segment at, struct workspace *work, struct block *target,
    const struct block *previous, int is_first_pass) {
    vector *sum = (vector *)work->sum.words;
    const struct block *reference = referenced(matrix, at, 0, previous->words[0]);
    for (uint32_t index = 0; index < matrix->segment_length; index += 1) {
        vector state[BLOCK_VECTORS];
        vector *words = (vector *)target->words;
        prefetch(target);
        begin_block(
            state, sum, (const vector *)previous->words, (const vector *)reference->words);
        finish_columns(words, state, sum, 0, is_first_pass);
        // The first word is there: ask for what it names while the other columns are computed.
        // After the last block it names nothing in this segment, and asking does no harm.
        reference = referenced(matrix, at, index + 1, target->words[0]);
        prefetch(reference);
#pragma clang loop unroll(full)
        for (int column = 1; column < ROW_VECTORS; column += 1) {
            finish_columns(words, state, sum, column, is_first_pass);
        }
        previous = target;
        target += 1;
    }
}

static FILL_TARGET __attribute__((noinline)) void fill_first_pass(
    const struct matrix *matrix, struct segment at, struct workspace *work, struct block *target,
    const struct block *previous) {
    fill_dependent(matrix, at, work, target, previous, 1);
}

static FILL_TARGET __attribute__((noinline)) void fill_later_pass(
    const struct matrix *matrix, struct segment at, struct workspace *work, struct block *target,
    const struct block *previous) {
    fill_dependent(matrix, at, work, target, previous, 0);
}

FILL_TARGET void FILL_SEGMENT(
    const struct matrix *matrix, struct segment at, struct workspace *work) {
    struct block *lane = matrix->blocks + (uint64_t)at.lane * matrix->lane_length;
    // The first two blocks of a lane come from the inputs (RFC 9106 §3.2, steps 3 and 4).
    const uint32_t first = at.pass == 0 && at.slice == 0 ? 2 : 0;
    const uint32_t column = at.slice * matrix->segment_length + first;
    const struct block *previous = lane + (column == 0 ? matrix->lane_length : column) - 1;
    if (at.pass == 0 && at.slice < SLICES / 2) {
        fill_independent(matrix, at, work, lane + column, previous, first);
    } else if (at.pass == 0) {
        fill_first_pass(matrix, at, work, lane + column, previous);
    } else {
        fill_later_pass(matrix, at, work, lane + column, previous);
    }
}
