#define FILL_SEGMENT argon2_kernel_fill_portable
#define FILL_TARGET
#define FILL_VECTOR_BYTES 64
#define FILL_ROTATE_BY_SHUFFLE 0
#include "Fill.h"
