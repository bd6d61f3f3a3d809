/* parse.c: programs in arc-dsl's Python form, in one pass over the text.
 *
 * Code is written as the text is read. A name that is no local variable yet when it is read stays
 * a NAME until more is known: at the end of each function around it, for Python makes a name local
 * to the function that assigns it anywhere; and at the end of the text, for functions may call what
 * is defined after them. So each instruction is looked at once per function around it, and the
 * whole is linear in the text.
 *
 * `a if c else b` is read in an order other than that of its evaluation: the code of `a` is moved
 * behind that of `c`, which is why jumps are relative.
 */
#include "arc/parse.h"

#include "arc/lexer.h"
#include "arc/prims.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define NONE UINT32_MAX

/* ---- state ---------------------------------------------------------------------------------- */

/* What a name means outside of functions. */
typedef struct binding {
    uint8_t op; /* VALUE, FUNCTION, GLOBAL; NAME: nothing */
    uint32_t arg;
} binding;

typedef struct name {
    const char *text;
    uint32_t size;
    uint32_t hash;
    uint32_t local;   /* innermost local variable of that name, or NONE */
    uint32_t program; /* that has the name, or NONE */
    binding bound;
    bool looked_up; /* among primitives and constants, if bound by nothing else */
} name;

typedef struct local {
    uint32_t name;
    uint32_t slot;
    uint32_t scope; /* its number, from the outside */
    uint32_t outer; /* the variable of that name it hides, or NONE */
    bool captured;  /* read by an inner function, at a time nobody knows */
} local;

typedef struct scope {
    uint32_t function;
    uint32_t first_local;
    uint32_t first_code;
    uint32_t depth; /* of the stack where the code has been written up to */
} scope;

/* Growing arrays in the arena. */
typedef struct vector {
    void *items;
    uint32_t n;
    uint32_t room;
} vector;

typedef struct parser {
    be__arc_lexer lexer;
    be__arc_token token; /* the next one */
    be_arena *arena;
    be_error *error;
    const char *entry;
    vector code, functions, calls, key_names, slot_names, values, programs, dead;
    vector names, locals;
    vector ends;     /* of the statements of the function in hand: just past them */
    vector alive;    /* its slots that later code reads: bool */
    uint32_t *table; /* of names, by hash: 1 + index, 0 for none */
    uint32_t table_mask;
    scope scopes[BE__PARSE_SCOPES_MAX];
    uint32_t n_scopes;
    uint32_t depth; /* of expressions */
    uint32_t indents[BE__ARC_INDENTS_MAX];
} parser;

#define NAMES(p) ((name *)(p)->names.items)
#define LOCALS(p) ((local *)(p)->locals.items)
#define CODE(p) ((be__instruction *)(p)->code.items)
#define FUNCTIONS(p) ((be__function *)(p)->functions.items)

#define TRY(call)                                                                                  \
    do {                                                                                           \
        be_status status_ = (call);                                                                \
        if (status_) {                                                                             \
            return status_;                                                                        \
        }                                                                                          \
    } while (0)

