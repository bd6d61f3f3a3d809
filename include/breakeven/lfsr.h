/* lfsr.h: linear feedback shift registers over GF(2).
 *
 *     uint64_t polynomial;
 *     be_lfsr_census census;
 *     be_lfsr_polynomial_parse("x^16+x^12+x^5+1", 15, &polynomial, &error);
 *     be_lfsr_cycles(engine, polynomial, NULL, NULL, &census);
 *
 * Conventions, for everything here. A polynomial is a word whose bit i is the coefficient of x^i.
 * P = x^d + c_{d-1} x^{d-1} + ... + c_0 is the *characteristic* polynomial of the recurrence
 *
 *     s_{n+d} = c_{d-1} s_{n+d-1} + ... + c_1 s_{n+1} + c_0 s_n        (sums modulo 2)
 *
 * and a state is d consecutive bits of such a sequence, as a number with the oldest bit s_n as its
 * most significant one: one step shifts left and puts the new bit in at the right (the Fibonacci
 * form, which gives out the oldest bit). The Galois form of P, and both forms of the reciprocal
 * polynomial x^d P(1/x), which others call the feedback polynomial, have the same cycle lengths
 * when c_0 = 1.
 */
#ifndef BREAKEVEN_LFSR_H
#define BREAKEVEN_LFSR_H

#include <breakeven/batch.h>
#include <breakeven/io.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    BE_LFSR_DEGREE_MAX = 40,
    BE_LFSR_LENGTHS_MAX = 768, /* no register of degree <= 40 has more different cycle lengths */
    BE_LFSR_TEXT_SIZE = 512    /* any word's polynomial as text, with its ending zero */
};

/* ---- polynomials ---------------------------------------------------------------------------- */

/* Read a polynomial of degree 1 to BE_LFSR_DEGREE_MAX from text[0, size): terms in any order,
 *
 *     x^16 + x^5 + x^3 + x^2 + 1      also x**16, and t, X or T for x
 *     16, 5, 3, 2, 0                  its exponents
 *
 * with blanks, tabs and line ends between any two signs. A term may occur once.
 *
 * BE_EINVAL with *error (may be NULL): the offset in bytes of what does not fit, and what was
 * expected there. Linear in size.
 */
BE_API BE_CHECK be_status be_lfsr_polynomial_parse(const char *text, size_t size,
                                                   uint64_t *polynomial, be_error *error);

/* "x^16 + x^5 + x^3 + x^2 + 1" into text: falling exponents; "0" when there is no term. Parsing it
 * gives the polynomial back. */
BE_API void be_lfsr_polynomial_format(uint64_t polynomial, char text[BE_LFSR_TEXT_SIZE]);

/* ---- fields and registers ------------------------------------------------------------------- */

/* GF(q), q = p^k. An element is an integer below q: its base-p digits, the lowest first, are the
 * coefficients of 1, a, a^2, ... where a is a root of the modulus, a polynomial over GF(p) that is
 * written as an integer in the same way. */
typedef struct be_lfsr_field {
    uint64_t q;
    uint64_t p;
    unsigned k;
    uint64_t modulus; /* of degree k, its leading 1 counted; 0 when k = 1 */
} be_lfsr_field;

enum {
    BE_LFSR_CELLS_MAX = 1 << 16,    /* of a register said by its coefficients */
    BE_LFSR_MATRIX_MAX = 1 << 10,   /* of one said by its matrix */
    BE_LFSR_MODULUS_TEXT_SIZE = 512 /* any modulus as text, with its ending zero */
};

/* GF(q) with the modulus given, or with the Conway polynomial (modulus 0). q is a prime below 2^31,
 * or a power of one of at most 65,536. BE_EINVAL when it is neither, or the modulus not monic and
 * irreducible of degree k; BE_EDOMAIN when no Conway polynomial is known; BE_ENOMEM. */
BE_API BE_CHECK be_status be_lfsr_field_init(uint64_t q, uint64_t modulus, be_lfsr_field *field,
                                             be_error *error);

/* "a^2 + a + 1"; "" when k = 1. */
BE_API void be_lfsr_field_format(const be_lfsr_field *field, char text[BE_LFSR_MODULUS_TEXT_SIZE]);

/* Where the coefficients act. Either way P = x^n - (c_{n-1} x^{n-1} + ... + c_0) is the
 * characteristic polynomial, and the cells s_0 ... s_{n-1} go in one step to
 *
 *   Fibonacci   s_1, ..., s_{n-1}, c_0 s_0 + ... + c_{n-1} s_{n-1}                    gives out s_0
 *   Galois      c_0 s_{n-1}, s_0 + c_1 s_{n-1}, ..., s_{n-2} + c_{n-1} s_{n-1}    gives out s_{n-1}
 *   matrix      sum over i of s_i A[i][0], ..., sum over i of s_i A[i][n-1]           gives out s_0
 *
 * plus the constant, cell by cell. Galois is multiplication by x modulo P, s_i being the
 * coefficient of x^i. For the same P both give out the same sequences, from different states. */
