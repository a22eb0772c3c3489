#include "winnow/prepared.h"

#include "fitted.h"

#include "winnow/memory.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum { MOST_SHARDS = 7, SHARD_BYTES = 600 * 4 * FIXTURE_COLS };

static const size_t file_rows[] = {700, 1, 300, 513, 90, 256, 700};
static const size_t few_rows[] = {2, 1, 2};
static const wn_statistics_options no_options = {0};

static void shard_path(char path[512], const char *folder, size_t s)
{
    char name[64];
    snprintf(name, sizeof name, "%s-shard-%zu.h5", folder, s);
    snprintf(path, 512, "%s", test_path(name));
}

/* Collective. Writes the shards of a range on this rank; all ranks have one, maybe empty. */
static void write_shards(const fitted_table *fit, const wn_prepared *prepared, wn_range mine, const char *folder,
                         const wn_prepared_storage *storage)
{
    wn_status status = WN_OK;
    wn_agreement agreement;
    wn_rows *rows = NULL;
    int64_t n_read = 0;
    wn_range blocks = {0, 0};
    if (mine.first < mine.last)
        blocks = (wn_range){prepared->shards[mine.first].blocks.first, prepared->shards[mine.last - 1].blocks.last};
    CHECK_OK(wn_rows_redistribute(&test_ranks, fit->rows, blocks, &rows));
    CHECK_OK(wn_agreement_begin(&agreement, &test_ranks));
    for (int64_t s = mine.first; s < mine.last && status == WN_OK; s++) {
        char path[512];
        bool is_whole = false;
        shard_path(path, folder, (size_t)s);
        status = wn_prepared_write(path, &prepared->shards[s], fit->table.reader, rows, fit->recipe, storage,
                                   &agreement, &is_whole, &n_read);
        CU_ASSERT(is_whole == (status == WN_OK));
    }
    CHECK_OK(wn_agreement_finish(&agreement, status));
    wn_rows_free(rows);
}

/* Every kept row is in one shard, in order; shards are whole blocks. */
static void check_cut(const fitted_table *fit, const wn_prepared *prepared)
{
    int64_t next = 0, n_kept = 0, n_all = 0;
    for (size_t row = 0; row < fit->table.n_rows; row++)
        n_all += fit->status[row] <= WN_ROW_TEST;
    for (size_t s = 0; s < prepared->n_shards; s++) {
        const wn_prepared_shard *shard = &prepared->shards[s];
        CU_ASSERT(shard->blocks.first >= next && shard->blocks.last > shard->blocks.first && shard->n_rows > 0);
        next = shard->blocks.last;
        n_kept += shard->n_rows;
    }
    CU_ASSERT_EQUAL(n_kept, n_all);
    CU_ASSERT_EQUAL(prepared->n_rows, n_all);
}

/* Collective. The shards that all ranks wrote are those that one rank writes alone. */
static void check_bytes(const wn_prepared *prepared, const char *alone)
{
    for (size_t s = 0; s < prepared->n_shards; s++) {
        char path[512];
        wn_hash hash[2];
        shard_path(path, "all", s);
        CHECK_OK(wn_hash_file(&hash[0], path));
        shard_path(path, alone, s);
        CHECK_OK(wn_hash_file(&hash[1], path));
        CU_ASSERT_EQUAL(wn_hash_compare(hash[0], hash[1]), 0);
    }
}

