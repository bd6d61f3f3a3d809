/* option_module.c: breakeven.option._ufuncs, the kernels of option.h as NumPy ufuncs.
 *
 * A ufunc is made for each (model, pay-off, what is wanted, units) that somebody asks for, and
 * kept. All have the same inputs, so that broadcasting, strides, casting, `where` and `out` are
 * NumPy's:
 *
 *     price, delta, ...   type, spot, strike, years, vol, rate, dividend, shift -> values[, status]
 *     implied_vol         type, price, spot, strike, years, rate, dividend, shift -> vol[, status]
 *
 * type is uint8, a be_option_type. A loop hands NumPy's strides to the kernels as they are and
 * copies nothing; the float32 loop goes through double, block by block. NumPy has released the GIL
 * by then.
 *
 * In front of them stands a function for each quantity, which answers Python floats at once,
 * without NumPy, and turns keywords into the inputs of the right ufunc.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#define NPY_NO_DEPRECATED_API NPY_1_22_API_VERSION
#include <numpy/arrayobject.h>
#include <numpy/ufuncobject.h>

#include <breakeven/batch.h>
#include <breakeven/option.h>

#include <fenv.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
    INPUTS = 8, /* of a ufunc */
    MOST_ARGS = INPUTS + BE_OPTION_QUANTITY_COUNT + 1,
    BLOCK = 512 /* float32 items at a time */
};

enum american_value { PRICE, DELTA, GAMMA, THETA, BOUNDARY, BOUNDARY_FAR, AMERICAN_VALUES };
static const char *const american_name[AMERICAN_VALUES] = {"price", "delta",    "gamma",
                                                           "theta", "boundary", "boundary_far"};

enum job { EVALUATE, IMPLIED_VOL, AMERICAN, AMERICAN_IMPLIED_VOL };

/* What a ufunc computes; its loops get it as their data. */
struct wanted {
    enum job job;
    be_option_model model;
    be_option_payoff payoff;
    be_american_method method;
    be_option_units units;
    bool with_status;
    int n_values; /* outputs but for the status */
    int value[BE_OPTION_QUANTITY_COUNT];
};

static be_engine *engine; /* one for the process; goes on in the child of a fork */

/* ---- loops ---------------------------------------------------------------------------------- */

/* Inputs in the order of the ufunc, then outputs, as columns of bytes. */
struct columns {
    char *first[MOST_ARGS];
    npy_intp stride[MOST_ARGS];
};

static be_column in_column(const struct columns *c, int k)
{
    return (be_column){(const double *)(void *)c->first[k], c->stride[k]};
}

static be_out_column out_column(const struct columns *c, int k)
{
    return (be_out_column){(double *)(void *)c->first[k], c->stride[k]};
}

static be_status run(const struct wanted *w, const struct columns *c, size_t n,
                     const be_for_options *options)
{
    be_option_in in = {.model = w->model, .payoff = w->payoff};
    bool backwards = w->job == IMPLIED_VOL || w->job == AMERICAN_IMPLIED_VOL;
    in.type = (be_byte_column){(const uint8_t *)c->first[0], c->stride[0]};
    in.spot = in_column(c, backwards ? 2 : 1);
    in.strike = in_column(c, backwards ? 3 : 2);
    in.years = in_column(c, backwards ? 4 : 3);
    in.vol = in_column(c, 4); /* not looked at when it is what is asked for */
    in.rate = in_column(c, 5);
    in.dividend = in_column(c, 6);
    in.shift = in_column(c, 7);
    be_out_byte_column status = {NULL, 1};
    if (w->with_status) {
        int k = INPUTS + w->n_values;
        status = (be_out_byte_column){(uint8_t *)c->first[k], c->stride[k]};
    }
    switch (w->job) {
    case EVALUATE: {
        be_option_out out = {.status = status, .units = w->units};
        for (int i = 0; i < w->n_values; i++) {
            out.value[w->value[i]] = out_column(c, INPUTS + i);
        }
        return be_option_evaluate(engine, &in, n, &out, options);
    }
    case IMPLIED_VOL:
        return be_option_implied_vols(engine, &in, in_column(c, 1), n, out_column(c, INPUTS),
                                      status, options);
    case AMERICAN: {
        be_american_out out = {.status = status, .units = w->units};
        be_out_column *const place[AMERICAN_VALUES] = {
            &out.price, &out.delta, &out.gamma, &out.theta, &out.boundary, &out.boundary_far};
        for (int i = 0; i < w->n_values; i++) {
            *place[w->value[i]] = out_column(c, INPUTS + i);
        }
        return be_option_americans(engine, w->method, &in, n, &out, options);
    }
    case AMERICAN_IMPLIED_VOL:
        return be_option_american_implied_vols(engine, &in, in_column(c, 1), n,
                                               out_column(c, INPUTS), status, options);
    }
    return BE_EINVAL;
}