typedef enum be_lfsr_form { BE_LFSR_FIBONACCI, BE_LFSR_GALOIS, BE_LFSR_MATRIX } be_lfsr_form;

/* A register. Where a state is one number, it is the sum of s_i q^i. */
typedef struct be_lfsr {
    be_lfsr_field field;
    be_lfsr_form form;
    size_t n;               /* cells */
    uint64_t *coefficients; /* [n] c_0 first; NULL for a matrix */
    uint64_t *matrix;       /* [n][n] row by row; NULL for the other two */
    uint64_t *constant;     /* [n] what every step adds; NULL: nothing */
    bool inverted;          /* q = 2: the output is complemented */
    const be_allocator *allocator;
} be_lfsr;

BE_API void be_lfsr_clear(be_lfsr *lfsr); /* a zeroed one, too */

/* The register of a row of coefficients c_0 ... c_{n-1} (n >= 1, each below q), Fibonacci. Copies
 * them; allocator NULL: malloc. BE_EINVAL, BE_ENOMEM. */
BE_API BE_CHECK be_status be_lfsr_init(const be_lfsr_field *field, const uint64_t *coefficients,
                                       size_t n, const be_allocator *allocator, be_lfsr *lfsr,
                                       be_error *error);

/* ---- notation ------------------------------------------------------------------------------- */

/* How a text says a register. */
typedef enum be_lfsr_kind {
    BE_LFSR_KIND_ANY,          /* read: whatever it looks like */
    BE_LFSR_KIND_POLYNOMIAL,   /* x^16+x^5+x^3+x^2+1, x**16+..., 2*x^3+x+1, also with t */
    BE_LFSR_KIND_EXPONENTS,    /* 16,5,3,2,0 */
    BE_LFSR_KIND_TAPS,         /* 16,14,13,11: stages counted from 1, the newest value's first */
    BE_LFSR_KIND_COEFFICIENTS, /* 1,1,0,1: c_0 first */
    BE_LFSR_KIND_HEX,          /* 16'h1021 or 0x1021/16 */
    BE_LFSR_KIND_MATRIX,       /* [[0,1],[1,1]] */
    BE_LFSR_KIND_PRESET,       /* prbs31, crc-32 */
    /* 32,<<13,>>17,<<5: a word of 32 bits, w ^= w << 13, w ^= w >> 17, w ^= w << 5; cell i is bit
     * i. 32*4,<<11,>>8,>>19: four words, x ^= x << 11, x ^= x >> 8 for the oldest and w ^= w >> 19
     * for the newest; their sum comes in behind w, x goes out. Cell 0 is bit 0 of x. */
    BE_LFSR_KIND_XORSHIFT
} be_lfsr_kind;

/* Which polynomial it is. Sums over GF(q), s being the sequence. */
typedef enum be_lfsr_polarity {
    BE_LFSR_CHARACTERISTIC, /* x^n - sum of c_i x^i:  s_{t+n} = sum of c_i s_{t+i} */
    BE_LFSR_FEEDBACK        /* 1 - sum of f_i x^i:    s_t = sum of f_i s_{t-i}; the reciprocal */
} be_lfsr_polarity;

/* Which bits of an n-bit word stand for which power; x^n + ... + 1 has n + 1 coefficients. */
typedef enum be_lfsr_hex {
    BE_LFSR_HEX_NORMAL,   /* bit i is x^i, x^n is left out:                 0x1021 */
    BE_LFSR_HEX_REVERSED, /* the same bits from the other end:              0x8408 */
    BE_LFSR_HEX_KOOPMAN,  /* bit i is x^{i+1}, the 1 is left out:           0x8810 */
    BE_LFSR_HEX_FULL      /* bit i is x^i, nothing is left out (n + 1 bits): 0x11021 */
} be_lfsr_hex;

/* What was said about a text besides it, and, after reading it, how it was taken. */
typedef struct be_lfsr_reading {
    be_lfsr_kind kind;
    be_lfsr_polarity polarity;
    be_lfsr_hex hex;
    be_lfsr_form form;
    bool xnor;      /* q = 2: every step complements the feedback */
    bool kind_said; /* these four: not said, so a default was or is taken */
    bool polarity_said;
    bool hex_said;
    bool form_said;
} be_lfsr_reading;