static void check_block(const fitted_table *fit, const wn_block *block, int64_t *at)
{
    static const double splits[] = {
        [WN_ROW_TRAIN] = WN_SPLIT_TRAIN, [WN_ROW_VALIDATION] = WN_SPLIT_VALIDATION, [WN_ROW_TEST] = WN_SPLIT_TEST};
    size_t n = fit->recipe->n_selected, wrong = 0;
    for (size_t i = 0; i < block->n_rows; i++) {
        const double *cells = block->cells + i * block->n_cols;
        float wanted[FIXTURE_COLS];
        while (fit->status[*at] > WN_ROW_TEST)
            ++*at;
        const wn_raw_rows row = {.cells = fit->table.cells + *at * FIXTURE_COLS, .n_rows = 1, .n_cols = FIXTURE_COLS};
        CHECK_OK(wn_recipe_features(fit->recipe, &row, wanted));
        for (size_t j = 0; j < n; j++)
            wrong += cells[j] != (double)wanted[j];
        wrong += cells[n] != (double)*at || cells[n + 1] != splits[fit->status[*at]];
        wrong += block->labels[i] != fit->table.labels[*at];
        ++*at;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Local. The virtual table, read as any table is. */
static void check_table(const fitted_table *fit, const wn_prepared *prepared, const char *path)
{
    wn_catalog *catalog = NULL;
    wn_reader *reader = NULL;
    wn_block *block = NULL;
    int64_t at = 0;
    const wn_input input = {.files = &path, .n_files = 1, .table = "/", .label = "label"};
    if (CHECK_OK(wn_catalog_read(&catalog, &input)) &&
        CHECK_OK(wn_reader_open(&reader, catalog, &(wn_reader_options){0})) &&
        CHECK_OK(wn_reader_new_block(reader, &block))) {
        CU_ASSERT_EQUAL(catalog->n_rows, prepared->n_rows);
        CU_ASSERT_EQUAL(catalog->n_columns, fit->recipe->n_selected + 2);
        CU_ASSERT_STRING_EQUAL(catalog->columns[0].name, fit->recipe->feature_names[fit->recipe->selected[0]]);
        CU_ASSERT_EQUAL(catalog->files[0].n_externals, prepared->n_shards);
        for (int64_t b = 0; b < catalog->n_blocks; b++) {
            CHECK_OK(wn_reader_read(reader, b, block));
            wn_block_widen(block);
            check_block(fit, block, &at);
        }
    }
    wn_block_free(block);
    wn_reader_close(reader);
    wn_catalog_free(catalog);
}

static void check_written(const fixture_spec *spec, const wn_prepared_storage *storage)
{
    fitted_table fit;
    wn_prepared prepared = {0};
    char path[512], alone[32], name_memory[MOST_SHARDS][64];
    const char *names[MOST_SHARDS];
    snprintf(alone, sizeof alone, "rank-%d", test_ranks.rank);
    if (fitted_open(&fit, spec, true, &no_options) &&
        CHECK_OK(wn_prepared_cut(&test_ranks, &prepared, fit.rows, wn_recipe_n_inputs(fit.recipe)))) {
        wn_range every = {0, (int64_t)prepared.n_shards};
        check_cut(&fit, &prepared);
        CU_ASSERT(prepared.n_shards <= MOST_SHARDS && (prepared.n_shards > 3 || spec->n_rows == few_rows));
        write_shards(&fit, &prepared, wn_range_part(every.last, test_ranks.size, test_ranks.rank), "all", storage);
        write_shards(&fit, &prepared, every, alone, storage);
        check_bytes(&prepared, alone);
        for (size_t s = 0; s < prepared.n_shards; s++) {
            snprintf(name_memory[s], sizeof *name_memory, "all-shard-%zu.h5", s);
            names[s] = name_memory[s];
        }
        snprintf(path, sizeof path, "%s", test_path("table.h5"));
        if (test_ranks.rank == 0 && CHECK_OK(wn_prepared_join(path, &prepared, names, fit.recipe)))
            check_table(&fit, &prepared, path);
        MPI_Barrier(test_ranks.comm);
    }
    wn_prepared_clear(&prepared);
    fitted_close(&fit);
}

static void test_written(void)
{
    const fixture_spec few = {.name = "few", .n_rows = few_rows, .n_files = 3};
    const fixture_spec spec = {
        .name = "written", .n_rows = file_rows, .n_files = 7, .n_test_files = 1, .unlabelled = 0.1};
    const wn_prepared_storage plain = {WN_COMPRESSION_NONE, 0}, gzip = {WN_COMPRESSION_GZIP, 1};
    wn_prepared_shard_bytes(SHARD_BYTES);
    check_written(&spec, &plain);
    check_written(&spec, &gzip);
    check_written(&few, &plain);
    wn_prepared_shard_bytes(0);
}

static void test_zstd(void)
{
#if WN_HAVE_ZSTD
    const fixture_spec spec = {
        .name = "zstd", .n_rows = file_rows, .n_files = 7, .real_label = true, .unlabelled = 0.1};
    const wn_prepared_storage zstd = {WN_COMPRESSION_ZSTD, 5};
    wn_prepared_shard_bytes(SHARD_BYTES);
    check_written(&spec, &zstd);
    wn_prepared_shard_bytes(0);
#endif
}

/* Where one rank's file cannot be made all fail, and no half file is left. */
static void test_failing_rank(void)
{
    const fixture_spec spec = {.name = "failing", .n_rows = file_rows, .n_files = 7};
    const wn_prepared_storage plain = {WN_COMPRESSION_NONE, 0};
    fitted_table fit;
    wn_prepared prepared = {0};
    wn_agreement agreement;
    char path[512];
    bool is_whole = false;
    int64_t n_read = 0;
    wn_rows *rows = NULL;
    if (fitted_open(&fit, &spec, false, &no_options) &&
        CHECK_OK(wn_prepared_cut(&test_ranks, &prepared, fit.rows, wn_recipe_n_inputs(fit.recipe))) &&
        CHECK_OK(wn_rows_redistribute(&test_ranks, fit.rows, prepared.shards[0].blocks, &rows)) &&
        CHECK_OK(wn_agreement_begin(&agreement, &test_ranks))) {
        bool fails = test_ranks.rank == test_ranks.size - 1;
        char name[64];
        snprintf(name, sizeof name, fails ? "no/such/%d.h5" : "failing-%d.h5", test_ranks.rank);
        snprintf(path, sizeof path, "%s", test_path(name));
        wn_status status = wn_prepared_write(path, &prepared.shards[0], fit.table.reader, rows, fit.recipe, &plain,
                                             &agreement, &is_whole, &n_read);
        CU_ASSERT_EQUAL(wn_agreement_finish(&agreement, status), WN_CANT_CREATE);
        CU_ASSERT((access(path, F_OK) == 0) == is_whole);
    }
    wn_rows_free(rows);
    wn_prepared_clear(&prepared);
    fitted_close(&fit);
}

static const wn_test tests[] = {
    {"written and read back", test_written}, {"zstd", test_zstd}, {"one rank fails", test_failing_rank}};
TEST_MAIN("prepared", tests)
