/* test_program.c: reading programs in arc-dsl's Python form, and running them as Python would. */
#include "check.h"

#include <breakeven/arc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char memory[1 << 20];

static be_status parse(const char *text, size_t size, const be_arc_programs **programs,
                       be_error *error)
{
    /* Exactly as long as the text, so that a sanitizer sees a read past it. */
    char *copy = malloc(size + !size);
    memcpy(copy, text, size);
    be_arena arena = be_arena_over(memory, sizeof memory);
    be_status status = be_arc_parse(copy, size, NULL, &arena, programs, error);
    free(copy);
    return status;
}

/* Run a text's first program on the grid ((1, 2), (3, 4)). The result is printed as rows of
 * numbers, "1 2/3 4", or as the error, its line and its primitive. */
static const char *run_limited(const char *text, const be_arc_settings *limits)
{
    static char printed[400];
    static const uint8_t cells[] = {1, 2, 3, 4};
    const be_arc_grid input = {2, 2, cells};
    const be_arc_programs *programs;
    be_error error;
    be_arc_runner *runner;
    be_arc_result r;
    if (parse(text, strlen(text), &programs, &error)) {
        snprintf(printed, sizeof printed, "%zu:%zu: expected %s", error.line, error.offset + 1,
                 error.expected);
        return printed;
    }
    CHECK(be_arc_runner_create(limits, NULL, &runner) == BE_OK);
    be_arc_run(runner, programs, 0, &input, &r);
    CHECK((r.cells == NULL) == (r.error != NULL));
    int n = 0;
    if (!r.cells) {
        n = snprintf(printed, sizeof printed, "%s", r.error);
        if (r.line > 0) {
            n += snprintf(printed + n, sizeof printed - (size_t)n, ", line %u", r.line);
        }
        if (r.primitive) {
            snprintf(printed + n, sizeof printed - (size_t)n, ", %s", r.primitive);
        }
    }
    for (uint32_t i = 0; r.cells && i < r.rows * r.columns; i++) {
        n += snprintf(printed + n, sizeof printed - (size_t)n, "%s%d",
                      i == 0               ? ""
                      : i % r.columns == 0 ? "/"
                                           : " ",
                      r.cells[i]);
    }
    be_arc_runner_destroy(runner);
    return printed;
}

static const char *run(const char *text)
{
    static const be_arc_settings small = {
        .fuel = 100000, .bytes = 1 << 20, .depth = 100, .items = 1000};
    return run_limited(text, &small);
}

static void check_run(const char *text, const char *expected)
{
    const char *printed = run(text);
    CHECK_SAY(strcmp(printed, expected) == 0, "%s\ngave     %s\nexpected %s", text, printed,
              expected);
}

#define SOLVE(body) "def solve(I):\n    " body "\n"

static void lines_and_nested_calls_run_in_order(void **state)
{
    (void)state;
    check_run(SOLVE("O = I\n    return O"), "1 2/3 4");
    check_run(SOLVE("x1 = add(ONE, TWO)\n    return ((x1, NEG_ONE), (x1, TEN))"), "3 -1/3 10");
    check_run(SOLVE("return ((add(1, multiply(2, add(3, 4))),),)"), "15");
    check_run(SOLVE("O = ((1,),)\n    O = ((2,), first(O))\n    return O"), "2/1");
    check_run("def solve(I): return I", "1 2/3 4");
    check_run("def solve(I): x = I; return x; return ((0,),)\n", "1 2/3 4");
    check_run(SOLVE("return totuple(I), ((7, 8))"), "not a grid");
    check_run(SOLVE("return (1, 2), (5, -6)"), "1 2/5 -6");
}

