/* report.c: `breakeven report`, which makes the report page of a run that was kept as JSON. */
#include "page.h"

#include <breakeven/study.h>

#include <stdlib.h>
#include <string.h>

enum { DOCUMENT_BYTES_MAX = 256 << 20 };

static struct {
    const char *output;
    const char *perf;
} given;

static const cli_option OPTIONS[] = {
    {"output", 'o', "FILE", "write the page to FILE (default: RUN.html beside RUN.json)",
     .text = &given.output},
    {"perf", 0, "FILE", "add the native stacks in FILE, printed by `perf script`",
     .text = &given.perf},
    {0}};

/* Is it a document of ours? */
static be_status check(const be_text *document, be_error *error)
{
    be_json *json;
    be_status status = be_json_parse(document->bytes, document->size, &json, error);
    if (status) {
        return status;
    }
    static const char *const known[] = {"breakeven.run/1", "breakeven.study/1",
                                        "breakeven.compare/1", NULL};
    const char *schema = be_json_text(be_json_get(be_json_root(json), "schema"));
    const char *const *found = known;
    while (schema && *found && strcmp(schema, *found) != 0) {
        found++;
    }
    if (!schema || !*found) {
        status = be_error_at(error, BE_EINVAL, 1, 0, "an object with a \"schema\" of %s, %s or %s",
                             known[0], known[1], known[2]);
    }
    be_json_destroy(json);
    return status;
}

/* ---- native stacks -------------------------------------------------------------------------- */

static void copy(be_json_writer *to, const be_json_value *value)
{
    const char *key = NULL;
    switch (be_json_typeof(value)) {
    case BE_JSON_NULL:
        be_json_null(to);
        break;
    case BE_JSON_BOOL:
        be_json_bool(to, be_json_boolean(value));
        break;
    case BE_JSON_INTEGER:
        be_json_i64(to, be_json_integer(value));
        break;
    case BE_JSON_REAL:
        be_json_double(to, be_json_number(value));
        break;
    case BE_JSON_STRING:
        be_json_string(to, be_json_text(value));
        break;
    case BE_JSON_ARRAY:
        be_json_array(to);
        for (size_t i = 0; i < be_json_size(value); i++) {
            copy(to, be_json_at(value, i));
        }
        be_json_array_end(to);
        break;
    case BE_JSON_OBJECT:
        be_json_object(to);
        for (const be_json_value *member; (member = be_json_next(value, &key));) {
            be_json_key(to, key);
            copy(to, member);
        }
        be_json_object_end(to);
        break;
    }
}

/* An object as it is, but for the member `name`, which becomes `instead`. */
static void copy_but(be_json_writer *to, const be_json_value *object, const char *name,
                     const be_text *instead)
{
    const char *key = NULL;
    be_json_object(to);
    for (const be_json_value *member; (member = be_json_next(object, &key));) {
        if (strcmp(key, name) != 0) {
            be_json_key(to, key);
            copy(to, member);
        }
    }
    be_json_key(to, name);
    be_json_raw(to, instead->bytes, instead->size);
    be_json_object_end(to);
}

/* Put stacks into the profile of the run in `document`; returns an exit code. */
static int add_native(const cli_call *call, be_text *document, const be_stacks *stacks)
{
    be_json *json;
    be_error error = {.item = BE_NO_ITEM};
    be_status status = be_json_parse(document->bytes, document->size, &json, &error);
    if (status) {
        return cli_fail(call, status, &error, NULL);
    }
    const be_json_value *profile = be_json_get(be_json_root(json), "profile");
    if (be_json_typeof(profile) != BE_JSON_OBJECT) {
        be_json_destroy(json);
        return cli_usage(call, "--perf needs a run with a profile: --profile=FILE.json writes one");
    }
    be_text native, with_native, whole;
    be_text_init(&native, NULL);
    be_text_init(&with_native, NULL);
    be_text_init(&whole, NULL);
    be_stacks_json(stacks, given.perf, &native);
    be_json_writer writer;
    be_json_init(&writer, &with_native, true);
    copy_but(&writer, profile, "native", &native);
    be_json_init(&writer, &whole, true);
    copy_but(&writer, be_json_root(json), "profile", &with_native);
    be_json_destroy(json);
    if (be_text_status(&native) || be_text_status(&with_native) || be_text_status(&whole)) {
        cli_out_of_memory();
    }
    be_text_clear(&native);
    be_text_clear(&with_native);
    be_text_clear(document);
    *document = whole;
    return CLI_DONE;
}

static int add_perf(const cli_call *call, be_text *document)
{
    be_text samples;
    be_stacks *stacks = NULL;
    be_error error = {.item = BE_NO_ITEM};
    be_text_init(&samples, NULL);
    be_status status = be_file_read(given.perf, DOCUMENT_BYTES_MAX, &samples, &error);
    if (!status) {
        status = be_stacks_read(samples.bytes ? samples.bytes : "", samples.size, &stacks, &error);
    }
    be_text_clear(&samples);
    int code =
        status ? cli_fail(call, status, &error, given.perf) : add_native(call, document, stacks);
    be_stacks_destroy(stacks);
    return code;
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
    } else if (given.perf) {
        code = add_perf(call, &document);
    }
    if (code) {
        be_text_clear(&document);
        return code;
    }
    if (given.output || from_stdin) {
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
                                      {"report run.json --perf stacks.txt",
                                       "with native stacks: perf record -g, then perf script"},
                                      {0}},
    .description =
        "RUN.json is the JSON of a study, a demo or a profile (\"-\": standard input). The page "
        "opens by a "
        "double click, "
        "asks the network for nothing, and holds the file, so that it can be saved from there "
        "again. `study` and `demo` write it themselves with --report.",
    .options = OPTIONS,
    .run = run};
