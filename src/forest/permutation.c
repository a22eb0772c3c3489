#include "bag.h"
#include "crew.h"
#include "donors.h"
#include "tree.h"
#include "winnow/exact_sum.h"
#include "winnow/forest_score.h"
#include "winnow/memory.h"

#include <string.h>

/* What one thread adds up over pairs of a tree and a row that it did not learn from. */
typedef struct {
    int64_t n_pairs, *lost;              /* (n_features) pairs that are right no more, less those that become so */
    wn_exact_sum labels, squares, *more; /* (n_features) errors squared that are added */
} loss_part;

typedef struct {
    const wn_forest *forest;
    const wn_forest_rows *rows;
    const wn_donors *donors;
    uint64_t seed;
    uint32_t *class_of; /* (n_leaves) that a leaf tells, owned */
    loss_part *parts;   /* (n_parts) owned */
    size_t n_parts;
} loss_work;

static void tell_classes(const wn_forest *forest, uint32_t *class_of)
{
    for (size_t i = 0; i < forest->n_leaves; i++) {
        const double *said = forest->said + i * wn_forest_outputs(forest);
        for (uint32_t c = 1; c < forest->n_classes; c++)
            class_of[i] = said[c] > said[class_of[i]] ? c : class_of[i];
    }
}

/* The leaf of a row whose code of one feature is another. */
static uint32_t replaced_leaf(const wn_tree_node *nodes, const uint8_t *codes, int32_t feature, uint8_t code)
{
    const wn_tree_node *node = nodes;
    while (node->feature != WN_NODE_LEAF)
        node = nodes + node->next + ((node->feature == feature ? code : codes[node->feature]) > node->bin);
    return node->next;
}

static double squared_error(const wn_forest *forest, uint32_t leaf, int32_t label)
{
    double error = (double)label - forest->said[leaf];
    return error * error;
}

static void add_loss(const loss_work *work, uint32_t own, uint32_t other, int32_t label, int32_t feature,
                     loss_part *part)
{
    if (work->forest->n_classes > 0)
        part->lost[feature] +=
            (int64_t)(work->class_of[own] == (uint32_t)label) - (int64_t)(work->class_of[other] == (uint32_t)label);
    else if (own != other)
        wn_exact_sum_add(&part->more[feature],
                         squared_error(work->forest, other, label) - squared_error(work->forest, own, label));
}

/* Features that the row's way down does not ask for change nothing. */
static void judge_pair(const loss_work *work, size_t tree, size_t i, loss_part *part)
{
    const wn_tree_node *nodes = work->forest->nodes + work->forest->first[tree], *node = nodes;
    const uint8_t *codes = work->rows->codes + i * work->rows->n_features;
    const uint8_t *donor = wn_donors_codes(work->donors, work->seed, tree, work->rows->rows[i]);
    uint32_t own = wn_tree_leaf(work->forest, tree, codes);
    int32_t asked[WN_FOREST_MOST_DEPTH];
    size_t n_asked = 0;
    for (; node->feature != WN_NODE_LEAF; node = nodes + node->next + (codes[node->feature] > node->bin)) {
        int32_t feature = node->feature;
        size_t k = 0;
        while (k < n_asked && asked[k] != feature)
            k++;
        if (k < n_asked)
            continue;
        asked[n_asked++] = feature;
        uint32_t other = replaced_leaf(nodes, codes, feature, donor[feature]);
        add_loss(work, own, other, work->rows->labels[i], feature, part);
    }
}

static wn_status judge_chunk(void *context, size_t item, size_t worker)
{
    loss_work *work = context;
    loss_part *part = &work->parts[worker];
    const wn_forest_rows *rows = work->rows;
    uint8_t weights[WN_BAG_CHUNK];
    size_t first = item * WN_BAG_CHUNK;
    size_t n = rows->n_rows - first < WN_BAG_CHUNK ? rows->n_rows - first : WN_BAG_CHUNK;
    for (size_t t = 0; t < work->forest->n_trees; t++) {
        wn_bag_weights(work->seed, t, rows->rows + first, n, weights);
        for (size_t i = first; i < first + n; i++) {
            if (weights[i - first] > 0 || (rows->is_used != NULL && rows->is_used[i] == 0))
                continue;
            judge_pair(work, t, i, part);
            part->n_pairs++;
            wn_exact_sum_add(&part->labels, (double)rows->labels[i]);
            wn_exact_sum_add(&part->squares, (double)rows->labels[i] * (double)rows->labels[i]);
        }
    }
    return WN_OK;
}