static void literals_mean_what_they_mean_in_python(void **state)
{
    (void)state;
    check_run(SOLVE("return ((0x1F, 0b101, 0o17, 1_000),)"), "31 5 15 1000");
    check_run(SOLVE("return ((00, -0, -7),)"), "0 0 -7");
    check_run(SOLVE("return ((add(True, 1), add(False, 0)),)"), "2 0");
    check_run(SOLVE("return ((2, True),)"), "2 1");
    check_run(SOLVE("return None"), "not a grid");
    check_run(SOLVE("return"), "not a grid");
    check_run(SOLVE("return ()"), "not a grid");
    check_run(SOLVE("return ((), ())"), "not a grid");
    check_run(SOLVE("return ((1, 2), (3,))"), "not a grid");
    check_run("def solve(I):\n    O = I\n", "not a grid");
}

static void line_ends_tabs_and_joined_lines_make_no_difference(void **state)
{
    (void)state;
    check_run("\xef\xbb\xbf# utf-8 \xc3\xa9\n\n\ndef solve(I):\n\n    # why\n\tO = I\n\n\treturn O",
              run("def solve(I):\n return I"));
    check_run("def solve(I):\r\n  O = I\r\n  return O\r\n", "1 2/3 4");
    check_run("def solve(I):\r  O = I\r  return O\r", "1 2/3 4");
    check_run("def solve(\n  I,\n):\n    O = (\n(1, # one\n\n 2),)\n    return \\\n  O", "1 2");
    check_run("def solve(I):\n        O = I\n\t# tab is eight\n\treturn O", "1 2/3 4");
}

static void what_python_passes_over_is_passed_over(void **state)
{
    (void)state;
    check_run("from dsl import *\nfrom constants import (ONE,\n  TWO)\nimport typing\n"
              "'''What it\n is for.'''\nK: int = 5\n\n"
              "def solve(I: 'Grid', n: Tuple[int, (int)] = 2) -> Tuple[Tuple[int], ...]:\n"
              "    r\"\"\"Doc \\\" string\"\"\"\n    pass\n    x: Grid\n    y: Grid = ((K, n),)\n"
              "    add(1, 2)\n    return y\n",
              "5 2");
}

static void keywords_and_defaults_find_their_parameters(void **state)
{
    (void)state;
    check_run(SOLVE("return ((subtract(a=5, b=3), subtract(b=5, a=3)),)"), "2 -2");
    check_run(SOLVE("return ((subtract(5, b=3), power(n=1, function=double)(4)),)"), "2 8");
    check_run(SOLVE("return ((subtract(5, a=3),),)"), "TypeError, line 2");
    check_run(SOLVE("return ((subtract(a=3),),)"), "TypeError, line 2");
    check_run(SOLVE("return ((subtract(5, 3, c=1),),)"), "TypeError, line 2");
    const char *helper = "def f(a, b=10, c=-1):\n    return ((a, b, c),)\n";
    static const char *const CALLS[][2] = {{"f(1)", "1 10 -1"},
                                           {"f(1, 2)", "1 2 -1"},
                                           {"f(1, c=3)", "1 10 3"},
                                           {"f(c=1, a=2)", "2 10 1"},
                                           {"f(1, 2, 3)", "1 2 3"},
                                           {"f()", "TypeError, line 4"},
                                           {"f(b=1)", "TypeError, line 4"},
                                           {"f(1, 2, 3, 4)", "TypeError, line 4"}};
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++) {
        char text[200];
        snprintf(text, sizeof text, "%sdef solve(I):\n    return %s\n", helper, CALLS[i][0]);
        check_run(text, CALLS[i][1]);
    }
}

static void conditional_expressions_work_out_one_side(void **state)
{
    (void)state;
    check_run(SOLVE("return I if T else divide(1, 0)"), "1 2/3 4");
    check_run(SOLVE("return divide(1, 0) if () else I"), "1 2/3 4");
    check_run(SOLVE("return ((1 if F else 2 if F else 3, 4),)"), "3 4");
    check_run(SOLVE("return (((1 if F else 2) if T else 3, (5 if T else 6) if T else 7),)"), "2 5");
    check_run(SOLVE("x = (lambda a: a if a else 9) if greater(2, 1) else (lambda a: 7)\n"
                    "    return ((x(0), x(4)),)"),
              "9 4");
}

