/* sheet.h: a table of text cells, from CSV or .npy, and how to find what is wrong in it. */
#ifndef CLI_SHEET_H
#define CLI_SHEET_H

#include "cli.h"

enum { SHEET_COLUMNS_MAX = 64 };

typedef struct sheet {
    const char *file; /* for messages */
    size_t columns, rows;
    const char *name[SHEET_COLUMNS_MAX];
    const char *
        *cell;    /* [rows * columns], row by row, without spaces around; "" for an empty one */
    size_t *line; /* [rows]; 0 where there are no lines */
    be_text text; /* what name and cell point into */
} sheet;

/* Parse CSV: a header of names, then rows of as many cells. Cells may stand in double quotes, ""
 * for one of them; spaces around cells, empty lines, lines that begin with '#', a byte order mark
 * and CRs are passed over. Files with semicolons or tabs for commas are told apart. Takes what the
 * text holds, and leaves it empty. BE_EINVAL with line, offset and what was expected; BE_ENOMEM. */
be_status sheet_parse_csv(be_text *text, sheet *s, be_error *error);

/* The same from a .npy file; unnamed columns are called as names[0, n) says. */
be_status sheet_parse_npy(be_text *text, const char *const *names, size_t n, sheet *s,
                          be_error *error);

/* Read a file: "-" is standard input; .npy is told by its first bytes. Returns an exit code, having
 * said what went wrong. */
int sheet_read(const cli_call *call, const char *path, const char *const *names, size_t n,
               sheet *s);

void sheet_clear(sheet *s);

/* A finite decimal number such as 0.25, -1e-3, +5; false for anything else. */
bool sheet_number(const char *cell, double *value);

/* "breakeven: FILE:LINE: NAME ..." on stderr: a cell that breaks a rule; returns CLI_USAGE. */
int sheet_fail(const cli_call *call, const sheet *s, size_t row, size_t column, const char *rule);

#endif
