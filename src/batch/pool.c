/* pool.c: the helpers: started when first wanted, found by mail, asleep when nobody needs them.
 *
 *   a place in a mailbox:  0 --invite--> job --accept--> job|1 --release--> 0
 *                                         '--un-invite--> 0
 *
 * An inviter writes the mailbox and then looks whether the party sleeps; a party that wants to
 * sleep says so and then looks into its mailbox. Both do it in sequentially consistent order, so at
 * least one of them sees the other: no invitation is slept through. The same holds for a caller
 * that sleeps in its join and the guest that releases the last mailbox.
 *
 * A helper spins about as long as waking it would cost, so that it never pays more than twice what
 * foresight would have paid; when nothing came three times in a row it spins an eighth of that.
 */
#include <signal.h>
#include <string.h>

#include "batch/engine.h"
#include "batch/learn.h"
#include "batch/schedule_fuzz.h"
#include "os/clock.h"
#include "os/park.h"
#include "os/rseq.h"

enum { IDLE_SPINS = 3, SHORT_SPIN = 8 };

void be__pool_wake(struct be__party *party)
{
    BE__YIELD();
    atomic_fetch_add_explicit(&party->epoch, 1, memory_order_seq_cst);
    be__unpark(&party->epoch);
}

bool be__pool_notify(struct be__party *party)
{
    BE__YIELD();
    if (atomic_load_explicit(&party->state, memory_order_seq_cst) != BE__PARKED) {
        return false;
    }
    be__pool_wake(party);
    return true;
}

void be__pool_park(struct be__party *party, bool (*ready)(const void *), const void *what)
{
    uint32_t epoch = atomic_load_explicit(&party->epoch, memory_order_seq_cst);
    BE__YIELD();
    /* An exchange where a store would do: QEMU lets a store of this order be overtaken by the load
     * that follows, and its users' helpers slept for ever. */
    atomic_exchange_explicit(&party->state, BE__PARKED, memory_order_seq_cst);
    BE__YIELD();
    if (BE__PLANTED(BE__PLANT_LOST_WAKE) || !ready(what)) {
        be__park(&party->epoch, epoch);
    }
}

/* ---- the helper's side ---- */

static bool is_wanted(const void *what)
{
    const struct be__party *party = what;
    return be__pool_has_mail(party) ||
           atomic_load_explicit(&party->engine->quit, memory_order_seq_cst);
}

static void look(struct be__party *self)
{
    be__account_mark(self->engine->tracer, BE_STATE_SPIN);
    atomic_store_explicit(&self->cpu, be__cpu_id(), memory_order_relaxed);
    atomic_store_explicit(&self->state, BE__LOOKING, memory_order_seq_cst);
}

uint64_t be__pool_patience(be_engine *engine)
{
    double cold = atomic_load_explicit(&engine->cold, memory_order_relaxed);
    double most = engine->start_cost * BE__SPIN_NS / BE__START_NS;
    return (uint64_t)(cold < most ? cold : most);
}

/* Until there is mail or the engine ends. */
static void wait_for_mail(struct be__party *self)
{
    be_engine *engine = self->engine;
    uint32_t idle = atomic_load_explicit(&self->idle_spins, memory_order_relaxed);
    /* Next to its last caller, on one CPU, it would only be in the way. */
    bool crowded = atomic_load_explicit(&self->avoids, memory_order_relaxed) == BE__NEXT_TO_CALLER;
    bool slept = false;
    uint64_t patience =
        crowded ? 0 : be__pool_patience(engine) / (idle >= IDLE_SPINS ? SHORT_SPIN : 1);
    look(self);
    uint64_t start = be__ticks();
    while (!is_wanted(self)) {
        if (be__ticks() - start <= patience) {
            be__relax();
            continue;
        }
        slept = true;
        atomic_fetch_add_explicit(&self->idle_spins, 1, memory_order_relaxed);
        atomic_fetch_sub_explicit(&engine->n_awake, 1, memory_order_relaxed);
        be__account_mark(engine->tracer, BE_STATE_PARKED);
        be__pool_park(self, is_wanted, self);
        be__party_anchor(self);
        atomic_fetch_add_explicit(&engine->n_awake, 1, memory_order_relaxed);
        look(self);
        patience = be__pool_patience(engine);
        start = be__ticks();
    }
    if (!slept) {
        atomic_store_explicit(&self->idle_spins, 0, memory_order_relaxed);
    }
}

