/* rseq.c: find the thread's rseq word, make the empty range, and try it out.
 *
 * The description of the empty range must stay readable as long as any thread's word may point to
 * it, even after a dlclose of this library: a kernel that cannot read it kills the thread. So it
 * lies in a page of its own that is never unmapped. The kernel also wants an address to abort to,
 * preceded by the process's signature; nothing is ever executed there, so plain data will do.
 */
#include "os/rseq.h"

#include "os/clock.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

ptrdiff_t be__rseq_offset;
uint64_t be__rseq_nowhere;

#if BE__RSEQ_KNOWN

/* As linux/rseq.h lays it out. */
struct range {
    uint32_t version, flags;
    uint64_t start, length, abort;
};

struct page {
    _Alignas(32) struct range range;
    uint8_t nowhere[8]; /* the range: never executed, and not executable */
    uint32_t signature;
    uint32_t after_signature; /* where a sequence in the range would abort to */
};

/* glibc.pthread's RSEQ_SIG. */
#if defined(__x86_64__)
enum { SIGNATURE = 0x53053053 };
#else
enum { SIGNATURE = (int)0xd428bc00 };
#endif

/* glibc >= 2.35; absent elsewhere. */
extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned __rseq_size __attribute__((weak));

static bool registered(void)
{
    return &__rseq_offset && &__rseq_size && __rseq_size > 0 &&
           *(volatile int32_t *)be__rseq_field(__rseq_offset, BE__RSEQ_CPU_ID) >= 0;
}

static bool make_nowhere(void)
{
    struct page *page =
        mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        return false;
    }
    page->range = (struct range){.start = (uintptr_t)page->nowhere,
                                 .length = sizeof page->nowhere,
                                 .abort = (uintptr_t)&page->after_signature};
    page->signature = (uint32_t)SIGNATURE;
    be__rseq_nowhere = (uintptr_t)&page->range;
    return mprotect(page, sizeof *page, PROT_READ) == 0;
}

/* Whether the kernel clears the word when the thread blocks, and not when it just runs. */
static bool self_test(volatile uint64_t *word)
{
    bool survives = false;
    for (int try = 0; try < 16 && !survives; try++) { /* it may really be preempted */
        *word = be__rseq_nowhere;
        uint64_t start = be__ticks();
        while (be__ticks() - start < 1000) {
        }
        survives = *word == be__rseq_nowhere;
    }
    /* A sleep as short as can be may be over before it began, and then nothing was preempted. */
    *word = be__rseq_nowhere;
    for (long ns = 1; ns <= 1000000 && *word != 0; ns *= 1000) {
        const struct timespec moment = {.tv_nsec = ns};
        clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
    }
    return survives && *word == 0;
}

static void find_witness(void)
{
    if (registered() && make_nowhere() &&
        self_test((volatile uint64_t *)be__rseq_field(__rseq_offset, BE__RSEQ_CS))) {
        /* pairs with the acquire in be__witness_arm, for be__rseq_nowhere */
        __atomic_store_n(&be__rseq_offset, __rseq_offset, __ATOMIC_RELEASE);
    }
}

#else

static void find_witness(void)
{
}

#endif

bool be__witness_available(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_witness);
    return be__rseq_offset != 0;
}
