/* battery.c: programs that are much alike, on the same pairs: one graph of what their lines do.
 *
 * A straight-line program is read once with nodes for values: a line is a node, which is what is
 * called and with what, by numbers of nodes; and a node that is there already, from whatever
 * program, is not made again. For each pair a node has at most one value, worked out when a program
 * first gets there, in the order of its lines; with it stays the fuel that took, so that a program
 * is charged what it would have paid alone.
 *
 * Two equal lines of one program are one node, unless a function may come of them: Python makes a
 * new one each time, equal to none but itself.
 *
 * What is no straight line, and what meets a limit of memory, is run by the plain evaluator.
 */
#include "arc/output.h"
#include "arc/plain.h"
#include "arc/prims.h"
#include "arc/program.h"

#include <breakeven/arc.h>

#include <string.h>

enum {
    NODES_MAX = 1 << 14, /* the graph is forgotten beyond */
    LINKS_MAX = 4 * NODES_MAX,
    SLOTS = 2 * NODES_MAX,
    CODE_MAX = 2048, /* instructions of a program; longer ones run alone */
    WORK_MAX = 2 * CODE_MAX
};

typedef enum node_kind {
    NODE_INPUT,
    NODE_VALUE, /* a constant or a primitive */
    NODE_EMPTY, /* a variable before anything was stored in it */
    NODE_TUPLE, /* of its links */
    NODE_CALL   /* of its first link with the others */
} node_kind;

typedef struct node {
    uint64_t hash;
    be__value value; /* of a constant */
    uint32_t links;  /* links[links, links + n) */
    uint16_t n;
    uint8_t kind;
    uint32_t seen; /* the last program that used it, by its number */
} node;

/* What a node is on a pair. */
typedef struct memo {
    be__value value; /* 0: it raised, or is not known */
    uint64_t fuel;   /* taken to work it out */
    uint8_t error;   /* why it raised */
    bool known;
    int8_t met;        /* is it the pair's output? -1: not known */
    int16_t prim;      /* in which it raised, or -1 */
    be_hash128 output; /* of what a program that returns it gives, once met is known */
} memo;

typedef struct place {
    be__machine m;
    memo *memo; /* [room] */
    be__value input;
} place;

/* A line of the program in hand. */
typedef struct program_step {
    uint32_t node;
    uint32_t line;
    uint32_t column;
} program_step;

struct be_arc_battery {
    const be_allocator *allocator;
    be_arc_settings settings;
    be_arc_runner *alone;
    const be_arc_example *examples;
    size_t n_pairs;
    place *pairs;

    uint32_t n_nodes, n_links;
    node nodes[NODES_MAX];
    uint32_t links[LINKS_MAX];
    uint32_t table[SLOTS]; /* 1 + number of a node, by hash; 0: none */

    /* The program in hand. */
    uint32_t serial;
    uint32_t n_steps;
    program_step steps[CODE_MAX]; /* its lines, in their order */
    uint32_t work[WORK_MAX];      /* its slots, then its stack: numbers of nodes */
    uint32_t result;              /* the node that it returns */

    be_arc_battery_info info;
};

/* ---- the graph ------------------------------------------------------------------------------ */

/* Forget all nodes and values. */
static void flush(be_arc_battery *b)
{
    b->n_nodes = b->n_links = 0;
    memset(b->table, 0, sizeof b->table);
    for (size_t k = 0; k < b->n_pairs; k++) {
        const be_arc_grid *input = &b->examples[k].input;
        be__machine *m = &b->pairs[k].m;
        be__machine_reset(m);
        m->fuel = UINT64_MAX; /* the input is no step of a program */
        b->pairs[k].input = be__grid_from_bytes(m, input->cells, input->rows, input->columns);
    }
}

