/* io/io.h: what the files of io share below the public header. */
#ifndef BE__IO_H
#define BE__IO_H

#include "base/base.h"

#include <breakeven/io.h>

/* Room for `extra` more bytes and the closing zero. False when the text has failed. */
bool be__text_reserve(be_text *text, size_t extra);

/* Length of the well-formed UTF-8 sequence at the start of bytes[0, left), 0 if there is none.
 * Source: The Unicode Standard, table 3-7, "Well-formed UTF-8 byte sequences". */
BE_PRIVATE size_t be__utf8_length(const unsigned char *bytes, size_t left);

#endif
