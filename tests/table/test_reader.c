#include "winnow/reader.h"

#include "expected.h"
#include "testing.h"
#include "winnow/memory.h"

#include <hdf5.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bits, so that -0 is not 0; one NaN is as good as another. */
static bool is_same(double a, double b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

static size_t count_wrong(const double *got, const double *wanted, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++)
        wrong += !is_same(got[i], wanted[i]);
    return wrong;
}

/* Every block in some order: all rows once, cells and labels as h5py reads them. */
static void check_blocks(wn_reader *reader, const wn_catalog *catalog, const expected_table *e, bool is_backward)
{
    wn_block *block = NULL;
    int64_t next = 0;
    size_t n_cols = catalog->n_columns, wrong = 0;
    if (!CHECK_OK(wn_reader_new_block(reader, &block)))
        return;
    for (int64_t i = 0; i < catalog->n_blocks; i++) {
        int64_t index = is_backward ? catalog->n_blocks - 1 - i : i;
        wn_block_extent extent = wn_catalog_block(catalog, index);
        if (!CHECK_OK(wn_reader_read(reader, index, block)))
            break;
        wn_block_widen(block);
        CU_ASSERT_EQUAL(block->index, index);
        CU_ASSERT_EQUAL(block->file, extent.file);
        CU_ASSERT_EQUAL(block->n_rows, extent.n_rows);
        CU_ASSERT(is_backward || extent.first_row == next);
        next += (int64_t)block->n_rows;
        for (size_t r = 0; r < block->n_rows; r++) {
            wrong += block->rows[r] != extent.first_row + (int64_t)r;
            wrong += count_wrong(block->cells + r * n_cols, e->cells + (size_t)block->rows[r] * n_cols, n_cols);
            wrong += !is_same(block->labels[r], e->labels[block->rows[r]]);
        }
    }
    CU_ASSERT_EQUAL(next, e->n_rows);
    CU_ASSERT_EQUAL(wrong, 0);
    wn_block_free(block);
}

static void check_names(const wn_catalog *catalog, const expected_table *e)
{
    CU_ASSERT_EQUAL(catalog->n_rows, e->n_rows);
    CU_ASSERT_EQUAL((int64_t)catalog->n_columns, e->n_cols);
    for (int64_t i = 0; i < e->n_cols && (int64_t)catalog->n_columns == e->n_cols; i++)
        CU_ASSERT_STRING_EQUAL(catalog->columns[i].name, e->names[i]);
}

static size_t table_bytes(const wn_catalog *catalog)
{
    return (size_t)catalog->n_rows * (catalog->n_columns * (catalog->is_float32 ? 4 : 8) + 8);
}

/* Two passes at each budget; the second reads only what was not kept. */
static void check_budget(const wn_catalog *catalog, const expected_table *e, size_t cache_bytes, size_t n_threads,
                         bool through_library)
{
    wn_reader *reader = NULL;
    const wn_reader_options options = {.cache_bytes = cache_bytes,
                                       .infinite_is_missing = true,
                                       .n_threads = n_threads,
                                       .through_library = through_library};
    if (!CHECK_OK(wn_reader_open(&reader, catalog, &options)))
        return;
    CU_ASSERT_EQUAL(wn_reader_n_cols(reader), catalog->n_columns);
    check_blocks(reader, catalog, e, false);
    int64_t once = wn_reader_bytes_read(reader);
    check_blocks(reader, catalog, e, true);
    int64_t twice = wn_reader_bytes_read(reader);
    CU_ASSERT(once > 0 || catalog->n_rows == 0);
    if (cache_bytes == 0)
        CU_ASSERT_EQUAL(twice, 2 * once);
    if (cache_bytes >= table_bytes(catalog))
        CU_ASSERT_EQUAL(twice, once);
    wn_reader_close(reader);
}