static BE_PRINTF(4, 5) be_status
    refuse(const parser *p, be_status status, const be__arc_token *at, const char *format, ...)
{
    char expected[BE_EXPECTED_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(expected, sizeof expected, format, arguments);
    va_end(arguments);
    return be_error_at(p->error, status, at->line, at->offset, "%s", expected);
}

static be_status no_memory(const parser *p)
{
    return be_error_set(p->error, BE_ENOMEM, "a larger arena for the program");
}

/* Room for one more item; where it lies. The items move. */
static be_status grow(parser *p, vector *v, size_t size)
{
    if (v->n < v->room) {
        return BE_OK;
    }
    uint32_t room = v->room ? 2 * v->room : 8;
    void *items = be_arena_take(p->arena, room * size, _Alignof(max_align_t));
    if (!items) {
        return no_memory(p);
    }
    if (v->n > 0) {
        memcpy(items, v->items, v->n * size);
    }
    v->items = items;
    v->room = room;
    return BE_OK;
}

static const char *keep_text(parser *p, const char *text, size_t size)
{
    char *kept = be_arena_take(p->arena, size + 1, 1);
    if (kept) {
        memcpy(kept, text, size);
        kept[size] = '\0';
    }
    return kept;
}

/* ---- tokens --------------------------------------------------------------------------------- */

static be_status advance(parser *p)
{
    return be__arc_lexer_next(&p->lexer, &p->token);
}

static bool token_is(const be__arc_token *token, be__arc_token_kind kind, const char *text)
{
    size_t size = strlen(text);
    return token->kind == kind && token->size == size && memcmp(token->text, text, size) == 0;
}

static bool at_sign(const parser *p, const char *sign)
{
    return token_is(&p->token, BE__ARC_TOKEN_SIGN, sign);
}

static bool at_word(const parser *p, const char *word)
{
    return token_is(&p->token, BE__ARC_TOKEN_NAME, word);
}

static be_status expect_sign(parser *p, const char *sign, const char *expected)
{
    if (!at_sign(p, sign)) {
        return refuse(p, BE_EINVAL, &p->token, "%s", expected);
    }
    return advance(p);
}

/* Python's words that are no names, by length, and what their constructs are called. */
static const struct word {
    const char *word;
    const char *construct; /* NULL: part of the form */
} WORDS[] = {{"if", "an if statement (write a if c else b)"},
             {"as", "'as'"},
             {"or", "the operator or (write either(a, b))"},
             {"in", "the operator in (write contained(value, container))"},
             {"is", "the operator is (write equality(a, b))"},
             {"def", NULL},
             {"for", "a for loop"},
             {"try", "a try statement"},
             {"del", "a del statement"},
             {"and", "the operator and (write both(a, b))"},
             {"not", "the operator not (write flip(b))"},
             {"else", NULL},
             {"elif", "an if statement (write a if c else b)"},
             {"True", NULL},
             {"None", NULL},
             {"pass", NULL},
             {"from", "an import inside a function"},
             {"with", "a with statement"},
             {"False", NULL},
             {"while", "a while loop"},
             {"class", "a class"},
             {"raise", "a raise statement"},
             {"yield", "a generator"},
             {"async", "'async'"},
             {"await", "'await'"},
             {"break", "'break'"},
             {"return", NULL},
             {"lambda", NULL},
             {"import", "an import inside a function"},
             {"assert", "an assert statement"},
             {"global", "a global statement"},
             {"except", "a try statement"},
             {"finally", "a try statement"},
             {"nonlocal", "a nonlocal statement"},
             {"continue", "'continue'"}};

enum { WORD_SIZE_MAX = 8 };
/* Those of n letters: WORDS[WORD_BEGIN[n], WORD_BEGIN[n + 1]). */
static const uint8_t WORD_BEGIN[WORD_SIZE_MAX + 2] = {0, 0, 0, 5, 11, 18, 26, 32, 33, 35};

/* Signs that begin something outside of the form. */
static const struct word SIGNS[] = {
    {"+", "the operator + (write add(a, b))"},
    {"-", "the operator - (write subtract(a, b))"},
    {"*", "the operator * (write multiply(a, b))"},
    {"//", "the operator // (write divide(a, b))"},
    {"/", "the operator /"},
    {"%", "the operator %"},
    {"**", "the operator **"},
    {"&", "the operator & (write intersection(a, b))"},
    {"|", "the operator | (write combine(a, b))"},
    {"^", "the operator ^"},
    {"~", "the operator ~"},
    {"<<", "the operator <<"},
    {">>", "the operator >>"},
    {"==", "the operator == (write equality(a, b))"},
    {"!=", "the operator !="},
    {"<", "the operator < (write greater(b, a))"},
    {">", "the operator > (write greater(a, b))"},
    {"<=", "the operator <="},
    {">=", "the operator >="},
    {"[", "a list or an index (write first(c), last(c), index(g, p))"},
    {"{", "a set or a dict (write initset(v), insert(v, s))"},
    {".", "an attribute"},
    {":=", "an assignment inside an expression"},
    {"@", "a decorator"},
    {"...", "an ellipsis"},
    {"+=", "an augmented assignment"},
    {"-=", "an augmented assignment"},
    {"*=", "an augmented assignment"},
    {"|=", "an augmented assignment"},
    {"&=", "an augmented assignment"}};

static const struct word *find_word(const be__arc_token *token)
{
    if (token->kind != BE__ARC_TOKEN_NAME || token->size > WORD_SIZE_MAX) {
        return NULL;
    }
    for (size_t i = WORD_BEGIN[token->size]; i < WORD_BEGIN[token->size + 1]; i++) {
        const char *word = WORDS[i].word;
        if (word[0] == token->text[0] && memcmp(word, token->text, token->size) == 0) {
            return &WORDS[i];
        }
    }
    return NULL;
}

static bool is_name(const be__arc_token *token)
{
    return token->kind == BE__ARC_TOKEN_NAME && !find_word(token);
}

/* The construct that a token begins, where it is none of the form's. */
static const char *construct_of(const be__arc_token *token)
{
    const struct word *word = find_word(token);
    if (word) {
        return word->construct;
    }
    for (size_t i = 0; i < BE__COUNT_OF(SIGNS); i++) {
        if (token_is(token, BE__ARC_TOKEN_SIGN, SIGNS[i].word)) {
            return SIGNS[i].construct;
        }
    }
    return token->kind == BE__ARC_TOKEN_STRING ? "a string" : NULL;
}

/* The token is not what was expected there. */
static be_status unexpected(const parser *p, const char *expected)
{
    const char *construct = construct_of(&p->token);
    if (construct) {
        return refuse(p, BE_EINVAL, &p->token, "%s; %s is outside of arc-dsl's form", expected,
                      construct);
    }
    return refuse(p, BE_EINVAL, &p->token, "%s", expected);
}

/* ---- names ---------------------------------------------------------------------------------- */

static uint32_t hash_text(const char *text, size_t size)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    }
    return hash;
}

static be_status grow_table(parser *p)
{
    uint32_t slots = p->table ? 2 * (p->table_mask + 1) : 64;
    uint32_t *table = be_arena_take(p->arena, slots * sizeof *table, _Alignof(uint32_t));
    if (!table) {
        return no_memory(p);
    }
    memset(table, 0, slots * sizeof *table);
    for (uint32_t i = 0; i < p->names.n; i++) {
        uint32_t slot = NAMES(p)[i].hash;
        while (table[slot & (slots - 1)]) {
            slot++;
        }
        table[slot & (slots - 1)] = i + 1;
    }
    p->table = table;
    p->table_mask = slots - 1;
    return BE_OK;
}

/* The number of a name. */
static be_status intern(parser *p, const char *text, size_t size, uint32_t *number)
{
    if (!p->table || 2 * p->names.n > p->table_mask) {
        TRY(grow_table(p));
    }
    uint32_t hash = hash_text(text, size), slot = hash;
    for (; p->table[slot & p->table_mask]; slot++) {
        uint32_t i = p->table[slot & p->table_mask] - 1;
        const name *known = &NAMES(p)[i];
        if (known->hash == hash && known->size == size && memcmp(known->text, text, size) == 0) {
            *number = i;
            return BE_OK;
        }
    }
    TRY(grow(p, &p->names, sizeof(name)));
    const char *kept = keep_text(p, text, size);
    if (!kept) {
        return no_memory(p);
    }
    *number = p->names.n;
    p->table[slot & p->table_mask] = p->names.n + 1;
    NAMES(p)
    [p->names.n++] = (name){.text = kept,
                            .size = (uint32_t)size,
                            .hash = hash,
                            .local = NONE,
                            .program = NONE,
                            .bound.op = BE__OP_NAME};
    return BE_OK;
}

static be_status add_value(parser *p, be__value value, uint32_t *number)
{
    TRY(grow(p, &p->values, sizeof(be__value)));
    *number = p->values.n;
    ((be__value *)p->values.items)[p->values.n++] = value;
    return BE_OK;
}

