#include "grower.h"

#include "node_counts.h"
#include "winnow/memory.h"

#include <string.h>

wn_status wn_grower_init(wn_grower *grower, const wn_forest_shape *shape)
{
    wn_status status = WN_OK;
    grower->shape = shape;
    grower->found.channels = shape->channels;
    TRY(wn_feature_draw_init(&grower->draw, shape->n_features));
    TRY(wn_new(&grower->features, shape->n_tried));
    TRY(wn_new(&grower->counts, wn_forest_counts_size(shape)));
    TRY(wn_new(&grower->totals, (shape->depth + 1) * 2 * shape->channels));
done:
    return status;
}

void wn_grower_clear(wn_grower *grower)
{
    wn_node_list_clear(&grower->found);
    wn_free(grower->scratch);
    wn_free(grower->totals);
    wn_free(grower->counts);
    wn_free(grower->features);
    wn_feature_draw_clear(&grower->draw);
    *grower = (wn_grower){0};
}

wn_status wn_grower_reserve(wn_grower *grower, size_t n)
{
    wn_status status = WN_OK;
    if (n <= grower->n_scratch)
        return WN_OK;
    wn_free(grower->scratch);
    grower->scratch = NULL;
    grower->n_scratch = 0;
    TRY(wn_new(&grower->scratch, n));
    grower->n_scratch = n;
done:
    return status;
}

size_t wn_forest_counts_size(const wn_forest_shape *shape)
{
    return shape->n_tried * shape->n_bins * shape->channels;
}

bool wn_forest_stays_whole(const wn_forest_shape *shape, size_t depth, int64_t n, const int64_t *totals)
{
    return depth >= shape->depth || n < 2 || wn_totals_pure(totals, shape->n_classes);
}

wn_node_record wn_split_record(const wn_forest_shape *shape, const wn_open_node *node, const wn_split *split)
{
    return (wn_node_record){.name = wn_node_name(node->tree, node->place),
                            .decrease = split->decrease,
                            .weight = wn_totals_weight(node->totals, shape->n_classes),
                            .feature = (int32_t)split->feature,
                            .bin = split->bin};
}

wn_node_record wn_leaf_record(const wn_forest_shape *shape, size_t tree, uint64_t place, const int64_t *totals)
{
    return (wn_node_record){.name = wn_node_name(tree, place),
                            .weight = wn_totals_weight(totals, shape->n_classes),
                            .feature = WN_NODE_LEAF};
}

static wn_status add_leaf(wn_grower *grower, const wn_open_node *node)
{
    wn_node_record record = wn_leaf_record(grower->shape, node->tree, node->place, node->totals);
    return wn_node_list_add(&grower->found, &record, node->totals);
}

/* Tries features until one of them is not constant. left (channels) */
static wn_split find_split(wn_grower *grower, const wn_open_node *node, wn_coded_rows coded, int64_t *left)
{
    const wn_forest_shape *shape = grower->shape;
    wn_split split = {.is_constant = true};
    for (size_t first = 0; split.is_constant && first < shape->n_features; first += shape->n_tried) {
        size_t n = wn_feature_draw_take(&grower->draw, shape->seed, wn_node_name(node->tree, node->place), first,
                                        shape->n_tried, grower->features);
        memset(grower->counts, 0, wn_forest_counts_size(shape) * sizeof *grower->counts);
        wn_node_counts_add(node->entries, node->n, coded, grower->features, n, shape->n_bins, shape->n_classes,
                           grower->counts);
        split = wn_split_find(grower->counts, grower->features, n, shape->n_bins, shape->n_classes, node->totals, left);
    }
    return split;
}

static wn_status grow(wn_grower *grower, const wn_open_node *node, wn_coded_rows coded);

/* Nodes at the last depth are leaves, whose rows need not be told apart. */
static wn_status grow_below(wn_grower *grower, const wn_open_node *node, wn_coded_rows coded, const wn_split *split,
                            const int64_t *totals)
{
    wn_status status = WN_OK;
    const wn_forest_shape *shape = grower->shape;
    size_t n_left = 0;
    if (node->depth + 1 < shape->depth)
        n_left = wn_bag_part(node->entries, node->n, coded, split->feature, split->bin, grower->scratch);
    for (uint64_t side = 0; side < 2; side++) {
        wn_open_node below = {.tree = node->tree,
                              .place = 2 * node->place + side,
                              .depth = node->depth + 1,
                              .entries = node->entries + (side == 0 ? 0 : n_left),
                              .n = side == 0 ? n_left : node->n - n_left,
                              .totals = totals + side * shape->channels};
        TRY(grow(grower, &below, coded));
    }
done:
    return status;
}

static wn_status grow(wn_grower *grower, const wn_open_node *node, wn_coded_rows coded)
{
    wn_status status = WN_OK;
    const wn_forest_shape *shape = grower->shape;
    if (wn_forest_stays_whole(shape, node->depth, (int64_t)node->n, node->totals))
        return add_leaf(grower, node);
    int64_t *left = grower->totals + node->depth * 2 * shape->channels, *right = left + shape->channels;
    wn_split split = find_split(grower, node, coded, left);
    if (!split.is_found)
        return add_leaf(grower, node);
    for (size_t c = 0; c < shape->channels; c++)
        right[c] = node->totals[c] - left[c];
    wn_node_record record = wn_split_record(shape, node, &split);
    TRY(wn_node_list_add(&grower->found, &record, NULL));
    TRY(grow_below(grower, node, coded, &split, left));
done:
    return status;
}

wn_status wn_grower_run(wn_grower *grower, const wn_open_node *node, wn_coded_rows coded)
{
    wn_status status = WN_OK;
    TRY(wn_grower_reserve(grower, node->n));
    TRY(grow(grower, node, coded));
done:
    return status;
}