static void complain(be_status status)
{
    if (status != BE_OK) {
        NPY_ALLOW_C_API_DEF
        NPY_ALLOW_C_API;
        PyErr_Format(PyExc_RuntimeError, "breakeven: %s", be_status_text(status));
        NPY_DISABLE_C_API;
    }
}

static void loop_double(char **args, const npy_intp *dimensions, const npy_intp *steps, void *data)
{
    const struct wanted *w = data;
    int n_args = INPUTS + w->n_values + w->with_status;
    struct columns c;
    memcpy(c.first, args, (size_t)n_args * sizeof *args);
    memcpy(c.stride, steps, (size_t)n_args * sizeof *steps);
    complain(run(w, &c, (size_t)dimensions[0], NULL));
    feclearexcept(FE_ALL_EXCEPT); /* NaN and the status tell; NumPy need not warn */
}

static void loop_float(char **args, const npy_intp *dimensions, const npy_intp *steps, void *data)
{
    const struct wanted *w = data;
    double block[MOST_ARGS][BLOCK];
    int n_values = INPUTS + w->n_values, n_args = n_values + w->with_status;
    for (npy_intp begin = 0; begin < dimensions[0]; begin += BLOCK) {
        npy_intp n = dimensions[0] - begin < BLOCK ? dimensions[0] - begin : BLOCK;
        struct columns c;
        for (int k = 0; k < n_args; k++) {
            const char *from = args[k] + begin * steps[k];
            if (k == 0 || k >= n_values) { /* bytes */
                c.first[k] = args[k] + begin * steps[k];
                c.stride[k] = steps[k];
                continue;
            }
            c.first[k] = (char *)block[k];
            c.stride[k] = sizeof(double);
            for (npy_intp i = 0; k < INPUTS && i < n; i++) {
                float x;
                memcpy(&x, from + i * steps[k], sizeof x);
                block[k][i] = (double)x;
            }
        }
        complain(run(w, &c, (size_t)n, NULL));
        for (int k = INPUTS; k < n_values; k++) {
            for (npy_intp i = 0; i < n; i++) {
                float x = (float)block[k][i];
                memcpy(args[k] + (begin + i) * steps[k], &x, sizeof x);
            }
        }
    }
    feclearexcept(FE_ALL_EXCEPT);
}

/* ---- ufuncs --------------------------------------------------------------------------------- */

/* A ufunc keeps pointers to these as long as it lives; none is ever freed, nor is it. */
struct made {
    struct made *next;
    struct wanted wanted;
    PyUFuncGenericFunction loop[2];
    void *data[2];
    char type[2][MOST_ARGS];
    char name[64];
    PyObject *ufunc;
};

static struct made *all_made;

static bool same(const struct wanted *a, const struct wanted *b)
{
    return a->job == b->job && a->model == b->model && a->payoff == b->payoff &&
           a->method == b->method && a->units.percent == b->units.percent &&
           !(a->units.days_per_year < b->units.days_per_year) &&
           !(a->units.days_per_year > b->units.days_per_year) && a->with_status == b->with_status &&
           a->n_values == b->n_values &&
           memcmp(a->value, b->value, (size_t)a->n_values * sizeof a->value[0]) == 0;
}

static const char *name_of(const struct wanted *w)
{
    if (w->job == IMPLIED_VOL || w->job == AMERICAN_IMPLIED_VOL) {
        return "implied_vol";
    }
    if (w->n_values != 1) {
        return "greeks";
    }
    return w->job == AMERICAN ? american_name[w->value[0]]
                              : be_option_quantity_name((be_option_quantity)w->value[0]);
}

static const char *payoff_at(int i)
{
    static const char *const name[] = {"vanilla", "cash", "asset"};
    return name[i];
}

/* The library does not do this. */
static PyObject *refuse(const struct wanted *w)
{
    return PyErr_Format(PyExc_ValueError, "%s is not to be had under model='%s' for payoff='%s'",
                        w->job == AMERICAN ? "an American value" : name_of(w),
                        be_option_model_name(w->model), payoff_at(w->payoff));
}

/* Asks the library, by an item of ones. */
static bool is_known(const struct wanted *w)
{
    double one = 1, value[BE_OPTION_QUANTITY_COUNT];
    uint8_t byte = 0;
    struct columns c;
    for (int k = 0; k < MOST_ARGS; k++) {
        c.first[k] = (char *)(k < INPUTS ? &one : &value[(k - INPUTS) % BE_OPTION_QUANTITY_COUNT]);
        c.stride[k] = k < INPUTS ? 0 : sizeof(double);
    }
    c.first[0] = c.first[INPUTS + w->n_values] = (char *)&byte;
    return run(w, &c, 1, NULL) == BE_OK;
}

