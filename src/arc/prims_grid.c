/* prims_grid.c: primitives on grids. */
#include "arc/points.h"
#include "arc/prims_plain.h"

be__value be__run_mostcolor(be__machine *m, const be__value *a)
{
    return be__plain_mostcolor(m, a);
}

be__value be__run_leastcolor(be__machine *m, const be__value *a)
{
    return be__plain_leastcolor(m, a);
}

be__value be__run_colorcount(be__machine *m, const be__value *a)
{
    return be__plain_colorcount(m, a);
}

be__value be__run_palette(be__machine *m, const be__value *a)
{
    return be__plain_palette(m, a);
}

be__value be__run_asindices(be__machine *m, const be__value *a)
{
    return be__plain_asindices(m, a);
}

be__value be__run_ofcolor(be__machine *m, const be__value *a)
{
    return be__plain_ofcolor(m, a);
}

be__value be__run_crop(be__machine *m, const be__value *a)
{
    return be__plain_crop(m, a);
}

be__value be__run_toobject(be__machine *m, const be__value *a)
{
    return be__plain_toobject(m, a);
}

be__value be__run_asobject(be__machine *m, const be__value *a)
{
    return be__plain_asobject(m, a);
}

be__value be__run_rot90(be__machine *m, const be__value *a)
{
    return be__plain_rot90(m, a);
}

be__value be__run_rot180(be__machine *m, const be__value *a)
{
    return be__plain_rot180(m, a);
}

be__value be__run_rot270(be__machine *m, const be__value *a)
{
    return be__plain_rot270(m, a);
}

be__value be__run_fill(be__machine *m, const be__value *a)
{
    return be__plain_fill(m, a);
}

be__value be__run_paint(be__machine *m, const be__value *a)
{
    return be__plain_paint(m, a);
}

be__value be__run_underfill(be__machine *m, const be__value *a)
{
    return be__plain_underfill(m, a);
}

be__value be__run_underpaint(be__machine *m, const be__value *a)
{
    return be__plain_underpaint(m, a);
}

be__value be__run_hupscale(be__machine *m, const be__value *a)
{
    return be__plain_hupscale(m, a);
}

be__value be__run_vupscale(be__machine *m, const be__value *a)
{
    return be__plain_vupscale(m, a);
}

be__value be__run_upscale(be__machine *m, const be__value *a)
{
    return be__plain_upscale(m, a);
}

be__value be__run_downscale(be__machine *m, const be__value *a)
{
    return be__plain_downscale(m, a);
}

be__value be__run_hconcat(be__machine *m, const be__value *a)
{
    return be__plain_hconcat(m, a);
}

be__value be__run_vconcat(be__machine *m, const be__value *a)
{
    return be__plain_vconcat(m, a);
}

be__value be__run_hsplit(be__machine *m, const be__value *a)
{
    return be__plain_hsplit(m, a);
}

be__value be__run_vsplit(be__machine *m, const be__value *a)
{
    return be__plain_vsplit(m, a);
}

be__value be__run_cellwise(be__machine *m, const be__value *a)
{
    return be__plain_cellwise(m, a);
}

be__value be__run_replace(be__machine *m, const be__value *a)
{
    return be__plain_replace(m, a);
}

be__value be__run_switch(be__machine *m, const be__value *a)
{
    return be__plain_switch(m, a);
}

be__value be__run_index(be__machine *m, const be__value *a)
{
    return be__plain_index(m, a);
}

be__value be__run_canvas(be__machine *m, const be__value *a)
{
    return be__plain_canvas(m, a);
}

be__value be__run_trim(be__machine *m, const be__value *a)
{
    return be__plain_trim(m, a);
}

be__value be__run_tophalf(be__machine *m, const be__value *a)
{
    return be__plain_tophalf(m, a);
}

be__value be__run_bottomhalf(be__machine *m, const be__value *a)
{
    return be__plain_bottomhalf(m, a);
}

be__value be__run_occurrences(be__machine *m, const be__value *a)
{
    return be__plain_occurrences(m, a);
}

be__value be__run_frontiers(be__machine *m, const be__value *a)
{
    return be__plain_frontiers(m, a);
}

be__value be__run_compress(be__machine *m, const be__value *a)
{
    return be__plain_compress(m, a);
}

be__value be__run_objects(be__machine *m, const be__value *a)
{
    return be__plain_objects(m, a);
}

be__value be__run_partition(be__machine *m, const be__value *a)
{
    return be__plain_partition(m, a);
}

be__value be__run_fgpartition(be__machine *m, const be__value *a)
{
    return be__plain_fgpartition(m, a);
}

be__value be__run_hmirror(be__machine *m, const be__value *a)
{
    return be__is_tuple(a[0]) ? be__plain_hmirror(m, a) : be__mirrored(m, BE__PRIM_hmirror, a[0]);
}

be__value be__run_vmirror(be__machine *m, const be__value *a)
{
    return be__is_tuple(a[0]) ? be__plain_vmirror(m, a) : be__mirrored(m, BE__PRIM_vmirror, a[0]);
}

be__value be__run_dmirror(be__machine *m, const be__value *a)
{
    return be__is_tuple(a[0]) ? be__plain_dmirror(m, a) : be__mirrored(m, BE__PRIM_dmirror, a[0]);
}

be__value be__run_cmirror(be__machine *m, const be__value *a)
{
    if (be__is_tuple(a[0])) {
        return be__plain_cmirror(m, a);
    }
    be__value turned = be__run_vmirror(m, a);
    turned = turned ? be__run_dmirror(m, &turned) : turned;
    return turned ? be__run_vmirror(m, &turned) : turned;
}

be__value be__run_numcolors(be__machine *m, const be__value *a)
{
    be__value palette = be__run_palette(m, a);
    return palette ? be__small((int64_t)be__length(palette)) : palette;
}

be__value be__run_subgrid(be__machine *m, const be__value *a)
{
    be__value corner = be__run_ulcorner(m, a), shape = corner ? be__run_shape(m, a) : corner;
    return shape ? be__run_crop(m, (be__value[]){a[1], corner, shape}) : shape;
}

be__value be__run_cover(be__machine *m, const be__value *a)
{
    be__value color = be__run_mostcolor(m, a),
              indices = color ? be__run_toindices(m, a + 1) : color;
    return indices ? be__run_fill(m, (be__value[]){a[0], color, indices}) : indices;
}

be__value be__run_move(be__machine *m, const be__value *a)
{
    be__value covered = be__run_cover(m, a), shifted = covered ? be__run_shift(m, a + 1) : covered;
    return shifted ? be__run_paint(m, (be__value[]){covered, shifted}) : shifted;
}

be__value be__run_lefthalf(be__machine *m, const be__value *a)
{
    be__value x = be__run_rot90(m, a);
    x = x ? be__run_tophalf(m, &x) : x;
    return x ? be__run_rot270(m, &x) : x;
}

be__value be__run_righthalf(be__machine *m, const be__value *a)
{
    be__value x = be__run_rot90(m, a);
    x = x ? be__run_bottomhalf(m, &x) : x;
    return x ? be__run_rot270(m, &x) : x;
}
