/* page.h: the report page. */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

#include "cli.h"

/* Was the program built with the page? Not where D3 was missing. */
bool cli_page_built(void);

/* An exit code, having said so where it was not: ask before a long run. */
int cli_page_check(const cli_call *call);

/* Write the report page that shows `json`, a document as --json writes them, to a file ("-":
 * stdout). The page holds that document and nothing else of this run. Returns an exit code, having
 * said what went wrong. */
int cli_page_write(const cli_call *call, const be_text *json, const char *path);

#endif
