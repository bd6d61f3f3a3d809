/* tbb.cpp: oneTBB's parallel_for under three partitioners. Its manual's rule for the grain of the
 * simple one is that a piece should take at least 100,000 clock cycles. */
#include "harness.h"

#include <oneapi/tbb/parallel_for.h>

#include <cstring>

namespace
{

constexpr double piece_ns = 100e3 / 3;

enum { automatic, even, simple } variant;

template <typename Body> void split(std::size_t n, std::size_t grain, const Body &body)
{
    tbb::blocked_range<std::size_t> all(0, n, variant == simple ? grain : 1);
    switch (variant) {
    case automatic:
        tbb::parallel_for(all, body, tbb::auto_partitioner());
        break;
    case even:
        tbb::parallel_for(all, body, tbb::static_partitioner());
        break;
    case simple:
        tbb::parallel_for(all, body, tbb::simple_partitioner());
        break;
    }
}

template <void items(std::uint8_t *, std::size_t, std::size_t, std::size_t), item_kind kind>
void loop_of(unsigned, std::uint8_t *out, std::size_t n)
{
    split(n, 1 + static_cast<std::size_t>(piece_ns / items_ns[kind]),
          [=](const tbb::blocked_range<std::size_t> &r) { items(out, n, r.begin(), r.end()); });
}

bool start(const char *name)
{
    static const char *const names[] = {"auto", "static", "simple"};
    for (int v = automatic; v <= simple; v++) {
        if (std::strcmp(name, names[v]) == 0) {
            variant = static_cast<decltype(variant)>(v);
            return true;
        }
    }
    return false;
}

sweep_loop *loop(item_kind kind)
{
#define ENTRY(kind, ns) loop_of<items_##kind, ITEM_##kind>,
    static sweep_loop *const loops[] = {ITEM_KINDS(ENTRY)};
    return loops[kind];
}

void each(unsigned, std::size_t n, void (*body)(void *, std::size_t), void *ctx)
{
    split(n, 1, [=](const tbb::blocked_range<std::size_t> &r) {
        for (std::size_t i = r.begin(); i < r.end(); i++) {
            body(ctx, i);
        }
    });
}

} // namespace

const struct sweep_library sweep_library = {start, loop, each, nullptr};
