/* command.c: a study of processes.
 *
 * A run is everything from posix_spawn to the child's end as wait4 tells it, which also gives the
 * CPU time of the child and of the children it waited for.
 */
#include "study/parts.h"

#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMMAND_ROUNDS = 10 };

/* One way to call the command: its arguments with the numbers put in. */
typedef struct call {
    const char *text; /* for people: joined by spaces */
    char **arguments; /* ended by NULL; the first is the program */
    bool ignore_failure;
    bool show_output;
} call;

static bool mentions(const be_command *command, const char *what)
{
    for (size_t i = 0; command->arguments[i]; i++) {
        if (strstr(command->arguments[i], what)) {
            return true;
        }
    }
    return false;
}

static bool wants_shell(const be_command *command)
{
    const char *const *a = command->arguments;
    return !a[1] && strpbrk(a[0], " \t");
}

/* A kept copy of what was written, which is given up. */
static char *keep_written(be_study *study, be_text *text)
{
    be_text_puts(text, "");
    char *kept = be_text_status(text) ? NULL : be__study_keep_text(study, text->bytes);
    be_text_clear(text);
    return kept;
}

/* `argument` with {n} and {workers} replaced. */
static char *filled(be_study *study, const char *argument, size_t n, unsigned workers)
{
    be_text text;
    be_text_init(&text, study->allocator);
    for (const char *c = argument; *c;) {
        if (strncmp(c, "{n}", 3) == 0) {
            be_text_printf(&text, "%zu", n);
            c += 3;
        } else if (strncmp(c, "{workers}", 9) == 0) {
            be_text_printf(&text, "%u", workers);
            c += 9;
        } else {
            be_text_add(&text, c++, 1);
        }
    }
    return keep_written(study, &text);
}

static char *joined(be_study *study, const char *const *arguments)
{
    be_text text;
    be_text_init(&text, study->allocator);
    for (size_t i = 0; arguments[i]; i++) {
        be_text_printf(&text, i ? " %s" : "%s", arguments[i]);
    }
    return keep_written(study, &text);
}

static be_status make_call(be_study *study, const be_command *command, size_t n, unsigned workers,
                           call *made)
{
    size_t count = 0;
    while (command->arguments[count]) {
        count++;
    }
    bool shell = wants_shell(command);
    size_t skip = shell ? 2 : 0; /* sh -c */
    char **arguments = be__study_keep(study, count + skip + 1, sizeof *arguments);
    if (!arguments) {
        return BE_ENOMEM;
    }
    bool complete = true;
    if (shell) {
        arguments[0] = be__study_keep_text(study, "sh");
        arguments[1] = be__study_keep_text(study, "-c");
        complete = arguments[0] && arguments[1];
    }
    for (size_t i = 0; complete && i < count; i++) {
        arguments[skip + i] = filled(study, command->arguments[i], n, workers);
        complete = arguments[skip + i];
    }
    *made = (call){.text = complete ? joined(study, (const char *const *)arguments + skip) : NULL,
                   .arguments = arguments,
                   .ignore_failure = command->ignore_failure,
                   .show_output = command->show_output};
    return made->text ? BE_OK : BE_ENOMEM;
}

/* ---- running -------------------------------------------------------------------------------- */

/* The child starts with default signals and nothing to read. Returns an errno. */
static int spawn(const call *c, pid_t *child)
{
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t files;
    int failed = posix_spawnattr_init(&attributes);
    if (failed) {
        return failed;
    }
    failed = posix_spawn_file_actions_init(&files);
    if (failed) {
        posix_spawnattr_destroy(&attributes);
        return failed;
    }
    sigset_t signals;
    sigfillset(&signals);
    failed = posix_spawnattr_setsigdefault(&attributes, &signals);
    sigemptyset(&signals);
    failed = failed ? failed : posix_spawnattr_setsigmask(&attributes, &signals);
    failed = failed ? failed
                    : posix_spawnattr_setflags(&attributes,
                                               POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    failed = failed
                 ? failed
                 : posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    for (int fd = STDOUT_FILENO; !failed && !c->show_output && fd <= STDERR_FILENO; fd++) {
        failed = posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_WRONLY, 0);
    }
    if (!failed) {
        failed = posix_spawnp(child, c->arguments[0], &files, &attributes, c->arguments, environ);
    }
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

static double timeval_ns(struct timeval t)
{
    return (double)t.tv_sec * 1e9 + (double)t.tv_usec * 1e3;
}

static be_status turn(void *ctx, size_t setting, be_study_sample *sample, be_error *error)
{
    const call *c = (const call *)ctx + setting;
    pid_t child;
    uint64_t begin = be_now_ns();
    int failed = spawn(c, &child);
    if (failed) {
        return be_error_set(error, BE_EIO, "cannot start %s: %s", c->arguments[0],
                            strerror(failed));
    }
    int state;
    struct rusage usage;
    pid_t ended;
    do {
        ended = wait4(child, &state, 0, &usage);
    } while (ended < 0 && errno == EINTR);
    uint64_t end = be_now_ns();
    if (ended < 0) {
        return be_error_set(error, BE_EIO, "cannot wait for %s: %s", c->text, strerror(errno));
    }
    *sample = (be_study_sample){
        .wall_ns = (double)(end - begin),
        .user_ns = timeval_ns(usage.ru_utime),
        .system_ns = timeval_ns(usage.ru_stime),
        .exit_code = WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state),
    };
    if (sample->exit_code == 0 || c->ignore_failure) {
        return BE_OK;
    }
    if (WIFSIGNALED(state)) {
        return be_error_set(error, BE_EIO, "killed by signal %d: %s", WTERMSIG(state), c->text);
    }
    return be_error_set(error, BE_EIO, "exit code %d from: %s", sample->exit_code, c->text);
}

