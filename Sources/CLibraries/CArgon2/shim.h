#pragma once

#include <argon2.h>
#include <stddef.h>
#include <stdint.h>

// libargon2 asks for its memory through callbacks that carry no argument of ours, so the arena to
// use travels in a thread-local. This is sound because the context below has threads = 1: libargon2
// then calls the allocator on the thread that called argon2_ctx. The thread-local is inside a
// function because a file-scope one in a header does not link from Swift.

struct loquet_arena {
    uint8_t *memory;
    size_t bytes;
};

static inline struct loquet_arena *loquet_arena_of_thread(void) {
    static _Thread_local struct loquet_arena arena;
    return &arena;
}

// libargon2 reads *memory and ignores the result: NULL is its "no memory".
static inline int loquet_arena_take(uint8_t **memory, size_t bytes) {
    struct loquet_arena *arena = loquet_arena_of_thread();
    *memory = bytes <= arena->bytes ? arena->memory : NULL;
    return 0;
}

// libargon2 has overwritten the memory with zeros when it calls this; the arena keeps it.
static inline void loquet_arena_give_back(uint8_t *memory, size_t bytes) {
    (void)memory;
    (void)bytes;
}

// One Argon2 hash in the caller's memory. Returns libargon2's code.
static inline int loquet_argon2_in(
    argon2_context *context, argon2_type type, uint8_t *memory, size_t bytes) {
    struct loquet_arena *arena = loquet_arena_of_thread();
    arena->memory = memory;
    arena->bytes = bytes;
    context->threads = 1;
    context->allocate_cbk = loquet_arena_take;
    context->free_cbk = loquet_arena_give_back;
    int code = argon2_ctx(context, type);
    arena->memory = NULL;
    arena->bytes = 0;
    return code;
}
