// Filling one segment (RFC 9106 §3.4, §3.5, §3.6). Included once by each variant, which defines
//
//   FILL_SEGMENT            the name of its function
//   FILL_TARGET             what the compiler may use
//   FILL_VECTOR_BYTES       32 or 64
//   FILL_ROWS_AT_ONCE       1, 2 or 4 vectors of each quadruple in one go; more hide latency and need
//   FILL_COLUMNS_AT_ONCE    more registers, and more columns give the first word later
//   FILL_SHUFFLES_BYTES     1 where rotating by shuffling bytes is cheaper than by two shifts
//
// P permutes quadruples a, b, c and d of words: the four that stand in a row, or the two words that a
// pair of columns has in each pair of rows. As the arena keeps rows in pairs (Matrix.h), a vector of
// 64 bytes is one quadruple of two rows, and as it stands also one quadruple of two pairs of
// columns. A vector of 32 bytes is one quadruple of one row, and half of one of two pairs of columns.
// So nothing is transposed: words change places only where P itself turns its diagonals.

#include "Matrix.h"

#include <string.h>

#define FILL_FUNCTION static inline __attribute__((always_inline)) FILL_TARGET

typedef uint64_t vector __attribute__((vector_size(FILL_VECTOR_BYTES), may_alias));
typedef char vector_chars __attribute__((vector_size(FILL_VECTOR_BYTES)));

enum { BLOCK_VECTORS = BLOCK_BYTES / FILL_VECTOR_BYTES, PAIR_VECTORS = BLOCK_VECTORS / 4 };

#if FILL_VECTOR_BYTES == 32
/// The vector of quadruple `q` of a row.
#define OF_ROW(row, q) (PAIR_VECTORS * ((row) / 2) + 2 * (q) + (row) % 2)
enum { ROWS = 8 };
/// The words of each quadruple in another order.
#define TURNED(x, i0, i1, i2, i3) __builtin_shufflevector(x, x, i0, i1, i2, i3)
/// The second word of `x` and the first of `y`, in every 16 bytes.
#define JOINED(x, y) __builtin_shufflevector(x, y, 1, 4, 3, 6)
#else
/// The vector of quadruple `q` of a pair of rows.
#define OF_ROW(pair, q) (PAIR_VECTORS * (pair) + (q))
enum { ROWS = 4 };
#define TURNED(x, i0, i1, i2, i3) \
    __builtin_shufflevector(x, x, i0, i1, i2, i3, i0 + 4, i1 + 4, i2 + 4, i3 + 4)
/// The words of the quadruples of two pairs of columns, which take turns every 16 bytes, one, two
/// and three places to the left.
#define LEFT_1(x) __builtin_shufflevector(x, x, 1, 4, 3, 6, 5, 0, 7, 2)
#define LEFT_2(x) __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3)
#define LEFT_3(x) __builtin_shufflevector(x, x, 5, 0, 7, 2, 1, 4, 3, 6)
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

/// P on as many rows, or pairs of rows, as are done at once. For the diagonals a, c and d are turned
/// and not b, which is ready last and needed first.
FILL_FUNCTION void permute_rows(vector (*v)[4]) {
    mix(v, FILL_ROWS_AT_ONCE);
#pragma clang loop unroll(full)
    for (int i = 0; i < FILL_ROWS_AT_ONCE; i += 1) {
        v[i][0] = TURNED(v[i][0], 3, 0, 1, 2);
        v[i][2] = TURNED(v[i][2], 1, 2, 3, 0);
        v[i][3] = TURNED(v[i][3], 2, 3, 0, 1);
    }
    mix(v, FILL_ROWS_AT_ONCE);
#pragma clang loop unroll(full)
    for (int i = 0; i < FILL_ROWS_AT_ONCE; i += 1) {
        v[i][0] = TURNED(v[i][0], 1, 2, 3, 0);
        v[i][2] = TURNED(v[i][2], 3, 0, 1, 2);
        v[i][3] = TURNED(v[i][3], 2, 3, 0, 1);
    }
}