/* Read one register from text[0, size).
 *
 *   text    [word:]... body. A word says how to take the body, against `assume`: polynomial,
 *           exponents, taps, coefficients, hex, normal, reversed, koopman, full, matrix, preset,
 *           xorshift; characteristic, feedback; fibonacci, galois; xnor, inverted. "affine=1,0,0:"
 *           gives the constant. Registers with ; between them are put side by side: one register
 *           whose output is the sum of theirs.
 *   assume  what was said beside the text; may be NULL
 *
 * Defaults: a list is exponents; taps are of the feedback polynomial, everything else of the
 * characteristic one; hex is normal; the form is Fibonacci. Presets have their own.
 *
 * BE_EINVAL with *error (may be NULL): the offset in bytes of what does not fit, and what was
 * expected there; BE_ELIMIT (too many cells), BE_ENOMEM. */
BE_API BE_CHECK be_status be_lfsr_parse(const char *text, size_t size, const be_lfsr_field *field,
                                        const be_lfsr_reading *assume,
                                        const be_allocator *allocator, be_lfsr *lfsr,
                                        be_lfsr_reading *took, be_error *error);

/* Add to text one line that says how a register was taken, and where something was left to a
 * default, what it would be under the other. Nothing when all was said. */
BE_API void be_lfsr_explain(const be_lfsr *lfsr, const be_lfsr_reading *took, be_text *text);

/* Add a register to text in one notation, such that be_lfsr_parse with the same reading gives it
 * back; `t` is the variable instead of x when `letter` says so. BE_EDOMAIN, and nothing added, when
 * that notation cannot say it: hex over GF(3), taps of a matrix. */
BE_API BE_CHECK be_status be_lfsr_format(const be_lfsr *lfsr, const be_lfsr_reading *reading,
                                         char letter, be_text *text);

/* ---- files of registers --------------------------------------------------------------------- */

/* Rows of coefficients from CSV: each line c_0,c_1,...,c_{n-1} in decimal. Empty lines and lines
 * that begin with # are passed over, and so are blanks around a number, a byte order mark and a CR.
 */
typedef struct be_lfsr_rows be_lfsr_rows;

enum { BE_LFSR_FILE_ROWS_MAX = 1 << 20 };

/* BE_EINVAL with line, offset and what was expected: not a whole number, one not below q, an empty
 * field, no row at all; BE_ELIMIT beyond BE_LFSR_CELLS_MAX numbers in a row or
 * BE_LFSR_FILE_ROWS_MAX rows; BE_ENOMEM. Linear in size. *error may be NULL. */
BE_API BE_CHECK be_status be_lfsr_rows_parse(const char *text, size_t size,
                                             const be_lfsr_field *field,
                                             const be_allocator *allocator, be_lfsr_rows **rows,
                                             be_error *error);
BE_API void be_lfsr_rows_destroy(be_lfsr_rows *rows); /* may be NULL */
BE_API size_t be_lfsr_rows_count(const be_lfsr_rows *rows);

/* Row i: its coefficients and how many there are. */
BE_API const uint64_t *be_lfsr_rows_at(const be_lfsr_rows *rows, size_t i, size_t *n);

/* ---- presets -------------------------------------------------------------------------------- */

/* A named register: a pseudo-random binary sequence, or the register of a CRC. */
typedef struct be_lfsr_preset {
    const char *name;
    const char *alias; /* another name; may be NULL */
    const char *text;  /* what be_lfsr_parse reads */
    const char *source;
    bool inverted;
    /* A CRC (width > 0), by Williams' parameters: */
    unsigned width;
    bool refin, refout;
    uint64_t poly, init, xorout;
    uint64_t check; /* of the nine bytes "123456789" */
} be_lfsr_preset;

BE_API const be_lfsr_preset *be_lfsr_presets(size_t *n);
BE_API const be_lfsr_preset *be_lfsr_preset_find(const char *name, size_t size); /* or NULL */

/* The CRC of bytes[0, size), bit by bit. preset->width > 0.
 * Source: R. Williams, "A painless guide to CRC error detection algorithms", 1993. */
BE_API uint64_t be_lfsr_crc(const be_lfsr_preset *preset, const void *bytes, size_t size);

/* ---- states and sequences ------------------------------------------------------------------- */

/* Read a state into state[0, n) from text[0, size): a number for each cell, s_0 first (1,0,0,1),
 * or, q = 2, one word in hexadecimal whose bit i is s_i (0x9). BE_EINVAL with the place in *error
 * (may be NULL). */
BE_API BE_CHECK be_status be_lfsr_state_parse(const be_lfsr *lfsr, const char *text, size_t size,
                                              uint64_t *state, be_error *error);

/* Add a state to text as it is read: "0x9" when q = 2, else "1,0,2". */
BE_API void be_lfsr_state_format(const be_lfsr *lfsr, const uint64_t *state, be_text *text);

/* The state a user gets who names none: all ones, or all zeros where a constant is added. */
BE_API void be_lfsr_state_default(const be_lfsr *lfsr, uint64_t *state);

