#pragma once

#include <sys/prctl.h>
#include <sys/resource.h>

// The process cannot be dumped or traced by others of its user from here on.
static inline int loquet_forbid_dumps(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

// prctl is variadic, and Swift does not call variadic C functions.
// The kernel keeps the first 15 bytes of the name.
static inline int loquet_name_this_thread(const char *name) {
    return prctl(PR_SET_NAME, name, 0, 0, 0);
}

// The type of the first parameter differs between C libraries' headers and languages. On Linux 0 is the
// calling thread, not its process.
static inline int loquet_make_this_thread_nice(int niceness) {
    return setpriority(PRIO_PROCESS, 0, niceness);
}
