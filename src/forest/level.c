/* One level of many trees: every rank counts its rows of a group of nodes, the counts are added, and all ranks find the
 * same splits. */
#include "frontier.h"

#include "node_counts.h"
#include "winnow/memory.h"

#include <string.h>

/* A node on its way to a split. */
typedef struct {
    wn_wide_node node;
    size_t n_drawn; /* features tried before */
    wn_split split;
    size_t n_left; /* of its entries, once parted */
} wide_split;

typedef struct {
    wn_forest_site *site;
    wide_split *splits; /* (n), owned */
    int64_t *left;      /* (n, channels) totals of the left sides, owned */
    size_t n;
    size_t *open; /* (n_open) those without a split so far, owned */
    size_t n_open, first_open, group;
    int64_t *counts;    /* (group, n_tried, n_bins, channels), owned */
    uint32_t *features; /* (group, n_tried), owned */
} level_work;

static void clear_work(level_work *work)
{
    wn_free(work->features);
    wn_free(work->counts);
    wn_free(work->open);
    wn_free(work->left);
    wn_free(work->splits);
}

static wn_status start_work(level_work *work, const wn_frontier *level)
{
    wn_status status = WN_OK;
    const wn_forest_shape *shape = &work->site->shape;
    size_t cells = wn_forest_counts_size(shape), fits = work->site->memory / (cells * sizeof *work->counts);
    work->n = work->n_open = level->n;
    work->group = fits < 1 ? 1 : fits < level->n ? fits : level->n;
    TRY(wn_new(&work->splits, level->n));
    TRY(wn_new(&work->left, level->n * shape->channels));
    TRY(wn_new(&work->open, level->n));
    TRY(wn_new(&work->counts, work->group * cells));
    TRY(wn_new(&work->features, work->group * shape->n_tried));
    for (size_t i = 0; i < level->n; i++) {
        work->splits[i].node = wn_frontier_node(level, i);
        work->open[i] = i;
    }
    for (size_t i = 0; i < wn_workers_count(work->site->workers); i++)
        for (size_t k = 0; k < level->n; k++)
            TRY(wn_grower_reserve(&work->site->growers[i], level->nodes[k].open.n));
done:
    return status;
}

static wide_split *open_split(const level_work *work, size_t item)
{
    return &work->splits[work->open[work->first_open + item]];
}

static size_t n_features_of(const level_work *work, const wide_split *split)
{
    size_t left = work->site->shape.n_features - split->n_drawn;
    return left < work->site->shape.n_tried ? left : work->site->shape.n_tried;
}

static wn_status count_node(void *context, size_t item, size_t worker)
{
    level_work *work = context;
    const wn_forest_shape *shape = &work->site->shape;
    const wn_forest_rows *rows = work->site->rows;
    const wide_split *split = open_split(work, item);
    const wn_open_node *node = &split->node.open;
    uint32_t *features = work->features + item * shape->n_tried;
    int64_t *counts = work->counts + item * wn_forest_counts_size(shape);
    size_t n = wn_feature_draw_take(&work->site->growers[worker].draw, shape->seed,
                                    wn_node_name(node->tree, node->place), split->n_drawn, shape->n_tried, features);
    memset(counts, 0, wn_forest_counts_size(shape) * sizeof *counts);
    wn_node_counts_add(node->entries, node->n, (wn_coded_rows){rows->codes, rows->n_features}, features, n,
                       shape->n_bins, shape->n_classes, counts);
    return WN_OK;
}

static wn_status find_split(void *context, size_t item, size_t worker)
{
    level_work *work = context;
    const wn_forest_shape *shape = &work->site->shape;
    wide_split *split = open_split(work, item);
    (void)worker;
    split->split =
        wn_split_find(work->counts + item * wn_forest_counts_size(shape), work->features + item * shape->n_tried,
                      n_features_of(work, split), shape->n_bins, shape->n_classes, split->node.open.totals,
                      work->left + work->open[work->first_open + item] * shape->channels);
    split->n_drawn += n_features_of(work, split);
    return WN_OK;
}

