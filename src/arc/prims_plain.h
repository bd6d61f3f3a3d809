/* prims_plain.h: the grid primitives on tuples of anything.
 *
 * A grid is only a tuple of tuples to Python, and programs do make ragged ones, empty ones, and
 * ones that hold what is no colour. These functions take whatever comes, one step of the Python
 * text at a time, and are the definition; prims_grid.c has the same for grids of bytes.
 */
#ifndef BE__ARC_PRIMS_PLAIN_H
#define BE__ARC_PRIMS_PLAIN_H

#include "arc/prims_ops.h"

be__prim_run be__plain_mostcolor, be__plain_leastcolor, be__plain_colorcount, be__plain_palette,
    be__plain_asindices, be__plain_ofcolor, be__plain_crop, be__plain_toobject, be__plain_asobject,
    be__plain_rot90, be__plain_rot180, be__plain_rot270, be__plain_hmirror, be__plain_vmirror,
    be__plain_dmirror, be__plain_cmirror, be__plain_fill, be__plain_paint, be__plain_underfill,
    be__plain_underpaint, be__plain_hupscale, be__plain_vupscale, be__plain_upscale,
    be__plain_downscale, be__plain_hconcat, be__plain_vconcat, be__plain_hsplit, be__plain_vsplit,
    be__plain_cellwise, be__plain_replace, be__plain_switch, be__plain_index, be__plain_canvas,
    be__plain_trim, be__plain_tophalf, be__plain_bottomhalf, be__plain_occurrences,
    be__plain_frontiers, be__plain_compress, be__plain_objects, be__plain_partition,
    be__plain_fgpartition;

#endif