static wn_status judge_rows(loss_work *work, size_t n_threads)
{
    wn_status status = WN_OK;
    wn_workers *workers = NULL;
    size_t n_rows = work->donors->n > 0 ? work->rows->n_rows : 0;
    TRY(wn_workers_new(&workers, n_threads));
    TRY(wn_new(&work->class_of, work->forest->n_leaves));
    tell_classes(work->forest, work->class_of);
    TRY(wn_new(&work->parts, wn_workers_count(workers)));
    work->n_parts = wn_workers_count(workers);
    for (size_t w = 0; w < work->n_parts; w++) {
        TRY(wn_new(&work->parts[w].lost, work->forest->n_features));
        TRY(wn_new(&work->parts[w].more, work->forest->n_features));
    }
    TRY(wn_crew_run(workers, (n_rows + WN_BAG_CHUNK - 1) / WN_BAG_CHUNK, judge_chunk, work));
done:
    wn_workers_free(workers);
    return status;
}

static void clear_work(loss_work *work)
{
    for (size_t w = 0; w < work->n_parts; w++) {
        wn_free(work->parts[w].more);
        wn_free(work->parts[w].lost);
    }
    wn_free(work->parts);
    wn_free(work->class_of);
}

/* Over threads, then over ranks. lost (n_features + 1), the last the pairs; sums (n_features + 2), the last of labels
 * and of their squares. */
static wn_status add_up(const wn_ranks *ranks, const loss_work *work, int64_t *lost, wn_exact_sum *sums)
{
    wn_status status = WN_OK;
    size_t n = work->forest->n_features;
    for (size_t w = 0; w < work->n_parts; w++) {
        const loss_part *part = &work->parts[w];
        lost[n] += part->n_pairs;
        wn_exact_sum_merge(&sums[n], &part->labels);
        wn_exact_sum_merge(&sums[n + 1], &part->squares);
        for (size_t f = 0; f < n; f++) {
            lost[f] += part->lost[f];
            wn_exact_sum_merge(&sums[f], &part->more[f]);
        }
    }
    for (size_t s = 0; s < n + 2; s++)
        wn_exact_sum_normalize(&sums[s]);
    TRY(wn_ranks_sum(ranks, lost, n + 1));
    TRY(wn_ranks_sum(ranks, sums[0].digit, (n + 2) * WN_EXACT_SUM_SIZE));
done:
    return status;
}

static void share_out(const wn_forest *forest, const int64_t *lost, const wn_exact_sum *sums, double *importance)
{
    size_t n = forest->n_features;
    double n_pairs = (double)lost[n], labels = wn_exact_sum_round(&sums[n]);
    double spread = n_pairs > 0 ? wn_exact_sum_round(&sums[n + 1]) - labels / n_pairs * labels : 0;
    double whole = forest->n_classes > 0 ? n_pairs : spread;
    for (size_t f = 0; f < n; f++) {
        double loss = forest->n_classes > 0 ? (double)lost[f] : wn_exact_sum_round(&sums[f]);
        importance[f] = whole > 0 ? loss / whole : 0;
    }
}

wn_status wn_forest_permutation(const wn_ranks *ranks, const wn_forest *forest, const wn_forest_rows *rows,
                                const wn_forest_options *options, double *importance)
{
    wn_status status = WN_OK;
    wn_donors donors = {0};
    loss_work work = {.forest = forest, .rows = rows, .donors = &donors, .seed = options->seed};
    int64_t *lost = NULL;
    wn_exact_sum *sums = NULL;
    TRY(wn_donors_find(ranks, rows, options->seed, &donors));
    status = wn_new(&lost, forest->n_features + 1);
    if (status == WN_OK)
        status = wn_new(&sums, forest->n_features + 2);
    if (status == WN_OK)
        status = judge_rows(&work, options->n_threads);
    TRY(wn_ranks_agree(ranks, status));
    TRY(add_up(ranks, &work, lost, sums));
    share_out(forest, lost, sums, importance);
done:
    wn_free(sums);
    wn_free(lost);
    clear_work(&work);
    wn_donors_clear(&donors);
    return status;
}