static void inner_functions_see_variables_as_they_are_when_called(void **state)
{
    (void)state;
    check_run(SOLVE("f = lambda x: add(x, k)\n    k = 5\n    a = f(1)\n    k = 7\n"
                    "    return ((a, f(1)),)"),
              "6 8");
    check_run(SOLVE("f = lambda x: add(x, k)\n    a = f(1)\n    k = 7\n    return I"),
              "NameError, line 2");
    check_run(SOLVE("k = 3\n    def g(x):\n        w = add(x, k)\n"
                    "        return lambda q: (q, w, k)\n    k = 4\n    return (g(1)(9),)"),
              "9 5 4");
    check_run(SOLVE("f = lambda n: 0 if equality(n, 0) else add(n, f(decrement(n)))\n"
                    "    return ((f(4),),)"),
              "10");
    check_run(SOLVE("return (apply(lambda r: add(r[0], 1), I),)"),
              "2:34: expected ',' or ')'; a list or an index (write first(c), last(c), index(g, "
              "p)) is outside of arc-dsl's form");
    check_run(SOLVE("return apply(lambda r: apply(lambda c: multiply(c, first(r)), r), I)"),
              "1 2/9 12");
    check_run(SOLVE("f = rbind(lambda a, b: subtract(a, b), 1)\n    return (apply(f, (5, 6)),)"),
              "4 5");
}

static void names_are_found_as_in_python(void **state)
{
    (void)state;
    check_run("def solve(I):\n    return twice(I)\ndef twice(g):\n    return (K, K)\nK = (1, 2)\n"
              "K = (first(K), 9)\n",
              "1 9/1 9");
    check_run("def size(x):\n    return 42\n" SOLVE("return ((size(I),),)"), "42");
    check_run(SOLVE("size = 5\n    return ((size,),)"), "5");
    check_run(SOLVE("size = size(I)\n    return ((size,),)"), "UnboundLocalError, line 2");
    check_run(SOLVE("x1 = pair(x2, x1)\n    x2 = 3\n    return I"), "UnboundLocalError, line 2");
    check_run("X = add(Y, 1)\nY = 2\n" SOLVE("return I"),
              "1:9: expected a primitive, a constant or a variable, not 'Y'");
    check_run("def f(x): return 1\ndef f(x): return 2\n" SOLVE("return ((f(I),),)"), "2");
    check_run("def f(x): return x\n" SOLVE("return ((1,),) if equality(f, f) else I"), "1");
    check_run(SOLVE("return ((1,),) if equality(lambda: 1, lambda: 1) else I"), "1 2/3 4");
}

static void errors_say_line_and_primitive(void **state)
{
    (void)state;
    check_run(SOLVE("x1 = add(1, 2)\n    x2 = divide(x1, ZERO)\n    return I"),
              "ZeroDivisionError, line 3, divide");
    check_run(SOLVE("return I(I)"), "TypeError, line 2");
    check_run(SOLVE("x = first(I, I)\n    return I"), "TypeError, line 2");
    check_run("def f(x):\n    return last(())\n" SOLVE("return f(I)"), "ValueError, line 2, last");
    check_run(SOLVE("return first(\n        divide(1,\n            0))"),
              "ZeroDivisionError, line 3, divide");
}

static void limits_end_a_run_and_nothing_else(void **state)
{
    (void)state;
    check_run("def f(x):\n    return f(x)\n" SOLVE("return f(I)"), "RecursionError, line 2");
    check_run(SOLVE("x = repeat(I, 1000)\n    y = repeat(x, 1000)\n    z = merge(y)\n    return z"),
              "limit: container size, line 4, merge");
    check_run("a = (1, 2)\nb = (a, a)\nc = (b, b)\nd = (c, c)\n" SOLVE("return (first(a),), I"),
              "not a grid");
    const be_arc_settings few = {.fuel = 5, .bytes = 1 << 16, .depth = 100, .items = 1000};
    const char *text = SOLVE("a = double(1)\n    b = double(a)\n    return repeat(I, 5)");
    const char *printed = run_limited(text, &few);
    CHECK_SAY(strcmp(printed, "limit: fuel, line 4, repeat") == 0, "%s", printed);
    const be_arc_settings narrow = {.fuel = 1 << 20, .bytes = 4096, .depth = 100, .items = 10000};
    text = SOLVE("return repeat(I, 5000)");
    printed = run_limited(text, &narrow);
    CHECK_SAY(strcmp(printed, "limit: bytes, line 2, repeat") == 0, "%s", printed);
}