static const struct constant {
    const char *name;
    uint8_t tag; /* BE__ATOM for a bool, BE__INT, BE__PAIR */
    int8_t i, j;
} CONSTANTS[] = {
#define BOOL(name, b) {#name, BE__ATOM, b, 0},
#define INT(name, n) {#name, BE__INT, n, 0},
#define PAIR(name, i, j) {#name, BE__PAIR, i, j},
#include "arc/constants.def"
#undef BOOL
#undef INT
#undef PAIR
};

static be__value constant_value(const struct constant *c)
{
    return c->tag == BE__ATOM  ? be__bool(c->i)
           : c->tag == BE__INT ? be__small(c->i)
                               : be__small_pair(c->i, c->j);
}

/* The constant or primitive of that name; BE__RAISED for none. */
static be__value builtin(const char *text, size_t size)
{
    if (text[0] >= 'A' && text[0] <= 'Z') {
        for (size_t i = 0; i < BE__COUNT_OF(CONSTANTS); i++) {
            if (strlen(CONSTANTS[i].name) == size && memcmp(CONSTANTS[i].name, text, size) == 0) {
                return constant_value(&CONSTANTS[i]);
            }
        }
    }
    int prim = be__arc_find(text, size);
    return prim < 0 ? BE__RAISED : be__prim((unsigned)prim);
}

/* What the name means outside of functions, as far as the text has been read. */
static be_status bound(parser *p, uint32_t number, binding *meaning)
{
    name *n = &NAMES(p)[number];
    if (n->bound.op == BE__OP_NAME && !n->looked_up) {
        n->looked_up = true;
        be__value value = builtin(n->text, n->size);
        if (value) {
            TRY(add_value(p, value, &n->bound.arg));
            n->bound.op = BE__OP_VALUE;
        }
    }
    *meaning = n->bound;
    return BE_OK;
}

/* Levenshtein's distance, at most `limit` + 1; names are short. */
static unsigned distance(const char *a, size_t n, const char *b, unsigned limit)
{
    enum { LONGEST = 32 };
    size_t m = strlen(b);
    if (n > LONGEST || m > LONGEST || (n > m ? n - m : m - n) > limit) {
        return limit + 1;
    }
    unsigned row[LONGEST + 1];
    for (size_t j = 0; j <= m; j++) {
        row[j] = (unsigned)j;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned corner = row[0];
        row[0] = (unsigned)i + 1;
        for (size_t j = 0; j < m; j++) {
            unsigned change = corner + (a[i] != b[j]);
            unsigned edit = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;
            corner = row[j + 1];
            row[j + 1] = change < edit ? change : edit;
        }
    }
    return row[m];
}

/* A name that means nothing: say so, with the nearest ones that do. */
static be_status unknown_name(const parser *p, const name *n, uint32_t line, uint32_t column)
{
    enum { FAR = 3, MANY = 3 };
    const char *near[MANY];
    size_t n_near = 0;
    for (unsigned d = 1; d <= FAR && n_near == 0 && 3 * d <= n->size + 1; d++) {
        for (unsigned i = 0; i < BE__PRIMS + BE__COUNT_OF(CONSTANTS) && n_near < MANY; i++) {
            const char *known = i < BE__PRIMS ? be__prims[i].name : CONSTANTS[i - BE__PRIMS].name;
            if (distance(n->text, n->size, known, d) == d) {
                near[n_near++] = known;
            }
        }
    }
    char text[BE_EXPECTED_SIZE];
    int at =
        snprintf(text, sizeof text, "a primitive, a constant or a variable, not '%.40s'", n->text);
    for (size_t i = 0; i < n_near; i++) {
        at += snprintf(text + at, sizeof text - (size_t)at, "%s%s",
                       i == 0            ? "; did you mean "
                       : i + 1 == n_near ? " or "
                                         : ", ",
                       near[i]);
    }
    return be_error_at(p->error, BE_EINVAL, line, column, "%s%s", text, n_near ? "?" : "");
}

/* ---- writing code --------------------------------------------------------------------------- */

static scope *top(parser *p)
{
    return &p->scopes[p->n_scopes - 1];
}

static void stack_moves(parser *p, int by)
{
    scope *s = top(p);
    s->depth = (uint32_t)((int)s->depth + by);
    be__function *f = &FUNCTIONS(p)[s->function];
    if (s->depth > f->stack) {
        f->stack = s->depth;
    }
}

/* Append an instruction that moves the stack by `by`. */
static be_status emit(parser *p, be__op op, uint32_t arg, const be__arc_token *at, int by)
{
    TRY(grow(p, &p->code, sizeof(be__instruction)));
    CODE(p)
    [p->code.n++] =
        (be__instruction){.arg = arg,
                          .line = at->line,
                          .column = at->offset < UINT16_MAX ? (uint16_t)at->offset : UINT16_MAX,
                          .op = (uint8_t)op,
                          .level = (uint8_t)(p->n_scopes - 1)};
    stack_moves(p, by);
    return BE_OK;
}

/* The variable of that name in the innermost function, or NONE. */
static uint32_t own_local(parser *p, uint32_t number)
{
    uint32_t l = NAMES(p)[number].local;
    return l != NONE && LOCALS(p)[l].scope == p->n_scopes - 1 ? l : NONE;
}

/* The slot of a variable of the innermost function, made if need be. */
static be_status local_slot(parser *p, uint32_t number, uint32_t *slot)
{
    uint32_t l = own_local(p, number);
    if (l == NONE) {
        TRY(grow(p, &p->locals, sizeof(local)));
        l = p->locals.n++;
        LOCALS(p)
        [l] = (local){.name = number,
                      .slot = l - top(p)->first_local,
                      .scope = p->n_scopes - 1,
                      .outer = NAMES(p)[number].local};
        NAMES(p)[number].local = l;
    }
    *slot = LOCALS(p)[l].slot;
    return BE_OK;
}

/* Push what a name means. Outside of functions that is known at once. */
static be_status emit_name(parser *p, const be__arc_token *at)
{
    uint32_t number;
    TRY(intern(p, at->text, at->size, &number));
    uint32_t l = own_local(p, number);
    if (l != NONE) {
        return emit(p, BE__OP_LOCAL, LOCALS(p)[l].slot, at, 1);
    }
    return emit(p, BE__OP_NAME, number, at, 1);
}

