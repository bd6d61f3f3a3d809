/* reference.c: a census by walking and by algebra, both as plain as they can be. */
#include "reference.h"

#include "check.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void add(be_lfsr_census *census, uint64_t length, uint64_t cycles)
{
    size_t i = census->n_lengths;
    while (i > 0 && census->lengths[i - 1].length >= length) {
        i--;
    }
    census->n_cycles += cycles;
    if (i < census->n_lengths && census->lengths[i].length == length) {
        census->lengths[i].cycles += cycles;
        return;
    }
    assert(census->n_lengths < BE_LFSR_LENGTHS_MAX);
    for (size_t j = census->n_lengths++; j > i; j--) {
        census->lengths[j] = census->lengths[j - 1];
    }
    census->lengths[i] = (be_lfsr_length){length, cycles};
}

static int degree_of(uint64_t polynomial)
{
    int degree = -1;
    for (; polynomial; polynomial >>= 1) {
        degree++;
    }
    return degree;
}

/* ---- walking -------------------------------------------------------------------------------- */

/* The step by its definition: s_{n+d} is the sum of c_i s_{n+i}, s_{n+i} being bit d - 1 - i. */
static uint32_t step(uint64_t polynomial, int degree, uint32_t state)
{
    unsigned bit = 0;
    for (int i = 0; i < degree; i++) {
        bit ^= (unsigned)(polynomial >> i) & state >> (degree - 1 - i) & 1;
    }
    return (state << 1 | bit) & ((UINT32_C(1) << degree) - 1);
}

/* From each state in turn, walk to one that was visited before, ticking with the number of the
 * walk; an end on the same walk closes a cycle. Then tails are counted backwards along the walk. */
void reference_walk(uint64_t polynomial, be_lfsr_census *census)
{
    int degree = degree_of(polynomial);
    size_t n = (size_t)1 << degree;
    uint32_t *walk = calloc(n, sizeof *walk), *path = calloc(n, sizeof *path);
    uint8_t *tail = calloc(n, 1);
    assert(walk && path && tail);
    *census = (be_lfsr_census){.polynomial = polynomial, .degree = (unsigned)degree};
    for (uint32_t first = 0; first < n; first++) {
        size_t length = 0;
        uint32_t state = first;
        while (walk[state] == 0) {
            walk[state] = first + 1;
            path[length++] = state;
            state = step(polynomial, degree, state);
        }
        size_t tail_end = length;
        if (walk[state] == first + 1) {
            for (tail_end = 0; tail_end < length && path[tail_end] != state; tail_end++) {
            }
            if (tail_end < length) {
                add(census, length - tail_end, 1);
            }
        }
        for (size_t i = tail_end; i > 0; i--) {
            uint32_t after = i < length ? path[i] : state;
            tail[path[i - 1]] = (uint8_t)(tail[after] + 1);
        }
    }
    for (size_t state = 0; state < n; state++) {
        census->tail[tail[state]]++;
        census->longest_tail =
            tail[state] > census->longest_tail ? tail[state] : census->longest_tail;
    }
    free(walk);
    free(path);
    free(tail);
}

/* ---- algebra -------------------------------------------------------------------------------- */

static uint64_t divide(uint64_t a, uint64_t b, uint64_t *rest)
{
    uint64_t quotient = 0;
    for (int shift; (shift = degree_of(a) - degree_of(b)) >= 0;) {
        quotient |= UINT64_C(1) << shift;
        a ^= b << shift;
    }
    *rest = a;
    return quotient;
}

static uint64_t multiply_modulo(uint64_t a, uint64_t b, uint64_t modulus)
{
    uint64_t product = 0;
    for (; b; b >>= 1) {
        product ^= b & 1 ? a : 0;
        divide(a << 1, modulus, &a);
    }
    divide(product, modulus, &product);
    return product;
}

