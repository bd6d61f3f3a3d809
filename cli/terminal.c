/* terminal.c: colours, tables, progress, and a workload's result on the screen. */
#include "cli.h"

#include <langinfo.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

const char *cli_paint(const cli_call *call, cli_style style)
{
    static const char *const ESCAPES[CLI_STYLE_COUNT] = {
        [CLI_PLAIN] = "\x1b[0m", [CLI_BOLD] = "\x1b[1m",   [CLI_DIM] = "\x1b[2m",
        [CLI_RED] = "\x1b[31m",  [CLI_GREEN] = "\x1b[32m", [CLI_YELLOW] = "\x1b[33m",
    };
    return call->color ? ESCAPES[style] : "";
}

/* ---- UTF-8 ---------------------------------------------------------------------------------- */

/* The character at *text, which moves behind it; a broken byte counts as one character. */
static uint32_t next_character(const char **text)
{
    const unsigned char *p = (const unsigned char *)*text;
    unsigned more = p[0] >= 0xF0 ? 3 : p[0] >= 0xE0 ? 2 : p[0] >= 0xC0 ? 1 : 0;
    uint32_t character = more ? p[0] & (0x3Fu >> more) : p[0];
    for (unsigned i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            *text += i;
            return 0xFFFD;
        }
        character = character << 6 | (p[i] & 0x3Fu);
    }
    *text += 1 + more;
    return character;
}

/* Ranges that take no column or two, ascending. Source: Unicode 15, EastAsianWidth.txt (W and F)
 * and the combining blocks, joined where only unassigned characters lie between. */
static unsigned character_width(uint32_t c)
{
    static const struct {
        uint32_t first, last;
        unsigned width;
    } RANGES[] = {
        {0x0300, 0x036F, 0},   {0x1100, 0x115F, 2},   {0x1AB0, 0x1AFF, 0},   {0x1DC0, 0x1DFF, 0},
        {0x200B, 0x200F, 0},   {0x20D0, 0x20FF, 0},   {0x2E80, 0x303E, 2},   {0x3041, 0xA4CF, 2},
        {0xA960, 0xA97F, 2},   {0xAC00, 0xD7A3, 2},   {0xF900, 0xFAFF, 2},   {0xFE00, 0xFE0F, 0},
        {0xFE20, 0xFE2F, 0},   {0xFE30, 0xFE6F, 2},   {0xFF00, 0xFF60, 2},   {0xFFE0, 0xFFE6, 2},
        {0x1F300, 0x1F64F, 2}, {0x1F900, 0x1F9FF, 2}, {0x20000, 0x3FFFD, 2},
    };
    for (size_t i = 0; i < sizeof RANGES / sizeof RANGES[0]; i++) {
        if (c >= RANGES[i].first && c <= RANGES[i].last) {
            return RANGES[i].width;
        }
    }
    return 1;
}

size_t cli_text_width(const char *text)
{
    size_t width = 0;
    while (*text) {
        width += character_width(next_character(&text));
    }
    return width;
}

/* Bytes of the longest start of text that fits in `width` columns. */
static size_t fit(const char *text, size_t width)
{
    const char *p = text;
    size_t used = 0;
    while (*p) {
        const char *next = p;
        used += character_width(next_character(&next));
        if (used > width) {
            break;
        }
        p = next;
    }
    return (size_t)(p - text);
}

/* ---- tables --------------------------------------------------------------------------------- */

struct cli_cell {
    cli_style style;
    char *text;
};

enum { COLUMN_GAP = 2, COLUMN_MIN = 8 };

void cli_table_init(cli_table *table, const char *align)
{
    *table = (cli_table){.align = align, .n_columns = strlen(align)};
}

void cli_table_clear(cli_table *table)
{
    for (size_t i = 0; i < table->n_cells; i++) {
        free(table->cells[i].text);
    }
    free(table->cells);
    *table = (cli_table){0};
}

void cli_table_cell(cli_table *table, cli_style style, const char *format, ...)
{
    if (table->n_cells == table->capacity) {
        table->capacity = 2 * table->capacity + 32;
        table->cells = cli_allocate(table->cells, table->capacity, sizeof *table->cells);
    }
    char *text;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0) {
        cli_out_of_memory();
    }
    va_end(arguments);
    for (char *p = text; *p; p++) {
        if ((unsigned char)*p < ' ' || *p == 0x7f) {
            *p = '?';
        }
    }
    table->cells[table->n_cells++] = (struct cli_cell){style, text};
}

/* Take columns from the widest left-aligned ones until the table fits. */
static void narrow(const cli_table *table, size_t *widths, size_t room)
{
    size_t total = (table->n_columns - 1) * COLUMN_GAP;
    for (size_t c = 0; c < table->n_columns; c++) {
        total += widths[c];
    }
    while (total > room) {
        size_t widest = SIZE_MAX;
        for (size_t c = 0; c < table->n_columns; c++) {
            if (table->align[c] == 'l' && widths[c] > COLUMN_MIN &&
                (widest == SIZE_MAX || widths[c] > widths[widest])) {
                widest = c;
            }
        }
        if (widest == SIZE_MAX) {
            return;
        }
        widths[widest]--;
        total--;
    }
}

