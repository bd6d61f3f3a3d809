/* breakeven_verify.c: accept or refuse a certificate of `breakeven lfsr cycles --certificate`.
 *
 *     breakeven-verify FILE          exit code 0: every claim holds; 1: one does not; 2: usage
 * It shares no code with what wrote the certificate, and believes nothing of it. Lines of words:
 *
 *     breakeven-certificate 1
 *     field q                        a prime below 2^31
 *     register c_0 ... c_{n-1}       s_{t+n} = sum of c_i s_{t+i}
 *     prime P                        below 2^32: tried by division
 *     prime P a r_1 r_2 ...          Pocklington: each r divides P - 1 and was proved before
 *     factor e d g_0 ... g_d N r_1 r_2 ...    N is the order of x modulo g, or 0 for g = x
 *     cycles length count            all of them, by rising length
 *     preperiod steps                after which every state is on a cycle
 *     digest H                       XXH128 of all bytes before this line
 * Proved are: that the primes are prime; that the g are irreducible and multiply, with their
 * exponents e, to x^n - sum of c_i x^i; that x^N = 1 modulo g, and x^(N/r) is not 1 for each prime
 * r of N; and that cycles and tails follow.
 */
#include <gmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

static size_t line_number;

static void refuse_if(int wrong, const char *why)
{
    if (wrong) {
        printf("refused: line %zu: %s\n", line_number, why);
        exit(1);
    }
}

static void *take(size_t n, size_t size)
{
    void *memory = calloc(n + 1, size);
    refuse_if(!memory, "no memory to check it in");
    return memory;
}

/* ---- words ---------------------------------------------------------------------------------- */

static char *rest; /* of the line */

static char *word(void)
{
    char *begin = rest;
    rest += strcspn(rest, " ");
    if (*rest) {
        *rest++ = '\0';
    }
    return begin;
}

static void big(mpz_t r)
{
    const char *text = word();
    refuse_if(!*text || text[strspn(text, "0123456789")] || mpz_set_str(r, text, 10),
              "expected a number");
}

static uint32_t small(uint64_t below)
{
    mpz_t n;
    mpz_init(n);
    big(n);
    refuse_if(mpz_cmp_ui(n, below) >= 0, "a number is too large");
    uint32_t value = (uint32_t)mpz_get_ui(n);
    mpz_clear(n);
    return value;
}

static uint32_t q; /* a prime: elements are residues */

static uint32_t neg(uint32_t a)
{
    return a ? q - a : 0;
}

/* ---- polynomials modulo a monic g of degree d ------------------------------------------------ */

/* r += w a */
static void add_scaled(uint32_t *r, const uint32_t *a, size_t n, uint32_t w)
{
    for (size_t i = 0; q == 2 && w && i < n; i++) {
        r[i] ^= a[i];
    }
    for (size_t i = 0; q > 2 && w && i < n; i++) {
        r[i] = (uint32_t)((r[i] + (uint64_t)w * a[i]) % q);
    }
}

/* r = a b; r may be either. */
static void mul_mod(uint32_t *r, const uint32_t *a, const uint32_t *b, const uint32_t *g, size_t d)
{
    uint32_t *product = take(2 * d, sizeof *product);
    for (size_t i = 0; i < d; i++) {
        add_scaled(product + i, b, d, a[i]);
    }
    for (size_t i = 2 * d - 1; i-- > d;) {
        add_scaled(product + i - d, g, d, neg(product[i]));
    }
    memcpy(r, product, d * sizeof *r);
    free(product);
}

/* Whether a^e = 1; r = a^e. */
static int power(uint32_t *r, const uint32_t *a, const mpz_t e, const uint32_t *g, size_t d)
{
    memset(r, 0, d * sizeof *r);
    r[0] = 1;
    for (size_t i = mpz_sizeinbase(e, 2); i-- > 0;) {
        mul_mod(r, r, r, g, d);
        if (mpz_tstbit(e, i)) {
            mul_mod(r, r, a, g, d);
        }
    }
    int one = r[0] == 1;
    for (size_t i = 1; i < d; i++) {
        one &= r[i] == 0;
    }
    return one;
}

/* x^(q^d) = x, so that g is a product of different polynomials whose degrees divide d; and for each
 * prime t of d the difference u = x^(q^(d/t)) - x is a unit, so that no degree divides d/t. Units
 * are what u^(q^d - 1) = 1 holds for. (Rabin's test.) */
static int irreducible(const uint32_t *g, const uint32_t *x, size_t d)
{
    uint32_t *u = take(d, sizeof *u), *r = take(d, sizeof *r);
    mpz_t e, all;
    mpz_inits(e, all, NULL);
    mpz_ui_pow_ui(all, q, d);
    power(u, x, all, g, d);
    int yes = !memcmp(u, x, d * sizeof *u);
    mpz_sub_ui(all, all, 1);
    for (size_t t = 2, left = d; left > 1 && yes; t++) {
        if (left % t == 0) {
            mpz_ui_pow_ui(e, q, d / t);
            power(u, x, e, g, d);
            add_scaled(u, x, d, neg(1));
            yes = power(r, u, all, g, d);
        }
        while (left % t == 0) {
            left /= t;
        }
    }
    mpz_clears(e, all, NULL);
    free(u);
    free(r);
    return yes;
}