static void pruned_runs_leave_out_what_does_not_matter(void **state)
{
    (void)state;
    be_arc_settings pruned = be_arc_settings_default;
    pruned.pruned = true;
    static const char *const CASES[][3] = {
        {SOLVE("x = divide(1, 0)\n    return I"), "ZeroDivisionError, line 2, divide", "1 2/3 4"},
        {SOLVE("x = 1\n    divide(1, 0)\n    y = divide(x, 0)\n    return ((x,),)"),
         "ZeroDivisionError, line 3, divide", "1"},
        {SOLVE("x = divide(1, 0)\n    x = 2\n    return ((x,),)"),
         "ZeroDivisionError, line 2, divide", "2"},
        {SOLVE("x = 0\n    y = divide(1, x)\n    x = y\n    return ((x,),)"),
         "ZeroDivisionError, line 3, divide", "ZeroDivisionError, line 3, divide"},
        {SOLVE("x = divide(1, 0)\n    return I\n    return x"), "ZeroDivisionError, line 2, divide",
         "1 2/3 4"},
        {SOLVE("f = lambda: x\n    x = divide(1, 0)\n    return f()"),
         "ZeroDivisionError, line 3, divide", "ZeroDivisionError, line 3, divide"},
        {SOLVE("f = lambda: divide(1, 0)\n    x = f()\n    return I"),
         "ZeroDivisionError, line 2, divide", "1 2/3 4"},
        {"def g(x):\n    y = last(())\n    return x\n" SOLVE("return g(I)"),
         "ValueError, line 2, last", "1 2/3 4"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        check_run(CASES[i][0], CASES[i][1]);
        const char *printed = run_limited(CASES[i][0], &pruned);
        CHECK_SAY(strcmp(printed, CASES[i][2]) == 0, "%s\ngave     %s\nexpected %s", CASES[i][0],
                  printed, CASES[i][2]);
    }
}

static void what_is_outside_of_the_form_is_named_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {SOLVE("for x in I:\n        pass"),
         "2:5: expected an assignment, a def or a return; a for "
         "loop is outside of arc-dsl's form"},
        {SOLVE("while T: pass"), "2:5: expected an assignment, a def or a return; a while loop is "
                                 "outside of arc-dsl's form"},
        {SOLVE("if T:\n        return I"),
         "2:5: expected an assignment, a def or a return; an if statement (write a if c else b) is "
         "outside of arc-dsl's form"},
        {SOLVE("x = [1, 2]"),
         "2:9: expected a call, a name, an int or a tuple; a list or an index "
         "(write first(c), last(c), index(g, p)) is outside of arc-dsl's form"},
        {SOLVE("x = a.b"),
         "2:10: expected the end of the line; an attribute is outside of arc-dsl's form"},
        {SOLVE("x = I + I"), "2:11: expected the end of the line; the operator + (write add(a, b)) "
                             "is outside of arc-dsl's form"},
        {SOLVE("x = not I"), "2:9: expected a call, a name, an int or a tuple; the operator not "
                             "(write flip(b)) is outside of arc-dsl's form"},
        {SOLVE("x = f(a for a in I)"),
         "2:13: expected ',' or ')'; a for loop is outside of arc-dsl's form"},
        {SOLVE("x = 'text'"),
         "2:9: expected a call, a name, an int or a tuple; a string is outside "
         "of arc-dsl's form"},
        {SOLVE("x = 1.5"), "2:9: expected an int; arc-dsl's form has no other numbers"},
        {SOLVE("x = 012"), "2:9: expected an int without leading zeros"},
        {SOLVE("x = 99999999999999999999"), "2:9: expected an int of at most 61 bits"},
        {SOLVE("x = -I"), "2:10: expected an int after the minus sign (or write invert(n))"},
        {SOLVE("x, y = I"), "2:10: expected one name on the left; arc-dsl's form has no unpacking"},
        {SOLVE("x = add(a=1, 2)"), "2:18: expected a keyword, as the argument before has one"},
        {SOLVE("x = add(a=1, a=2)"), "2:18: expected each keyword once"},
        {SOLVE("f = lambda *a: a"),
         "2:16: expected a parameter's name; arc-dsl's form has no * or / among parameters"},
        {SOLVE("x = rot9O(I)"),
         "2:9: expected a primitive, a constant or a variable, not 'rot9O'; did you mean rot90?"},
        {SOLVE("x = doubel(I)"), "2:9: expected a primitive, a constant or a variable, not "
                                 "'doubel'; did you mean double?"},
        {SOLVE("x = (1"), "3:1: expected a closing bracket"},
        {SOLVE("x = 1)"), "2:10: expected no closing bracket: none is open"},
        {SOLVE("x = \xc3\xa9"), "2:9: expected ASCII outside of comments and strings"},
        {SOLVE("x = 'a"), "2:9: expected a string that ends"},
        {SOLVE("x = 1 \\ 2"), "2:12: expected the end of the line after a \\"},
        {"import os\n" SOLVE("return I"), "1:8: expected an import of dsl, constants, arc_types or "
                                          "typing; no other is looked at"},
        {"def solve(I):\nreturn I\n", "2:1: expected an indented body"},
        {"  def solve(I): return I\n", "1:3: expected no deeper indentation here"},
        {"def helper(I):\n    return I\n",
         "3:1: expected a function solve, solve_ID, verify or verify_ID"},
        {"", "1:1: expected a function solve, solve_ID, verify or verify_ID"},
        {"def solve(I, I): return I\n", "1:14: expected each parameter once"},
        {"return 3\n", "1:1: expected 'return' inside a function"},
        {"add(1, 2)\n", "1:1: expected an import, a def or a constant"},
        {"@dec\ndef solve(I): return I\n", "1:1: expected an import, a def or a constant; a "
                                           "decorator is outside of arc-dsl's form"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_run(cases[i].text, cases[i].expected);
    }
}

