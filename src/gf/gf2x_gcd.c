/* gf2x_gcd.c: greatest common divisors over GF(2), by Lehmer's method.
 *
 * The steps of Euclid's algorithm depend on the leading coefficients only. So they are made on the
 * 128 highest of both operands at first, while a matrix of four polynomials of degree below 64
 * keeps what they do, and then the operands are multiplied by that matrix: some 60 degrees at a
 * time. What a matrix of degree m makes of the coefficients below the window reaches m places up
 * into it; the leading coefficients have to be above that.
 *
 * Source: D. H. Lehmer, "Euclid's algorithm for large numbers", 1938.
 */
#include "gf/gf2x.h"

#include "base/base.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 128 };

typedef be__u128 window;

static int degree_of(window a) /* -1 for 0 */
{
    uint64_t high = (uint64_t)(a >> 64), low = (uint64_t)a;
    return high ? 127 - __builtin_clzll(high) : low ? 63 - __builtin_clzll(low) : -1;
}

/* The 128 coefficients from x^begin on. */
static window window_at(const uint64_t *a, size_t n, size_t begin)
{
    size_t i = begin / 64, shift = begin % 64;
    uint64_t limb[3];
    for (size_t k = 0; k < 3; k++) {
        limb[k] = i + k < n ? a[i + k] : 0;
    }
    window low = limb[0] | (window)limb[1] << 64;
    return shift ? low >> shift | (window)limb[2] << (128 - shift) : low;
}

/* (u, v) = ((a, b), (c, d)) applied to what they were; at most of degree 63. */
typedef struct matrix {
    uint64_t a, b, c, d;
} matrix;

/* Steps of Euclid's algorithm on the windows of u and v, deg u >= deg v. False: not even one. */
static bool reduce_windows(window u, window v, matrix *m)
{
    *m = (matrix){1, 0, 0, 1};
    int du = degree_of(u), dv = degree_of(v), upper = 0, lower = 0; /* degrees of m's rows */
    bool any = false;
    while (dv >= 0) {
        int shift = du - dv, grown = lower + shift > upper ? lower + shift : upper;
        if (grown > 63 || dv <= grown) {
            break;
        }
        u ^= v << shift;
        m->a ^= m->c << shift;
        m->b ^= m->d << shift;
        upper = grown;
        du = degree_of(u);
        any = true;
        if (du < dv) {
            window w = u;
            u = v, v = w;
            uint64_t a = m->a, b = m->b;
            m->a = m->c, m->c = a;
            m->b = m->d, m->d = b;
            int t = du;
            du = dv, dv = t;
            t = upper;
            upper = lower, lower = t;
        }
    }
    return any;
}

/* r[0, n] = a u[0, n) + b v[0, n) */
static void combine(uint64_t *r, uint64_t a, const uint64_t *u, uint64_t b, const uint64_t *v,
                    size_t n)
{
    memset(r, 0, n * sizeof *r);
    r[n] = be__gf2_add_mul_1(r, u, n, a);
    r[n] ^= be__gf2_add_mul_1(r, v, n, b);
}

static window window_gcd(window u, window v)
{
    while (v) {
        int du = degree_of(u), dv = degree_of(v);
        if (du < dv) {
            window w = u;
            u = v, v = w;
        } else {
            u ^= v << (du - dv);
        }
        if (u == 0) {
            return v;
        }
    }
    return u;
}

/* A step of the whole operands: u = u mod v, and the two swapped. */
static bool step(be__gf2x *u, be__gf2x *v)
{
    bool ok = be__gf2x_divrem(NULL, u, u, v);
    be__gf2x_swap(u, v);
    return ok;
}

bool be__gf2x_gcd(be__gf2x *r, const be__gf2x *a, const be__gf2x *b)
{
    be__gf2x u = {0}, v = {0}, s = {0}, t = {0};
    bool ok = be__gf2x_set(&u, a) && be__gf2x_set(&v, b);
    if (be__gf2x_degree(&u) < be__gf2x_degree(&v)) {
        be__gf2x_swap(&u, &v);
    }
    while (ok && v.n > 0 && u.n > WINDOW / 64) {
        size_t n = u.n, begin = (size_t)be__gf2x_degree(&u) - (WINDOW - 1);
        matrix m;
        if (!reduce_windows(window_at(u.limb, n, begin), window_at(v.limb, v.n, begin), &m)) {
            ok = step(&u, &v);
            continue;
        }
        ok = be__gf2x_reserve(&v, n) && be__gf2x_reserve(&s, n + 1) && be__gf2x_reserve(&t, n + 1);
        if (ok) {
            memset(v.limb + v.n, 0, (n - v.n) * sizeof *v.limb);
            combine(s.limb, m.a, u.limb, m.b, v.limb, n);
            combine(t.limb, m.c, u.limb, m.d, v.limb, n);
            ok = be__gf2x_set_limbs(&u, s.limb, n + 1) && be__gf2x_set_limbs(&v, t.limb, n + 1);
            if (be__gf2x_degree(&u) < be__gf2x_degree(&v)) {
                be__gf2x_swap(&u, &v);
            }
        }
    }
    if (ok && v.n > 0) {
        window w = window_gcd(window_at(u.limb, u.n, 0), window_at(v.limb, v.n, 0));
        uint64_t limbs[2] = {(uint64_t)w, (uint64_t)(w >> 64)};
        ok = be__gf2x_set_limbs(&u, limbs, 2);
    }
    if (ok) {
        be__gf2x_swap(r, &u);
    }
    be__gf2x_clear(&u);
    be__gf2x_clear(&v);
    be__gf2x_clear(&s);
    be__gf2x_clear(&t);
    return ok;
}
