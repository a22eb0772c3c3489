/* What memory a run takes on one rank, by purpose, before any of it is taken; the reader's cache gets what is left.
 * The counts are upper bounds from the catalog and the job alone. */
#include "job_profile.h"
#include "plan_features.h"
#include "plan_model.h"
#include "plan_sums.h"
#include "plan_windows.h"
#include "run_state.h"
#include "winnow/plan.h"
#include "winnow/row_hashes.h"

#include "winnow/dataset.h"
#include "winnow/forest.h"
#include "winnow/modes.h"
#include "winnow/profile.h"
#include "winnow/profile_sums.h"
#include "winnow/sizes.h"

#include <math.h>

/* One with the taker, one full, one of the pilot; and those that threads decode, each beside what it decodes from. */
enum { BLOCKS_AT_REST = 3, BLOCKS_PER_THREAD = 2 };
enum { MOST_LEFT_OF_CHUNKS = 128 << 20 }; /* fetcher.c's bound */
enum { REST = 2 << 20 };                  /* files that are read and hashed by pieces, names, the recipe */
/* Resident beside what is allocated: 25 MiB after MPI_Init and opening a file, 4 more with BLAS's buffers, 27 to 35
 * over whole runs on 1 and 2 ranks (Debian 12's libraries). */
enum { LIBRARIES = 40 << 20, MESSAGE = 64 << 20 /* of wn_ranks_sum, at most */ };

/* Some gap may be filled by the most frequent value. */
static bool counts_values(const wn_job *job)
{
    bool counts = job->clean.missing == WN_MISSING_MOST_FREQUENT;
    for (size_t i = 0; i < job->clean.n_overrides; i++)
        counts |= job->clean.overrides[i].has_missing && job->clean.overrides[i].missing == WN_MISSING_MOST_FREQUENT;
    return job->has_clean && counts;
}

static size_t largest_block(const wn_catalog *catalog)
{
    int64_t most = 0;
    for (size_t f = 0; f < catalog->n_files; f++) {
        const wn_file *file = &catalog->files[f];
        int64_t rows = file->n_rows < file->block_rows ? file->n_rows : file->block_rows;
        most = rows > most ? rows : most;
    }
    return (size_t)most;
}

/* Chunks as they are stored, of the blocks under way; those that threads decode; and what is left of chunks that reach
 * beyond their block, for the next one (fetcher.c). */
static size_t chunk_bytes(const wn_file *file, size_t n_threads)
{
    size_t block = (size_t)file->block_rows, ahead = n_threads > 0 ? (n_threads + 1) / 2 + 1 : 1;
    if (file->fetched_bytes == 0)
        return 0;
    bool goes_on = block % file->chunk_rows != 0;
    size_t rows = block + (goes_on ? file->chunk_rows : 0), left = 2 * file->chunk_rows * file->fetched_bytes;
    rows = rows < (size_t)file->n_rows + file->chunk_rows ? rows : (size_t)file->n_rows + file->chunk_rows;
    left = left < MOST_LEFT_OF_CHUNKS ? left : MOST_LEFT_OF_CHUNKS;
    return ahead * rows * file->fetched_bytes + (n_threads + 1) * file->decoded_bytes + (goes_on ? left : 0);
}

/* What chunks take beyond the blocks that are planned beside the decoded ones. */
static size_t chunks_beyond(const wn_catalog *catalog, size_t n_threads, size_t spare)
{
    size_t most = spare;
    for (size_t f = 0; f < catalog->n_files; f++)
        most = wn_size_max(most, chunk_bytes(&catalog->files[f], n_threads));
    return most - spare;
}

static size_t pilot_rows(const wn_catalog *catalog)
{
    size_t rows = wn_pilot_most_rows(catalog->n_cells);
    return (size_t)catalog->n_rows < rows ? (size_t)catalog->n_rows : rows;
}