/* Is there room for another program's nodes and values? */
static bool has_room(const be_arc_battery *b)
{
    if (b->n_nodes + CODE_MAX > NODES_MAX || b->n_links + 2 * CODE_MAX > LINKS_MAX) {
        return false;
    }
    for (size_t k = 0; k < b->n_pairs; k++) {
        const be__machine *m = &b->pairs[k].m;
        if (m->end - m->cursor < m->cursor - m->memory) {
            return false;
        }
    }
    return true;
}

static uint64_t mix(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return sum ^ sum >> 29;
}

static uint64_t hash_node(node_kind kind, be__value value, const uint32_t *links, uint32_t n)
{
    uint64_t sum = mix(kind + 1, value);
    for (uint32_t i = 0; i < n; i++) {
        sum = mix(sum, links[i]);
    }
    return sum;
}

static bool is_same(const be_arc_battery *b, const node *known, node_kind kind, be__value value,
                    const uint32_t *links, uint32_t n)
{
    return known->kind == kind && known->value == value && known->n == n &&
           memcmp(b->links + known->links, links, n * sizeof *links) == 0;
}

/* May a function come of this call that is equal to none made before? */
static bool makes_functions(const be_arc_battery *b, uint32_t callee)
{
    static const bool MAKES[BE__PRIMS] = {
        [BE__PRIM_rbind] = true,   [BE__PRIM_lbind] = true,  [BE__PRIM_compose] = true,
        [BE__PRIM_chain] = true,   [BE__PRIM_fork] = true,   [BE__PRIM_matcher] = true,
        [BE__PRIM_power] = true,   [BE__PRIM_apply] = true,  [BE__PRIM_rapply] = true,
        [BE__PRIM_mapply] = true,  [BE__PRIM_papply] = true, [BE__PRIM_mpapply] = true,
        [BE__PRIM_prapply] = true, [BE__PRIM_valmax] = true, [BE__PRIM_valmin] = true};
    const node *f = &b->nodes[callee];
    return f->kind != NODE_VALUE || be__tag(f->value) != BE__PRIM || MAKES[be__prim_of(f->value)];
}

/* The number of a node, made unless it is there. */
static uint32_t find_node(be_arc_battery *b, node_kind kind, be__value value, const uint32_t *links,
                          uint32_t n)
{
    uint64_t hash = hash_node(kind, value, links, n);
    bool once = kind == NODE_CALL && makes_functions(b, links[0]);
    uint32_t slot = (uint32_t)(hash >> 32);
    for (; b->table[slot % SLOTS]; slot++) {
        uint32_t i = b->table[slot % SLOTS] - 1;
        node *known = &b->nodes[i];
        if (known->hash == hash && is_same(b, known, kind, value, links, n) &&
            !(once && known->seen == b->serial)) {
            known->seen = b->serial;
            return i;
        }
    }
    uint32_t i = b->n_nodes++;
    b->table[slot % SLOTS] = i + 1;
    b->nodes[i] = (node){.hash = hash,
                         .value = value,
                         .links = b->n_links,
                         .n = (uint16_t)n,
                         .kind = (uint8_t)kind,
                         .seen = b->serial};
    memcpy(b->links + b->n_links, links, n * sizeof *links);
    b->n_links += n;
    for (size_t k = 0; k < b->n_pairs; k++) {
        b->pairs[k].memo[i] = (memo){.met = -1, .prim = -1};
    }
    return i;
}

/* ---- reading a program ---------------------------------------------------------------------- */

static void add_step(be_arc_battery *b, uint32_t number, const be__instruction *in)
{
    b->steps[b->n_steps++] = (program_step){number, in->line, in->column};
}

