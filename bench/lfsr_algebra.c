/* lfsr_algebra.c: how long do exact answers take, and how does that compare with NTL, gf2x and
 * PARI?
 *
 * Products of two random polynomials over GF(2) of n bits, against gf2x; factors of random
 * polynomials of degree n, against NTL; the census of a random register of n cells, against PARI
 * finding the orders of the same factors from the same primes. The peers are processes of their
 * own, time themselves, and take turns with this one; each answer is compared before it counts.
 * Without NTL and gf2x, or without gp, their rows are missing.
 */
#include <breakeven/cpu.h>
#include <breakeven/lfsr.h>

#include "gf/gf.h"
#include "lfsr/primes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 9, CENSUSES = 101, LIMBS_MAX = 1 << 14 };

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "lfsr_algebra: %s\n", what);
    exit(1);
}

static int by_time(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void print(const char *name, const char *variant, size_t n, uint64_t *ns, size_t rounds)
{
    if (rounds > 0) {
        qsort(ns, rounds, sizeof *ns, by_time);
        printf("%s,%s,%zu,%llu,%llu,%llu\n", name, variant, n, (unsigned long long)ns[0],
               (unsigned long long)ns[rounds / 2], (unsigned long long)ns[rounds - 1]);
        fflush(stdout);
    }
}

static uint64_t hash(const uint64_t *limbs, size_t n)
{
    const unsigned char *bytes = (const unsigned char *)limbs;
    size_t size = 8 * n;
    while (size > 0 && bytes[size - 1] == 0) {
        size--;
    }
    uint64_t h = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < size; i++) {
        h = (h ^ bytes[i]) * UINT64_C(0x100000001B3);
    }
    return h;
}

/* The peer's time for limbs[0, n); 0 when there is no such peer. Dies if it differs. */
static uint64_t ask_peer(const char *job, const uint64_t *limbs, size_t n, uint64_t digest)
{
    char command[4096], path[] = "/tmp/lfsr_algebra.XXXXXX";
    unsigned long long ns = 0, theirs = 0;
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, limbs, 8 * n) != (ssize_t)(8 * n) || close(fd)) {
        die("no temporary file");
    }
    snprintf(command, sizeof command, "%s %s %s 2>/dev/null", BE_PEER, job, path);
    FILE *pipe = *BE_PEER ? popen(command, "r") : NULL;
    bool answered = pipe && fscanf(pipe, "%llu %llu", &ns, &theirs) == 2;
    if (pipe) {
        pclose(pipe);
    }
    unlink(path);
    if (answered && theirs != digest) {
        die("the peer's answer differs");
    }
    return answered ? ns : 0;
}

static void fill(be_random *random, uint64_t *limbs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        limbs[i] = be_random_u64(random);
    }
}

static void products(be_random *random)
{
    static uint64_t both[2 * LIMBS_MAX], r[2 * LIMBS_MAX];
    for (size_t n = 16; n <= LIMBS_MAX; n *= 4) {
        for (int isa = 0; isa <= (int)be_cpu_best(); isa++) {
            uint64_t ours[ROUNDS], theirs[ROUNDS];
            size_t asked = 0;
            if (be_cpu_limit((be_isa)isa)) {
                die("an instruction set went away");
            }
            bool last = isa == (int)be_cpu_best();
            for (int round = 0; round < ROUNDS; round++) {
                fill(random, both, 2 * n);
                bool ok = be__gf2_mul(r, both, n, both + n, n); /* once before, as the peer does */
                uint64_t begin = be_now_ns();
                ok = ok && be__gf2_mul(r, both, n, both + n, n);
                ours[round] = be_now_ns() - begin;
                if (!ok) {
                    die("no memory");
                }
                if (last) {
                    theirs[asked] = ask_peer("mul", both, 2 * n, hash(r, 2 * n));
                    asked += theirs[asked] > 0;
                }
            }
            print("product", be_isa_name((be_isa)isa), 64 * n, ours, ROUNDS);
            print("product", "gf2x", 64 * n, theirs, asked);
        }
    }
}

static void factorings(be_random *random)
{
    for (size_t degree = 64; degree <= 16384; degree *= 4) {
        uint64_t ours[ROUNDS], theirs[ROUNDS];
        size_t asked = 0, rounds = degree > 4096 ? 3 : ROUNDS;
        for (size_t round = 0; round < rounds; round++) {
            be__gf2x f = {0};
            be__gf2x_factors factors;
            be__gf2x_factors_init(&factors);
            if (!be__gf2x_set_x(&f, degree)) {
                die("no memory");
            }
            fill(random, f.limb, degree / 64);
            uint64_t begin = be_now_ns(), digest = 0;
            if (be__gf2x_factor_poly(&factors, &f, NULL)) {
                die("no memory");
            }
            ours[round] = be_now_ns() - begin;
            for (size_t i = 0; i < factors.n; i++) {
                const be__gf2x_factor *item = &factors.item[i];
                digest += item->exponent * hash(item->poly.limb, item->poly.n);
            }
            theirs[asked] = ask_peer("factor", f.limb, f.n, digest);
            asked += theirs[asked] > 0;
            be__gf2x_factors_clear(&factors);
            be__gf2x_clear(&f);
        }
        print("factor", "breakeven", degree, ours, rounds);
        print("factor", "ntl", degree, theirs, asked);
    }
}

