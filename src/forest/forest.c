/* Trees in groups: level by level over all ranks as long as nodes are large, then each small node on one rank. */
#include "frontier.h"

#include "node_counts.h"
#include "tree.h"
#include "winnow/memory.h"

#include <math.h>

enum { DEFAULT_MEMORY = 256 << 20, LEAST_TOGETHER = 16 };

static size_t n_tried(const wn_forest_rows *rows, const wn_forest_options *options)
{
    size_t n = options->n_tried;
    if (n == 0)
        n = rows->n_classes > 0 ? (size_t)sqrt((double)rows->n_features) : rows->n_features / 3;
    n = n > 0 ? n : 1;
    return n < rows->n_features ? n : rows->n_features;
}

static wn_status open_site(wn_forest_site *site)
{
    wn_status status = WN_OK;
    const wn_forest_rows *rows = site->rows;
    const wn_forest_options *options = site->options;
    site->shape = (wn_forest_shape){.seed = options->seed,
                                    .depth = options->depth,
                                    .n_features = rows->n_features,
                                    .n_tried = n_tried(rows, options),
                                    .n_bins = rows->n_bins,
                                    .n_classes = rows->n_classes,
                                    .channels = wn_node_channels(rows->n_classes)};
    site->memory = (options->memory > 0 ? options->memory : DEFAULT_MEMORY) / 4;
    if (rows->n_rows > UINT32_MAX)
        TRY(wn_fail(WN_UNAVAILABLE, "forest: %zu rows on a rank; it takes fewer than 2^32: use more ranks",
                    rows->n_rows));
    TRY(wn_workers_new(&site->workers, options->n_threads));
    TRY(wn_new(&site->growers, wn_workers_count(site->workers)));
    for (size_t i = 0; i < wn_workers_count(site->workers); i++)
        TRY(wn_grower_init(&site->growers[i], &site->shape));
done:
    return status;
}

static void close_site(wn_forest_site *site)
{
    for (size_t i = 0; site->growers != NULL && i < wn_workers_count(site->workers); i++)
        wn_grower_clear(&site->growers[i]);
    wn_free(site->growers);
    wn_workers_free(site->workers);
}

/* Trees that are grown together. */
typedef struct {
    wn_forest_site *site;
    size_t first, n;
    wn_bag_entry *entries; /* (n, n_rows) owned */
    int64_t *roots;        /* (n, channels + 1) totals, then the number of entries; owned */
    wn_frontier level, below, small;
} tree_group;

static wn_status fill_bag(void *context, size_t item, size_t worker)
{
    tree_group *group = context;
    const wn_forest_rows *rows = group->site->rows;
    const wn_forest_shape *shape = &group->site->shape;
    wn_bag_entry *entries = group->entries + item * rows->n_rows;
    int64_t *root = group->roots + item * (shape->channels + 1);
    (void)worker;
    size_t n = wn_bag_fill(rows, shape->seed, group->first + item, entries);
    wn_node_totals_add(entries, n, shape->n_classes, root);
    root[shape->channels] = (int64_t)n;
    return WN_OK;
}

/* The roots, known to all ranks. own_n (n): this rank's entries. */
static wn_status add_roots(tree_group *group, const size_t *own_n)
{
    wn_status status = WN_OK;
    size_t channels = group->site->shape.channels;
    for (size_t t = 0; t < group->n; t++) {
        const int64_t *root = group->roots + t * (channels + 1);
        wn_wide_node node = {.open = {.tree = group->first + t,
                                      .place = 1,
                                      .entries = group->entries + t * group->site->rows->n_rows,
                                      .n = own_n[t]},
                             .n_all = root[channels]};
        TRY(wn_frontier_add(&group->level, &node, root));
    }
done:
    return status;
}

static wn_status draw_bags(tree_group *group)
{
    wn_status status = WN_OK;
    const wn_ranks *ranks = group->site->ranks;
    size_t width = group->site->shape.channels + 1, *own_n = NULL;
    status = wn_new(&group->entries, group->n * group->site->rows->n_rows);
    if (status == WN_OK)
        status = wn_new(&group->roots, group->n * width);
    if (status == WN_OK)
        status = wn_new(&own_n, group->n);
    if (status == WN_OK)
        status = wn_crew_run(group->site->workers, group->n, fill_bag, group);
    TRY(wn_ranks_agree(ranks, status));
    for (size_t t = 0; t < group->n; t++)
        own_n[t] = (size_t)group->roots[t * width + width - 1];
    TRY(wn_ranks_sum(ranks, group->roots, group->n * width));
    TRY(wn_ranks_agree(ranks, add_roots(group, own_n)));
done:
    wn_free(own_n);
    return status;
}

/* Whether one rank should grow a node alone: if its rows are fewer bytes than the counts of all nodes that may be below
 * it, and one rank has room for them. One rank by itself has nothing to send. */
