/* check.h: a thin layer over cmocka. `./test_x NAME` runs the tests whose name matches the glob
 * NAME. A CHECK that fails ends its test. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define CHECK(condition) assert_true(condition)

/* Like CHECK, and prints the case that failed. */
#define CHECK_SAY(condition, ...)                                                                  \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            print_error(__VA_ARGS__);                                                              \
            print_error("\n");                                                                     \
            assert_true(condition);                                                                \
        }                                                                                          \
    } while (0)

/* End this test, counted as skipped; the runner prints the reason. */
#define SKIP(reason)                                                                               \
    do {                                                                                           \
        print_message("# skip: %s\n", reason);                                                     \
        skip();                                                                                    \
    } while (0)

#define TEST(name) cmocka_unit_test(name)

#define RUN_TESTS(tests)                                                                           \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        if (argc > 1) {                                                                            \
            cmocka_set_test_filter(argv[1]);                                                       \
        }                                                                                          \
        return cmocka_run_group_tests(tests, NULL, NULL) != 0;                                     \
    }

#endif
