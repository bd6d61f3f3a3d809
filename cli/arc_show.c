/* arc_show.c: `breakeven arc show`: tasks as pictures, on the terminal, as PNG and as SVG. */
#include "arc_programs.h"

#include <stdlib.h>
#include <string.h>

static struct {
    const char *png;
    const char *svg;
} given;

/* ---- the terminal --------------------------------------------------------------------------- */

/* Text row `line` of a grid, blank below its last one. In colour a character is two cells, one
 * above the other; else a digit is a cell. */
static void print_line(const cli_call *call, const be_arc_grid *grid, uint32_t line)
{
    uint32_t top = call->color ? 2 * line : line;
    for (uint32_t c = 0; c < grid->columns; c++) {
        const uint8_t *cell = &grid->cells[(size_t)top * grid->columns + c];
        if (top >= grid->rows) {
            fputs(call->color || c == 0 ? " " : "  ", stdout);
        } else if (!call->color) {
            printf("%s%u", c ? " " : "", cell[0]);
        } else if (top + 1 < grid->rows) {
            printf("\x1b[38;5;%um\x1b[48;5;%um▀", cli_cell_colors[cell[0]],
                   cli_cell_colors[cell[grid->columns]]);
        } else {
            printf("\x1b[49;38;5;%um▀", cli_cell_colors[cell[0]]);
        }
    }
    fputs(cli_paint(call, CLI_PLAIN), stdout);
}

static uint32_t count_lines(const cli_call *call, const be_arc_grid *grid)
{
    return call->color ? (grid->rows + 1) / 2 : grid->rows;
}

static void show_pair(const cli_call *call, const be_arc_example *pair)
{
    bool known = pair->output.cells;
    uint32_t left = count_lines(call, &pair->input);
    uint32_t right = known ? count_lines(call, &pair->output) : 1;
    for (uint32_t line = 0; line < left || line < right; line++) {
        print_line(call, &pair->input, line);
        fputs(line == 0 ? "  ->  " : "      ", stdout);
        if (known) {
            print_line(call, &pair->output, line);
        } else if (line == 0) {
            fputs("?", stdout);
        }
        fputs("\n", stdout);
    }
}

static void show_tasks(const cli_call *call, const be_arc_data *data)
{
    for (size_t t = 0; t < be_arc_data_count(data); t++) {
        const be_arc_puzzle *task = be_arc_data_task(data, t);
        for (size_t p = 0; p < task->n_train + task->n_test; p++) {
            bool train = p < task->n_train;
            printf("%s%s%s, %s %zu%s\n", t || p ? "\n" : "", cli_paint(call, CLI_BOLD), task->name,
                   train ? "train" : "test", train ? p + 1 : p + 1 - task->n_train,
                   cli_paint(call, CLI_PLAIN));
            show_pair(call, &task->pairs[p]);
        }
    }
}

/* ---- pictures ------------------------------------------------------------------------------- */

/* A cell is SIDE pixels wide, its last one a line. Inputs stand on the left, outputs beside them,
 * and each pair below the one before. */
enum { SIDE = 12, GAP = 24, LINES = 10, PAPER = 11, N_COLORS = 12, PIXELS_MAX = 1 << 28 };

/* The colours that ARC viewers use, lines, paper. */
static const uint8_t COLORS[N_COLORS][3] = {
    {0, 0, 0},      {0, 116, 217},  {255, 65, 54},   {46, 204, 64}, {255, 220, 0}, {170, 170, 170},
    {240, 18, 190}, {255, 133, 27}, {127, 219, 255}, {135, 12, 37}, {85, 85, 85},  {255, 255, 255}};

typedef struct area {
    size_t width, height; /* pixels */
    size_t middle;        /* where outputs begin */
} area;

static size_t taller(const be_arc_example *pair)
{
    return pair->input.rows > pair->output.rows ? pair->input.rows : pair->output.rows;
}

static area measure(const be_arc_data *data)
{
    size_t left = 0, right = 0, height = GAP;
    for (size_t t = 0; t < be_arc_data_count(data); t++) {
        const be_arc_puzzle *task = be_arc_data_task(data, t);
        for (size_t p = 0; p < task->n_train + task->n_test; p++) {
            const be_arc_example *pair = &task->pairs[p];
            left = pair->input.columns > left ? pair->input.columns : left;
            right = pair->output.columns > right ? pair->output.columns : right;
            height += taller(pair) * SIDE + GAP;
        }
    }
    size_t middle = 2 * GAP + left * SIDE;
    return (area){middle + right * SIDE + GAP, height, middle};
}

/* What draws a cell at a pixel. */
typedef void draw_cell(void *user, size_t x, size_t y, uint8_t color);