static bool is_small(const wn_forest_site *site, const wn_wide_node *node)
{
    if (site->options->gather_rows > 0)
        return node->n_all <= (int64_t)site->options->gather_rows;
    if (site->ranks->size == 1)
        return true;
    double row_bytes = (double)wn_parcel_row_bytes(site), n = (double)node->n_all;
    double nodes_below = ldexp(1.0, (int)(site->shape.depth - node->open.depth)) - 1;
    double count_bytes = (double)wn_forest_counts_size(&site->shape) * sizeof(int64_t) * fmin(nodes_below, n);
    return n * row_bytes <= fmin(count_bytes, (double)site->memory);
}

/* Leaves and small nodes leave the level; what is left of it is to be split by all ranks. */
static wn_status sort_out(tree_group *group)
{
    wn_status status = WN_OK;
    wn_forest_site *site = group->site;
    size_t n = group->level.n;
    group->level.n = 0;
    for (size_t i = 0; i < n; i++) {
        wn_wide_node node = wn_frontier_node(&group->level, i);
        const wn_open_node *open = &node.open;
        if (wn_forest_stays_whole(&site->shape, open->depth, node.n_all, open->totals)) {
            wn_node_record leaf = wn_leaf_record(&site->shape, open->tree, open->place, open->totals);
            if (site->ranks->rank == 0)
                TRY(wn_node_list_add(&site->growers[0].found, &leaf, open->totals));
        } else if (is_small(site, &node)) {
            TRY(wn_frontier_add(&group->small, &node, open->totals));
        } else {
            TRY(wn_frontier_add(&group->level, &node, open->totals)); /* never behind the one that is looked at */
        }
    }
done:
    return status;
}

static void swap_levels(tree_group *group)
{
    wn_frontier kept = group->level;
    group->level = group->below;
    group->below = kept;
    wn_frontier_empty(&group->below);
}

static wn_status grow_group(tree_group *group)
{
    wn_status status = WN_OK;
    const wn_ranks *ranks = group->site->ranks;
    TRY(draw_bags(group));
    for (;;) {
        TRY(wn_ranks_agree(ranks, sort_out(group)));
        if (group->level.n == 0)
            break;
        TRY(wn_level_split(group->site, &group->level, &group->below));
        swap_levels(group);
    }
    TRY(wn_ranks_agree(ranks, wn_parcel_grow(group->site, &group->small)));
done:
    wn_frontier_clear(&group->small);
    wn_frontier_clear(&group->below);
    wn_frontier_clear(&group->level);
    wn_free(group->roots);
    wn_free(group->entries);
    return status;
}

/* As many trees as their entries have room for on every rank, and no more than keep all ranks busy. */
static wn_status n_together(const wn_forest_site *site, size_t *n)
{
    wn_status status = WN_OK;
    int64_t most_rows = (int64_t)site->rows->n_rows;
    TRY(wn_ranks_max(site->ranks, &most_rows, 1));
    size_t most = 4 * (size_t)site->ranks->size, fits = site->memory / sizeof(wn_bag_entry);
    most = most > LEAST_TOGETHER ? most : LEAST_TOGETHER;
    fits = most_rows > 0 ? fits / (size_t)most_rows : most;
    *n = fits < 1 ? 1 : fits < most ? fits : most;
done:
    return status;
}

/* The nodes that all threads of all ranks found, on every rank. */
static wn_status gather_found(wn_forest_site *site, wn_node_list *all)
{
    wn_status status = WN_OK;
    wn_node_list own = {.channels = site->shape.channels};
    for (size_t i = 0; status == WN_OK && i < wn_workers_count(site->workers); i++) {
        status = wn_node_list_append(&own, &site->growers[i].found);
        wn_node_list_clear(&site->growers[i].found);
    }
    TRY(wn_ranks_agree(site->ranks, status));
    TRY(wn_ranks_gather_all(site->ranks, own.records, own.n, sizeof *own.records, (void **)&all->records, &all->n));
    TRY(wn_ranks_gather_all(site->ranks, own.totals, own.n_leaves, own.channels * sizeof *own.totals,
                            (void **)&all->totals, &all->n_leaves));
done:
    wn_node_list_clear(&own);
    return status;
}

static wn_status grow_trees(wn_forest_site *site)
{
    wn_status status = WN_OK;
    size_t together = 1, n_trees = site->options->n_trees;
    TRY(n_together(site, &together));
    for (size_t first = 0; first < n_trees; first += together) {
        tree_group group = {.site = site, .first = first};
        group.n = n_trees - first < together ? n_trees - first : together;
        group.level.channels = group.below.channels = group.small.channels = site->shape.channels;
        TRY(grow_group(&group));
    }
done:
    return status;
}

wn_status wn_forest_grow(const wn_ranks *ranks, const wn_forest_rows *rows, const wn_forest_options *options,
                         wn_forest **forest)
{
    wn_status status = WN_OK;
    wn_forest_site site = {.ranks = ranks, .rows = rows, .options = options};
    wn_node_list all = {.channels = wn_node_channels(rows->n_classes)};
    TRY(wn_ranks_agree(ranks, open_site(&site)));
    TRY(grow_trees(&site));
    TRY(gather_found(&site, &all));
    TRY(wn_ranks_agree(ranks, wn_forest_new(forest, options->n_trees, rows->n_features, rows->n_classes, &all)));
done:
    wn_node_list_clear(&all);
    close_site(&site);
    return status;
}