/* open, n times, then the middle, then close, n times. */
static const char *nested(size_t n, const char *open, const char *middle, const char *close)
{
    static char text[100000];
    size_t at = (size_t)snprintf(text, sizeof text, "def solve(I):\n    return ");
    for (size_t i = 0; i < n; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "%s", open);
    }
    at += (size_t)snprintf(text + at, sizeof text - at, "%s", middle);
    for (size_t i = 0; i < n; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "%s", close);
    }
    return text;
}

static void depth_is_limited_and_reached(void **state)
{
    (void)state;
    check_run(nested(90, "identity(", "I", ")"), "1 2/3 4");
    check_run(nested(201, "identity(", "I", ")"), "2:1820: expected at most 200 open brackets");
    check_run(nested(199, "I if T else ", "I", ""), "1 2/3 4");
    check_run(nested(200, "I if T else ", "I", ""),
              "2:2412: expected at most 200 expressions within expressions");
    check_run(nested(19, "(lambda: ", "I", ")()"), "1 2/3 4");
    check_run(nested(20, "(lambda: ", "I", ")()"),
              "2:184: expected at most 20 functions within functions");
}

static void programs_are_named_after_their_tasks(void **state)
{
    (void)state;
    const char *text = "def solve_007bbfb7(I): return I\ndef helper(a, b): return a\n"
                       "def verify_x(I): return I\ndef solve(I): return I\n"
                       "def solve_007bbfb7(I): return (I, I)\ndef solver(I): return I\n";
    static const char *const EXPECTED[][2] = {
        {"solve_007bbfb7", "007bbfb7"}, {"verify_x", "x"}, {"solve", ""}};
    const be_arc_programs *programs;
    CHECK(parse(text, strlen(text), &programs, NULL) == BE_OK);
    CHECK(be_arc_programs_count(programs) == 3);
    for (size_t i = 0; i < 3; i++) {
        CHECK(strcmp(be_arc_program_name(programs, i), EXPECTED[i][0]) == 0);
        CHECK(strcmp(be_arc_program_task(programs, i), EXPECTED[i][1]) == 0);
    }
    be_arena arena = be_arena_over(memory, sizeof memory);
    be_error error;
    CHECK(be_arc_parse(text, strlen(text), "solver", &arena, &programs, NULL) == BE_OK);
    CHECK(be_arc_programs_count(programs) == 1);
    CHECK(strcmp(be_arc_program_name(programs, 0), "solver") == 0);
    CHECK(be_arc_parse(text, strlen(text), "nobody", &arena, &programs, &error) == BE_EINVAL);
    CHECK(strcmp(error.expected, "a function nobody") == 0);
    CHECK(be_arc_parse(text, strlen(text), "helper", &arena, &programs, &error) == BE_EINVAL);
    CHECK(strcmp(error.expected, "a program of one parameter, the input grid") == 0);
}

