/* report.c: what is known of a register as text, JSON, CSV, XML and LaTeX.
 *
 * Every number is exact and written in decimal, but for the statistics, which are rounded to six
 * digits; the bytes depend on the register alone.
 */
#include "lfsr/register.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MATRIX_SHOWN = 24, COMPAT_STATES = 1 << 16, TOP_LENGTHS = 10 };

typedef struct report {
    const be_lfsr *lfsr;
    const be_lfsr_analysis *a;
    const be_lfsr_report_options *options;
    be_text *text;
} report;

static void add_integer(const report *r, be_lfsr_integer integer)
{
    be_lfsr_integer_format(integer, r->text);
}

static void add_polynomial(const report *r, const uint64_t *c, size_t degree, char letter)
{
    be_lfsr_coefficients_format(c, degree, letter, r->text);
}

static void add_row(const report *r, const uint64_t *values, size_t n, const char *between)
{
    for (size_t i = 0; i < n; i++) {
        be_text_printf(r->text, "%s%llu", i ? between : "", (unsigned long long)values[i]);
    }
}

static bool singular(const be_lfsr_analysis *a)
{
    return a->preperiod > 0;
}

/* ---- statistics ----------------------------------------------------------------------------- */

static long double real(be_lfsr_integer integer)
{
    long double value = 0;
    for (size_t i = integer.n; i-- > 0;) {
        value = ldexpl(value, 64) + (long double)integer.limb[i];
    }
    return value;
}

/* Of the cycle lengths, each counted as often as there are such cycles. */
typedef struct statistics {
    long double cycles, least, most, mean, median, variance;
    long double states; /* q^n */
} statistics;

static statistics statistics_of(const report *r)
{
    const be_lfsr_analysis *a = r->a;
    statistics s = {.cycles = real(a->n_cycles),
                    .least = real(a->census[0].length),
                    .most = real(a->census[a->n_lengths - 1].length),
                    .states = powl((long double)r->lfsr->field.q, (long double)r->lfsr->n)};
    long double sum = 0, seen = 0, lower = 0, upper = 0;
    for (size_t i = 0; i < a->n_lengths; i++) {
        long double length = real(a->census[i].length), cycles = real(a->census[i].cycles);
        sum += length * cycles;
        /* the two in the middle, which are the same one for an odd number of cycles */
        if (seen <= floorl((s.cycles - 1) / 2) && seen + cycles > floorl((s.cycles - 1) / 2)) {
            lower = length;
        }
        if (seen <= floorl(s.cycles / 2) && seen + cycles > floorl(s.cycles / 2)) {
            upper = length;
        }
        seen += cycles;
    }
    s.mean = sum / s.cycles;
    s.median = (lower + upper) / 2;
    for (size_t i = 0; i < a->n_lengths; i++) {
        long double off = real(a->census[i].length) - s.mean;
        s.variance += off * off * (real(a->census[i].cycles) / s.cycles);
    }
    return s;
}

/* ---- text ----------------------------------------------------------------------------------- */

static void add_matrix(const report *r)
{
    for (size_t i = 0; i < r->lfsr->n; i++) {
        be_text_puts(r->text, " ");
        for (size_t j = 0; j < r->lfsr->n; j++) {
            be_text_printf(r->text, " %llu", (unsigned long long)be__lfsr_entry(r->lfsr, i, j));
        }
        be_text_puts(r->text, "\n");
    }
}

static void add_factor(const report *r, const be_lfsr_factor *f, char letter)
{
    be_text_puts(r->text, f->exponent > 1 ? "(" : "");
    add_polynomial(r, f->coefficients, f->degree, letter);
    if (f->exponent > 1) {
        be_text_printf(r->text, ")^%zu", f->exponent);
    }
}

static bool is_x(const be_lfsr_factor *f)
{
    return f->degree == 1 && f->coefficients[0] == 0;
}

static void add_bounds(const report *r, be_lfsr_integer divisor, be_lfsr_integer multiple)
{
    be_text_puts(r->text, "a multiple of ");
    add_integer(r, divisor);
    be_text_puts(r->text, " that divides ");
    add_integer(r, multiple);
}

