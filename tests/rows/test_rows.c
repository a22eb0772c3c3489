#include "fixture.h"

#include "winnow/hash.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const size_t main_rows[] = {700, 1, 300, 513, 90, 256, 700};
static const size_t few_rows[] = {2, 1};

/* The status that the contract gives each row, by its words. */
static unsigned char naive_status(const test_table *table, size_t row, const wn_split *split)
{
    if (split->has_label && isnan(table->labels[row]))
        return WN_ROW_NO_LABEL;
    const wn_file *file = &table->catalog->files[table->file[row]];
    if (file->is_test)
        return WN_ROW_TEST;
    uint64_t identity = wn_hash_bytes(file->name, strlen(file->name), split->seed).low;
    uint64_t row_in_file = row - (size_t)file->first_row;
    double u = wn_random_uniform((wn_random){split->seed, WN_RANDOM_SPLIT, identity}, row_in_file);
    return u < split->test ? WN_ROW_TEST : u < split->test + split->validation ? WN_ROW_VALIDATION : WN_ROW_TRAIN;
}

static void check_split(const fixture_spec *spec, const wn_split *split)
{
    test_table table;
    wn_rows *rows = NULL;
    if (fixture_open(&table, spec) && CHECK_OK(wn_rows_new(&rows, &table.pass, table.catalog, split))) {
        unsigned char *all = fixture_statuses(&table, rows);
        int64_t count[WN_ROW_STATUSES] = {0};
        wn_ledger ledger = {.leaked = 4};
        size_t n_wrong = 0;
        for (size_t i = 0; all && i < table.n_rows; i++) {
            n_wrong += all[i] != naive_status(&table, i, split);
            count[all[i]]++;
        }
        CU_ASSERT_EQUAL(n_wrong, 0);
        CHECK_OK(wn_rows_ledger(&test_ranks, rows, &ledger));
        CU_ASSERT_EQUAL(ledger.read, (int64_t)table.n_rows);
        CU_ASSERT_EQUAL(ledger.train, count[WN_ROW_TRAIN]);
        CU_ASSERT_EQUAL(ledger.validation, count[WN_ROW_VALIDATION]);
        CU_ASSERT_EQUAL(ledger.test, count[WN_ROW_TEST]);
        CU_ASSERT_EQUAL(ledger.no_label, count[WN_ROW_NO_LABEL]);
        CU_ASSERT_EQUAL(ledger.kept, ledger.train + ledger.validation + ledger.test);
        CU_ASSERT_EQUAL(ledger.leaked, 4);
        wn_free(all);
    }
    wn_rows_free(rows);
    fixture_close(&table);
}

static void test_split(void)
{
    fixture_spec spec = {.name = "split", .n_rows = main_rows, .n_files = 7, .unlabelled = 0.05};
    check_split(&spec, &(wn_split){0.2, 0.1, 11, true});
    check_split(&spec, &(wn_split){0.2, 0.1, 11, false});
    spec.name = "split-test";
    spec.n_test_files = 2;
    check_split(&spec, &(wn_split){0.3, 0, 12, true});
}

static void test_split_of_few_rows(void)
{
    fixture_spec spec = {.name = "few", .n_rows = few_rows, .n_files = 2};
    check_split(&spec, &(wn_split){0.5, 0.25, 3, true});
}