static void check_input(const wn_input *input, const char *name)
{
    wn_catalog *catalog = NULL;
    if (!CHECK_OK(wn_catalog_read(&catalog, input)))
        return;
    expected_table e = expected_load(name);
    check_names(catalog, &e);
    if (catalog->n_rows == e.n_rows && (int64_t)catalog->n_columns == e.n_cols) {
        check_budget(catalog, &e, 0, 0, true);
        check_budget(catalog, &e, 0, 0, false);
        check_budget(catalog, &e, 0, 2, false);
        check_budget(catalog, &e, table_bytes(catalog) / 2, 0, false);
        check_budget(catalog, &e, table_bytes(catalog), 2, false);
    }
    expected_free(&e);
    wn_catalog_free(catalog);
}

static void check_table(const char *files, const char *name, const char *table, const char *label)
{
    wn_input input = input_of(files, table, label);
    check_input(&input, name);
}

static void check_one(const char *name, const char *label)
{
    char file[256];
    snprintf(file, sizeof file, "%s.h5", name);
    check_table(file, name, NULL, label);
}

static void test_matrices(void)
{
    static const char *const names[] = {
        "matrix_contiguous",   "matrix_szip",      "matrix_lzf",        "matrix_gzip",    "matrix_narrow",
        "matrix_partial",      "matrix_big_chunk", "matrix_fletcher",   "matrix_compact", "matrix_scaleoffset",
        "matrix_vector_label", "matrix_named",     "matrix_fixed_names"};
    if (!fixtures_make())
        return;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        check_one(names[i], "y");
    check_table("matrix_gzip.h5", "matrix_gzip", "/X", "y");
    check_table("matrix_gzip.h5", "matrix_gzip", "X", "/y");
    check_table("matrix_gzip.h5", "matrix_gzip", "/", "y");
}

/* Records: their numbers are cells like others, whichever of them is the label. */
static void test_records(void)
{
    static const char *const files[] = {"records.h5", "records_chunked.h5"}, *const names[] = {"records",
                                                                                               "records_chunked"};
    char label[64];
    for (size_t i = 0; i < 2; i++) {
        wn_input input = input_of(files[i], NULL, "y");
        input.exclude = (const char *const[]){"word"};
        input.n_exclude = 1;
        check_input(&input, names[i]);
        input.table = "group/t";
        input.label = "b";
        snprintf(label, sizeof label, "%s_label", names[i]);
        check_input(&input, label);
    }
}

static void test_groups(void)
{
    check_one("columns", "label");
    check_one("images", "label");
    check_one("wide", NULL);
    check_one("long", NULL);
    check_one("images_cut", "label");
    check_one("inside_chunks", "target");
    check_one("user_block", NULL);
    check_one("allocated", NULL);
    check_one("unwritten", "y");
    check_one("filled", "y");
    check_table("parts/part*.h5", "parts", NULL, "y");
    check_table("parts/part?.h5", "parts", "/g/", "y");
}

/* The last block of a table of more than 2^31 elements, of which the last 1,000 rows were written. */
static void check_huge(const char *file, const char *first_column, double (*cell)(int64_t row, size_t column))
{
    wn_catalog *catalog = NULL;
    wn_reader *reader = NULL;
    wn_block *block = NULL;
    wn_input input = input_of(file, NULL, NULL);
    const wn_reader_options options = {.n_threads = 2};
    const char *include[] = {first_column};
    input.include = include;
    input.n_include = 1;
    if (CHECK_OK(wn_catalog_read(&catalog, &input)) && CHECK_OK(wn_reader_open(&reader, catalog, &options)) &&
        CHECK_OK(wn_reader_new_block(reader, &block)) &&
        CHECK_OK(wn_reader_read(reader, catalog->n_blocks - 1, block))) {
        size_t wrong = 0, n_cols = catalog->n_columns;
        wn_block_widen(block);
        for (size_t i = 0; i < block->n_rows; i++)
            for (size_t c = 0; c < n_cols; c++)
                wrong += block->cells[i * n_cols + c] != cell(block->rows[i] - (catalog->n_rows - 1000), c);
        CU_ASSERT(block->n_rows >= 1000);
        CU_ASSERT_EQUAL(wrong, 0);
    }
    wn_block_free(block);
    wn_reader_close(reader);
    wn_catalog_free(catalog);
}

static double cell_of_column(int64_t row, size_t column)
{
    (void)column;
    return row < 0 ? 0 : (double)(row % 100);
}

