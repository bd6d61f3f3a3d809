/* test_values.c: numbers, durations, suggestions, widths, and Ctrl-C. */
#include "check.h"

#include "../../cli/cli.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void a_count_reads_as_people_write_it(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t value;
    } CASES[] = {{"0", 0},
                 {"42", 42},
                 {"007", 7},
                 {"0x2a", 42},
                 {"0XFF", 255},
                 {"1k", 1000},
                 {"16K", 16000},
                 {"16Ki", 16384},
                 {"1M", 1000000},
                 {"3Mi", 3 << 20},
                 {"2G", 2000000000},
                 {"1T", UINT64_C(1000000000000)},
                 {"2^10", 1024},
                 {"2^0", 1},
                 {"0^0", 1},
                 {"0^3", 0},
                 {"1^99999999999", 1},
                 {"2^63", UINT64_C(1) << 63},
                 {"1e6", 1000000},
                 {"0e99999999999", 0},
                 {"18446744073709551615", UINT64_MAX},
                 {"0xffffffffffffffff", UINT64_MAX}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        uint64_t value = 99;
        be_status status = cli_parse_count(CASES[i].text, 0, 0, &value, NULL);
        CHECK_SAY(status == BE_OK && value == CASES[i].value, "%s: %" PRIu64, CASES[i].text, value);
    }
}

static void a_bad_count_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t offset;
        const char *expected;
    } CASES[] = {{"", 0, "a whole number such as"},
                 {"k", 0, "a whole number such as"},
                 {"-1", 0, "a whole number such as"},
                 {" 1", 0, "a whole number such as"},
                 {"+1", 0, "a whole number such as"},
                 {"x10", 0, "a whole number such as"},
                 {"\xff", 0, "a whole number such as"},
                 {"12kk", 3, "nothing more"},
                 {"12 ", 2, "nothing more"},
                 {"1.5k", 1, "nothing more"},
                 {"0x", 1, "nothing more"},
                 {"2^", 1, "nothing more"},
                 {"1e", 1, "nothing more"},
                 {"1e-3", 1, "nothing more"},
                 {"2^64", 0, "a whole number from 0 to 2^64 - 1"},
                 {"18446744073709551616", 0, "a whole number from 0 to 2^64 - 1"},
                 {"0x10000000000000000", 0, "a whole number from 0 to 2^64 - 1"},
                 {"99999E", 0, "a whole number from 0 to 2^64 - 1"},
                 {"1e20", 0, "a whole number from 0 to 2^64 - 1"}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        uint64_t value = 99;
        be_error error;
        be_status status = cli_parse_count(CASES[i].text, 0, 0, &value, &error);
        CHECK_SAY(status == BE_EINVAL && value == 99, "%s", CASES[i].text);
        CHECK_SAY(error.offset == CASES[i].offset && strstr(error.expected, CASES[i].expected),
                  "%s: %zu, %s", CASES[i].text, error.offset, error.expected);
    }
}

static void a_count_keeps_to_its_bounds(void **state)
{
    (void)state;
    uint64_t value = 0;
    be_error error;
    CHECK(cli_parse_count("1", 1, 1024, &value, NULL) == BE_OK);
    CHECK(cli_parse_count("1Ki", 1, 1024, &value, NULL) == BE_OK && value == 1024);
    CHECK(cli_parse_count("0", 1, 1024, &value, &error) == BE_EINVAL);
    CHECK(strcmp(error.expected, "a whole number from 1 to 1024") == 0);
    CHECK(cli_parse_count("2^41", 0, UINT64_C(1) << 40, &value, &error) == BE_EINVAL);
    CHECK(strcmp(error.expected, "a whole number from 0 to 2^40") == 0);
    CHECK(value == 1024);
}

static void a_list_is_read_whole_or_not_at_all(void **state)
{
    (void)state;
    cli_counts counts = {.n = 7};
    be_error error;
    CHECK(cli_parse_counts("1,2^4,3k", 0, 0, &counts, NULL) == BE_OK);
    CHECK(counts.n == 3 && counts.values[0] == 1 && counts.values[1] == 16 &&
          counts.values[2] == 3000);
    static const struct {
        const char *text;
        size_t offset;
    } BAD[] = {{"", 0}, {",", 0}, {"1,", 2}, {"1,,2", 2}, {"1;2", 1}, {"1,2x", 3}, {"1, 2", 2}};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        CHECK_SAY(cli_parse_counts(BAD[i].text, 0, 0, &counts, &error) == BE_EINVAL, "%s",
                  BAD[i].text);
        CHECK_SAY(error.offset == BAD[i].offset && counts.n == 3, "%s: %zu", BAD[i].text,
                  error.offset);
    }
    char many[2 * (CLI_LIST_MAX + 1)];
    for (size_t i = 0; i <= CLI_LIST_MAX; i++) {
        many[2 * i] = '5';
        many[2 * i + 1] = i == CLI_LIST_MAX ? '\0' : ',';
    }
    CHECK(cli_parse_counts(many, 0, 0, &counts, &error) == BE_EINVAL);
    CHECK(strstr(error.expected, "at most 64"));
    CHECK(cli_parse_counts(many + 2, 0, 0, &counts, &error) == BE_OK && counts.n == CLI_LIST_MAX);
}

