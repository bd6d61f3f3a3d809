/* test_data.c: tasks in the public layouts, what identifies them, and memory that runs out: for
 * them, for runners and for batteries. */
#include "check.h"

#include <breakeven/arc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAIR "{\"input\": [[1, 2], [3, 4]], \"output\": [[5]]}"

static be_arc_data *data_of(const char *name, const char *text)
{
    be_arc_data *data;
    be_error error;
    CHECK(be_arc_data_create(NULL, &data) == BE_OK);
    be_status status = be_arc_data_parse(data, name, text, strlen(text), &error);
    CHECK_SAY(status == BE_OK, "%s: %zu:%zu: expected %s", text, error.line, error.offset,
              error.expected);
    return data;
}

static void every_layout_gives_the_same_task(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        "{\"train\": [" PAIR "], \"test\": [" PAIR "]}",
        "{\"test\":[" PAIR "],\"name\":{\"a\":[1,2e3,null]},\"train\":[" PAIR "]}",
        "\xef\xbb\xbf{\"a\": {\"train\": [" PAIR "], \"test\": [" PAIR "]}}",
        "{\"a\":{\"test\":[{\"x\":[],\"output\":[[5]],\"input\":[[1,2],[ 3 "
        ",\n4]]}],\"train\":[" PAIR "]}}"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        be_arc_data *first = data_of("a", TEXTS[0]), *data = data_of("a", TEXTS[i]);
        be_hash128 x = be_arc_data_hash(first), y = be_arc_data_hash(data);
        CHECK_SAY(x.low == y.low && x.high == y.high, "%s", TEXTS[i]);
        const be_arc_puzzle *task = be_arc_data_task(data, 0);
        CHECK(strcmp(task->name, "a") == 0 && task->n_train == 1 && task->n_test == 1);
        for (size_t k = 0; k < 2; k++) {
            const be_arc_grid *input = &task->pairs[k].input, *output = &task->pairs[k].output;
            CHECK(input->rows == 2 && input->columns == 2);
            CHECK(memcmp(input->cells, "\1\2\3\4", 4) == 0);
            CHECK(output->rows == 1 && output->columns == 1 && output->cells[0] == 5);
        }
        be_arc_data_destroy(first);
        be_arc_data_destroy(data);
    }
}

static void the_hash_tells_data_apart_but_not_their_order(void **state)
{
    (void)state;
    static const char *const A = "\"a\": {\"train\": [" PAIR "]}", *const B =
                                                                       "\"b\": {\"train\": [" PAIR
                                                                       "]}";
    static const char *const OTHERS[] = {
        "{\"c\": {\"train\": [" PAIR "]}}", "{\"a\": {\"train\": [" PAIR "," PAIR "]}}",
        "{\"a\": {\"train\": [{\"input\": [[1, 2], [3, 4]], \"output\": [[6]]}]}}",
        "{\"a\": {\"train\": [{\"input\": [[1], [2], [3], [4]], \"output\": [[5]]}]}}",
        "{\"a\": {\"train\": [" PAIR "], \"test\": [" PAIR "]}}"};
    char text[400], turned[400];
    snprintf(text, sizeof text, "{%s, %s}", A, B);
    snprintf(turned, sizeof turned, "{%s, %s}", B, A);
    be_arc_data *x = data_of("", text), *y = data_of("", turned);
    CHECK(be_arc_data_hash(x).low == be_arc_data_hash(y).low);
    CHECK(be_arc_data_find(x, "b") == 1 && be_arc_data_find(y, "b") == 0);
    CHECK(be_arc_data_find(x, "nobody") == SIZE_MAX);
    be_arc_data_destroy(x);
    be_arc_data_destroy(y);
    snprintf(text, sizeof text, "{%s}", A);
    x = data_of("", text);
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        y = data_of("", OTHERS[i]);
        CHECK_SAY(be_arc_data_hash(x).low != be_arc_data_hash(y).low, "%s", OTHERS[i]);
        be_arc_data_destroy(y);
    }
    be_arc_data_destroy(x);
}