static void an_arena_of_the_stated_size_is_enough_and_a_full_one_an_answer(void **state)
{
    (void)state;
    const char *texts[] = {"def solve(I):\n    x1 = add(ONE, TWO)\n    return I\n",
                           nested(60, "add(1,", "lambda a,b=1,c=2:f(a,b=b,c=c)", ")"),
                           nested(15, "(lambda a,b,c,d:", "f", ")")};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[2000];
        int n = snprintf(text, sizeof text, "def f(a, b, c): return a\n%s", texts[i]);
        const be_arc_programs *programs;
        be_error error;
        be_arena stated = be_arena_over(memory, (32 << 10) + 64 * (size_t)n);
        CHECK(be_arc_parse(text, (size_t)n, NULL, &stated, &programs, &error) == BE_OK);
        size_t enough = (size_t)(stated.cursor - memory);
        for (size_t size = 0; size < enough; size += 8) {
            be_arena arena = be_arena_over(memory, size);
            CHECK(be_arc_parse(text, (size_t)n, NULL, &arena, &programs, &error) == BE_ENOMEM);
            CHECK(arena.cursor == memory);
        }
    }
}

static void every_beginning_of_a_text_is_a_program_or_a_refusal(void **state)
{
    (void)state;
    const char *text = "from dsl import *\nK = (1, -2)\ndef f(a, b=1):\n\t'''x'''\n\treturn a\n"
                       "def solve(I: G) -> G:\n    g = lambda q: f(q, b=K) if q else (q,)\n"
                       "    x = identity(\n  g)(I); y = 0x1\n    return \\\n      x\n";
    for (size_t n = 0; n <= strlen(text); n++) {
        const be_arc_programs *programs;
        be_error error = {0};
        be_status status = parse(text, n, &programs, &error);
        CHECK_SAY(status == BE_OK || (error.line > 0 && error.expected[0]), "%zu bytes", n);
    }
}

static const struct CMUnitTest TESTS[] = {
    TEST(lines_and_nested_calls_run_in_order),
    TEST(literals_mean_what_they_mean_in_python),
    TEST(line_ends_tabs_and_joined_lines_make_no_difference),
    TEST(what_python_passes_over_is_passed_over),
    TEST(keywords_and_defaults_find_their_parameters),
    TEST(conditional_expressions_work_out_one_side),
    TEST(inner_functions_see_variables_as_they_are_when_called),
    TEST(names_are_found_as_in_python),
    TEST(errors_say_line_and_primitive),
    TEST(limits_end_a_run_and_nothing_else),
    TEST(pruned_runs_leave_out_what_does_not_matter),
    TEST(what_is_outside_of_the_form_is_named_with_its_place),
    TEST(depth_is_limited_and_reached),
    TEST(programs_are_named_after_their_tasks),
    TEST(an_arena_of_the_stated_size_is_enough_and_a_full_one_an_answer),
    TEST(every_beginning_of_a_text_is_a_program_or_a_refusal),
};

RUN_TESTS(TESTS)