/* Give out `count` symbols from a state, stepping it along: the first one is of the state given.
 *
 *   state    [n] in and out
 *   symbols  [count] out; may be NULL: the state alone is wanted
 *
 * A step of the first two forms costs about n, or n / 64 when q = 2; of a matrix n times that. */
BE_API BE_CHECK be_status be_lfsr_sequence(const be_lfsr *lfsr, uint64_t *state, size_t count,
                                           uint64_t *symbols);

/* q = 2: the first 64 n_words symbols from state[0, n), packed: bit i of words[k] is number 64 k +
 * i. Beyond the first 512 n of them, a word for each term of the polynomial: about as fast as
 * memory. Matrices and registers with a constant are stepped. BE_EDOMAIN (q), BE_EINVAL, BE_ENOMEM.
 */
BE_API BE_CHECK be_status be_lfsr_bits(const be_lfsr *lfsr, const uint64_t *state, uint64_t *words,
                                       size_t n_words);

/* The state of the other form, Fibonacci or Galois, of the same polynomial that gives out the same
 * sequence for ever. No constant; BE_EDOMAIN for a matrix. */
BE_API BE_CHECK be_status be_lfsr_state_other(const be_lfsr *lfsr, const uint64_t *state,
                                              uint64_t *other);

/* ---- hardware and C ------------------------------------------------------------------------- */

typedef enum be_lfsr_language { BE_LFSR_C, BE_LFSR_VERILOG, BE_LFSR_VHDL } be_lfsr_language;

enum { BE_LFSR_EMIT_WIDTH_MAX = 1024 };

typedef struct be_lfsr_emission {
    be_lfsr_language language;
    const char *name;     /* a C identifier, not ending in _ */
    unsigned width;       /* bits a clock, 1 to BE_LFSR_EMIT_WIDTH_MAX */
    const uint64_t *seed; /* [n] the state after reset */
    uint64_t clocks;      /* that the test bench runs */
} be_lfsr_emission;

/* Add source text to `text` that gives out the register's sequence, `width` bits at a time, the
 * first in time as bit 0: each of them, and each cell `width` steps on, as a sum of cells. It has a
 * clock, a synchronous reset to the seed, and an enable. With it goes a test bench that prints the
 * first clocks * width bits, a line a clock, holding the enable low now and then.
 *
 * q = 2, at most BE_LFSR_MATRIX_MAX cells: else BE_EDOMAIN. BE_EINVAL, BE_ENOMEM. */
BE_API BE_CHECK be_status be_lfsr_emit(const be_lfsr *lfsr, const be_lfsr_emission *emission,
                                       be_text *text, be_error *error);

/* ---- the cycles of all states --------------------------------------------------------------- */

/* So many cycles of this length. */
typedef struct be_lfsr_length {
    uint64_t length;
    uint64_t cycles;
} be_lfsr_length;

/* Where the 2^degree states of a register lie. The zero state is one of the cycles of length 1.
 *
 *   sum of length * cycles over `lengths`  =  tail[0]
 *   sum of tail[0..longest_tail]           =  2^degree
 */
typedef struct be_lfsr_census {
    uint64_t polynomial;
    unsigned degree;
    unsigned longest_tail;                 /* 0 when every state is on a cycle (c_0 = 1) */
    uint64_t tail[BE_LFSR_DEGREE_MAX + 1]; /* [j]: states first on a cycle after exactly j steps */
    uint64_t n_cycles;                     /* sum of `cycles` below */
    size_t n_lengths;
    be_lfsr_length lengths[BE_LFSR_LENGTHS_MAX]; /* [0, n_lengths), by rising length */
} be_lfsr_census;

/* Enumerate the states of the register of a polynomial, and count cycles and tails.
 *
 *   polynomial   degree 1 to BE_LFSR_DEGREE_MAX; x may divide it (a singular register)
 *   allocator    NULL: malloc; holds be_lfsr_cycles_bytes(polynomial) during the call
 *   options      may be NULL; *done is 0 or, on success, the number of stretches (see cycles.c)
 *
 * No factoring, no orders: every state is passed over, 48 at a time. The number of states counted
 * is checked to be 2^degree at the end; BE_EMISMATCH if it were not. The census is the same for any
 * schedule. Besides, BE_EINVAL (degree), BE_ENOMEM, BE_ECANCEL, BE_EDEADLINE. Linear in 2^degree,
 * the constant depends on how many cycles are short: docs/lfsr.md has figures.
 */
BE_API BE_CHECK be_status be_lfsr_cycles(be_engine *engine, uint64_t polynomial,
                                         const be_allocator *allocator,
                                         const be_for_options *options, be_lfsr_census *census);

/* Bytes that call holds: 36 KiB and about 2^(degree/2 + 6), at most 101 MB. 0 for a degree out of
 * range. */
BE_API uint64_t be_lfsr_cycles_bytes(uint64_t polynomial);

