/* test_perf.c: the output of perf script as a tree. */
#include "check.h"

#include <breakeven/study.h>

#include <string.h>

static const char *tree_of(const char *script, be_text *text)
{
    be_stacks *stacks;
    be_error error;
    CHECK_SAY(be_stacks_read(script, strlen(script), &stacks, &error) == BE_OK, "%s",
              error.expected);
    be_text_init(text, NULL);
    be_stacks_json(stacks, "f", text);
    be_stacks_destroy(stacks);
    CHECK(be_text_status(text) == BE_OK);
    return text->bytes;
}

static void samples_of_a_clock_are_weighed_by_their_period(void **state)
{
    (void)state;
    be_text text;
    const char *tree = tree_of("my prog 7 1.25: 250 cpu-clock:pppH: \n"
                               "\t55d0 inner(int, char)+0x10 (/usr/bin/prog)\n"
                               "\t55e0 main+0x4 (/usr/bin/prog)\n\n"
                               "my prog 7/8 [001] 1.50: 50 cpu-clock:pppH: \n"
                               "\t55e0 main+0x9 (/usr/bin/prog)\n\n",
                               &text);
    CHECK_SAY(strcmp(tree, "{\"source\":\"f\",\"unit\":\"ns\","
                           "\"name\":[\"my prog\",\"main\",\"inner(int, char)\"],"
                           "\"parent\":[-1,0,1],\"total\":[300,300,250],\"self\":[0,50,250]}") == 0,
              "%s", tree);
    be_text_clear(&text);
}

static void other_samples_count_one_each_and_unknown_ones_are_their_files(void **state)
{
    (void)state;
    be_text text;
    const char *tree = tree_of("# a comment\np 7 1.25: 250 cycles: \n\t5 [unknown] (/lib/x.so)\n\n"
                               "p 7 1.26: 999 cycles: \n\t5 [unknown] (/lib/x.so)\n",
                               &text);
    CHECK_SAY(strcmp(tree, "{\"source\":\"f\",\"unit\":\"samples\","
                           "\"name\":[\"p\",\"(/lib/x.so)\"],"
                           "\"parent\":[-1,0],\"total\":[2,2],\"self\":[0,2]}") == 0,
              "%s", tree);
    be_text_clear(&text);
}

static void what_is_no_output_of_perf_is_refused_with_its_line(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "\n\n", "# only this\n", "p 1 1: e:\n\n\t5 f (x)\n",
                                      "{\"schema\": 1}\n"};
    static const size_t line[] = {1, 1, 1, 3, 1};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        be_stacks *stacks;
        be_error error;
        CHECK(be_stacks_read(bad[i], strlen(bad[i]), &stacks, &error) == BE_EINVAL);
        CHECK_SAY(error.line == line[i], "case %zu: line %zu", i, error.line);
    }
}

static const struct CMUnitTest tests[] = {
    TEST(samples_of_a_clock_are_weighed_by_their_period),
    TEST(other_samples_count_one_each_and_unknown_ones_are_their_files),
    TEST(what_is_no_output_of_perf_is_refused_with_its_line),
};
RUN_TESTS(tests)
