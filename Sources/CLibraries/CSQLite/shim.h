#pragma once

#include <sqlite3.h>

// sqlite3_db_config is variadic, and Swift does not call variadic C functions. This covers its
// on/off options: `on` is what the option shall become, `*now` what the library made of it.
static inline int loquet_sqlite_switch(sqlite3 *database, int option, int on, int *now) {
    return sqlite3_db_config(database, option, on, now);
}

// sqlite3_config is variadic as well. Without memory statistics the library's allocations share no
// lock between threads. Must come before the first database is opened.
static inline int loquet_sqlite_without_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
