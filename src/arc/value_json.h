/* value_json.h: values as JSON, in the encoding of the test vectors.
 *
 *     5  true  null                  themselves
 *     {"t": [1, 2]}                  a tuple; [1, 2] is read as one too
 *     {"f": [3, 1]}                  a frozenset; written in iteration order, read by adding one by
 *                                    one in the order given
 *     {"fn": "hmirror"}              a primitive
 *     {"x": "nan"}, "inf", "-inf"    the floats
 */
#ifndef BE__ARC_VALUE_JSON_H
#define BE__ARC_VALUE_JSON_H

#include "arc/prims.h"

#include <breakeven/io.h>

/* BE__RAISED with *expected set where the JSON is no value ("a value: ..."), or with machine->error
 * where a limit is met. */
BE_PRIVATE be__value be__value_read(be__machine *m, const be_json_value *json,
                                    const char **expected);

/* What Python's repr() says: ((1, 2), frozenset({3})). Functions are written as their names,
 * closures as <function>. False when memory ran out. */
BE_PRIVATE BE_CHECK bool be__value_print(be__machine *m, be_text *text, be__value v);

/* Closures are written as {"fn": null}. False when memory ran out. */
BE_PRIVATE BE_CHECK bool be__value_write(be__machine *m, be_json_writer *json, be__value v);

#endif