/* Read the program into steps; false when it is no straight line of calls, or too long. */
static bool read_program(be_arc_battery *b, const be_arc_programs *programs, size_t program)
{
    const be__function *f = &programs->functions[programs->programs[program].function];
    if (!f->simple || f->n_params != 1 || f->size > CODE_MAX || f->n_slots + f->stack > WORK_MAX) {
        return false;
    }
    if (!has_room(b)) {
        flush(b);
        b->info.flushes++;
    }
    b->serial++;
    b->n_steps = 0;
    uint32_t *slots = b->work, *stack = b->work + f->n_slots; /* grows upwards */
    for (uint32_t i = 0; i < f->n_slots; i++) {
        slots[i] = UINT32_MAX;
    }
    slots[0] = find_node(b, NODE_INPUT, 0, b->work, 0);
    uint32_t n_dead = b->settings.pruned ? f->n_dead : 0;
    const be__dead *dead = n_dead > 0 ? programs->dead + f->dead : NULL;
    const be__instruction *code = programs->code + f->begin;
    for (const be__instruction *in = code;; in++) {
        for (; n_dead > 0 && in == code + dead[n_dead - 1].begin; n_dead--) {
            in += dead[n_dead - 1].size;
        }
        switch ((be__op)in->op) {
        case BE__OP_VALUE:
            *stack++ = find_node(b, NODE_VALUE, programs->values[in->arg], b->work, 0);
            break;
        case BE__OP_LOCAL:
            if (slots[in->arg] == UINT32_MAX) {
                slots[in->arg] = find_node(b, NODE_EMPTY, 0, b->work, 0);
                add_step(b, slots[in->arg], in);
            }
            *stack++ = slots[in->arg];
            break;
        case BE__OP_TUPLE:
            stack -= in->arg;
            *stack = find_node(b, NODE_TUPLE, 0, stack, in->arg);
            add_step(b, *stack++, in);
            break;
        case BE__OP_CALL:
            stack -= in->arg + 1;
            *stack = find_node(b, NODE_CALL, 0, stack, in->arg + 1);
            add_step(b, *stack++, in);
            break;
        case BE__OP_STORE:
            slots[in->arg] = *--stack;
            break;
        case BE__OP_DROP:
            stack--;
            break;
        case BE__OP_RETURN:
            b->result = *--stack;
            return true;
        default:
            return false;
        }
    }
}

/* ---- working it out ------------------------------------------------------------------------- */

static be__value run_node(be_arc_battery *b, place *p, const node *n)
{
    be__value args[UINT8_MAX + 1];
    const uint32_t *links = b->links + n->links;
    for (uint32_t i = 0; i < n->n; i++) {
        args[i] = p->memo[links[i]].value;
    }
    if (n->kind == NODE_CALL) {
        return be__arc_call(&p->m, args[0], args + 1, n->n - 1u);
    }
    if (n->kind == NODE_TUPLE) {
        return be__charge(&p->m, 1) ? be__tuple(&p->m, args, n->n) : BE__RAISED;
    }
    return n->kind == NODE_INPUT   ? p->input
           : n->kind == NODE_VALUE ? n->value
                                   : be__raise(&p->m, BE__UNBOUND_ERROR);
}

static memo *work_out(be_arc_battery *b, place *p, uint32_t number)
{
    memo *m = &p->memo[number];
    if (!m->known) {
        be__machine_refuel(&p->m);
        m->value = run_node(b, p, &b->nodes[number]);
        m->fuel = p->m.limits.fuel - p->m.fuel;
        m->error = (uint8_t)p->m.error;
        m->prim = (int16_t)p->m.error_prim;
        m->known = true;
        b->info.evaluations++;
    }
    return m;
}

/* Constants and inputs are no steps, but must be known to those that are. */
static void know_links(be_arc_battery *b, place *p, uint32_t number)
{
    const node *n = &b->nodes[number];
    for (uint32_t i = 0; i < n->n; i++) {
        uint32_t link = b->links[n->links + i];
        if (b->nodes[link].kind <= NODE_VALUE) {
            memo *m = &p->memo[link];
            m->value = b->nodes[link].kind == NODE_INPUT ? p->input : b->nodes[link].value;
            m->known = true;
        }
    }
}

