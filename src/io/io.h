/* io/io.h: what the files of io share below the public header. */
#ifndef BE__IO_H
#define BE__IO_H

#include <breakeven/io.h>

/* Room for `extra` more bytes and the closing zero. False when the text has failed. */
bool be__text_reserve(be_text *text, size_t extra);

#endif
