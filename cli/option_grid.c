/* option_grid.c: `breakeven option grid`: what an option is worth over spots and vols. */
#include "option_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_MAX = 2000, CELLS_SHOWN = 12 };

static struct {
    const char *spots, *vols, *svg;
    int quantity, method;
    bool american;
} given = {.spots = "-20%:20%:9", .vols = "-50%:50%:9", .method = BE_AMERICAN_FAST};

static const char *const QUANTITIES[] = {"price", "delta", "gamma", "theta", "vega", NULL};
static const be_option_quantity WHICH[] = {BE_OPTION_PRICE, BE_OPTION_DELTA, BE_OPTION_GAMMA,
                                           BE_OPTION_THETA, BE_OPTION_VEGA};

/* An axis: evenly spaced from low to high. */
typedef struct axis {
    size_t n;
    double *at;
} axis;

/* One end of an axis: a number, or percent of `centre` more than that. */
static bool read_end(const char *text, size_t size, double centre, double *value)
{
    char cell[40];
    if (size == 0 || size >= sizeof cell) {
        return false;
    }
    memcpy(cell, text, size);
    bool percent = cell[size - 1] == '%';
    cell[size - percent] = '\0';
    if (!sheet_number(cell, value)) {
        return false;
    }
    if (percent) {
        *value = centre * (1 + *value / 100);
    }
    return true;
}

static bool read_axis(const char *text, double centre, axis *a)
{
    const char *first = strchr(text, ':'), *second = first ? strchr(first + 1, ':') : NULL;
    double low, high, n;
    if (!second || !read_end(text, (size_t)(first - text), centre, &low) ||
        !read_end(first + 1, (size_t)(second - first - 1), centre, &high) ||
        !sheet_number(second + 1, &n) || !(n >= 2 && n <= SIDE_MAX) || n != floor(n) ||
        !(low < high && low >= 0)) {
        return false;
    }
    a->n = (size_t)n;
    a->at = cli_allocate(NULL, a->n, sizeof *a->at);
    for (size_t i = 0; i < a->n; i++) {
        a->at[i] = low + (high - low) * (double)i / (double)(a->n - 1);
    }
    return true;
}

/* value[v * spots->n + s]. */
typedef struct surface {
    axis spots, vols;
    double *value;
    double low, high; /* of the finite ones */
} surface;

static be_status fill_european(cli_call *call, const option_rows *rows, surface *f, be_error *error)
{
    size_t n = f->spots.n * f->vols.n;
    double *columns = cli_allocate(NULL, 2 * n, sizeof *columns);
    for (size_t i = 0; i < n; i++) {
        columns[i] = f->spots.at[i % f->spots.n];
        columns[n + i] = f->vols.at[i / f->spots.n];
    }
    const be_option_in in = {.model = (be_option_model)rows->model[0],
                             .payoff = (be_option_payoff)rows->payoff[0],
                             .type = {rows->type, 0},
                             .spot = {columns, sizeof *columns},
                             .strike = {rows->value[OPTION_STRIKE], 0},
                             .years = {rows->value[OPTION_YEARS], 0},
                             .vol = {columns + n, sizeof *columns},
                             .rate = {rows->value[OPTION_RATE], 0},
                             .dividend = {rows->value[OPTION_DIVIDEND], 0},
                             .shift = {rows->value[OPTION_SHIFT], 0}};
    be_option_out out = {.units = {0, false}};
    out.value[WHICH[given.quantity]] = (be_out_column){f->value, sizeof *f->value};
    be_for_options options = {.size = sizeof options, .cancel = cli_cancel(call), .error = error};
    be_status status = be_option_evaluate(cli_engine(call), &in, n, &out, &options);
    free(columns);
    return status;
}

