/* test_book.c: books from CSV and from a seed, and the workload over them. */
#include "check.h"

#include <breakeven/io.h>
#include <breakeven/option.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static be_option_book *parsed(const char *csv)
{
    be_option_book *book = NULL;
    be_error error = {0};
    be_status status = be_option_book_parse(csv, strlen(csv), NULL, &book, &error);
    CHECK_SAY(status == BE_OK, "line %zu: expected %s", error.line, error.expected);
    return book;
}

static void a_csv_book_has_its_defaults(void **state)
{
    (void)state;
    be_option_book *book = parsed("vol,years,strike,spot\n0.2,1,100,90\n-1,2,50,60\n");
    be_option_in in = be_option_book_columns(book);
    CHECK(be_option_book_size(book) == 2);
    CHECK(in.spot.first[0] == 90 && in.strike.first[1] == 50 && in.years.first[1] == 2);
    CHECK(in.vol.first[0] == 0.2 && in.vol.first[1] == -1);
    CHECK(in.type.first[1] == BE_OPTION_CALL && in.rate.first[1] == 0 && in.dividend.first[1] == 0);
    be_option_book_destroy(book);

    book = parsed("type,spot,strike,years,vol,rate,dividend\nput,1,2,3,4,5,6\ncall,1,2,3,4,5,6\n");
    in = be_option_book_columns(book);
    CHECK(in.type.first[0] == BE_OPTION_PUT && in.type.first[1] == BE_OPTION_CALL);
    CHECK(in.rate.first[0] == 5 && in.dividend.first[0] == 6);
    be_option_book_destroy(book);
}

static void a_book_without_a_needed_column_is_refused(void **state)
{
    (void)state;
    be_option_book *book = NULL;
    be_error error = {0};
    const char csv[] = "type,spot,strike,years\n";
    CHECK(be_option_book_parse(csv, strlen(csv), NULL, &book, &error) == BE_EINVAL && !book);
    CHECK(error.line == 1 && strcmp(error.expected, "a column \"vol\"") == 0);
}

static void a_made_up_option_depends_on_seed_and_index_alone(void **state)
{
    (void)state;
    be_option_book *small = NULL, *large = NULL, *other = NULL;
    CHECK(be_option_book_random(100, 7, NULL, &small, NULL) == BE_OK);
    CHECK(be_option_book_random(5000, 7, NULL, &large, NULL) == BE_OK);
    CHECK(be_option_book_random(100, 8, NULL, &other, NULL) == BE_OK);
    be_option_in a = be_option_book_columns(small), b = be_option_book_columns(large);
    be_option_in c = be_option_book_columns(other);
    CHECK(memcmp(a.spot.first, b.spot.first, 100 * sizeof(double)) == 0);
    CHECK(memcmp(a.vol.first, b.vol.first, 100 * sizeof(double)) == 0);
    CHECK(memcmp(a.type.first, b.type.first, 100) == 0);
    CHECK(memcmp(a.spot.first, c.spot.first, 100 * sizeof(double)) != 0);
    size_t calls = 0;
    for (size_t i = 0; i < 5000; i++) {
        CHECK(b.spot.first[i] >= 80 && b.spot.first[i] < 120 && b.strike.first[i] == 100);
        CHECK(b.years.first[i] >= 0.1 && b.years.first[i] < 2 && b.rate.first[i] == 0.05);
        CHECK(b.vol.first[i] >= 0.1 && b.vol.first[i] < 0.4 && b.dividend.first[i] == 0);
        calls += b.type.first[i] == BE_OPTION_CALL;
    }
    CHECK_SAY(calls > 2300 && calls < 2700, "%zu calls of 5000", calls);
    be_option_book_destroy(small);
    be_option_book_destroy(large);
    be_option_book_destroy(other);
}

static void a_book_no_memory_could_hold_is_refused(void **state)
{
    (void)state;
    be_option_book *book = NULL;
    CHECK(be_option_book_random(SIZE_MAX / 8, 1, NULL, &book, NULL) == BE_ELIMIT && !book);
    be_workload_request request = {.n = SIZE_MAX / 8, .seed = 1};
    uint64_t bytes = 0;
    void *instance = NULL;
    CHECK(be_option_bsm_workload.bytes(&request, &bytes, NULL) == BE_ELIMIT);
    CHECK(be_option_bsm_workload.create(&request, &instance, NULL) == BE_ELIMIT && !instance);
}

/* ---- the workload --------------------------------------------------------------------------- */

static const be_workload *const WORKLOAD = &be_option_bsm_workload;

