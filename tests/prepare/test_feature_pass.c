/* Chosen features in blocks, dense and wide, in the order of features and in another, against the encoder's definition
 * and cells cleaned one by one. */
#include "chosen_rows.h"
#include "encoder.h"
#include "fitted.h"

#include "winnow/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLS = FIXTURE_COLS, SIZE = 40, FEATURES = COLS - 1 + SIZE };

static const size_t file_rows[] = {700, 1, 300};

/* An encoder of two features a row, of a cell's first digits. Gaps have none. */
static size_t digits_size(const void *state)
{
    (void)state;
    return SIZE;
}

static wn_status digits_name(const wn_encoder *encoder, const wn_recipe *recipe, size_t i, char **name)
{
    (void)encoder;
    (void)recipe;
    return wn_string_format(name, "digits%zu", i);
}

/* 0 for all but two. */
static double digits_value(double cell, size_t i)
{
    size_t first = isnan(cell) ? SIZE : (size_t)fmod(fabs(cell) * 100, SIZE);
    return i == first ? 1 + fabs(cell) : i + SIZE == first + SIZE / 2 || i == first + SIZE / 2 ? 0.5 : 0;
}

static wn_status digits_append(const wn_encoder *encoder, const wn_recipe *recipe, const wn_raw_rows *rows,
                               wn_sparse_rows *out)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < rows->n_rows; i++) {
        double cell = wn_raw_cell(rows, i, &recipe->columns[encoder->column]);
        size_t n = 0;
        TRY(wn_sparse_rows_reserve(out, SIZE));
        for (size_t k = 0; k < SIZE; k++)
            if (digits_value(cell, k) != 0) {
                out->column[out->n_entries + n] = (uint32_t)k;
                out->value[out->n_entries + n++] = digits_value(cell, k);
            }
        wn_sparse_rows_end(out, n);
    }
done:
    return status;
}

static void digits_free(void *state)
{
    (void)state;
}

static const wn_encoder_ops digits_ops = {
    .word = "digits", .size = digits_size, .name = digits_name, .append = digits_append, .free = digits_free};

/* Features of training rows as an accumulator has them, laid out. */
typedef struct {
    size_t n;
    int64_t n_rows; /* of all ranks after the pass */
    double *cells;  /* (rows of the table, n) */
    bool *has;      /* (rows of the table) on this rank */
} laid_out;

static wn_status lay_out(void *state, const wn_block *block)
{
    laid_out *rows = state;
    for (size_t i = 0; i < block->n_rows; i++) {
        double *to = rows->cells + (size_t)block->rows[i] * rows->n;
        memset(to, 0, rows->n * sizeof *to);
        for (size_t d = 0; d < block->n_cols; d++)
            to[wn_block_column(block, d)] = block->cells[i * block->n_cols + d];
        for (size_t p = 0; block->wide != NULL && p < block->wide->n_parts; p++) {
            const wn_sparse_part *part = &block->wide->parts[p];
            for (size_t k = part->rows.start[i]; k < part->rows.start[i + 1]; k++) {
                CU_ASSERT(k == part->rows.start[i] || part->rows.column[k - 1] < part->rows.column[k]);
                to[part->first + part->rows.column[k]] += part->rows.value[k];
            }
        }
        rows->has[block->rows[i]] = true;
        rows->n_rows++;
    }
    return WN_OK;
}

static wn_span rows_of(void *state)
{
    laid_out *rows = state;
    return (wn_span){&rows->n_rows, 1};
}