static void a_duration_asks_for_its_unit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t ns;
    } GOOD[] = {{"5ns", 5},
                {"10us", 10000},
                {"200ms", 200000000},
                {"30s", UINT64_C(30000000000)},
                {"1.5s", 1500000000},
                {"0.1s", 100000000},
                {"0s", 0},
                {"2m", UINT64_C(120000000000)},
                {"1h", UINT64_C(3600000000000)}};
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        uint64_t ns = 99;
        CHECK_SAY(cli_parse_duration(GOOD[i].text, &ns, NULL) == BE_OK && ns == GOOD[i].ns,
                  "%s: %" PRIu64, GOOD[i].text, ns);
    }
    static const char *const BAD[] = {"",    "s",   "30",   "30 s",      "1.s", ".5s",
                                      "-1s", "1se", "1s30", "99999999h", "nan", "infs"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        uint64_t ns = 99;
        be_error error;
        CHECK_SAY(cli_parse_duration(BAD[i], &ns, &error) == BE_EINVAL && ns == 99, "%s", BAD[i]);
        CHECK_SAY(error.expected[0] && error.offset <= strlen(BAD[i]), "%s", BAD[i]);
    }
}

static void a_duration_is_shown_in_three_digits(void **state)
{
    (void)state;
    static const struct {
        double ns;
        const char *text;
    } CASES[] = {{0, "0.00 ns"},     {1.254, "1.25 ns"}, {12.34, "12.3 ns"},  {999.4, "999 ns"},
                 {999.6, "1.00 us"}, {1250, "1.25 us"},  {15e6, "15.0 ms"},   {999.6e6, "1.00 s"},
                 {3.5e9, "3.50 s"},  {250e9, "250 s"},   {-1250, "-1.25 us"}, {9.996, "10.0 ns"}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char text[CLI_DURATION_SIZE];
        CHECK_SAY(strcmp(cli_format_duration(text, CASES[i].ns), CASES[i].text) == 0, "%g: %s",
                  CASES[i].ns, text);
    }
}

static void the_name_that_was_meant_is_suggested(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"lfsr.cycles", "option.bsm", "arc.score", "doctor",
                                        "help",        "version",    "heap",      NULL};
    static const struct {
        const char *given, *suggestion;
    } CASES[] = {{"docter", "; did you mean doctor?"},
                 {"dcotor", "; did you mean doctor?"}, /* two swapped: one edit, not two */
                 {"DOCTOR", "; did you mean doctor?"},
                 {"doc", "; did you mean doctor?"},
                 {"cycles", "; did you mean lfsr.cycles?"},
                 {"option.bms", "; did you mean option.bsm?"},
                 {"he", "; did you mean help or heap?"},
                 {"hepp", "; did you mean help or heap?"},
                 {"xyzzy", ""},
                 {"q", ""},
                 {"", ""}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char suggestion[CLI_SUGGESTION_SIZE];
        cli_suggest(suggestion, CASES[i].given, NAMES);
        CHECK_SAY(strcmp(suggestion, CASES[i].suggestion) == 0, "%s%s", CASES[i].given, suggestion);
    }
    /* A swap counts as one edit: without it, from would be as near as form. */
    char suggestion[CLI_SUGGESTION_SIZE], huge[5000];
    const char *const alike[] = {"form", "from", NULL};
    CHECK(strcmp(cli_suggest(suggestion, "fomr", alike), "; did you mean form?") == 0);
    memset(huge, 'd', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    CHECK(strcmp(cli_suggest(suggestion, huge, NAMES), "") == 0);
    const char *const names_of_strangers[] = {huge, "dd", NULL};
    CHECK(strcmp(cli_suggest(suggestion, "ddd", names_of_strangers), "; did you mean dd?") == 0);
}

static void a_width_counts_columns_not_bytes(void **state)
{
    (void)state;
    CHECK(cli_text_width("") == 0);
    CHECK(cli_text_width("abc") == 3);
    CHECK(cli_text_width("Grün µs") == 7);
    CHECK(cli_text_width("e\u0301") == 1);
    CHECK(cli_text_width("漢字") == 4);
    CHECK(cli_text_width("\xff\xc3 x") == 4); /* broken bytes take a place each */
    CHECK(cli_text_width("\xf0\x9f") == 1);   /* cut short at the end of the text */
}

static void the_first_interrupt_cancels_and_the_second_kills(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        cli_call call = {0};
        const be_cancel *cancel = cli_cancel(&call);
        if (be_cancel_raised(cancel)) {
            _exit(1);
        }
        raise(SIGINT);
        if (!be_cancel_raised(cancel)) {
            _exit(2);
        }
        raise(SIGINT);
        _exit(3);
    }
    int status = 0;
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK_SAY(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT, "status %x", (unsigned)status);
}

static const struct CMUnitTest TESTS[] = {TEST(a_count_reads_as_people_write_it),
                                          TEST(a_bad_count_is_refused_with_its_place),
                                          TEST(a_count_keeps_to_its_bounds),
                                          TEST(a_list_is_read_whole_or_not_at_all),
                                          TEST(a_duration_asks_for_its_unit),
                                          TEST(a_duration_is_shown_in_three_digits),
                                          TEST(the_name_that_was_meant_is_suggested),
                                          TEST(a_width_counts_columns_not_bytes),
                                          TEST(the_first_interrupt_cancels_and_the_second_kills)};

RUN_TESTS(TESTS)
