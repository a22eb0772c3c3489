#include "reading.h"
#include "winnow/memory.h"
#include "winnow/pass.h"
#include "winnow/profile.h"
#include "winnow/statistics.h"

/* Where a rank's standardized rows go. */
typedef struct {
    const wn_recipe *recipe;
    float *features; /* (rows of the rank, n_features) */
    int64_t first_row;
} prepared;

static wn_status keep_features(void *state, const wn_block *block)
{
    const prepared *p = state;
    if (block->n_rows == 0)
        return WN_OK;
    wn_raw_rows rows = wn_raw_rows_of(block, 0, block->n_rows);
    return wn_recipe_features(p->recipe, &rows,
                              p->features + (size_t)(block->rows[0] - p->first_row) * p->recipe->n_features);
}

static wn_span nothing(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

/* clean: {missing: mean}, normalize: {method: standard} */
static void set_rules(wn_recipe *recipe)
{
    for (size_t c = 0; c < recipe->n_columns; c++)
        recipe->columns[c].rule = (wn_column_rule){.missing = WN_MISSING_MEAN, .normalize = WN_NORMALIZE_STANDARD};
}

static wn_status fit(const wn_pass *pass, wn_rows *rows, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    wn_pilot *pilot = NULL;
    wn_statistics *statistics = NULL;
    wn_moments *moments = NULL;
    bool needs_cleaned = false;
    int n_passes = 0;
    TRY(wn_pilot_read(pass, NULL, 0, rows->catalog->n_blocks, 1, &pilot, NULL));
    TRY(wn_profile_measure(pass, rows, pilot, recipe, &needs_cleaned, &moments, &n_passes, NULL));
    if (needs_cleaned)
        TRY(wn_profile_cleaned(pass, rows, pilot, recipe, &n_passes, NULL));
    const wn_statistics_options options = {.raw = moments};
    TRY(wn_statistics_run(pass, rows, pilot, recipe, &options, &statistics, &n_passes, NULL));
done:
    wn_moments_free(moments);
    wn_statistics_free(statistics);
    wn_pilot_free(pilot);
    return status;
}

wn_status bench_prepare(bench *b)
{
    static const wn_accumulator_ops ops = {"prepared", keep_features, nothing, nothing, true, NULL};
    wn_status status = WN_OK;
    wn_reader *reader = NULL;
    wn_rows *rows = NULL;
    wn_recipe *recipe = NULL;
    prepared out = {0};
    const wn_reader_options options = {.n_threads = b->n_threads};
    bench_begin(b);
    TRY(wn_reader_open(&reader, b->catalog, &options));
    TRY(wn_rows_of_blocks(&rows, b->catalog, b->blocks));
    TRY(wn_recipe_new(&recipe, b->catalog));
    set_rules(recipe);
    const wn_pass pass = {
        .ranks = b->ranks, .reader = reader, .blocks = b->blocks, .name = "bench", .total_rows = b->catalog->n_rows};
    TRY(fit(&pass, rows, recipe));
    out.recipe = recipe;
    out.first_row = rows->first_row;
    TRY(wn_new(&out.features, rows->n_rows * recipe->n_features));
    const wn_accumulator accumulator = {&ops, &out};
    TRY(wn_pass_run(&pass, NULL, 0, &accumulator, 1, NULL));
done:
    wn_free(out.features);
    wn_recipe_free(recipe);
    wn_rows_free(rows);
    wn_reader_close(reader);
    return status;
}
