/* sweep/harness.h: one driver is the harness and one way of running a loop, in a process of its
 * own: the spinning workers of one library would spoil the figures of the next.
 *
 *     sweep_NAME VARIANT MODE AMOUNT POINT...       POINT is KIND:N or KIND:N:CALLS
 *
 * and prints one line a point, the columns of sweep_header in harness.c. Modes:
 *
 *     hot      calls back to back for AMOUNT ms
 *     cold     AMOUNT calls with 10 ms of work of the caller's own before each
 *     total    CALLS calls from the start of the process, nothing warmed up; at most AMOUNT ms, and
 *              fewer calls then
 *     stuck    as total, but every thread that the library makes stops before its first instruction
 *     idle     one call every millisecond for AMOUNT ms, then a second of rest, a point of its own
 *     nested   N leaves in a flat loop, then N loops one inside the other with a leaf each
 *     callers  N ms of work in a flat loop, then by N threads that call at the same moment
 *
 * Kinds are those of items.h, and x: 64 calls at one place in the program, 16 each of kinds b, c, b
 * and e, counted as one call. Before a point is timed (in total and stuck: after) the bytes it
 * wrote are compared with the plain loop's.
 */
#ifndef SWEEP_HARNESS_H
#define SWEEP_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "items.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { SWEEP_POINTS = 128 }; /* the most in one process */

/* Run all items of one kind. `point` names the place in the program that calls. */
typedef void sweep_loop(unsigned point, uint8_t *out, size_t n);

struct sweep_library {
    /* Set up; false: there is no such variant. */
    bool (*start)(const char *variant);
    /* The loop over items of one kind, by the variant that was started. */
    sweep_loop *(*loop)(enum item_kind kind);
    /* Run body(ctx, i) for i in [0, n); may be called from inside a body. */
    void (*each)(unsigned point, size_t n, void (*body)(void *ctx, size_t i), void *ctx);
    /* Add what the library says of its calls at this point: the columns parallel and errors. */
    void (*explain)(unsigned point, FILE *out);
};
extern const struct sweep_library sweep_library;

/* Threads made from now on stop before their first instruction. */
void sweep_stick_threads(void);

#ifdef __cplusplus
}
#endif
#endif
