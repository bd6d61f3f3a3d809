/* embed.c: a loop of your own on the engine. Build it against the installed library with
 *
 *     cc embed.c $(pkg-config --cflags --libs breakeven) -o embed
 */
#include <breakeven/batch.h>

#include <stdio.h>

static const be_site SITE = BE_SITE("collatz");

/* How many steps each start in [begin, end) takes to reach 1. */
static be_status steps(void *ctx, size_t begin, size_t end, be_worker *worker)
{
    unsigned *out = ctx;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        out[i] = 0;
        for (uint64_t x = i + 1; x != 1; x = x % 2 ? 3 * x + 1 : x / 2) {
            out[i]++;
        }
    }
    return BE_OK;
}

int main(void)
{
    enum { N = 1000000 };
    static unsigned out[N];
    be_engine *engine;
    if (be_engine_create(NULL, &engine) != BE_OK) {
        return 1;
    }
    be_status status = be_for(engine, &SITE, N, steps, out, NULL);
    be_engine_destroy(engine);
    printf("breakeven %s: %s; 837799 takes %u steps\n", be_version(), be_status_text(status),
           out[837799 - 1]);
    return status != BE_OK;
}