bool be__pool_take_mail(struct be__party *self, const struct be__job *within)
{
    _Atomic uintptr_t *place = &self->mail[0];
    uintptr_t mail = 0;
    for (unsigned i = 0; i < BE__LETTERS && mail == 0; i++) {
        place = &self->mail[i];
        mail = atomic_load_explicit(place, memory_order_relaxed);
    }
    BE__YIELD();
    /* acquire: pairs with the release half of the inviter's exchange, which publishes the job */
    if (mail == 0 ||
        !atomic_compare_exchange_strong_explicit(place, &mail, mail | BE__ACCEPTED,
                                                 memory_order_acq_rel, memory_order_relaxed)) {
        return false;
    }
    uint32_t before = atomic_load_explicit(&self->state, memory_order_relaxed);
    atomic_store_explicit(&self->state, BE__AWAY, memory_order_relaxed);
    struct be__job *job = (struct be__job *)mail;
    struct be__party *owner = atomic_load_explicit(&job->owner, memory_order_relaxed);
    be__loop_join_in(job, self, within);
    /* From the next store on the job may be gone. Sequentially consistent, for be__pool_notify. */
    BE__YIELD();
    atomic_store_explicit(place, 0, memory_order_seq_cst);
    be__pool_notify(owner);
    if (BE__PLANTED(BE__PLANT_RETURNED_JOB)) {
        BE__JOB_CHECK(job);
    }
    atomic_store_explicit(&self->state, before, memory_order_seq_cst);
    return true;
}

static void *helper_main(void *argument)
{
    struct be__party *self = argument;
    be__trace_worker(self->number);
    be__party_anchor(self);
    atomic_store_explicit(&self->witness, be__witness_word(), memory_order_relaxed);
    atomic_store_explicit(&self->thread_id, be__thread_id(), memory_order_release);
    atomic_fetch_add_explicit(&self->engine->n_awake, 1, memory_order_relaxed);
    for (;;) {
        wait_for_mail(self);
        if (atomic_load_explicit(&self->engine->quit, memory_order_acquire)) {
            return NULL;
        }
        be__pool_take_mail(self, NULL);
    }
}

/* ---- the engine's side ---- */

/* The word is zero in the child of a fork: the helpers exist in the parent only, and a lock may be
 * held by a thread that does not exist here. */
