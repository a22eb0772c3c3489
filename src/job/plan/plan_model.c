/* The counts follow what the stages allocate and hold at the same time. What only the labels tell, the number of
 * classes, is taken at its most. */
#include "plan_model.h"

#include "plan_features.h"
#include "run_state.h"
#include "winnow/evaluation.h"

#include <math.h>

/* A network: parameters, and floats that a row takes on its way through, its gradient too. */
typedef struct {
    size_t n_inputs, n_parameters, n_activations;
} network_size;

typedef struct {
    const wn_job *job;
    network_size narrow, wide; /* without and with the projection as a first layer */
    size_t n_states;           /* arrays of the optimizer */
    size_t share;              /* rows of a lane in a batch */
    size_t block_rows, lane_rows, validation_rows, judge_rows, metric_rows, sample_rows;
    size_t blocks; /* bytes */
    wn_sparse_plan sparse;
} job_size;

/* Of one rank. */
typedef struct {
    bool is_root;
    size_t n_lanes;
} rank_part;

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t wn_model_moment_bytes(const wn_model_moment *moment)
{
    return moment->blocks + moment->features + moment->model + moment->compression + moment->checkpoint;
}

static size_t count_features(const wn_job *job, const wn_catalog *catalog)
{
    size_t n = wn_plan_features(job, catalog);
    if (!job->has_rank)
        return n;
    if (job->rank.keep.count > 0)
        return least(job->rank.keep.count, n);
    return least((size_t)(job->rank.keep.share * (double)n) + 1, n);
}

static bool projects(const wn_job *job)
{
    return job->has_reduce && job->reduce.method != WN_REDUCE_NONE;
}

static size_t count_inputs(const wn_job *job, size_t n_features)
{
    if (!projects(job))
        return n_features;
    size_t n_components =
        job->reduce.components.count > 0 ? least(job->reduce.components.count, n_features) : n_features;
    return n_components + (job->reduce.append ? n_features : 0);
}

static size_t add_layer(network_size *size, size_t n_in, size_t n_out, size_t *widest)
{
    size->n_parameters += (n_in + 1) * n_out;
    size->n_activations += n_out;
    *widest = larger(*widest, n_out);
    return n_out;
}

