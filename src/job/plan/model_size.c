/* What only the labels tell, the number of classes, is taken at its most. */
#include "model_size.h"

#include "plan_features.h"
#include "plan_sums.h"
#include "run_state.h"
#include "winnow/evaluation.h"
#include "winnow/sizes.h"

#include <math.h>

bool wn_model_projects(const wn_job *job)
{
    return job->has_reduce && job->reduce.method != WN_REDUCE_NONE;
}

static size_t count_inputs(const wn_job *job, size_t n_features)
{
    if (!wn_model_projects(job))
        return n_features;
    size_t n_components =
        job->reduce.components.count > 0 ? wn_size_min(job->reduce.components.count, n_features) : n_features;
    return n_components + (job->reduce.append ? n_features : 0);
}

static size_t add_layer(wn_network_size *size, size_t n_in, size_t n_out, size_t *widest)
{
    size->n_parameters += (n_in + 1) * n_out;
    size->n_activations += n_out;
    *widest = wn_size_max(*widest, n_out);
    return n_out;
}

static wn_network_size size_network(const wn_job *job, size_t n_features, size_t n_inputs)
{
    wn_network_size size = {.n_inputs = n_features};
    size_t width = n_features, widest = 0;
    if (n_features != n_inputs)
        width = add_layer(&size, width, n_inputs, &widest);
    for (size_t i = 0; job->train.model == WN_MODEL_MLP && i < job->train.hidden.n; i++)
        width = add_layer(&size, width, (size_t)job->train.hidden.value[i], &widest);
    add_layer(&size, width, job->input.task == WN_TASK_REGRESSION ? 1 : WN_MAX_CLASSES, &widest);
    size.n_activations += 2 * widest;
    return size;
}

/* Rows of n that a share of them by hash comes to at most, but for one case in ten thousand. */
static size_t rows_of_share(size_t n, double share)
{
    double most = ceil(share * (double)n + 4 * sqrt(share * (1 - share) * (double)n));
    return most < (double)n ? (size_t)most : n;
}

static size_t count_states(const wn_optimizer_options *optimizer)
{
    if (optimizer->type == WN_OPTIMIZER_ADAM)
        return 2;
    return optimizer->type != WN_OPTIMIZER_SGD || optimizer->momentum != 0;
}

bool wn_model_is_beside(const wn_job *job)
{
    return job->has_compress && job->compress.while_training;
}

wn_model_size wn_model_size_of(const wn_job *job, const wn_catalog *catalog, const wn_lanes_plan *lanes, size_t rows)
{
    double validation = job->input.split_validation, test = job->input.split_test;
    size_t n = (size_t)catalog->n_rows, n_features = wn_plan_selected(job, wn_plan_features(job, catalog));
    size_t n_inputs = count_inputs(job, n_features), n_train = rows_of_share(n, 1 - validation - test);
    wn_model_size size = {.job = job,
                          .narrow = size_network(job, n_inputs, n_inputs),
                          .n_states = count_states(&job->train.optimizer),
                          .share = (size_t)(job->train.batch / lanes->n_lanes),
                          .lane_rows = n_train / (size_t)lanes->n_lanes + 1,
                          .validation_rows = rows_of_share(rows, validation),
                          .sparse = wn_plan_sparse(job, catalog)};
    size.wide = wn_model_projects(job) ? size_network(job, n_features, n_inputs) : size.narrow;
    if (wn_model_projects(job) && n_features == n_inputs) /* a square projection is a layer too */
        size.wide.n_parameters += (n_features + 1) * n_features;
    size.judge_rows = validation > 0 ? size.validation_rows : rows;
    size.metric_rows = job->input.test.n > 0 ? rows : test > 0 ? rows_of_share(rows, test) : size.judge_rows;
    size.sample_rows = wn_size_min(WN_SAMPLE_ROWS, validation > 0 ? rows_of_share(n, validation) : n);
    return size;
}

/* Inputs of rows that are dense although there are terms. */
static size_t most_dense_inputs(const wn_model_size *size, size_t n_inputs)
{
    size_t others = size->sparse.n_dense;
    return wn_size_min(n_inputs, wn_size_max(WN_DATASET_LEAST_SPARSE, 3 * others) + others);
}

size_t wn_model_wide_rows_bytes(const wn_model_size *size, size_t rows)
{
    enum { PLACE_BYTES = 8, ORDER_BYTES = 16 };
    size_t n_inputs = size->wide.n_inputs, dense = wn_dataset_bytes(rows, n_inputs);
    if (size->sparse.row_bytes == 0)
        return dense;
    size_t sparse = wn_dataset_bytes(rows, 0) + rows * (size->sparse.row_bytes + sizeof(size_t)) +
                    n_inputs * (PLACE_BYTES + ORDER_BYTES);
    return wn_size_min(dense, wn_size_max(sparse, wn_dataset_bytes(rows, most_dense_inputs(size, n_inputs))));
}