static be_status open_scope(parser *p, const char *text, const be__arc_token *at)
{
    if (p->n_scopes == BE__PARSE_SCOPES_MAX) {
        return refuse(p, BE_ELIMIT, at, "at most %d functions within functions",
                      BE__PARSE_SCOPES_MAX);
    }
    TRY(grow(p, &p->functions, sizeof(be__function)));
    FUNCTIONS(p)
    [p->functions.n] =
        (be__function){.name = text, .line = at->line, .begin = p->code.n, .simple = true};
    p->scopes[p->n_scopes++] =
        (scope){.function = p->functions.n++, .first_local = p->locals.n, .first_code = p->code.n};
    return BE_OK;
}

/* Behind instruction i of a function's own code; inner functions are passed over. */
static uint32_t step(const parser *p, uint32_t i)
{
    const be__instruction *in = &CODE(p)[i];
    return i + 1 + (in->op == BE__OP_MAKE ? FUNCTIONS(p)[in->arg].size : 0);
}

/* The statements of the innermost function, by their ends. */
static be_status find_statements(parser *p)
{
    p->ends.n = 0;
    for (uint32_t i = top(p)->first_code; i < p->code.n; i = step(p, i)) {
        uint8_t op = CODE(p)[i].op;
        if (op == BE__OP_STORE || op == BE__OP_DROP || op == BE__OP_RETURN) {
            TRY(grow(p, &p->ends, sizeof(uint32_t)));
            ((uint32_t *)p->ends.items)[p->ends.n++] = i + 1;
        }
    }
    return BE_OK;
}

/* Does the statement that ends with `last` matter, if later code reads the slots that are alive? */
static bool matters(parser *p, const be__instruction *last, bool *alive)
{
    if (last->op == BE__OP_RETURN) { /* nothing behind it is reached */
        memset(alive, 0, p->locals.n - top(p)->first_local);
        return true;
    }
    if (last->op == BE__OP_DROP) {
        return false;
    }
    bool read = alive[last->arg] || LOCALS(p)[top(p)->first_local + last->arg].captured;
    alive[last->arg] = false;
    return read;
}

/* Note the statements of the innermost function that its value does not depend on, from the last to
 * the first. */
static be_status find_dead(parser *p)
{
    const scope *s = top(p);
    be__function *f = &FUNCTIONS(p)[s->function];
    f->dead = p->dead.n;
    TRY(find_statements(p));
    while (p->alive.room <= p->locals.n - s->first_local) {
        p->alive.n = p->alive.room;
        TRY(grow(p, &p->alive, sizeof(bool)));
    }
    bool *alive = p->alive.items;
    const uint32_t *ends = p->ends.items;
    for (uint32_t k = p->ends.n; k-- > 0;) {
        uint32_t begin = k > 0 ? ends[k - 1] : s->first_code;
        if (matters(p, &CODE(p)[ends[k] - 1], alive)) {
            for (uint32_t i = begin; i < ends[k]; i = step(p, i)) {
                if (CODE(p)[i].op == BE__OP_LOCAL) {
                    alive[CODE(p)[i].arg] = true;
                }
            }
        } else {
            TRY(grow(p, &p->dead, sizeof(be__dead)));
            ((be__dead *)p->dead.items)[p->dead.n++] =
                (be__dead){begin - s->first_code, ends[k] - begin};
        }
    }
    f->n_dead = p->dead.n - f->dead;
    return BE_OK;
}

/* End the innermost function: its names are known, and NAMEs that mean its variables resolved.
 * Names read before they are assigned are its variables all the same, as in Python. */
static be_status close_scope(parser *p)
{
    const scope *s = top(p);
    uint32_t level = p->n_scopes - 1;
    for (uint32_t i = s->first_code; i < p->code.n; i++) {
        be__instruction *in = &CODE(p)[i];
        if (in->op != BE__OP_NAME) {
            continue;
        }
        uint32_t l = own_local(p, in->arg);
        if (l != NONE) {
            in->arg = LOCALS(p)[l].slot;
            in->op = in->level == level ? BE__OP_LOCAL : BE__OP_OUTER;
            LOCALS(p)[l].captured |= in->level != level;
            in->level = (uint8_t)(in->level - level);
        }
    }
    TRY(find_dead(p));
    be__function *f = &FUNCTIONS(p)[s->function];
    f->size = p->code.n - s->first_code;
    f->n_slots = p->locals.n - s->first_local;
    f->slots = p->slot_names.n;
    while (p->locals.n > s->first_local) {
        local *l = &LOCALS(p)[--p->locals.n];
        NAMES(p)[l->name].local = l->outer;
    }
    for (uint32_t i = 0; i < f->n_slots; i++) { /* the popped ones, still there */
        TRY(grow(p, &p->slot_names, sizeof(char *)));
        ((const char **)p->slot_names.items)[p->slot_names.n++] =
            NAMES(p)[LOCALS(p)[s->first_local + i].name].text;
    }
    p->n_scopes--;
    return BE_OK;
}

/* ---- expressions ---------------------------------------------------------------------------- */

static be_status parse_expression(parser *p);

/* A digit's value, 99 for none. */
static unsigned digit_value(char c)
{
    return c >= '0' && c <= '9'   ? (unsigned)(c - '0')
           : c >= 'a' && c <= 'z' ? (unsigned)(c - 'a') + 10
           : c >= 'A' && c <= 'Z' ? (unsigned)(c - 'A') + 10
                                  : 99;
}