static void add_lengths(const report *r)
{
    const be_lfsr_analysis *a = r->a;
    be_text_puts(r->text, "cycles: ");
    add_integer(r, a->n_cycles);
    be_text_puts(r->text, "\n  length x cycles");
    be_text_puts(r->text, a->census[0].state ? ", and a state on one\n" : "\n");
    for (size_t i = 0; i < a->n_lengths; i++) {
        be_text_puts(r->text, "  ");
        add_integer(r, a->census[i].length);
        be_text_puts(r->text, " x ");
        add_integer(r, a->census[i].cycles);
        if (a->census[i].state) {
            be_text_puts(r->text, "  ");
            be_lfsr_state_format(r->lfsr, a->census[i].state, r->text);
        }
        be_text_puts(r->text, "\n");
    }
    if (singular(a)) {
        be_text_puts(r->text, "tails: states by steps to a cycle\n");
        for (size_t j = 0; j <= a->preperiod; j++) {
            be_text_printf(r->text, "  %zu: ", j);
            add_integer(r, a->tails[j]);
            be_text_puts(r->text, "\n");
        }
    }
}

static void add_text(const report *r)
{
    const be_lfsr_analysis *a = r->a;
    be_text *t = r->text;
    char modulus[BE_LFSR_MODULUS_TEXT_SIZE];
    be_lfsr_field_format(&r->lfsr->field, modulus);
    be_text_printf(t, "register %zu over GF(%llu)%s%s%s: %zu cells", r->options->row,
                   (unsigned long long)r->lfsr->field.q, *modulus ? " with " : "", modulus,
                   *modulus ? " = 0" : "", r->lfsr->n);
    if (r->lfsr->coefficients) {
        be_text_puts(t, ", coefficients ");
        add_row(r, r->lfsr->coefficients, r->lfsr->n, ",");
    }
    be_text_puts(t, "\n");
    if (r->lfsr->n <= MATRIX_SHOWN) {
        be_text_puts(t, "matrix\n");
        add_matrix(r);
    }
    be_text_puts(t, "characteristic polynomial: ");
    add_polynomial(r, a->characteristic, a->n, 'x');
    be_text_puts(t, "\nfactors\n");
    for (size_t i = 0; i < a->n_factors; i++) {
        const be_lfsr_factor *f = &a->factors[i];
        be_text_puts(t, "  ");
        add_factor(r, f, 'x');
        if (is_x(f)) {
            be_text_puts(t, ": tails, no order");
        } else if (f->complete) {
            be_text_puts(t, ": order ");
            add_integer(r, f->order);
        } else {
            be_text_puts(t, ": order ");
            add_bounds(r, f->order, f->multiple);
        }
        be_text_puts(t, "\n");
    }
    if (singular(a)) {
        be_text_printf(t,
                       "order: none, for the register is singular; every state is on a cycle "
                       "after %zu step%s\n",
                       a->preperiod, a->preperiod > 1 ? "s" : "");
        be_text_puts(t, "eventual period: ");
    } else {
        be_text_puts(t, "order: ");
    }
    if (a->complete) {
        add_integer(r, a->period);
    } else {
        add_bounds(r, a->period, a->multiple);
    }
    be_text_printf(t, "\nprimitive: %s\n",
                   !a->complete   ? "not known"
                   : a->primitive ? "yes"
                                  : "no");
    if (a->complete) {
        add_lengths(r);
        statistics s = statistics_of(r);
        be_text_printf(t,
                       "statistics of the lengths: mean %.6Lg, median %.6Lg, standard deviation "
                       "%.6Lg, %zu different\n",
                       s.mean, s.median, sqrtl(s.variance), a->n_lengths);
    }
}

/* ---- the labels of an older program --------------------------------------------------------- */

