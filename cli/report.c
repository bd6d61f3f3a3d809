/* report.c: `breakeven report`, which makes the report page of a run that was kept as JSON. */
#include "page.h"

#include <stdlib.h>
#include <string.h>

enum { DOCUMENT_BYTES_MAX = 256 << 20 };

static struct {
    const char *output;
} given;

static const cli_option OPTIONS[] = {{"output", 'o', "FILE",
                                      "write the page to FILE (default: RUN.html beside RUN.json)",
                                      .text = &given.output},
                                     {0}};

/* Is it a document of ours? */
static be_status check(const be_text *document, be_error *error)
{
    be_json *json;
    be_status status = be_json_parse(document->bytes, document->size, &json, error);
    if (status) {
        return status;
    }
    const char *schema = be_json_text(be_json_get(be_json_root(json), "schema"));
    if (!schema || strncmp(schema, "breakeven.", strlen("breakeven.")) != 0) {
        status = be_error_at(error, BE_EINVAL, 1, 0,
                             "an object with a \"schema\" of breakeven, as --json writes it");
    }
    be_json_destroy(json);
    return status;
}

/* "run.json" becomes "run.html". */
static char *page_path(const char *path)
{
    static const char ending[] = ".json";
    size_t length = strlen(path);
    size_t kept =
        length >= sizeof ending && strcmp(path + length - (sizeof ending - 1), ending) == 0
            ? length - (sizeof ending - 1)
            : length;
    char *page = cli_allocate(NULL, kept + sizeof ".html", 1);
    memcpy(page, path, kept);
    memcpy(page + kept, ".html", sizeof ".html");
    return page;
}

static int run(cli_call *call, int argc, char **argv)
{
    if (argc != 1) {
        return cli_usage(call, "expected one JSON file, got %d", argc);
    }
    bool from_stdin = strcmp(argv[0], "-") == 0;
    be_text document;
    be_text_init(&document, NULL);
    be_error error = {0};
    be_status status = be_file_read(argv[0], DOCUMENT_BYTES_MAX, &document, &error);
    if (!status) {
        status = check(&document, &error);
    }
    int code = CLI_DONE;
    if (status) {
        code = cli_fail(call, status, &error, from_stdin ? "standard input" : argv[0]);
    } else if (given.output || from_stdin) {
        code = cli_page_write(call, &document, given.output ? given.output : "-");
    } else {
        char *path = page_path(argv[0]);
        code = cli_page_write(call, &document, path);
        if (!code) {
            cli_note(call, "wrote %s", path);
        }
        free(path);
    }
    be_text_clear(&document);
    return code;
}

const cli_command command_report = {
    .name = "report",
    .summary = "the page that shows a run: one HTML file that needs nothing else",
    .usage = (const char *const[]){"RUN.json", NULL},
    .examples = (const cli_example[]){{"report report.json", "write report.html beside it"},
                                      {"report run.json -o page.html", "say where"},
                                      {0}},
    .description =
        "RUN.json is the JSON of a study or a demo (\"-\": standard input). The page opens by a "
        "double click, "
        "asks the network for nothing, and holds the file, so that it can be saved from there "
        "again. `study` and `demo` write it themselves with --report.",
    .options = OPTIONS,
    .run = run};