static be_engine *new_engine(unsigned workers)
{
    be_engine_config config = {.size = sizeof config, .workers = workers};
    be_engine *engine = NULL;
    CHECK(be_engine_create(&config, &engine) == BE_OK);
    return engine;
}

static void *created(size_t n, uint64_t seed, const char *input)
{
    be_workload_request request = {.n = n, .seed = seed, .input = input};
    void *instance = NULL;
    be_error error = {0};
    be_status status = WORKLOAD->create(&request, &instance, &error);
    CHECK_SAY(status == BE_OK, "expected %s", error.expected);
    return instance;
}

static bool same(be_hash128 a, be_hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

static void the_digest_is_the_same_for_every_schedule(void **state)
{
    (void)state;
    enum { N = 4000 };
    void *instance = created(N, 1, NULL);
    CHECK(WORKLOAD->items(instance) == N);
    be_engine *engine = new_engine(4);
    be_hash128 unrun = WORKLOAD->digest(instance);
    CHECK(WORKLOAD->run(engine, instance, NULL) == BE_OK);
    be_hash128 expected = WORKLOAD->digest(instance);
    CHECK(!same(unrun, expected));
    for (int schedule = BE_SCHEDULE_SEQUENTIAL; schedule <= BE_SCHEDULE_DYNAMIC; schedule++) {
        void *again = created(N, 1, NULL);
        be_force force = {(be_schedule)schedule, 4, 33};
        be_for_options options = {.size = sizeof options, .force = &force};
        CHECK(WORKLOAD->run(engine, again, &options) == BE_OK);
        CHECK_SAY(same(WORKLOAD->digest(again), expected), "schedule %d", schedule);
        WORKLOAD->destroy(again);
    }
    void *other = created(N, 2, NULL);
    CHECK(WORKLOAD->run(engine, other, NULL) == BE_OK);
    CHECK(!same(WORKLOAD->digest(other), expected));
    WORKLOAD->destroy(other);
    WORKLOAD->destroy(instance);
    WORKLOAD->destroy(NULL);
    be_engine_destroy(engine);
}

static void a_raised_flag_or_a_deadline_stops_the_run(void **state)
{
    (void)state;
    void *instance = created(200000, 1, NULL);
    be_engine *engine = new_engine(2);
    be_cancel cancel = {0};
    be_cancel_raise(&cancel);
    size_t done = SIZE_MAX;
    be_for_options options = {.size = sizeof options, .cancel = &cancel, .done = &done};
    CHECK(WORKLOAD->run(engine, instance, &options) == BE_ECANCEL && done < 200000);
    options = (be_for_options){.size = sizeof options, .deadline_ns = 1, .done = &done};
    CHECK(WORKLOAD->run(engine, instance, &options) == BE_EDEADLINE && done < 200000);
    WORKLOAD->destroy(instance);
    be_engine_destroy(engine);
}

static void results_pass_through_bytes(void **state)
{
    (void)state;
    enum { N = 100, BEGIN = 30, END = 75 };
    void *from = created(N, 1, NULL), *to = created(N, 1, NULL);
    be_engine *engine = new_engine(0);
    CHECK(WORKLOAD->run(engine, from, NULL) == BE_OK);
    be_hash128 expected = WORKLOAD->digest(from);
    static const size_t PARTS[][2] = {{0, BEGIN}, {BEGIN, END}, {END, END}, {END, N}};
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        size_t begin = PARTS[i][0], end = PARTS[i][1];
        size_t size = WORKLOAD->encode(from, begin, end, NULL, 0);
        unsigned char *bytes = malloc(size + 1);
        CHECK(bytes && WORKLOAD->encode(from, begin, end, bytes, size) == size);
        CHECK(WORKLOAD->decode(to, begin, end, bytes, size) == BE_OK);
        CHECK(WORKLOAD->decode(to, begin, end, bytes, size + 1) == BE_EINVAL);
        CHECK(WORKLOAD->decode(to, begin, N + 1, bytes, size) == BE_EINVAL);
        CHECK(WORKLOAD->decode(to, N, begin, bytes, size) == BE_EINVAL);
        free(bytes);
    }
    CHECK(same(WORKLOAD->digest(to), expected));
    WORKLOAD->destroy(from);
    WORKLOAD->destroy(to);
    be_engine_destroy(engine);
}

/* A presenter that writes down what it is shown. */
static void note_fact(void *user, const char *label, const char *value)
{
    be_text_printf(user, "%s=%s\n", label, value);
}

static void note_table(void *user, const char *title, const char *const *columns, size_t n)
{
    (void)columns;
    be_text_printf(user, "[%s %zu]", title, n);
}

