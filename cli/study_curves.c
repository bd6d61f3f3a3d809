/* study_curves.c: the speed-up over the sequential run at each size, in block characters.
 *
 * A line a size, a bar that begins at 1: to the right where the setting wins, to the left where it
 * loses, on a logarithmic scale, so that twice and half as fast are as long. Eighths of a character
 * end a bar to the right; a font has only halves of those that end on the left.
 */
#include "study_parts.h"

#include <math.h>
#include <string.h>

enum { HALF_MOST = 24, TEXT = 4 * 2 * HALF_MOST + 64 };

static const be_study_setting *setting_of(const be_study_point *point, size_t index)
{
    return index == SIZE_MAX ? NULL : &point->settings[index];
}

/* Sequential over this setting's median; 0 when one is missing. */
static double gain(const be_study_point *point, size_t index)
{
    const be_study_setting *base = setting_of(point, point->sequential);
    const be_study_setting *setting = setting_of(point, index);
    double value = base && setting ? base->wall_ns.median.value / setting->wall_ns.median.value : 0;
    return isfinite(value) ? value : 0;
}

static void repeat(char *text, const char *what, int n)
{
    for (; n > 0; n--) {
        strcat(text, what);
    }
}

/* A bar of log2(value) units of `unit` characters around a bar at the middle of 2 * half. */
static void draw(char text[TEXT], double value, double unit, int half)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    double length = fmax(-half, fmin(half, log2(value) * unit));
    *text = '\0';
    if (length < 0) {
        int halves = (int)round(-2 * length);
        repeat(text, " ", half - (halves + 1) / 2);
        repeat(text, "▐", halves % 2);
        repeat(text, "█", halves / 2);
        repeat(text, "│", 1);
        return;
    }
    int parts = (int)round(8 * length);
    repeat(text, " ", half);
    repeat(text, "│", 1);
    repeat(text, "█", parts / 8);
    repeat(text, eighths[parts % 8], 1);
}

static void draw_subject(const cli_call *call, const be_study_subject *subject)
{
    double most = log2(1.25);
    for (size_t i = 0; i < subject->n_points; i++) {
        const be_study_point *point = &subject->points[i];
        double automatic = gain(point, point->automatic),
               forced = gain(point, point->best_parallel);
        most = automatic > 0 ? fmax(most, fabs(log2(automatic))) : most;
        most = forced > 0 ? fmax(most, fabs(log2(forced))) : most;
    }
    most = fmin(most, 4); /* sixteen times: beyond that a bar only says "far" */
    int half = call->width > 40 + 2 * HALF_MOST ? HALF_MOST : 10;
    printf("\n%s%s: times as fast as sequential%s (a bar's end: %.2fx)\n",
           cli_paint(call, CLI_BOLD), subject->name, cli_paint(call, CLI_PLAIN), exp2(most));
    for (size_t i = 0; i < subject->n_points; i++) {
        const be_study_point *point = &subject->points[i];
        const struct {
            const char *name;
            double gain;
        } bars[] = {{"automatic", gain(point, point->automatic)},
                    {"best forced", gain(point, point->best_parallel)}};
        for (size_t b = 0; b < 2; b++) {
            char text[TEXT];
            if (!(bars[b].gain > 0)) {
                continue;
            }
            draw(text, bars[b].gain, half / most, half);
            cli_style style = bars[b].gain < 1 ? CLI_RED : CLI_GREEN;
            char size[24] = "";
            if (b == 0) {
                snprintf(size, sizeof size, "%zu", point->n);
            }
            printf("%12s  %-11s %6.2fx  %s%s%s\n", size, bars[b].name, bars[b].gain,
                   cli_paint(call, style), text, cli_paint(call, CLI_PLAIN));
        }
    }
}

void cli_study_curves(const cli_call *call, const be_study *study)
{
    size_t n;
    const be_study_subject *subjects = be_study_subjects(study, &n);
    if (call->json && strcmp(call->json, "-") == 0) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (subjects[i].n_points > 1 && subjects[i].points[0].sequential != SIZE_MAX) {
            draw_subject(call, &subjects[i]);
        }
    }
}
