/* arc_prim.c: `breakeven arc prim`: one primitive looked up, called, or checked against vectors;
 * `breakeven arc prims`: all of them. */
#include "cli.h"

#include <breakeven/arc.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- reference ------------------------------------------------------------------------------ */

static void print_entry(const cli_call *call, size_t i)
{
    char memory[BE_ARC_PRIMITIVE_SIZE];
    be_arc_primitive p;
    be_arc_primitive_describe(i, memory, &p);
    printf("%s%s%s\n    %s\n", cli_paint(call, CLI_BOLD), p.signature, cli_paint(call, CLI_PLAIN),
           p.meaning);
    if (*p.errors) {
        printf("    raises %s\n", p.errors);
    }
    printf("    %s = %s\n", p.example, p.gives);
}

static void write_entry(be_json_writer *json, size_t i)
{
    char memory[BE_ARC_PRIMITIVE_SIZE];
    be_arc_primitive p;
    be_arc_primitive_describe(i, memory, &p);
    const char *const members[][2] = {{"name", p.name},       {"signature", p.signature},
                                      {"meaning", p.meaning}, {"errors", p.errors},
                                      {"example", p.example}, {"gives", p.gives}};
    be_json_object(json);
    for (size_t k = 0; k < sizeof members / sizeof members[0]; k++) {
        be_json_key(json, members[k][0]);
        be_json_string(json, members[k][1]);
    }
    be_json_object_end(json);
}

/* Primitives [begin, end) where --json said. */
static int write_entries(const cli_call *call, size_t begin, size_t end)
{
    be_text text;
    be_json_writer json;
    be_text_init(&text, NULL);
    be_json_init(&json, &text, false);
    be_json_object(&json);
    be_json_key(&json, "schema");
    be_json_string(&json, "breakeven.arc.prims/1");
    be_json_key(&json, "primitives");
    be_json_array(&json);
    for (size_t i = begin; i < end; i++) {
        write_entry(&json, i);
    }
    be_json_array_end(&json);
    be_json_object_end(&json);
    int code = cli_write_json(call, &text);
    be_text_clear(&text);
    return code;
}

static struct {
    bool markdown;
    const char *vectors;
} given;

static void print_markdown(void)
{
    printf("# The primitives\n\n"
           "The %zu functions of M. Hodel's arc-dsl, as `breakeven arc run` has them: results, "
           "errors and\nthe order in which sets iterate are CPython's (3.8 and later). This page "
           "is what\n`breakeven arc prims --markdown` prints.\n",
           be_arc_primitive_count());
    for (size_t i = 0; i < be_arc_primitive_count(); i++) {
        char memory[BE_ARC_PRIMITIVE_SIZE];
        be_arc_primitive p;
        be_arc_primitive_describe(i, memory, &p);
        printf("\n## %s\n\n`%s`\n\n%c%s.%s%s%s\n\n    >>> %s\n    %s\n", p.name, p.signature,
               toupper((unsigned char)p.meaning[0]), p.meaning + 1, *p.errors ? " Raises " : "",
               p.errors, *p.errors ? "." : "", p.example, p.gives);
    }
}

static int run_prims(cli_call *call, int argc, char **argv)
{
    if (argc > 0) {
        return cli_usage(call,
                         "expected no operand, got '%s'; one primitive: breakeven arc prim %s",
                         argv[0], argv[0]);
    }
    if (call->json) {
        return write_entries(call, 0, be_arc_primitive_count());
    }
    if (given.markdown) {
        print_markdown();
        return CLI_DONE;
    }
    for (size_t i = 0; i < be_arc_primitive_count(); i++) {
        print_entry(call, i);
    }
    return CLI_DONE;
}

static const cli_option PRIMS_OPTIONS[] = {
    {"markdown", 0, NULL, "print the page docs/arc-primitives.md", .flag = &given.markdown}, {0}};

const cli_command command_arc_prims = {
    .name = "prims",
    .summary = "the reference of all primitives: signature, meaning, errors, an example",
    .usage = (const char *const[]){"[OPTION...]", NULL},
    .examples = (const cli_example[]){{"arc prims", "all of them"}, {0}},
    .uses = CLI_USES_JSON,
    .options = PRIMS_OPTIONS,
    .run = run_prims};

/* ---- calls ---------------------------------------------------------------------------------- */

static int unknown(const cli_call *call, const char *name)
{
    size_t n = be_arc_primitive_count();
    const char **names = calloc(n + 1, sizeof *names);
    char memory[BE_ARC_PRIMITIVE_SIZE], suggestion[CLI_SUGGESTION_SIZE] = "";
    for (size_t i = 0; names && i < n; i++) {
        be_arc_primitive p;
        be_arc_primitive_describe(i, memory, &p);
        names[i] = p.name;
    }
    if (names) {
        cli_suggest(suggestion, name, names);
    }
    free(names);
    return cli_usage(call, "expected a primitive, got '%s'%s", name, suggestion);
}

