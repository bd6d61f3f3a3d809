/* os/rseq.h: did this thread lose its CPU? The preemption witness, at the price of a store and a
 * load.
 *
 * The kernel's interface of restartable sequences (rseq) gives each thread a word, rseq_cs, that
 * may point to the description of a range of instructions. When the kernel takes the CPU from the
 * thread or delivers a signal to it, and the thread was not inside the described range, it sets the
 * word to NULL: linux/rseq.h documents this ("... set to NULL by the kernel when it restarts an
 * assembly instruction sequence block, as well as when the kernel detects that it is preempting or
 * delivering a signal outside of the range targeted by the rseq_cs"). We point the word at the
 * description of a range that holds no code at all. From then on
 *
 *     word still ours  =>  not preempted, not migrated, not blocked: its CPU time equals the wall
 *                          time, up to interrupts
 *     word is NULL     =>  it was off the CPU at least once, or took a signal
 *     anything else    =>  unknown: another user of rseq in this process (an allocator, say) has
 *                          run since. Its sequences work as before: a word is only ever ours to
 *                          overwrite between sequences, and we restore nothing.
 *
 * Limits: the word tells that it happened, not when or for how long. Time that the host of a
 * virtual machine steals is invisible, as it is to the thread CPU clock. glibc registers the word
 * since 2.35; without that, or with GLIBC_TUNABLES=glibc.pthread.rseq=0, there is no witness, and
 * everything here says so.
 */
#ifndef BE__OS_RSEQ_H
#define BE__OS_RSEQ_H

#include "base/base.h"

#include <sched.h>

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#define BE__RSEQ_KNOWN 1
#else
#define BE__RSEQ_KNOWN 0
#endif

/* struct rseq: cpu_id_start, cpu_id, rseq_cs, ... */
enum { BE__RSEQ_CPU_ID = 4, BE__RSEQ_CS = 8 };

/* Of struct rseq from the thread pointer; 0: no witness. Written once, after be__rseq_nowhere. */
extern ptrdiff_t be__rseq_offset;
extern uint64_t be__rseq_nowhere; /* address of the description of the empty range */

/* Whether there is a witness. The first call tests it, which takes a sleep of about 60 us; until
 * then the functions below behave as without one. Any thread. */
bool be__witness_available(void);

/* A field of the calling thread's struct rseq. */
static inline void *be__rseq_field(ptrdiff_t rseq_offset, int field)
{
#if defined(__x86_64__)
    uintptr_t thread;
    __asm__("mov %%fs:0, %0" : "=r"(thread));
#elif defined(__aarch64__)
    uintptr_t thread = (uintptr_t)__builtin_thread_pointer();
#else
    uintptr_t thread = 0; /* not reached: be__rseq_offset stays 0 */
#endif
    return (void *)(thread + (uintptr_t)rseq_offset + (uintptr_t)field);
}

/* Watch this thread from here on. */
static inline void be__witness_arm(void)
{
    ptrdiff_t offset = __atomic_load_n(&be__rseq_offset, __ATOMIC_ACQUIRE);
    if (BE__LIKELY(offset != 0)) {
        volatile uint64_t *word = (volatile uint64_t *)be__rseq_field(offset, BE__RSEQ_CS);
        __atomic_store_n(word, be__rseq_nowhere, __ATOMIC_RELAXED);
    }
}

/* Whether the thread that a word belongs to (NULL: none) has lost its CPU since it armed it. The
 * thread must be alive. */
static inline bool be__witness_fired_at(const volatile uint64_t *word)
{
    return word && __atomic_load_n(word, __ATOMIC_RELAXED) == 0;
}

/* The calling thread's word, for other threads to look at while this one lives; NULL without a
 * witness. */
static inline const volatile uint64_t *be__witness_word(void)
{
    ptrdiff_t offset = __atomic_load_n(&be__rseq_offset, __ATOMIC_RELAXED);
    return BE__LIKELY(offset != 0) ? (const volatile uint64_t *)be__rseq_field(offset, BE__RSEQ_CS)
                                   : NULL;
}

/* Whether this thread has lost its CPU since it armed; false when unknown. */
static inline bool be__witness_fired(void)
{
    return be__witness_fired_at(be__witness_word());
}

/* The CPU this thread runs on. */
static inline int be__cpu_id(void)
{
    ptrdiff_t offset = __atomic_load_n(&be__rseq_offset, __ATOMIC_RELAXED);
    if (BE__LIKELY(offset != 0)) {
        volatile int32_t *cpu = (volatile int32_t *)be__rseq_field(offset, BE__RSEQ_CPU_ID);
        return __atomic_load_n(cpu, __ATOMIC_RELAXED);
    }
    return sched_getcpu();
}

#endif
