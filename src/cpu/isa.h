/* cpu/isa.h: what a table of kernel variants is indexed with.
 *
 *     be__diff_fn *const be__diff_variant[BE_ISA_COUNT] = {[BE_ISA_BASE] = be__diff_base, ...};
 *
 * A file of level BE_ISA_AVX2 is compiled with
 *     -mavx2 -mbmi -mbmi2 -mfma -mpopcnt -mpclmul
 * and one of BE_ISA_AVX512 with these and
 *     -mavx512f -mavx512bw -mavx512cd -mavx512dq -mavx512vl
 * which is what the detection asks for.
 */
#ifndef BE__CPU_ISA_H
#define BE__CPU_ISA_H

#include <breakeven/cpu.h>

#include "base/base.h"

/* Whether this build has variants for the levels above BE_ISA_BASE. */
#if defined(__x86_64__)
#define BE_HAVE_AVX2 1
#define BE_HAVE_AVX512 1
#else
#define BE_HAVE_AVX2 0
#define BE_HAVE_AVX512 0
#endif

/* The highest level to use now. A kernel looks it up at each call of its public function, so that
 * be_cpu_limit takes effect at once: one load. */
BE_PRIVATE be_isa be__cpu_best(void);

/* Whether there is VPCLMULQDQ, too, which the first CPUs of level BE_ISA_AVX512 lack. A file that
 * needs it is compiled with -mvpclmulqdq besides. */
BE_PRIVATE bool be__cpu_has_vpclmul(void);

#endif