static double cell_of_matrix(int64_t row, size_t column)
{
    return row < 0 ? 0 : (double)((row + (int64_t)column) % 251);
}

static void test_huge(void)
{
    check_huge("huge_column.h5", "a", cell_of_column);
    check_huge("huge_matrix.h5", "X5[5-9]?", cell_of_matrix);
}

/* Every block of a table whose chunks reach into the next one, by a reading of its own that is gone when the next
 * begins; what a block's status is wanted to be, and the value before row 0. */
static void read_apart(const char *file, double before, const wn_status *wanted, size_t n_blocks)
{
    wn_catalog *catalog = NULL;
    wn_reader *reader = NULL;
    wn_block *block = NULL;
    wn_input input = input_of(file, NULL, NULL);
    const char *include[] = {"v"};
    const wn_reader_options options = {0};
    input.include = include;
    input.n_include = 1;
    bool is_open = CHECK_OK(wn_catalog_read(&catalog, &input)) &&
                   CHECK_OK(wn_reader_open(&reader, catalog, &options)) &&
                   CHECK_OK(wn_reader_new_block(reader, &block));
    CU_ASSERT(is_open && catalog->n_blocks == (int64_t)n_blocks);
    for (size_t i = 0; is_open && i < n_blocks; i++) {
        wn_block_read *read = NULL;
        size_t wrong = 0;
        if (!CHECK_OK(wn_block_read_new(&read)))
            break;
        CHECK_OK(wn_reader_start(reader, (int64_t)i, block, read));
        wn_status status = wn_reader_finish(reader, read);
        wn_block_read_free(read);
        CU_ASSERT_EQUAL(status, wanted[i]);
        wn_block_widen(block);
        for (size_t r = 0; status == WN_OK && r < block->n_rows; r++)
            wrong += block->cells[r] != before + 1 + (double)block->rows[r];
        CU_ASSERT_EQUAL(wrong, 0);
    }
    wn_block_free(block);
    wn_reader_close(reader);
    wn_catalog_free(catalog);
}

/* What is left of a chunk outlives the reading that it came with; of a chunk that was damaged nothing is left. */
static void test_rests_of_chunks(void)
{
    const wn_status all[] = {WN_OK, WN_OK, WN_OK, WN_OK}, first_chunk[] = {WN_BAD_DATA, WN_BAD_DATA, WN_OK, WN_OK};
    read_apart("long.h5", -1, all, 4);
    read_apart("damaged_long.h5", 0, first_chunk, 4);
}

static void test_types(void)
{
    check_one("types", NULL);
    check_one("types_float32", NULL);
    check_one("types_float64", NULL);
}

/* Chunks at the edge that the library leaves unfiltered, although their mask says otherwise. */
static void test_edge_chunks(void)
{
    enum { N = 1000, P = 3 };
    static double cells[N][P];
    wn_catalog *catalog = NULL;
    const char *path = test_path("edges.h5");
    const hsize_t dims[2] = {N, P}, chunk[2] = {300, 2};
    for (size_t i = 0; i < N * P; i++)
        cells[i / P][i % P] = (double)(i * i % 1013);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), space = H5Screate_simple(2, dims, NULL);
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    CU_ASSERT(H5Pset_chunk(creation, 2, chunk) >= 0 && H5Pset_deflate(creation, 6) >= 0 &&
              H5Pset_chunk_opts(creation, H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS) >= 0);
    hid_t data = H5Dcreate2(file, "X", H5T_IEEE_F64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    CU_ASSERT(H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, cells) >= 0);
    H5Dclose(data);
    H5Pclose(creation);
    H5Sclose(space);
    H5Fclose(file);
    const wn_input input = {.files = &path, .n_files = 1};
    double labels[N];
    for (size_t i = 0; i < N; i++)
        labels[i] = NAN;
    const expected_table e = {.n_rows = N, .n_cols = P, .cells = &cells[0][0], .labels = labels};
    if (!CHECK_OK(wn_catalog_read(&catalog, &input)))
        return;
    check_budget(catalog, &e, 0, 0, true);
    check_budget(catalog, &e, 0, 2, false);
    wn_catalog_free(catalog);
}

