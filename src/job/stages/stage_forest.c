/* The forest of rank.methods: it reads the training rows once more, as all features, and keeps a byte of each cell. */
#include "stage_scores.h"

#include "winnow/forest_score.h"
#include "winnow/forest_table.h"
#include "winnow/memory.h"
#include "winnow/node.h"

#include <math.h>

/* Local. Real labels of the training rows; NULL with classes. */
static wn_status read_real_labels(const wn_run_state *state, const wn_pass *pass, const wn_dataset *dataset,
                                  double **real)
{
    wn_status status = WN_OK;
    if (state->recipe->labels.n_classes > 0)
        return WN_OK;
    TRY(wn_new(real, dataset->n_rows));
    TRY(wn_dataset_read_labels(dataset, pass->reader, state->catalog, *real));
done:
    return status;
}

/* Collective. The training rows in codes; as features they are there no longer than that takes. */
static wn_status read_table(wn_run_state *state, wn_forest_table **table, wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    wn_dataset *dataset = NULL;
    double *real = NULL;
    wn_pass pass = wn_stage_pass(state, "forest");
    TRY(wn_dataset_of_training(&dataset, &pass, state->rows, state->recipe, WN_INPUTS_FEATURES, &meter->cost));
    meter->passes++;
    TRY(wn_ranks_agree(state->ranks, read_real_labels(state, &pass, dataset, &real)));
    TRY(wn_forest_table_new(table, state->ranks, dataset, real, &state->recipe->labels, (uint64_t)state->job->seed));
done:
    wn_free(real);
    wn_dataset_free(dataset);
    return status;
}

static wn_forest_options options_of(const wn_job *job, size_t n_threads)
{
    return (wn_forest_options){.seed = (uint64_t)job->seed,
                               .n_trees = (size_t)job->rank.forest.trees,
                               .depth = (size_t)job->rank.forest.depth,
                               .n_threads = n_threads,
                               .memory = WN_RUN_FOREST_BYTES};
}

/* Local. A new reference; NULL without memory. */
static json_t *told_of(const wn_forest_options *options, const wn_forest_table *table, const wn_forest_score *score)
{
    return json_pack("{s:I, s:s, s:o, s:I}", "trees", (json_int_t)options->n_trees, "metric",
                     table->rows.n_classes > 0 ? "accuracy" : "r2", "out_of_bag", wn_json_number(score->score),
                     "out_of_bag_rows", (json_int_t)score->n_rows);
}

static wn_status score_features(wn_run_state *state, const wn_forest_table *table, double *score, json_t **told)
{
    wn_status status = WN_OK;
    wn_forest *forest = NULL;
    wn_forest_score out_of_bag = {0};
    size_t n_threads;
    TRY(wn_node_threads(state->ranks, &n_threads));
    wn_forest_options options = options_of(state->job, n_threads);
    TRY(wn_forest_grow(state->ranks, &table->rows, &options, &forest));
    TRY(wn_forest_out_of_bag(state->ranks, forest, &table->rows, &options, &out_of_bag));
    if (state->job->rank.forest.by_permutation)
        TRY(wn_forest_permutation(state->ranks, forest, &table->rows, &options, score));
    else
        TRY(wn_ranks_agree(state->ranks, wn_forest_importance(forest, score)));
    if (out_of_bag.n_rows > 0)
        wn_log_info("forest: %zu trees; out of bag, %s of %lld rows is %.4f", options.n_trees,
                    table->rows.n_classes > 0 ? "accuracy" : "r2", (long long)out_of_bag.n_rows, out_of_bag.score);
    *told = told_of(&options, table, &out_of_bag);
    TRY(wn_ranks_agree(state->ranks, wn_json_made(*told, "rank.random_forest")));
done:
    wn_forest_free(forest);
    return status;
}

static wn_status make_scores(wn_run_state *state, const wn_statistics *statistics, double *score, json_t **told,
                             wn_stage_meter *meter)
{
    wn_status status = WN_OK;
    wn_forest_table *table = NULL;
    (void)statistics;
    TRY(read_table(state, &table, meter));
    TRY(score_features(state, table, score, told));
done:
    wn_forest_table_free(table);
    return status;
}

wn_status wn_stage_forest(wn_run_state *state, double **score, json_t **told)
{
    const wn_scores_stage stage = {"forest", "forest.bin", &state->forest_key, make_scores};
    return wn_stage_scores(state, NULL, &stage, score, told);
}