/* The ufunc for what is wanted; borrowed. */
static PyObject *ufunc_for(const struct wanted *w)
{
    for (struct made **at = &all_made; *at; at = &(*at)->next) {
        struct made *made = *at;
        if (same(&made->wanted, w)) {
            *at = made->next; /* to the front: it is likely the next one too */
            made->next = all_made;
            all_made = made;
            return made->ufunc;
        }
    }
    /* No loop of a ufunc can raise, so it is refused here. */
    if (!is_known(w)) {
        return refuse(w);
    }
    struct made *made = PyMem_RawCalloc(1, sizeof *made);
    if (!made) {
        return PyErr_NoMemory();
    }
    made->wanted = *w;
    int n_out = w->n_values + w->with_status, n_args = INPUTS + n_out;
    static const PyUFuncGenericFunction loops[2] = {loop_float, loop_double};
    static const char number[2] = {NPY_FLOAT, NPY_DOUBLE};
    for (int t = 0; t < 2; t++) {
        made->loop[t] = loops[t];
        made->data[t] = &made->wanted;
        memset(made->type[0] + t * n_args, number[t], (size_t)n_args);
        made->type[0][t * n_args] = NPY_UBYTE;
        if (w->with_status) {
            made->type[0][t * n_args + n_args - 1] = NPY_UBYTE;
        }
    }
    snprintf(made->name, sizeof made->name, "%s_%s", be_option_model_name(w->model), name_of(w));
    made->ufunc = PyUFunc_FromFuncAndData(
        made->loop, made->data, made->type[0], 2, INPUTS, n_out, PyUFunc_None, made->name,
        "(type, spot, strike, years, vol, rate, dividend, shift); for an implied vol (type, price, "
        "spot, strike, years, rate, dividend, shift)",
        0);
    if (!made->ufunc) {
        PyMem_RawFree(made);
        return NULL;
    }
    made->next = all_made;
    all_made = made;
    return made->ufunc;
}

/* ---- arguments ------------------------------------------------------------------------------ */

/* Inputs by name, borrowed; NULL: not given. */
struct arguments {
    PyObject *input[5]; /* the positional ones */
    PyObject *dividend, *shift, *type, *model, *payoff, *method;
    PyObject *out, *where;
    struct wanted wanted;
};

static PyObject *zero;          /* 0.0 */
static PyObject *convert_types; /* Python's way from words to bytes, */
static PyObject *call_type;     /* and what it makes of "call" */

static int index_of(const char *what, PyObject *name, const char *(*name_at)(int), int count)
{
    if (!PyUnicode_Check(name)) {
        PyErr_Format(PyExc_TypeError, "%s must be a string, not %.80s", what,
                     Py_TYPE(name)->tp_name);
        return -1;
    }
    for (int i = 0; i < count; i++) {
        if (PyUnicode_CompareWithASCIIString(name, name_at(i)) == 0) {
            return i;
        }
    }
    char known[512] = "";
    for (int i = 0; i < count; i++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", name_at(i));
    }
    PyErr_Format(PyExc_ValueError, "%s must be one of %s, not %R", what, known, name);
    return -1;
}

static const char *model_at(int i)
{
    return be_option_model_name((be_option_model)i);
}

static const char *quantity_at(int i)
{
    return be_option_quantity_name((be_option_quantity)i);
}

static const char *method_at(int i)
{
    return be_american_method_name((be_american_method)i);
}

static const char *american_at(int i)
{
    return american_name[i];
}

/* One keyword; false with an exception set. */
static bool take_keyword(struct arguments *a, const char *const *positional, PyObject *name,
                         PyObject *value)
{
    struct wanted *w = &a->wanted;
    for (int i = 0; i < 5; i++) {
        if (PyUnicode_CompareWithASCIIString(name, positional[i]) == 0) {
            if (a->input[i]) {
                PyErr_Format(PyExc_TypeError, "got two values for argument %R", name);
                return false;
            }
            a->input[i] = value;
            return true;
        }
    }
    const struct {
        const char *name;
        PyObject **place;
    } objects[] = {{"dividend", &a->dividend}, {"shift", &a->shift},  {"type", &a->type},
                   {"model", &a->model},       {"out", &a->out},      {"where", &a->where},
                   {"payoff", &a->payoff},     {"method", &a->method}};
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        if (PyUnicode_CompareWithASCIIString(name, objects[i].name) == 0) {
            *objects[i].place = value;
            return true;
        }
    }
    if (PyUnicode_CompareWithASCIIString(name, "return_status") == 0) {
        int yes = PyObject_IsTrue(value);
        w->with_status = yes > 0;
        return yes >= 0;
    }
    if (PyUnicode_CompareWithASCIIString(name, "percent") == 0) {
        int yes = PyObject_IsTrue(value);
        w->units.percent = yes > 0;
        return yes >= 0;
    }
    if (PyUnicode_CompareWithASCIIString(name, "days_per_year") == 0) {
        w->units.days_per_year = PyFloat_AsDouble(value);
        if (!PyErr_Occurred() &&
            !(w->units.days_per_year >= 0 && isfinite(w->units.days_per_year))) {
            PyErr_SetString(PyExc_ValueError,
                            "days_per_year must be 0 or more, such as 365 or 252");
        }
        return !PyErr_Occurred();
    }
    PyErr_Format(PyExc_TypeError, "got an unexpected keyword argument %R", name);
    return false;
}