static network_size size_network(const wn_job *job, size_t n_features, size_t n_inputs)
{
    network_size size = {.n_inputs = n_features};
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

static bool is_beside(const wn_job *job)
{
    return job->has_compress && job->compress.while_training;
}

static job_size measure(const wn_job *job, const wn_catalog *catalog, const wn_lanes_plan *lanes, size_t rows)
{
    double validation = job->input.split_validation, test = job->input.split_test;
    size_t n = (size_t)catalog->n_rows, n_features = count_features(job, catalog);
    size_t n_inputs = count_inputs(job, n_features), n_train = rows_of_share(n, 1 - validation - test);
    job_size size = {.job = job,
                     .narrow = size_network(job, n_inputs, n_inputs),
                     .n_states = count_states(&job->train.optimizer),
                     .share = (size_t)(job->train.batch / lanes->n_lanes),
                     .lane_rows = n_train / (size_t)lanes->n_lanes + 1,
                     .validation_rows = rows_of_share(rows, validation),
                     .sparse = wn_plan_sparse(job, catalog)};
    size.wide = projects(job) ? size_network(job, n_features, n_inputs) : size.narrow;
    if (projects(job) && n_features == n_inputs) /* a square projection is a layer too */
        size.wide.n_parameters += (n_features + 1) * n_features;
    size.judge_rows = validation > 0 ? size.validation_rows : rows;
    size.metric_rows = job->input.test.n > 0 ? rows : test > 0 ? rows_of_share(rows, test) : size.judge_rows;
    size.sample_rows = least(WN_SAMPLE_ROWS, validation > 0 ? rows_of_share(n, validation) : n);
    return size;
}

/* Inputs of rows that are dense although there are terms. */
static size_t most_dense_inputs(const job_size *size, size_t n_inputs)
{
    size_t others = size->sparse.n_dense;
    return least(n_inputs, larger(WN_DATASET_LEAST_SPARSE, 3 * others) + others);
}

/* Rows as selected features, which terms may be most of: sparse ones, which are made by way of their places and order,
 * or dense ones of as many inputs as there then can be. */
static size_t wide_rows_bytes(const job_size *size, size_t rows)
{
    enum { PLACE_BYTES = 8, ORDER_BYTES = 16 };
    size_t n_inputs = size->wide.n_inputs, dense = wn_dataset_bytes(rows, n_inputs);
    if (size->sparse.row_bytes == 0)
        return dense;
    size_t sparse = wn_dataset_bytes(rows, 0) + rows * (size->sparse.row_bytes + sizeof(size_t)) +
                    n_inputs * (PLACE_BYTES + ORDER_BYTES);
    return least(dense, larger(sparse, wn_dataset_bytes(rows, most_dense_inputs(size, n_inputs))));
}

/* Rows on their way into a network: as many as it takes at once where they are dense and not where they lie (`copies`);
 * their entries, columns and the columns' weights where they are sparse. */
static size_t batch_bytes(const job_size *size, const network_size *network, size_t rows, bool copies)
{
    enum { ENTRY_BYTES = 8, COLUMN_BYTES = 10 };
    size_t n_inputs = network->n_inputs;
    bool are_components = projects(size->job) && network == &size->narrow;
    if (size->sparse.row_bytes == 0 || are_components)
        return copies ? rows * n_inputs * sizeof(float) : 0;
    size_t sparse = rows * least(n_inputs * ENTRY_BYTES, size->sparse.row_bytes) + n_inputs * COLUMN_BYTES +
                    network->n_parameters * sizeof(float);
    return larger(sparse, copies ? rows * most_dense_inputs(size, n_inputs) * sizeof(float) : 0);
}

/* Rows as the full model sees them. */
static size_t narrow_rows_bytes(const job_size *size, size_t rows)
{
    return projects(size->job) ? wn_dataset_bytes(rows, size->narrow.n_inputs) : wide_rows_bytes(size, rows);
}

/* A trainer of one rank: states, mean and sums, the lanes' gradients; rows and activations of one lane's part of a
 * batch; the order of the lanes' rows, and the columns that each lane's sparse rows have. */
static size_t trainer_bytes(const job_size *size, const network_size *network, const rank_part *part)
{
    size_t arrays = size->n_states + 2 + part->n_lanes, share = part->n_lanes > 0 ? size->share : 0;
    size_t order = part->n_lanes * size->lane_rows * sizeof(int64_t) + 2 * size->lane_rows * sizeof(int64_t);
    size_t columns = size->sparse.row_bytes > 0 ? (part->n_lanes + 3) * network->n_inputs * sizeof(uint32_t) : 0;
    size_t batch = batch_bytes(size, network, share, true) + share * (network->n_activations + 3) * sizeof(float);
    return arrays * network->n_parameters * sizeof(float) + batch + order + columns;
}

static size_t evaluation_bytes(const job_size *size, const network_size *network, size_t rows)
{
    size_t run = least(least(rows, size->block_rows), WN_EVALUATION_ROWS);
    return run * network->n_activations * sizeof(float) + batch_bytes(size, network, run, false);
}

/* Masks on every rank, snapshots on rank 0. */
static size_t background_bytes(const job_size *size, const rank_part *part)
{
    size_t wide = size->wide.n_parameters, narrow = size->narrow.n_parameters;
    return part->is_root ? 4 * wide + (narrow + wide) * sizeof(float) : 2 * wide;
}

/* What the background's worker takes most for on rank 0: saliency, or candidates beside it, quantized and scored. */
static size_t work_bytes(const job_size *size, const rank_part *part)
{
    size_t wide = size->wide.n_parameters;
    size_t rows = least(size->sample_rows, WN_EVALUATION_ROWS);
    size_t run = rows * size->wide.n_activations * sizeof(float) + batch_bytes(size, &size->wide, rows, false);
    size_t saliency = wide * (2 * sizeof(float) + sizeof(double)) + run;
    size_t score = wide * (2 * sizeof(float) + 4) + run;
    return part->is_root ? larger(saliency, score) : 0;
}

/* The best network so far and its mask. */
static size_t held_bytes(const job_size *size)
{
    return size->job->compress.is_auto ? size->wide.n_parameters * (sizeof(float) + 1) : 0;
}

/* A section is appended; where it does not fit, there is room for it or twice the old room. */
static void append(size_t *n, size_t *room, size_t n_bytes)
{
    *n += n_bytes;
    if (*n > *room)
        *room = larger(*n, 2 * *room);
}

/* The state to go on from, which every rank has until it is restored; on rank 0 later the state's copy, and the same
 * again as it is read back. `n_masks` of the wide network's. */
static size_t checkpoint_bytes(const job_size *size, const network_size *network, const rank_part *part,
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

/* Rows that judge, and on rank 0 the sample of them. */
static size_t judging_bytes(const job_size *size, const rank_part *part)
{
    size_t sample = part->is_root ? size->sample_rows : 0;
    return wide_rows_bytes(size, size->judge_rows) + wide_rows_bytes(size, sample);
}

/* While the sample is gathered its rows are there as sent, as received and as rows. */
static size_t gathering_bytes(const job_size *size, const rank_part *part)
{
    return part->is_root ? 2 * wide_rows_bytes(size, size->sample_rows) : 0;
}

static wn_model_moment train_moment(const job_size *size, const rank_part *part, bool prepares)
{
    bool beside = is_beside(size->job);
    size_t rows = part->n_lanes * size->lane_rows + size->validation_rows;
    wn_model_moment moment = {.features = narrow_rows_bytes(size, rows),
                              .model = size->narrow.n_parameters * sizeof(float)};
    if (beside)
        moment.features += judging_bytes(size, part);
    if (prepares) {
        moment.blocks = size->blocks + (beside ? gathering_bytes(size, part) : 0);
        return moment;
    }
    moment.model +=
        trainer_bytes(size, &size->narrow, part) + evaluation_bytes(size, &size->narrow, size->validation_rows);
    if (beside)
        moment.compression = background_bytes(size, part) + work_bytes(size, part);
    moment.checkpoint = checkpoint_bytes(size, &size->narrow, part, beside, 2 * (size_t)beside);
    return moment;
}

/* What the search holds all the time: full, current, and under `auto` the best network with its mask. */
static wn_model_moment search_moment(const job_size *size, const rank_part *part)
{
    size_t wide = size->wide.n_parameters;
    return (wn_model_moment){
        .features = wide_rows_bytes(size, part->n_lanes * size->lane_rows) + judging_bytes(size, part),
        .model = size->narrow.n_parameters * sizeof(float),
        .compression = background_bytes(size, part) + wide * (2 * sizeof(float) + 1) + held_bytes(size)};
}

static wn_model_moment tune_moment(const job_size *size, const rank_part *part)
{
    wn_model_moment moment = search_moment(size, part);
    const wn_job *job = size->job;
    size_t work = work_bytes(size, part), n_held = job->compress.is_auto;
    size_t n_artefact =
        job->compress.is_auto || job->compress.int8 ? 1 : sizeof(float); /* bytes a parameter, at most */
    moment.model += trainer_bytes(size, &size->wide, part);
    moment.checkpoint = checkpoint_bytes(size, &size->wide, part, 1 + n_held, 4 + n_held + n_artefact);
    if (is_beside(size->job))
        moment.compression += work;
    else if (work > moment.checkpoint) /* without a thread they follow each other */
        moment = (wn_model_moment){0, moment.features, moment.model, moment.compression + work, 0};
    return moment;
}

/* A candidate that is judged has a decoded copy, its coding, and the artefact's bytes as they are packed. */
static wn_model_moment judge_moment(const job_size *size, const rank_part *part)
{
    wn_model_moment moment = search_moment(size, part);
    moment.compression +=
        size->wide.n_parameters * (sizeof(float) + 2 + 8) + (is_beside(size->job) ? work_bytes(size, part) : 0);
    moment.model += evaluation_bytes(size, &size->wide, size->judge_rows);
    return moment;
}

static wn_model_moment gather_moment(const job_size *size, const rank_part *part)
{
    wn_model_moment moment = search_moment(size, part);
    moment.compression = is_beside(size->job) ? background_bytes(size, part) : 0;
    moment.blocks = size->blocks + gathering_bytes(size, part);
    return moment;
}

/* Rows as the full and the compressed model see them, beside what compression leaves until the end. */
static wn_model_moment evaluate_moment(const job_size *size, const rank_part *part)
{
    const wn_job *job = size->job;
    size_t rows = size->metric_rows, wide = size->wide.n_parameters;
    wn_model_moment moment = {.blocks = size->blocks,
                              .features = wide_rows_bytes(size, rows),
                              .model = size->narrow.n_parameters * sizeof(float) +
                                       evaluation_bytes(size, &size->narrow, rows)};
    if (projects(job))
        moment.features += narrow_rows_bytes(size, rows);
    if (job->has_compress) {
        moment.features += wide_rows_bytes(size, rows) + judging_bytes(size, part);
        moment.compression = wide * (2 * sizeof(float) + 2);
    }
    if (is_beside(job))
        moment.compression += background_bytes(size, part);
    return moment;
}

static void keep_larger(wn_model_moment *most, wn_model_moment moment)
{
    if (wn_model_moment_bytes(&moment) > wn_model_moment_bytes(most))
        *most = moment;
}

static wn_model_moment worst_of(const job_size *size, const rank_part *part)
{
    wn_model_moment most = train_moment(size, part, true);
    keep_larger(&most, train_moment(size, part, false));
    if (size->job->has_compress) {
        keep_larger(&most, gather_moment(size, part));
        keep_larger(&most, tune_moment(size, part));
        keep_larger(&most, judge_moment(size, part));
    }
    keep_larger(&most, evaluate_moment(size, part));
    return most;
}

wn_model_moment wn_model_plan_of(int n_ranks, const wn_job *job, const wn_catalog *catalog, size_t blocks, size_t rows,
                                 size_t block_rows)
{
    wn_model_moment most = {0};
    wn_lanes_plan lanes = {0};
    /* lanes that cannot be dealt are told when they are */
    if (!job->has_train || wn_lanes_plan_of(n_ranks, job, catalog, &lanes) != WN_OK)
        return most;
    job_size size = measure(job, catalog, &lanes, rows);
    size.block_rows = block_rows;
    size.blocks = blocks;
    most = worst_of(&size, &(rank_part){true, (size_t)lanes.root});
    if (n_ranks > 1)
        keep_larger(&most, worst_of(&size, &(rank_part){false, (size_t)lanes.most}));
    return most;
}
