/* polynomial.c: polynomials over GF(2) from text and back.
 *
 *     text     =  sum | list
 *     sum      =  term { "+" term }
 *     term     =  "1" | letter [ ( "^" | "**" ) number ]        letter = x, X, t, T
 *     list     =  number { "," number }                         exponents
 *
 * A number at the start leaves the choice open: what follows it settles it, "+" a sum that begins
 * with 1, anything else a list. "1" alone is the sum, of degree 0, and no list for x.
 */
#include <breakeven/lfsr.h>

#include "base/base.h"

#include <stdio.h>

typedef struct reader {
    const char *text;
    size_t size;
    size_t at;
    uint64_t polynomial;
    be_error *error;
} reader;

/* The next byte that is not blank, or 0 at the end (a zero byte in the text is met as itself: no
 * rule takes it, and `at` is short of the size). */
static char peek(reader *r)
{
    while (r->at < r->size &&
           (r->text[r->at] == ' ' || (r->text[r->at] >= '\t' && r->text[r->at] <= '\r'))) {
        r->at++;
    }
    return r->at < r->size ? r->text[r->at] : '\0';
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static be_status refuse(const reader *r, size_t offset, const char *expected)
{
    return be_error_at(r->error, BE_EINVAL, 0, offset, "%s", expected);
}

/* Read digits; anything above the greatest degree reads as one more than it. */
static unsigned number(reader *r)
{
    unsigned value = 0;
    for (; r->at < r->size && digit(r->text[r->at]); r->at++) {
        value = value * 10 + (unsigned)(r->text[r->at] - '0');
        value = value > BE_LFSR_DEGREE_MAX ? BE_LFSR_DEGREE_MAX + 1 : value;
    }
    return value;
}

/* Take the term of an exponent whose text began at offset. */
static be_status add_term(reader *r, unsigned exponent, size_t offset)
{
    if (exponent > BE_LFSR_DEGREE_MAX) {
        return be_error_at(r->error, BE_EINVAL, 0, offset, "an exponent of at most %d",
                           BE_LFSR_DEGREE_MAX);
    }
    if (r->polynomial >> exponent & 1) {
        return be_error_at(r->error, BE_EINVAL, 0, offset,
                           "an exponent other than %u, given before", exponent);
    }
    r->polynomial |= UINT64_C(1) << exponent;
    return BE_OK;
}

static be_status read_term(reader *r)
{
    char c = peek(r);
    size_t offset = r->at;
    if (digit(c)) {
        return number(r) == 1 ? add_term(r, 0, offset) : refuse(r, offset, "x or 1");
    }
    if (c != 'x' && c != 'X' && c != 't' && c != 'T') {
        return refuse(r, offset, "x or 1");
    }
    r->at++;
    c = peek(r);
    if (c == '^') {
        r->at++;
    } else if (c == '*') {
        r->at++;
        if (r->at == r->size || r->text[r->at] != '*') {
            return refuse(r, r->at, "the second * of **");
        }
        r->at++;
    } else {
        return add_term(r, 1, offset);
    }
    c = peek(r);
    offset = r->at;
    return digit(c) ? add_term(r, number(r), offset) : refuse(r, offset, "an exponent");
}

static be_status read_sum(reader *r)
{
    be_status status = read_term(r);
    while (!status && peek(r) == '+') {
        r->at++;
        status = read_term(r);
    }
    return status || r->at == r->size ? status : refuse(r, r->at, "+ or the end");
}

static be_status read_list(reader *r)
{
    for (;;) {
        char c = peek(r);
        size_t offset = r->at;
        if (!digit(c)) {
            return refuse(r, offset, "an exponent");
        }
        be_status status = add_term(r, number(r), offset);
        if (status) {
            return status;
        }
        if (peek(r) != ',') {
            return r->at == r->size ? BE_OK : refuse(r, r->at, "a comma or the end");
        }
        r->at++;
    }
}

be_status be_lfsr_polynomial_parse(const char *text, size_t size, uint64_t *polynomial,
                                   be_error *error)
{
    reader r = {.text = text, .size = size, .error = error};
    char first = peek(&r);
    size_t begin = r.at;
    if (r.at == size) {
        return refuse(&r, r.at, "a polynomial such as x^4 + x + 1 or 4,1,0");
    }
    bool list = false;
    if (digit(first)) {
        bool one = number(&r) == 1;
        list = peek(&r) != '+' && !(one && r.at == size);
        r.at = begin;
    }
    be_status status = list ? read_list(&r) : read_sum(&r);
    if (status) {
        return status;
    }
    if (r.polynomial == 1) {
        return be_error_at(error, BE_EINVAL, 0, begin, "a polynomial of degree 1 to %d",
                           BE_LFSR_DEGREE_MAX);
    }
    *polynomial = r.polynomial;
    return BE_OK;
}

void be_lfsr_polynomial_format(uint64_t polynomial, char text[BE_LFSR_TEXT_SIZE])
{
    char *end = text;
    if (polynomial == 0) {
        sprintf(text, "0");
    }
    for (int i = 63; i >= 0; i--) {
        if (polynomial >> i & 1) {
            end += sprintf(end, "%s", end > text ? " + " : "");
            end += i > 1 ? sprintf(end, "x^%d", i) : sprintf(end, "%s", i ? "x" : "1");
        }
    }
}
