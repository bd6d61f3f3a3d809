/* base/base.h: what our own files share below the public header. */
#ifndef BE__BASE_H
#define BE__BASE_H

#include <breakeven/base.h>

/* A function one of our libraries calls in another; not part of the ABI. */
#define BE_PRIVATE __attribute__((visibility("default")))

#define BE__LIKELY(x) __builtin_expect(!!(x), 1)
#define BE__UNLIKELY(x) __builtin_expect(!!(x), 0)
#define BE__COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* 128-bit products; gcc and clang have them on every 64-bit target. */
__extension__ typedef unsigned __int128 be__u128;

/* Take and give back through an allocator; NULL means malloc. size 0 is answered as size 1. The sum
 * of n * size that overflows is answered NULL. */
BE_PRIVATE void *be__allocate(const be_allocator *allocator, size_t n, size_t size);
BE_PRIVATE void *be__allocate_zeroed(const be_allocator *allocator, size_t n, size_t size);
BE_PRIVATE void be__release(const be_allocator *allocator, void *memory, size_t n, size_t size);

#endif