/* Raw; cleaned ones are doubles. */
static size_t pilot_row_bytes(const wn_catalog *catalog)
{
    return catalog->n_cells * wn_cell_bytes(catalog->is_float32) + 2 * sizeof(double);
}

/* While the pilot's rows are gathered they are there as chosen and as received; while they are chosen, beside the
 * blocks and the hashes of one. */
static size_t gathering_bytes(const wn_catalog *catalog, size_t rows, size_t block, size_t blocks)
{
    size_t pilot = pilot_rows(catalog), mine = rows < pilot ? rows : pilot;
    size_t row = pilot_row_bytes(catalog);
    return wn_size_max((mine + pilot) * row, blocks + mine * row + (block + 1) * 2 * sizeof(uint64_t));
}

/* At least a byte: no bytes would be no bound. */
static size_t left_of(size_t memory, size_t taken)
{
    return memory > taken ? memory - taken : 1;
}

/* While the prepared table is written: a block's features and components, labels, splits; the statuses of a shard's
 * rows. */
static size_t prepared_bytes(const wn_job *job, const wn_catalog *catalog, size_t rows, size_t block)
{
    size_t shard = (size_t)wn_prepared_shard_rows(1) + block, most = (size_t)catalog->n_rows;
    if (!job->output.data)
        return 0;
    shard = shard < most ? shard : most;
    size_t widths = job->has_reduce && job->reduce.append ? 3 : 2; /* selected features, and what is written of them */
    return block * (widths * wn_plan_features(job, catalog) * sizeof(float) + 4 * sizeof(double)) +
           wn_size_max(rows, shard);
}

/* The forest's training rows as features, then their codes; what growing takes (forest.h), and the trees: nodes as they
 * are found, gathered and linked. The classes are taken at their most. */
static size_t forest_bytes(const wn_job *job, const wn_catalog *catalog, size_t rows, size_t n_threads)
{
    if (!job->has_rank || !job->rank.use[WN_RANK_RANDOM_FOREST])
        return 0;
    size_t p = wn_plan_features(job, catalog), n = (size_t)catalog->n_rows;
    size_t channels = job->input.task == WN_TASK_REGRESSION ? 2 : WN_MAX_CLASSES;
    size_t leaves = job->rank.forest.depth < 31 ? (size_t)1 << job->rank.forest.depth : n;
    leaves = (leaves < n ? leaves : n) * (size_t)job->rank.forest.trees;
    size_t entries = rows * sizeof(uint64_t),
           tried = wn_size_max((size_t)sqrt((double)p) * channels, p / 3 * 2) + channels;
    size_t counts = tried * WN_FOREST_MOST_BINS * sizeof(int64_t);
    size_t reading = wn_dataset_bytes(rows, p) + rows * sizeof(double) + 3 * wn_dataset_bytes(pilot_rows(catalog), p);
    size_t growing = WN_RUN_FOREST_BYTES + (n_threads + 2) * entries + (n_threads + 1) * counts;
    return wn_size_max(reading, growing) + rows * (p + sizeof(int32_t) + sizeof(int64_t)) +
           leaves * (3 * channels * sizeof(int64_t) + 2 * 96);
}

/* MPI copies half of what it sums. */
static size_t libraries_bytes(int n_ranks, size_t largest_sum)
{
    size_t message = largest_sum < MESSAGE ? largest_sum : MESSAGE;
    return LIBRARIES + (n_ranks > 1 ? message / 2 : 0);
}

/* Windows are there in the profile beside distinct values, and in the statistics beside the products. */
static void plan_windows(wn_memory_plan *plan, const wn_job *job, const wn_catalog *catalog, size_t rows)
{
    size_t taken = plan->blocks + plan->pilot + wn_size_max(plan->gram + plan->folds, plan->values) + plan->rows +
                   plan->rest + plan->libraries;
    wn_windows_plan windows =
        wn_windows_plan_of(job, catalog, rows, pilot_rows(catalog), left_of((size_t)job->memory, taken));
    plan->windows = windows.all;
    plan->window_budget = windows.budget;
    plan->window_cells = windows.wanted;
}

