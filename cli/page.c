/* page.c: a JSON document put into the report page.
 *
 * The page is finished when the program is built (report/build.py). Its data go into an element
 * that browsers read as text up to the next "</script"; in JSON a '<' stands only inside strings,
 * where \u003c means the same, so no document can end that element early.
 */
#include "page.h"

#include "page.inc"
#include "workloads.h"

#include <string.h>

static void add_escaped(be_text *page, const be_text *json)
{
    const char *end = json->bytes + json->size;
    for (const char *begin = json->bytes, *less; begin < end; begin = less + 1) {
        less = memchr(begin, '<', (size_t)(end - begin));
        if (!less) {
            be_text_add(page, begin, (size_t)(end - begin));
            return;
        }
        be_text_add(page, begin, (size_t)(less - begin));
        be_text_puts(page, "\\u003c");
    }
}

bool cli_page_built(void)
{
    return sizeof PAGE_HEAD > 1; /* its ending zero */
}

int cli_page_check(const cli_call *call)
{
    if (cli_page_built()) {
        return CLI_DONE;
    }
    be_error error;
    be_status status = be_error_set(&error, BE_ESYSTEM,
                                    "this program was built without the report page: D3's modules "
                                    "(node-d3-*) were missing");
    return cli_fail(call, status, &error, NULL);
}

int cli_page_write(const cli_call *call, const be_text *json, const char *path)
{
    int code = cli_page_check(call);
    if (code) {
        return code;
    }
    be_status status = be_text_status(json);
    if (status) {
        return cli_fail(call, status, NULL, NULL);
    }
    be_text page;
    be_text_init(&page, NULL);
    be_text_add(&page, (const char *)PAGE_HEAD, sizeof PAGE_HEAD - 1);
    add_escaped(&page, json);
    be_text_add(&page, (const char *)PAGE_TAIL, sizeof PAGE_TAIL - 1);
    code = cli_study_write(call, &page, path);
    be_text_clear(&page);
    return code;
}