/* ---- the study ------------------------------------------------------------------------------ */

static be_status add_call(be_study *study, const be_command *command, be_study_point *point,
                          unsigned workers, be_study_setting *setting, call *made)
{
    be_status status = make_call(study, command, point->n, workers, made);
    if (status) {
        return status;
    }
    setting->command = made->text;
    setting->workers = workers;
    setting->parallel = workers > 1;
    setting->scaling = workers > 0;
    setting->oversubscribed = workers > study->machine.cpus;
    snprintf(setting->name, sizeof setting->name,
             workers == 0   ? "command"
             : workers == 1 ? "%u worker"
                            : "%u workers",
             workers);
    return BE_OK;
}

static be_status study_point(be_study *study, const be_command *command, size_t done, size_t total,
                             be_study_point *point, be_error *error)
{
    const be_study_config *config = &study->config;
    bool by_workers = mentions(command, "{workers}");
    size_t n = by_workers ? config->n_workers : 1;
    be_study_setting *settings = be__study_keep(study, n, sizeof *settings);
    call *calls = be__study_keep(study, n, sizeof *calls);
    be_status status = settings && calls ? BE_OK : BE_ENOMEM;
    for (size_t i = 0; !status && i < n; i++) {
        unsigned workers = by_workers ? config->workers[i] : 0;
        status = add_call(study, command, point, workers, &settings[i], &calls[i]);
        if (workers == 1) {
            point->sequential = i;
        }
    }
    if (status) {
        return be_error_set(error, status, "memory for %zu commands", n);
    }
    point->n_settings = n;
    point->batch = 1;
    return be__study_point(study, calls[0].text, done, total, settings, turn, calls, point, error);
}

/* With {workers} and none given: 1 comes before the default ones. */
static be_status prepend_one(be_study *study)
{
    be_study_config *config = &study->config;
    unsigned *workers = be__study_keep(study, config->n_workers + 1, sizeof *workers);
    if (!workers) {
        return BE_ENOMEM;
    }
    workers[0] = 1;
    memcpy(workers + 1, config->workers, config->n_workers * sizeof *workers);
    config->workers = workers;
    config->n_workers++;
    return BE_OK;
}

be_status be_study_command(const be_command *command, const be_study_config *config,
                           be_study **study, be_error *error)
{
    if (command->size != sizeof *command || !command->arguments[0] || !*command->arguments[0]) {
        return be_error_set(error, BE_EINVAL, "a command");
    }
    bool sized = mentions(command, "{n}");
    if (config->n_sizes > 0 && !sized) {
        return be_error_set(error, BE_EINVAL, "{n} in the command, as sizes are given");
    }
    if (config->n_workers > 0 && !mentions(command, "{workers}")) {
        return be_error_set(error, BE_EINVAL,
                            "{workers} in the command, as worker counts are given");
    }
    be_study *s;
    be_status status = be__study_open(config, &s, error);
    if (status) {
        return status;
    }
    s->command = true;
    s->config.min_rounds = config->min_rounds ? config->min_rounds : COMMAND_ROUNDS;
    s->config.warmups = config->warmups ? config->warmups : 1;
    static const size_t default_sizes[] = {1, 2, 4};
    bool given = config->n_sizes > 0;
    const size_t *sizes = given ? s->config.sizes : default_sizes;
    size_t n = !sized ? 1 : given ? config->n_sizes : BE__COUNT_OF(default_sizes);
    status = be__study_reserve(s, 1, n, error);
    if (status) {
        goto fail;
    }
    be_study_subject *subject = s->subjects;
    be_study_point *points = be__study_points(s, 0);
    *subject = (be_study_subject){.name = joined(s, command->arguments),
                                  .summary = "",
                                  .size_unit = "",
                                  .n_points = n,
                                  .points = points};
    if (!subject->name || (config->n_workers == 0 && prepend_one(s))) {
        status = be_error_set(error, BE_ENOMEM, "memory for the command");
        goto fail;
    }
    for (size_t i = 0; i < n; i++) {
        points[i] = (be_study_point){.n = sized ? sizes[i] : 0,
                                     .sequential = SIZE_MAX,
                                     .automatic = SIZE_MAX,
                                     .best_parallel = SIZE_MAX};
        status = study_point(s, command, i, n, &points[i], error);
        if (status) {
            goto fail;
        }
    }
    status = be__study_conclude(s, subject);
    if (status) {
        be_error_set(error, status, "memory for the conclusion");
        goto fail;
    }
    *study = s;
    return BE_OK;

fail:
    be_study_destroy(s);
    return status;
}
