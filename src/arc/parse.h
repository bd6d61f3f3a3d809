/* parse.h: Python text to a be_arc_programs, and errors in words. */
#ifndef BE__ARC_PARSE_H
#define BE__ARC_PARSE_H

#include "arc/program.h"

enum {
    BE__PARSE_DEPTH_MAX = 200, /* expressions within expressions */
    BE__PARSE_SCOPES_MAX = 20, /* functions within functions */
    BE__PARSE_ARGS_MAX = 255,  /* of one call, items of one tuple, parameters */
    BE__PARSE_KEYS_MAX = 32,   /* of one call */
    BE__PARSE_BYTES_MAX = 16 << 20
};

/* See be_arc_parse, whose work this is. entry: the name of the only program, or NULL. */
BE_CHECK be_status be__arc_parse(const char *text, size_t size, const char *entry, be_arena *keep,
                                 const struct be_arc_programs **programs, be_error *error);

#endif