/* Rows on their way into a network: as many as it takes at once where they are dense and not where they lie (`copies`);
 * their entries, columns and the columns' weights where they are sparse. */
static size_t batch_bytes(const wn_model_size *size, const wn_network_size *network, size_t rows, bool copies)
{
    enum { ENTRY_BYTES = 8, COLUMN_BYTES = 10 };
    size_t n_inputs = network->n_inputs;
    bool are_components = wn_model_projects(size->job) && network == &size->narrow;
    if (size->sparse.row_bytes == 0 || are_components)
        return copies ? rows * n_inputs * sizeof(float) : 0;
    size_t sparse = rows * wn_size_min(n_inputs * ENTRY_BYTES, size->sparse.row_bytes) + n_inputs * COLUMN_BYTES +
                    network->n_parameters * sizeof(float);
    return wn_size_max(sparse, copies ? rows * most_dense_inputs(size, n_inputs) * sizeof(float) : 0);
}

size_t wn_model_narrow_rows_bytes(const wn_model_size *size, size_t rows)
{
    return wn_model_projects(size->job) ? wn_dataset_bytes(rows, size->narrow.n_inputs)
                                        : wn_model_wide_rows_bytes(size, rows);
}

size_t wn_model_trainer_bytes(const wn_model_size *size, const wn_network_size *network, const wn_rank_part *part)
{
    size_t arrays = size->n_states + 2 + part->n_lanes, share = part->n_lanes > 0 ? size->share : 0;
    size_t order = part->n_lanes * size->lane_rows * sizeof(int64_t) + 2 * size->lane_rows * sizeof(int64_t);
    size_t columns = size->sparse.row_bytes > 0 ? (part->n_lanes + 3) * network->n_inputs * sizeof(uint32_t) : 0;
    size_t batch = batch_bytes(size, network, share, true) + share * (network->n_activations + 3) * sizeof(float);
    return arrays * network->n_parameters * sizeof(float) + batch + order + columns;
}

size_t wn_model_evaluation_bytes(const wn_model_size *size, const wn_network_size *network, size_t rows)
{
    size_t run = wn_size_min(wn_size_min(rows, size->block_rows), WN_EVALUATION_ROWS);
    return run * network->n_activations * sizeof(float) + batch_bytes(size, network, run, false);
}

size_t wn_model_background_bytes(const wn_model_size *size, const wn_rank_part *part)
{
    size_t wide = size->wide.n_parameters, narrow = size->narrow.n_parameters;
    return part->is_root ? 4 * wide + (narrow + wide) * sizeof(float) : 2 * wide;
}

size_t wn_model_work_bytes(const wn_model_size *size, const wn_rank_part *part)
{
    size_t wide = size->wide.n_parameters;
    size_t rows = wn_size_min(size->sample_rows, WN_EVALUATION_ROWS);
    size_t run = rows * size->wide.n_activations * sizeof(float) + batch_bytes(size, &size->wide, rows, false);
    size_t saliency = wide * (2 * sizeof(float) + sizeof(double)) + run;
    size_t score = wide * (2 * sizeof(float) + 4) + run;
    return part->is_root ? wn_size_max(saliency, score) : 0;
}

size_t wn_model_held_bytes(const wn_model_size *size)
{
    return size->job->compress.is_auto ? size->wide.n_parameters * (sizeof(float) + 1) : 0;
}

/* A section is appended; where it does not fit, there is room for it or twice the old room. */
static void append(size_t *n, size_t *room, size_t n_bytes)
{
    *n += n_bytes;
    if (*n > *room)
        *room = wn_size_max(*n, 2 * *room);
}

size_t wn_model_checkpoint_bytes(const wn_model_size *size, const wn_network_size *network, const wn_rank_part *part,
                                 size_t n_snapshots, size_t n_masks)
{
    size_t n = 0, room = 0, wide = size->wide.n_parameters;
    for (size_t i = 0; i < 1 + size->n_states; i++)
        append(&n, &room, network->n_parameters * sizeof(float));
    for (size_t i = 0; i < n_masks; i++)
        append(&n, &room, wide);
    for (size_t i = 0; i < n_snapshots; i++)
        append(&n, &room, wide * sizeof(float));
    return part->is_root ? n + room : n;
}

size_t wn_model_judging_bytes(const wn_model_size *size, const wn_rank_part *part)
{
    size_t sample = part->is_root ? size->sample_rows : 0;
    return wn_model_wide_rows_bytes(size, size->judge_rows) + wn_model_wide_rows_bytes(size, sample);
}

size_t wn_model_gathering_bytes(const wn_model_size *size, const wn_rank_part *part)
{
    return part->is_root ? 2 * wn_model_wide_rows_bytes(size, size->sample_rows) : 0;
}
