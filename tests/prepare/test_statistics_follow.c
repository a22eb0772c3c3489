/* Statistics that follow from the sums of raw cells, without a pass. */
#include "profile_sums.h"
#include "statistics_checks.h"

#include "winnow/memory.h"
#include "winnow/profile.h"

enum { P = FIXTURE_COLS };

static const size_t file_rows[] = {700, 1, 300, 513, 90, 256, 700};
static const size_t few_rows[] = {2, 1, 2};

/* Fills of every kind, and no rule for outliers. */
static void set_filling_rules(wn_recipe *recipe)
{
    static const wn_missing_method missing[] = {WN_MISSING_MEAN, WN_MISSING_MEDIAN, WN_MISSING_CONSTANT};
    static const wn_normalize_method normalize[] = {WN_NORMALIZE_STANDARD, WN_NORMALIZE_MINMAX, WN_NORMALIZE_MAXABS,
                                                    WN_NORMALIZE_NONE};
    for (size_t j = 0; j < recipe->n_columns; j++)
        recipe->columns[j].rule =
            (wn_column_rule){.missing = missing[j % 3], .constant = 0.5, .normalize = normalize[j % 4]};
}

/* What the moments of raw cells give, also after they lay in a file: no pass, no pilot. */
static void check_follow(fitted_table *fit, const wn_moments *raw)
{
    const char *path = test_path("followed.h5");
    const wn_statistics_options options = {.path = path, .raw = raw};
    wn_statistics *followed = NULL, *again = NULL;
    int n_passes = 0;
    CU_ASSERT(wn_statistics_follow(fit->recipe, &options));
    if (CHECK_OK(
            wn_statistics_run(&fit->table.pass, fit->rows, NULL, fit->recipe, &options, &followed, &n_passes, NULL))) {
        check_moments(fit);
        CU_ASSERT_EQUAL(n_passes, 0);
        if (CHECK_OK(wn_statistics_read(&test_ranks, fit->rows, fit->recipe, &options, &again)))
            CU_ASSERT(wn_hash_compare(again->hash, followed->hash) == 0);
    }
    wn_statistics_free(again);
    wn_statistics_free(followed);
}

/* Beside products, which need the pass, moments come from those of raw cells all the same. */
static void check_filled(fitted_table *fit, const wn_moments *raw)
{
    const wn_statistics_options options = {.gram = true, .raw = raw};
    wn_statistics *by_pass = fit->statistics, *filled = NULL;
    int n_passes = 0;
    if (CHECK_OK(wn_statistics_run(&fit->table.pass, fit->rows, fit->pilot, fit->recipe, &options, &filled, &n_passes,
                                   NULL))) {
        fit->statistics = filled;
        check_moments(fit);
        check_gram(fit);
        CU_ASSERT_EQUAL(n_passes, 1);
        fit->statistics = by_pass;
    }
    wn_statistics_free(filled);
}

static void test_follow(void)
{
    const char *path = test_path("moments.h5");
    fixture_spec spec = {.name = "follow", .n_rows = file_rows, .n_files = 7, .unlabelled = 0.05};
    fitted_table fit;
    wn_moments *raw = NULL, *read = NULL;
    bool needs_cleaned = true;
    int n_passes = 0;
    if (fitted_open_by(&fit, &spec, set_filling_rules, &(wn_statistics_options){.gram = true})) {
        check_moments(&fit); /* by a pass */
        check_gram(&fit);
        if (CHECK_OK(wn_profile_measure(&fit.table.pass, fit.rows, fit.pilot, fit.recipe, &needs_cleaned, &raw,
                                        &n_passes, NULL)) &&
            CHECK_OK(wn_ranks_agree(&test_ranks, test_ranks.rank == 0 ? wn_profile_moments_write(path, raw) : WN_OK)) &&
            CHECK_OK(wn_profile_moments_read(&test_ranks, path, fit.recipe->n_cells, &read))) {
            CU_ASSERT(!needs_cleaned);
            check_follow(&fit, raw);
            check_follow(&fit, read);
            check_filled(&fit, raw);
        }
    }
    wn_moments_free(read);
    wn_moments_free(raw);
    fitted_close(&fit);
}