static const char *const forwards[5] = {"spot", "strike", "years", "vol", "rate"};
static const char *const backwards[5] = {"price", "spot", "strike", "years", "rate"};

static const char *const *positional_of(const struct wanted *w)
{
    return w->job == IMPLIED_VOL || w->job == AMERICAN_IMPLIED_VOL ? backwards : forwards;
}

static bool parse(struct arguments *a, PyObject *const *args, Py_ssize_t n_args, PyObject *names)
{
    const char *const *positional = positional_of(&a->wanted);
    if (n_args > 5) {
        PyErr_Format(PyExc_TypeError,
                     "takes at most 5 positional arguments (%s, %s, %s, %s, %s) but %zd were given",
                     positional[0], positional[1], positional[2], positional[3], positional[4],
                     n_args);
        return false;
    }
    for (Py_ssize_t i = 0; i < n_args; i++) {
        a->input[i] = args[i];
    }
    Py_ssize_t n_names = names ? PyTuple_GET_SIZE(names) : 0;
    for (Py_ssize_t i = 0; i < n_names; i++) {
        if (!take_keyword(a, positional, PyTuple_GET_ITEM(names, i), args[n_args + i])) {
            return false;
        }
    }
    for (int i = 0; i < 4; i++) {
        if (!a->input[i]) {
            PyErr_Format(PyExc_TypeError, "missing required argument '%s'", positional[i]);
            return false;
        }
    }
    if (a->model) {
        int k = index_of("model", a->model, model_at, BE_OPTION_MODEL_COUNT);
        a->wanted.model = (be_option_model)k;
        if (k < 0) {
            return false;
        }
    }
    if (a->payoff) {
        int k = index_of("payoff", a->payoff, payoff_at, BE_OPTION_PAYOFF_COUNT);
        a->wanted.payoff = (be_option_payoff)k;
        if (k < 0) {
            return false;
        }
    }
    if (a->method) {
        int k = index_of("method", a->method, method_at, BE_AMERICAN_METHOD_COUNT);
        a->wanted.method = (be_american_method)k;
        if (k < 0) {
            return false;
        }
    }
    return true;
}

/* A word for the type: BE_OPTION_CALL, BE_OPTION_PUT, or -1 where it is no such word. */
static int type_of_word(PyObject *word)
{
    static const struct {
        const char *word;
        be_option_type type;
    } words[] = {{"call", BE_OPTION_CALL}, {"put", BE_OPTION_PUT}, {"c", BE_OPTION_CALL},
                 {"p", BE_OPTION_PUT},     {"C", BE_OPTION_CALL},  {"P", BE_OPTION_PUT}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (PyUnicode_CompareWithASCIIString(word, words[i].word) == 0) {
            return (int)words[i].type;
        }
    }
    return -1;
}

/* ---- scalars -------------------------------------------------------------------------------- */

/* A Python number; NumPy's arrays and scalars of other types are not. */
static bool to_double(PyObject *object, double *value)
{
    if (!object) {
        *value = 0;
        return true;
    }
    if (PyFloat_Check(object)) {
        *value = PyFloat_AS_DOUBLE(object);
        return true;
    }
    if (PyLong_CheckExact(object)) {
        *value = PyLong_AsDouble(object);
        return !PyErr_Occurred();
    }
    return false;
}

/* All inputs are Python's own numbers: then the answer is one, too. */
static bool is_scalar(const struct arguments *a, be_option *option, double *first)
{
    double x[5];
    int type = BE_OPTION_CALL;
    if (a->out || a->where) {
        return false;
    }
    if (a->type) {
        type = PyUnicode_Check(a->type) ? type_of_word(a->type) : -1;
        if (type < 0) {
            return false;
        }
    }
    for (int i = 0; i < 5; i++) {
        if (!to_double(a->input[i], &x[i])) {
            return false;
        }
    }
    if (!to_double(a->dividend, &option->dividend) || !to_double(a->shift, &option->shift)) {
        return false;
    }
    bool vol_known = positional_of(&a->wanted) == forwards;
    option->type = (be_option_type)type;
    option->spot = vol_known ? x[0] : x[1];
    option->strike = vol_known ? x[1] : x[2];
    option->years = vol_known ? x[2] : x[3];
    option->vol = vol_known ? x[3] : 0;
    option->rate = x[4];
    *first = x[0];
    return true;
}

