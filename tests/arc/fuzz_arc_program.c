/* fuzz_arc_program.c: any bytes are programs, each of which ends on a grid with an output or an
 * error, or a refusal that points into the text. */
#include <breakeven/arc.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void run_all(const be_arc_programs *programs)
{
    static const be_arc_settings limits = {
        .fuel = 20000, .bytes = 1 << 22, .depth = 980, .items = 4096};
    static const uint8_t cells[] = {0, 0, 1, 0, 8, 1, 0, 0, 0, 2, 2, 0};
    static const be_arc_grid input = {3, 4, cells};
    be_arc_runner *runner;
    must(be_arc_runner_create(&limits, NULL, &runner) == BE_OK);
    for (size_t i = 0; i < be_arc_programs_count(programs); i++) {
        be_arc_result result;
        be_arc_run(runner, programs, i, &input, &result);
        must((result.cells == NULL) == (result.error != NULL));
        must(result.fuel <= limits.fuel);
        uint64_t fuel = result.fuel;
        be_arc_run(runner, programs, i, &input, &result);
        must(result.fuel == fuel);
    }
    be_arc_runner_destroy(runner);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t bytes = (32 << 10) + 64 * size;
    void *memory = malloc(bytes);
    be_arena arena = be_arena_over(memory, bytes);
    const be_arc_programs *programs;
    be_error error = {0};
    be_status status = be_arc_parse((const char *)data, size, NULL, &arena, &programs, &error);
    if (status == BE_OK) {
        run_all(programs);
    } else {
        must(status != BE_ENOMEM && error.line > 0 && error.expected[0] && error.offset <= size);
    }
    free(memory);
    return 0;
}