static int call_primitive(const cli_call *call, be_arc_runner *runner, size_t primitive,
                          const char *args)
{
    be_text answer;
    be_text_init(&answer, NULL);
    be_error error;
    const char *raised;
    be_status status =
        be_arc_primitive_call(runner, primitive, args, strlen(args), &answer, &raised, &error);
    if (status) {
        be_text_clear(&answer);
        return cli_fail(call, status, &error, "ARGS-JSON");
    }
    printf("%s\n", answer.bytes);
    be_text_clear(&answer);
    return raised ? CLI_FAILED : CLI_DONE;
}

/* Answer each line of text; the error's line is that of the text. */
static be_status answer_lines(be_arc_runner *runner, const be_text *text, be_text *answers,
                              be_error *error)
{
    size_t number = 0;
    for (size_t at = 0; at < text->size; number++) {
        const char *line = text->bytes + at;
        const char *end = memchr(line, '\n', text->size - at);
        size_t size = end ? (size_t)(end - line) : text->size - at;
        at += size + 1;
        if (size == 0) {
            continue;
        }
        be_status status = be_arc_vector(runner, line, size, answers, error);
        if (status) {
            error->line = number + 1;
            return status;
        }
        be_text_puts(answers, "\n");
    }
    return be_text_status(answers);
}

static int answer_vectors(const cli_call *call, be_arc_runner *runner)
{
    enum { MAX_BYTES = 1 << 28 };
    be_text text, answers;
    be_text_init(&text, NULL);
    be_text_init(&answers, NULL);
    be_error error;
    be_status status = be_file_read(given.vectors, MAX_BYTES, &text, &error);
    if (status == BE_OK) {
        status = answer_lines(runner, &text, &answers, &error);
    }
    int code = CLI_DONE;
    if (status) {
        code = cli_fail(call, status, &error, given.vectors);
    } else {
        fwrite(answers.bytes, 1, answers.size, stdout);
    }
    be_text_clear(&text);
    be_text_clear(&answers);
    return code;
}

static int run_prim(cli_call *call, int argc, char **argv)
{
    if (given.vectors ? argc != 0 : argc < 1 || argc > 2) {
        return cli_usage(call,
                         given.vectors ? "expected no operand beside --vectors, got %d"
                                       : "expected NAME [ARGS-JSON], got %d operands",
                         argc);
    }
    size_t primitive = given.vectors ? 0 : be_arc_primitive_find(argv[0]);
    if (primitive == SIZE_MAX) {
        return unknown(call, argv[0]);
    }
    if (argc == 1) {
        if (call->json) {
            return write_entries(call, primitive, primitive + 1);
        }
        print_entry(call, primitive);
        return CLI_DONE;
    }
    be_arc_runner *runner;
    be_status status = be_arc_runner_create(NULL, NULL, &runner);
    if (status) {
        return cli_fail(call, status, NULL, NULL);
    }
    int code = given.vectors ? answer_vectors(call, runner)
                             : call_primitive(call, runner, primitive, argv[1]);
    be_arc_runner_destroy(runner);
    return code;
}

static const cli_option PRIM_OPTIONS[] = {
    {"vectors", 0, "FILE", "answer each line of FILE, such as {\"fn\":\"first\",\"a\":[[4,5]]}",
     .text = &given.vectors},
    {0}};

const cli_command command_arc_prim = {
    .name = "prim",
    .summary = "look a primitive up, or call it",
    .usage = (const char *const[]){"NAME", "NAME ARGS-JSON", "--vectors FILE", NULL},
    .examples = (const cli_example[]){{"arc prim gravitate", "what it does"},
                                      {"arc prim rot90 '[[[1,2],[3,4]]]'", "call it on a grid"},
                                      {"arc prim apply '[{\"fn\":\"double\"},{\"f\":[1,2]}]'",
                                       "a primitive and a set as arguments"},
                                      {0}},
    .description =
        "ARGS-JSON is an array of the arguments: numbers, true, false, null, an array for a tuple "
        "(so a grid is an array of arrays), {\"f\":[...]} for a frozenset, {\"fn\":\"NAME\"} for a "
        "primitive. The value is printed as Python prints it; an error by its name, with exit "
        "code 1.\n\n"
        "--vectors answers {\"fn\":NAME,\"a\":ARGS} with {\"r\":VALUE} or {\"err\":NAME}, one line "
        "for each, where tuples are written {\"t\":[...]} and sets in their order of iteration; "
        "\"call\" calls the function that was the result. {\"op\":\"or\",\"a\":[...],\"b\":[...]} "
        "(also new, set, gen, insert, and, sub, subcopy) is answered with the order and the hash "
        "of the set made.",
    .uses = CLI_USES_JSON,
    .options = PRIM_OPTIONS,
    .run = run_prim};
