/* fuzz_perf_script.c: any text is stacks or an error; the totals of a tree add up. */
#include <breakeven/study.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    be_stacks *stacks;
    be_error error;
    if (be_stacks_read((const char *)data, size, &stacks, &error)) {
        return 0;
    }
    be_text text;
    be_text_init(&text, NULL);
    be_stacks_json(stacks, "fuzz", &text);
    be_json *json;
    if (be_text_status(&text) || be_json_parse(text.bytes, text.size, &json, &error)) {
        abort();
    }
    const be_json_value *root = be_json_root(json), *parents = be_json_get(root, "parent");
    const be_json_value *totals = be_json_get(root, "total"), *self = be_json_get(root, "self");
    size_t n = be_json_size(parents);
    int64_t *rest = calloc(n + 1, sizeof *rest);
    for (size_t i = 0; rest && i < n; i++) {
        int64_t parent = be_json_integer(be_json_at(parents, i));
        rest[i] += be_json_integer(be_json_at(totals, i)) - be_json_integer(be_json_at(self, i));
        if (parent >= (int64_t)i) {
            abort();
        }
        if (parent >= 0) {
            rest[parent] -= be_json_integer(be_json_at(totals, i));
        }
    }
    for (size_t i = 0; rest && i < n; i++) {
        if (rest[i] != 0) {
            abort();
        }
    }
    free(rest);
    be_json_destroy(json);
    be_text_clear(&text);
    be_stacks_destroy(stacks);
    return 0;
}