static be_status add_compat_cycles(const report *r)
{
    const be_lfsr *lfsr = r->lfsr;
    be_text *t = r->text;
    size_t n = lfsr->n, states = 1, number = 0, sum = 0;
    for (size_t i = 0; i < n; i++) {
        states = states > COMPAT_STATES ? states : states * (size_t)lfsr->field.q;
    }
    if (states > COMPAT_STATES || singular(r->a)) {
        return BE_OK;
    }
    uint8_t *seen = be__allocate_zeroed(lfsr->allocator, states, 1);
    uint64_t *cells = be__allocate(lfsr->allocator, n, sizeof *cells);
    be_status status = seen && cells ? BE_OK : BE_ENOMEM;
    be_text_puts(t, "STATES SEQUENCES\n");
    for (size_t first = 0; first < states && !status; first++) {
        if (seen[first]) {
            continue;
        }
        size_t left = first, period = 0, at;
        bool marked = false;
        be_text line;
        be_text_init(&line, lfsr->allocator);
        for (size_t i = 0; i < n; i++, left /= lfsr->field.q) {
            cells[i] = left % lfsr->field.q;
        }
        do {
            at = 0;
            bool unit = cells[n - 1] == 1;
            be_text_puts(&line, period ? " (" : "(");
            for (size_t i = 0; i < n; i++) {
                be_text_printf(&line, i ? ", %llu" : "%llu", (unsigned long long)cells[i]);
                unit = unit && (i == n - 1 || cells[i] == 0);
            }
            be_text_puts(&line, ")");
            marked = marked || unit;
            period++;
            status = be_lfsr_sequence(lfsr, cells, 1, NULL);
            for (size_t i = n; i-- > 0;) {
                at = at * lfsr->field.q + cells[i];
            }
            seen[at] = 1;
        } while (!status && at != first);
        be_text_printf(t, "%s sequence %zu | T : %zu | %s\n", marked ? "**" : "  ", ++number,
                       period, line.bytes ? line.bytes : "");
        be_text_clear(&line);
        sum += period;
    }
    be_text_printf(t, "PERIOD VALUES SUMMED : %zu\nNO. STATE VECTORS : %zu\n", sum, states);
    be__release(lfsr->allocator, seen, states, 1);
    be__release(lfsr->allocator, cells, n, sizeof *cells);
    return status;
}

static be_status add_compat(const report *r)
{
    const be_lfsr_analysis *a = r->a;
    be_text *t = r->text;
    be_text_puts(t, "STATE UPDATE MATRIX\n");
    add_matrix(r);
    if (!singular(a)) {
        be_text_puts(t, "** O(C) = ");
        add_integer(r, a->order);
        be_text_puts(t, " **\n");
    }
    be_status status = add_compat_cycles(r);
    be_text_puts(t, "CHARACTERISTIC POLYNOMIAL\n");
    add_polynomial(r, a->characteristic, a->n, 't');
    be_text_puts(t, " | O : ");
    if (singular(a)) {
        be_text_puts(t, "+Infinity");
    } else {
        add_integer(r, a->order);
    }
    be_text_puts(t, a->primitive ? " [PRIMITIVE]\n" : "\n");
    for (size_t i = 0; i < a->n_factors; i++) {
        be_text_printf(t, "factor %zu | O : ", i + 1);
        if (is_x(&a->factors[i])) {
            be_text_puts(t, "+Infinity");
        } else {
            add_integer(r, a->factors[i].order);
        }
        be_text_puts(t, a->factors[i].exponent > 1 ? " | " : " | (");
        add_factor(r, &a->factors[i], 't');
        be_text_puts(t, a->factors[i].exponent > 1 ? "\n" : ")\n");
    }
    if (!a->complete) {
        return status;
    }
    statistics s = statistics_of(r);
    be_text_printf(t,
                   "PERIOD DISTRIBUTION STATISTICS\n"
                   "Total Sequences: %.15Lg\nMinimum Period: %.15Lg\nMaximum Period: %.15Lg\n"
                   "Mean Period: %.2Lf\nMedian Period: %.2Lf\nStandard Deviation: %.2Lf\n"
                   "Variance: %.2Lf\nUnique Periods: %zu\nPeriod Diversity: %.2Lf%%\n"
                   "Theoretical Max Period: %.15Lg\nMax Period Ratio: %.6Lf\n",
                   s.cycles, s.least, s.most, s.mean, s.median, sqrtl(s.variance), s.variance,
                   a->n_lengths, 100 * (long double)a->n_lengths / s.cycles, s.states - 1,
                   s.states > 1 ? s.most / (s.states - 1) : 0);
    for (size_t i = 0; i < a->n_lengths && i < TOP_LENGTHS; i++) {
        be_text_puts(t, "Period ");
        add_integer(r, a->census[i].length);
        be_text_puts(t, ": ");
        add_integer(r, a->census[i].cycles);
        be_text_printf(t, " sequences (%.1Lf%%)\n", 100 * real(a->census[i].cycles) / s.cycles);
    }
    return status;
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void key_integer(be_json_writer *json, const report *r, const char *key,
                        be_lfsr_integer integer)
{
    be_text digits;
    be_text_init(&digits, r->lfsr->allocator);
    be_lfsr_integer_format(integer, &digits);
    be_json_key(json, key);
    be_json_string_n(json, digits.bytes ? digits.bytes : "", digits.size);
    if (be_text_status(&digits)) {
        r->text->status = be_text_status(&digits);
    }
    be_text_clear(&digits);
}

static void key_polynomial(be_json_writer *json, const report *r, const char *key,
                           const uint64_t *c, size_t degree)
{
    be_text sum;
    be_text_init(&sum, r->lfsr->allocator);
    be_lfsr_coefficients_format(c, degree, 'x', &sum);
    be_json_key(json, key);
    be_json_string_n(json, sum.bytes ? sum.bytes : "", sum.size);
    if (be_text_status(&sum)) {
        r->text->status = be_text_status(&sum);
    }
    be_text_clear(&sum);
}

/* The integer, or null and its bounds. */
static void key_order(be_json_writer *json, const report *r, const char *key, bool known,
                      be_lfsr_integer order, be_lfsr_integer multiple)
{
    if (known) {
        key_integer(json, r, key, order);
        return;
    }
    be_json_key(json, key);
    be_json_null(json);
    if (order.n) {
        key_integer(json, r, "divisor", order);
        key_integer(json, r, "multiple", multiple);
    }
}

static void key_bool(be_json_writer *json, const char *key, bool value)
{
    be_json_key(json, key);
    be_json_bool(json, value);
}

static void key_size(be_json_writer *json, const char *key, size_t value)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%zu", value);
    be_json_key(json, key);
    be_json_string_n(json, digits, (size_t)n);
}

