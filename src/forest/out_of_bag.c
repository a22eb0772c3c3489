#include "bag.h"
#include "crew.h"
#include "tree.h"
#include "winnow/exact_sum.h"
#include "winnow/forest_score.h"
#include "winnow/memory.h"

#include <math.h>
#include <string.h>

/* What one thread adds up. Of a real label: errors squared, labels, labels squared. */
typedef struct {
    double *said;     /* (WN_BAG_CHUNK, outputs) sums over trees, owned */
    uint32_t *n_said; /* (WN_BAG_CHUNK) trees, owned */
    int64_t n_rows, n_right;
    wn_exact_sum errors, labels, squares;
} oob_part;

typedef struct {
    const wn_forest *forest;
    const wn_forest_rows *rows;
    uint64_t seed;
    oob_part *parts; /* (n_workers) owned */
    size_t n_parts;
} oob_work;

static void hear_tree(const oob_work *work, size_t tree, size_t first, size_t n, oob_part *part)
{
    uint8_t weights[WN_BAG_CHUNK];
    const wn_forest *forest = work->forest;
    const wn_forest_rows *rows = work->rows;
    size_t outputs = wn_forest_outputs(forest);
    wn_bag_weights(work->seed, tree, rows->rows + first, n, weights);
    for (size_t i = 0; i < n; i++) {
        if (weights[i] > 0 || (rows->is_used != NULL && rows->is_used[first + i] == 0))
            continue;
        const double *leaf =
            forest->said + wn_tree_leaf(forest, tree, rows->codes + (first + i) * rows->n_features) * outputs;
        for (size_t c = 0; c < outputs; c++)
            part->said[i * outputs + c] += leaf[c];
        part->n_said[i]++;
    }
}

static void judge_row(const wn_forest *forest, const double *said, uint32_t n_said, int32_t label, oob_part *part)
{
    size_t best = 0;
    part->n_rows++;
    if (forest->n_classes == 0) {
        double error = (double)label - said[0] / n_said;
        wn_exact_sum_add(&part->errors, error * error);
        wn_exact_sum_add(&part->labels, (double)label);
        wn_exact_sum_add(&part->squares, (double)label * (double)label);
        return;
    }
    for (size_t c = 1; c < forest->n_classes; c++)
        best = said[c] > said[best] ? c : best;
    part->n_right += best == (size_t)label;
}

static wn_status judge_chunk(void *context, size_t item, size_t worker)
{
    oob_work *work = context;
    oob_part *part = &work->parts[worker];
    size_t first = item * WN_BAG_CHUNK, outputs = wn_forest_outputs(work->forest);
    size_t n = work->rows->n_rows - first < WN_BAG_CHUNK ? work->rows->n_rows - first : WN_BAG_CHUNK;
    memset(part->said, 0, n * outputs * sizeof *part->said);
    memset(part->n_said, 0, n * sizeof *part->n_said);
    for (size_t t = 0; t < work->forest->n_trees; t++)
        hear_tree(work, t, first, n, part);
    for (size_t i = 0; i < n; i++)
        if (part->n_said[i] > 0)
            judge_row(work->forest, part->said + i * outputs, part->n_said[i], work->rows->labels[first + i], part);
    return WN_OK;
}

static wn_status judge_rows(oob_work *work, size_t n_threads)
{
    wn_status status = WN_OK;
    wn_workers *workers = NULL;
    TRY(wn_workers_new(&workers, n_threads));
    TRY(wn_new(&work->parts, wn_workers_count(workers)));
    work->n_parts = wn_workers_count(workers);
    for (size_t w = 0; w < work->n_parts; w++) {
        TRY(wn_new(&work->parts[w].said, WN_BAG_CHUNK * wn_forest_outputs(work->forest)));
        TRY(wn_new(&work->parts[w].n_said, WN_BAG_CHUNK));
    }
    TRY(wn_crew_run(workers, (work->rows->n_rows + WN_BAG_CHUNK - 1) / WN_BAG_CHUNK, judge_chunk, work));
done:
    wn_workers_free(workers);
    return status;
}

/* What crosses ranks: counts, then the digits of the sums. */
enum { SUMS = 3, MESSAGE = 2 + SUMS * WN_EXACT_SUM_SIZE };

static void fill_message(const oob_work *work, int64_t *message)
{
    wn_exact_sum sums[SUMS] = {{{0}}};
    for (size_t w = 0; w < work->n_parts; w++) {
        const oob_part *part = &work->parts[w];
        message[0] += part->n_rows;
        message[1] += part->n_right;
        wn_exact_sum_merge(&sums[0], &part->errors);
        wn_exact_sum_merge(&sums[1], &part->labels);
        wn_exact_sum_merge(&sums[2], &part->squares);
    }
    for (size_t s = 0; s < SUMS; s++)
        wn_exact_sum_normalize(&sums[s]);
    memcpy(message + 2, sums, sizeof sums);
}

static wn_forest_score score_of(const int64_t *message, bool is_real)
{
    wn_exact_sum sums[SUMS];
    double value[SUMS], n = (double)message[0];
    if (message[0] == 0)
        return (wn_forest_score){0, (double)NAN};
    if (!is_real)
        return (wn_forest_score){message[0], (double)message[1] / n};
    memcpy(sums, message + 2, sizeof sums);
    for (size_t s = 0; s < SUMS; s++)
        value[s] = wn_exact_sum_round(&sums[s]);
    double spread = value[2] - value[1] / n * value[1];
    return (wn_forest_score){message[0], spread > 0 ? 1 - value[0] / spread : 0};
}

wn_status wn_forest_out_of_bag(const wn_ranks *ranks, const wn_forest *forest, const wn_forest_rows *rows,
                               const wn_forest_options *options, wn_forest_score *score)
{
    wn_status status = WN_OK;
    oob_work work = {.forest = forest, .rows = rows, .seed = options->seed};
    int64_t message[MESSAGE] = {0};
    TRY(wn_ranks_agree(ranks, judge_rows(&work, options->n_threads)));
    fill_message(&work, message);
    TRY(wn_ranks_sum(ranks, message, MESSAGE));
    *score = score_of(message, forest->n_classes == 0);
done:
    for (size_t w = 0; w < work.n_parts; w++) {
        wn_free(work.parts[w].n_said);
        wn_free(work.parts[w].said);
    }
    wn_free(work.parts);
    return status;
}