/* Run the program in hand on a pair: *end is the step that raised, or n_steps. False where it met a
 * limit that a run alone would meet elsewhere, or not at all. */
static bool run_steps(be_arc_battery *b, place *p, uint64_t *fuel, uint32_t *end)
{
    uint64_t left = b->settings.fuel;
    for (*end = 0; *end < b->n_steps; ++*end) {
        uint32_t number = b->steps[*end].node;
        b->info.asked++;
        if (!p->memo[number].known) {
            know_links(b, p, number);
        }
        const memo *m = work_out(b, p, number);
        if (m->fuel > left || m->error == BE__FUEL_ERROR || m->error == BE__BYTES_ERROR) {
            return false;
        }
        left -= m->fuel;
        if (!m->value) {
            break;
        }
    }
    *fuel = b->settings.fuel - left;
    return true;
}

/* Run the program in hand on pair k, but for its output. False: it must be run alone. *returned is
 * what it returns, or NULL where it raised, and the result says why. */
static bool run_shared(be_arc_battery *b, size_t k, be_arc_result *result, memo **returned)
{
    place *p = &b->pairs[k];
    uint32_t end;
    *result = (be_arc_result){0};
    *returned = NULL;
    if (!p->input || !run_steps(b, p, &result->fuel, &end)) {
        return false;
    }
    if (end == b->n_steps) {
        *returned = work_out(b, p, b->result); /* a step, a constant, or the input */
        return true;
    }
    const memo *m = &p->memo[b->steps[end].node];
    result->line = b->steps[end].line;
    result->column = b->steps[end].column;
    result->error = be__error_name((be__error_class)m->error);
    result->primitive = m->prim < 0 ? NULL : be__prims[m->prim].name;
    return true;
}

static be_status run_alone(be_arc_battery *b, const be_arc_programs *programs, size_t program,
                           size_t k, be_arc_result *result)
{
    b->info.alone++;
    be_status status =
        b->alone ? BE_OK : be_arc_runner_create(&b->settings, b->allocator, &b->alone);
    if (status == BE_OK) {
        be_arc_run(b->alone, programs, program, &b->examples[k].input, result);
    }
    return status;
}

/* The output that a value is, in memory that is free again; "not a grid" for none. */
static void read_output(be__machine *m, be__value value, be_arc_result *result)
{
    unsigned char *before = m->cursor;
    uint64_t kept = m->kept;
    be__machine_refuel(m);
    if (!be__arc_output(m, value, result)) {
        result->error = m->error ? be__error_name(m->error) : "not a grid";
    }
    if (m->kept == kept) {
        m->cursor = before;
    }
}

be_status be_arc_battery_run(be_arc_battery *battery, const be_arc_programs *programs,
                             size_t program, size_t pair, be_arc_result *result)
{
    memo *returned;
    if (!read_program(battery, programs, program) ||
        !run_shared(battery, pair, result, &returned)) {
        return run_alone(battery, programs, program, pair, result);
    }
    if (returned) {
        read_output(&battery->pairs[pair].m, returned->value, result);
    }
    return BE_OK;
}

/* ---- trials --------------------------------------------------------------------------------- */

static be_hash128 hash_result(const be_arc_result *result)
{
    if (!result->cells) {
        return be_hash(result->error, strlen(result->error));
    }
    be_hash128 cells =
        be_hash(result->cells, (size_t)result->rows * result->columns * sizeof *result->cells);
    const uint64_t words[] = {cells.low, cells.high, result->rows, result->columns};
    return be_hash(words, sizeof words);
}

