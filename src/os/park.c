/* park.c: Linux futexes. */
#include "os/park.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

void be__park(const _Atomic uint32_t *word, uint32_t expected)
{
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

void be__unpark(const _Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}