/* Some columns of a wide dataset: near ones, far ones, and of one with more dimensions. */
static void check_subset(const char *file, const char *name, const char *const *include, size_t n)
{
    wn_catalog *catalog = NULL;
    wn_reader *reader = NULL;
    wn_block *block = NULL;
    wn_input input = input_of(file, NULL, NULL);
    input.include = include;
    input.n_include = n;
    expected_table e = expected_load(name);
    const wn_reader_options options = {0};
    if (!CHECK_OK(wn_catalog_read(&catalog, &input)) || !CHECK_OK(wn_reader_open(&reader, catalog, &options)) ||
        !CHECK_OK(wn_reader_new_block(reader, &block)))
        goto done;
    CU_ASSERT_EQUAL(catalog->n_columns, n);
    for (int64_t i = 0; i < catalog->n_blocks; i++) {
        if (!CHECK_OK(wn_reader_read(reader, i, block)))
            break;
        wn_block_widen(block);
        size_t wrong = 0;
        for (size_t r = 0; r < block->n_rows; r++) {
            for (size_t c = 0; c < catalog->n_columns; c++) {
                size_t at = 0;
                while ((int64_t)at < e.n_cols - 1 && strcmp(e.names[at], catalog->columns[c].name) != 0)
                    at++;
                wrong +=
                    !is_same(block->cells[r * block->n_cols + c], e.cells[(size_t)(block->rows[r] * e.n_cols) + at]);
            }
        }
        CU_ASSERT_EQUAL(wrong, 0);
    }
done:
    wn_block_free(block);
    wn_reader_close(reader);
    wn_catalog_free(catalog);
    expected_free(&e);
}

static void test_subsets(void)
{
    check_subset("wide.h5", "wide", (const char *const[]){"w0"}, 1);
    check_subset("wide.h5", "wide", (const char *const[]){"w899", "w3", "w10", "w450"}, 4);
    check_subset("wide.h5", "wide", (const char *const[]){"w198", "w199", "w200", "w201", "w202", "w203"}, 6);
    check_subset("images.h5", "images", (const char *const[]){"px19", "px7"}, 2);
    check_subset("types.h5", "types", (const char *const[]){"be_i2", "flag"}, 2);
}

/* A label that is a column of the dataset, and not one of its features. */
static void test_label_inside(void)
{
    wn_catalog *catalog = NULL;
    wn_reader *reader = NULL;
    wn_block *block = NULL;
    wn_input input = input_of("inside.h5", NULL, "target");
    const wn_reader_options options = {0};
    if (!CHECK_OK(wn_catalog_read(&catalog, &input)) || !CHECK_OK(wn_reader_open(&reader, catalog, &options)) ||
        !CHECK_OK(wn_reader_new_block(reader, &block)))
        goto done;
    CU_ASSERT_EQUAL(catalog->n_columns, 3);
    CHECK_OK(wn_reader_read(reader, 0, block));
    wn_block_widen(block);
    for (int i = 0; i < 10; i++) {
        const double *cells = block->cells;
        CU_ASSERT_EQUAL(block->labels[i], 4 * i + 1);
        CU_ASSERT(cells[3 * i] == 4 * i && cells[3 * i + 1] == 4 * i + 2 && cells[3 * i + 2] == 4 * i + 3);
    }
    block->capacity = 9;
    CU_ASSERT_EQUAL(wn_reader_read(reader, 0, block), WN_INTERNAL);
done:
    wn_block_free(block);
    wn_reader_close(reader);
    wn_catalog_free(catalog);
}

/* Sources in the same file may be read. */
static void test_virtual(void)
{
    wn_catalog *catalog = NULL;
    wn_reader *reader = NULL;
    wn_block *block = NULL;
    wn_input input = input_of("virtual.h5", "table", NULL);
    const wn_reader_options options = {0};
    if (CHECK_OK(wn_catalog_read(&catalog, &input)) && CHECK_OK(wn_reader_open(&reader, catalog, &options)) &&
        CHECK_OK(wn_reader_new_block(reader, &block)) && CHECK_OK(wn_reader_read(reader, 0, block))) {
        wn_block_widen(block);
        for (int i = 0; i < 30; i++)
            CU_ASSERT(block->cells[i] == i && isnan(block->labels[i]));
    }
    wn_block_free(block);
    wn_reader_close(reader);
    wn_catalog_free(catalog);
}