/* Keeps open what has tried constant features alone, and has others left. */
static void close_splits(level_work *work)
{
    size_t n = 0;
    for (size_t i = 0; i < work->n_open; i++) {
        const wide_split *split = &work->splits[work->open[i]];
        if (split->split.is_constant && split->n_drawn < work->site->shape.n_features)
            work->open[n++] = work->open[i];
    }
    work->n_open = n;
}

static wn_status find_splits(level_work *work)
{
    wn_status status = WN_OK;
    const wn_ranks *ranks = work->site->ranks;
    size_t cells = wn_forest_counts_size(&work->site->shape);
    for (; work->n_open > 0; close_splits(work)) {
        for (work->first_open = 0; work->first_open < work->n_open; work->first_open += work->group) {
            size_t rest = work->n_open - work->first_open, n = rest < work->group ? rest : work->group;
            TRY(wn_ranks_agree(ranks, wn_crew_run(work->site->workers, n, count_node, work)));
            TRY(wn_ranks_sum(ranks, work->counts, n * cells));
            TRY(wn_ranks_agree(ranks, wn_crew_run(work->site->workers, n, find_split, work)));
        }
    }
done:
    return status;
}

static wn_status part_node(void *context, size_t item, size_t worker)
{
    level_work *work = context;
    const wn_forest_rows *rows = work->site->rows;
    wide_split *split = &work->splits[item];
    wn_open_node *node = &split->node.open;
    if (split->split.is_found)
        split->n_left = wn_bag_part(node->entries, node->n, (wn_coded_rows){rows->codes, rows->n_features},
                                    split->split.feature, split->split.bin, work->site->growers[worker].scratch);
    return WN_OK;
}

static wn_status add_below(level_work *work, const wide_split *split, int64_t n_left, const int64_t *left,
                           wn_frontier *below)
{
    wn_status status = WN_OK;
    const wn_open_node *node = &split->node.open;
    int64_t *right = work->site->growers[0].totals;
    for (size_t c = 0; c < work->site->shape.channels; c++)
        right[c] = node->totals[c] - left[c];
    wn_wide_node side = {.open = *node, .n_all = n_left};
    side.open.place = 2 * node->place;
    side.open.depth = node->depth + 1;
    side.open.n = split->n_left;
    TRY(wn_frontier_add(below, &side, left));
    side.open.place++;
    side.open.entries += split->n_left;
    side.open.n = node->n - split->n_left;
    side.n_all = split->node.n_all - n_left;
    TRY(wn_frontier_add(below, &side, right));
done:
    return status;
}

/* Adds nodes below, and the records. n_left (n): entries of the left sides over all ranks. */
static wn_status close_level(level_work *work, const int64_t *n_left, wn_frontier *below)
{
    wn_status status = WN_OK;
    const wn_forest_shape *shape = &work->site->shape;
    for (size_t i = 0; i < work->n; i++) {
        const wide_split *split = &work->splits[i];
        const wn_open_node *node = &split->node.open;
        bool is_found = split->split.is_found;
        wn_node_record record = is_found ? wn_split_record(shape, node, &split->split)
                                         : wn_leaf_record(shape, node->tree, node->place, node->totals);
        if (work->site->ranks->rank == 0)
            TRY(wn_node_list_add(&work->site->growers[0].found, &record, node->totals));
        if (is_found)
            TRY(add_below(work, split, n_left[i], work->left + i * shape->channels, below));
    }
done:
    return status;
}

wn_status wn_level_split(wn_forest_site *site, const wn_frontier *level, wn_frontier *below)
{
    wn_status status = WN_OK;
    level_work work = {.site = site};
    int64_t *n_left = NULL;
    TRY(wn_ranks_agree(site->ranks, start_work(&work, level)));
    TRY(find_splits(&work));
    status = wn_new(&n_left, level->n);
    if (status == WN_OK)
        status = wn_crew_run(site->workers, level->n, part_node, &work);
    TRY(wn_ranks_agree(site->ranks, status));
    for (size_t i = 0; i < level->n; i++)
        n_left[i] = (int64_t)work.splits[i].n_left;
    TRY(wn_ranks_sum(site->ranks, n_left, level->n));
    TRY(wn_ranks_agree(site->ranks, close_level(&work, n_left, below)));
done:
    wn_free(n_left);
    clear_work(&work);
    return status;
}
