/* memory.c: the allocator hook, arenas, the cancel flag. */
#include "base/base.h"

#include <stdlib.h>
#include <string.h>

static void *default_allocate(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

static void default_release(void *user, void *memory, size_t size)
{
    (void)user;
    (void)size;
    free(memory);
}

const be_allocator *be_allocator_default(void)
{
    static const be_allocator allocator = {default_allocate, default_release, NULL};
    return &allocator;
}

void *be__allocate(const be_allocator *allocator, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) {
        return NULL;
    }
    allocator = allocator ? allocator : be_allocator_default();
    return allocator->allocate(allocator->user, bytes ? bytes : 1);
}

void *be__allocate_zeroed(const be_allocator *allocator, size_t n, size_t size)
{
    void *memory = be__allocate(allocator, n, size);
    if (memory) {
        memset(memory, 0, n * size);
    }
    return memory;
}

void be__release(const be_allocator *allocator, void *memory, size_t n, size_t size)
{
    if (!memory) {
        return;
    }
    allocator = allocator ? allocator : be_allocator_default();
    size_t bytes = n * size;
    allocator->release(allocator->user, memory, bytes ? bytes : 1);
}

be_arena be_arena_over(void *memory, size_t size)
{
    return (be_arena){memory, (unsigned char *)memory + size};
}

void *be_arena_take(be_arena *arena, size_t size, size_t align)
{
    size_t left = (size_t)(arena->end - arena->cursor);
    size_t skip = -(uintptr_t)arena->cursor & (align - 1);
    if (skip > left || size > left - skip) {
        return NULL;
    }
    void *taken = arena->cursor + skip;
    arena->cursor += skip + size;
    return taken;
}

size_t be_arena_left(const be_arena *arena)
{
    return (size_t)(arena->end - arena->cursor);
}

/* The flag carries no data of its own: whoever sees it stops, so relaxed order suffices. */
void be_cancel_raise(be_cancel *cancel)
{
    __atomic_store_n(&cancel->word, 1, __ATOMIC_RELAXED);
}

bool be_cancel_raised(const be_cancel *cancel)
{
    return __atomic_load_n(&cancel->word, __ATOMIC_RELAXED) != 0;
}

void be_cancel_reset(be_cancel *cancel)
{
    __atomic_store_n(&cancel->word, 0, __ATOMIC_RELAXED);
}