/// Turns the diagonals of columns upright, or back.
FILL_FUNCTION void turn_columns(vector (*v)[4], int is_back) {
#if FILL_VECTOR_BYTES == 32
#pragma clang loop unroll(full)
    for (int i = 0; i < FILL_COLUMNS_AT_ONCE; i += 2) {
        vector *x = v[i], *y = v[i + 1];
        const vector a = x[0], c = x[2], d = x[3];
        x[0] = is_back ? JOINED(a, y[0]) : JOINED(y[0], a);
        y[0] = is_back ? JOINED(y[0], a) : JOINED(a, y[0]);
        x[2] = is_back ? JOINED(y[2], c) : JOINED(c, y[2]);
        y[2] = is_back ? JOINED(c, y[2]) : JOINED(y[2], c);
        x[3] = y[3];
        y[3] = d;
    }
#else
#pragma clang loop unroll(full)
    for (int i = 0; i < FILL_COLUMNS_AT_ONCE; i += 1) {
        v[i][0] = is_back ? LEFT_1(v[i][0]) : LEFT_3(v[i][0]);
        v[i][2] = is_back ? LEFT_3(v[i][2]) : LEFT_1(v[i][2]);
        v[i][3] = LEFT_2(v[i][3]);
    }
#endif
}

/// sum ← previous ⊕ reference; state ← P on the rows of sum.
FILL_FUNCTION void begin_block(
    vector *state, vector *sum, const vector *previous, const vector *reference) {
#pragma clang loop unroll(full)
    for (int row = 0; row < ROWS; row += FILL_ROWS_AT_ONCE) {
        vector v[FILL_ROWS_AT_ONCE][4];
#pragma clang loop unroll(full)
        for (int i = 0; i < 4 * FILL_ROWS_AT_ONCE; i += 1) {
            const int at = OF_ROW(row + i / 4, i % 4);
            sum[at] = v[i / 4][i % 4] = previous[at] ^ reference[at];
        }
        permute_rows(v);
#pragma clang loop unroll(full)
        for (int i = 0; i < 4 * FILL_ROWS_AT_ONCE; i += 1) {
            state[OF_ROW(row + i / 4, i % 4)] = v[i / 4][i % 4];
        }
    }
}

/// target ← P on the columns of state ⊕ sum, for the columns of as many vectors of each pair of rows as
/// are done at once, `first` among them; and ⊕ what target held, in passes after the first.
FILL_FUNCTION void finish_columns(
    vector *target, const vector *state, const vector *sum, int first, int is_first_pass) {
    vector v[FILL_COLUMNS_AT_ONCE][4];
#pragma clang loop unroll(full)
    for (int i = 0; i < 4 * FILL_COLUMNS_AT_ONCE; i += 1) {
        v[i / 4][i % 4] = state[PAIR_VECTORS * (i % 4) + first + i / 4];
    }
    mix(v, FILL_COLUMNS_AT_ONCE);
    turn_columns(v, 0);
    mix(v, FILL_COLUMNS_AT_ONCE);
    turn_columns(v, 1);
#pragma clang loop unroll(full)
    for (int i = 0; i < 4 * FILL_COLUMNS_AT_ONCE; i += 1) {
        const int at = PAIR_VECTORS * (i % 4) + first + i / 4;
        vector word = v[i / 4][i % 4] ^ sum[at];
        target[at] = is_first_pass ? word : word ^ target[at];
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
    for (int first = 0; first < PAIR_VECTORS; first += FILL_COLUMNS_AT_ONCE) {
        finish_columns((vector *)target->words, state, (const vector *)sum->words, first, 1);
    }
}

/// The next 128 words of data-independent addressing (RFC 9106 §3.4.1.2).
static FILL_TARGET __attribute__((noinline)) void next_words(struct workspace *work) {
    work->counter.words[position(6)] += 1;
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
    work->counter.words[position(0)] = at.pass;
    work->counter.words[position(1)] = at.lane;
    work->counter.words[position(2)] = at.slice;
    work->counter.words[position(3)] = (uint64_t)matrix->lanes * matrix->lane_length;
    work->counter.words[position(4)] = matrix->passes;
    work->counter.words[position(5)] = 2;  // Argon2id
    for (uint32_t group = 0; group < matrix->segment_length; group += BLOCK_WORDS) {
        next_words(work);
        const uint32_t left = matrix->segment_length - group;
        const uint32_t end = left < BLOCK_WORDS ? left : BLOCK_WORDS;
        const uint32_t begin = group == 0 ? first : 0;
        const struct block *references[BLOCK_WORDS + AHEAD];
        for (uint32_t i = begin; i < end; i += 1) {
            references[i] = referenced(matrix, at, group + i, work->words.words[position(i)]);
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
        for (int first = FILL_COLUMNS_AT_ONCE; first < PAIR_VECTORS;
             first += FILL_COLUMNS_AT_ONCE) {
            finish_columns(words, state, sum, first, is_first_pass);
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