/* ---- primes --------------------------------------------------------------------------------- */

static mpz_t *proved;
static size_t n_proved;

static void take_prime(mpz_t r, const mpz_t divides)
{
    big(r);
    for (size_t i = 0; i < n_proved; i++) {
        if (!mpz_cmp(proved[i], r) && mpz_divisible_p(divides, r)) {
            return;
        }
    }
    refuse_if(1, "not a prime that was proved and divides");
}

/* With F the part of P - 1 made of the r: if a^(P-1) = 1 and gcd(a^((P-1)/r) - 1, P) = 1, each
 * prime of P is 1 modulo F. So P is prime when F^2 > P; and when F^3 >= P, P = c2 F^2 + c1 F + 1,
 * unless c1^2 - 4 c2 is a square. Crandall and Pomerance, "Prime numbers", theorem 4.1.5. */
static void pocklington(const mpz_t n)
{
    mpz_t a, less, part, left, r, t;
    mpz_inits(a, less, part, left, r, t, NULL);
    big(a);
    mpz_sub_ui(less, n, 1);
    mpz_set(left, less);
    mpz_powm(t, a, less, n);
    refuse_if(mpz_cmp_ui(t, 1) != 0, "not a prime: Fermat");
    while (*rest) {
        take_prime(r, left);
        mpz_divexact(t, less, r);
        mpz_powm(t, a, t, n);
        mpz_sub_ui(t, t, 1);
        mpz_gcd(t, t, n);
        refuse_if(mpz_cmp_ui(t, 1) != 0, "the witness does not prove it");
        mpz_remove(left, left, r);
    }
    mpz_divexact(part, less, left);
    mpz_mul(t, part, part);
    if (mpz_cmp(t, n) <= 0) {
        mpz_mul(t, t, part);
        refuse_if(mpz_cmp(t, n) < 0, "too little of P - 1 is factored");
        mpz_fdiv_qr(t, r, left, part); /* c2, c1 */
        mpz_mul(r, r, r);
        mpz_submul_ui(r, t, 4);
        refuse_if(mpz_sgn(r) >= 0 && mpz_perfect_square_p(r), "not a prime: a square");
    }
    mpz_clears(a, less, part, left, r, t, NULL);
}

static void try_divisors(uint64_t n)
{
    for (uint64_t d = 2; d * d <= n || n < 2; d++) {
        refuse_if(n < 2 || n % d == 0, "not a prime");
    }
}

static void check_prime(void)
{
    mpz_t n;
    mpz_init(n);
    big(n);
    if (mpz_cmp_ui(n, UINT32_MAX) > 0) {
        pocklington(n);
    } else {
        try_divisors(mpz_get_ui(n));
    }
    proved = realloc(proved, (n_proved + 1) * sizeof *proved);
    refuse_if(!proved, "no memory");
    mpz_init_set(proved[n_proved++], n);
    mpz_clear(n);
}

/* ---- factors and cycles --------------------------------------------------------------------- */

typedef struct row {
    mpz_t length, states;
} row;

static row *rows;
static size_t n_rows = 1, tail; /* tail: the exponent of x */

static int by_length(const void *a, const void *b)
{
    return mpz_cmp(((const row *)a)->length, ((const row *)b)->length);
}

/* Each row with each of the states that g^j kills, and not g^(j-1), for 0 <= j <= e. */
static void combine(size_t d, size_t e, const mpz_t order)
{
    row *made = take(n_rows * (e + 1), sizeof *made), *to = made;
    mpz_t length, states, before;
    mpz_inits(length, states, before, NULL);
    for (size_t j = 0; j <= e; j++) {
        mpz_set_ui(length, 1);
        if (j > 0) {
            mpz_set(length, order);
        }
        for (uint64_t lift = 1; lift < j; lift *= q) {
            mpz_mul_ui(length, length, q);
        }
        mpz_ui_pow_ui(states, q, d * j);
        mpz_sub(states, states, before);
        mpz_add(before, before, states);
        for (size_t i = 0; i < n_rows; i++, to++) {
            mpz_inits(to->length, to->states, NULL);
            mpz_lcm(to->length, rows[i].length, length);
            mpz_mul(to->states, rows[i].states, states);
        }
    }
    rows = made;
    qsort(rows, n_rows * (e + 1), sizeof *rows, by_length);
    size_t kept = 0;
    for (size_t i = 1; i < n_rows * (e + 1); i++) {
        if (by_length(&rows[kept], &rows[i]) == 0) {
            mpz_add(rows[kept].states, rows[kept].states, rows[i].states);
        } else {
            rows[++kept] = rows[i];
        }
    }
    n_rows = kept + 1;
    mpz_clears(length, states, before, NULL);
}

