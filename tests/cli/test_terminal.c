/* test_terminal.c: tables, the line of an error, progress, and a presented result, as they arrive
 * on stdout and stderr. */
#include "check.h"

#include "../../cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OUTPUT_MAX = 1 << 16 };

/* What `print` writes on stdout and stderr together, in a child whose exit code it gives; on a
 * terminal or in a file. */
static int capture(char text[OUTPUT_MAX], bool terminal, int (*print)(void))
{
    int reading, writing;
    if (terminal) {
        reading = posix_openpt(O_RDWR | O_NOCTTY);
        CHECK(reading >= 0 && grantpt(reading) == 0 && unlockpt(reading) == 0);
        writing = open(ptsname(reading), O_RDWR | O_NOCTTY);
    } else {
        int ends[2];
        CHECK(pipe(ends) == 0);
        reading = ends[0];
        writing = ends[1];
    }
    CHECK(writing >= 0);
    fflush(stdout);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        dup2(writing, STDOUT_FILENO);
        dup2(writing, STDERR_FILENO);
        close(writing);
        close(reading);
        int code = print();
        fflush(stdout);
        _exit(code);
    }
    close(writing);
    size_t n = 0;
    for (ssize_t got; (got = read(reading, text + n, OUTPUT_MAX - 1 - n)) > 0;) {
        n += (size_t)got;
    }
    text[n] = '\0';
    close(reading);
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* ---- tables --------------------------------------------------------------------------------- */

static cli_call call;

static int print_table(void)
{
    cli_table table;
    cli_table_init(&table, "lrl");
    static const char *const CELLS[] = {"name", "time", "why",
                                        "Grün", "1.5",  "a sentence that is far too long for it",
                                        "a\nb", "20",   ""};
    for (size_t i = 0; i < sizeof CELLS / sizeof CELLS[0]; i++) {
        cli_table_cell(&table, i == 4 ? CLI_GREEN : CLI_PLAIN, "%s", CELLS[i]);
    }
    cli_table_print(&table, &call);
    cli_table_clear(&table);
    return 0;
}

static void a_table_lines_up_its_columns(void **state)
{
    (void)state;
    char text[OUTPUT_MAX];
    call = (cli_call){.width = UINT_MAX};
    capture(text, false, print_table);
    const char *expected = "name  time  why\n"
                           "Grün   1.5  a sentence that is far too long for it\n"
                           "a?b     20  \n";
    CHECK_SAY(strcmp(text, expected) == 0, "%s", text);
}

static void a_table_is_cut_to_the_terminal(void **state)
{
    (void)state;
    char text[OUTPUT_MAX];
    call = (cli_call){.width = 30};
    capture(text, false, print_table);
    /* In the C locale of this test the mark is '>'. */
    CHECK_SAY(strstr(text, "Grün   1.5  a sentence that i>\n"), "%s", text);
    call.width = 3; /* too narrow for any: columns keep their least widths */
    capture(text, false, print_table);
    CHECK_SAY(strstr(text, "Grün   1.5  a sente>\n"), "%s", text);
}

static int print_nothing(void)
{
    cli_table table;
    cli_table_init(&table, "");
    cli_table_cell(&table, CLI_PLAIN, "lost");
    cli_table_print(&table, &call);
    cli_table_clear(&table);
    return 0;
}

static void a_table_without_columns_is_nothing(void **state)
{
    (void)state;
    char text[OUTPUT_MAX];
    CHECK(capture(text, false, print_nothing) == 0 && *text == '\0');
}

static void a_table_paints_headings_and_styled_cells_only(void **state)
{
    (void)state;
    char text[OUTPUT_MAX];
    call = (cli_call){.width = UINT_MAX, .color = true};
    capture(text, false, print_table);
    CHECK_SAY(strncmp(text, "\x1b[1mname\x1b[0m  \x1b[1mtime\x1b[0m  \x1b[1mwhy\x1b[0m\n", 39) == 0,
              "%s", text);
    CHECK_SAY(strstr(text, "Grün   \x1b[32m1.5\x1b[0m  a sentence"), "%s", text);
}

/* ---- errors --------------------------------------------------------------------------------- */

