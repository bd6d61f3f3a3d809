/* os/park.h: sleeping until a word changes. A spurious return is allowed: callers loop. */
#ifndef BE__OS_PARK_H
#define BE__OS_PARK_H

#include "base/base.h"

/* Sleep while *word == expected; returns at once when it is not. */
BE_PRIVATE void be__park(const _Atomic uint32_t *word, uint32_t expected);

/* Wake one sleeper on word, if there is one. Safe on a word whose sleeper is long gone, as long as
 * the memory is still the process's own. */
BE_PRIVATE void be__unpark(const _Atomic uint32_t *word);

/* Tell the CPU that this is a waiting loop. */
static inline void be__relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

#endif