static void add_json(const report *r)
{
    const be_lfsr_analysis *a = r->a;
    be_json_writer json;
    be_json_init(&json, r->text, true);
    be_json_object(&json);
    if (r->lfsr->coefficients) {
        be_json_key(&json, "coefficients");
        be_json_array(&json);
        for (size_t i = 0; i < r->lfsr->n; i++) {
            be_json_u64(&json, r->lfsr->coefficients[i]);
        }
        be_json_array_end(&json);
    }
    key_polynomial(&json, r, "characteristic", a->characteristic, a->n);
    be_json_key(&json, "factors");
    be_json_array(&json);
    for (size_t i = 0; i < a->n_factors; i++) {
        const be_lfsr_factor *f = &a->factors[i];
        be_json_object(&json);
        key_polynomial(&json, r, "poly", f->coefficients, f->degree);
        be_json_key(&json, "exponent");
        be_json_u64(&json, f->exponent);
        key_order(&json, r, "order", f->complete && !is_x(f), f->order, f->multiple);
        be_json_object_end(&json);
    }
    be_json_array_end(&json);
    key_order(&json, r, "order", a->complete && !singular(a),
              singular(a) ? (be_lfsr_integer){0} : a->period, a->multiple);
    key_size(&json, "preperiod", a->preperiod);
    if (a->complete || singular(a)) {
        key_order(&json, r, "eventual_period", a->complete, a->period, a->multiple);
    }
    key_bool(&json, "primitive", a->primitive);
    be_json_key(&json, "census");
    be_json_array(&json);
    for (size_t i = 0; i < a->n_lengths; i++) {
        be_json_object(&json);
        key_integer(&json, r, "length", a->census[i].length);
        key_integer(&json, r, "cycles", a->census[i].cycles);
        if (a->census[i].state) {
            be_json_key(&json, "state");
            be_json_array(&json);
            for (size_t j = 0; j < a->n; j++) {
                be_json_u64(&json, a->census[i].state[j]);
            }
            be_json_array_end(&json);
        }
        be_json_object_end(&json);
    }
    be_json_array_end(&json);
    be_json_key(&json, "tails");
    be_json_array(&json);
    for (size_t j = 0; a->complete && j <= a->preperiod; j++) {
        be_json_object(&json);
        key_size(&json, "length", j);
        key_integer(&json, r, "states", a->tails[j]);
        be_json_object_end(&json);
    }
    be_json_array_end(&json);
    key_bool(&json, "complete", a->complete);
    be_json_object_end(&json);
}

/* ---- CSV, XML, LaTeX ------------------------------------------------------------------------ */

