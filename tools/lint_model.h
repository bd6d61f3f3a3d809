/* lint_model.h: what clang-tidy cannot see from one source file, told by ./run lint alone: the two
 * functions that fill an error return the status they are given, so never BE_OK. */
#include <breakeven/base.h>

#define be_error_set(error, status, ...) ((void)be_error_set(error, status, __VA_ARGS__), status)
#define be_error_at(error, status, line, ...)                                                      \
    ((void)be_error_at(error, status, line, __VA_ARGS__), status)