static wn_span none_of(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

/* In place of the cells of the second column. */
static bool is_digit(const wn_recipe *recipe, size_t feature)
{
    return recipe->feature_encoder[feature] != WN_NO_ENCODER;
}

static void check_row(const fitted_table *fit, const size_t *features, size_t n, size_t row, const double *got)
{
    const wn_recipe *recipe = fit->recipe;
    for (size_t j = 0; j < n; j++) {
        size_t f = features[j], source = recipe->feature_source[f];
        double cell = fit->table.cells[row * COLS + source];
        double wanted = is_digit(recipe, f) ? digits_value(cell, f - recipe->encoders[0].first)
                                            : wn_recipe_clean_cell(&recipe->columns[source], cell);
        CU_ASSERT(got[j] == wanted);
    }
}

static void check_choice(fitted_table *fit, const size_t *features, size_t n, bool is_wide)
{
    static const wn_accumulator_ops ops = {"laid out", lay_out, rows_of, none_of, false, NULL};
    wn_wide_columns wide = {0};
    int64_t n_train = 0;
    laid_out rows = {n, 0, calloc(fit->table.n_rows * n, sizeof(double)), calloc(fit->table.n_rows, sizeof(bool))};
    const wn_accumulator accumulator = {&ops, &rows};
    bool is_good = CHECK_OK(wn_ranks_agree(&test_ranks, wn_feature_pass_columns(fit->recipe, features, n, &wide)));
    const wn_feature_choice choice = {features, n, is_wide && wide.n_parts > 0 ? &wide : NULL};
    if (is_good &&
        CHECK_OK(wn_feature_pass_run(&fit->table.pass, fit->rows, fit->recipe, &choice, &accumulator, 1, NULL)))
        for (size_t i = 0; i < fit->table.n_rows; i++) {
            n_train += fit->status[i] == WN_ROW_TRAIN;
            CU_ASSERT_TRUE(!rows.has[i] || fit->status[i] == WN_ROW_TRAIN);
            if (rows.has[i])
                check_row(fit, features, n, i, rows.cells + i * n);
        }
    CU_ASSERT_EQUAL(rows.n_rows, n_train);
    wn_wide_columns_clear(&wide);
    free(rows.has);
    free(rows.cells);
}

/* All, and every third from behind. */
static void check_choices(fitted_table *fit)
{
    size_t all[FEATURES], some[FEATURES], n = 0;
    for (size_t f = 0; f < FEATURES; f++)
        all[f] = f;
    for (size_t f = FEATURES; f > 2; f -= 3)
        some[n++] = f - 1;
    for (int is_wide = 0; is_wide < 2; is_wide++) {
        check_choice(fit, all, FEATURES, is_wide);
        check_choice(fit, some, n, is_wide);
    }
}

static bool open_table(fitted_table *fit)
{
    const fixture_spec spec = {.name = "chosen", .n_rows = file_rows, .n_files = 3};
    return fitted_open(fit, &spec, false, &(wn_statistics_options){.gram = true}) &&
           CHECK_OK(wn_recipe_add_encoder(fit->recipe, &digits_ops, NULL, 1)) &&
           CHECK_OK(wn_recipe_list_features(fit->recipe));
}

static void test_features(void)
{
    fitted_table fit;
    if (open_table(&fit)) {
        CU_ASSERT_EQUAL(fit.recipe->n_features, FEATURES);
        check_choices(&fit);
    }
    fitted_close(&fit);
}

/* Of numbers alone no block is wide. */
static void test_plain(void)
{
    const fixture_spec spec = {.name = "plain", .n_rows = file_rows, .n_files = 3};
    const size_t features[] = {4, 0, 6};
    fitted_table fit;
    if (fitted_open(&fit, &spec, false, &(wn_statistics_options){.gram = true})) {
        wn_wide_columns wide = {0};
        CHECK_OK(wn_feature_pass_columns(fit.recipe, features, 3, &wide));
        CU_ASSERT_EQUAL(wide.n_parts, 0);
        check_choice(&fit, features, 3, true);
        wn_wide_columns_clear(&wide);
    }
    fitted_close(&fit);
}

static wn_status take_some(const fitted_table *fit, const size_t *features, size_t n, wn_block *from)
{
    wn_status status = WN_OK;
    wn_wide_columns wide = {0};
    wn_chosen_rows *chosen = NULL;
    wn_block *to = NULL;
    TRY(wn_feature_pass_columns(fit->recipe, features, n, &wide));
    const wn_feature_choice choice = {features, n, &wide};
    TRY(wn_chosen_rows_new(&chosen, fit->recipe, &choice));
    TRY(wn_block_new(&to, from->n_rows, wide.n_dense, false));
    TRY(wn_chosen_rows_take(chosen, from, to));
done:
    wn_block_free(to);
    wn_chosen_rows_free(chosen);
    wn_wide_columns_clear(&wide);
    return status;
}

static void test_allocations(void)
{
    enum { MOST_ALLOCATIONS = 100, N_ROWS = 130 };
    const size_t features[] = {30, 2, 3, 46, 0, 11};
    fitted_table fit;
    wn_block *from = NULL;
    wn_status status = WN_NO_MEMORY;
    if (open_table(&fit) && CHECK_OK(wn_block_new(&from, N_ROWS, COLS, false))) {
        from->n_rows = N_ROWS;
        memcpy(from->cells, fit.table.cells, N_ROWS * COLS * sizeof *from->cells);
        for (int64_t nth = 1; nth < MOST_ALLOCATIONS && status == WN_NO_MEMORY; nth++) {
            size_t before = wn_memory_used();
            wn_memory_fail_at(nth);
            status = take_some(&fit, features, 6, from);
            wn_memory_fail_at(0);
            CU_ASSERT_EQUAL(wn_memory_used(), before);
        }
        CHECK_OK(status);
    }
    wn_block_free(from);
    fitted_close(&fit);
}

static const wn_test tests[] = {
    {"features", test_features}, {"plain", test_plain}, {"failing allocations", test_allocations}};
TEST_MAIN("prepare/feature_pass", tests)