/* An int literal. A float, or an int that fits no small word, is refused. */
static be_status read_number(parser *p, bool negative, be__value *value)
{
    const be__arc_token *t = &p->token;
    const char *c = t->text, *end = t->text + t->size;
    unsigned base = 10;
    if (t->size > 1 && c[0] == '0') {
        char kind = (char)(c[1] | 0x20);
        base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 10;
        c += base == 10 ? 0 : 2;
    }
    int64_t sum = 0;
    bool digits = false, leading_zero = base == 10 && t->size > 1 && c[0] == '0';
    for (; c < end; c++) {
        if (*c == '_' && c + 1 < end && c[1] != '_') {
            continue;
        }
        unsigned digit = digit_value(*c);
        if (digit >= base) {
            return refuse(p, BE_EINVAL, t, "an int; arc-dsl's form has no other numbers");
        }
        digits = true;
        if (__builtin_mul_overflow(sum, (int64_t)base, &sum) ||
            __builtin_add_overflow(sum, (int64_t)digit, &sum) || !be__fits(sum, BE__INT_BITS)) {
            return refuse(p, BE_ELIMIT, t, "an int of at most %d bits", BE__INT_BITS);
        }
    }
    if (!digits || (leading_zero && sum != 0)) {
        return refuse(p, BE_EINVAL, t, "an int without leading zeros");
    }
    *value = be__small(negative ? -sum : sum);
    return advance(p);
}

static be_status emit_value(parser *p, be__value value, const be__arc_token *at)
{
    uint32_t number;
    TRY(add_value(p, value, &number));
    return emit(p, BE__OP_VALUE, number, at, 1);
}

/* True, False, None, or BE__RAISED. */
static be__value word_value(const parser *p)
{
    return at_word(p, "True")    ? BE__TRUE
           : at_word(p, "False") ? BE__FALSE
           : at_word(p, "None")  ? BE__NONE
                                 : BE__RAISED;
}

/* expression {"," expression} [","]: one value, or a tuple of them. `close` ends it, or a line. */
static be_status parse_items(parser *p, const char *close, const be__arc_token *at)
{
    uint32_t n = 0;
    bool tuple = false;
    while (!(close
                 ? at_sign(p, close)
                 : p->token.kind == BE__ARC_TOKEN_NEWLINE || at_sign(p, ";") || at_sign(p, "="))) {
        if (n == BE__PARSE_ARGS_MAX) {
            return refuse(p, BE_ELIMIT, &p->token, "at most %d items", BE__PARSE_ARGS_MAX);
        }
        TRY(parse_expression(p));
        n++;
        if (!at_sign(p, ",")) {
            break;
        }
        tuple = true;
        TRY(advance(p));
    }
    if (n == 0 && !close) {
        return unexpected(p, "an expression");
    }
    return n != 1 || tuple ? emit(p, BE__OP_TUPLE, n, at, 1 - (int)n) : BE_OK;
}

static be_status parse_atom(parser *p)
{
    be__arc_token at = p->token;
    be__value word = word_value(p);
    if (word) {
        TRY(advance(p));
        return emit_value(p, word, &at);
    }
    if (is_name(&at)) {
        TRY(advance(p));
        return emit_name(p, &at);
    }
    bool negative = at_sign(p, "-");
    if (negative) {
        TRY(advance(p));
        if (p->token.kind != BE__ARC_TOKEN_NUMBER) {
            return refuse(p, BE_EINVAL, &p->token,
                          "an int after the minus sign (or write invert(n))");
        }
    }
    if (p->token.kind == BE__ARC_TOKEN_NUMBER) {
        be__value value;
        TRY(read_number(p, negative, &value));
        return emit_value(p, value, &at);
    }
    if (at_sign(p, "(")) {
        TRY(advance(p));
        TRY(parse_items(p, ")", &at));
        if (!at_sign(p, ")")) {
            return unexpected(p, "',' or ')'");
        }
        return advance(p);
    }
    return unexpected(p, "a call, a name, an int or a tuple");
}

/* Is the token a keyword: a name before a single =? */
static be_status at_keyword(const parser *p, bool *answer)
{
    char next_byte = p->lexer.cursor < p->lexer.end ? *p->lexer.cursor : '\0';
    *answer = false;
    if (next_byte != ',' && next_byte != ')' && is_name(&p->token)) { /* what mostly follows */
        be__arc_lexer ahead = p->lexer;
        be__arc_token next;
        TRY(be__arc_lexer_next(&ahead, &next));
        *answer = token_is(&next, BE__ARC_TOKEN_SIGN, "=");
    }
    return BE_OK;
}

/* The keywords of one call, as numbers of names. */
typedef struct keywords {
    uint32_t n;
    uint32_t name[BE__PARSE_KEYS_MAX];
} keywords;

static be_status parse_keyword(parser *p, keywords *keys)
{
    uint32_t number;
    TRY(intern(p, p->token.text, p->token.size, &number));
    for (uint32_t i = 0; i < keys->n; i++) {
        if (keys->name[i] == number) {
            return refuse(p, BE_EINVAL, &p->token, "each keyword once");
        }
    }
    if (keys->n == BE__PARSE_KEYS_MAX) {
        return refuse(p, BE_ELIMIT, &p->token, "at most %d keywords", BE__PARSE_KEYS_MAX);
    }
    keys->name[keys->n++] = number;
    TRY(advance(p));
    return advance(p); /* the = */
}

static be_status emit_key_call(parser *p, const keywords *keys, uint32_t n, const be__arc_token *at)
{
    TRY(grow(p, &p->calls, sizeof(be__key_call)));
    be__key_call *call = (be__key_call *)p->calls.items + p->calls.n;
    *call = (be__key_call){.n = n, .n_keys = keys->n, .keys = p->key_names.n};
    for (uint32_t i = 0; i < keys->n; i++) {
        TRY(grow(p, &p->key_names, sizeof(char *)));
        ((const char **)p->key_names.items)[p->key_names.n++] = NAMES(p)[keys->name[i]].text;
    }
    return emit(p, BE__OP_CALL_KEY, p->calls.n++, at, -(int)n);
}

/* "(" arguments ")" behind what is called. */
static be_status parse_call(parser *p, const be__arc_token *at)
{
    uint32_t n = 0;
    keywords keys = {0};
    TRY(advance(p));
    while (!at_sign(p, ")")) {
        if (n == BE__PARSE_ARGS_MAX) {
            return refuse(p, BE_ELIMIT, &p->token, "at most %d arguments", BE__PARSE_ARGS_MAX);
        }
        bool keyword;
        TRY(at_keyword(p, &keyword));
        if (keyword) {
            TRY(parse_keyword(p, &keys));
        } else if (keys.n > 0) {
            return unexpected(p, "a keyword, as the argument before has one");
        }
        TRY(parse_expression(p));
        n++;
        if (at_sign(p, ",")) {
            TRY(advance(p));
        } else if (!at_sign(p, ")")) {
            return unexpected(p, "',' or ')'");
        }
    }
    TRY(advance(p));
    return keys.n > 0 ? emit_key_call(p, &keys, n, at) : emit(p, BE__OP_CALL, n, at, -(int)n);
}