/* Pair k: is it met, what was given, what did it cost. */
static be_status try_pair(be_arc_battery *b, const be_arc_programs *programs, size_t program,
                          bool straight, size_t k, bool *met, be_hash128 *output, uint64_t *fuel)
{
    be_arc_result result;
    memo *returned = NULL;
    if (!straight || !run_shared(b, k, &result, &returned)) {
        be_status status = run_alone(b, programs, program, k, &result);
        if (status) {
            return status;
        }
    }
    *fuel = result.fuel;
    if (!returned) {
        *met = be_arc_result_is(&result, &b->examples[k].output);
        *output = hash_result(&result);
        return BE_OK;
    }
    if (returned->met < 0) {
        read_output(&b->pairs[k].m, returned->value, &result);
        returned->met = be_arc_result_is(&result, &b->examples[k].output);
        returned->output = hash_result(&result);
    }
    *met = returned->met;
    *output = returned->output;
    return BE_OK;
}

be_status be_arc_battery_try(be_arc_battery *battery, const be_arc_programs *programs,
                             size_t program, bool early, be_arc_trial *trial)
{
    be_arc_trial t = {0};
    bool straight = read_program(battery, programs, program), met = true;
    for (size_t k = 0; k < battery->n_pairs && (met || !early); k++) {
        be_hash128 output;
        uint64_t fuel;
        be_status status = try_pair(battery, programs, program, straight, k, &met, &output, &fuel);
        if (status) {
            return status;
        }
        const be_hash128 both[] = {t.behaviour, output};
        t.behaviour = be_hash(both, sizeof both);
        t.fuel += fuel;
        t.met += met;
        t.tried++;
    }
    *trial = t;
    return BE_OK;
}

void be_arc_battery_describe(const be_arc_battery *battery, be_arc_battery_info *info)
{
    *info = battery->info;
    info->nodes = battery->n_nodes;
}

/* ---- making one ----------------------------------------------------------------------------- */

static bool make_pair(be_arc_battery *b, place *p)
{
    const be_arc_settings *s = &b->settings;
    void *memory = be__allocate(b->allocator, 1, s->bytes);
    p->memo = be__allocate(b->allocator, NODES_MAX, sizeof *p->memo);
    if (!memory || !p->memo) {
        be__release(b->allocator, memory, 1, s->bytes);
        return false;
    }
    be__machine_init(&p->m, memory, s->bytes,
                     &(be__limits){.fuel = s->fuel, .depth = s->depth, .items = s->items});
    p->m.order = s->order == BE_ARC_ORDER_SORTED ? BE__ORDER_SORTED : BE__ORDER_CPYTHON;
    return true;
}

be_status be_arc_battery_create(const be_arc_settings *settings, const be_arc_example *pairs,
                                size_t n, const be_allocator *allocator, be_arc_battery **battery)
{
    be_arc_battery *b = be__allocate(allocator, 1, sizeof *b);
    place *all = be__allocate_zeroed(allocator, n, sizeof *all);
    if (!b || !all) {
        be__release(allocator, b, 1, sizeof *b);
        be__release(allocator, all, n, sizeof *all);
        return BE_ENOMEM;
    }
    b->allocator = allocator;
    b->settings = settings ? *settings : be_arc_settings_default;
    b->alone = NULL;
    b->examples = pairs;
    b->pairs = all;
    b->n_pairs = n;
    b->serial = 0;
    b->info = (be_arc_battery_info){0};
    for (size_t k = 0; k < n; k++) {
        if (!make_pair(b, &all[k])) {
            be_arc_battery_destroy(b);
            return BE_ENOMEM;
        }
    }
    flush(b);
    *battery = b;
    return BE_OK;
}

void be_arc_battery_destroy(be_arc_battery *battery)
{
    if (!battery) {
        return;
    }
    for (size_t k = 0; k < battery->n_pairs; k++) {
        place *p = &battery->pairs[k];
        be__release(battery->allocator, p->m.memory, 1, battery->settings.bytes);
        be__release(battery->allocator, p->memo, NODES_MAX, sizeof *p->memo);
    }
    be_arc_runner_destroy(battery->alone);
    be__release(battery->allocator, battery->pairs, battery->n_pairs, sizeof *battery->pairs);
    be__release(battery->allocator, battery, 1, sizeof *battery);
}
