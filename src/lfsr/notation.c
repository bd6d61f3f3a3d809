/* notation.c: registers from text.
 *
 *     text   =  one { ";" one }
 *     one    =  { word ":" } body
 *     word   =  a name of WORDS below | "affine" "=" number { "," number }
 *     body   =  sum | list | hex | matrix | name | words        which: see kind_of
 *     sum    =  ["-"] term { ("+" | "-") term }
 *     term   =  number [["*"] power] | power                    power = x [("^" | "**") number]
 *     list   =  number { "," number }
 *     hex    =  number "'h" digits | "0x" digits ["/" number]   "_" between digits is passed over
 *     matrix =  "[" row { "," row } "]"                         row = "[" list "]"
 *     words  =  number ["*" number] { "," ("<<" | ">>") number }
 *
 * with blanks between any two signs. Whatever the body, the reader makes of it the polynomial T
 * that was written, as terms; the polarity then says what T is: the characteristic polynomial, or
 * the feedback polynomial, whose coefficients backwards are the characteristic one.
 */
#include "lfsr/register.h"

#include <string.h>

enum { DEPTH_MAX = 2 }; /* a preset's own text */

/* One coefficient of T, and where it was read. */
typedef struct term {
    uint64_t exponent;
    uint64_t coefficient;
    size_t offset;
} term;

typedef struct reader {
    const char *text;
    size_t end;
    size_t at;
    const be_lfsr_field *field;
    const be_allocator *allocator;
    be_error *error;
    be_lfsr_reading reading;
    bool inverted;
    size_t affine; /* where the list of the constant begins; 0: none was given */
    term *terms;   /* [capacity] one for each byte is room enough */
    size_t n_terms;
    size_t capacity;
} reader;

static be_status refuse(const reader *r, size_t offset, const char *expected)
{
    return be_error_at(r->error, BE_EINVAL, 0, offset, "%s", expected);
}

static be_status no_memory(const reader *r)
{
    return be_error_at(r->error, BE_ENOMEM, 0, 0, "memory for the register");
}

/* ---- signs ---------------------------------------------------------------------------------- */

/* The next byte that is not blank, or 0 at the end (a zero byte in the text is met as itself: no
 * rule takes it, and `at` is short of the end). */
static char peek(reader *r)
{
    while (r->at < r->end &&
           (r->text[r->at] == ' ' || (r->text[r->at] >= '\t' && r->text[r->at] <= '\r'))) {
        r->at++;
    }
    return r->at < r->end ? r->text[r->at] : '\0';
}