/* A row of spots shares one exercise boundary. */
static be_status fill_american(const option_rows *rows, surface *f)
{
    be_american *row = cli_allocate(NULL, f->spots.n, sizeof *row);
    be_status status = BE_OK;
    for (size_t v = 0; v < f->vols.n && !status; v++) {
        double carry = rows->model[0] == BE_OPTION_BLACK_76 ? rows->value[OPTION_RATE][0]
                                                            : rows->value[OPTION_DIVIDEND][0];
        be_option o = {.type = (be_option_type)rows->type[0],
                       .spot = 0,
                       .strike = rows->value[OPTION_STRIKE][0],
                       .years = rows->value[OPTION_YEARS][0],
                       .vol = f->vols.at[v],
                       .rate = rows->value[OPTION_RATE][0],
                       .dividend = carry};
        status = be_option_american_spots((be_american_method)given.method, &o, f->spots.n,
                                          f->spots.at, row, NULL);
        for (size_t s = 0; s < f->spots.n && !status; s++) {
            const double values[] = {row[s].price, row[s].delta, row[s].gamma, row[s].theta};
            f->value[v * f->spots.n + s] = values[given.quantity];
        }
    }
    free(row);
    return status;
}

/* ---- pictures ------------------------------------------------------------------------------- */

/* From dark blue by green to yellow, lightness rising evenly: red, green and blue of part 0 to 1.
 */
static void color_of(double part, unsigned rgb[3])
{
    static const double STOPS[5][3] = {
        {68, 1, 84}, {59, 82, 139}, {33, 145, 140}, {94, 201, 98}, {253, 231, 37}};
    part = part > 0 ? (part < 1 ? part : 1) : 0;
    int k = part < 1 ? (int)(part * 4) : 3;
    for (int c = 0; c < 3; c++) {
        double value = STOPS[k][c] + (STOPS[k + 1][c] - STOPS[k][c]) * (part * 4 - k);
        rgb[c] = (unsigned)(value + 0.5);
    }
}

static double part_of(const surface *f, double value)
{
    return f->high > f->low ? (value - f->low) / (f->high - f->low) : 0.5;
}

/* Which of n are shown when only `most` fit: ends and evenly between. */
static size_t shown(size_t n, size_t most, size_t i)
{
    return n <= most ? i : i * (n - 1) / (most - 1);
}

static void print_map(const cli_call *call, const surface *f)
{
    size_t columns = f->spots.n < CELLS_SHOWN ? f->spots.n : CELLS_SHOWN;
    size_t rows = f->vols.n < 2 * CELLS_SHOWN ? f->vols.n : 2 * CELLS_SHOWN;
    printf("%8s", "vol\\spot");
    for (size_t c = 0; c < columns; c++) {
        printf(" %9.5g", f->spots.at[shown(f->spots.n, CELLS_SHOWN, c)]);
    }
    printf("\n");
    for (size_t r = 0; r < rows; r++) {
        size_t v = shown(f->vols.n, 2 * CELLS_SHOWN, rows - 1 - r);
        printf("%8.4g", f->vols.at[v]);
        for (size_t c = 0; c < columns; c++) {
            double value = f->value[v * f->spots.n + shown(f->spots.n, CELLS_SHOWN, c)];
            unsigned rgb[3];
            color_of(part_of(f, value), rgb);
            if (call->color) {
                /* The cube of 6 x 6 x 6 colours every terminal has; dark text on light cells. */
                unsigned cube =
                    16 + 36 * ((rgb[0] + 25) / 51) + 6 * ((rgb[1] + 25) / 51) + (rgb[2] + 25) / 51;
                bool light = 2 * rgb[0] + 5 * rgb[1] + rgb[2] > 8 * 120;
                printf("\x1b[48;5;%um\x1b[38;5;%um %9.4g\x1b[0m", cube, light ? 16u : 231u, value);
            } else {
                printf(" %9.4g", value);
            }
        }
        printf("\n");
    }
}

