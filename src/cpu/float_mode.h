/* cpu/float_mode.h: the rounding and denormal mode of this thread as one word, so that a helper can
 * compute exactly as the caller does. */
#ifndef BE__CPU_FLOAT_MODE_H
#define BE__CPU_FLOAT_MODE_H

#include <stdint.h>

#if defined(__x86_64__)
/* Rounding (13-14), flush to zero (15), denormals are zero (6); masks and flags stay the thread's
 * own. */
enum { BE__FLOAT_MODE_BITS = 0xE040 };

static inline uint32_t be__float_mode(void)
{
    return __builtin_ia32_stmxcsr() & BE__FLOAT_MODE_BITS;
}

static inline void be__float_mode_set(uint32_t mode)
{
    uint32_t now = __builtin_ia32_stmxcsr();
    if ((now & BE__FLOAT_MODE_BITS) != mode) {
        __builtin_ia32_ldmxcsr((now & ~(uint32_t)BE__FLOAT_MODE_BITS) | mode);
        /* The x87 unit, which long double uses, has a word of its own: rounding in bits 10-11. */
        uint16_t control;
        __asm__ volatile("fnstcw %0" : "=m"(control));
        control = (uint16_t)((control & ~0x0C00u) | (mode >> 13 & 3) << 10);
        __asm__ volatile("fldcw %0" : : "m"(control));
    }
}
#elif defined(__aarch64__)
/* Rounding (22-23), flush to zero (24). */
#define BE__FLOAT_MODE_BITS UINT64_C(0x01C00000)

static inline uint32_t be__float_mode(void)
{
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    return (uint32_t)(control & BE__FLOAT_MODE_BITS);
}

static inline void be__float_mode_set(uint32_t mode)
{
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    if ((control & BE__FLOAT_MODE_BITS) != mode) {
        control = (control & ~BE__FLOAT_MODE_BITS) | mode;
        __asm__ volatile("msr fpcr, %0" : : "r"(control));
    }
}
#else
#include <fenv.h>

static inline uint32_t be__float_mode(void)
{
    return (uint32_t)fegetround();
}

static inline void be__float_mode_set(uint32_t mode)
{
    fesetround((int)mode);
}
#endif

#endif
