/* Which of the sizes are there at the same time follows the stages. */
#include "plan_model.h"

#include "model_size.h"

size_t wn_model_moment_bytes(const wn_model_moment *moment)
{
    return moment->blocks + moment->features + moment->model + moment->compression + moment->checkpoint;
}

static wn_model_moment train_moment(const wn_model_size *size, const wn_rank_part *part, bool prepares)
{
    bool beside = wn_model_is_beside(size->job);
    size_t rows = part->n_lanes * size->lane_rows + size->validation_rows;
    wn_model_moment moment = {.features = wn_model_narrow_rows_bytes(size, rows),
                              .model = size->narrow.n_parameters * sizeof(float)};
    if (beside)
        moment.features += wn_model_judging_bytes(size, part);
    if (prepares) {
        moment.blocks = size->blocks + (beside ? wn_model_gathering_bytes(size, part) : 0);
        return moment;
    }
    moment.model += wn_model_trainer_bytes(size, &size->narrow, part) +
                    wn_model_evaluation_bytes(size, &size->narrow, size->validation_rows);
    if (beside)
        moment.compression = wn_model_background_bytes(size, part) + wn_model_work_bytes(size, part);
    moment.checkpoint = wn_model_checkpoint_bytes(size, &size->narrow, part, beside, 2 * (size_t)beside);
    return moment;
}

/* What the search holds all the time: full, current, and under `auto` the best network with its mask. */
static wn_model_moment search_moment(const wn_model_size *size, const wn_rank_part *part)
{
    size_t wide = size->wide.n_parameters;
    return (wn_model_moment){.features = wn_model_wide_rows_bytes(size, part->n_lanes * size->lane_rows) +
                                         wn_model_judging_bytes(size, part),
                             .model = size->narrow.n_parameters * sizeof(float),
                             .compression = wn_model_background_bytes(size, part) + wide * (2 * sizeof(float) + 1) +
                                            wn_model_held_bytes(size)};
}

static wn_model_moment tune_moment(const wn_model_size *size, const wn_rank_part *part)
{
    wn_model_moment moment = search_moment(size, part);
    const wn_job *job = size->job;
    size_t work = wn_model_work_bytes(size, part), n_held = job->compress.is_auto;
    size_t n_artefact =
        job->compress.is_auto || job->compress.int8 ? 1 : sizeof(float); /* bytes a parameter, at most */
    moment.model += wn_model_trainer_bytes(size, &size->wide, part);
    moment.checkpoint = wn_model_checkpoint_bytes(size, &size->wide, part, 1 + n_held, 4 + n_held + n_artefact);
    if (wn_model_is_beside(size->job))
        moment.compression += work;
    else if (work > moment.checkpoint) /* without a thread they follow each other */
        moment = (wn_model_moment){0, moment.features, moment.model, moment.compression + work, 0};
    return moment;
}

/* A candidate that is judged has a decoded copy, its coding, and the artefact's bytes as they are packed. */
static wn_model_moment judge_moment(const wn_model_size *size, const wn_rank_part *part)
{
    wn_model_moment moment = search_moment(size, part);
    moment.compression += size->wide.n_parameters * (sizeof(float) + 2 + 8) +
                          (wn_model_is_beside(size->job) ? wn_model_work_bytes(size, part) : 0);
    moment.model += wn_model_evaluation_bytes(size, &size->wide, size->judge_rows);
    return moment;
}

static wn_model_moment gather_moment(const wn_model_size *size, const wn_rank_part *part)
{
    wn_model_moment moment = search_moment(size, part);
    moment.compression = wn_model_is_beside(size->job) ? wn_model_background_bytes(size, part) : 0;
    moment.blocks = size->blocks + wn_model_gathering_bytes(size, part);
    return moment;
}

/* Rows as the full and the compressed model see them, beside what compression leaves until the end. */
static wn_model_moment evaluate_moment(const wn_model_size *size, const wn_rank_part *part)
{
    const wn_job *job = size->job;
    size_t rows = size->metric_rows, wide = size->wide.n_parameters;
    wn_model_moment moment = {.blocks = size->blocks,
                              .features = wn_model_wide_rows_bytes(size, rows),
                              .model = size->narrow.n_parameters * sizeof(float) +
                                       wn_model_evaluation_bytes(size, &size->narrow, rows)};
    if (wn_model_projects(job))
        moment.features += wn_model_narrow_rows_bytes(size, rows);
    if (job->has_compress) {
        moment.features += wn_model_wide_rows_bytes(size, rows) + wn_model_judging_bytes(size, part);
        moment.compression = wide * (2 * sizeof(float) + 2);
    }
    if (wn_model_is_beside(job))
        moment.compression += wn_model_background_bytes(size, part);
    return moment;
}

static void keep_larger(wn_model_moment *most, wn_model_moment moment)
{
    if (wn_model_moment_bytes(&moment) > wn_model_moment_bytes(most))
        *most = moment;
}

static wn_model_moment worst_of(const wn_model_size *size, const wn_rank_part *part)
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
    wn_model_size size = wn_model_size_of(job, catalog, &lanes, rows);
    size.block_rows = block_rows;
    size.blocks = blocks;
    most = worst_of(&size, &(wn_rank_part){true, (size_t)lanes.root});
    if (n_ranks > 1)
        keep_larger(&most, worst_of(&size, &(wn_rank_part){false, (size_t)lanes.most}));
    return most;
}