static int write_svg(const cli_call *call, const surface *f)
{
    enum { WIDTH = 720, HEIGHT = 480, LEFT = 70, TOP = 40, BOTTOM = 50, RIGHT = 20 };
    be_text text;
    be_text_init(&text, NULL);
    be_text_printf(&text,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                   "font-family=\"sans-serif\" font-size=\"12\">\n"
                   "<title>%s by spot and vol</title>\n<text x=\"%d\" y=\"24\">%s, from %.6g to "
                   "%.6g</text>\n",
                   WIDTH, HEIGHT, QUANTITIES[given.quantity], LEFT, QUANTITIES[given.quantity],
                   f->low, f->high);
    double dx = (double)(WIDTH - LEFT - RIGHT) / (double)f->spots.n;
    double dy = (double)(HEIGHT - TOP - BOTTOM) / (double)f->vols.n;
    for (size_t v = 0; v < f->vols.n; v++) {
        for (size_t s = 0; s < f->spots.n; s++) {
            double value = f->value[v * f->spots.n + s];
            unsigned rgb[3];
            color_of(part_of(f, value), rgb);
            be_text_printf(
                &text,
                "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" "
                "fill=\"#%02x%02x%02x\"><title>spot %.6g vol %.4g: %.8g</title></rect>\n",
                LEFT + dx * (double)s, TOP + dy * (double)(f->vols.n - 1 - v), dx + 0.3, dy + 0.3,
                rgb[0], rgb[1], rgb[2], f->spots.at[s], f->vols.at[v], value);
        }
    }
    size_t ticks = f->spots.n < 9 ? f->spots.n : 9;
    for (size_t i = 0; i < ticks; i++) {
        size_t s = shown(f->spots.n, ticks, i);
        be_text_printf(&text, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.5g</text>\n",
                       LEFT + dx * ((double)s + 0.5), HEIGHT - BOTTOM + 18, f->spots.at[s]);
    }
    ticks = f->vols.n < 9 ? f->vols.n : 9;
    for (size_t i = 0; i < ticks; i++) {
        size_t v = shown(f->vols.n, ticks, i);
        be_text_printf(&text, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.4g</text>\n",
                       LEFT - 8, TOP + dy * ((double)(f->vols.n - 1 - v) + 0.5) + 4, f->vols.at[v]);
    }
    be_text_printf(&text,
                   "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">spot</text>\n"
                   "<text x=\"14\" y=\"%d\">vol</text>\n</svg>\n",
                   (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, TOP - 8);
    be_error error;
    be_status status = be_text_status(&text);
    if (!status) {
        status = be_file_replace(given.svg, text.bytes, text.size, &error);
    }
    be_text_clear(&text);
    return status ? cli_fail(call, status, &error, given.svg) : CLI_DONE;
}

static void print_csv(const surface *f)
{
    printf("spot,vol,%s\n", QUANTITIES[given.quantity]);
    for (size_t i = 0; i < f->spots.n * f->vols.n; i++) {
        printf("%.17g,%.17g,%.17g\n", f->spots.at[i % f->spots.n], f->vols.at[i / f->spots.n],
               f->value[i]);
    }
}

static int print_json(const cli_call *call, const surface *f)
{
    be_text text;
    be_text_init(&text, NULL);
    be_json_writer json;
    be_json_init(&json, &text, true);
    be_json_object(&json);
    be_json_key(&json, "schema");
    be_json_string(&json, "breakeven.option.grid/1");
    be_json_key(&json, "quantity");
    be_json_string(&json, QUANTITIES[given.quantity]);
    const axis *axes[] = {&f->spots, &f->vols};
    for (size_t a = 0; a < 2; a++) {
        be_json_key(&json, a ? "vols" : "spots");
        be_json_array(&json);
        for (size_t i = 0; i < axes[a]->n; i++) {
            be_json_double(&json, axes[a]->at[i]);
        }
        be_json_array_end(&json);
    }
    be_json_key(&json, "values"); /* a row for each vol */
    be_json_array(&json);
    for (size_t v = 0; v < f->vols.n; v++) {
        be_json_array(&json);
        for (size_t s = 0; s < f->spots.n; s++) {
            be_json_double(&json, f->value[v * f->spots.n + s]);
        }
        be_json_array_end(&json);
    }
    be_json_array_end(&json);
    be_json_object_end(&json);
    be_text_puts(&text, "\n");
    int code = cli_write_json(call, &text);
    be_text_clear(&text);
    return code;
}

static int show(const cli_call *call, surface *f)
{
    f->low = (double)INFINITY;
    f->high = -(double)INFINITY;
    for (size_t i = 0; i < f->spots.n * f->vols.n; i++) {
        f->low = isfinite(f->value[i]) ? fmin(f->low, f->value[i]) : f->low;
        f->high = isfinite(f->value[i]) ? fmax(f->high, f->value[i]) : f->high;
    }
    int code = CLI_DONE;
    if (option_rows_given.csv) {
        print_csv(f);
    } else if (!call->json || strcmp(call->json, "-") != 0) {
        print_map(call, f);
    }
    if (call->json) {
        code = print_json(call, f);
    }
    return code == CLI_DONE && given.svg ? write_svg(call, f) : code;
}

static int run(cli_call *call, int argc, char **argv)
{
    if (option_rows_given.csv && call->json && strcmp(call->json, "-") == 0) {
        return cli_usage(call, "expected --csv or --json on standard output, got both");
    }
    if (given.american && WHICH[given.quantity] == BE_OPTION_VEGA) {
        return cli_usage(call, "--quantity vega is of European options");
    }
    option_rows rows;
    int code = option_rows_read(call, argc, argv, 1u << OPTION_VOL, &rows);
    surface f = {.value = NULL};
    if (code == CLI_DONE && rows.n != 1) {
        code = cli_usage(call, "expected one option, got %zu", rows.n);
    }
    if (code == CLI_DONE && !read_axis(given.spots, rows.value[OPTION_SPOT][0], &f.spots)) {
        code = cli_usage(call,
                         "--spots is \"%s\"; expected LOW:HIGH:COUNT such as 80:120:41 or "
                         "-20%%:20%%:9, at most %d",
                         given.spots, SIDE_MAX);
    }
    if (code == CLI_DONE && !read_axis(given.vols, rows.value[OPTION_VOL][0], &f.vols)) {
        code = cli_usage(call,
                         "--vols is \"%s\"; expected LOW:HIGH:COUNT such as 0.1:0.4:31 or "
                         "-50%%:50%%:9, at most %d",
                         given.vols, SIDE_MAX);
    }
    if (code == CLI_DONE && given.american &&
        (rows.model[0] > BE_OPTION_GARMAN_KOHLHAGEN || rows.payoff[0] != BE_OPTION_VANILLA)) {
        code = cli_usage(call, "--american is for vanilla options on a lognormal spot or forward");
    }
    if (code == CLI_DONE) {
        f.value = cli_allocate(NULL, f.spots.n * f.vols.n, sizeof *f.value);
        be_error error = {.status = BE_EINVAL, .expected = "a method by collocation"};
        be_status status =
            given.american ? fill_american(&rows, &f) : fill_european(call, &rows, &f, &error);
        code = status ? cli_fail(call, status, &error, NULL) : show(call, &f);
    }
    free(f.spots.at);
    free(f.vols.at);
    free(f.value);
    option_rows_clear(&rows);
    return code;
}

static const char *const METHODS[] = {"fast", "standard", "exact", NULL};

static const cli_option OPTIONS[] = {
    {"spots", 0, "LOW:HIGH:COUNT", "spots, or percent more than --spot (default -20%:20%:9)",
     .text = &given.spots},
    {"vols", 0, "LOW:HIGH:COUNT", "vols, or percent more than --vol (default -50%:50%:9)",
     .text = &given.vols},
    {"quantity", 0, "NAME", "price, delta, gamma, theta or vega", .choice = &given.quantity,
     .choices = QUANTITIES},
    {"american", 0, NULL, "of an American option", .flag = &given.american},
    {"method", 0, "NAME", "of American values: fast, standard or exact", .choice = &given.method,
     .choices = METHODS},
    {"svg", 0, "FILE", "draw the surface to FILE as well", .text = &given.svg},
    OPTION_VOL_OPTION,
    OPTION_ONE_OPTIONS,
    {0}};

static const cli_example EXAMPLES[] = {
    {"option grid --spot 100 --strike 100 --years 0.5 --vol 0.2 --rate 0.03",
     "prices when spot and vol move, as a heat map"},
    {"option grid --american --type put --spot 100 --strike 100 --years 0.5 --vol 0.2 --rate 0.03 "
     "--quantity gamma --spots 70:130:121 --vols 0.1:0.4:61 --svg gamma.svg",
     "a picture of an American put's gamma"},
    {0}};

const cli_command command_option_grid = {
    .name = "grid",
    .summary = "an option over spots and vols, as a heat map",
    .usage = (const char *const[]){"[OPTION...]", NULL},
    .examples = EXAMPLES,
    .description =
        "One option, all else held still: a table coloured by value on the screen, every "
        "cell in --csv and --json, a picture in --svg.",
    .uses = CLI_USES_ENGINE | CLI_USES_JSON,
    .options = OPTIONS,
    .run = run};