/* Show a census: facts, then a table of cycle lengths, then, when there are tails, one of those. */
BE_API void be_lfsr_census_present(const be_lfsr_census *census, const be_presenter *presenter);

/* "lfsr.cycles": a census as a workload. n counts states and is rounded up to 2^d, d from 1 to 40.
 * input is a polynomial as text, which must have that degree d (or n is 0: whatever degree it has).
 * Without an input the seed draws one of degree d, with c_0 = 1 and divisible by x + 1, so that it
 * has several cycles. */
BE_API extern const be_workload be_lfsr_cycles_workload;

/* ---- the register of a sequence ------------------------------------------------------------- */

/* The shortest register that gives out given symbols. */
typedef struct be_lfsr_synthesis {
    size_t complexity;    /* L: its cells */
    bool unique;          /* no other register of L cells gives them out: 2 L <= n */
    uint64_t *connection; /* [L + 1] 1 = f_0, f_1, ...: s_t + f_1 s_{t-1} + ... + f_L s_{t-L} = 0
                             for L <= t < n. Backwards it is the minimal polynomial, that is the
                             characteristic one of the register */
    const be_allocator *allocator;
} be_lfsr_synthesis;

/* Find it: the linear complexity of symbols[0, n), of any length, and a register of that many cells
 * that, begun with the first L symbols (Fibonacci), gives all of them out.
 *
 *   profile   [n] out: the complexity of symbols[0, i] each; may be NULL
 *
 * Over GF(2) by recursive halving, so about as hard as multiplying polynomials of degree n; over
 * other fields n * L field operations. BE_EINVAL (a symbol not below q), BE_ENOMEM.
 * Source: J. L. Massey, "Shift-register synthesis and BCH decoding", 1969; the halving as in D. J.
 * Bernstein, B.-Y. Yang, "Fast constant-time gcd computation and modular inversion", 2019. */
BE_API BE_CHECK be_status be_lfsr_synthesize(const be_lfsr_field *field, const uint64_t *symbols,
                                             size_t n, const be_allocator *allocator,
                                             size_t *profile, be_lfsr_synthesis *synthesis);
BE_API void be_lfsr_synthesis_clear(be_lfsr_synthesis *synthesis); /* a zeroed one, too */

/* The register of a synthesis with L >= 1, Fibonacci. */
BE_API BE_CHECK be_status be_lfsr_synthesis_register(const be_lfsr_field *field,
                                                     const be_lfsr_synthesis *synthesis,
                                                     be_lfsr *lfsr);

/* A register behind bits of which some are wrong. */
typedef struct be_lfsr_identification {
    be_lfsr_synthesis synthesis;
    size_t checks;     /* sums of the connection polynomial over the bits: n - L */
    size_t satisfied;  /* of them, those that are 0 */
    double error_rate; /* of the bits, that this amounts to */
    double z;          /* (satisfied - checks / 2) in standard deviations of fair coins */
} be_lfsr_identification;

/* Look for the register of at most cells_max cells that bits[0, n) come from, be it a register's
 * sequence or what a scrambler makes of a biased one. Stretches of the bits are taken for free of
 * errors, synthesized, and what is short is checked against all bits; so there must be some stretch
 * of about 2 L + 20 right bits. BE_EDOMAIN when none was found whose checks are satisfied beyond
 * z = 8; BE_EINVAL (a symbol that is no bit), BE_ENOMEM. */
BE_API BE_CHECK be_status be_lfsr_identify(const uint64_t *bits, size_t n, size_t cells_max,
                                           const be_allocator *allocator,
                                           be_lfsr_identification *found);

/* ---- symbols from text ---------------------------------------------------------------------- */

typedef enum be_lfsr_packing {
    BE_LFSR_SYMBOLS_TEXT, /* digits one after the other (q <= 10), or numbers between blanks, line
                             ends and commas; # begins a comment */
    BE_LFSR_SYMBOLS_MSB,  /* q = 2: bytes, the first in time as the most significant bit */
    BE_LFSR_SYMBOLS_LSB   /* ... the least significant bit */
} be_lfsr_packing;

/* Read symbols from text[0, size): *n of them, *symbols from allocator (NULL: malloc), which the
 * caller releases as n * sizeof(uint64_t) bytes. BE_EINVAL with line and offset; BE_ENOMEM. */
BE_API BE_CHECK be_status be_lfsr_symbols_parse(const char *text, size_t size,
                                                const be_lfsr_field *field, be_lfsr_packing packing,
                                                const be_allocator *allocator, uint64_t **symbols,
                                                size_t *n, be_error *error);
BE_API void be_lfsr_symbols_release(uint64_t *symbols, size_t n, const be_allocator *allocator);

/* ---- visiting every state ------------------------------------------------------------------- */