static uint64_t power_of_x(uint64_t exponent, uint64_t modulus)
{
    uint64_t power, square;
    divide(1, modulus, &power);
    divide(2, modulus, &square);
    for (; exponent; exponent >>= 1) {
        power = exponent & 1 ? multiply_modulo(power, square, modulus) : power;
        square = multiply_modulo(square, square, modulus);
    }
    return power;
}

/* The least e > 0 with x^e = 1 modulo an irreducible polynomial other than x: a divisor of 2^d - 1,
 * so take primes away from that as long as it goes. */
static uint64_t order_of_x(uint64_t irreducible)
{
    uint64_t group = (UINT64_C(1) << degree_of(irreducible)) - 1, order = group, one;
    divide(1, irreducible, &one);
    for (uint64_t prime = 2; group > 1; prime++) {
        if (prime * prime > group) {
            prime = group;
        }
        while (group % prime == 0) {
            group /= prime;
            if (power_of_x(order / prime, irreducible) == one) {
                order /= prime;
            }
        }
    }
    return order;
}

static uint64_t common_multiple(uint64_t a, uint64_t b)
{
    uint64_t x = a, y = b;
    while (y) {
        uint64_t rest = x % y;
        x = y;
        y = rest;
    }
    return a / x * b;
}

/* Multiply the cycles so far (as states by period) by those of g^e. States that g^j annihilates but
 * g^(j-1) does not: 2^(dj) - 2^(d(j-1)), of period ord(g) * 2^ceil(log2 j). */
static void combine(be_lfsr_census *states, uint64_t g, int e)
{
    uint64_t order = order_of_x(g);
    int d = degree_of(g);
    be_lfsr_census product = {0};
    for (size_t i = 0; i < states->n_lengths; i++) {
        add(&product, states->lengths[i].length, states->lengths[i].cycles);
        uint64_t period = order;
        for (int j = 1; j <= e; j++) {
            while (period < order * (uint64_t)j) {
                period *= 2;
            }
            add(&product, common_multiple(states->lengths[i].length, period),
                states->lengths[i].cycles *
                    ((UINT64_C(1) << (d * j)) - (UINT64_C(1) << (d * (j - 1)))));
        }
    }
    *states = product;
}

void reference_algebra(uint64_t polynomial, be_lfsr_census *census)
{
    int degree = degree_of(polynomial), k = 0;
    uint64_t left = polynomial, rest;
    for (; (left & 1) == 0; left >>= 1) {
        k++;
    }
    be_lfsr_census states = {0};
    add(&states, 1, 1);
    for (uint64_t g = 3; left > 1; g += 2) {
        if (2 * degree_of(g) > degree_of(left)) {
            g = left;
        }
        int e = 0;
        for (uint64_t quotient; quotient = divide(left, g, &rest), rest == 0; left = quotient) {
            e++;
        }
        if (e > 0) {
            combine(&states, g, e);
        }
    }
    *census = (be_lfsr_census){
        .polynomial = polynomial, .degree = (unsigned)degree, .longest_tail = (unsigned)k};
    for (size_t i = 0; i < states.n_lengths; i++) {
        be_lfsr_length l = states.lengths[i];
        add(census, l.length, l.cycles / l.length);
    }
    census->tail[0] = UINT64_C(1) << (degree - k);
    for (int j = 1; j <= k; j++) {
        census->tail[j] = ((UINT64_C(1) << j) - (UINT64_C(1) << (j - 1))) << (degree - k);
    }
}

be_lfsr parse_register(uint64_t q, const char *text)
{
    be_lfsr_field field;
    be_lfsr lfsr;
    be_lfsr_reading took;
    be_error error;
    CHECK(be_lfsr_field_init(q, 0, &field, NULL) == BE_OK);
    be_status status = be_lfsr_parse(text, strlen(text), &field, NULL, NULL, &lfsr, &took, &error);
    CHECK_SAY(!status, "%s: at %zu expected %s", text, error.offset, error.expected);
    return lfsr;
}
