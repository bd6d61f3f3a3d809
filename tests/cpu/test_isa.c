/* test_isa.c: detection and limit of instruction sets. */
#include "check.h"

#include "cpu/isa.h"

#include <string.h>

static bool cpuinfo_has(const char *flags, const char *flag)
{
    size_t length = strlen(flag);
    for (const char *p = strstr(flags, flag); p; p = strstr(p + 1, flag)) {
        if (p[-1] == ' ' && (p[length] == ' ' || p[length] == '\n')) {
            return true;
        }
    }
    return false;
}

/* The kernel's own list of flags is the second opinion. */
static void detection_agrees_with_the_kernel(void **state)
{
    (void)state;
    static char line[1 << 16];
    FILE *file = fopen("/proc/cpuinfo", "r");
    bool found = false;
    while (file && !found && fgets(line, sizeof line, file)) {
        found = strncmp(line, "flags", 5) == 0;
    }
    if (file) {
        fclose(file);
    }
    if (!found) {
        SKIP("/proc/cpuinfo names no x86 flags here");
    }
    static const char *const AVX2[] = {"avx2", "bmi1", "bmi2", "fma", "popcnt", "pclmulqdq"};
    static const char *const AVX512[] = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"};
    bool avx2 = true, avx512 = true;
    for (size_t i = 0; i < BE__COUNT_OF(AVX2); i++) {
        avx2 = avx2 && cpuinfo_has(line, AVX2[i]);
    }
    for (size_t i = 0; i < BE__COUNT_OF(AVX512); i++) {
        avx512 = avx512 && cpuinfo_has(line, AVX512[i]);
    }
    CHECK(be_cpu_best() == (!avx2 ? BE_ISA_BASE : !avx512 ? BE_ISA_AVX2 : BE_ISA_AVX512));
}

static void a_limit_holds_and_can_be_lifted(void **state)
{
    (void)state;
    be_isa best = be_cpu_best();
    CHECK(be_cpu_isa() == best && be__cpu_best() == best);
    for (be_isa isa = BE_ISA_BASE; isa <= best; isa++) {
        CHECK(be_cpu_limit(isa) == BE_OK);
        CHECK_SAY(be_cpu_isa() == isa && be__cpu_best() == isa, "isa %d", (int)isa);
        CHECK(be_cpu_best() == best);
    }
    CHECK(be_cpu_limit(best) == BE_OK);
}

static void a_level_the_machine_lacks_is_refused(void **state)
{
    (void)state;
    be_isa best = be_cpu_best();
    for (be_isa isa = best + 1; isa < BE_ISA_COUNT; isa++) {
        CHECK(be_cpu_limit(isa) == BE_ESYSTEM);
    }
    CHECK(be_cpu_limit(BE_ISA_COUNT) == BE_EINVAL);
    CHECK(be_cpu_limit((be_isa)-1) == BE_EINVAL);
    CHECK(be_cpu_isa() == best);
}

static void every_level_has_a_name_of_its_own(void **state)
{
    (void)state;
    CHECK(strcmp(be_isa_name(BE_ISA_BASE), "base") == 0);
    CHECK(strcmp(be_isa_name(BE_ISA_AVX2), "avx2") == 0);
    CHECK(strcmp(be_isa_name(BE_ISA_AVX512), "avx512") == 0);
    CHECK(strcmp(be_isa_name(BE_ISA_COUNT), "unknown") == 0);
}

static void the_cpu_name_has_no_blanks_at_its_end(void **state)
{
    (void)state;
    char name[BE_CPU_NAME_SIZE];
    memset(name, 'x', sizeof name);
    be_cpu_name(name);
    size_t length = strnlen(name, sizeof name);
    CHECK(length < sizeof name);
    CHECK(length == 0 || name[length - 1] != ' ');
}

static const struct CMUnitTest TESTS[] = {
    TEST(detection_agrees_with_the_kernel), TEST(a_limit_holds_and_can_be_lifted),
    TEST(a_level_the_machine_lacks_is_refused), TEST(every_level_has_a_name_of_its_own),
    TEST(the_cpu_name_has_no_blanks_at_its_end)};

RUN_TESTS(TESTS)