/* What the needs leave keeps blocks as far as it goes; where it would keep few of a rank's, later passes gain next to
 * nothing by it, and a table of any size takes no more than the needs. */
static size_t cache_of(const wn_memory_plan *plan, const wn_job *job, const wn_catalog *catalog)
{
    enum { FEW = 4 };
    size_t cell = wn_cell_bytes(catalog->is_float32), left = (size_t)job->memory - plan->need;
    size_t row = catalog->n_cells * cell + sizeof(double) + wn_plan_text_bytes(catalog);
    return job->memory > 0 && plan->need < (size_t)job->memory && left >= plan->rows * row / FEW ? left : 0;
}

/* Hashes of rows that memory does not hold are spilled. The columns' statistics, the duplicates and the model are never
 * there at once. */
wn_memory_plan wn_memory_plan_of(int n_ranks, const wn_job *job, const wn_catalog *catalog, size_t n_threads)
{
    size_t p = catalog->n_cells, n_features = wn_plan_features(job, catalog), block = largest_block(catalog),
           size = (size_t)n_ranks;
    size_t rows = ((size_t)catalog->n_rows + size - 1) / size + block;
    rows = rows < (size_t)catalog->n_rows ? rows : (size_t)catalog->n_rows;
    size_t cell_bytes = sizeof(double) + (catalog->is_float32 ? sizeof(float) : 0); /* raw, and widened */
    size_t panel = wn_catalog_run_blocks(catalog) > 1 ? wn_size_max(block, WN_GRAM_RUN_ROWS) : block;
    size_t extracted = wn_plan_extracted_bytes(job, catalog, n_features, block);
    size_t in_flight = BLOCKS_AT_REST + BLOCKS_PER_THREAD * (n_threads + 1);
    in_flight = in_flight < 2 * (size_t)catalog->n_blocks + 1 ? in_flight : 2 * (size_t)catalog->n_blocks + 1;
    wn_memory_plan plan = {
        .blocks = in_flight * block * (p * cell_bytes + 2 * sizeof(double) + wn_plan_text_bytes(catalog)) + extracted,
        .pilot =
            pilot_rows(catalog) * (pilot_row_bytes(catalog) + (p + 2 + wn_plan_image_features(job)) * sizeof(double)),
        .gram = wn_plan_sums_bytes(job, n_features, block, panel),
        .folds = wn_plan_folds_bytes(job, n_features, block, panel),
        .reduction = wn_plan_reduction_bytes(job, n_features, block, panel, wn_plan_sparse(job, catalog)),
        .rows = rows,
        .rest = REST + wn_plan_code_bytes(job, catalog) + (wn_job_profile_adds(job) ? wn_profile_sums_bytes(p) : 0)};
    size_t block_bytes = block * (p * cell_bytes + 2 * sizeof(double));
    size_t under_way = (n_threads + 1) / 2 + BLOCKS_AT_REST;
    plan.blocks += chunks_beyond(catalog, n_threads, in_flight > under_way ? (in_flight - under_way) * block_bytes : 0);
    plan.libraries = libraries_bytes(n_ranks, wn_plan_largest_sum(job, n_features));
    if (counts_values(job))
        plan.values = WN_MODES_BYTES;
    plan.values = wn_size_max(plan.values + wn_plan_level_bytes(job, catalog), wn_plan_target_bytes(job, catalog));
    if (wn_job_seeks_repeats(job))
        plan.duplicates = wn_row_hashes_bytes(
            rows, left_of((size_t)job->memory, plan.blocks + plan.rows + plan.rest + plan.libraries));
    wn_model_moment moment = wn_model_plan_of(n_ranks, job, catalog, plan.blocks, rows, block);
    plan.forest = forest_bytes(job, catalog, rows, n_threads);
    plan.features = moment.features;
    plan.model = moment.model;
    plan.compression = moment.compression;
    plan.checkpoint = moment.checkpoint;
    plan_windows(&plan, job, catalog, rows);
    plan.need = wn_size_max(
        plan.blocks +
            wn_size_max(plan.pilot + wn_size_max(plan.gram + plan.folds, plan.values) + plan.windows, plan.duplicates),
        plan.blocks + plan.gram + plan.folds + plan.forest);
    plan.need = wn_size_max(plan.need, plan.blocks + plan.gram + plan.folds + plan.reduction);
    plan.need = wn_size_max(plan.need, wn_model_moment_bytes(&moment));
    plan.prepared = prepared_bytes(job, catalog, rows, block);
    plan.need = wn_size_max(plan.need, plan.blocks + plan.prepared);
    plan.need = wn_size_max(plan.need, gathering_bytes(catalog, rows, block, plan.blocks)) + plan.rows + plan.rest +
                plan.libraries;
    plan.cache = cache_of(&plan, job, catalog);
    return plan;
}

