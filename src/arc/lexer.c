/* lexer.c: Python text as tokens.
 *
 * Only what decides where a token and a logical line end is looked at here. A line ends at \n, \r\n
 * or \r; inside brackets, and after a backslash, it goes on. A tab reaches to the next multiple of
 * eight columns, as in CPython.
 */
#include "arc/lexer.h"

#include <string.h>

void be__arc_lexer_init(be__arc_lexer *lexer, const char *text, size_t size,
                        uint32_t indents[BE__ARC_INDENTS_MAX], be_error *error)
{
    *lexer = (be__arc_lexer){.cursor = text,
                             .end = text + size,
                             .line_start = text,
                             .line = 1,
                             .line_begins = true,
                             .n_indents = 1,
                             .indents = indents,
                             .error = error};
    indents[0] = 0;
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        lexer->cursor += 3;
    }
}

static be_status refuse(const be__arc_lexer *lexer, const char *at, be_status status,
                        const char *expected)
{
    return be_error_at(lexer->error, status, lexer->line, (size_t)(at - lexer->line_start), "%s",
                       expected);
}

static char peek(const be__arc_lexer *lexer, size_t ahead)
{
    return (size_t)(lexer->end - lexer->cursor) > ahead ? lexer->cursor[ahead] : '\0';
}

static bool at_line_end(const be__arc_lexer *lexer)
{
    return lexer->cursor == lexer->end || *lexer->cursor == '\n' || *lexer->cursor == '\r';
}

/* Past the end of a line, if the text has one here. */
static void pass_line_end(be__arc_lexer *lexer)
{
    if (lexer->cursor == lexer->end) {
        return;
    }
    lexer->cursor += peek(lexer, 0) == '\r' && peek(lexer, 1) == '\n' ? 2 : 1;
    lexer->line++;
    lexer->line_start = lexer->cursor;
}

static void pass_comment(be__arc_lexer *lexer)
{
    if (peek(lexer, 0) == '#') {
        while (!at_line_end(lexer)) {
            lexer->cursor++;
        }
    }
}

/* Spaces, comments and joined lines between two tokens of a logical line. */
static be_status pass_blank(be__arc_lexer *lexer)
{
    for (;;) {
        char c = peek(lexer, 0);
        if (c == ' ' || c == '\t' || c == '\f') {
            lexer->cursor++;
        } else if (c == '\\') {
            lexer->cursor++;
            if (at_line_end(lexer) && lexer->cursor < lexer->end) {
                pass_line_end(lexer);
            } else {
                return refuse(lexer, lexer->cursor, BE_EINVAL, "the end of the line after a \\");
            }
        } else if (c == '#') {
            pass_comment(lexer);
        } else if (lexer->brackets > 0 && at_line_end(lexer) && lexer->cursor < lexer->end) {
            pass_line_end(lexer);
        } else {
            return BE_OK;
        }
    }
}

/* The column at which the first token of the next line with tokens begins. */
static uint32_t pass_indentation(be__arc_lexer *lexer)
{
    for (;;) {
        uint32_t column = 0;
        for (;; lexer->cursor++) {
            char c = peek(lexer, 0);
            if (c == ' ') {
                column++;
            } else if (c == '\t') {
                column = (column / 8 + 1) * 8;
            } else if (c == '\f') {
                column = 0;
            } else {
                break;
            }
        }
        pass_comment(lexer);
        if (!at_line_end(lexer)) {
            return column;
        }
        if (lexer->cursor == lexer->end) {
            return 0;
        }
        pass_line_end(lexer);
    }
}

/* Compare the indentation of a new logical line with those open. */
static be_status measure_line(be__arc_lexer *lexer, bool *deeper)
{
    uint32_t column = pass_indentation(lexer);
    *deeper = column > lexer->indents[lexer->n_indents - 1];
    if (*deeper) {
        if (lexer->n_indents == BE__ARC_INDENTS_MAX) {
            return refuse(lexer, lexer->cursor, BE_ELIMIT, "at most 100 levels of indentation");
        }
        lexer->indents[lexer->n_indents++] = column;
        return BE_OK;
    }
    while (lexer->indents[lexer->n_indents - 1] > column) {
        lexer->n_indents--;
        lexer->n_dedents++;
    }
    if (lexer->indents[lexer->n_indents - 1] != column) {
        return refuse(lexer, lexer->cursor, BE_EINVAL,
                      "an indentation that matches that of an earlier line");
    }
    return BE_OK;
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'';
}

/* The cursor is at the opening quote. */
static be_status pass_string(be__arc_lexer *lexer)
{
    be__arc_lexer start = *lexer;
    char quote = *lexer->cursor;
    bool tripled = peek(lexer, 1) == quote && peek(lexer, 2) == quote;
    lexer->cursor += tripled ? 3 : 1;
    for (;;) {
        if (lexer->cursor == lexer->end || (!tripled && at_line_end(lexer))) {
            return refuse(&start, start.cursor, BE_EINVAL, "a string that ends");
        }
        char c = *lexer->cursor;
        if (c == quote && (!tripled || (peek(lexer, 1) == quote && peek(lexer, 2) == quote))) {
            lexer->cursor += tripled ? 3 : 1;
            return BE_OK;
        }
        if (c == '\\' && lexer->end - lexer->cursor > 1) {
            lexer->cursor++;
        }
        if (at_line_end(lexer)) {
            pass_line_end(lexer);
        } else {
            lexer->cursor++;
        }
    }
}