/* What a visit of all states found. Clear it with be_lfsr_partition_clear. */
typedef struct be_lfsr_partition {
    uint64_t states;         /* q^n */
    uint64_t on_cycles;      /* sum of length * cycles */
    uint64_t n_cycles;       /* sum of cycles */
    be_lfsr_length *lengths; /* [n_lengths] by rising length */
    size_t n_lengths;
    uint64_t *tails; /* [longest_tail + 1] states first on a cycle after j steps */
    uint64_t longest_tail;
    be_hash128 digest; /* of all above, and of where each cycle lies */
    const be_allocator *allocator;
} be_lfsr_partition;

typedef struct be_lfsr_enumerate_options {
    size_t size;             /* sizeof(be_lfsr_enumerate_options) */
    const be_cancel *cancel; /* may be NULL */
    const char *journal;     /* resume from it, and write to it; NULL: none */
    uint64_t checkpoint_ns;  /* time between writes to it; 0: 10 s */
    uint32_t *labels;        /* [states] out, the number of the cycle each state is on or comes to;
                                cycles are numbered in an order that depends on the register alone;
                                NULL: not wanted */
    void (*progress)(void *user, uint64_t done, uint64_t total); /* may be NULL; the same thread */
    void *user;
    const be_allocator *allocator; /* NULL: malloc */
} be_lfsr_enumerate_options;

/* Find the cycles and tails of a register by stepping every one of its states. No algebra is used:
 * a wrong step would show as another result.
 *
 * Walks begin at gates, states whose first third of cells are 0, and end at the next gate; they run
 * in any order on the engine, and each state they pass is ticked off in a bitmap. Then the
 * stretches are joined to cycles, and what the bitmap lacks is walked from the least state of each
 * cycle. That the bitmap has as many bits as all stretches have steps, and all cycles together as
 * many states as there are, is checked (BE_EMISMATCH). Registers that may be singular are reduced
 * to the states on cycles first, image after image.
 *
 * With a journal the walks done are there after any end of the process: the same call again goes on
 * and gives the same partition. After BE_ECANCEL the journal is up to date.
 *
 * BE_ELIMIT: more states than memory could have bits for, or labels for; BE_EINVAL, BE_EIO (the
 * journal), BE_ENOMEM, BE_ECANCEL. The result, digest included, is the same for any schedule. */
BE_API BE_CHECK be_status be_lfsr_enumerate(be_engine *engine, const be_lfsr *lfsr,
                                            const be_lfsr_enumerate_options *options,
                                            be_lfsr_partition *partition, be_error *error);
BE_API void be_lfsr_partition_clear(be_lfsr_partition *partition); /* a zeroed one, too */

/* Bytes the call will hold at most, without the labels; UINT64_MAX when that is beyond all bounds.
 */
BE_API uint64_t be_lfsr_enumerate_bytes(be_engine *engine, const be_lfsr *lfsr);

/* ---- what algebra says ---------------------------------------------------------------------- */

/* An integer >= 0 of any size: limb[0, n), the least first, limb[n - 1] not 0. n is 0 for 0. Who
 * gave it keeps the limbs. */
typedef struct be_lfsr_integer {
    const uint64_t *limb;
    size_t n;
} be_lfsr_integer;

/* Add it to text in decimal. */
BE_API void be_lfsr_integer_format(be_lfsr_integer integer, be_text *text);

/* Add the polynomial c[0] + c[1] x + ... + c[degree] x^degree to text, as be_lfsr_parse reads it;
 * `letter` is its variable. */
BE_API void be_lfsr_coefficients_format(const uint64_t *c, size_t degree, char letter,
                                        be_text *text);

/* One irreducible factor g of the characteristic polynomial. */
typedef struct be_lfsr_factor {
    const uint64_t *coefficients; /* [degree + 1], the last is 1 */
    size_t degree;
    size_t exponent;
    const size_t
        *parts; /* [n_parts] elementary divisors g^parts[i], falling: one but for a matrix */
    size_t n_parts;
    /* The least N > 0 with x^N = 1 modulo g; 0 for g = x. When it is not known exactly, order
     * divides it and it divides multiple. */
    be_lfsr_integer order;
    be_lfsr_integer multiple;
    bool complete; /* order is exact, and multiple the same */
} be_lfsr_factor;

/* The cycles of one length. */
typedef struct be_lfsr_cycle_count {
    be_lfsr_integer length;
    be_lfsr_integer cycles;
    const uint64_t *state; /* [cells] on such a cycle; NULL unless asked for */
} be_lfsr_cycle_count;

typedef enum be_lfsr_want {
    BE_LFSR_WANT_FACTORS,
    BE_LFSR_WANT_ORDER,
    BE_LFSR_WANT_CENSUS,
    BE_LFSR_WANT_STATES /* and a state on a cycle of each length */
} be_lfsr_want;

