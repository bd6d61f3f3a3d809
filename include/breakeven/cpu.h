/* cpu.h: which instructions this CPU has, and which of them the kernels may use. */
#ifndef BREAKEVEN_CPU_H
#define BREAKEVEN_CPU_H

#include <breakeven/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Levels of instructions, each holding the ones before it. A level counts only when the CPU has all
 * of its instructions and the system saves its registers. */
typedef enum be_isa {
    BE_ISA_BASE,   /* what every CPU of this architecture has */
    BE_ISA_AVX2,   /* x86-64 with AVX2, BMI1, BMI2, FMA, POPCNT and PCLMULQDQ */
    BE_ISA_AVX512, /* and AVX-512 F, BW, CD, DQ and VL */
    BE_ISA_COUNT
} be_isa;

/* "base", "avx2", "avx512". Never NULL, static storage. */
BE_API const char *be_isa_name(be_isa isa);

/* The highest level this machine has. */
BE_API be_isa be_cpu_best(void);

/* The highest level kernels use: be_cpu_best() unless limited. */
BE_API be_isa be_cpu_isa(void);

/* From now on let kernels use `isa` at most, in the whole process: results are the same, so this is
 * for comparing variants. BE_ESYSTEM when the machine has no such level. */
BE_API BE_CHECK be_status be_cpu_limit(be_isa isa);

/* The name the CPU gives itself, such as "AMD EPYC"; "" when it gives none. */
enum { BE_CPU_NAME_SIZE = 49 };
BE_API void be_cpu_name(char name[BE_CPU_NAME_SIZE]);

#ifdef __cplusplus
}
#endif
#endif