static bool follows(const fitted_table *fit, wn_statistics_options options, const wn_moments *raw)
{
    options.raw = raw;
    return wn_statistics_follow(fit->recipe, &options);
}

/* More sums, cells that change, outliers to be counted: then a pass is made. */
static void test_no_follow(void)
{
    fixture_spec spec = {.name = "no-follow", .n_rows = few_rows, .n_files = 3};
    fitted_table fit;
    wn_moments *raw = NULL;
    if (fitted_open_by(&fit, &spec, set_filling_rules, &(wn_statistics_options){0}) &&
        CHECK_OK(wn_moments_new(&raw, P))) {
        wn_recipe_column *column = &fit.recipe->columns[P - 1];
        CU_ASSERT(follows(&fit, (wn_statistics_options){0}, raw));
        CU_ASSERT(!follows(&fit, (wn_statistics_options){0}, NULL));
        CU_ASSERT(!follows(&fit, (wn_statistics_options){.gram = true}, raw));
        CU_ASSERT(!follows(&fit, (wn_statistics_options){.n_bins = 4}, raw));
        CU_ASSERT(!follows(&fit, (wn_statistics_options){.n_folds = 2}, raw));
        column->outliers = -1;
        CU_ASSERT(!follows(&fit, (wn_statistics_options){0}, raw));
        column->outliers = 0;
        column->rule.transform = WN_TRANSFORM_LOG;
        CU_ASSERT(!follows(&fit, (wn_statistics_options){0}, raw));
        column->rule.transform = WN_TRANSFORM_NONE;
        column->rule.normalize = WN_NORMALIZE_ROBUST;
        CU_ASSERT(!follows(&fit, (wn_statistics_options){0}, raw));
    }
    wn_moments_free(raw);
    fitted_close(&fit);
}

static wn_status follow(fitted_table *fit, const wn_moments *raw)
{
    const wn_statistics_options options = {.raw = raw};
    wn_statistics *followed = NULL;
    int n_passes = 0;
    wn_status status =
        wn_statistics_run(&fit->table.pass, fit->rows, NULL, fit->recipe, &options, &followed, &n_passes, NULL);
    wn_statistics_free(followed);
    return status;
}

/* Each allocation of one rank; all ranks leave with one status, also where the profile's sums are kept. */
static void fail_allocations(fitted_table *fit, const wn_moments *raw, int rank)
{
    enum { MOST_ALLOCATIONS = 200 };
    size_t before = wn_memory_used();
    int64_t nth = 1;
    int worst = WN_NO_MEMORY;
    for (; nth < MOST_ALLOCATIONS && worst == WN_NO_MEMORY; nth++) {
        wn_memory_fail_at(test_ranks.rank == rank ? nth : 0);
        int status = (int)follow(fit, raw);
        wn_memory_fail_at(0);
        MPI_Allreduce(&status, &worst, 1, MPI_INT, MPI_MAX, test_ranks.comm);
        CU_ASSERT_EQUAL(status, worst);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    CU_ASSERT_EQUAL(worst, WN_OK);
    CU_ASSERT(nth > 5);
}

static void test_allocations(void)
{
    fixture_spec spec = {.name = "allocations", .n_rows = few_rows, .n_files = 3};
    fitted_table fit;
    wn_moments *raw = NULL;
    bool needs_cleaned = true;
    int n_passes = 0;
    if (fitted_open_by(&fit, &spec, set_filling_rules, &(wn_statistics_options){0}) &&
        CHECK_OK(wn_profile_measure(&fit.table.pass, fit.rows, fit.pilot, fit.recipe, &needs_cleaned, &raw, &n_passes,
                                    NULL)) &&
        CHECK_OK(wn_profile_sums_begin(fit.recipe, fit.table.catalog)) &&
        CHECK_OK(wn_profile_sums_keep_raw(fit.recipe->sums, raw)) && CHECK_OK(follow(&fit, raw)))
        for (int rank = 0; rank < test_ranks.size; rank++)
            fail_allocations(&fit, raw, rank); /* what it adds to the recipe is there now */
    wn_moments_free(raw);
    fitted_close(&fit);
}

static const wn_test tests[] = {
    {"follow", test_follow},
    {"no_follow", test_no_follow},
    {"allocations", test_allocations},
};

TEST_MAIN("statistics that follow", tests)
