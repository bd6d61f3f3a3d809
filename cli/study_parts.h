/* study_parts.h: what `study` shares with its verbs. */
#ifndef CLI_STUDY_PARTS_H
#define CLI_STUDY_PARTS_H

#include "cli.h"

#include <breakeven/study.h>

extern const cli_command command_study_compare, command_study_history;

/* "5%" or "0.05"; returns an exit code. */
int cli_tolerance(const cli_call *call, const char *text, double *tolerance);

/* Read a file into a text made here, to be cleared whatever comes back: an exit code. */
int cli_read_document(const cli_call *call, const char *path, be_text *document);

/* Compare the documents of two files, named for errors; returns an exit code. */
int cli_compare(const cli_call *call, const be_text *before, const char *baseline,
                const be_text *after, const char *name, double tolerance,
                be_comparison **comparison);

/* On stdout, unless that is where --json goes. */
void cli_compare_show(const cli_call *call, const be_comparison *comparison);

/* Add a study to the history; a remark where that cannot be. */
void cli_history_add(const cli_call *call, const be_study *study);

/* The speed-up over the sequential run at each size, drawn with block characters, where a study has
 * something to draw and stdout is not where --json goes. */
void cli_study_curves(const cli_call *call, const be_study *study);

#endif