void be__pool_check_process(be_engine *engine)
{
    enum { CHILD, ALIVE, MENDING };
    uint32_t word = __atomic_load_n(engine->process, __ATOMIC_ACQUIRE);
    if (BE__LIKELY(word == ALIVE)) {
        return;
    }
    word = CHILD;
    if (__atomic_compare_exchange_n(engine->process, &word, MENDING, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
        pthread_mutex_init(&engine->lock, NULL);
        pthread_mutex_init(&engine->pool_lock, NULL);
        for (unsigned i = 0; i < BE__PARTIES_PER_LOOP - 1; i++) {
            atomic_store_explicit(&engine->helper[i], NULL, memory_order_relaxed);
        }
        atomic_store_explicit(&engine->n_helpers, 0, memory_order_relaxed);
        atomic_store_explicit(&engine->n_awake, 0, memory_order_relaxed);
        __atomic_store_n(engine->process, ALIVE, __ATOMIC_RELEASE);
    }
    while (__atomic_load_n(engine->process, __ATOMIC_ACQUIRE) != ALIVE) {
        be__relax();
    }
}

/* While another thread looks for the first time, a loop gets along on its own. */
static unsigned workers_known(be_engine *engine)
{
    unsigned workers = atomic_load_explicit(&engine->workers, memory_order_relaxed);
    return workers ? workers : 1;
}

unsigned be__pool_check_workers(be_engine *engine)
{
    uint64_t now = be__ticks();
    uint64_t checked = atomic_load_explicit(&engine->checked, memory_order_relaxed);
    double ticks_per_second = 1e9 / be__ns_per_tick();
    if ((checked && (double)(int64_t)(now - checked) < ticks_per_second) ||
        pthread_mutex_trylock(&engine->pool_lock) != 0) {
        return workers_known(engine);
    }
    be__thread_mask mask;
    engine->affinity = be__process_mask(&mask);
    if (memcmp(&mask, &engine->mask, sizeof mask) != 0) {
        engine->mask = mask;
        for (unsigned i = 0; i < BE__PARTIES_PER_LOOP - 1; i++) {
            struct be__party *party =
                atomic_load_explicit(&engine->helper[i], memory_order_acquire);
            if (party) {
                atomic_store_explicit(&party->avoids, BE__NOT_MOVED, memory_order_relaxed);
            }
        }
    }
    engine->quota_cpus = be__quota_read(&engine->quota);
    unsigned workers = engine->affinity;
    engine->limit = BE_LIMIT_AFFINITY;
    if (engine->quota_cpus > 0 && engine->quota_cpus < workers) {
        workers = engine->quota_cpus < 1 ? 1 : (unsigned)engine->quota_cpus;
        engine->limit = BE_LIMIT_QUOTA;
    }
    if (engine->config_workers) {
        workers = engine->config_workers;
        engine->limit = BE_LIMIT_CONFIG;
    }
    if (workers > BE__PARTIES_PER_LOOP) {
        workers = BE__PARTIES_PER_LOOP;
    }
    atomic_store_explicit(&engine->workers, workers, memory_order_relaxed);
    atomic_store_explicit(&engine->checked, now ? now : 1, memory_order_relaxed);
    pthread_mutex_unlock(&engine->pool_lock);
    return workers;
}

static struct be__party *start_helper(be_engine *engine, unsigned number)
{
    struct be__party *party = be__party_lease(engine);
    if (!party) {
        return NULL;
    }
    party->number = number;
    be__witness_available();
    /* Signals are the program's own threads' business, but for the faults of the body itself. */
    sigset_t all, before;
    sigfillset(&all);
    static const int own_faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
    for (size_t i = 0; i < BE__COUNT_OF(own_faults); i++) {
        sigdelset(&all, own_faults[i]);
    }
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(&party->thread, NULL, helper_main, party);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure) {
        engine->no_thread_until = be__ticks() + (uint64_t)(1e9 / be__ns_per_tick());
        be__party_return(party);
        return NULL;
    }
    return party;
}

struct be__party *be__pool_helper(be_engine *engine, unsigned index, bool create)
{
    struct be__party *party = atomic_load_explicit(&engine->helper[index], memory_order_acquire);
    if (party || !create || pthread_mutex_trylock(&engine->pool_lock) != 0) {
        return party;
    }
    party = atomic_load_explicit(&engine->helper[index], memory_order_acquire);
    if (!party && be__ticks() >= engine->no_thread_until) {
        party = start_helper(engine, index + 1);
        if (party) {
            atomic_store_explicit(&engine->helper[index], party, memory_order_release);
            atomic_fetch_add_explicit(&engine->n_helpers, 1, memory_order_relaxed);
        }
    }
    pthread_mutex_unlock(&engine->pool_lock);
    return party;
}

/* Leave the caller's CPU to the caller: a helper woken there would wait for it to finish. */
static void move_away(be_engine *engine, struct be__party *party, int cpu)
{
    int thread_id = atomic_load_explicit(&party->thread_id, memory_order_acquire);
    if (thread_id == 0 || atomic_load_explicit(&party->avoids, memory_order_relaxed) == cpu ||
        pthread_mutex_trylock(&engine->pool_lock) != 0) {
        return;
    }
    be__thread_mask mask = engine->mask;
    pthread_mutex_unlock(&engine->pool_lock);
    if (be__mask_without(&mask, cpu)) {
        be__thread_move(thread_id, &mask);
    }
    atomic_store_explicit(&party->avoids, cpu, memory_order_relaxed);
}