static bool accept(reader *r, const char *sign)
{
    size_t n = strlen(sign);
    if (peek(r) != sign[0] || r->end - r->at < n || memcmp(r->text + r->at, sign, n) != 0) {
        return false;
    }
    r->at += n;
    return true;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char at(const reader *r, size_t offset)
{
    return offset < r->end ? r->text[offset] : '\0';
}

/* A decimal number up to `most`, which is below 2^60; `what` names it when it is missing. */
static be_status number(reader *r, uint64_t most, const char *what, uint64_t *value)
{
    if (!digit(peek(r))) {
        return refuse(r, r->at, what);
    }
    size_t begin = r->at;
    uint64_t v = 0;
    for (; digit(at(r, r->at)); r->at++) {
        v = v * 10 + (uint64_t)(at(r, r->at) - '0');
        if (v > most) {
            return be_error_at(r->error, BE_EINVAL, 0, begin, "%s of at most %llu", what,
                               (unsigned long long)most);
        }
    }
    *value = v;
    return BE_OK;
}

static be_status element(reader *r, uint64_t *value)
{
    return number(r, r->field->q - 1, "an element of the field", value);
}

static be_status at_end(reader *r, const char *expected)
{
    return peek(r) == '\0' && r->at == r->end ? BE_OK : refuse(r, r->at, expected);
}

static void add_term(reader *r, uint64_t exponent, uint64_t coefficient, size_t offset)
{
    r->terms[r->n_terms++] = (term){exponent, coefficient, offset};
}

/* ---- T from each body ----------------------------------------------------------------------- */

static bool variable(char c)
{
    return c == 'x' || c == 'X' || c == 't' || c == 'T';
}

static be_status read_term(reader *r, bool minus)
{
    uint64_t coefficient = 1, exponent = 0;
    peek(r);
    size_t offset = r->at;
    bool constant = digit(peek(r));
    be_status status = BE_OK;
    if (constant) {
        status = element(r, &coefficient);
        constant = !accept(r, "*") && !variable(peek(r));
    }
    if (!status && !constant) {
        if (!variable(peek(r))) {
            return refuse(r, r->at, "x or a number");
        }
        r->at++;
        exponent = 1;
        if (accept(r, "^") || accept(r, "**")) {
            peek(r);
            status = number(r, BE_LFSR_CELLS_MAX, "an exponent", &exponent);
        }
    }
    if (!status) {
        coefficient = minus ? be__lfsr_negate(r->field, coefficient) : coefficient;
        add_term(r, exponent, coefficient, offset);
    }
    return status;
}

static be_status read_sum(reader *r)
{
    bool minus = accept(r, "-");
    be_status status = read_term(r, minus);
    while (!status && ((minus = accept(r, "-")) || accept(r, "+"))) {
        status = read_term(r, minus);
    }
    return status ? status : at_end(r, "+, - or the end");
}

/* Exponents or taps: T has coefficient 1 there. Taps leave out the 0. */
static be_status read_exponents(reader *r, bool taps)
{
    be_status status = BE_OK;
    do {
        uint64_t exponent = 0;
        peek(r);
        size_t offset = r->at;
        status = number(r, BE_LFSR_CELLS_MAX, taps ? "a tap" : "an exponent", &exponent);
        if (!status && taps && exponent == 0) {
            return refuse(r, offset, "a tap of 1 or more: stages are counted from 1");
        }
        if (!status) {
            add_term(r, exponent, 1, offset);
        }
    } while (!status && accept(r, ","));
    if (!status && taps) {
        add_term(r, 0, 1, r->at);
    }
    return status ? status : at_end(r, "a comma or the end");
}

/* c_0 ... c_{n-1}, or f_1 ... f_n under the feedback polarity: T = x^n - sum of c_i x^i, or
 * 1 - sum of f_i x^i. */
static be_status read_coefficients(reader *r)
{
    bool feedback = r->reading.polarity == BE_LFSR_FEEDBACK;
    be_status status = BE_OK;
    uint64_t n = feedback;
    do {
        uint64_t value = 0;
        peek(r);
        size_t offset = r->at;
        status = element(r, &value);
        if (!status && n - feedback == BE_LFSR_CELLS_MAX) {
            return be_error_at(r->error, BE_ELIMIT, 0, offset, "at most %d coefficients",
                               BE_LFSR_CELLS_MAX);
        }
        if (!status) {
            add_term(r, n++, be__lfsr_negate(r->field, value), offset);
        }
    } while (!status && accept(r, ","));
    if (!status) {
        add_term(r, feedback ? 0 : n, 1, r->at);
    }
    return status ? status : at_end(r, "a comma or the end");
}

static int hex_digit(char c)
{
    if (digit(c)) {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The digits from offset `begin` on, then T by the convention for words of n bits (0: as many as
 * the value has, less one; for the full convention only). */
static be_status read_hex(reader *r)
{
    be_lfsr_hex hex = r->reading.hex;
    uint64_t n = 0;
    be_status status = BE_OK;
    peek(r);
    size_t offset = r->at;
    if (!accept(r, "0x") && !accept(r, "0X")) {
        status = number(r, BE_LFSR_CELLS_MAX + 1, "a width, as in 16'h1021", &n);
        if (!status && (!accept(r, "'") || (at(r, r->at) | 0x20) != 'h')) {
            status = refuse(r, r->at, "'h, as in 16'h1021");
        }
        if (!status && n < (hex == BE_LFSR_HEX_FULL ? 2 : 1)) {
            status = refuse(r, offset, "a width of 1 or more cells");
        }
        if (status) {
            return status;
        }
        r->at++;
        n -= hex == BE_LFSR_HEX_FULL;
    }
    size_t begin = r->at, first = 0; /* `first`: the first digit that is not 0 */
    uint64_t bits = 0;
    for (; hex_digit(at(r, r->at)) >= 0 || at(r, r->at) == '_'; r->at++) {
        int value = hex_digit(at(r, r->at));
        if (value > 0 && bits == 0) {
            first = r->at;
            bits = (uint64_t)(32 - __builtin_clz((unsigned)value));
        } else if (value >= 0 && bits > 0) {
            bits += 4;
        }
    }
    size_t end = r->at;
    if (end == begin) {
        return refuse(r, begin, "a hexadecimal digit");
    }
    if (n == 0 && accept(r, "/")) {
        peek(r);
        size_t width = r->at;
        status = number(r, BE_LFSR_CELLS_MAX, "a number of cells", &n);
        if (!status && n == 0) {
            status = refuse(r, width, "1 or more cells");
        }
    } else if (n == 0 && hex == BE_LFSR_HEX_FULL && bits > 1 && bits - 1 <= BE_LFSR_CELLS_MAX) {
        n = bits - 1;
    } else if (n == 0) {
        status = refuse(r, r->at, "a width, as in 0x1021/16");
    }
    status = status ? status : at_end(r, "the end");
    if (status) {
        return status;
    }
    if (bits > n + (hex == BE_LFSR_HEX_FULL)) {
        return be_error_at(r->error, BE_EINVAL, 0, first, "a word of %llu bits, and it has %llu",
                           (unsigned long long)(n + (hex == BE_LFSR_HEX_FULL)),
                           (unsigned long long)bits);
    }
    if ((hex == BE_LFSR_HEX_KOOPMAN && bits < n) || (hex == BE_LFSR_HEX_FULL && bits < n + 1)) {
        return be_error_at(r->error, BE_EINVAL, 0, begin, "a word with bit %llu set, for x^%llu",
                           (unsigned long long)(n - (hex == BE_LFSR_HEX_KOOPMAN)),
                           (unsigned long long)n);
    }
    uint64_t bit = 0;
    for (size_t i = end; i-- > begin;) {
        int value = hex_digit(at(r, i));
        for (int b = 0; value >= 0 && b < 4; b++, bit++) {
            if (value >> b & 1) {
                uint64_t exponent = hex == BE_LFSR_HEX_REVERSED  ? n - 1 - bit
                                    : hex == BE_LFSR_HEX_KOOPMAN ? bit + 1
                                                                 : bit;
                add_term(r, exponent, 1, i);
            }
        }
    }
    if (hex == BE_LFSR_HEX_KOOPMAN) {
        add_term(r, 0, 1, begin);
    } else if (hex != BE_LFSR_HEX_FULL) {
        add_term(r, n, 1, begin);
    }
    return BE_OK;
}

/* ---- the register of T ---------------------------------------------------------------------- */

/* T as a dense array of n + 1 coefficients into cells of the register; degree 1 or more, each
 * exponent once, and what the polarity asks for equal to 1. */
static be_status register_of_terms(reader *r, be_lfsr *lfsr)
{
    uint64_t n = 0;
    size_t top = 0;
    for (size_t i = 0; i < r->n_terms; i++) {
        if (r->terms[i].exponent >= n) {
            n = r->terms[i].exponent;
            top = i;
        }
    }
    if (n == 0) {
        return refuse(r, r->n_terms ? r->terms[0].offset : 0, "a polynomial of degree 1 or more");
    }
    if (r->terms[top].coefficient == 0 && r->reading.kind != BE_LFSR_KIND_COEFFICIENTS) {
        return refuse(r, r->terms[top].offset, "a leading coefficient other than 0");
    }
    uint64_t *dense = be__allocate_zeroed(r->allocator, n + 1, sizeof *dense);
    uint8_t *seen = be__allocate_zeroed(r->allocator, n + 1, 1);
    be_status status = dense && seen ? BE_OK : no_memory(r);
    for (size_t i = 0; i < r->n_terms && !status; i++) {
        const term *t = &r->terms[i];
        if (seen[t->exponent]++) {
            status = be_error_at(r->error, BE_EINVAL, 0, t->offset,
                                 "an exponent other than %llu, given before",
                                 (unsigned long long)t->exponent);
        }
        dense[t->exponent] = t->coefficient;
    }
    bool feedback = r->reading.polarity == BE_LFSR_FEEDBACK;
    if (!status && feedback && dense[0] != 1) {
        status = refuse(r, r->terms[0].offset,
                        "a feedback polynomial whose constant term is 1: s[t] itself");
    } else if (!status && !feedback && dense[n] != 1) {
        status = refuse(r, r->terms[top].offset, "a leading coefficient of 1");
    }
    be_lfsr_form form = r->reading.form;
    if (!status && be__lfsr_make(r->field, form, n, false, r->allocator, lfsr)) {
        status = no_memory(r);
    }
    for (uint64_t i = 0; i < n && !status; i++) {
        lfsr->coefficients[i] = be__lfsr_negate(r->field, dense[feedback ? n - i : i]);
    }
    be__release(r->allocator, dense, n + 1, sizeof *dense);
    be__release(r->allocator, seen, n + 1, 1);
    return status;
}

/* ---- matrices and words --------------------------------------------------------------------- */

/* Numbers in the row that begins at the cursor. */
static size_t row_size(const reader *r)
{
    size_t n = 1;
    for (size_t i = r->at; i < r->end && r->text[i] != ']'; i++) {
        n += r->text[i] == ',';
    }
    return n;
}

static be_status read_matrix(reader *r, be_lfsr *lfsr)
{
    if (!accept(r, "[") || !accept(r, "[")) {
        return refuse(r, r->at, "a matrix such as [[0,1],[1,1]]");
    }
    size_t n = row_size(r);
    if (n > BE_LFSR_MATRIX_MAX) {
        return be_error_at(r->error, BE_ELIMIT, 0, r->at, "at most %d numbers in a row",
                           BE_LFSR_MATRIX_MAX);
    }
    if (be__lfsr_make(r->field, BE_LFSR_MATRIX, n, false, r->allocator, lfsr)) {
        return no_memory(r);
    }
    for (size_t i = 0; i < n * n; i++) {
        bool opens = i > 0 && i % n == 0;
        if ((opens && (!accept(r, "]") || !accept(r, ",") || !accept(r, "["))) ||
            (i % n > 0 && !accept(r, ","))) {
            return be_error_at(r->error, BE_EINVAL, 0, r->at,
                               "%zu rows of %zu numbers, as the first has", n, n);
        }
        be_status status = element(r, &lfsr->matrix[i]);
        if (status) {
            return status;
        }
    }
    if (!accept(r, "]") || !accept(r, "]")) {
        return be_error_at(r->error, BE_EINVAL, 0, r->at,
                           "%zu rows of %zu numbers, as the first has", n, n);
    }
    return at_end(r, "the end");
}

static uint64_t shifted(int64_t by, uint64_t word, uint64_t mask)
{
    return (by > 0 ? word << by : word >> -by) & mask;
}

/* Every row of the matrix is one step from a single bit. */
static be_status read_xorshift(reader *r, be_lfsr *lfsr)
{
    enum { SHIFTS_MAX = 8, WORDS_MAX = 16 };
    uint64_t bits = 0, words = 1;
    int64_t shifts[SHIFTS_MAX];
    size_t n_shifts = 0;
    if (r->field->q != 2) {
        return refuse(r, r->at, "GF(2): xorshift words are of bits");
    }
    be_status status = number(r, 64, "a word size of 1 to 64 bits", &bits);
    if (!status && accept(r, "*")) {
        status = number(r, WORDS_MAX, "a number of words", &words);
    }
    if (!status && (bits == 0 || words == 0)) {
        return refuse(r, 0, "a word size of 1 to 64 bits, and 1 to 16 words");
    }
    while (!status && accept(r, ",")) {
        uint64_t by = 0;
        bool left = accept(r, "<<");
        if (!left && !accept(r, ">>")) {
            return refuse(r, r->at, "<< or >>");
        }
        if (n_shifts == SHIFTS_MAX) {
            return refuse(r, r->at, "at most 8 shifts");
        }
        status = number(r, bits - 1, "a shift", &by);
        if (!status && by == 0) {
            return refuse(r, r->at, "a shift of 1 or more");
        }
        shifts[n_shifts++] = left ? (int64_t)by : -(int64_t)by;
    }
    status = status ? status : at_end(r, "a comma or the end");
    if (!status && (n_shifts == 0 || (words > 1 && n_shifts != 3))) {
        return refuse(r, r->at, words > 1 ? "three shifts" : "a comma and << or >>");
    }
    size_t n = bits * words;
    if (!status && be__lfsr_make(r->field, BE_LFSR_MATRIX, n, false, r->allocator, lfsr)) {
        status = no_memory(r);
    }
    uint64_t mask = UINT64_MAX >> (64 - bits);
    for (size_t i = 0; i < n && !status; i++) {
        uint64_t w[WORDS_MAX] = {0};
        w[i / bits] = UINT64_C(1) << i % bits;
        uint64_t oldest = w[0], newest = w[words - 1];
        for (size_t k = 0; k < (words > 1 ? 2 : n_shifts); k++) {
            oldest ^= shifted(shifts[k], oldest, mask);
        }
        memmove(w, w + 1, (words - 1) * sizeof *w);
        w[words - 1] = words > 1 ? newest ^ shifted(shifts[2], newest, mask) ^ oldest : oldest;
        for (size_t j = 0; j < n; j++) {
            lfsr->matrix[i * n + j] = w[j / bits] >> j % bits & 1;
        }
    }
    return status;
}

/* ---- words in front ------------------------------------------------------------------------- */

/* What a word sets. */
enum set { SET_KIND, SET_POLARITY, SET_HEX, SET_FORM, SET_XNOR, SET_INVERTED };
static const struct {
    const char *name;
    enum set set;
    int value;
} WORDS[] = {
    {"polynomial", SET_KIND, BE_LFSR_KIND_POLYNOMIAL},
    {"exponents", SET_KIND, BE_LFSR_KIND_EXPONENTS},
    {"taps", SET_KIND, BE_LFSR_KIND_TAPS},
    {"coefficients", SET_KIND, BE_LFSR_KIND_COEFFICIENTS},
    {"hex", SET_KIND, BE_LFSR_KIND_HEX},
    {"matrix", SET_KIND, BE_LFSR_KIND_MATRIX},
    {"preset", SET_KIND, BE_LFSR_KIND_PRESET},
    {"xorshift", SET_KIND, BE_LFSR_KIND_XORSHIFT},
    {"characteristic", SET_POLARITY, BE_LFSR_CHARACTERISTIC},
    {"feedback", SET_POLARITY, BE_LFSR_FEEDBACK},
    {"normal", SET_HEX, BE_LFSR_HEX_NORMAL},
    {"reversed", SET_HEX, BE_LFSR_HEX_REVERSED},
    {"koopman", SET_HEX, BE_LFSR_HEX_KOOPMAN},
    {"full", SET_HEX, BE_LFSR_HEX_FULL},
    {"fibonacci", SET_FORM, BE_LFSR_FIBONACCI},
    {"galois", SET_FORM, BE_LFSR_GALOIS},
    {"xnor", SET_XNOR, 0},
    {"inverted", SET_INVERTED, 0},
};

static void set_word(reader *r, enum set set, int value)
{
    be_lfsr_reading *reading = &r->reading;
    switch (set) {
    case SET_KIND:
        reading->kind = (be_lfsr_kind)value;
        break;
    case SET_POLARITY:
        reading->polarity = (be_lfsr_polarity)value;
        reading->polarity_said = true;
        break;
    case SET_HEX:
        reading->hex = (be_lfsr_hex)value;
        reading->hex_said = true;
        break;
    case SET_FORM:
        reading->form = (be_lfsr_form)value;
        reading->form_said = true;
        break;
    case SET_XNOR:
        reading->xnor = true;
        break;
    case SET_INVERTED:
        r->inverted = true;
        break;
    }
}

static be_status read_words(reader *r)
{
    for (;;) {
        peek(r);
        size_t begin = r->at, end = begin;
        while (letter(at(r, end))) {
            end++;
        }
        if (end == begin || (at(r, end) != ':' && at(r, end) != '=')) {
            return BE_OK;
        }
        size_t n = end - begin, w = 0;
        if (n == 6 && memcmp(r->text + begin, "affine", n) == 0 && at(r, end) == '=') {
            r->at = end + 1;
            r->affine = r->at;
            while (digit(peek(r)) || peek(r) == ',') {
                r->at++;
            }
        } else {
            while (w < BE__COUNT_OF(WORDS) &&
                   (strlen(WORDS[w].name) != n || memcmp(WORDS[w].name, r->text + begin, n) != 0)) {
                w++;
            }
            if (w == BE__COUNT_OF(WORDS)) {
                return refuse(r, begin, "a word such as feedback:, taps:, galois: or koopman:");
            }
            set_word(r, WORDS[w].set, WORDS[w].value);
            r->at = end;
        }
        if (!accept(r, ":")) {
            return refuse(r, r->at, "a colon");
        }
    }
}

/* What a body looks like. A number at the start leaves the choice open: what follows settles it. */
static be_lfsr_kind kind_of(reader *r)
{
    char c = peek(r);
    char after = at(r, r->at + 1);
    if (c == '[') {
        return BE_LFSR_KIND_MATRIX;
    }
    if (c == '0' && (after == 'x' || after == 'X')) {
        return BE_LFSR_KIND_HEX;
    }
    if (letter(c)) {
        return variable(c) && !letter(after) && after != '-' && !digit(after)
                   ? BE_LFSR_KIND_POLYNOMIAL
                   : BE_LFSR_KIND_PRESET;
    }
    if (!digit(c)) {
        return BE_LFSR_KIND_POLYNOMIAL;
    }
    size_t begin = r->at;
    while (digit(at(r, r->at))) {
        r->at++;
    }
    bool one = r->at == begin + 1 && c == '1';
    c = peek(r);
    bool over = r->at == r->end;
    r->at = begin;
    if (c == '\'') {
        return BE_LFSR_KIND_HEX;
    }
    return c == ',' || (over && !one) ? BE_LFSR_KIND_EXPONENTS : BE_LFSR_KIND_POLYNOMIAL;
}

static be_status add_constant(reader *r, be_lfsr *lfsr)
{
    if (!r->affine && !r->reading.xnor) {
        return BE_OK;
    }
    lfsr->constant = be__allocate_zeroed(r->allocator, lfsr->n, sizeof *lfsr->constant);
    if (!lfsr->constant) {
        return no_memory(r);
    }
    if (r->reading.xnor) {
        if (lfsr->form == BE_LFSR_MATRIX || lfsr->field.q != 2) {
            return refuse(r, 0, "no xnor: it is for taps over GF(2); affine= says any constant");
        }
        for (size_t i = 0; i < lfsr->n; i++) {
            lfsr->constant[i] =
                lfsr->form == BE_LFSR_GALOIS ? lfsr->coefficients[i] : (uint64_t)(i == lfsr->n - 1);
        }
    }
    if (r->affine) {
        r->at = r->affine;
        for (size_t i = 0; i < lfsr->n; i++) {
            uint64_t value = 0;
            if (i > 0 && !accept(r, ",")) {
                return be_error_at(r->error, BE_EINVAL, 0, r->at,
                                   "a comma: the constant has one number for each of %zu cells",
                                   lfsr->n);
            }
            be_status status = element(r, &value);
            if (status) {
                return status;
            }
            lfsr->constant[i] = be__lfsr_add(r->field, lfsr->constant[i], value);
        }
        if (peek(r) != ':') {
            return be_error_at(r->error, BE_EINVAL, 0, r->at,
                               "a colon: the constant has one number for each of %zu cells",
                               lfsr->n);
        }
    }
    return BE_OK;
}

static be_status read_one(reader *r, int depth, be_lfsr *lfsr);

static be_status read_preset(reader *r, int depth, be_lfsr *lfsr)
{
    peek(r);
    size_t begin = r->at, end = r->end;
    while (end > begin && (unsigned char)r->text[end - 1] <= ' ') {
        end--;
    }
    const be_lfsr_preset *preset = be_lfsr_preset_find(r->text + begin, end - begin);
    if (!preset || depth == DEPTH_MAX) {
        return refuse(r, begin,
                      "a polynomial, a list, a hexadecimal word, a matrix or the name of "
                      "a preset");
    }
    if (r->reading.polarity_said || r->reading.hex_said) {
        return refuse(r, begin, "no word on the polynomial: a preset has its own");
    }
    if (r->field->q != 2) {
        return refuse(r, begin, "GF(2): presets are registers of bits");
    }
    reader inner = {.text = preset->text,
                    .end = strlen(preset->text),
                    .field = r->field,
                    .allocator = r->allocator,
                    .error = r->error};
    be_status status = read_one(&inner, depth + 1, lfsr);
    if (!status && r->reading.form_said && lfsr->form == BE_LFSR_MATRIX) {
        return refuse(r, begin, "no word on the form: this preset is a matrix");
    }
    if (!status) {
        lfsr->form = r->reading.form_said ? r->reading.form : lfsr->form;
        lfsr->inverted = preset->inverted;
        r->reading.form = lfsr->form;
    }
    return status;
}

/* [r->at, r->end) is one register. On failure *lfsr is empty. */
static be_status read_one(reader *r, int depth, be_lfsr *lfsr)
{
    *lfsr = (be_lfsr){.allocator = r->allocator};
    be_status status = read_words(r);
    if (status) {
        return status;
    }
    be_lfsr_reading *reading = &r->reading;
    peek(r);
    size_t begin = r->at;
    if (begin == r->end) {
        return refuse(r, begin, "a register such as x^4 + x + 1, 4,1,0, taps:4,3, 4'h3 or prbs7");
    }
    reading->kind_said = reading->kind != BE_LFSR_KIND_ANY;
    reading->kind = reading->kind_said ? reading->kind : kind_of(r);
    if (!reading->polarity_said && reading->kind == BE_LFSR_KIND_TAPS) {
        reading->polarity = BE_LFSR_FEEDBACK;
    }
    if (reading->hex_said && reading->kind != BE_LFSR_KIND_HEX) {
        return refuse(r, begin, "a hexadecimal word, as normal, reversed, koopman and full say");
    }
    bool is_matrix = reading->kind == BE_LFSR_KIND_MATRIX || reading->kind == BE_LFSR_KIND_XORSHIFT;
    if (is_matrix && (reading->polarity_said || reading->form_said)) {
        return refuse(r, begin, "no word on polynomial or form: the step is the matrix");
    }
    bool bits_only = reading->kind == BE_LFSR_KIND_EXPONENTS ||
                     reading->kind == BE_LFSR_KIND_TAPS || reading->kind == BE_LFSR_KIND_HEX;
    if (bits_only && r->field->q != 2) {
        return refuse(r, begin, "a polynomial or coefficients: this notation is for GF(2)");
    }
    r->capacity = 4 * (r->end - begin) + 2; /* a hexadecimal digit is four terms */
    r->terms = is_matrix ? NULL : be__allocate(r->allocator, r->capacity, sizeof *r->terms);
    if (!is_matrix && !r->terms) {
        return no_memory(r);
    }
    switch (reading->kind) {
    case BE_LFSR_KIND_ANY:
    case BE_LFSR_KIND_POLYNOMIAL:
        status = read_sum(r);
        break;
    case BE_LFSR_KIND_EXPONENTS:
    case BE_LFSR_KIND_TAPS:
        status = read_exponents(r, reading->kind == BE_LFSR_KIND_TAPS);
        break;
    case BE_LFSR_KIND_COEFFICIENTS:
        status = read_coefficients(r);
        break;
    case BE_LFSR_KIND_HEX:
        status = read_hex(r);
        break;
    case BE_LFSR_KIND_MATRIX:
        status = read_matrix(r, lfsr);
        break;
    case BE_LFSR_KIND_XORSHIFT:
        status = read_xorshift(r, lfsr);
        break;
    case BE_LFSR_KIND_PRESET:
        status = read_preset(r, depth, lfsr);
        break;
    }
    if (!status && !is_matrix && reading->kind != BE_LFSR_KIND_PRESET) {
        status = register_of_terms(r, lfsr);
    }
    be__release(r->allocator, r->terms, r->capacity, sizeof *r->terms);
    r->terms = NULL;
    if (!status) {
        reading->form = lfsr->form;
        status = add_constant(r, lfsr);
    }
    if (!status && r->inverted) {
        if (r->field->q != 2) {
            status = refuse(r, begin, "GF(2): inverted is for bits");
        }
        lfsr->inverted = !lfsr->inverted;
    }
    if (status) {
        be_lfsr_clear(lfsr);
    }
    return status;
}

be_status be_lfsr_parse(const char *text, size_t size, const be_lfsr_field *field,
                        const be_lfsr_reading *assume, const be_allocator *allocator, be_lfsr *lfsr,
                        be_lfsr_reading *took, be_error *error)
{
    be_lfsr whole = {.allocator = allocator};
    be_lfsr_reading first = {0};
    for (size_t begin = 0, end; begin <= size; begin = end + 1) {
        const char *semicolon = memchr(text + begin, ';', size - begin);
        end = semicolon ? (size_t)(semicolon - text) : size;
        reader r = {.text = text,
                    .at = begin,
                    .end = end,
                    .field = field,
                    .allocator = allocator,
                    .error = error,
                    .reading = assume ? *assume : (be_lfsr_reading){0}};
        be_lfsr one, joined = {0};
        be_status status = read_one(&r, 0, &one);
        if (!status && begin == 0) {
            whole = one;
            first = r.reading;
            continue;
        }
        if (!status && whole.n + one.n > BE_LFSR_MATRIX_MAX) {
            status = be_error_at(error, BE_ELIMIT, 0, begin, "at most %d cells side by side",
                                 BE_LFSR_MATRIX_MAX);
        }
        if (!status) {
            status = be__lfsr_join(&whole, &one, &joined);
            if (status) {
                no_memory(&r);
            }
        }
        be_lfsr_clear(&one);
        be_lfsr_clear(&whole);
        if (status) {
            return status;
        }
        whole = joined;
        first = (be_lfsr_reading){
            .kind = BE_LFSR_KIND_MATRIX, .form = BE_LFSR_MATRIX, .kind_said = true};
    }
    *lfsr = whole;
    *took = first;
    return BE_OK;
}