/* Cells in other files: in raw bytes, behind links, in the sources of virtual datasets. */
static void test_externals(void)
{
    static const struct {
        const char *name, *label;
        bool is_allowed;
    } cases[] = {{"raw_segments", "y", true},
                 {"linked", "y", true},
                 {"virtual_far", NULL, true},
                 {"virtual_beside", NULL, false},
                 {"virtual_beside", NULL, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char file[256];
        snprintf(file, sizeof file, "%s.h5", cases[i].name);
        wn_input input = input_of(file, NULL, cases[i].label);
        input.allow_external = cases[i].is_allowed;
        check_input(&input, cases[i].name);
    }
}

/* A relative name of raw bytes is one of the working directory, as for the library. */
static void test_relative(void)
{
    char here[512], file[512];
    wn_catalog *catalog = NULL;
    snprintf(file, sizeof file, "%s", fixture("raw2.bin"));
    *strrchr(file, '/') = '\0';
    if (getcwd(here, sizeof here) == NULL || chdir(file) != 0)
        return;
    if (CHECK_OK(wn_catalog_read(&catalog, &(wn_input){.files = (const char *const[]){"raw_relative.h5"},
                                                       .n_files = 1,
                                                       .table = "X",
                                                       .allow_external = true})))
        CU_ASSERT_STRING_EQUAL(catalog->files[0].externals[0].path, "raw2.bin");
    wn_catalog_free(catalog);
    CU_ASSERT_EQUAL(chdir(here), 0);
}

static void test_missing_values(void)
{
    wn_catalog *catalog = NULL;
    wn_reader *reader = NULL;
    const double missing[] = {0.1, -9999, 1e37, 1e300}, label_missing[] = {-1};
    wn_reader_options options = {.missing_values = missing,
                                 .n_missing_values = 4,
                                 .label_missing = label_missing,
                                 .n_label_missing = 1,
                                 .infinite_is_missing = true};
    wn_input input = input_of("sentinels.h5", NULL, "y");
    expected_table e = expected_load("sentinels");
    double labels[4];
    if (CHECK_OK(wn_catalog_read(&catalog, &input)) && CHECK_OK(wn_reader_open(&reader, catalog, &options))) {
        check_blocks(reader, catalog, &e, false);
        CHECK_OK(wn_reader_read_labels(reader, 0, labels));
        CU_ASSERT_EQUAL(count_wrong(labels, e.labels, 4), 0);
    }
    wn_reader_close(reader);
    reader = NULL;
    options.infinite_is_missing = false;
    if (CHECK_OK(wn_reader_open(&reader, catalog, &options))) {
        wn_block *block = NULL;
        CHECK_OK(wn_reader_new_block(reader, &block));
        CHECK_FAILS(wn_reader_read(reader, 0, block), WN_BAD_DATA, "column 'X1', row 3: the cell is infinite");
        wn_block_free(block);
    }
    wn_reader_close(reader);
    wn_catalog_free(catalog);
    expected_free(&e);
}

/* Reads until the first failure; the status of that block. */
static wn_status read_all(wn_reader *reader, const wn_catalog *catalog)
{
    wn_status status = WN_OK;
    wn_block *block = NULL;
    TRY(wn_reader_new_block(reader, &block));
    for (int64_t i = 0; i < catalog->n_blocks; i++)
        TRY(wn_reader_read(reader, i, block));
done:
    wn_block_free(block);
    return status;
}

static wn_status read_input(const wn_input *input, size_t cache_bytes)
{
    wn_status status = WN_OK;
    wn_catalog *catalog = NULL;
    wn_reader *reader = NULL;
    const wn_reader_options options = {.cache_bytes = cache_bytes};
    TRY(wn_catalog_read(&catalog, input));
    TRY(wn_reader_open(&reader, catalog, &options));
    TRY(read_all(reader, catalog));
    TRY(read_all(reader, catalog));
done:
    wn_reader_close(reader);
    wn_catalog_free(catalog);
    return status;
}

static void test_bad_data(void)
{
    wn_input input = input_of("damaged.h5", NULL, NULL);
    CHECK_FAILS(read_input(&input, 0), WN_BAD_DATA,
                "damaged.h5: /X: rows 1500 to 1999: fletcher32: the checksum differs");
    input = input_of("infinite.h5", "X", NULL);
    CHECK_FAILS(read_input(&input, 0), WN_BAD_DATA, "infinite.h5: column 'X1', row 700: the cell is infinite");
    input = input_of("infinite.h5", "X", "y");
    input.exclude = (const char *const[]){"X1"};
    input.n_exclude = 1;
    CHECK_FAILS(read_input(&input, 0), WN_BAD_DATA, "infinite.h5: label 'y', row 3: the label is infinite");
}

/* A file that changes between the catalog and the reading. */
static void test_changed(void)
{
    wn_catalog *catalog = NULL;
    wn_reader *reader = NULL;
    const wn_reader_options options = {0};
    wn_input input = input_of("matrix_big_chunk.h5", NULL, "y");
    if (!CHECK_OK(wn_catalog_read(&catalog, &input)))
        return;
    FILE *file = fopen(input.files[0], "ab");
    CU_ASSERT(file != NULL && fputc('x', file) != EOF && fclose(file) == 0);
    if (CHECK_OK(wn_reader_open(&reader, catalog, &options)))
        CHECK_FAILS(read_all(reader, catalog), WN_BAD_DATA, "has changed since it was first looked at");
    CU_ASSERT_EQUAL(remove(input.files[0]), 0);
    CHECK_FAILS(read_all(reader, catalog), WN_NO_INPUT, "matrix_big_chunk.h5: cannot be opened");
    wn_reader_close(reader);
    wn_catalog_free(catalog);
}

/* A file of raw bytes that was cut while it was read. */
static void test_cut_external(void)
{
    wn_catalog *catalog = NULL;
    wn_reader *reader = NULL;
    char raw[512];
    wn_input input = input_of("raw_segments.h5", NULL, "y");
    input.allow_external = true;
    const wn_reader_options options = {0};
    snprintf(raw, sizeof raw, "%s", fixture("raw1.bin"));
    if (CHECK_OK(wn_catalog_read(&catalog, &input)) && CHECK_OK(wn_reader_open(&reader, catalog, &options))) {
        CU_ASSERT_EQUAL(truncate(raw, 20000), 0);
        CHECK_FAILS(read_all(reader, catalog), WN_BAD_DATA, "raw1.bin: has changed since it was first looked at");
    }
    wn_reader_close(reader);
    wn_catalog_free(catalog);
}

/* What fixtures.py writes into row i of texts/. */
static void expected_text(size_t column, int64_t i, char text[256])
{
    text[0] = '\0';
    if (column == 0)
        snprintf(text, 256, "f%lld", (long long)(i % 1000));
    for (int64_t k = 0; column == 1 && i % 7 != 0 && k < i % 40; k++)
        strcat(text, "n\u00e4");
    if (column == 1 && i % 7 != 0)
        snprintf(text + strlen(text), 16, "%lld", (long long)i);
    if (column >= 2)
        snprintf(text, 256, "%c%lld",
                 column == 2   ? 's'
                 : column == 3 ? 'p'
                               : 'q',
                 (long long)(column == 4 ? i % 3 : i));
}

static size_t count_wrong_texts(const wn_block *block)
{
    char text[256];
    size_t wrong = block->n_texts != 5;
    for (size_t i = 0; i < block->n_rows && wrong == 0; i++)
        for (size_t c = 0; c < block->n_texts; c++) {
            wn_text got = block->texts[i * block->n_texts + c];
            expected_text(c, block->rows[i], text);
            wrong += got.n_bytes != strlen(text) || memcmp(got.data, text, got.n_bytes) != 0;
        }
    return wrong;
}

/* All blocks twice, some rows dropped in between; cells and texts stay together. */
static void check_texts(const wn_catalog *catalog, size_t cache_bytes)
{
    wn_reader *reader = NULL;
    wn_block *block = NULL;
    unsigned char keep[2048];
    size_t wrong = 0;
    const wn_reader_options options = {.cache_bytes = cache_bytes};
    for (size_t i = 0; i < sizeof keep; i++)
        keep[i] = i % 3 != 1;
    if (!CHECK_OK(wn_reader_open(&reader, catalog, &options)) || !CHECK_OK(wn_reader_new_block(reader, &block)))
        return;
    for (int pass = 0; pass < 2; pass++)
        for (int64_t b = 0; b < catalog->n_blocks; b++) {
            if (!CHECK_OK(wn_reader_read(reader, b, block)))
                break;
            wrong += count_wrong_texts(block);
            wn_block_compact(block, keep);
            wn_block_widen(block);
            wrong += count_wrong_texts(block);
            for (size_t i = 0; i < block->n_rows; i++)
                wrong += block->cells[2 * i] != (double)block->rows[i] ||
                         block->cells[2 * i + 1] != (double)block->rows[i] + 0.5;
        }
    CU_ASSERT_EQUAL(wrong, 0);
    wn_block_free(block);
    wn_reader_close(reader);
}

static void test_texts(void)
{
    wn_catalog *catalog = NULL;
    wn_input input = input_of("texts/*.h5", NULL, "y");
    if (!CHECK_OK(wn_catalog_read(&catalog, &input)))
        return;
    CU_ASSERT_EQUAL(catalog->n_cells, 2);
    CU_ASSERT_EQUAL(catalog->n_texts, 5);
    for (size_t cache_bytes = 0; cache_bytes <= 1 << 20; cache_bytes += 1 << 16)
        check_texts(catalog, cache_bytes);
    CU_ASSERT_EQUAL(open_handles(), 0);
    wn_catalog_free(catalog);
}

/* Cells of files whose bytes are a block's go there at once, also where the table has strings. */
static void test_beside_texts(void)
{
    for (int file = 0; file < 3; file++) {
        char name[32];
        size_t wrong = 0;
        wn_catalog *catalog = NULL;
        wn_reader *reader = NULL;
        wn_block *block = NULL;
        snprintf(name, sizeof name, "beside/%d.h5", file);
        wn_input input = input_of(name, NULL, NULL);
        const wn_reader_options options = {.n_threads = 2};
        if (!CHECK_OK(wn_catalog_read(&catalog, &input)) || !CHECK_OK(wn_reader_open(&reader, catalog, &options)) ||
            !CHECK_OK(wn_reader_new_block(reader, &block)))
            return;
        for (int64_t b = 0; b < catalog->n_blocks && CHECK_OK(wn_reader_read(reader, b, block)); b++) {
            wn_block_widen(block);
            for (size_t i = 0; i < block->n_rows * block->n_cols; i++)
                wrong += block->cells[i] != (double)(block->rows[0] * 16) + (double)i;
        }
        CU_ASSERT_EQUAL(wrong, 0);
        wn_block_free(block);
        wn_reader_close(reader);
        wn_catalog_free(catalog);
    }
}

/* A column of strings of 1 GiB is more than memory allows; it ends by a status. */
/* Every third row has the word of its number: a label is one of two words, none of them, or missing. */
static double wanted_label(size_t column, int64_t row)
{
    bool is_note = column == 0;
    if (is_note && row % 7 == 0)
        return (double)NAN;
    return is_note ? 2 : (double)(row % 3 < 2 ? row % 3 : 2);
}

static bool is_alike(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* q0 and q1 are told, q2 is not; of notes none is. By blocks, by labels alone, and again from the cache. */
static size_t count_wrong_labels(wn_reader *reader, const wn_catalog *catalog, size_t column)
{
    wn_block *block = NULL;
    double *labels = NULL;
    size_t wrong = 0;
    bool is_ready =
        CHECK_OK(wn_reader_new_block(reader, &block)) && CHECK_OK(wn_new(&labels, wn_reader_block_capacity(reader)));
    for (int64_t b = 0; is_ready && b < 2 * catalog->n_blocks; b++) {
        CHECK_OK(wn_reader_read_labels(reader, b % catalog->n_blocks, labels));
        CHECK_OK(wn_reader_read(reader, b % catalog->n_blocks, block));
        for (size_t i = 0; i < block->n_rows; i++) {
            double wanted = wanted_label(column, block->rows[i]);
            wrong += !is_alike(labels[i], wanted) || !is_alike(block->labels[i], wanted);
        }
    }
    wn_free(labels);
    wn_block_free(block);
    return wrong;
}

static void test_text_labels(void)
{
    static const char *const names[] = {"note", "pair1"};
    const wn_text words[] = {{"q0", 2}, {"q1", 2}};
    for (size_t l = 0; l < 2; l++)
        for (size_t cache_bytes = 0; cache_bytes <= 1 << 20; cache_bytes += 1 << 20) {
            wn_catalog *catalog = NULL;
            wn_reader *reader = NULL;
            wn_text_store store = {0};
            wn_text *texts = NULL;
            wn_input input = input_of("texts/*.h5", NULL, names[l]);
            const wn_reader_options options = {.cache_bytes = cache_bytes, .n_threads = 1};
            if (CHECK_OK(wn_catalog_read(&catalog, &input)) && CHECK_OK(wn_reader_open(&reader, catalog, &options)) &&
                CHECK_OK(wn_reader_set_label_words(reader, words, 2)) &&
                CHECK_OK(wn_new(&texts, wn_reader_block_capacity(reader)))) {
                CU_ASSERT(catalog->label.is_text);
                CU_ASSERT_EQUAL(count_wrong_labels(reader, catalog, l), 0);
                CHECK_OK(wn_reader_read_label_texts(reader, 0, &store, texts));
                CU_ASSERT_EQUAL(texts[0].n_bytes, l == 0 ? 0 : 2);
                CU_ASSERT(l == 0 || memcmp(texts[5].data, "q2", 2) == 0);
            }
            wn_free(texts);
            wn_text_store_clear(&store);
            wn_reader_close(reader);
            wn_catalog_free(catalog);
        }
}

static void test_long_texts(void)
{
    wn_input input = input_of("long_string.h5", NULL, "y");
    size_t used = wn_memory_used();
    wn_memory_limit(used + ((size_t)256 << 20));
    CHECK_FAILS(read_input(&input, 0), WN_NO_MEMORY, "");
    wn_memory_limit(0);
    CU_ASSERT(wn_memory_used() == used && open_handles() == 0);
}

static void check_no_memory(const wn_input *input, size_t cache_bytes)
{
    size_t used = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    int64_t nth = 1;
    for (; status == WN_NO_MEMORY && nth < 5000; nth++) {
        wn_memory_fail_at(nth);
        status = read_input(input, cache_bytes);
        wn_memory_fail_at(0);
        CU_ASSERT(wn_memory_used() == used && open_handles() == 0);
    }
    CHECK_OK(status);
    CU_ASSERT(nth > 50);
}

static void test_no_memory(void)
{
    wn_input input = input_of("parts/*.h5", NULL, "y");
    wn_input texts = input_of("texts/*.h5", NULL, "y");
    for (size_t cache_bytes = 0; cache_bytes <= 1 << 20; cache_bytes += 1 << 20) {
        check_no_memory(&input, cache_bytes);
        check_no_memory(&texts, cache_bytes);
    }
}

static const wn_test tests[] = {{"matrices in every layout", test_matrices},
                                {"groups of columns, many files", test_groups},
                                {"all types", test_types},
                                {"more than 2^31 elements", test_huge},
                                {"rests of chunks", test_rests_of_chunks},
                                {"chunks at the edge", test_edge_chunks},
                                {"some columns", test_subsets},
                                {"label inside the dataset", test_label_inside},
                                {"virtual dataset within the file", test_virtual},
                                {"cells in other files", test_externals},
                                {"relative names of raw bytes", test_relative},
                                {"missing values", test_missing_values},
                                {"bad data", test_bad_data},
                                {"changed files", test_changed},
                                {"raw bytes that are cut", test_cut_external},
                                {"texts", test_texts},
                                {"numbers beside texts", test_beside_texts},
                                {"records", test_records},
                                {"labels of strings", test_text_labels},
                                {"texts of a gibibyte", test_long_texts},
                                {"no memory", test_no_memory}};
TEST_MAIN("reader", tests)