/* ---- orders by PARI ---------------------------------------------------------------------------
 */

/* gp finds the order of x modulo each factor of degree > 1, given its primes; prints milliseconds
 * for `times` repetitions and the least common multiple. */
static void ask_pari(FILE *script, const be_lfsr_analysis *analysis, size_t times)
{
    be_text text;
    be_text_init(&text, NULL);
    fputs("{fs=[", script);
    for (size_t i = 0; i < analysis->n_factors; i++) {
        be_text_puts(&text, i ? "," : "");
        be_lfsr_coefficients_format(analysis->factors[i].coefficients, analysis->factors[i].degree,
                                    'x', &text);
    }
    be_text_puts(&text, "];\npr=Set([");
    for (size_t i = 0, first = 1; i < analysis->n_factors; i++) {
        be__primes primes;
        be__primes_init(&primes);
        if (be__primes_of_power(2, analysis->factors[i].degree, &(be__effort){0}, &primes)) {
            die("no primes");
        }
        for (size_t k = 0; k < primes.n; k++, first = 0) {
            be_lfsr_integer prime;
            prime.limb = be__int_limbs(&primes.item[k].value, &prime.n);
            be_text_puts(&text, first ? "" : ",");
            be_lfsr_integer_format(prime, &text);
        }
        be__primes_clear(&primes);
    }
    be_text_printf(&text,
                   "]);addprimes(select(p->p>10^6,pr));t=getwalltime();for(r=1,%zu,L=1;for(i=1,#fs,"
                   "g=ffgen(Mod(1,2)*fs[i],'a);L=lcm(L,if(poldegree(fs[i])>1,fforder(g),1))));"
                   "print(getwalltime()-t,\" \",L)}\n",
                   times);
    fputs(text.bytes, script);
    be_text_clear(&text);
}

/* Milliseconds gp took for all `times`, for one register; negative: no gp. */
static double pari_ms(const be_lfsr_analysis *analysis, size_t times)
{
    char path[] = "/tmp/lfsr_algebra.XXXXXX", command[128];
    static char digits[1 << 14];
    int fd = mkstemp(path);
    FILE *script = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!script) {
        die("no temporary file");
    }
    ask_pari(script, analysis, times);
    fclose(script);
    snprintf(command, sizeof command, "gp -q %s </dev/null 2>/dev/null", path);
    FILE *pipe = popen(command, "r");
    double ms = -1;
    bool answered = pipe && fscanf(pipe, "%lf %16383s", &ms, digits) == 2;
    if (pipe) {
        pclose(pipe);
    }
    unlink(path);
    if (answered) {
        be__int order, theirs;
        be__int_init(&order);
        be__int_init(&theirs);
        be__int_set_limbs(&order, analysis->period.limb, analysis->period.n);
        if (!be__int_parse(&theirs, digits, strlen(digits)) || be__int_compare(&order, &theirs)) {
            die("PARI finds another order");
        }
        be__int_clear(&order);
        be__int_clear(&theirs);
    }
    return answered ? ms : -1;
}

/* Random registers; where the primes of a factor's degree are not tabled, or a factor repeats or is
 * x, there is nothing to compare, and the share of those that are is printed. */
static void censuses(be_random *random)
{
    be_lfsr_field field;
    if (be_lfsr_field_init(2, 0, &field, NULL)) {
        die("no field");
    }
    for (size_t n = 64; n <= 1024; n *= 4) {
        uint64_t ours[CENSUSES], theirs[CENSUSES];
        size_t complete = 0, asked = 0;
        for (int round = 0; round < CENSUSES; round++) {
            uint64_t c[1024];
            be_lfsr lfsr;
            be_lfsr_analysis analysis;
            be_lfsr_analyze_options options = {.size = sizeof options, .want = BE_LFSR_WANT_CENSUS};
            for (size_t i = 0; i < n; i++) {
                c[i] = be_random_below(random, 2);
            }
            if (be_lfsr_init(&field, c, n, NULL, &lfsr, NULL)) {
                die("no register");
            }
            uint64_t begin = be_now_ns();
            if (be_lfsr_analyze(&lfsr, &options, &analysis, NULL)) {
                die("no analysis");
            }
            ours[complete] = be_now_ns() - begin;
            bool simple = analysis.complete && analysis.preperiod == 0;
            for (size_t i = 0; i < analysis.n_factors; i++) {
                simple &= analysis.factors[i].exponent == 1;
            }
            if (simple && asked < 5) {
                size_t times = n > 256 ? 1 : 10;
                double ms = pari_ms(&analysis, times);
                theirs[asked] = ms < 0 ? 0 : (uint64_t)(1e6 * ms / (double)times);
                asked += ms >= 0;
            }
            complete += analysis.complete;
            be_lfsr_analysis_clear(&analysis);
            be_lfsr_clear(&lfsr);
        }
        printf("# %zu of %d random registers of %zu cells have tabled primes only\n", complete,
               CENSUSES, n);
        print("census", "breakeven", n, ours, complete);
        print("orders", "pari", n, theirs, asked);
    }
}

int main(void)
{
    be_random random;
    be_random_init(&random, 1, 0);
    printf("name,variant,n,min_ns,median_ns,max_ns\n");
    products(&random);
    factorings(&random);
    censuses(&random);
    return 0;
}