static PyObject *answer_scalar(const struct wanted *w, const be_option *option, double first)
{
    be_option_status status = BE_OPTION_OK;
    double value[BE_OPTION_QUANTITY_COUNT];
    double plain = w->units.days_per_year > 0 || w->units.percent ? 0 : 1;
    if (w->job == EVALUATE && w->n_values == 1 && w->value[0] == BE_OPTION_PRICE &&
        w->payoff == BE_OPTION_VANILLA && plain > 0) {
        value[0] = be_option_price(w->model, option, &status);
    } else if (w->job == IMPLIED_VOL && w->payoff == BE_OPTION_VANILLA) {
        value[0] = be_option_implied_vol(w->model, option, first, &status);
    } else {
        /* One item of the ufunc's loop: the same bits, and the same units. */
        struct columns c;
        uint8_t type = (uint8_t)option->type, told = 0;
        double in[INPUTS];
        memcpy(in,
               (double[INPUTS]){0, option->spot, option->strike, option->years, option->vol,
                                option->rate, option->dividend, option->shift},
               sizeof in);
        if (w->job == AMERICAN_IMPLIED_VOL) {
            memcpy(in,
                   (double[INPUTS]){0, first, option->spot, option->strike, option->years,
                                    option->rate, option->dividend, option->shift},
                   sizeof in);
        }
        for (int k = 0; k < INPUTS; k++) {
            c.first[k] = k ? (char *)&in[k] : (char *)&type;
            c.stride[k] = 0;
        }
        for (int k = 0; k < w->n_values; k++) {
            c.first[INPUTS + k] = (char *)&value[k];
            c.stride[INPUTS + k] = sizeof(double);
        }
        c.first[INPUTS + w->n_values] = (char *)&told;
        c.stride[INPUTS + w->n_values] = 1;
        struct wanted with_status = *w;
        with_status.with_status = true;
        be_status failure = run(&with_status, &c, 1, NULL);
        if (failure != BE_OK) {
            return refuse(w);
        }
        status = (be_option_status)told;
    }
    if (w->n_values == 1 && !w->with_status) {
        return PyFloat_FromDouble(value[0]);
    }
    PyObject *all = PyTuple_New(w->n_values + w->with_status);
    for (int i = 0; all && i < w->n_values; i++) {
        PyTuple_SET_ITEM(all, i, PyFloat_FromDouble(value[i]));
    }
    if (all && w->with_status) {
        PyTuple_SET_ITEM(all, w->n_values, PyLong_FromLong((long)status));
    }
    return all;
}

/* ---- plain arrays --------------------------------------------------------------------------- */

/* One input as a column: a Python number, or an array that can be read as it lies. The arrays have
 * one shape, that of *shape, which is set by the first. */
static bool plain_column(PyObject *object, double *number, PyArrayObject **shape, char **first,
                         npy_intp *stride)
{
    if (!object || !PyArray_CheckExact(object)) {
        *first = (char *)number;
        *stride = 0;
        return to_double(object, number);
    }
    PyArrayObject *array = (PyArrayObject *)object;
    if (PyArray_TYPE(array) != NPY_DOUBLE || PyArray_NDIM(array) == 0 ||
        !PyArray_ISCARRAY_RO(array)) {
        return false;
    }
    if (*shape && (PyArray_NDIM(*shape) != PyArray_NDIM(array) ||
                   memcmp(PyArray_DIMS(*shape), PyArray_DIMS(array),
                          (size_t)PyArray_NDIM(array) * sizeof(npy_intp)) != 0)) {
        return false;
    }
    *shape = array;
    *first = PyArray_BYTES(array);
    *stride = sizeof(double);
    return true;
}

/* Without the GIL, looking every 50 ms whether somebody pressed Ctrl-C. False with an exception. */
static bool run_interruptibly(const struct wanted *w, struct columns *c, size_t n)
{
    enum { SLICE_NS = 50000000 };
    for (;;) {
        size_t done = 0;
        be_status status;
        Py_BEGIN_ALLOW_THREADS be_for_options options = {
            .size = sizeof options, .deadline_ns = be_now_ns() + SLICE_NS, .done = &done};
        status = run(w, c, n, n > 1000 ? &options : NULL);
        Py_END_ALLOW_THREADS if (status == BE_OK)
        {
            return true;
        }
        if (status != BE_EDEADLINE) {
            refuse(w);
            return false;
        }
        if (PyErr_CheckSignals() != 0) {
            return false;
        }
        n -= done;
        for (int k = 0; k < INPUTS + 1; k++) {
            c->first[k] += (npy_intp)done * c->stride[k];
        }
    }
}

/* A word or nothing for the type, and inputs as plain_column takes them, at least one an array:
 * what most calls look like, answered without NumPy's search for the right loop, which costs more
 * than some hundred options do. NULL without an exception where the call is no such one. */
