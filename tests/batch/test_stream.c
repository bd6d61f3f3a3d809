/* test_stream.c: streams reach their sink whole, in bounded windows, and stop where they should. */
#include "check.h"
#include "schedules.h"

#include <breakeven/batch.h>

#include <stdatomic.h>
#include <string.h>

static const be_site site = BE_SITE("test_stream");

enum { ITEMS_MAX = 2500 };

/* Items are their own numbers, three times over. `at_most` bounds what the source gives at once. */
struct flow {
    size_t n;
    size_t at_most;
    size_t max_in_flight;
    size_t produced;
    size_t source_fails_at; /* SIZE_MAX: never */
    size_t sink_fails_at;
    bool ended; /* the source said so, or failed */
    be_cancel *raise;
    size_t raise_at;
    _Atomic size_t consumed;
    unsigned char seen[ITEMS_MAX];
};

struct item {
    unsigned char copy[3][sizeof(size_t)];
};

static be_status source(void *ctx, void *items, size_t capacity, size_t *count)
{
    struct flow *flow = ctx;
    struct item *item = items;
    CHECK_SAY(capacity >= 1 && flow->produced - flow->consumed + capacity <= flow->max_in_flight,
              "%s: %zu made, %zu done, room for %zu", schedule_name(), flow->produced,
              flow->consumed, capacity);
    CHECK(!flow->ended);
    size_t n = capacity < flow->at_most ? capacity : flow->at_most;
    n = n < flow->n - flow->produced ? n : flow->n - flow->produced;
    flow->ended = n == 0;
    if (flow->produced + n > flow->source_fails_at) {
        flow->ended = true;
        return BE_EIO;
    }
    for (size_t i = 0; i < n; i++) {
        size_t number = flow->produced++;
        for (size_t c = 0; c < 3; c++) {
            memcpy(item[i].copy[c], &number, sizeof number);
        }
    }
    if (flow->raise && flow->produced >= flow->raise_at) {
        be_cancel_raise(flow->raise);
    }
    *count = n;
    return BE_OK;
}

static be_status sink(void *ctx, const void *items, size_t first, size_t begin, size_t end,
                      be_worker *worker)
{
    struct flow *flow = ctx;
    const struct item *item = items;
    for (size_t i = begin; i < end; i++) {
        for (size_t c = 0; c < 3; c++) {
            size_t number;
            memcpy(&number, item[i].copy[c], sizeof number);
            CHECK_SAY(number == first + i, "%s: %zu in place of %zu", schedule_name(), number,
                      first + i);
        }
        if (first + i >= flow->sink_fails_at && (first + i) % 2 == flow->sink_fails_at % 2) {
            return be_fail(worker, i, BE_EDOMAIN);
        }
        flow->seen[first + i]++;
        flow->consumed++;
    }
    return BE_OK;
}

static struct flow new_flow(size_t n, size_t at_most, size_t max_in_flight)
{
    return (struct flow){.n = n,
                         .at_most = at_most,
                         .max_in_flight = max_in_flight,
                         .source_fails_at = SIZE_MAX,
                         .sink_fails_at = SIZE_MAX};
}

static const size_t windows[] = {1, 2, 7, 1000, 2500, 100000};

static void each_item_is_done_once(be_engine *engine)
{
    static const size_t counts[] = {0, 1, 14, 1000, 2000, ITEMS_MAX};
    static const size_t portions[] = {1, 3, SIZE_MAX};
    for (size_t i = 0; i < 6 * 6 * 3; i++) {
        struct flow flow = new_flow(counts[i % 6], portions[i / 36], windows[i / 6 % 6]);
        if (flow.max_in_flight < 5 && flow.n > 100) {
            continue;
        }
        size_t done;
        be_for_options options = {.size = sizeof options, .done = &done};
        CHECK(be_stream(engine, &site, source, sink, &flow, sizeof(struct item), flow.max_in_flight,
                        &options) == BE_OK);
        CHECK_SAY(done == flow.n && flow.consumed == flow.n, "%s: %zu of %zu", schedule_name(),
                  done, flow.n);
        for (size_t j = 0; j < flow.n; j++) {
            CHECK(flow.seen[j] == 1);
        }
    }
}