/* What CSV repeats on every line of a register, and what an unknown number is. */
static void add_csv(const report *r)
{
    const be_lfsr_analysis *a = r->a;
    for (size_t i = 0; i < (a->complete ? a->n_lengths : 1); i++) {
        be_text_printf(r->text, "%zu,", r->options->row);
        if (r->lfsr->coefficients) {
            add_row(r, r->lfsr->coefficients, r->lfsr->n, " ");
        }
        be_text_puts(r->text, ",");
        add_polynomial(r, a->characteristic, a->n, 'x');
        be_text_puts(r->text, ",");
        if (a->complete && !singular(a)) {
            add_integer(r, a->order);
        }
        be_text_printf(r->text, ",%zu,", a->preperiod);
        if (a->complete) {
            add_integer(r, a->period);
        }
        be_text_printf(r->text, ",%d,%d,", a->primitive, a->complete);
        if (a->complete) {
            add_integer(r, a->census[i].length);
            be_text_puts(r->text, ",");
            add_integer(r, a->census[i].cycles);
        } else {
            be_text_puts(r->text, ",");
        }
        be_text_puts(r->text, "\n");
    }
}

static void xml_element(const report *r, const char *name, be_lfsr_integer integer)
{
    be_text_printf(r->text, "    <%s>", name);
    add_integer(r, integer);
    be_text_printf(r->text, "</%s>\n", name);
}

static void add_xml(const report *r)
{
    const be_lfsr_analysis *a = r->a;
    be_text *t = r->text;
    be_text_printf(t,
                   "  <register row=\"%zu\" preperiod=\"%zu\" primitive=\"%s\" complete=\"%s\">\n",
                   r->options->row, a->preperiod, a->primitive ? "true" : "false",
                   a->complete ? "true" : "false");
    if (r->lfsr->coefficients) {
        be_text_puts(t, "    <coefficients>");
        add_row(r, r->lfsr->coefficients, r->lfsr->n, " ");
        be_text_puts(t, "</coefficients>\n");
    }
    be_text_puts(t, "    <characteristic>");
    add_polynomial(r, a->characteristic, a->n, 'x');
    be_text_puts(t, "</characteristic>\n");
    for (size_t i = 0; i < a->n_factors; i++) {
        const be_lfsr_factor *f = &a->factors[i];
        be_text_printf(t, "    <factor exponent=\"%zu\"", f->exponent);
        if (f->complete && !is_x(f)) {
            be_text_puts(t, " order=\"");
            add_integer(r, f->order);
            be_text_puts(t, "\"");
        }
        be_text_puts(t, ">");
        add_polynomial(r, f->coefficients, f->degree, 'x');
        be_text_puts(t, "</factor>\n");
    }
    if (a->complete) {
        if (!singular(a)) {
            xml_element(r, "order", a->order);
        }
        xml_element(r, "eventual-period", a->period);
        for (size_t i = 0; i < a->n_lengths; i++) {
            be_text_puts(t, "    <cycles length=\"");
            add_integer(r, a->census[i].length);
            be_text_puts(t, "\">");
            add_integer(r, a->census[i].cycles);
            be_text_puts(t, "</cycles>\n");
        }
        for (size_t j = 0; j <= a->preperiod; j++) {
            be_text_printf(t, "    <tails length=\"%zu\">", j);
            add_integer(r, a->tails[j]);
            be_text_puts(t, "</tails>\n");
        }
    } else {
        xml_element(r, "divisor", a->period);
        xml_element(r, "multiple", a->multiple);
    }
    be_text_puts(t, "  </register>\n");
}

/* A polynomial with exponents in braces. */
static void add_latex_polynomial(const report *r, const uint64_t *c, size_t degree)
{
    be_text sum;
    be_text_init(&sum, r->lfsr->allocator);
    be_lfsr_coefficients_format(c, degree, 'x', &sum);
    for (size_t i = 0; i < sum.size; i++) {
        if (sum.bytes[i] == '^') {
            size_t digits = strspn(sum.bytes + i + 1, "0123456789");
            be_text_puts(r->text, "^{");
            be_text_add(r->text, sum.bytes + i + 1, digits);
            be_text_puts(r->text, "}");
            i += digits;
        } else if (sum.bytes[i] != '*') {
            be_text_add(r->text, sum.bytes + i, 1);
        }
    }
    if (be_text_status(&sum)) {
        r->text->status = be_text_status(&sum);
    }
    be_text_clear(&sum);
}

