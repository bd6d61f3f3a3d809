/* result.c: what a workload presents, kept: its instance is gone when the report is written. */
#include "study/parts.h"

#include "base/base.h"

#include <string.h>

typedef enum call_kind { FACT, TABLE_BEGIN, CELL, TABLE_END, PICTURE } call_kind;

/* One call of a presenter's member, with copies of its arguments. */
typedef struct kept_call {
    struct kept_call *next;
    call_kind kind;
    const char *text; /* label, title or cell */
    const char *value;
    const char **columns; /* [n_columns] */
    size_t n_columns;
    size_t rows;
    size_t across;
    const uint8_t *cells; /* [rows * across] */
} kept_call;

struct be_study_result {
    be_study *study;
    kept_call *first;
    kept_call **end;
    bool failed; /* memory ran out */
};

/* A call at the end of the list; NULL, and `failed`, when there is no memory for it. */
static kept_call *keep(be_study_result *result, call_kind kind, const char *text)
{
    kept_call *call = result->failed ? NULL : be__study_keep(result->study, 1, sizeof *call);
    if (call && text) {
        call->text = be__study_keep_text(result->study, text);
    }
    if (!call || (text && !call->text)) {
        result->failed = true;
        return NULL;
    }
    call->kind = kind;
    *result->end = call;
    result->end = &call->next;
    return call;
}

static void keep_fact(void *user, const char *label, const char *value)
{
    be_study_result *result = user;
    kept_call *call = keep(result, FACT, label);
    if (call) {
        call->value = be__study_keep_text(result->study, value);
        result->failed = !call->value;
    }
}

static void keep_table_begin(void *user, const char *title, const char *const *columns,
                             size_t n_columns)
{
    be_study_result *result = user;
    kept_call *call = keep(result, TABLE_BEGIN, title);
    if (!call) {
        return;
    }
    call->n_columns = n_columns;
    call->columns = be__study_keep(result->study, n_columns, sizeof *call->columns);
    result->failed = !call->columns;
    for (size_t i = 0; i < n_columns && !result->failed; i++) {
        call->columns[i] = be__study_keep_text(result->study, columns[i]);
        result->failed = !call->columns[i];
    }
}

static void keep_table_cell(void *user, const char *text)
{
    keep(user, CELL, text);
}

static void keep_table_end(void *user)
{
    keep(user, TABLE_END, NULL);
}

static void keep_picture(void *user, const char *title, size_t rows, size_t columns,
                         const uint8_t *cells)
{
    be_study_result *result = user;
    kept_call *call = keep(result, PICTURE, title);
    if (!call) {
        return;
    }
    uint8_t *copy = be__study_keep(result->study, rows * columns, 1);
    if (!copy) {
        result->failed = true;
        return;
    }
    memcpy(copy, cells, rows * columns);
    call->rows = rows;
    call->across = columns;
    call->cells = copy;
}

be_status be__study_keep_result(be_study *study, const be_workload *workload, const void *instance,
                                const be_study_result **kept)
{
    be_study_result *result = be__study_keep(study, 1, sizeof *result);
    if (!result) {
        return BE_ENOMEM;
    }
    *result = (be_study_result){.study = study, .end = &result->first};
    be_presenter presenter = {.user = result,
                              .fact = keep_fact,
                              .table_begin = keep_table_begin,
                              .table_cell = keep_table_cell,
                              .table_end = keep_table_end,
                              .picture = keep_picture};
    workload->present(instance, &presenter);
    *kept = result;
    return result->failed ? BE_ENOMEM : BE_OK;
}

void be_study_result_present(const be_study_result *result, const be_presenter *to)
{
    for (const kept_call *call = result->first; call; call = call->next) {
        switch (call->kind) {
        case FACT:
            to->fact(to->user, call->text, call->value);
            break;
        case TABLE_BEGIN:
            to->table_begin(to->user, call->text, (const char *const *)call->columns,
                            call->n_columns);
            break;
        case CELL:
            to->table_cell(to->user, call->text);
            break;
        case TABLE_END:
            to->table_end(to->user);
            break;
        case PICTURE:
            to->picture(to->user, call->text, call->rows, call->across, call->cells);
            break;
        }
    }
}

/* ---- as JSON -------------------------------------------------------------------------------- */

static void write_fact(be_json_writer *json, const kept_call *call)
{
    be_json_object(json);
    be_json_key(json, "label");
    be_json_string(json, call->text);
    be_json_key(json, "value");
    be_json_string(json, call->value);
    be_json_object_end(json);
}

static void write_picture(be_json_writer *json, const kept_call *call)
{
    be_json_object(json);
    be_json_key(json, "title");
    be_json_string(json, call->text);
    be_json_key(json, "rows");
    be_json_u64(json, call->rows);
    be_json_key(json, "columns");
    be_json_u64(json, call->across);
    be_json_key(json, "cells");
    be_text digits;
    be_text_init(&digits, json->text->allocator);
    for (size_t i = 0; i < call->rows * call->across; i++) {
        char digit = (char)('0' + call->cells[i] % 10);
        be_text_add(&digits, &digit, 1);
    }
    be_json_string_n(json, digits.size ? digits.bytes : "", digits.size);
    if (be_text_status(&digits)) {
        json->text->status = be_text_status(&digits);
    }
    be_text_clear(&digits);
    be_json_object_end(json);
}

/* From a TABLE_BEGIN to its TABLE_END. */
static void write_table(be_json_writer *json, const kept_call *call)
{
    size_t n_columns = call->n_columns;
    be_json_object(json);
    be_json_key(json, "title");
    be_json_string(json, call->text);
    be_json_key(json, "columns");
    be_json_array(json);
    for (size_t i = 0; i < n_columns; i++) {
        be_json_string(json, call->columns[i]);
    }
    be_json_array_end(json);
    be_json_key(json, "rows");
    be_json_array(json);
    size_t column = 0;
    for (call = call->next; call && call->kind == CELL && n_columns > 0; call = call->next) {
        if (column == 0) {
            be_json_array(json);
        }
        be_json_string(json, call->text);
        column = (column + 1) % n_columns;
        if (column == 0) {
            be_json_array_end(json);
        }
    }
    if (column > 0) { /* a last row that is not full */
        be_json_array_end(json);
    }
    be_json_array_end(json);
    be_json_object_end(json);
}

void be__study_write_result(be_json_writer *json, const be_study_result *result)
{
    static const struct {
        const char *key;
        call_kind kind;
        void (*write)(be_json_writer *json, const kept_call *call);
    } member[] = {{"facts", FACT, write_fact},
                  {"tables", TABLE_BEGIN, write_table},
                  {"pictures", PICTURE, write_picture}};
    be_json_object(json);
    for (size_t i = 0; i < BE__COUNT_OF(member); i++) {
        be_json_key(json, member[i].key);
        be_json_array(json);
        for (const kept_call *call = result->first; call; call = call->next) {
            if (call->kind == member[i].kind) {
                member[i].write(json, call);
            }
        }
        be_json_array_end(json);
    }
    be_json_object_end(json);
}
