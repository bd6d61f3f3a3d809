/* fuzz_values.c: any text as a number, a list, a duration and a mistyped name. */
#include "../../cli/cli.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool condition)
{
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const NAMES[] = {"lfsr.cycles", "option.bsm", "arc.score", "--json", NULL};
    char *text = malloc(size + 1);
    need(text);
    memcpy(text, data, size);
    text[size] = '\0';
    size_t length = strlen(text);

    uint64_t value = 0, ns = 0;
    cli_counts counts = {0};
    be_error error;
    if (cli_parse_count(text, 3, 1 << 20, &value, &error)) {
        need(error.status == BE_EINVAL && error.offset <= length && *error.expected);
    } else {
        need(value >= 3 && value <= 1 << 20);
    }
    if (cli_parse_counts(text, 0, 0, &counts, &error)) {
        need(error.status == BE_EINVAL && error.offset <= length && *error.expected);
    } else {
        need(counts.n >= 1 && counts.n <= CLI_LIST_MAX);
    }
    if (cli_parse_duration(text, &ns, &error)) {
        need(error.status == BE_EINVAL && error.offset <= length && *error.expected);
    }
    need(cli_text_width(text) <= 2 * length);

    char suggestion[CLI_SUGGESTION_SIZE];
    need(strlen(cli_suggest(suggestion, text, NAMES)) < CLI_SUGGESTION_SIZE);
    const char *const own[] = {text, NULL};
    cli_suggest(suggestion, "lfsr", own);
    free(text);
    return 0;
}
