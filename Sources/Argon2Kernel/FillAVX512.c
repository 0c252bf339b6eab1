#if defined(__x86_64__)
#define FILL_SEGMENT argon2_kernel_fill_avx512
// The width is said because compilers prefer 32 bytes.
#define FILL_TARGET \
    __attribute__((target("avx512f,avx512vl"), min_vector_width(512)))
#define FILL_VECTOR_BYTES 64
#define FILL_ROWS_AT_ONCE 4
#define FILL_COLUMNS_AT_ONCE 4
#define FILL_SHUFFLES_BYTES 0
#include "Fill.h"
#endif
