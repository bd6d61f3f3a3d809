/* base.h: what every other header of Breakeven stands on: status, errors, memory, cancellation.
 *
 * Said once, for every function of every header:
 *   - a pointer argument is never NULL unless its comment says "may be NULL";
 *   - outputs come last and are written only on success, unless a comment says otherwise;
 *   - nothing passed in is kept after the call, except by a function named "create" or "init";
 *   - the library never prints, exits or aborts, and reads no environment variable;
 *   - ranges are half open, [begin, end); times are nanoseconds of CLOCK_MONOTONIC.
 */
#ifndef BREAKEVEN_BASE_H
#define BREAKEVEN_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BE_VERSION_MAJOR 0
#define BE_VERSION_MINOR 1
#define BE_VERSION_PATCH 0

#if defined(__GNUC__)
#define BE_API __attribute__((visibility("default")))
#define BE_CHECK __attribute__((warn_unused_result))
#define BE_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define BE_API
#define BE_CHECK
#define BE_PRINTF(text, first)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- status --------------------------------------------------------------------------------- */

typedef enum be_status {
    BE_OK = 0,
    BE_EINVAL,    /* an argument or an input text is malformed or out of its range */
    BE_EDOMAIN,   /* the answer is known not to exist */
    BE_ELIMIT,    /* stopped looking: a stated bound (bytes, fuel, size) would be passed */
    BE_ENOMEM,    /* the allocator said no */
    BE_EIO,       /* the system said no: a file, a pipe, a process */
    BE_ECANCEL,   /* cancelled by be_cancel_raise */
    BE_EDEADLINE, /* the deadline passed */
    BE_EMISMATCH, /* a check of the library's own found two answers that must be equal and are not
                   */
    BE_ESYSTEM,   /* the machine lacks something: an instruction set, a clock, a system call */
    BE_STATUS_COUNT
} be_status;

/* A short lower-case phrase for a status, such as "out of memory". Never NULL, static storage. */
BE_API const char *be_status_text(be_status status);

/* "0.1.0": the version of the library that is running, which may be newer than BE_VERSION_*. */
BE_API const char *be_version(void);

enum { BE_EXPECTED_SIZE = 160 };
#define BE_NO_ITEM SIZE_MAX

/* Where and what, beside a status. Functions that take one fill it on failure only. */
typedef struct be_error {
    be_status status;
    size_t item;   /* index of the failing item, or BE_NO_ITEM */
    size_t line;   /* of a text input, from 1; 0 when there is none */
    size_t offset; /* bytes from the start of the text (or of the line when line > 0), from 0 */
    char expected[BE_EXPECTED_SIZE]; /* what was expected there, such as "a digit 0-9"; always
                                        ended by a zero, cut at a whole UTF-8 character */
} be_error;

/* Fill *error (may be NULL) and return status, so that a failure is one line at its place. The
 * offset and item are 0 and BE_NO_ITEM; set them afterwards where they are known. */
BE_API be_status be_error_set(be_error *error, be_status status, const char *format, ...)
    BE_PRINTF(3, 4);

/* The same for a text: line (0 for none) and offset say where. */
BE_API be_status be_error_at(be_error *error, be_status status, size_t line, size_t offset,
                             const char *format, ...) BE_PRINTF(5, 6);

/* ---- cancellation --------------------------------------------------------------------------- */

/* Set once, seen by every loop that was given it. Zero-initialised is "not cancelled". Raising is
 * async-signal-safe and safe from any thread; `word` is touched through the functions only. */
typedef struct be_cancel {
    int word;
} be_cancel;

BE_API void be_cancel_raise(be_cancel *cancel);
BE_API bool be_cancel_raised(const be_cancel *cancel);
BE_API void be_cancel_reset(be_cancel *cancel);

/* ---- memory --------------------------------------------------------------------------------- */

/* Where a handle takes its memory. `allocate` returns NULL when it cannot, memory aligned for any
 * type otherwise; size is never 0. `release` gets the size again and never NULL. Both may be
 * called from any thread. */
typedef struct be_allocator {
    void *(*allocate)(void *user, size_t size);
    void (*release)(void *user, void *memory, size_t size);
    void *user;
} be_allocator;

/* malloc and free. */
BE_API const be_allocator *be_allocator_default(void);

/* A fixed range with a cursor. Passed by value it is scratch: what the callee takes is free again
 * when it returns. Passed by pointer it is where results stay. It never grows. */
typedef struct be_arena {
    unsigned char *cursor;
    unsigned char *end;
} be_arena;

/* An arena over memory[0, size) of the caller. */
BE_API be_arena be_arena_over(void *memory, size_t size);

/* size bytes aligned to `align` (a power of two, at most 4096), not cleared; NULL when the arena
 * has not that much left, and then nothing was taken. */
BE_API void *be_arena_take(be_arena *arena, size_t size, size_t align);

/* Bytes left, before any alignment. */
BE_API size_t be_arena_left(const be_arena *arena);

/* ---- hashing and random numbers ------------------------------------------------------------- */

/* 128 bits of XXH3: fast, well mixed, not collision resistant. Who hashes input of strangers
 * compares the full key as well. The same bytes hash alike on every machine. */
typedef struct be_hash128 {
    uint64_t low;
    uint64_t high;
} be_hash128;

BE_API be_hash128 be_hash(const void *bytes, size_t size);

/* Four random words that depend on (seed, item, counter) alone: Philox4x32-10, counter-based, so a
 * stream per item is the same for any split of the items over threads.
 * Source: J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011. */
BE_API void be_random_block(uint64_t seed, uint64_t item, uint64_t counter, uint32_t words[4]);

/* A reader of such a stream. be_random_init(&r, seed, item) starts at counter 0. */
typedef struct be_random {
    uint64_t seed;
    uint64_t item;
    uint64_t counter;
    uint32_t words[4];
    unsigned left;
} be_random;

BE_API void be_random_init(be_random *random, uint64_t seed, uint64_t item);
BE_API uint32_t be_random_u32(be_random *random);
BE_API uint64_t be_random_u64(be_random *random);

/* Uniform in [0, bound), without bias; bound > 0. May read several words. */
BE_API uint64_t be_random_below(be_random *random, uint64_t bound);

/* Uniform in [0, 1), a multiple of 2^-53. */
BE_API double be_random_unit(be_random *random);

#ifdef __cplusplus
}
#endif
#endif