/* Whole MiB that are enough: what is said to be needed is taken when it is given. */
static size_t enough_mib(size_t n_bytes)
{
    return (n_bytes + (1 << 20) - 1) >> 20;
}

/* What would be enough, where it is the parts of the rows that are too much. */
static wn_status refuse_folds(const wn_memory_plan *plan, size_t memory)
{
    return wn_fail(WN_UNAVAILABLE,
                   "the plan exceeds memory: rank.folds sums each part of the rows on its own, which takes %zu MiB of "
                   "the %zu MiB a rank that are needed, memory allows %zu; use fewer folds, fewer columns "
                   "(input.columns), or a larger `memory`",
                   plan->folds >> 20, enough_mib(plan->need), memory >> 20);
}

wn_status wn_memory_plan_check(const wn_memory_plan *plan, size_t memory)
{
    if (plan->need <= memory)
        return WN_OK;
    if (plan->need - plan->folds <= memory)
        return refuse_folds(plan, memory);
    return wn_fail(
        WN_UNAVAILABLE,
        "the plan exceeds memory: %zu MiB a rank are needed (model %zu, compression %zu, checkpoint %zu, "
        "prepared rows %zu, products of columns %zu, reduction %zu, blocks %zu, pilot %zu, duplicates %zu, values %zu, "
        "windows of quantiles %zu, forest %zu), "
        "memory allows %zu; use more ranks, or a larger `memory`",
        enough_mib(plan->need), plan->model >> 20, plan->compression >> 20, plan->checkpoint >> 20,
        plan->features >> 20, plan->gram >> 20, plan->reduction >> 20, plan->blocks >> 20, plan->pilot >> 20,
        plan->duplicates >> 20, plan->values >> 20, plan->windows >> 20, plan->forest >> 20, memory >> 20);
}

wn_status wn_plan_memory(const wn_ranks *ranks, const wn_job *job, const wn_catalog *catalog,
                         wn_reader_options *options, wn_memory_plan *plan)
{
    *plan = wn_memory_plan_of(ranks->size, job, catalog, options->n_threads);
    wn_status status = wn_memory_plan_check(plan, (size_t)job->memory);
    wn_log_detail("memory: %zu MiB for blocks, %zu pilot, %zu products, %zu duplicates, %zu prepared rows, %zu model, "
                  "%zu compression, %zu checkpoint; limit %zu MiB",
                  plan->blocks >> 20, plan->pilot >> 20, plan->gram >> 20, plan->duplicates >> 20, plan->features >> 20,
                  plan->model >> 20, plan->compression >> 20, plan->checkpoint >> 20, (size_t)job->memory >> 20);
    if (status == WN_OK)
        options->cache_bytes = plan->cache;
    return status;
}
