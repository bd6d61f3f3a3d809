/* json_pull.h: JSON read value by value, for texts too large to be held as a tree.
 *
 *     be__pull_open(&pull, text, size, &error);
 *     be__pull_enter(&pull, '[', "an array of ints");
 *     while ((status = be__pull_next(&pull, &more)) == BE_OK && more) {
 *         status = be__pull_int(&pull, "an int", &value);
 *     }
 *     be__pull_close(&pull);
 *
 * What is read is checked as JSON (RFC 8259), except that a string that is skipped may hold bytes
 * that are no UTF-8, and that a repeated key is the caller's to notice. A refusal names line,
 * offset, what was expected and the path inside the document, such as $.train[0].input[2].
 */
#ifndef BE__JSON_PULL_H
#define BE__JSON_PULL_H

#include "base/base.h"

enum { BE__PULL_DEPTH_MAX = 64 };

typedef struct be__pull_level {
    bool object;
    bool begun;      /* an item has been read */
    size_t index;    /* of the item in hand */
    const char *key; /* key[0, key_size) as the text has it, without quotes */
    size_t key_size;
} be__pull_level;

typedef struct be__pull {
    const char *text;
    const char *cursor;
    const char *end;
    be_error *error;
    size_t depth;
    be__pull_level level[BE__PULL_DEPTH_MAX];
} be__pull;

/* text[0, size) must stay; a byte order mark is passed over. */
BE_PRIVATE void be__pull_open(be__pull *pull, const char *text, size_t size, be_error *error);

/* The first byte of the value to come, past spaces; 0 at the end of the text. */
BE_PRIVATE char be__pull_peek(be__pull *pull);

/* Go into the array ('[') or object ('{') to come. */
BE_PRIVATE BE_CHECK be_status be__pull_enter(be__pull *pull, char bracket, const char *expected);

/* In what was entered last: go to its next item, of an object behind the key, which is then in
 * pull->level[pull->depth - 1]. At the end *more is false, and it has been left. */
BE_PRIVATE BE_CHECK be_status be__pull_next(be__pull *pull, bool *more);

/* Is the key in hand this one? Keys with escapes equal none. */
BE_PRIVATE bool be__pull_key_is(const be__pull *pull, const char *key);

/* The value to come must be an integer that fits. */
BE_PRIVATE BE_CHECK be_status be__pull_int(be__pull *pull, const char *expected, int64_t *value);

/* Pass over the value to come, whatever it is. */
BE_PRIVATE BE_CHECK be_status be__pull_skip(be__pull *pull);

/* Nothing but spaces may follow. */
BE_PRIVATE BE_CHECK be_status be__pull_close(be__pull *pull);

/* Refuse what stands at the cursor. */
BE_PRIVATE be_status be__pull_refuse(be__pull *pull, be_status status, const char *format, ...)
    BE_PRINTF(3, 4);

#endif