static be_status parse_primary(parser *p)
{
    be__arc_token at = p->token;
    TRY(parse_atom(p));
    while (at_sign(p, "(")) {
        TRY(parse_call(p, &at));
    }
    return BE_OK;
}

/* An annotation means nothing here: pass what is balanced up to a sign that ends it. */
static be_status pass_annotation(parser *p)
{
    uint32_t open = p->lexer.brackets - (at_sign(p, "(") || at_sign(p, "["));
    while (p->lexer.brackets > open ||
           !(p->token.kind == BE__ARC_TOKEN_NEWLINE || at_sign(p, ",") || at_sign(p, "=") ||
             at_sign(p, ":") || at_sign(p, ")") || at_sign(p, ";"))) {
        TRY(advance(p));
    }
    return BE_OK;
}

/* The value of a parameter that may be left out: a literal or a known name. */
static be_status parse_default(parser *p, be__value *value)
{
    *value = word_value(p);
    if (*value) {
        return advance(p);
    }
    bool negative = at_sign(p, "-");
    if (negative) {
        TRY(advance(p));
    }
    if (p->token.kind == BE__ARC_TOKEN_NUMBER) {
        return read_number(p, negative, value);
    }
    *value = !negative && is_name(&p->token) ? builtin(p->token.text, p->token.size) : BE__RAISED;
    if (!*value) {
        return unexpected(p, "an int, True, False, None, a constant or a primitive as the default");
    }
    return advance(p);
}

/* Parameters up to `close`, which is left to be read. */
static be_status parse_params(parser *p, const char *close, bool annotated)
{
    uint32_t function = top(p)->function;
    while (!at_sign(p, close)) {
        uint32_t n = FUNCTIONS(p)[function].n_params, number, slot;
        if (n == BE__PARSE_ARGS_MAX) {
            return refuse(p, BE_ELIMIT, &p->token, "at most %d parameters", BE__PARSE_ARGS_MAX);
        }
        if (!is_name(&p->token)) {
            return at_sign(p, "*") || at_sign(p, "**") || at_sign(p, "/")
                       ? refuse(p, BE_EINVAL, &p->token,
                                "a parameter's name; arc-dsl's form has no * or / among parameters")
                       : unexpected(p, "a parameter's name");
        }
        TRY(intern(p, p->token.text, p->token.size, &number));
        if (own_local(p, number) != NONE) {
            return refuse(p, BE_EINVAL, &p->token, "each parameter once");
        }
        TRY(local_slot(p, number, &slot));
        FUNCTIONS(p)[function].n_params++;
        TRY(advance(p));
        if (annotated && at_sign(p, ":")) {
            TRY(advance(p));
            TRY(pass_annotation(p));
        }
        be__function *f = &FUNCTIONS(p)[function];
        if (at_sign(p, "=")) {
            be__value value;
            uint32_t place;
            TRY(advance(p));
            TRY(parse_default(p, &value));
            TRY(add_value(p, value, &place));
            f->defaults = f->n_defaults++ ? f->defaults : place;
        } else if (f->n_defaults > 0) {
            return refuse(p, BE_EINVAL, &p->token, "'=' and a default, as the one before has");
        }
        if (!at_sign(p, ",")) {
            break;
        }
        TRY(advance(p));
    }
    return BE_OK;
}

/* Write MAKE for a function within this one, whose body comes next. */
static be_status begin_inner(parser *p, const char *text, const be__arc_token *at)
{
    FUNCTIONS(p)[top(p)->function].simple = false;
    TRY(emit(p, BE__OP_MAKE, p->functions.n, at, 1));
    return open_scope(p, text, at);
}

static be_status parse_lambda(parser *p)
{
    be__arc_token at = p->token;
    TRY(advance(p));
    TRY(begin_inner(p, "lambda", &at));
    TRY(parse_params(p, ":", false));
    TRY(expect_sign(p, ":", "':' behind the parameters of the lambda"));
    TRY(parse_expression(p));
    TRY(emit(p, BE__OP_RETURN, 0, &at, -1));
    return close_scope(p);
}

static void reverse(be__instruction *code, size_t n)
{
    for (size_t i = 0; i + i + 1 < n; i++) {
        be__instruction kept = code[i];
        code[i] = code[n - 1 - i];
        code[n - 1 - i] = kept;
    }
}

/* The code of `a` stands at [begin, end of code), and the token is the "if" of "a if c else b". */
static be_status parse_conditional(parser *p, uint32_t begin)
{
    be__arc_token at = p->token;
    FUNCTIONS(p)[top(p)->function].simple = false;
    uint32_t middle = p->code.n, n = middle - begin;
    TRY(advance(p));
    TRY(parse_primary(p));
    TRY(emit(p, BE__OP_UNLESS, n + 1, &at, -1));
    uint32_t end = p->code.n; /* a c UNLESS becomes c UNLESS a */
    reverse(CODE(p) + begin, n);
    reverse(CODE(p) + middle, end - middle);
    reverse(CODE(p) + begin, end - begin);
    uint32_t jump = p->code.n;
    TRY(emit(p, BE__OP_JUMP, 0, &at, -1)); /* b's value takes the place of a's */
    if (!at_word(p, "else")) {
        return unexpected(p, "'else' and the other value");
    }
    TRY(advance(p));
    TRY(parse_expression(p));
    CODE(p)[jump].arg = p->code.n - jump - 1;
    return BE_OK;
}

static be_status parse_nested(parser *p)
{
    if (at_word(p, "lambda")) {
        return parse_lambda(p);
    }
    uint32_t begin = p->code.n;
    TRY(parse_primary(p));
    return at_word(p, "if") ? parse_conditional(p, begin) : BE_OK;
}