typedef struct be_lfsr_analyze_options {
    size_t size;             /* sizeof(be_lfsr_analyze_options) */
    be_lfsr_want want;       /* this and all before it */
    uint64_t time_ns;        /* to look for primes of q^d - 1 that no table has; 0: what is quick */
    const be_cancel *cancel; /* may be NULL */
    const char *known;       /* [known_size] decimal numbers that may be factors of q^d - 1, with */
    size_t known_size;       /* blanks or line ends between them, and # comments; may be NULL */
} be_lfsr_analyze_options;

/* What be_lfsr_analyze found; all it points to belongs to `own`. */
typedef struct be_lfsr_analysis {
    size_t n;                       /* cells */
    const uint64_t *characteristic; /* [n + 1] */
    const be_lfsr_factor *factors;  /* [n_factors] by degree, then by the highest coefficient that
                                       differs; x comes first */
    size_t n_factors;
    bool complete; /* what was wanted is exact */

    /* With BE_LFSR_WANT_ORDER. For the step s -> s A + constant: A^order = 1, and no smaller power;
     * 0 when x divides the characteristic polynomial (a singular register), for there is none.
     * After preperiod steps every state is on a cycle, and `period` steps lead it back; both are
     * the least such numbers. If not complete, period divides that number, and that divides
     * multiple. */
    be_lfsr_integer order;
    be_lfsr_integer period;
    be_lfsr_integer multiple;
    size_t preperiod;
    bool irreducible;
    bool primitive; /* and of order q^n - 1; false if not complete */

    /* With BE_LFSR_WANT_CENSUS, when complete. */
    const be_lfsr_cycle_count *census; /* [n_lengths] by rising length */
    size_t n_lengths;
    be_lfsr_integer n_cycles;
    const be_lfsr_integer *tails; /* [preperiod + 1] states first on a cycle after j steps */

    struct be_lfsr_analysis_own *own;
} be_lfsr_analysis;

enum {
    BE_LFSR_ROWS_MAX = 1 << 20,      /* cycle lengths that a census lists */
    BE_LFSR_KNOWN_DIGITS_MAX = 10000 /* of a number in options->known */
};

/* Factor the characteristic polynomial of a register, find the orders of its factors, and count
 * cycles and tails: exactly, without visiting a state.
 *
 *   options    may be NULL: the order, with what is quick
 *   analysis   written on BE_OK; be_lfsr_analysis_clear gives back what it holds
 *
 * BE_OK also when primes of q^d - 1 were not found in time: `complete` is false then, and bounds
 * are given. The primes of 2^d - 1 are known for every d up to 820 and nearly all up to 1,024; of
 * 3^d - 1 up to 522, 5^d - 1 up to 330, 7^d - 1 up to 270, 11^d - 1 up to 226.
 *
 * BE_EINVAL (known: line and offset), BE_ELIMIT (more than BE_LFSR_ROWS_MAX lengths, or half a
 * gigabyte of them, or of states), BE_ENOMEM, BE_ECANCEL (not while FLINT factors). Cost over
 * GF(2): about n^2 log n bit operations to factor, the same for each order. Other fields are
 * factored by FLINT. A matrix takes n^3 field operations. Source: B. Elspas, "The theory of
 * autonomous linear sequential networks", 1959; R. Lidl, H. Niederreiter, "Finite fields", 2nd ed.,
 * chapter 8. */
BE_API BE_CHECK be_status be_lfsr_analyze(const be_lfsr *lfsr,
                                          const be_lfsr_analyze_options *options,
                                          be_lfsr_analysis *analysis, be_error *error);
BE_API void be_lfsr_analysis_clear(be_lfsr_analysis *analysis); /* a zeroed one, too */

/* ---- far along a sequence ------------------------------------------------------------------- */

/* The state `steps` steps on: a decimal number steps[0, size) of any size. after may be state.
 * About log2(steps) products modulo a polynomial of degree n, and n steps. BE_EINVAL (the number,
 * the state), BE_ENOMEM; *error may be NULL in all three. */
BE_API BE_CHECK be_status be_lfsr_jump(const be_lfsr *lfsr, const uint64_t *state,
                                       const char *steps, size_t size, uint64_t *after,
                                       be_error *error);

/* Where a state leads: after *tail steps onto a cycle, and after each *period steps from there,
 * both least such numbers, round it. The period is added to text in decimal. time_ns is for primes
 * that no table has, as in be_lfsr_analyze. BE_ELIMIT: they were not all found. */
BE_API BE_CHECK be_status be_lfsr_state_period(const be_lfsr *lfsr, const uint64_t *state,
                                               uint64_t time_ns, const be_cancel *cancel,
                                               be_text *period, size_t *tail, be_error *error);

/* The least number of steps that leads from one state to another, added to `steps` in decimal.
 * BE_EDOMAIN: none does. BE_ELIMIT: primes were not found, or one of the period's is above 2^50;
 * the time grows with the square root of the largest. By the annihilating polynomial, in which
 * states are powers of x, and Pohlig and Hellman's discrete logarithms. */