static void print_cell(const cli_call *call, const struct cli_cell *cell, bool heading, char align,
                       size_t width, bool last)
{
    static const char *cut_mark; /* one column wide */
    if (!cut_mark) {
        cut_mark = strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? "…" : ">";
    }
    size_t used = cli_text_width(cell->text), bytes = strlen(cell->text);
    const char *mark = "";
    if (used > width) {
        bytes = fit(cell->text, width - 1);
        used = width;
        mark = cut_mark;
    }
    cli_style style = heading && cell->style == CLI_PLAIN ? CLI_BOLD : cell->style;
    int before = align == 'r' ? (int)(width - used) : 0;
    int after = align == 'r' || last ? 0 : (int)(width - used);
    printf("%*s%s%.*s%s%s%*s", before, "", style ? cli_paint(call, style) : "", (int)bytes,
           cell->text, mark, style ? cli_paint(call, CLI_PLAIN) : "", after, "");
}

void cli_table_print(const cli_table *table, const cli_call *call)
{
    size_t n = table->n_columns;
    if (n == 0) {
        return;
    }
    size_t *widths = cli_allocate(NULL, n, sizeof *widths);
    memset(widths, 0, n * sizeof *widths);
    for (size_t i = 0; i < table->n_cells; i++) {
        size_t width = cli_text_width(table->cells[i].text);
        widths[i % n] = width > widths[i % n] ? width : widths[i % n];
    }
    narrow(table, widths, call->width);
    for (size_t i = 0; i < table->n_cells; i++) {
        size_t c = i % n;
        print_cell(call, &table->cells[i], i < n, table->align[c], widths[c], c + 1 == n);
        printf("%*s", c + 1 == n ? 0 : COLUMN_GAP, "");
        if (c + 1 == n) {
            putchar('\n');
        }
    }
    free(widths);
}

/* ---- progress ------------------------------------------------------------------------------- */

enum { FIRST_DRAW_NS = 1000000000, REDRAW_NS = 100000000 };

