/* What memory a run takes on one rank, by purpose, before any of it is taken; the reader's cache gets what is left.
 * The counts are upper bounds from the catalog and the job alone. */
#include "run_state.h"
#include "winnow/plan.h"

#include "winnow/memory.h"

/* One with the taker, one full, one of the pilot; and those that threads decode, each beside what it decodes from. */
enum {
    BLOCKS_AT_REST = 3,
    BLOCKS_PER_THREAD = 2,
    BYTES_PER_HASHED_ROW = 96,
    PILOT_CELLS = 1 << 23,
    PILOT_ROWS = 16384
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t largest_block(const wn_catalog *catalog)
{
    int64_t rows = 0;
    for (size_t f = 0; f < catalog->n_files; f++)
        rows = catalog->files[f].block_rows > rows ? catalog->files[f].block_rows : rows;
    return (size_t)rows;
}

static size_t pilot_bytes(size_t n_columns, int64_t n_rows)
{
    size_t rows = n_columns > 0 ? PILOT_CELLS / n_columns : PILOT_ROWS;
    rows = rows > PILOT_ROWS ? PILOT_ROWS : larger(rows, 1024);
    rows = (size_t)n_rows < rows ? (size_t)n_rows : rows;
    return rows * n_columns * 2 * sizeof(double);
}

/* Prepared rows: selected features of this rank's part for fine-tuning, with those that judge, and components beside
 * them. */
static size_t feature_bytes(const wn_job *job, const wn_catalog *catalog, size_t rows_per_rank)
{
    if (!job->has_train)
        return 0;
    size_t width = catalog->n_columns;
    if (job->has_rank && job->rank.keep.count > 0)
        width = job->rank.keep.count;
    else if (job->has_rank)
        width = (size_t)(job->rank.keep.share * (double)width) + 1;
    size_t components = job->has_reduce && job->reduce.is_pca ? larger(job->reduce.components.count, 1) : 0;
    if (components > 0 && job->reduce.components.count == 0)
        components = width;
    return wn_dataset_bytes(rows_per_rank, width) + wn_dataset_bytes(rows_per_rank, components);
}

wn_memory_plan wn_memory_plan_of(int n_ranks, const wn_job *job, const wn_catalog *catalog, size_t n_threads)
{
    size_t p = catalog->n_columns, block = largest_block(catalog), size = (size_t)n_ranks;
    size_t rows = ((size_t)catalog->n_rows + size - 1) / size + block;
    size_t cell_bytes = sizeof(double) + (catalog->is_float32 ? sizeof(float) : 0); /* raw, and widened */
    bool gram = (job->has_rank && job->rank.use[WN_RANK_ANOVA]) || (job->has_reduce && job->reduce.is_pca);
    size_t width = p + 1 + WN_MAX_CLASSES;
    wn_memory_plan plan = {.blocks = (BLOCKS_AT_REST + BLOCKS_PER_THREAD * (n_threads + 1)) * block *
                                     (p * cell_bytes + 2 * sizeof(double)),
                           .pilot = pilot_bytes(p, catalog->n_rows),
                           .gram = gram ? width * width * 4 * sizeof(double) + block * width * sizeof(double) : 0,
                           .rows = rows,
                           .features = feature_bytes(job, catalog, rows)};
    if (job->has_clean && job->clean.drop_duplicates)
        plan.duplicates = rows * BYTES_PER_HASHED_ROW;
    size_t n = larger(p, 1), parameters = 0;
    for (size_t i = 0; job->has_train && i < job->train.hidden.n; i++) {
        parameters += n * (size_t)job->train.hidden.value[i];
        n = (size_t)job->train.hidden.value[i];
    }
    plan.model = (parameters + n * WN_MAX_CLASSES) * sizeof(float) * 12;
    size_t base = plan.blocks + plan.rows + plan.model;
    plan.need = larger(base + larger(plan.pilot + plan.gram, plan.duplicates), base + plan.features);
    return plan;
}

wn_status wn_memory_plan_check(const wn_memory_plan *plan, size_t memory)
{
    if (plan->need <= memory)
        return WN_OK;
    return wn_fail(WN_UNAVAILABLE,
                   "the plan exceeds memory: %zu MiB a rank are needed (model %zu, prepared rows %zu, products of "
                   "columns %zu, blocks %zu, pilot %zu, duplicates %zu), memory allows %zu; use more ranks, or "
                   "a larger `memory`",
                   plan->need >> 20, plan->model >> 20, plan->features >> 20, plan->gram >> 20, plan->blocks >> 20,
                   plan->pilot >> 20, plan->duplicates >> 20, memory >> 20);
}

wn_status wn_plan_memory(const wn_ranks *ranks, const wn_job *job, const wn_catalog *catalog,
                         wn_reader_options *options)
{
    wn_memory_plan plan = wn_memory_plan_of(ranks->size, job, catalog, options->n_threads);
    wn_status status = wn_memory_plan_check(&plan, (size_t)job->memory);
    wn_log_detail("memory: %zu MiB for blocks, %zu pilot, %zu products, %zu duplicates, %zu prepared rows, %zu model; "
                  "limit %zu MiB",
                  plan.blocks >> 20, plan.pilot >> 20, plan.gram >> 20, plan.duplicates >> 20, plan.features >> 20,
                  plan.model >> 20, (size_t)job->memory >> 20);
    if (status == WN_OK)
        options->cache_bytes = (size_t)job->memory - plan.need;
    return status;
}