static be_status parse_expression(parser *p)
{
    if (p->depth == BE__PARSE_DEPTH_MAX) {
        return refuse(p, BE_ELIMIT, &p->token, "at most %d expressions within expressions",
                      BE__PARSE_DEPTH_MAX);
    }
    p->depth++;
    be_status status = parse_nested(p);
    p->depth--;
    return status;
}

/* ---- statements ----------------------------------------------------------------------------- */

static be_status parse_function(parser *p);

/* Outside of functions a variable is a function without parameters that gives its value. */
static be_status parse_global(parser *p, const be__arc_token *target)
{
    uint32_t number;
    TRY(intern(p, target->text, target->size, &number));
    uint32_t function = p->functions.n;
    TRY(open_scope(p, NAMES(p)[number].text, target));
    TRY(parse_items(p, NULL, target));
    TRY(emit(p, BE__OP_RETURN, 0, target, -1));
    uint32_t begin = top(p)->first_code;
    TRY(close_scope(p));
    for (uint32_t i = begin; i < p->code.n; i++) {
        be__instruction *in = &CODE(p)[i];
        if (in->op == BE__OP_NAME && in->level == 0) { /* read at once, not when called */
            binding b;
            TRY(bound(p, in->arg, &b));
            if (b.op == BE__OP_NAME) {
                return unknown_name(p, &NAMES(p)[in->arg], in->line, in->column);
            }
            in->op = b.op;
            in->arg = b.arg;
        }
    }
    NAMES(p)[number].bound = (binding){.op = BE__OP_GLOBAL, .arg = function};
    return BE_OK;
}

static be_status parse_assignment(parser *p, const be__arc_token *target)
{
    if (p->n_scopes == 0) {
        return parse_global(p, target);
    }
    uint32_t number, slot;
    TRY(parse_items(p, NULL, target));
    TRY(intern(p, target->text, target->size, &number));
    TRY(local_slot(p, number, &slot));
    return emit(p, BE__OP_STORE, slot, target, -1);
}

/* The token is a name: target [":" annotation] "=" expression, or an expression alone. */
static be_status parse_named(parser *p, bool *assigned)
{
    be__arc_lexer lexer = p->lexer;
    be__arc_token target = p->token;
    *assigned = true;
    TRY(advance(p));
    if (at_sign(p, ":")) {
        TRY(advance(p));
        TRY(pass_annotation(p));
        if (!at_sign(p, "=")) {
            return BE_OK; /* x: Grid, without a value */
        }
    }
    if (at_sign(p, "=")) {
        TRY(advance(p));
        return parse_assignment(p, &target);
    }
    *assigned = false;
    p->lexer = lexer;
    p->token = target;
    return BE_OK;
}

/* A value on its own line: worked out, for it may raise, and dropped. A string is a comment. */
static be_status parse_bare(parser *p)
{
    be__arc_token at = p->token;
    if (at.kind == BE__ARC_TOKEN_STRING) {
        while (p->token.kind == BE__ARC_TOKEN_STRING) {
            TRY(advance(p));
        }
        return BE_OK;
    }
    if (p->n_scopes == 0) {
        return unexpected(p, "an import, a def or a constant");
    }
    TRY(parse_items(p, NULL, &at));
    if (at_sign(p, "=")) {
        return refuse(p, BE_EINVAL, &p->token,
                      "one name on the left; arc-dsl's form has no unpacking");
    }
    return emit(p, BE__OP_DROP, 0, &at, -1);
}

static be_status parse_simple(parser *p)
{
    be__arc_token at = p->token;
    if (at_word(p, "pass")) {
        return advance(p);
    }
    if (at_word(p, "return")) {
        if (p->n_scopes == 0) {
            return refuse(p, BE_EINVAL, &at, "'return' inside a function");
        }
        TRY(advance(p));
        if (p->token.kind == BE__ARC_TOKEN_NEWLINE || at_sign(p, ";")) {
            TRY(emit_value(p, BE__NONE, &at));
        } else {
            TRY(parse_items(p, NULL, &at));
        }
        return emit(p, BE__OP_RETURN, 0, &at, -1);
    }
    if (is_name(&p->token)) {
        bool assigned;
        be_status status = parse_named(p, &assigned);
        if (status || assigned) {
            return status;
        }
    } else if (find_word(&at) && !word_value(p) && !at_word(p, "lambda")) {
        return unexpected(p, "an assignment, a def or a return");
    }
    return parse_bare(p);
}

/* from dsl import *, import dsl: what they bring in is there anyway. */
static be_status parse_import(parser *p)
{
    static const char *const KNOWN[] = {"dsl", "constants", "arc_types", "typing", "__future__"};
    TRY(advance(p));
    bool known = false;
    for (size_t i = 0; i < BE__COUNT_OF(KNOWN); i++) {
        known |= at_word(p, KNOWN[i]);
    }
    if (!known) {
        return refuse(p, BE_EINVAL, &p->token,
                      "an import of dsl, constants, arc_types or typing; no other is looked at");
    }
    while (p->token.kind != BE__ARC_TOKEN_NEWLINE && !at_sign(p, ";")) {
        if (at_word(p, "as")) {
            return refuse(p, BE_EINVAL, &p->token, "an import without 'as'");
        }
        TRY(advance(p));
    }
    return BE_OK;
}

/* Simple statements on one line, up to and with its end. */
static be_status parse_line(parser *p)
{
    for (;;) {
        bool import = p->n_scopes == 0 && (at_word(p, "from") || at_word(p, "import"));
        TRY(import ? parse_import(p) : parse_simple(p));
        if (p->token.kind == BE__ARC_TOKEN_NEWLINE) {
            return advance(p);
        }
        if (!at_sign(p, ";")) {
            return unexpected(p, "the end of the line");
        }
        TRY(advance(p));
        if (p->token.kind == BE__ARC_TOKEN_NEWLINE) {
            return advance(p);
        }
    }
}

static be_status parse_statement(parser *p)
{
    if (p->token.kind == BE__ARC_TOKEN_INDENT) {
        return refuse(p, BE_EINVAL, &p->token, "no deeper indentation here");
    }
    return at_word(p, "def") ? parse_function(p) : parse_line(p);
}

