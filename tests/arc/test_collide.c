/* test_collide.c: the scoring when every hash collides. Linked with --wrap=be_hash. */
#include "check.h"
#include "naive.h"

/* The linker sends the library's calls of be_hash here. */
be_hash128 __wrap_be_hash(const void *bytes, size_t size);

be_hash128 __wrap_be_hash(const void *bytes, size_t size)
{
    (void)bytes;
    (void)size;
    return (be_hash128){1, 1};
}

static void nothing_is_taken_for_a_duplicate_that_is_none(void **state)
{
    (void)state;
    enum { N = 2000 };
    be_arc_tasks tasks = {0};
    be_engine *engine;
    be_arc_scoring *scoring;
    be_arc_scoring_info info;
    CHECK(be_arc_tasks_bundled(&tasks) == BE_OK);
    CHECK(be_engine_create(NULL, &engine) == BE_OK);
    CHECK(be_arc_scoring_create(&tasks, N, NULL, &scoring, NULL) == BE_OK);
    CHECK(be_arc_scoring_run(scoring, engine, NULL) == BE_OK);
    be_arc_scoring_describe(scoring, &info);
    CHECK(info.behaving > 0 && info.distinct > N / 2);
    for (size_t c = 0; c < N; c++) {
        size_t same = be_arc_scoring_same(scoring, c);
        CHECK_SAY(same == c || naive_same(&tasks, same, c), "candidates %zu and %zu", same, c);
    }
    be_arc_scoring_destroy(scoring);
    be_engine_destroy(engine);
    be_arc_tasks_clear(&tasks);
}

static const struct CMUnitTest tests[] = {
    TEST(nothing_is_taken_for_a_duplicate_that_is_none),
};
RUN_TESTS(tests)
