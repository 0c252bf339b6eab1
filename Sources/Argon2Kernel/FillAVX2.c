#if defined(__x86_64__)
#define FILL_SEGMENT argon2_kernel_fill_avx2
// Tuned for a processor that shuffles bytes in one step, as nearly all with AVX2 do: otherwise the
// compiler cuts the rotation by 16 bits into two shuffles.
#define FILL_TARGET __attribute__((target("avx2,tune=haswell")))
#define FILL_VECTOR_BYTES 32
#define FILL_ROWS_AT_ONCE 4
#define FILL_COLUMNS_AT_ONCE 2
#define FILL_SHUFFLES_BYTES 1
#include "Fill.h"
#endif