static PyObject *answer_plain(struct arguments *a)
{
    const struct wanted *w = &a->wanted;
    int type = a->type && PyUnicode_Check(a->type) ? type_of_word(a->type) : BE_OPTION_CALL;
    if (a->out || a->where || w->n_values != 1 || w->with_status || type < 0 ||
        (a->type && !PyUnicode_Check(a->type))) {
        return NULL;
    }
    struct columns c;
    uint8_t type_byte = (uint8_t)type;
    double number[INPUTS];
    PyArrayObject *shape = NULL;
    PyObject *const input[INPUTS] = {NULL,        a->input[0], a->input[1], a->input[2],
                                     a->input[3], a->input[4], a->dividend, a->shift};
    c.first[0] = (char *)&type_byte;
    c.stride[0] = 0;
    for (int k = 1; k < INPUTS; k++) {
        if (!plain_column(input[k], &number[k], &shape, &c.first[k], &c.stride[k])) {
            return NULL;
        }
    }
    PyObject *result =
        shape ? PyArray_SimpleNew(PyArray_NDIM(shape), PyArray_DIMS(shape), NPY_DOUBLE) : NULL;
    if (!result) {
        return NULL;
    }
    c.first[INPUTS] = PyArray_BYTES((PyArrayObject *)result);
    c.stride[INPUTS] = sizeof(double);
    if (!run_interruptibly(w, &c, (size_t)PyArray_SIZE(shape))) {
        Py_DECREF(result);
        return NULL;
    }
    return result;
}

/* ---- all other arrays ----------------------------------------------------------------------- */

static PyObject *call_ufunc(struct arguments *a)
{
    PyObject *ufunc = ufunc_for(&a->wanted);
    if (!ufunc) {
        return NULL;
    }
    PyObject *types = call_type;
    if (a->type) {
        types = PyObject_CallOneArg(convert_types, a->type);
    } else {
        Py_INCREF(types);
    }
    if (!types) {
        return NULL;
    }
    /* In the order of either kind of ufunc: behind the type come the positional arguments. */
    PyObject *rate = a->input[4] ? a->input[4] : zero;
    PyObject *stack[1 + INPUTS + 2] = {
        NULL,
        types,
        a->input[0],
        a->input[1],
        a->input[2],
        a->input[3],
        rate,
        a->dividend ? a->dividend : zero,
        a->shift ? a->shift : zero,
    };
    PyObject *names = NULL;
    const struct {
        const char *name;
        PyObject *value;
    } keywords[] = {{"out", a->out}, {"where", a->where}};
    Py_ssize_t n_names = 0;
    PyObject *given[2];
    for (size_t i = 0; i < 2; i++) {
        if (keywords[i].value) {
            given[n_names] = PyUnicode_InternFromString(keywords[i].name);
            stack[1 + INPUTS + n_names] = keywords[i].value;
            n_names++;
        }
    }
    if (n_names) {
        names = PyTuple_New(n_names);
        for (Py_ssize_t i = 0; i < n_names; i++) {
            if (names) {
                PyTuple_SET_ITEM(names, i, given[i]);
            } else {
                Py_XDECREF(given[i]);
            }
        }
    }
    PyObject *result = NULL;
    if (!n_names || names) {
        result =
            PyObject_Vectorcall(ufunc, stack + 1, INPUTS | PY_VECTORCALL_ARGUMENTS_OFFSET, names);
    }
    Py_DECREF(types);
    Py_XDECREF(names);
    return result;
}

static PyObject *answer(struct arguments *a)
{
    be_option option;
    double first;
    if (is_scalar(a, &option, &first)) {
        return answer_scalar(&a->wanted, &option, first);
    }
    PyObject *plain = PyErr_Occurred() ? NULL : answer_plain(a);
    return plain || PyErr_Occurred() ? plain : call_ufunc(a);
}

/* ---- the functions -------------------------------------------------------------------------- */

#define QUANTITIES(X)                                                                              \
    X(PRICE, price, "The value of a European option.")                                             \
    X(DELTA, delta, "dV/dspot, the change of the value with the spot.")                            \
    X(GAMMA, gamma, "d2V/dspot2, the change of delta with the spot.")                              \
    X(VEGA, vega, "dV/dvol, per 1.00 of volatility.")                                              \
    X(THETA, theta, "-dV/dyears, what a year of waiting brings.")                                  \
    X(RHO, rho, "dV/drate, per 1.00 of the rate.")                                                 \
    X(DIVIDEND_RHO, dividend_rho, "dV/ddividend, also called epsilon, per 1.00 of the yield.")     \
    X(VANNA, vanna, "d2V/dspot dvol.")                                                             \
    X(VOLGA, volga, "d2V/dvol2, also called vomma.")                                               \
    X(CHARM, charm, "-d2V/dspot dyears, the change of delta as time passes.")                      \
    X(VETA, veta, "-d2V/dvol dyears, the change of vega as time passes.")                          \
    X(SPEED, speed, "d3V/dspot3.")                                                                 \
    X(ZOMMA, zomma, "d3V/dspot2 dvol.")                                                            \
    X(COLOR, color, "-d3V/dspot2 dyears, the change of gamma as time passes.")                     \
    X(ULTIMA, ultima, "d3V/dvol3.")                                                                \
    X(DUAL_DELTA, dual_delta, "dV/dstrike.")                                                       \
    X(DUAL_GAMMA, dual_gamma, "d2V/dstrike2, the discounted density of the spot at the strike.")   \
    X(FORWARD_DELTA, forward_delta, "Delta in forwards: delta * exp(dividend * years).")           \
    X(PREMIUM_DELTA, premium_delta, "Premium-adjusted delta: delta - V / spot.")                   \
    X(FORWARD_PREMIUM_DELTA, forward_premium_delta, "Premium-adjusted delta in forwards.")