static void a_refusal_leaves_the_list_as_it_was(void **state)
{
    (void)state;
    be_arc_data *data = data_of("", "{\"a\": {\"train\": [" PAIR "]}}");
    be_hash128 before = be_arc_data_hash(data);
    static const char *const BAD[] = {"{\"b\": {\"train\": [" PAIR "]}, \"c\": 5}",
                                      "{\"b\": {\"train\": [" PAIR "]}, \"b\": {}}",
                                      "{\"b\": {\"train\": [" PAIR "]}} x",
                                      "[" PAIR ", {\"input\": [[1, 2], [3]]}]",
                                      "[",
                                      ""};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        be_error error;
        CHECK(be_arc_data_parse(data, "n", BAD[i], strlen(BAD[i]), &error) == BE_EINVAL);
        CHECK(strstr(error.expected, "at $"));
        CHECK(be_arc_data_count(data) == 1 && be_arc_data_find(data, "b") == SIZE_MAX);
        CHECK(be_arc_data_hash(data).low == before.low);
    }
    be_arc_data_destroy(data);
}

/* ---- memory that runs out ------------------------------------------------------------------- */

typedef struct budget {
    size_t left; /* allocations that will be granted */
    size_t held; /* bytes */
} budget;

static void *grant(void *user, size_t size)
{
    budget *b = user;
    if (b->left == 0) {
        return NULL;
    }
    b->left--;
    b->held += size;
    return malloc(size);
}

static void take_back(void *user, void *memory, size_t size)
{
    ((budget *)user)->held -= size;
    free(memory);
}

/* Load many tasks, make a runner and a battery and use them. */
static be_status do_all(const be_allocator *allocator)
{
    static char text[40000];
    static const be_arc_settings small = {
        .fuel = 1000, .bytes = 1 << 16, .depth = 10, .items = 100};
    size_t at = 0;
    for (int i = 0; i < 200; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at,
                               "%s\"t%d\":{\"train\":[" PAIR "," PAIR "]}", i ? "," : "{", i);
    }
    snprintf(text + at, sizeof text - at, "}");
    be_arc_data *data = NULL;
    be_arc_runner *runner = NULL;
    be_arc_battery *battery = NULL;
    be_status status = be_arc_data_create(allocator, &data);
    status = status ? status : be_arc_data_parse(data, "", text, strlen(text), NULL);
    status = status ? status : be_arc_runner_create(&small, allocator, &runner);
    if (status == BE_OK) {
        const be_arc_puzzle *task = be_arc_data_task(data, 0);
        status = be_arc_battery_create(&small, task->pairs, task->n_train, allocator, &battery);
    }
    unsigned char memory[4000];
    be_arena arena = be_arena_over(memory, sizeof memory);
    const be_arc_programs *programs;
    static const char *const LOOPS = "def solve(I):\n    return I if T else I\n";
    CHECK(be_arc_parse(LOOPS, strlen(LOOPS), NULL, &arena, &programs, NULL) == BE_OK);
    be_arc_trial trial;
    status = status ? status : be_arc_battery_try(battery, programs, 0, false, &trial);
    be_arc_battery_destroy(battery);
    be_arc_runner_destroy(runner);
    be_arc_data_destroy(data);
    return status;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    size_t failures = 0;
    for (size_t n = 0;; n++) {
        budget b = {.left = n};
        const be_allocator allocator = {grant, take_back, &b};
        be_status status = do_all(&allocator);
        CHECK_SAY(b.held == 0, "%zu allocations: %zu bytes left", n, b.held);
        if (status == BE_OK) {
            break;
        }
        CHECK(status == BE_ENOMEM);
        failures++;
    }
    CHECK(failures > 10);
}

static const struct CMUnitTest TESTS[] = {
    TEST(every_layout_gives_the_same_task),
    TEST(the_hash_tells_data_apart_but_not_their_order),
    TEST(a_refusal_leaves_the_list_as_it_was),
    TEST(each_allocation_may_fail),
};

RUN_TESTS(TESTS)
