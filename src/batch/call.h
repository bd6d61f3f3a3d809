/* batch/call.h: one call of be_for, seen from the thread that called it. */
#ifndef BE__BATCH_CALL_H
#define BE__BATCH_CALL_H

#include "batch/engine.h"

/* Whether this call is run to learn what helpers cost one another at its site. */
enum be__trial {
    BE__NO_TRIAL,
    BE__TRIAL_ALONE,    /* no helpers, though they seem to pay */
    BE__TRIAL_EIGHTH,   /* none for the first eighth */
    BE__TRIAL_TOGETHER, /* helpers, though they seem not to pay */
};

/* The caller's view of its own loop. */
struct be__call {
    struct be__job *job;
    be_worker worker;
    const be_site *site;
    const be_force *force; /* NULL: decide */
    be_reason reason;
    unsigned invited;
    bool cold;   /* one of the guests was asleep when invited */
    bool around; /* this thread called another loop from inside the body */
    uint64_t start;
    uint64_t invited_at;  /* when the first guests were invited; 0: none */
    uint64_t busy_before; /* the caller's busy ticks by then */
    uint64_t waited;      /* ticks lost in waking and waiting */
    double sequential;    /* ticks the loop should take alone; 0: not known */
    double predicted;     /* ... as it was decided to run it */
    enum be__trial trial;
    uint64_t alone_busy, alone_units; /* clean, of what was done before anybody was invited */
    double alone_dearest;
    unsigned wakes, uninvited, rescues;
};

/* share.c */
void be__share_init(struct be__share *share, uint64_t begin, uint64_t end);
/* Units in a range word, and in a share now. */
uint64_t be__units_of(uint64_t range);
uint64_t be__rest_of(struct be__share *share);
/* Take [*begin, *end) from the front; a unit is expected to cost `cost` ticks, 0: not known. */
bool be__claim(const struct be__job *job, struct be__share *share, double cost, uint64_t *begin,
               uint64_t *end);
/* Take up to `want` units from the back, from *begin on; returns how many. */
uint64_t be__cut(struct be__share *share, uint64_t want, uint64_t *begin);
/* Move the upper half of the largest other share into one's own, which is empty, unless at `cost`
 * ticks a unit (0: not known) that is not worth the trip. */
bool be__steal(struct be__job *job, struct be__share *own, double cost);
/* Run units [begin, end), the clock being at `start`; returns the clock after it, and sets *cost to
 * what a unit of it cost. */
uint64_t be__run(struct be__job *job, struct be__share *share, be_worker *worker, uint64_t begin,
                 uint64_t end, uint64_t start, double *cost);
/* Cancelled, or past the deadline. */
bool be__stopped(struct be__job *job);

/* invite.c */
/* How many helpers, up to `most`, a rest of `work` ticks repays. */
unsigned be__worth(double work, double overhead, double inflation, unsigned most);
/* Of handing over to a helper that sleeps, or is still to be made; ticks. */
double be__cold_cost(be_engine *engine);
/* Invite helpers for the rest of the loop, at `cost` ticks a unit, giving `pays` as the reason. */
void be__invite_if_it_pays(struct be__call *call, double cost, be_reason pays);
void be__invite_as_told(struct be__call *call);

/* outcome.c */
struct be__outcome {
    uint64_t ticks;        /* wall */
    uint64_t busy, helped; /* all bodies; of them, the guests' */
    uint64_t helped_real;  /* of that, on the CPU */
    uint64_t lost; /* of the caller's body time, off the CPU; not of a loop around another */
    uint64_t units;
    uint64_t clean_busy, clean_units;
    uint64_t largest;
    double dearest;
    unsigned used;
    uint64_t claims, steals;
    size_t done;
    bool failed; /* an item did, rather than that the loop was stopped */
    be_status status;
};

struct be__outcome be__sum_up(struct be__call *call);
void be__learn(struct be__call *call, const struct be__outcome *out);
/* The same after one call of the body over n items, which took `ticks`; clean: on the CPU. */
void be__learn_alone(be_engine *engine, struct be__site_state *site, size_t n, uint64_t ticks,
                     bool clean);
/* After a call from `start` on, in which helpers took part or not. */
void be__warm_up(be_engine *engine, uint64_t start, uint64_t ticks, bool helped);
/* To the tracer, and as a decision. */
void be__report(struct be__call *call, const struct be__outcome *out, uint64_t number);

#endif
