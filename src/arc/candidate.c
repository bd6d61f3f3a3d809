/* candidate.c: the enumeration of candidates, and the walk over them.
 *
 * Candidate i is i in base BE__STEPS, most significant digit first. The first eight steps are the
 * symmetries of the square in the order of ops.def: step 4m + r transposes m times, then turns
 * clockwise r times. As transposing after r turns is turning back r times after transposing,
 *
 *     (m, r) then (n, s)  =  (m + n mod 2,  s + r mod 4)  if n = 0
 *                            (m + n mod 2,  s - r mod 4)  if n = 1
 *
 * which is how neighbouring symmetries become one.
 */
#include "arc/candidate.h"

#include <stdio.h>
#include <string.h>

enum { SYMMETRIES = 8 };

static unsigned symmetry_then(unsigned first, unsigned second)
{
    unsigned turns = second % 4 + (second < 4 ? first % 4 : 4 - first % 4);
    return ((first / 4) ^ (second / 4)) * 4 + turns % 4;
}

/* Append a step, keeping the form canonical. */
static void append(be__program *program, unsigned step)
{
    if (step < SYMMETRIES && program->length > 0 &&
        program->step[program->length - 1] < SYMMETRIES) {
        step = symmetry_then(program->step[--program->length], step);
        program->step[program->length] = 0;
    }
    if (step != 0) {
        program->step[program->length++] = (uint8_t)step;
    }
}

be__program be__program_of(size_t candidate)
{
    be__program program = {0};
    append(&program, (unsigned)(candidate / (BE__STEPS * BE__STEPS)));
    append(&program, (unsigned)(candidate / BE__STEPS % BE__STEPS));
    append(&program, (unsigned)(candidate % BE__STEPS));
    return program;
}

size_t be_arc_candidates(void)
{
    return BE__CANDIDATES;
}

void be_arc_describe(size_t candidate, char words[BE_ARC_WORDS_SIZE])
{
    be__program program = be__program_of(candidate);
    int at = snprintf(words, BE_ARC_WORDS_SIZE, "%s", program.length ? "" : be__steps[0].name);
    for (unsigned i = 0; i < program.length; i++) {
        const be__step *s = &be__steps[program.step[i]];
        char arguments[3][16] = {""};
        snprintf(arguments[1], sizeof arguments[1], "(%u)", s->a);
        snprintf(arguments[2], sizeof arguments[2], "(%u,%u)", s->a, s->b);
        at += snprintf(words + at, (size_t)(BE_ARC_WORDS_SIZE - at), "%s%s%s", i ? " > " : "",
                       s->name, arguments[s->arity]);
    }
}

bool be_arc_apply(size_t candidate, const be_grid *in, be_grid *out)
{
    be__walk walk;
    be__walk_start(&walk, in);
    be__program program = be__program_of(candidate);
    const be_grid *result = be__walk_run(&walk, &program);
    if (result) {
        memcpy(out, result, be__grid_bytes(result));
    }
    return result != NULL;
}

void be__walk_start(be__walk *walk, const be_grid *input)
{
    walk->input = input;
    walk->program = (be__program){0};
}

const be_grid *be__walk_run(be__walk *walk, const be__program *program)
{
    unsigned k = 0;
    while (k < program->length && program->step[k] == walk->program.step[k]) {
        k++; /* stops at the last program's end: past it are zeros, which no program has */
    }
    for (; k < program->length; k++) {
        const be_grid *before = k ? &walk->after[k - 1] : walk->input;
        walk->gave[k] = (k == 0 || walk->gave[k - 1]) &&
                        be__step_run(program->step[k], before, &walk->after[k]);
    }
    walk->program = *program;
    if (program->length == 0) {
        return walk->input;
    }
    return walk->gave[program->length - 1] ? &walk->after[program->length - 1] : NULL;
}