#define FUNCTION(NAME, name, doc)                                                                  \
    static PyObject *function_##name(PyObject *self, PyObject *const *args, Py_ssize_t n,          \
                                     PyObject *names)                                              \
    {                                                                                              \
        (void)self;                                                                                \
        struct arguments a = {.wanted = {.job = EVALUATE,                                          \
                                         .model = BE_OPTION_MERTON,                                \
                                         .n_values = 1,                                            \
                                         .value = {BE_OPTION_##NAME}}};                            \
        return parse(&a, args, n, names) ? answer(&a) : NULL;                                      \
    }
QUANTITIES(FUNCTION)

static PyObject *function_implied_vol(PyObject *self, PyObject *const *args, Py_ssize_t n,
                                      PyObject *names)
{
    (void)self;
    struct arguments a = {.wanted = {.job = IMPLIED_VOL, .model = BE_OPTION_MERTON, .n_values = 1}};
    return parse(&a, args, n, names) ? answer(&a) : NULL;
}

static PyObject *function_american_implied_vol(PyObject *self, PyObject *const *args, Py_ssize_t n,
                                               PyObject *names)
{
    (void)self;
    struct arguments a = {
        .wanted = {.job = AMERICAN_IMPLIED_VOL, .model = BE_OPTION_MERTON, .n_values = 1}};
    return parse(&a, args, n, names) ? answer(&a) : NULL;
}

/* several(which, ...): the quantities in the tuple of names, in one pass, as a tuple. */
static PyObject *several(enum job job, PyObject *const *args, Py_ssize_t n, PyObject *names)
{
    struct arguments a = {
        .wanted = {.job = job, .model = BE_OPTION_MERTON, .method = BE_AMERICAN_STANDARD}};
    if (n < 1 || !PyTuple_Check(args[0]) || PyTuple_GET_SIZE(args[0]) < 1 ||
        PyTuple_GET_SIZE(args[0]) > BE_OPTION_QUANTITY_COUNT) {
        PyErr_SetString(PyExc_TypeError, "which must be a tuple of names, none twice");
        return NULL;
    }
    unsigned seen = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args[0]); i++) {
        PyObject *name = PyTuple_GET_ITEM(args[0], i);
        int k = job == AMERICAN ? index_of("which", name, american_at, AMERICAN_VALUES)
                                : index_of("which", name, quantity_at, BE_OPTION_QUANTITY_COUNT);
        if (k < 0) {
            return NULL;
        }
        if (seen >> k & 1) {
            return PyErr_Format(PyExc_ValueError, "which names %R twice", name);
        }
        seen |= 1u << k;
        a.wanted.value[a.wanted.n_values++] = k;
    }
    return parse(&a, args + 1, n - 1, names) ? answer(&a) : NULL;
}

static PyObject *function_greeks(PyObject *self, PyObject *const *args, Py_ssize_t n,
                                 PyObject *names)
{
    (void)self;
    return several(EVALUATE, args, n, names);
}

static PyObject *function_american(PyObject *self, PyObject *const *args, Py_ssize_t n,
                                   PyObject *names)
{
    (void)self;
    return several(AMERICAN, args, n, names);
}

static PyObject *function_status_text(PyObject *self, PyObject *status)
{
    (void)self;
    long code = PyLong_AsLong(status);
    if (PyErr_Occurred()) {
        return NULL;
    }
    if (code < 0 || code >= BE_OPTION_STATUS_COUNT) {
        return PyErr_Format(PyExc_ValueError, "status must be in 0..%d, not %ld",
                            BE_OPTION_STATUS_COUNT - 1, code);
    }
    return PyUnicode_FromString(be_option_status_text((be_option_status)code));
}

/* ufunc(name, model): the ufunc behind a function, with its eight inputs in order. */
static PyObject *function_ufunc(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *name, *model;
    if (!PyArg_ParseTuple(args, "UU:ufunc", &name, &model)) {
        return NULL;
    }
    struct wanted w = {.job = EVALUATE, .n_values = 1};
    if (PyUnicode_CompareWithASCIIString(name, "implied_vol") == 0) {
        w.job = IMPLIED_VOL;
    } else {
        w.value[0] = index_of("name", name, quantity_at, BE_OPTION_QUANTITY_COUNT);
    }
    int k = w.value[0] < 0 ? -1 : index_of("model", model, model_at, BE_OPTION_MODEL_COUNT);
    if (k < 0) {
        return NULL;
    }
    w.model = (be_option_model)k;
    PyObject *ufunc = ufunc_for(&w);
    Py_XINCREF(ufunc);
    return ufunc;
}

/* _set_converter(types): how option types become bytes; the package does this first of all. */
static PyObject *function_set_converter(PyObject *self, PyObject *converter)
{
    (void)self;
    PyObject *call = PyObject_CallFunction(converter, "s", "call");
    if (!call) {
        return NULL;
    }
    Py_INCREF(converter);
    Py_XSETREF(convert_types, converter);
    Py_XSETREF(call_type, call);
    Py_RETURN_NONE;
}

#define KEYWORDS                                                                                   \
    "*, dividend=0.0, shift=0.0, type='call', model='merton', payoff='vanilla', out=None, "        \
    "where=True, days_per_year=0, percent=False, return_status=False"
#define INPUTS_DOC                                                                                 \
    "spot : array_like\n    Spot >= 0, or the forward under a model on one.\n"                     \
    "strike : array_like\n    Strike >= 0, in the spot's currency.\n"                              \
    "years : array_like\n    Time to expiry in years, >= 0.\n"
#define RATES_DOC                                                                                  \
    "rate : array_like, optional\n    Interest rate per year, continuously compounded; 0.05 is 5 " \
    "%.\n"                                                                                         \
    "dividend : array_like, optional\n    Dividend yield, or the foreign rate, likewise.\n"        \
    "shift : array_like, optional\n    Under 'displaced': forward + shift is lognormal.\n"         \
    "type : str, number or array_like of them\n    'call' or 'put', 'c' or 'p', 1 or -1; or "      \
    "uint8 "                                                                                       \
    "as `types` makes it.\n"                                                                       \
    "model : str\n    'black-scholes', 'black-76', 'merton', 'garman-kohlhagen', 'bachelier', "    \
    "'displaced'.\n"
#define ARRAYS_DOC                                                                                 \
    "out, where\n    As for any NumPy ufunc.\n"                                                    \
    "return_status : bool\n    Also return one uint8 code an option; `status_text` tells its "     \
    "meaning.\n\n"

#define QUANTITY_DOC(name, doc)                                                                    \
    name                                                                                           \
        "($module, /, spot, strike, years, vol, rate=0.0, " KEYWORDS ")\n--\n\n" doc               \
        "\n\nParameters\n----------\n" INPUTS_DOC                                                  \
        "vol : array_like\n    Volatility per square root of a year; 0.2 is 20 %.\n" RATES_DOC     \
        "payoff : str\n    'vanilla', 'cash' (1 in the money) or 'asset' (the spot).\n" ARRAYS_DOC \
        "days_per_year : float\n    365 or 252: derivatives by time per day; 0: per year.\n"       \
        "percent : bool\n    Derivatives by vol, rate and yield per 0.01.\n\n"                     \
        "Returns\n-------\nfloat or ndarray\n    NaN where an input is out of range. Arguments "   \
        "broadcast;\n    Python floats give a Python float.\n"

#define IMPLIED_VOL_DOC(name, doc)                                                                 \
    name "($module, /, price, spot, strike, years, rate=0.0, " KEYWORDS ")\n--\n\n" doc            \
         "\n\nParameters\n----------\nprice : array_like\n    Price of the option.\n" INPUTS_DOC   \
             RATES_DOC ARRAYS_DOC                                                                  \
         "Returns\n-------\nfloat or ndarray\n    Volatility per square root of a year. 0 at the " \
         "value without any\n    volatility, infinity at the most the option can be worth, NaN "   \
         "outside.\n"

#define FAST(name, doc)                                                                            \
    {                                                                                              \
#name, (PyCFunction)(void (*)(void))function_##name, METH_FASTCALL | METH_KEYWORDS, doc    \
    }
#define METHOD(NAME, name, doc) FAST(name, QUANTITY_DOC(#name, doc)),

/* greeks, american and ufunc have their manual in Python, which wraps them. */
static PyMethodDef methods[] = {
    QUANTITIES(METHOD)
        FAST(implied_vol,
             IMPLIED_VOL_DOC("implied_vol", "The volatility at which the model gives a price.")),
    FAST(american_implied_vol,
         IMPLIED_VOL_DOC("american_implied_vol",
                         "The volatility at which an American option costs a price, to 1e-10.")),
    FAST(greeks, NULL),
    FAST(american, NULL),
    {"status_text", function_status_text, METH_O,
     "status_text($module, status, /)\n--\n\nThe meaning of one status code."},
    {"ufunc", function_ufunc, METH_VARARGS, NULL},
    {"_set_converter", function_set_converter, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_ufuncs", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__ufuncs(void); /* which Python.h does not declare */

PyMODINIT_FUNC PyInit__ufuncs(void)
{
    import_array();
    import_umath();
    if (!engine && be_engine_create(NULL, &engine) != BE_OK) {
        return PyErr_NoMemory();
    }
    zero = PyFloat_FromDouble(0);
    return zero ? PyModule_Create(&module) : NULL;
}