/* Signs of more than one byte, longest first. */
static size_t sign_size(const be__arc_lexer *lexer)
{
    static const char *const SIGNS[] = {
        "**=", "//=", ">>=", "<<=", "...", "->", ":=", "==", "!=", "<=", ">=", "+=",
        "-=",  "*=",  "/=",  "%=",  "&=",  "|=", "^=", "@=", "**", "//", "<<", ">>"};
    char first = *lexer->cursor, second = peek(lexer, 1);
    if (first == '(' || first == ')' || first == ',' || (first == '=' && second == ' ')) {
        return 1; /* what programs are full of */
    }
    size_t left = strchr("=*/<>.", second) && second ? (size_t)(lexer->end - lexer->cursor) : 0;
    for (size_t i = 0; left > 0 && i < sizeof SIGNS / sizeof SIGNS[0]; i++) {
        size_t size = strlen(SIGNS[i]);
        if (left >= size && memcmp(lexer->cursor, SIGNS[i], size) == 0) {
            return size;
        }
    }
    return strchr("()[]{},:;=.+-*/%&|^~<>@", *lexer->cursor) && *lexer->cursor ? 1 : 0;
}

static be_status pass_sign(be__arc_lexer *lexer)
{
    size_t size = sign_size(lexer);
    if (size == 0) {
        unsigned char c = (unsigned char)*lexer->cursor;
        return refuse(lexer, lexer->cursor, BE_EINVAL,
                      c >= 0x80   ? "ASCII outside of comments and strings"
                      : c == '\0' ? "text, not a zero byte"
                                  : "a name, a number, a bracket or a comma");
    }
    char c = *lexer->cursor;
    if (c == '(' || c == '[' || c == '{') {
        if (lexer->brackets == BE__ARC_BRACKETS_MAX) {
            return refuse(lexer, lexer->cursor, BE_ELIMIT, "at most 200 open brackets");
        }
        lexer->brackets++;
    } else if ((c == ')' || c == ']' || c == '}') && lexer->brackets-- == 0) {
        return refuse(lexer, lexer->cursor, BE_EINVAL, "no closing bracket: none is open");
    }
    lexer->cursor += size;
    return BE_OK;
}

static be_status pass_token(be__arc_lexer *lexer, be__arc_token *token)
{
    char c = *lexer->cursor;
    if (is_name_start(c)) {
        while (is_name_start(peek(lexer, 0)) || is_digit(peek(lexer, 0))) {
            lexer->cursor++;
        }
        /* A prefix such as r"..." belongs to the string. */
        if (lexer->cursor - token->text <= 2 && is_quote(peek(lexer, 0))) {
            token->kind = BE__ARC_TOKEN_STRING;
            return pass_string(lexer);
        }
        token->kind = BE__ARC_TOKEN_NAME;
        return BE_OK;
    }
    if (is_digit(c) || (c == '.' && is_digit(peek(lexer, 1)))) {
        while (is_name_start(peek(lexer, 0)) || is_digit(peek(lexer, 0)) || peek(lexer, 0) == '.') {
            lexer->cursor++;
        }
        token->kind = BE__ARC_TOKEN_NUMBER;
        return BE_OK;
    }
    if (is_quote(c)) {
        token->kind = BE__ARC_TOKEN_STRING;
        return pass_string(lexer);
    }
    token->kind = BE__ARC_TOKEN_SIGN;
    return pass_sign(lexer);
}

static void place(const be__arc_lexer *lexer, be__arc_token_kind kind, be__arc_token *token)
{
    *token = (be__arc_token){.kind = kind,
                             .text = lexer->cursor,
                             .line = lexer->line,
                             .offset = (uint32_t)(lexer->cursor - lexer->line_start)};
}

be_status be__arc_lexer_next(be__arc_lexer *lexer, be__arc_token *token)
{
    if (lexer->line_begins && !lexer->indented) {
        bool deeper;
        be_status status = measure_line(lexer, &deeper);
        lexer->indented = true;
        if (status || deeper) {
            place(lexer, BE__ARC_TOKEN_INDENT, token);
            return status;
        }
    }
    if (lexer->n_dedents > 0) {
        lexer->n_dedents--;
        place(lexer, BE__ARC_TOKEN_DEDENT, token);
        return BE_OK;
    }
    be_status status = pass_blank(lexer);
    if (status) {
        return status;
    }
    if (at_line_end(lexer)) {
        if (lexer->brackets > 0) {
            return refuse(lexer, lexer->cursor, BE_EINVAL, "a closing bracket");
        }
        place(lexer, lexer->line_begins ? BE__ARC_TOKEN_END : BE__ARC_TOKEN_NEWLINE, token);
        pass_line_end(lexer);
        lexer->line_begins = true;
        lexer->indented = false;
        return BE_OK;
    }
    place(lexer, BE__ARC_TOKEN_NAME, token);
    lexer->line_begins = false;
    status = pass_token(lexer, token);
    token->size = (size_t)(lexer->cursor - token->text);
    return status;
}