static void draw_grid(const be_arc_grid *grid, size_t x, size_t y, draw_cell *draw, void *user)
{
    for (size_t i = 0; grid->cells && i < (size_t)grid->rows * grid->columns; i++) {
        draw(user, x + i % grid->columns * SIDE, y + i / grid->columns * SIDE, grid->cells[i]);
    }
}

static void draw_tasks(const be_arc_data *data, const area *a, draw_cell *draw, void *user)
{
    size_t y = GAP;
    for (size_t t = 0; t < be_arc_data_count(data); t++) {
        const be_arc_puzzle *task = be_arc_data_task(data, t);
        for (size_t p = 0; p < task->n_train + task->n_test; p++) {
            draw_grid(&task->pairs[p].input, GAP, y, draw, user);
            draw_grid(&task->pairs[p].output, a->middle, y, draw, user);
            y += taller(&task->pairs[p]) * SIDE + GAP;
        }
    }
}

typedef struct canvas {
    uint8_t *pixels;
    size_t width;
} canvas;

static void draw_pixels(void *user, size_t x, size_t y, uint8_t color)
{
    const canvas *c = user;
    for (size_t i = 0; i < SIDE; i++) {
        uint8_t *row = c->pixels + (y + i) * c->width + x;
        memset(row, i + 1 == SIDE ? LINES : color, SIDE);
        row[SIDE - 1] = LINES;
    }
}

static void draw_rectangle(void *user, size_t x, size_t y, uint8_t color)
{
    const uint8_t *rgb = COLORS[color];
    be_text_printf(user,
                   "<rect x=\"%zu\" y=\"%zu\" width=\"%d\" height=\"%d\" "
                   "fill=\"#%02x%02x%02x\"/>\n",
                   x, y, SIDE - 1, SIDE - 1, rgb[0], rgb[1], rgb[2]);
}

static int write_picture(const cli_call *call, be_text *text, const char *path)
{
    be_error error;
    be_status status = be_text_status(text);
    status = status ? be_error_set(&error, status, "%s", be_status_text(status))
                    : be_file_replace(path, text->bytes, text->size, &error);
    be_text_clear(text);
    return status ? cli_fail(call, status, &error, path) : CLI_DONE;
}

static int write_png(const cli_call *call, const be_arc_data *data)
{
    area a = measure(data);
    if (a.width * a.height > PIXELS_MAX) {
        return cli_usage(call, "expected fewer tasks for one picture");
    }
    canvas c = {cli_allocate(NULL, a.width * a.height, 1), a.width};
    memset(c.pixels, PAPER, a.width * a.height);
    draw_tasks(data, &a, draw_pixels, &c);
    be_text text;
    be_text_init(&text, NULL);
    be_png_write(&text, c.pixels, a.width, a.height, COLORS, N_COLORS);
    free(c.pixels);
    return write_picture(call, &text, given.png);
}

static int write_svg(const cli_call *call, const be_arc_data *data)
{
    area a = measure(data);
    be_text text;
    be_text_init(&text, NULL);
    be_text_printf(&text,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" height=\"%zu\">\n"
                   "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
                   a.width, a.height);
    draw_tasks(data, &a, draw_rectangle, &text);
    be_text_puts(&text, "</svg>\n");
    return write_picture(call, &text, given.svg);
}

/* ---- the command ---------------------------------------------------------------------------- */

static int run(cli_call *call, int argc, char **argv)
{
    be_arc_data *data = NULL;
    int code = arc_load_data(call, argc, argv, &data);
    if (code == CLI_DONE && !given.png && !given.svg) {
        show_tasks(call, data);
    }
    if (code == CLI_DONE && given.png) {
        code = write_png(call, data);
    }
    if (code == CLI_DONE && given.svg) {
        code = write_svg(call, data);
    }
    be_arc_data_destroy(data);
    return code;
}

static const cli_option OPTIONS[] = {
    {"png", 0, "FILE", "write a PNG picture instead", .text = &given.png},
    {"svg", 0, "FILE", "write an SVG picture instead", .text = &given.svg},
    {0}};

static const cli_example EXAMPLES[] = {{"arc show turn", "a bundled task"},
                                       {"arc show data/training/007bbfb7.json", "a file"},
                                       {"arc show turn --png turn.png", "as a picture"},
                                       {0}};

const cli_command command_arc_show = {
    .name = "show",
    .summary = "draw the grids of tasks",
    .usage = (const char *const[]){"[OPTION...] [TASK...]", NULL},
    .examples = EXAMPLES,
    .description = "Each input with its output, in the colours ARC viewers use; as digits where "
                   "colour is off.\n\n" ARC_TASKS_HELP,
    .options = OPTIONS,
    .run = run};
