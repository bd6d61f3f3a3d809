/* isa.c: detection, once a process, and the limit on it. */
#include "cpu/isa.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* Levels plus one, so that zero means "not looked yet"; each of these is written with what every
 * other thread would write too. */
static unsigned detected;
static unsigned in_use;
static unsigned vpclmul; /* 0: not looked yet, 1: no, 2: yes */

const char *be_isa_name(be_isa isa)
{
    static const char *const names[BE_ISA_COUNT] = {
        [BE_ISA_BASE] = "base", [BE_ISA_AVX2] = "avx2", [BE_ISA_AVX512] = "avx512"};
    return (unsigned)isa < BE_ISA_COUNT ? names[isa] : "unknown";
}

#if defined(__x86_64__)
static be_isa detect(void)
{
    __builtin_cpu_init();
    if (!(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
          __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma") &&
          __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul"))) {
        return BE_ISA_BASE;
    }
    if (!(__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
          __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
          __builtin_cpu_supports("avx512vl"))) {
        return BE_ISA_AVX2;
    }
    return BE_ISA_AVX512;
}

static bool detect_vpclmul(void)
{
    return __builtin_cpu_supports("vpclmulqdq");
}

/* Source: AMD64 Architecture Programmer's Manual 3, CPUID functions 8000_0002h to 8000_0004h. */
void be_cpu_name(char name[BE_CPU_NAME_SIZE])
{
    unsigned words[12] = {0};
    for (unsigned i = 0; i < 3; i++) {
        unsigned *w = words + 4 * i;
        if (!__get_cpuid(0x80000002 + i, &w[0], &w[1], &w[2], &w[3])) {
            words[0] = 0;
            break;
        }
    }
    memcpy(name, words, sizeof words);
    name[BE_CPU_NAME_SIZE - 1] = '\0';
    for (size_t n = strlen(name); n > 0 && name[n - 1] == ' '; n--) {
        name[n - 1] = '\0'; /* vendors pad it */
    }
}
#else
static be_isa detect(void)
{
    return BE_ISA_BASE;
}

static bool detect_vpclmul(void)
{
    return false;
}

void be_cpu_name(char name[BE_CPU_NAME_SIZE])
{
    name[0] = '\0';
}
#endif

be_isa be_cpu_best(void)
{
    unsigned level = __atomic_load_n(&detected, __ATOMIC_RELAXED);
    if (BE__UNLIKELY(level == 0)) {
        level = (unsigned)detect() + 1;
        __atomic_store_n(&detected, level, __ATOMIC_RELAXED);
    }
    return (be_isa)(level - 1);
}

be_isa be__cpu_best(void)
{
    unsigned level = __atomic_load_n(&in_use, __ATOMIC_RELAXED);
    return BE__LIKELY(level != 0) ? (be_isa)(level - 1) : be_cpu_best();
}

bool be__cpu_has_vpclmul(void)
{
    unsigned known = __atomic_load_n(&vpclmul, __ATOMIC_RELAXED);
    if (BE__UNLIKELY(known == 0)) {
        known = be_cpu_best() == BE_ISA_AVX512 && detect_vpclmul() ? 2 : 1;
        __atomic_store_n(&vpclmul, known, __ATOMIC_RELAXED);
    }
    return known == 2;
}

be_isa be_cpu_isa(void)
{
    return be__cpu_best();
}

be_status be_cpu_limit(be_isa isa)
{
    if ((unsigned)isa >= BE_ISA_COUNT) {
        return BE_EINVAL;
    }
    if (isa > be_cpu_best()) {
        return BE_ESYSTEM;
    }
    __atomic_store_n(&in_use, (unsigned)isa + 1, __ATOMIC_RELAXED);
    return BE_OK;
}
