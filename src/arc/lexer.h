/* arc/lexer.h: Python text as tokens: indentation, joined lines, comments, every kind of line end.
 */
#ifndef BE__ARC_LEXER_H
#define BE__ARC_LEXER_H

#include <breakeven/base.h>

enum {
    BE__ARC_INDENTS_MAX = 100, /* levels of indentation, as CPython */
    BE__ARC_BRACKETS_MAX = 200 /* open brackets, as CPython */
};

typedef enum be__arc_token_kind {
    BE__ARC_TOKEN_END,
    BE__ARC_TOKEN_NEWLINE, /* the end of a logical line */
    BE__ARC_TOKEN_INDENT,
    BE__ARC_TOKEN_DEDENT,
    BE__ARC_TOKEN_NAME, /* keywords are names to the lexer */
    BE__ARC_TOKEN_NUMBER,
    BE__ARC_TOKEN_STRING,
    BE__ARC_TOKEN_SIGN /* one sign; "->" and comparisons are two or more bytes long */
} be__arc_token_kind;

typedef struct be__arc_token {
    be__arc_token_kind kind;
    const char *text; /* text[0, size) lies in the source */
    size_t size;
    uint32_t line;   /* from 1 */
    uint32_t offset; /* bytes from the start of that line */
} be__arc_token;

/* A copy of a lexer is a place to come back to while the logical line lasts. */
typedef struct be__arc_lexer {
    const char *cursor;
    const char *end;
    const char *line_start;
    uint32_t line;
    bool line_begins;   /* no token of the logical line has been told */
    bool indented;      /* its indentation has */
    uint32_t brackets;  /* open */
    uint32_t n_indents; /* indents[0, n_indents), the first of them 0 */
    uint32_t n_dedents; /* still to be told */
    uint32_t *indents;  /* [BE__ARC_INDENTS_MAX] */
    be_error *error;
} be__arc_lexer;

/* text[0, size) must stay as long as the lexer and its tokens; indents is the caller's memory. */
void be__arc_lexer_init(be__arc_lexer *lexer, const char *text, size_t size,
                        uint32_t indents[BE__ARC_INDENTS_MAX], be_error *error);

/* The next token; after the end, the end again. BE_EINVAL or BE_ELIMIT, with line and offset in the
 * lexer's error, for what is no token. Linear in the bytes passed. */
BE_CHECK be_status be__arc_lexer_next(be__arc_lexer *lexer, be__arc_token *token);

#endif
