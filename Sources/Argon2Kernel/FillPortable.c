#define FILL_SEGMENT argon2_kernel_fill_portable
#define FILL_TARGET
#define FILL_VECTOR_BYTES 64
#define FILL_ROWS_AT_ONCE 1
#define FILL_COLUMNS_AT_ONCE 1
#define FILL_SHUFFLES_BYTES 0
#include "Fill.h"