bool be__pool_has_mail(const struct be__party *party)
{
    for (unsigned i = 0; i < BE__LETTERS; i++) {
        if (atomic_load_explicit(&party->mail[i], memory_order_seq_cst) != 0) {
            return true;
        }
    }
    return false;
}

bool be__pool_may_queue(const struct be__party *party, const struct be__job *job)
{
    unsigned at_work = 0, waiting = 0;
    for (unsigned i = 0; i < BE__LETTERS; i++) {
        uintptr_t mail = atomic_load_explicit(&party->mail[i], memory_order_relaxed);
        at_work += (mail & BE__ACCEPTED) && mail != ((uintptr_t)job | BE__ACCEPTED);
        waiting += mail && !(mail & BE__ACCEPTED);
    }
    return at_work && !waiting;
}

bool be__pool_invite(struct be__job *job, struct be__party *party, int cpu, bool *woken)
{
    for (unsigned i = 0; i < BE__LETTERS; i++) {
        uintptr_t none = 0;
        /* Sequentially consistent, for be__pool_notify; its release half publishes the job. */
        if (atomic_compare_exchange_strong_explicit(&party->mail[i], &none, (uintptr_t)job,
                                                    memory_order_seq_cst, memory_order_relaxed)) {
            if (atomic_load_explicit(&party->state, memory_order_seq_cst) == BE__PARKED) {
                move_away(job->engine, party, cpu);
                *woken = be__pool_notify(party);
            }
            return true;
        }
    }
    return false;
}

bool be__pool_uninvite(struct be__party *party, struct be__job *job)
{
    for (unsigned i = 0; i < BE__LETTERS; i++) {
        uintptr_t mail = (uintptr_t)job;
        if (atomic_compare_exchange_strong_explicit(&party->mail[i], &mail, 0, memory_order_acq_rel,
                                                    memory_order_acquire)) {
            return true;
        }
    }
    return false;
}

bool be__pool_has_left(const struct be__party *party, const struct be__job *job)
{
    for (unsigned i = 0; i < BE__LETTERS; i++) {
        uintptr_t mail = atomic_load_explicit(&party->mail[i], memory_order_seq_cst);
        if ((mail & ~(uintptr_t)BE__ACCEPTED) == (uintptr_t)job) {
            return false;
        }
    }
    return true;
}

void be__pool_warm(struct be__party *party, int cpu)
{
    if (atomic_load_explicit(&party->state, memory_order_seq_cst) == BE__PARKED) {
        move_away(party->engine, party, cpu);
        atomic_store_explicit(&party->idle_spins, 0, memory_order_relaxed);
        be__pool_wake(party);
    }
}

/* A guest that lost its CPU to some other process holds items the caller waits for. The caller is
 * about to sleep, so its own CPU is free: pull the guest over. */
void be__pool_rescue(struct be__party *party, int cpu)
{
    int thread_id = atomic_load_explicit(&party->thread_id, memory_order_acquire);
    if (thread_id != 0 && cpu >= 0) {
        be__thread_mask mask;
        be__mask_only(&mask, cpu);
        atomic_store_explicit(&party->avoids, BE__NEXT_TO_CALLER, memory_order_relaxed);
        be__thread_move(thread_id, &mask);
    }
}

void be__pool_stop(be_engine *engine)
{
    atomic_store_explicit(&engine->quit, true, memory_order_seq_cst);
    for (unsigned i = 0; i < BE__PARTIES_PER_LOOP - 1; i++) {
        struct be__party *party = atomic_load_explicit(&engine->helper[i], memory_order_acquire);
        if (party) {
            be__pool_wake(party);
            pthread_join(party->thread, NULL);
        }
    }
}
