/* memory.c: the engine's allocator behind its byte cap. */
#include "batch/engine.h"

void *be__engine_allocate(be_engine *engine, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) {
        return NULL;
    }
    size_t most = engine->memory_cap ? engine->memory_cap : SIZE_MAX;
    size_t held = atomic_load_explicit(&engine->memory, memory_order_relaxed);
    do {
        if (held > most || bytes > most - held) {
            return NULL;
        }
    } while (!atomic_compare_exchange_weak_explicit(&engine->memory, &held, held + bytes,
                                                    memory_order_relaxed, memory_order_relaxed));
    void *memory = be__allocate(&engine->allocator, n, size);
    if (!memory) {
        atomic_fetch_sub_explicit(&engine->memory, bytes, memory_order_relaxed);
    }
    return memory;
}

void be__engine_release(be_engine *engine, void *memory, size_t n, size_t size)
{
    if (memory) {
        be__release(&engine->allocator, memory, n, size);
        atomic_fetch_sub_explicit(&engine->memory, n * size, memory_order_relaxed);
    }
}