static void note_cell(void *user, const char *text)
{
    be_text_printf(user, "|%s", text);
}

static void note_end(void *user)
{
    be_text_puts(user, "\n");
}

static void a_file_is_priced_row_by_row_and_over_again(void **state)
{
    (void)state;
    char path[] = "/tmp/breakeven-book-XXXXXX";
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    close(fd);
    static const char CSV[] = "type,spot,strike,years,vol,rate\n"
                              "call,100,100,1,0.2,0.05\nput,100,100,1,0.2,0.05\n"
                              "call,-1,100,1,0.2,0.05\n";
    CHECK(be_file_replace(path, CSV, strlen(CSV), NULL) == BE_OK);
    void *instance = created(5, 1, path);
    be_engine *engine = new_engine(0);
    CHECK(WORKLOAD->run(engine, instance, NULL) == BE_OK);

    be_text text;
    be_text_init(&text, NULL);
    be_presenter presenter = {.user = &text,
                              .fact = note_fact,
                              .table_begin = note_table,
                              .table_cell = note_cell,
                              .table_end = note_end};
    WORKLOAD->present(instance, &presenter);
    assert_string_equal(
        text.bytes,
        "options=5: 3 calls, 2 puts\nrefused=1\nvalue of one each=32.04821919\n"
        "[the first options 9]"
        "|call|100|100|1|0.2|0.05|0|10.45058357|priced|put|100|100|1|0.2|0.05|0|5.573526022|priced"
        "|call|-1|100|1|0.2|0.05|0|nan|spot is negative or infinite"
        "|call|100|100|1|0.2|0.05|0|10.45058357|priced|put|100|100|1|0.2|0.05|0|5.573526022|priced"
        "\n");
    be_text_clear(&text);
    WORKLOAD->destroy(instance);
    be_engine_destroy(engine);

    be_workload_request request = {.n = 5, .seed = 1, .input = path};
    be_error error = {0};
    instance = NULL;
    CHECK(be_file_replace(path, CSV, 32, NULL) == BE_OK); /* the header alone */
    CHECK(WORKLOAD->create(&request, &instance, &error) == BE_EINVAL && error.expected[0]);
    CHECK(be_file_replace(path, CSV, 40, NULL) == BE_OK); /* half a row */
    CHECK(WORKLOAD->create(&request, &instance, &error) == BE_EINVAL && error.line == 2);
    unlink(path);
    CHECK(WORKLOAD->create(&request, &instance, &error) == BE_EIO && !instance);
}

struct budget {
    size_t left; /* allocations that still succeed */
    size_t held; /* bytes */
};

static void *take(void *user, size_t size)
{
    struct budget *budget = user;
    if (budget->left == 0) {
        return NULL;
    }
    budget->left--;
    budget->held += size;
    return malloc(size);
}

static void give_back(void *user, void *memory, size_t size)
{
    ((struct budget *)user)->held -= size;
    free(memory);
}

static void each_allocation_may_fail_and_bytes_tells_what_is_held(void **state)
{
    (void)state;
    be_workload_request request = {.n = 1000, .seed = 1};
    uint64_t bytes = 0;
    CHECK(WORKLOAD->bytes(&request, &bytes, NULL) == BE_OK);
    bool succeeded = false;
    for (size_t allowed = 0; !succeeded; allowed++) {
        struct budget budget = {allowed, 0};
        be_allocator allocator = {take, give_back, &budget};
        request.allocator = &allocator;
        void *instance = NULL;
        be_status status = WORKLOAD->create(&request, &instance, NULL);
        succeeded = status == BE_OK;
        if (succeeded) {
            CHECK(allowed > 2);
            CHECK_SAY(budget.held >= bytes && budget.held < bytes + 200, "%zu bytes held, %zu told",
                      budget.held, (size_t)bytes);
            WORKLOAD->destroy(instance);
        } else {
            CHECK(status == BE_ENOMEM && !instance);
        }
        CHECK(budget.held == 0);
    }
}

static const struct CMUnitTest TESTS[] = {
    TEST(a_csv_book_has_its_defaults),
    TEST(a_book_without_a_needed_column_is_refused),
    TEST(a_made_up_option_depends_on_seed_and_index_alone),
    TEST(a_book_no_memory_could_hold_is_refused),
    TEST(the_digest_is_the_same_for_every_schedule),
    TEST(a_raised_flag_or_a_deadline_stops_the_run),
    TEST(results_pass_through_bytes),
    TEST(a_file_is_priced_row_by_row_and_over_again),
    TEST(each_allocation_may_fail_and_bytes_tells_what_is_held),
};
RUN_TESTS(TESTS)