static void every_item_of_a_stream_is_done_once_in_bounded_memory(void **state)
{
    (void)state;
    under_every_schedule(each_item_is_done_once);
}

static void check_stop(be_engine *engine, struct flow *flow, be_status expected, size_t at)
{
    size_t done = 77;
    be_error error;
    be_for_options options = {.size = sizeof options, .done = &done, .error = &error};
    be_status status = be_stream(engine, &site, source, sink, flow, sizeof(struct item),
                                 flow->max_in_flight, &options);
    CHECK_SAY(status == expected && done == at && error.item == at && error.status == expected,
              "%s: window %zu: status %d, done %zu, item %zu, expected %d at %zu", schedule_name(),
              flow->max_in_flight, (int)status, done, error.item, (int)expected, at);
    for (size_t i = 0; i < at; i++) {
        CHECK(flow->seen[i] == 1);
    }
}

static void failures_count_from_the_start(be_engine *engine)
{
    static const size_t places[] = {0, 999, 1000, 1234};
    for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
        for (size_t w = 2; w < sizeof windows / sizeof windows[0]; w++) {
            struct flow flow = new_flow(1500, 1, windows[w]);
            flow.sink_fails_at = places[p];
            check_stop(engine, &flow, BE_EDOMAIN, places[p]);
            flow = new_flow(1500, 1, windows[w]);
            flow.source_fails_at = places[p];
            check_stop(engine, &flow, BE_EIO, places[p]);
            flow = new_flow(1500, 1, windows[w]);
            flow.source_fails_at = places[p] + 3;
            flow.sink_fails_at = places[p];
            check_stop(engine, &flow, BE_EDOMAIN, places[p]);
        }
    }
}

static void failures_of_source_and_sink_count_from_the_start(void **state)
{
    (void)state;
    under_every_schedule(failures_count_from_the_start);
}

static void a_cancel_stops_an_endless_source(be_engine *engine)
{
    for (size_t w = 0; w < sizeof windows / sizeof windows[0]; w++) {
        be_cancel cancel = {0};
        struct flow flow = new_flow(SIZE_MAX, 1, windows[w]);
        flow.raise = &cancel;
        flow.raise_at = 3;
        size_t done = 77;
        be_error error;
        be_for_options options = {
            .size = sizeof options, .cancel = &cancel, .done = &done, .error = &error};
        CHECK(be_stream(engine, &site, source, sink, &flow, sizeof(struct item), flow.max_in_flight,
                        &options) == BE_ECANCEL);
        CHECK_SAY(done <= 3 && done >= (windows[w] < 3 ? 2 : 0) && error.item == BE_NO_ITEM, "%s",
                  schedule_name());
        for (size_t i = 0; i < done; i++) {
            CHECK(flow.seen[i] == 1);
        }
    }
}

static void an_endless_stream_can_be_cancelled(void **state)
{
    (void)state;
    under_every_schedule(a_cancel_stops_an_endless_source);
}

static void a_window_of_nothing_is_refused(void **state)
{
    (void)state;
    be_engine *engine;
    CHECK(be_engine_create(NULL, &engine) == BE_OK);
    struct flow flow = new_flow(1, 1, 1);
    CHECK(be_stream(engine, &site, source, sink, &flow, sizeof(struct item), 0, NULL) == BE_EINVAL);
    CHECK(flow.produced == 0);
    CHECK(be_stream(engine, &site, source, sink, &flow, SIZE_MAX, 2, NULL) == BE_ENOMEM);
    be_engine_destroy(engine);
}

static const struct CMUnitTest tests[] = {
    TEST(every_item_of_a_stream_is_done_once_in_bounded_memory),
    TEST(failures_of_source_and_sink_count_from_the_start),
    TEST(an_endless_stream_can_be_cancelled),
    TEST(a_window_of_nothing_is_refused),
};
RUN_TESTS(tests)