/* Divides `left`, of *n coefficients, by g^e. */
static void check_factor(uint32_t *left, size_t *n)
{
    size_t e = small(*n), d = small(*n);
    uint32_t *g = take(d + 1, sizeof *g), *r = take(d, sizeof *r);
    for (size_t i = 0; i <= d; i++) {
        g[i] = small(q);
    }
    refuse_if(e < 1 || d < 1 || g[d] != 1 || e * d >= *n, "not a factor");
    uint32_t *x = take(d, sizeof *x);
    x[d > 1] = d > 1 ? 1 : neg(g[0]); /* x modulo g */
    refuse_if(!irreducible(g, x, d), "a reducible factor");
    for (size_t round = 0; round <= e; round++) { /* e times without a remainder, and not again */
        uint32_t *t = take(*n + d, sizeof *t), any = 0;
        memcpy(t, left, *n * sizeof *t);
        for (size_t i = *n; i-- > d;) {
            add_scaled(t + i - d, g, d, neg(t[i]));
        }
        for (size_t i = 0; i < d; i++) {
            any |= t[i];
        }
        refuse_if((any == 0) != (round < e), "not with this exponent");
        if (round < e) { /* the quotient is what stayed above the remainder */
            *n -= d;
            memcpy(left, t + d, *n * sizeof *left);
        }
        free(t);
    }
    mpz_t order, prime, t, unnamed;
    mpz_inits(order, prime, t, unnamed, NULL);
    big(order);
    if (d == 1 && g[0] == 0 && mpz_sgn(order) == 0) {
        tail += e;
        return;
    }
    refuse_if(mpz_sgn(order) == 0 || !power(r, x, order, g, d), "not a multiple of the order");
    mpz_set(unnamed, order);
    while (*rest) {
        take_prime(prime, unnamed);
        mpz_remove(unnamed, unnamed, prime);
        mpz_divexact(t, order, prime);
        refuse_if(power(r, x, t, g, d), "the order is smaller");
    }
    refuse_if(mpz_cmp_ui(unnamed, 1) != 0, "not all primes of the order are given");
    combine(d, e, order);
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* The text up to the digest's line, which is right, in lines and words that can be taken apart. */
static char *read_text(FILE *file)
{
    char *text = NULL, expected[64];
    size_t capacity = 0;
    ssize_t size = getdelim(&text, &capacity, '\0', file);
    char *last = size > 1 && text[size - 1] == '\n' ? memrchr(text, '\n', (size_t)size - 1) : NULL;
    XXH128_hash_t hash = XXH3_128bits(text, last ? (size_t)(last + 1 - text) : 0);
    snprintf(expected, sizeof expected, "digest %016llx%016llx\n", (unsigned long long)hash.high64,
             (unsigned long long)hash.low64);
    refuse_if(!last || getc(file) != EOF || strcmp(last + 1, expected) != 0,
              "the digest is not that of the text");
    last[1] = '\0';
    return text;
}

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        fprintf(stderr, "usage: breakeven-verify FILE\n");
        return 2;
    }
    uint32_t *left = NULL;
    size_t n = 0, row_at = 0, done = 0;
    mpz_t a, b;
    mpz_inits(a, b, NULL);
    for (char *at = read_text(file), *end; (end = strchr(at, '\n')); at = end + 1) {
        *end = '\0';
        rest = at;
        const char *what = word();
        line_number++;
        if (line_number == 1 && !strcmp(what, "breakeven-certificate") && small(2) == 1) {
        } else if (line_number == 2 && !strcmp(what, "field")) {
            q = small(UINT32_C(1) << 31);
            try_divisors(q);
        } else if (line_number == 3 && !strcmp(what, "register") && *rest) {
            left = take(strlen(rest) + 2, sizeof *left);
            while (*rest) {
                left[n++] = neg(small(q));
            }
            left[n++] = 1;
            rows = take(1, sizeof *rows);
            mpz_init_set_ui(rows->length, 1);
            mpz_init_set_ui(rows->states, 1);
        } else if (line_number > 3 && !strcmp(what, "prime") && row_at == 0) {
            check_prime();
        } else if (line_number > 3 && !strcmp(what, "factor") && n > 1) {
            check_factor(left, &n);
        } else if (n == 1 && !strcmp(what, "cycles") && row_at < n_rows) {
            big(a);
            big(b);
            mpz_mul(b, b, a);
            refuse_if(mpz_cmp(a, rows[row_at].length) || mpz_cmp(b, rows[row_at].states),
                      "not the cycles there are");
            row_at++;
        } else if (!done && !strcmp(what, "preperiod") && n == 1 && row_at == n_rows) {
            big(a);
            refuse_if(mpz_cmp_ui(a, tail) != 0, "not the preperiod");
            done = 1;
        } else {
            refuse_if(1, "a line that does not belong here");
        }
        refuse_if(*rest, "words too many");
    }
    line_number++;
    refuse_if(!done, "the certificate is not complete");
    printf("accepted\n");
    return 0;
}