/* ":" and the body. */
static be_status parse_body(parser *p)
{
    TRY(expect_sign(p, ":", "':' before the body"));
    if (p->token.kind != BE__ARC_TOKEN_NEWLINE) {
        return parse_line(p);
    }
    TRY(advance(p));
    if (p->token.kind != BE__ARC_TOKEN_INDENT) {
        return refuse(p, BE_EINVAL, &p->token, "an indented body");
    }
    TRY(advance(p));
    while (p->token.kind != BE__ARC_TOKEN_DEDENT) {
        TRY(parse_statement(p));
    }
    return advance(p);
}

/* "solve_67a3c6ac" is a program for task "67a3c6ac", and "solve" one for any; NULL for neither. */
static const char *task_of(const parser *p, const char *function)
{
    static const char *const PREFIXES[] = {"solve", "verify"};
    const char *task = NULL;
    for (size_t i = 0; i < BE__COUNT_OF(PREFIXES); i++) {
        size_t size = strlen(PREFIXES[i]);
        if (strncmp(function, PREFIXES[i], size) == 0) {
            task = function[size] == '_' ? function + size + 1 : function[size] ? task : "";
        }
    }
    if (p->entry) {
        return strcmp(function, p->entry) == 0 ? task ? task : "" : NULL;
    }
    return task;
}

/* Note a function of the text's own level: the last one of a name counts. */
static be_status bind_function(parser *p, uint32_t number, uint32_t function,
                               const be__arc_token *at)
{
    name *n = &NAMES(p)[number];
    n->bound = (binding){.op = BE__OP_FUNCTION, .arg = function};
    const char *task = task_of(p, n->text);
    if (!task) {
        return BE_OK;
    }
    const be__function *f = &FUNCTIONS(p)[function];
    if (f->n_params < 1 || f->n_params - f->n_defaults > 1) {
        return p->entry ? refuse(p, BE_EINVAL, at, "a program of one parameter, the input grid")
                        : BE_OK; /* a helper */
    }
    if (n->program == NONE) {
        TRY(grow(p, &p->programs, sizeof(be__program)));
        n->program = p->programs.n++;
    }
    ((be__program *)p->programs.items)[n->program] =
        (be__program){.name = n->text, .task = task, .function = function};
    return BE_OK;
}

static be_status parse_function(parser *p)
{
    TRY(advance(p));
    be__arc_token at = p->token;
    if (!is_name(&at)) {
        return unexpected(p, "the function's name");
    }
    uint32_t number, function = p->functions.n;
    TRY(intern(p, at.text, at.size, &number));
    TRY(advance(p));
    bool inner = p->n_scopes > 0;
    const char *text = NAMES(p)[number].text;
    TRY(inner ? begin_inner(p, text, &at) : open_scope(p, text, &at));
    TRY(expect_sign(p, "(", "'(' and the parameters"));
    TRY(parse_params(p, ")", true));
    TRY(expect_sign(p, ")", "',' or ')'"));
    if (at_sign(p, "->")) {
        TRY(advance(p));
        TRY(pass_annotation(p));
    }
    TRY(parse_body(p));
    TRY(emit_value(p, BE__NONE, &at)); /* for a body without a return */
    TRY(emit(p, BE__OP_RETURN, 0, &at, -1));
    TRY(close_scope(p));
    if (inner) {
        uint32_t slot;
        TRY(local_slot(p, number, &slot));
        return emit(p, BE__OP_STORE, slot, &at, -1);
    }
    return bind_function(p, number, function, &at);
}

/* ---- the whole text ------------------------------------------------------------------------- */

/* Names that no function resolved, and the places of inner functions, which have moved. */
static be_status resolve(parser *p)
{
    for (uint32_t i = 0; i < p->code.n; i++) {
        be__instruction *in = &CODE(p)[i];
        if (in->op == BE__OP_MAKE) {
            FUNCTIONS(p)[in->arg].begin = i + 1;
        }
        if (in->op == BE__OP_NAME) {
            binding b;
            TRY(bound(p, in->arg, &b));
            if (b.op == BE__OP_NAME) {
                return unknown_name(p, &NAMES(p)[in->arg], in->line, in->column);
            }
            in->op = b.op;
            in->arg = b.arg;
        }
    }
    return BE_OK;
}

static be_status parse_text(parser *p)
{
    TRY(advance(p));
    while (p->token.kind != BE__ARC_TOKEN_END) {
        TRY(parse_statement(p));
    }
    TRY(resolve(p));
    if (p->programs.n == 0) {
        return p->entry ? refuse(p, BE_EINVAL, &p->token, "a function %.80s", p->entry)
                        : refuse(p, BE_EINVAL, &p->token,
                                 "a function solve, solve_ID, verify or verify_ID");
    }
    return BE_OK;
}

be_status be__arc_parse(const char *text, size_t size, const char *entry, be_arena *keep,
                        const struct be_arc_programs **programs, be_error *error)
{
    if (size > BE__PARSE_BYTES_MAX) {
        return be_error_set(error, BE_ELIMIT, "a text of at most %d bytes", BE__PARSE_BYTES_MAX);
    }
    be_arena arena = *keep;
    struct be_arc_programs *result = be_arena_take(&arena, sizeof *result, _Alignof(max_align_t));
    parser p = {.arena = &arena, .error = error, .entry = entry};
    be__arc_lexer_init(&p.lexer, text, size, p.indents, error);
    if (!result) {
        return no_memory(&p);
    }
    TRY(parse_text(&p));
    *result = (struct be_arc_programs){.code = p.code.items,
                                       .functions = p.functions.items,
                                       .calls = p.calls.items,
                                       .key_names = p.key_names.items,
                                       .slot_names = p.slot_names.items,
                                       .values = p.values.items,
                                       .programs = p.programs.items,
                                       .dead = p.dead.items,
                                       .n_code = p.code.n,
                                       .n_functions = p.functions.n,
                                       .n_programs = p.programs.n};
    *keep = arena;
    *programs = result;
    return BE_OK;
}