static void add_latex(const report *r)
{
    const be_lfsr_analysis *a = r->a;
    be_text *t = r->text;
    be_text_puts(t, "\\begin{table}\n  \\centering\n  \\begin{tabular}{rr}\n"
                    "    length & cycles \\\\ \\hline\n");
    for (size_t i = 0; a->complete && i < a->n_lengths; i++) {
        be_text_puts(t, "    ");
        add_integer(r, a->census[i].length);
        be_text_puts(t, " & ");
        add_integer(r, a->census[i].cycles);
        be_text_puts(t, " \\\\\n");
    }
    be_text_puts(t, "  \\end{tabular}\n  \\caption{Cycles of $");
    add_latex_polynomial(r, a->characteristic, a->n);
    be_text_puts(t, " = ");
    for (size_t i = 0; i < a->n_factors; i++) {
        be_text_puts(t, "(");
        add_latex_polynomial(r, a->factors[i].coefficients, a->factors[i].degree);
        be_text_puts(t, ")");
        if (a->factors[i].exponent > 1) {
            be_text_printf(t, "^{%zu}", a->factors[i].exponent);
        }
    }
    be_text_printf(t, "$ over $\\mathrm{GF}(%llu)$", (unsigned long long)r->lfsr->field.q);
    if (singular(a)) {
        be_text_printf(t, ", reached after %zu steps", a->preperiod);
    }
    if (a->complete) {
        be_text_puts(t, "; period ");
        add_integer(r, a->period);
    }
    be_text_puts(t, ".}\n\\end{table}\n");
}

/* ---- the calls ------------------------------------------------------------------------------ */

be_status be_lfsr_report(const be_lfsr *lfsr, const be_lfsr_analysis *analysis,
                         const be_lfsr_report_options *options, be_text *text)
{
    report r = {lfsr, analysis, options, text};
    be_status status = BE_OK;
    switch (options->format) {
    case BE_LFSR_REPORT_TEXT:
        add_text(&r);
        break;
    case BE_LFSR_REPORT_COMPAT:
        status = add_compat(&r);
        break;
    case BE_LFSR_REPORT_JSON:
        add_json(&r);
        break;
    case BE_LFSR_REPORT_CSV:
        add_csv(&r);
        break;
    case BE_LFSR_REPORT_XML:
        add_xml(&r);
        break;
    case BE_LFSR_REPORT_LATEX:
        add_latex(&r);
        break;
    }
    return status ? status : be_text_status(text);
}

void be_lfsr_report_begin(const be_lfsr_field *field, be_lfsr_report_format format, be_text *text)
{
    char modulus[BE_LFSR_MODULUS_TEXT_SIZE];
    be_lfsr_field_format(field, modulus);
    unsigned long long q = field->q;
    switch (format) {
    case BE_LFSR_REPORT_JSON:
        be_text_printf(text,
                       "{\"schema\":\"breakeven.lfsr.analyze/1\",\"field\":{\"q\":%llu,"
                       "\"modulus\":%s%s%s},\"registers\":[\n",
                       q, *modulus ? "\"" : "", *modulus ? modulus : "null", *modulus ? "\"" : "");
        break;
    case BE_LFSR_REPORT_CSV:
        be_text_puts(text, "row,coefficients,characteristic,order,preperiod,eventual_period,"
                           "primitive,complete,length,cycles\n");
        break;
    case BE_LFSR_REPORT_XML:
        be_text_printf(text,
                       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                       "<lfsr-analysis schema=\"breakeven.lfsr.analyze/1\" q=\"%llu\"%s%s%s>\n",
                       q, *modulus ? " modulus=\"" : "", modulus, *modulus ? "\"" : "");
        break;
    case BE_LFSR_REPORT_TEXT:
    case BE_LFSR_REPORT_COMPAT:
    case BE_LFSR_REPORT_LATEX:
        break;
    }
}

void be_lfsr_report_between(be_lfsr_report_format format, be_text *text)
{
    be_text_puts(text, format == BE_LFSR_REPORT_JSON                                  ? ",\n"
                       : format == BE_LFSR_REPORT_CSV || format == BE_LFSR_REPORT_XML ? ""
                                                                                      : "\n");
}

void be_lfsr_report_end(be_lfsr_report_format format, be_text *text)
{
    be_text_puts(text, format == BE_LFSR_REPORT_JSON  ? "\n]}\n"
                       : format == BE_LFSR_REPORT_XML ? "</lfsr-analysis>\n"
                                                      : "");
}