/* Shares are those asked for, within four standard deviations; another seed deals otherwise. */
static void test_shares(void)
{
    fixture_spec spec = {.name = "shares", .n_rows = main_rows, .n_files = 7};
    test_table table;
    wn_rows *rows = NULL, *others = NULL;
    wn_ledger ledger = {0};
    int64_t n_different = 0;
    if (fixture_open(&table, &spec) &&
        CHECK_OK(wn_rows_new(&rows, &table.pass, table.catalog, &(wn_split){0.2, 0.1, 1, true})) &&
        CHECK_OK(wn_rows_new(&others, &table.pass, table.catalog, &(wn_split){0.2, 0.1, 2, true})) &&
        CHECK_OK(wn_rows_ledger(&test_ranks, rows, &ledger))) {
        double n = (double)table.n_rows;
        CU_ASSERT(fabs((double)ledger.validation - 0.2 * n) < 4 * sqrt(n * 0.16));
        CU_ASSERT(fabs((double)ledger.test - 0.1 * n) < 4 * sqrt(n * 0.09));
        for (size_t i = 0; i < rows->n_rows; i++)
            n_different += rows->status[i] != others->status[i];
        CHECK_OK(wn_ranks_sum(&test_ranks, &n_different, 1));
        CU_ASSERT(n_different > (int64_t)table.n_rows / 10);
    }
    wn_rows_free(rows);
    wn_rows_free(others);
    fixture_close(&table);
}