static bool draws_progress(const cli_call *call)
{
    const char *term = getenv("TERM");
    return !call->quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

void cli_progress_begin(cli_progress *progress, const cli_call *call, const char *what,
                        uint64_t total)
{
    bool draw = draws_progress(call);
    uint64_t now = be_now_ns();
    progress->what = what;
    progress->total = total;
    progress->begin_ns = now;
    progress->next_ns = draw ? now + FIRST_DRAW_NS : UINT64_MAX;
    progress->done = 0;
    progress->drawn = false;
}

/* One write, so that lines of two threads cannot mix. */
static void draw(cli_progress *progress, uint64_t done, uint64_t now)
{
    struct winsize size = {0};
    char line[256], left[CLI_DURATION_SIZE + 8] = "";
    size_t width = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
    double elapsed = (double)(now - progress->begin_ns);
    if (progress->total) {
        char time[CLI_DURATION_SIZE];
        double share = (double)done / (double)progress->total;
        share = share > 1 ? 1 : share;
        if (share > 0) {
            snprintf(left, sizeof left, ", %s left",
                     cli_format_duration(time, elapsed * (1 - share) / share));
        }
        snprintf(line, sizeof line, "%.100s: %3.0f %%%s", progress->what, 100 * share, left);
    } else {
        snprintf(line, sizeof line, "%.100s: %llu", progress->what, (unsigned long long)done);
    }
    line[fit(line, width - 1)] = '\0';
    dprintf(STDERR_FILENO, "\r%s\x1b[K", line);
    progress->drawn = true;
}

void cli_progress_add(cli_progress *progress, uint64_t amount)
{
    /* Counting only: nothing is published by these, so relaxed order is enough. The exchange makes
     * one thread of many draw. */
    uint64_t done =
        atomic_fetch_add_explicit(&progress->done, amount, memory_order_relaxed) + amount;
    uint64_t next = atomic_load_explicit(&progress->next_ns, memory_order_relaxed);
    if (next == UINT64_MAX) {
        return;
    }
    uint64_t now = be_now_ns();
    if (now >= next &&
        atomic_compare_exchange_strong_explicit(&progress->next_ns, &next, now + REDRAW_NS,
                                                memory_order_relaxed, memory_order_relaxed)) {
        draw(progress, done, now);
    }
}

void cli_progress_end(cli_progress *progress)
{
    if (progress->drawn) {
        dprintf(STDERR_FILENO, "\r\x1b[K");
    }
    progress->next_ns = UINT64_MAX;
}

/* ---- work that cannot say how far it is ----------------------------------------------------- */

static uint64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void *tick(void *argument)
{
    cli_ticker *ticker = argument;
    uint64_t next = ticker->begin_ns + FIRST_DRAW_NS, cpu_begin = cpu_ns();
    pthread_mutex_lock(&ticker->lock);
    while (!ticker->stop) {
        struct timespec until = {(time_t)(next / 1000000000u), (long)(next % 1000000000u)};
        if (pthread_cond_timedwait(&ticker->wake, &ticker->lock, &until) == 0) {
            continue;
        }
        double elapsed = (double)(be_now_ns() - ticker->begin_ns);
        dprintf(STDERR_FILENO, "\r%.60s: %.0f s, %.1f CPUs at work\x1b[K", ticker->what,
                elapsed / 1e9, (double)(cpu_ns() - cpu_begin) / elapsed);
        ticker->drawn = true;
        next = be_now_ns() + REDRAW_NS;
    }
    pthread_mutex_unlock(&ticker->lock);
    return NULL;
}

void cli_ticker_begin(cli_ticker *ticker, const cli_call *call, const char *what)
{
    *ticker = (cli_ticker){.what = what, .begin_ns = be_now_ns()};
    if (!draws_progress(call)) {
        return;
    }
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&ticker->lock, NULL);
    pthread_cond_init(&ticker->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    ticker->runs = pthread_create(&ticker->thread, NULL, tick, ticker) == 0;
}

void cli_ticker_end(cli_ticker *ticker)
{
    if (!ticker->runs) {
        return;
    }
    pthread_mutex_lock(&ticker->lock);
    ticker->stop = true;
    pthread_cond_signal(&ticker->wake);
    pthread_mutex_unlock(&ticker->lock);
    pthread_join(ticker->thread, NULL);
    if (ticker->drawn) {
        dprintf(STDERR_FILENO, "\r\x1b[K");
    }
    ticker->runs = false;
}

/* ---- a workload's result -------------------------------------------------------------------- */

static void show_fact(void *user, const char *label, const char *value)
{
    const cli_presenter *p = user;
    printf("%s%s:%s %s\n", cli_paint(p->call, CLI_BOLD), label, cli_paint(p->call, CLI_PLAIN),
           value);
}

/* With a unit of time perhaps. */
static bool looks_like_a_number(const char *text)
{
    static const char *const ENDS[] = {"", "ns", "us", "ms", "s"};
    const char *rest = text + strspn(text, "0123456789.,+-eE%x ");
    for (size_t i = 0; *text && i < sizeof ENDS / sizeof ENDS[0]; i++) {
        if (strcmp(rest, ENDS[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void show_table_begin(void *user, const char *title, const char *const *columns,
                             size_t n_columns)
{
    cli_presenter *p = user;
    n_columns = n_columns < CLI_LIST_MAX ? n_columns : CLI_LIST_MAX;
    memset(p->align, 'l', n_columns);
    p->align[n_columns] = '\0';
    printf("\n%s%s%s\n", cli_paint(p->call, CLI_BOLD), title, cli_paint(p->call, CLI_PLAIN));
    cli_table_init(&p->table, p->align);
    for (size_t i = 0; i < n_columns; i++) {
        cli_table_cell(&p->table, CLI_PLAIN, "%s", columns[i]);
    }
}

static void show_table_cell(void *user, const char *text)
{
    cli_presenter *p = user;
    cli_table_cell(&p->table, CLI_PLAIN, "%s", text);
}

/* A column of numbers alone reads better to the right. */
static void show_table_end(void *user)
{
    cli_presenter *p = user;
    size_t n = p->table.n_columns;
    for (size_t c = 0; c < n && n < p->table.n_cells; c++) {
        p->align[c] = 'r';
        for (size_t i = n + c; i < p->table.n_cells; i += n) {
            if (!looks_like_a_number(p->table.cells[i].text)) {
                p->align[c] = 'l';
            }
        }
    }
    cli_table_print(&p->table, p->call);
    cli_table_clear(&p->table);
}

const uint8_t cli_cell_colors[10] = {16, 27, 160, 34, 220, 246, 199, 208, 117, 88};

/* Two columns a cell make it about square. */
static void show_picture(void *user, const char *title, size_t rows, size_t columns,
                         const uint8_t *cells)
{
    const cli_presenter *p = user;
    printf("\n%s%s%s\n", cli_paint(p->call, CLI_BOLD), title, cli_paint(p->call, CLI_PLAIN));
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++) {
            unsigned cell = cells[r * columns + c];
            if (p->call->color && cell < 10) {
                printf("\x1b[48;5;%um  ", cli_cell_colors[cell]);
            } else {
                printf("%s%u", c ? " " : "", cell);
            }
        }
        printf("%s\n", cli_paint(p->call, CLI_PLAIN));
    }
}

void cli_presenter_init(cli_presenter *presenter, const cli_call *call)
{
    *presenter = (cli_presenter){.call = call,
                                 .presenter = {.user = presenter,
                                               .fact = show_fact,
                                               .table_begin = show_table_begin,
                                               .table_cell = show_table_cell,
                                               .table_end = show_table_end,
                                               .picture = show_picture}};
}

void cli_presenter_clear(cli_presenter *presenter)
{
    if (presenter->table.cells) {
        cli_table_clear(&presenter->table);
    }
}
