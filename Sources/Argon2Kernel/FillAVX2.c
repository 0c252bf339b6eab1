#if defined(__x86_64__)
#define FILL_SEGMENT argon2_kernel_fill_avx2
#define FILL_TARGET __attribute__((target("avx2")))
#define FILL_VECTOR_BYTES 32
#define FILL_ROTATE_BY_SHUFFLE 1
#include "Fill.h"
#endif