static bool values_equal(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool rows_equal(const test_table *table, size_t a, size_t b)
{
    if (!values_equal(table->labels[a], table->labels[b]))
        return false;
    for (size_t j = 0; j < FIXTURE_COLS; j++)
        if (!values_equal(table->cells[a * FIXTURE_COLS + j], table->cells[b * FIXTURE_COLS + j]))
            return false;
    return true;
}

/* Whether an earlier row of `files` with a label equals the row; *learns: whether the first such row, or any where all
 * stay, is one that the split gave to training. */
static bool has_earlier_twin(const test_table *table, size_t row, const wn_split *split, bool stay, bool *learns)
{
    size_t n_main = table->n_rows - (size_t)table->catalog->n_test_rows, n_twins = 0;
    *learns = false;
    for (size_t i = 0; i < row && i < n_main && (n_twins == 0 || stay); i++)
        if (!isnan(table->labels[i]) && rows_equal(table, i, row)) {
            *learns |= naive_status(table, i, split) == WN_ROW_TRAIN;
            n_twins++;
        }
    return n_twins > 0;
}

static void check_duplicates(bool stay)
{
    fixture_spec spec = {.name = "repeats", .n_rows = main_rows, .n_files = 7, .n_test_files = 2, .unlabelled = 0.02};
    wn_split split = {0.2, 0, 5, true};
    test_table table;
    wn_rows *rows = NULL;
    int64_t leaked = -1, naive_leaked = 0, naive_duplicates = 0, n_validation = 0;
    size_t n_wrong = 0;
    bool learns = false;
    if (fixture_open(&table, &spec) && CHECK_OK(wn_rows_new(&rows, &table.pass, table.catalog, &split)) &&
        CHECK_OK(wn_rows_drop_duplicates(rows, &table.pass, &(wn_duplicates_options){.stay = stay, .seed = 5}, &leaked,
                                         NULL))) {
        unsigned char *all = fixture_statuses(&table, rows);
        for (size_t i = 0; all && i < table.n_rows; i++) {
            unsigned char wanted = naive_status(&table, i, &split);
            if (wanted != WN_ROW_NO_LABEL && has_earlier_twin(&table, i, &split, stay, &learns)) {
                naive_leaked += wanted == WN_ROW_TEST && learns;
                n_validation += wanted == WN_ROW_TEST && !learns;
                naive_duplicates += wanted != WN_ROW_TEST;
                wanted = wanted == WN_ROW_TEST || stay ? wanted : WN_ROW_DUPLICATE;
            }
            n_wrong += all[i] != wanted;
        }
        CU_ASSERT_EQUAL(n_wrong, 0);
        CU_ASSERT_EQUAL(leaked, naive_leaked);
        CU_ASSERT(naive_leaked > 0 && naive_duplicates > 0 && (n_validation > 0 || stay));
        wn_free(all);
    }
    wn_rows_free(rows);
    fixture_close(&table);
}

static void test_duplicates(void)
{
    check_duplicates(false);
    check_duplicates(true);
}

/* Any run of blocks, the same for a rank at every call: overlapping others, leaving gaps, maybe empty. */
static wn_range draw_blocks(int64_t n_blocks, int round)
{
    wn_random stream = {(uint64_t)round, WN_RANDOM_TEST, (uint64_t)test_ranks.rank};
    int64_t a = (int64_t)(wn_random_uniform(stream, 0) * (double)(n_blocks + 1));
    int64_t b = (int64_t)(wn_random_uniform(stream, 1) * (double)(n_blocks + 1));
    return (wn_range){a < b ? a : b, a < b ? b : a};
}

static void check_redistribution(const test_table *table, const wn_rows *rows, const unsigned char *all, int round)
{
    wn_range blocks = draw_blocks(table->catalog->n_blocks, round);
    wn_rows *other = NULL;
    size_t n_rows = 0;
    if (!CHECK_OK(wn_rows_redistribute(&test_ranks, rows, blocks, &other)))
        return;
    for (int64_t b = blocks.first; b < blocks.last; b++)
        n_rows += wn_catalog_block(table->catalog, b).n_rows;
    CU_ASSERT_EQUAL(other->n_rows, n_rows);
    CU_ASSERT_EQUAL(other->blocks.first, blocks.first);
    if (n_rows > 0 && other->n_rows == n_rows)
        CU_ASSERT(memcmp(other->status, all + other->first_row, n_rows) == 0);
    wn_rows_free(other);
}

static void check_counts(const test_table *table, const wn_rows *rows, const unsigned char *all)
{
    int64_t *counts = NULL;
    if (!CHECK_OK(wn_new(&counts, (size_t)table->catalog->n_blocks)))
        return;
    CHECK_OK(wn_rows_count_blocks(&test_ranks, rows, WN_ROW_VALIDATION, counts));
    for (int64_t b = 0; b < table->catalog->n_blocks; b++) {
        wn_block_extent extent = wn_catalog_block(table->catalog, b);
        int64_t n = 0;
        for (size_t i = 0; i < extent.n_rows; i++)
            n += all[(size_t)extent.first_row + i] == WN_ROW_VALIDATION;
        CU_ASSERT_EQUAL(counts[b], n);
    }
    wn_free(counts);
}

/* Written by all, read for any blocks; a byte that is no status and a file cut short are found. */
static void check_file(const test_table *table, const wn_rows *rows, const unsigned char *all)
{
    const char *path = test_path("rows.u8");
    if (!CHECK_OK(wn_rows_write(&test_ranks, rows, path)))
        return;
    for (int round = 0; round < 6; round++) {
        wn_range blocks = draw_blocks(table->catalog->n_blocks, round);
        wn_rows *found = NULL;
        if (CHECK_OK(wn_rows_read(&test_ranks, &found, table->catalog, blocks, path)))
            CU_ASSERT(memcmp(found->status, all + found->first_row, found->n_rows) == 0);
        wn_rows_free(found);
    }
    FILE *file = test_ranks.rank == 0 ? fopen(path, "r+b") : NULL;
    if (file != NULL) {
        fseek(file, 5, SEEK_SET);
        fputc(WN_ROW_STATUSES, file);
        fclose(file);
    }
    MPI_Barrier(test_ranks.comm);
    wn_rows *damaged = NULL;
    CU_ASSERT_EQUAL(wn_rows_read(&test_ranks, &damaged, table->catalog, rows->blocks, path), WN_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "byte 5 "));
    if (test_ranks.rank == 0)
        CU_ASSERT_EQUAL(truncate(path, 5), 0);
    MPI_Barrier(test_ranks.comm);
    CU_ASSERT_EQUAL(wn_rows_read(&test_ranks, &damaged, table->catalog, rows->blocks, path), WN_IO);
    CU_ASSERT_EQUAL(wn_rows_write(&test_ranks, rows, test_path("absent/rows")), WN_CANT_CREATE);
}

