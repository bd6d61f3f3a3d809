/* test_npy.c: NumPy's array files. The files here were written by NumPy 1.24. */
#include "check.h"

#include <breakeven/io.h>

#include <math.h>
#include <string.h>

/* A file with this header, padded as NumPy pads, and this data. */
static size_t made(const char *header, const void *data, size_t size, unsigned char *file)
{
    size_t length = 118;
    memcpy(file, "\x93NUMPY\x01\x00\x76\x00", 10);
    memset(file + 10, ' ', length);
    memcpy(file + 10, header, strlen(header));
    file[10 + length - 1] = '\n';
    memcpy(file + 10 + length, data, size);
    return 10 + length + size;
}

static void fields_are_found_by_name(void **state)
{
    (void)state;
    unsigned char file[512];
    const unsigned char data[] = "call\0\0\0\0\0\0\x59\x40put\0\0\0\0\0\0\0\xf0\x3f";
    size_t size = made("{'descr': [('type', '|S4'), ('spot', '<f8')], 'fortran_order': False, "
                       "'shape': (2,), }",
                       data, 24, file);
    be_npy npy;
    char text[8];
    CHECK(be_npy_parse(file, size, &npy, NULL) == BE_OK);
    CHECK(npy.rows == 2 && npy.fields == 2 && strcmp(npy.field[1].name, "spot") == 0);
    CHECK(be_npy_number(&npy, 0, 1) == 100 && be_npy_number(&npy, 1, 1) == 1);
    be_npy_string(&npy, 0, 0, text, sizeof text);
    CHECK(strcmp(text, "call") == 0);
    be_npy_string(&npy, 1, 0, text, 3);
    CHECK(strcmp(text, "pu") == 0 && isnan(be_npy_number(&npy, 0, 0)));
}

static void plain_arrays_have_columns_in_either_order(void **state)
{
    (void)state;
    unsigned char file[512];
    const int16_t data[] = {1, -2, 3, 4, 5, -6};
    be_npy npy;
    size_t size = made("{'descr': '<i2', 'fortran_order': False, 'shape': (3, 2), }", data,
                       sizeof data, file);
    CHECK(be_npy_parse(file, size, &npy, NULL) == BE_OK && npy.rows == 3 && npy.fields == 2);
    CHECK(be_npy_number(&npy, 0, 1) == -2 && be_npy_number(&npy, 2, 0) == 5);
    size =
        made("{'shape': (3, 2), 'fortran_order': True, 'descr': '<i2'}", data, sizeof data, file);
    CHECK(be_npy_parse(file, size, &npy, NULL) == BE_OK);
    CHECK(be_npy_number(&npy, 1, 0) == -2 && be_npy_number(&npy, 2, 1) == -6);
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    const double a[] = {0.1, -(double)INFINITY, 1e-300}, b[] = {1, 2, (double)NAN};
    const char *const names[] = {"price", "delta"};
    const double *const columns[] = {a, b};
    be_text text;
    be_text_init(&text, NULL);
    be_npy_write(&text, 3, 2, names, columns);
    be_npy npy;
    CHECK(be_text_status(&text) == BE_OK);
    CHECK(be_npy_parse(text.bytes, text.size, &npy, NULL) == BE_OK);
    CHECK(npy.rows == 3 && npy.fields == 2 && strcmp(npy.field[0].name, "price") == 0);
    for (size_t i = 0; i < 3; i++) {
        CHECK(be_npy_number(&npy, i, 0) == a[i]);
    }
    CHECK(isnan(be_npy_number(&npy, 2, 1)) && (npy.data - (unsigned char *)text.bytes) % 64 == 0);
    be_text_clear(&text);
}

static void other_files_are_refused_with_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *header, *expected;
    } CASES[] = {
        {"{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", "a type such as"},
        {"{'descr': '>f8', 'fortran_order': False, 'shape': (3,), }", "a type such as"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (), }", "one or two dimensions"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1, 1), }", "one or two"},
        {"{'descr': '<f8', 'fortran_order': Maybe, 'shape': (3,), }", "True or False"},
        {"{'descr': '<f8', 'shape': (3,), }", "descr, fortran_order and shape"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (99,), }", "792 bytes of data"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }",
         "a size that memory"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693952, 8), }",
         "a size that memory"},
        {"{'descr': [], 'fortran_order': False, 'shape': (3,), }", "a field at least"},
        {"[", "a dictionary"},
    };
    const double data[3] = {1, 2, 3};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        unsigned char file[512];
        size_t size = made(CASES[i].header, data, sizeof data, file);
        be_npy npy;
        be_error error = {0};
        CHECK_SAY(be_npy_parse(file, size, &npy, &error) == BE_EINVAL &&
                      strstr(error.expected, CASES[i].expected) == error.expected,
                  "%s: %s", CASES[i].header, error.expected);
    }
    be_npy npy;
    CHECK(be_npy_parse("PK\x03\x04", 4, &npy, NULL) == BE_EINVAL);
}

static const struct CMUnitTest TESTS[] = {
    TEST(fields_are_found_by_name),
    TEST(plain_arrays_have_columns_in_either_order),
    TEST(what_is_written_reads_back),
    TEST(other_files_are_refused_with_a_place),
};
RUN_TESTS(TESTS)