BE_API BE_CHECK be_status be_lfsr_distance(const be_lfsr *lfsr, const uint64_t *from,
                                           const uint64_t *to, uint64_t time_ns,
                                           const be_cancel *cancel, be_text *steps,
                                           be_error *error);

/* ---- reports -------------------------------------------------------------------------------- */

typedef enum be_lfsr_report_format {
    BE_LFSR_REPORT_TEXT,
    BE_LFSR_REPORT_COMPAT, /* with the labels of lfsr-seq, and t for x */
    BE_LFSR_REPORT_JSON,   /* schema breakeven.lfsr.analyze/1, a line a register */
    BE_LFSR_REPORT_CSV,    /* a line for each cycle length of each register, under a header */
    BE_LFSR_REPORT_XML,
    BE_LFSR_REPORT_LATEX /* a table a register */
} be_lfsr_report_format;

typedef struct be_lfsr_report_options {
    be_lfsr_report_format format;
    size_t row; /* the register's number, from 1 */
} be_lfsr_report_options;

/* Add one register to a document in `text`; analysis has the census, where it is complete. A
 * document is be_lfsr_report_begin, registers with be_lfsr_report_between between them, and
 * be_lfsr_report_end. The same bytes for the same register. The compat format lists all states when
 * there are at most 65,536 and none is on a tail. BE_ENOMEM. */
BE_API BE_CHECK be_status be_lfsr_report(const be_lfsr *lfsr, const be_lfsr_analysis *analysis,
                                         const be_lfsr_report_options *options, be_text *text);
BE_API void be_lfsr_report_begin(const be_lfsr_field *field, be_lfsr_report_format format,
                                 be_text *text);
BE_API void be_lfsr_report_between(be_lfsr_report_format format, be_text *text);
BE_API void be_lfsr_report_end(be_lfsr_report_format format, be_text *text);

/* Add to text what proves a census: primes with their proofs, factors, orders and cycles, for the
 * program breakeven-verify, whose source begins with the form. The proofs are Pocklington's, never
 * a probable-prime test.
 *
 *   lfsr       said by a polynomial (not a matrix), over a prime field, without a constant
 *   analysis   of this register, complete, with the census
 *   options    time_ns: how long to look for factors of p - 1 for its primes p; may be NULL
 *
 * BE_EINVAL when it is another register or analysis; BE_EDOMAIN when a prime was not proved in
 * time; BE_ENOMEM, BE_ECANCEL. After a failure text has part of it. */
BE_API BE_CHECK be_status be_lfsr_certificate(const be_lfsr *lfsr, const be_lfsr_analysis *analysis,
                                              const be_lfsr_analyze_options *options, be_text *text,
                                              be_error *error);

/* ---- primitive polynomials ------------------------------------------------------------------ */

/* The monic polynomials of degree n over GF(q) modulo which x has the order q^n - 1: those of the
 * registers that pass through all states but 0 in one cycle. Read as numbers in base q, the leading
 * coefficient first, they have an order. */
typedef struct be_lfsr_primitives be_lfsr_primitives;

/* Ready to test polynomials of a degree n, 1 <= n <= BE_LFSR_CELLS_MAX: finds the primes of q^n
 * - 1. options->want is not looked at; options may be NULL. BE_EDOMAIN when a prime was not found
 * in time; BE_EINVAL, BE_ENOMEM, BE_ECANCEL. */
BE_API BE_CHECK be_status be_lfsr_primitives_create(const be_lfsr_field *field, size_t degree,
                                                    const be_lfsr_analyze_options *options,
                                                    be_lfsr_primitives **primitives,
                                                    be_error *error);
BE_API void be_lfsr_primitives_destroy(be_lfsr_primitives *primitives); /* may be NULL */

/* How many there are: phi(q^n - 1) / n. The limbs live as long as `primitives`. */
BE_API be_lfsr_integer be_lfsr_primitives_count(const be_lfsr_primitives *primitives);

/* Whether c[0] + c[1] x + ... + x^n is primitive; c has n + 1 elements below q. BE_ENOMEM. */
BE_API BE_CHECK be_status be_lfsr_primitives_test(be_lfsr_primitives *primitives, const uint64_t *c,
                                                  bool *primitive);

/* Make c the least primitive polynomial above it; start with x^n, c[0, n) = 0. BE_EDOMAIN, and c
 * unchanged, when there is none above. One in about n candidates passes; BE_ECANCEL between them.
 */
BE_API BE_CHECK be_status be_lfsr_primitives_next(be_lfsr_primitives *primitives,
                                                  const be_cancel *cancel, uint64_t *c);

#ifdef __cplusplus
}
#endif
#endif