static void test_redistribute(void)
{
    fixture_spec spec = {.name = "move", .n_rows = main_rows, .n_files = 7};
    test_table table;
    wn_rows *rows = NULL;
    if (fixture_open(&table, &spec) &&
        CHECK_OK(wn_rows_new(&rows, &table.pass, table.catalog, &(wn_split){0.3, 0.3, 9, true}))) {
        unsigned char *all = fixture_statuses(&table, rows);
        check_counts(&table, rows, all);
        for (int round = 0; round < 6; round++)
            check_redistribution(&table, rows, all, round);
        check_file(&table, rows, all);
        wn_free(all);
    }
    wn_rows_free(rows);
    fixture_close(&table);
}

static void test_step_keeps_one_status(void)
{
    fixture_spec spec = {.name = "step", .n_rows = main_rows, .n_files = 7};
    test_table table;
    wn_rows *rows = NULL;
    wn_block *block = NULL;
    if (fixture_open(&table, &spec) &&
        CHECK_OK(wn_rows_new(&rows, &table.pass, table.catalog, &(wn_split){0.3, 0.3, 9, true})) &&
        CHECK_OK(wn_reader_new_block(table.reader, &block))) {
        wn_block_step train = wn_rows_step(rows, WN_ROW_TRAIN), test = wn_rows_step(rows, WN_ROW_TEST);
        for (int64_t b = rows->blocks.first; b < rows->blocks.last; b++) {
            size_t n_train = 0, n = wn_catalog_block(table.catalog, b).n_rows;
            for (size_t i = 0; i < n; i++)
                n_train +=
                    *wn_rows_status(rows, wn_catalog_block(table.catalog, b).first_row + (int64_t)i) == WN_ROW_TRAIN;
            CHECK_OK(wn_reader_read(table.reader, b, block));
            CHECK_OK(train.apply(train.context, block));
            CU_ASSERT_EQUAL(block->n_rows, n_train);
            for (size_t i = 0; i < block->n_rows; i++)
                CU_ASSERT_EQUAL(*wn_rows_status(rows, block->rows[i]), WN_ROW_TRAIN);
            CHECK_OK(test.apply(test.context, block));
            CU_ASSERT_EQUAL(block->n_rows, 0);
        }
    }
    wn_block_free(block);
    wn_rows_free(rows);
    fixture_close(&table);
}

/* One rank without memory: all ranks fail alike, and nothing stays allocated. */
static void test_allocation_failures(void)
{
    fixture_spec spec = {.name = "memory", .n_rows = main_rows, .n_files = 7};
    test_table table;
    wn_rows *rows = NULL, *other = NULL;
    wn_split split = {0.3, 0.3, 9, true};
    bool fails_here = test_ranks.rank == test_ranks.size - 1;
    if (fixture_open(&table, &spec)) {
        CHECK_OK(wn_rows_new(&rows, &table.pass, table.catalog, &split)); /* the reader has its files open now */
        wn_rows_free(rows);
        rows = NULL;
        size_t used = wn_memory_used();
        for (int64_t nth = 1; nth <= 3; nth++) {
            wn_memory_fail_at(fails_here ? nth : 0);
            CU_ASSERT_EQUAL(wn_rows_new(&rows, &table.pass, table.catalog, &split), WN_NO_MEMORY);
            CU_ASSERT_EQUAL(wn_memory_used(), used);
        }
        wn_memory_fail_at(0);
        CHECK_OK(wn_rows_new(&rows, &table.pass, table.catalog, &split));
        wn_memory_fail_at(fails_here ? 2 : 0);
        used = wn_memory_used();
        CU_ASSERT_EQUAL(wn_rows_redistribute(&test_ranks, rows, rows->blocks, &other), WN_NO_MEMORY);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
        wn_memory_fail_at(0);
    }
    wn_rows_free(rows);
    fixture_close(&table);
}

static const wn_test tests[] = {
    {"split", test_split},
    {"split_of_few_rows", test_split_of_few_rows},
    {"shares", test_shares},
    {"duplicates", test_duplicates},
    {"redistribute", test_redistribute},
    {"step_keeps_one_status", test_step_keeps_one_status},
    {"allocation_failures", test_allocation_failures},
};

TEST_MAIN("rows", tests)