static be_status status;
static be_error error;
static const char *file;
static bool have_error;

static int say_error(void)
{
    return cli_fail(&call, status, have_error ? &error : NULL, file);
}

static void an_error_is_one_line_that_says_where_and_what(void **state)
{
    (void)state;
    static const struct {
        be_status status;
        const char *file, *expected;
        size_t item, line, offset;
        int code;
        const char *says;
    } CASES[] = {
        {BE_EINVAL, "t.json", "a digit 0-9", BE_NO_ITEM, 3, 6, CLI_USAGE,
         "breakeven: t.json:3:7: expected a digit 0-9\n"},
        {BE_EINVAL, "t.json", "a digit 0-9", BE_NO_ITEM, 0, 6, CLI_USAGE,
         "breakeven: t.json: byte 7: expected a digit 0-9\n"},
        {BE_EINVAL, NULL, "a digit 0-9", BE_NO_ITEM, 3, 6, CLI_USAGE,
         "breakeven: line 3:7: expected a digit 0-9\n"},
        {BE_EINVAL, NULL, "a digit 0-9", BE_NO_ITEM, 0, 0, CLI_USAGE,
         "breakeven: expected a digit 0-9\n"},
        {BE_EINVAL, "x.csv", "a strike above 0", 17, 0, 0, CLI_USAGE,
         "breakeven: x.csv: item 17: expected a strike above 0\n"},
        {BE_EINVAL, "a\nb", NULL, 0, 0, 0, CLI_USAGE,
         "breakeven: a?b: malformed or out of range\n"},
        {BE_ELIMIT, "x", "at most 64 MiB", BE_NO_ITEM, 0, 0, CLI_FAILED,
         "breakeven: x: expected at most 64 MiB\n"},
        {BE_EIO, "x", "cannot read x: Is a directory", BE_NO_ITEM, 0, 0, CLI_FAILED,
         "breakeven: cannot read x: Is a directory\n"},
        {BE_ECANCEL, NULL, NULL, 0, 0, 0, CLI_INTERRUPTED, "breakeven: cancelled\n"},
        {BE_EDEADLINE, NULL, "deadline passed", BE_NO_ITEM, 0, 0, CLI_PARTIAL,
         "breakeven: deadline passed\n"},
        {BE_ENOMEM, NULL, NULL, 0, 0, 0, CLI_FAILED, "breakeven: out of memory\n"},
        {BE_EMISMATCH, NULL, NULL, 0, 0, 0, CLI_FAILED,
         "breakeven: results differ that must be equal\n"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char text[OUTPUT_MAX];
        status = CASES[i].status;
        file = CASES[i].file;
        have_error = CASES[i].expected != NULL;
        if (have_error) {
            be_error_at(&error, status, CASES[i].line, CASES[i].offset, "%s", CASES[i].expected);
            error.item = CASES[i].item;
        }
        int code = capture(text, false, say_error);
        CHECK_SAY(code == CASES[i].code && strcmp(text, CASES[i].says) == 0, "%d: %s", code, text);
    }
}

/* ---- progress ------------------------------------------------------------------------------- */

static int work_for_a_while(void)
{
    cli_progress progress;
    cli_progress_begin(&progress, &call, "cycles", 150);
    for (int i = 0; i < 150; i++) {
        cli_progress_add(&progress, 1);
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    cli_progress_end(&progress);
    return 0;
}

static size_t count_lines(const char *text)
{
    size_t n = 0;
    for (; (text = strstr(text, "\rcycles: ")); text++) {
        n++;
    }
    return n;
}

static void progress_waits_a_second_and_leaves_no_trace(void **state)
{
    (void)state;
    char text[OUTPUT_MAX];
    setenv("TERM", "xterm", 1);
    call = (cli_call){.width = 80};
    uint64_t begin = be_now_ns();
    capture(text, true, work_for_a_while);
    /* 150 steps of 10 ms; the first second is silent, then at most ten draws a second. */
    size_t draws = count_lines(text);
    size_t most = (size_t)((be_now_ns() - begin) / 100000000) - 9;
    CHECK_SAY(draws >= 1 && draws <= most, "%zu draws of %zu", draws, most);
    CHECK_SAY(strstr(text, " %, ") && strstr(text, " left"), "%s", text);
    CHECK_SAY(strcmp(text + strlen(text) - 4, "\r\x1b[K") == 0, "%s", text);
}

static void progress_is_for_terminals_that_did_not_ask_for_quiet(void **state)
{
    (void)state;
    char text[OUTPUT_MAX];
    setenv("TERM", "xterm", 1);
    call = (cli_call){.width = 80, .quiet = true};
    capture(text, true, work_for_a_while);
    CHECK_SAY(*text == '\0', "%s", text);
    call.quiet = false;
    capture(text, false, work_for_a_while);
    CHECK_SAY(*text == '\0', "%s", text);
}

static int work_without_a_measure(void)
{
    cli_ticker ticker;
    cli_ticker_begin(&ticker, &call, "cycles");
    nanosleep(&(struct timespec){.tv_sec = 1, .tv_nsec = 500000000}, NULL);
    cli_ticker_end(&ticker);
    cli_ticker_begin(&ticker, &call, "shorter than a second");
    cli_ticker_end(&ticker);
    return 0;
}

static void work_that_has_no_measure_shows_its_time_and_leaves_no_trace(void **state)
{
    (void)state;
    char text[OUTPUT_MAX];
    setenv("TERM", "xterm", 1);
    call = (cli_call){.width = 80};
    capture(text, true, work_without_a_measure);
    CHECK_SAY(strstr(text, "\rcycles: ") && strstr(text, " CPUs at work"), "%s", text);
    CHECK_SAY(strcmp(text + strlen(text) - 4, "\r\x1b[K") == 0, "%s", text);
    CHECK(strstr(text, "shorter") == NULL);
    call.quiet = true;
    capture(text, true, work_without_a_measure);
    CHECK_SAY(*text == '\0', "%s", text);
    call.quiet = false;
    capture(text, false, work_without_a_measure);
    CHECK_SAY(*text == '\0', "%s", text);
}

/* ---- a workload's result -------------------------------------------------------------------- */

static int present(void)
{
    cli_presenter presenter;
    cli_presenter_init(&presenter, &call);
    const be_presenter *p = &presenter.presenter;
    static const char *const COLUMNS[] = {"length", "polynomial"};
    p->fact(p->user, "period", "15");
    p->table_begin(p->user, "Cycles", COLUMNS, 2);
    p->table_cell(p->user, "1");
    p->table_cell(p->user, "x + 1");
    p->table_cell(p->user, "15");
    p->table_cell(p->user, "x^4 + x + 1");
    p->table_end(p->user);
    p->picture(p->user, "Answer", 2, 2, (const uint8_t[]){0, 1, 2, 9});
    cli_presenter_clear(&presenter);
    return 0;
}

static void a_result_is_presented_as_text(void **state)
{
    (void)state;
    char text[OUTPUT_MAX];
    call = (cli_call){.width = UINT_MAX};
    capture(text, false, present);
    const char *expected = "period: 15\n"
                           "\n"
                           "Cycles\n"
                           "length  polynomial\n"
                           "     1  x + 1\n"
                           "    15  x^4 + x + 1\n"
                           "\n"
                           "Answer\n"
                           "0 1\n"
                           "2 9\n";
    CHECK_SAY(strcmp(text, expected) == 0, "%s", text);
    call.color = true;
    capture(text, false, present);
    CHECK_SAY(strstr(text, "\x1b[48;5;16m  \x1b[48;5;27m  \x1b[0m\n"), "%s", text);
}

static const struct CMUnitTest TESTS[] = {
    TEST(a_table_lines_up_its_columns),
    TEST(a_table_is_cut_to_the_terminal),
    TEST(a_table_without_columns_is_nothing),
    TEST(a_table_paints_headings_and_styled_cells_only),
    TEST(an_error_is_one_line_that_says_where_and_what),
    TEST(progress_waits_a_second_and_leaves_no_trace),
    TEST(progress_is_for_terminals_that_did_not_ask_for_quiet),
    TEST(work_that_has_no_measure_shows_its_time_and_leaves_no_trace),
    TEST(a_result_is_presented_as_text)};

RUN_TESTS(TESTS)
