#include "winnow/catalog.h"

#include "catalog_bytes.h"
#include "expected.h"
#include "testing.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* All ranks hold the same catalog, and it is the one that a single process reads. */
static void check_shared(const char *files, const char *table, const char *label, bool allow_external)
{
    wn_catalog *shared = NULL, *own = NULL;
    unsigned char *bytes[2] = {NULL, NULL};
    size_t n[2] = {0, 1};
    wn_hash hash[2];
    wn_input input = input_of(files, table, label);
    input.allow_external = allow_external;
    CHECK_OK(wn_catalog_open(&test_ranks, &shared, &input));
    if (shared != NULL && CHECK_OK(wn_catalog_read(&own, &input)) &&
        CHECK_OK(wn_catalog_to_bytes(shared, &bytes[0], &n[0])) &&
        CHECK_OK(wn_catalog_to_bytes(own, &bytes[1], &n[1]))) {
        CU_ASSERT(n[0] == n[1] && memcmp(bytes[0], bytes[1], n[0]) == 0);
        CHECK_OK(wn_catalog_hash(shared, &hash[0]));
        CHECK_OK(wn_catalog_hash(own, &hash[1]));
        CU_ASSERT_EQUAL(wn_hash_compare(hash[0], hash[1]), 0);
        CU_ASSERT_STRING_EQUAL(shared->files[0].name, own->files[0].name);
        CU_ASSERT_PTR_EQUAL(shared->files[0].name, strrchr(shared->files[0].path, '/') + 1);
    }
    wn_free(bytes[0]);
    wn_free(bytes[1]);
    wn_catalog_free(shared);
    wn_catalog_free(own);
}

static void test_shared(void)
{
    if (!fixtures_make())
        return;
    check_shared("matrix_gzip.h5", NULL, "y", false);
    check_shared("parts/*.h5", "g", "y", false);
    check_shared("filled.h5", NULL, NULL, false);
    check_shared("linked.h5", NULL, "y", true);
    check_shared("matrix_named.h5", NULL, "temperature", false);
}

/* One rank's failure is everyone's, with its message. */
static void test_shared_failure(void)
{
    wn_catalog *catalog = NULL;
    wn_input input = input_of("missing-*.h5", NULL, NULL);
    CHECK_FAILS(wn_catalog_open(&test_ranks, &catalog, &input), WN_NO_INPUT, "no file matches");
    CU_ASSERT_PTR_NULL(catalog);
    input = input_of("parts/*.h5", NULL, "y");
    for (int64_t nth = 1; nth < 400; nth += 7) {
        size_t used = wn_memory_used();
        if (test_ranks.rank == test_ranks.size - 1)
            wn_memory_fail_at(nth);
        wn_status status = wn_catalog_open(&test_ranks, &catalog, &input);
        wn_memory_fail_at(0);
        int mine = (int)status, most = 0;
        MPI_Allreduce(&mine, &most, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
        CU_ASSERT_EQUAL(mine, most);
        CU_ASSERT(status == WN_OK || status == WN_NO_MEMORY);
        if (status == WN_OK)
            wn_catalog_free(catalog);
        CU_ASSERT(wn_memory_used() == used && open_handles() == 0);
    }
}

/* Every row in one block, in order, no block over two files. */
static void check_cover(const wn_catalog *catalog)
{
    int64_t next = 0;
    for (int64_t i = 0; i < catalog->n_blocks; i++) {
        wn_block_extent extent = wn_catalog_block(catalog, i);
        const wn_file *file = &catalog->files[extent.file];
        CU_ASSERT_EQUAL(extent.first_row, next);
        CU_ASSERT_EQUAL(extent.first_row - file->first_row, extent.first_row_in_file);
        CU_ASSERT(extent.n_rows > 0 && (int64_t)extent.n_rows <= file->block_rows);
        CU_ASSERT(extent.first_row_in_file + (int64_t)extent.n_rows <= file->n_rows);
        next += (int64_t)extent.n_rows;
    }
    CU_ASSERT_EQUAL(next, catalog->n_rows);
}

/* The rule of the header, by trying all multiples of the chunk between the bounds. */
static int64_t naive_block_rows(int64_t chunk, size_t row_bytes)
{
    double best_distance = 1e300;
    int64_t best = 0;
    if (chunk > 65536)
        return 65536;
    for (int64_t rows = chunk; rows <= 65536; rows += chunk) {
        double distance = (double)rows * (double)row_bytes - 4.0 * 1024 * 1024;
        distance = distance < 0 ? -distance : distance;
        if ((rows >= 256 || rows + chunk > 65536) && (distance < best_distance || best == 0)) {
            best = rows;
            best_distance = distance;
        }
    }
    return best;
}

/* Parts cover the blocks in their order, and no run of blocks is parted; runs have about 1,024 rows where 64 are left.
 */
static void check_parts(int64_t n_rows, int64_t n_blocks, int64_t run)
{
    const wn_catalog catalog = {.n_rows = n_rows, .n_blocks = n_blocks};
    CU_ASSERT_EQUAL(wn_catalog_run_blocks(&catalog), run);
    for (int n_parts = 1; n_parts <= 70; n_parts += 23) {
        int64_t next = 0;
        for (int part = 0; part < n_parts; part++) {
            wn_range blocks = wn_catalog_part(&catalog, n_parts, part);
            CU_ASSERT_EQUAL(blocks.first, next);
            CU_ASSERT(blocks.last >= blocks.first && (blocks.last % run == 0 || blocks.last == n_blocks));
            next = blocks.last;
        }
        CU_ASSERT_EQUAL(next, n_blocks);
    }
}

static void test_parts(void)
{
    check_parts(0, 0, 1);
    check_parts(5, 3, 1);
    check_parts(65536, 128, 2);    /* 512 rows a block */
    check_parts(50000, 196, 3);    /* 256 rows: of four blocks, 49 runs were left */
    check_parts(1000000, 3907, 4); /* 256 rows */
    check_parts(200000, 49, 1);
    check_parts(100000000, 2671, 1); /* of many rows */
    check_parts(4000, 1000, 15);     /* small files */
    check_parts(131072 + 1, 257, 2);
}

static void check_block_rows(const char *name, const char *label, size_t file, int64_t chunk)
{
    wn_catalog *catalog = NULL;
    wn_input input = input_of(name, NULL, label);
    if (!CHECK_OK(wn_catalog_read(&catalog, &input)))
        return;
    int64_t naive = naive_block_rows(chunk, catalog->n_columns * (catalog->is_float32 ? 4 : 8));
    CU_ASSERT_EQUAL(catalog->files[file].block_rows, naive);
    check_cover(catalog);
    wn_catalog_free(catalog);
}

/* Where few columns of long chunk rows are wanted, what has to be read for them makes the block large; plans need to
 * know the chunks. */
static void test_few_of_many(void)
{
    wn_catalog *catalog = NULL;
    wn_input input = input_of("wide.h5", NULL, NULL);
    if (!CHECK_OK(wn_catalog_read(&catalog, &input)))
        return;
    size_t all = catalog->files[0].fetched_bytes, cells = catalog->n_cells * (catalog->is_float32 ? 4 : 8);
    CU_ASSERT_EQUAL(catalog->files[0].chunk_rows, 64);
    CU_ASSERT(all >= cells && all < 2 * cells && catalog->files[0].decoded_bytes > 0);
    char name[64];
    snprintf(name, sizeof name, "%s", catalog->columns[0].name);
    wn_catalog_free(catalog);
    input.include = (const char *const[]){name};
    input.n_include = 1;
    if (!CHECK_OK(wn_catalog_read(&catalog, &input)))
        return;
    const wn_file *file = &catalog->files[0];
    CU_ASSERT(catalog->n_cells == 1 && file->fetched_bytes > 8 && file->fetched_bytes < all);
    CU_ASSERT_EQUAL(file->block_rows, naive_block_rows(64, file->fetched_bytes));
    check_cover(catalog);
    wn_catalog_free(catalog);
}

static void test_blocks(void)
{
    check_block_rows("matrix_contiguous.h5", "y", 0, 1);
    check_block_rows("matrix_gzip.h5", "y", 0, 128);
    check_block_rows("matrix_fletcher.h5", "y", 0, 700);
    check_block_rows("wide.h5", NULL, 0, 64);
    check_block_rows("long.h5", NULL, 0, 100000);
    check_block_rows("images.h5", "label", 0, 512);
    check_block_rows("columns.h5", "label", 0, 1);
    check_block_rows("parts/*.h5", "y", 3, 500);
    check_block_rows("parts/*.h5", "y", 2, 32);
}

static void test_files(void)
{
    wn_catalog *catalog = NULL;
    char parts[512], first[512], other[512];
    snprintf(parts, sizeof parts, "%s", fixture("parts/part[0-3].h5"));
    snprintf(first, sizeof first, "%s", fixture("parts/part0.h5"));
    snprintf(other, sizeof other, "%s", fixture("parts/part4.h5"));
    wn_input input = {.files = (const char *const[]){first, parts, parts},
                      .n_files = 3,
                      .test = (const char *const[]){other},
                      .n_test = 1,
                      .label = "y"};
    if (CHECK_OK(wn_catalog_read(&catalog, &input))) {
        CU_ASSERT_EQUAL(catalog->n_files, 5);
        CU_ASSERT_EQUAL(catalog->n_rows, 2901);
        CU_ASSERT_EQUAL(catalog->n_test_rows, 900);
        CU_ASSERT(catalog->is_float32 && catalog->has_label);
        CU_ASSERT(!catalog->files[3].is_test && catalog->files[4].is_test);
        CU_ASSERT_EQUAL(catalog->files[4].first_row, 2001);
        CU_ASSERT_EQUAL(catalog->datasets[catalog->label.dataset].kind, WN_CELL_INTEGER);
        CU_ASSERT_EQUAL(catalog->datasets[catalog->columns[0].dataset].kind, WN_CELL_FLOAT32);
        check_cover(catalog);
    }
    wn_catalog_free(catalog);
    input.test = (const char *const[]){parts};
    CHECK_FAILS(wn_catalog_read(&catalog, &input), WN_BAD_DATA, "part0.h5: is in both input.files and input.test");
    snprintf(other, sizeof other, "%s", fixture("parts/../parts/part2.h5"));
    input.test = (const char *const[]){other};
    CHECK_FAILS(wn_catalog_read(&catalog, &input), WN_BAD_DATA, "part2.h5: is in both input.files and input.test");
}

static void check_columns(const wn_input *input, const char *const *names, size_t n)
{
    wn_catalog *catalog = NULL;
    if (!CHECK_OK(wn_catalog_read(&catalog, input)))
        return;
    CU_ASSERT_EQUAL(catalog->n_columns, n);
    for (size_t i = 0; i < n && i < catalog->n_columns; i++)
        CU_ASSERT_STRING_EQUAL(catalog->columns[i].name, names[i]);
    wn_catalog_free(catalog);
}

static void test_columns(void)
{
    wn_input input = input_of("matrix_named.h5", NULL, "y");
    input.include = (const char *const[]){"temperature", "acc_[135]"};
    input.n_include = 2;
    check_columns(&input, (const char *const[]){"acc_1", "acc_3", "acc_5", "temperature"}, 4);
    input.exclude = (const char *const[]){"acc_*", "nothing_*"};
    input.n_exclude = 2;
    check_columns(&input, (const char *const[]){"temperature"}, 1);
    input = input_of("columns.h5", NULL, "label");
    check_columns(&input, (const char *const[]){"zeta", "alpha", "mid"}, 3);
    input = input_of("strings.h5", NULL, "y");
    input.exclude = (const char *const[]){"note"};
    input.n_exclude = 1;
    check_columns(&input, (const char *const[]){"a"}, 1);
    input = input_of("texts/*.h5", NULL, "y");
    check_columns(&input, (const char *const[]){"a", "b", "fixed", "note", "padded", "pair0", "pair1"}, 7);
    input = input_of("compound.h5", NULL, "b");
    check_columns(&input, (const char *const[]){"a"}, 1);
    input = input_of("records.h5", "group/t", "y");
    check_columns(&input, (const char *const[]){"a", "b", "v0", "v1", "flag", "word"}, 6);
    input = input_of("only_texts.h5", NULL, "y");
    check_columns(&input, (const char *const[]){"note"}, 1);
    input = input_of("deep.h5", NULL, "label");
    check_columns(&input, (const char *const[]){"X0", "X1", "X2"}, 3);
    input = input_of("deep.h5", "data/train/X", "label");
    check_columns(&input, (const char *const[]){"X0", "X1", "X2"}, 3);
    input = input_of("images.h5", "/", "label");
    input.include = (const char *const[]){"px"};
    input.n_include = 1;
    input.exclude = (const char *const[]){"px1?", "px[2-9]"};
    input.n_exclude = 2;
    check_columns(&input, (const char *const[]){"px0", "px1"}, 2);
    input = input_of("no_rows.h5", "X", "y");
    check_columns(&input, (const char *const[]){"X0", "X1", "X2", "X3", "X4", "X5", "X6"}, 7);
}

static void test_types(void)
{
    wn_catalog *catalog = NULL;
    wn_input input = input_of("types.h5", NULL, NULL);
    if (!CHECK_OK(wn_catalog_read(&catalog, &input)))
        return;
    CU_ASSERT_FALSE(catalog->is_float32);
    for (size_t i = 0; i < catalog->n_columns; i++) {
        const char *name = catalog->columns[i].name;
        wn_cell_kind kind = WN_CELL_INTEGER;
        if (strstr(name, "_f") != NULL)
            kind = strstr(name, "f8") != NULL ? WN_CELL_FLOAT64 : WN_CELL_FLOAT32;
        if (strcmp(name, "flag") == 0)
            kind = WN_CELL_BOOL;
        CU_ASSERT_EQUAL(catalog->datasets[catalog->columns[i].dataset].kind, kind);
    }
    wn_catalog_free(catalog);
    input = input_of("filled.h5", NULL, "y");
    if (!CHECK_OK(wn_catalog_read(&catalog, &input)))
        return;
    CU_ASSERT(catalog->datasets[0].has_fill && catalog->datasets[0].fill == -9999);
    CU_ASSERT(catalog->datasets[1].has_fill && catalog->datasets[1].fill == 7);
    wn_catalog_free(catalog);
}

typedef struct {
    const char *file, *table, *label;
    wn_status status;
    const char *words;
} bad_case;

static void test_bad_files(void)
{
    static const bad_case cases[] = {
        {"missing.h5", NULL, NULL, WN_NO_INPUT, "input.files: no file matches"},
        {"parts", NULL, NULL, WN_BAD_DATA, "parts: is not a regular file"},
        {"text.h5", NULL, NULL, WN_BAD_DATA, "text.h5: is not an HDF5 file"},
        {"empty.h5", NULL, NULL, WN_BAD_DATA, "empty.h5: is not an HDF5 file"},
        {"truncated.h5", NULL, NULL, WN_BAD_DATA, "truncated.h5: truncated or damaged"},
        {"nothing.h5", NULL, NULL, WN_BAD_DATA, "nothing.h5: has no table"},
        {"lengths.h5", NULL, NULL, WN_BAD_DATA, "columns of different lengths: /a has 10 rows, /b has 9"},
        {"label_length.h5", NULL, "label", WN_BAD_DATA, "/X has 10 rows, /label has 9"},
        {"two.h5", NULL, NULL, WN_BAD_DATA, "more than one candidate table (/test, /train)"},
        {"two.h5", "/trian", NULL, WN_BAD_DATA, "there is no '/trian'; did you mean '/train'?"},
        {"two.h5", "/t*", NULL, WN_UNAVAILABLE, "a glob over groups is not built yet"},
        {"matrix_named.h5", NULL, "temperatur", WN_BAD_DATA, "no 'temperatur'; did you mean 'temperature'?"},
        {"columns.h5", NULL, "labels", WN_BAD_DATA, "did you mean 'label'?"},
        {"columns.h5", "zeta", "lable", WN_BAD_DATA, "did you mean 'label'?"},
        {"images.h5", NULL, "px", WN_BAD_DATA, "/px has 20 columns, a label has one"},
        {"*strings.h5", NULL, "y", WN_BAD_DATA, "strings.h5: /note holds strings, in "},
        {"compound.h5", "t", "c", WN_BAD_DATA, "input.label: there is no 'c'"},
        {"nested.h5", "t", NULL, WN_UNAVAILABLE, "/t/b: records in records are not built yet"},
        {"nested.h5", "m", NULL, WN_UNAVAILABLE, "/m: has records in several dimensions"},
        {"frame.h5", NULL, NULL, WN_UNAVAILABLE, "a pandas frame, which is not built yet"},
        {"scaled.h5", NULL, NULL, WN_UNAVAILABLE, "scale_factor"},
        {"zfp.h5", NULL, NULL, WN_UNAVAILABLE,
         "/X: is compressed by zfp (HDF5 filter 32013), which Winnow does not decode"},
        {"unknown.h5", NULL, NULL, WN_UNAVAILABLE, "/X: is compressed by HDF5 filter 31999, which is not known here"},
        {"twice.h5", NULL, NULL, WN_BAD_DATA, "two columns are called 'a1'"},
        {"column_names.h5", NULL, NULL, WN_BAD_DATA, "names 2 of 3 columns"},
        {"external_storage.h5", "/X", NULL, WN_BAD_DATA, "only input.allow_external: true permits"},
        {"external_storage.h5", NULL, NULL, WN_BAD_DATA, "/X: leads out of the file"},
        {"external_link.h5", NULL, NULL, WN_BAD_DATA, "only input.allow_external: true permits"},
        {"external_link.h5", "b", NULL, WN_BAD_DATA, "/b leads out of the file"},
        {"external_link.h5", "soft", NULL, WN_BAD_DATA, "/soft leads out of the file"},
        {"external_link.h5", "a", "b", WN_BAD_DATA, "input.allow_external"},
        {"virtual_out.h5", NULL, NULL, WN_BAD_DATA, "/a: leads out of the file"},
        {"linked.h5", NULL, "y", WN_BAD_DATA, "leads out of the file"},
        {"raw_segments.h5", "X", NULL, WN_BAD_DATA, "/X: leads out of the file"},
        {"virtual_far.h5", "X", NULL, WN_BAD_DATA, "/X: leads out of the file"},
        {"virtual_gone.h5", "X", NULL, WN_BAD_DATA, "gone.h5 is not there"},
        {"virtual_long.h5", "X", NULL, WN_BAD_DATA, "a source that has not as many cells"},
        {"virtual_text.h5", "X", NULL, WN_BAD_DATA, "text.h5: is not an HDF5 file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wn_catalog *catalog = NULL;
        size_t used = wn_memory_used();
        wn_input input = input_of(cases[i].file, cases[i].table, cases[i].label);
        CHECK_FAILS(wn_catalog_read(&catalog, &input), cases[i].status, cases[i].words);
        CU_ASSERT(wn_memory_used() == used && open_handles() == 0);
        wn_catalog_free(catalog);
    }
}

/* A column that is read as the label is, for another key, is told under that key. Strings are labels. */
static void test_key_of_label(void)
{
    wn_catalog *catalog = NULL;
    wn_input input = input_of("strings.h5", "/", "note");
    input.label_key = "input.split.by";
    if (CHECK_OK(wn_catalog_read(&catalog, &input)))
        CU_ASSERT(catalog->label.is_text);
    wn_catalog_free(catalog);
    input.label = "nota";
    CHECK_FAILS(wn_catalog_read(&catalog, &input), WN_BAD_DATA, "input.split.by: there is no 'nota'");
}

/* What is allowed must be there, and long enough: the library gives zeros for what is not. */
static void test_bad_externals(void)
{
    static const struct {
        const char *file, *table, *words;
    } cases[] = {{"raw_short.h5", "X", "raw0.bin: has 5001 bytes, and the cells from byte 4960 on take 160"},
                 {"raw_gone.h5", "X", "gone.bin: No such file"},
                 {"raw_directory.h5", "X", "is not a regular file"},
                 {"raw_relative.h5", "X", "raw2.bin: No such file"},
                 {"link_gone.h5", NULL, "/b: is a link to a file or an object that is not there"},
                 {"virtual_gone.h5", "X", "gone.h5 is not there"},
                 {"virtual_long.h5", "X", "a source that has not as many cells"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wn_catalog *catalog = NULL;
        size_t used = wn_memory_used();
        wn_input input = input_of(cases[i].file, cases[i].table, NULL);
        input.allow_external = true;
        CHECK_FAILS(wn_catalog_read(&catalog, &input), WN_BAD_DATA, cases[i].words);
        CU_ASSERT(wn_memory_used() == used && open_handles() == 0);
    }
    wn_catalog *catalog = NULL; /* the faults of columns that nobody wants */
    wn_input input = input_of("link_gone.h5", NULL, NULL);
    input.exclude = (const char *const[]){"b", "c"};
    input.n_exclude = 2;
    CHECK_OK(wn_catalog_read(&catalog, &input));
    wn_catalog_free(catalog);
}

/* A change of another file that cells lie in is a change of the input. */
static void test_external_hash(void)
{
    wn_hash before, after, plain;
    char raw[512];
    wn_catalog *catalog = NULL;
    wn_input input = input_of("linked.h5", NULL, "y");
    input.allow_external = true;
    if (test_ranks.size > 1 || !CHECK_OK(wn_catalog_read(&catalog, &input)))
        return;
    CHECK_OK(wn_catalog_hash(catalog, &before));
    CU_ASSERT_EQUAL(catalog->files[0].n_externals, 6);
    wn_catalog_free(catalog);
    snprintf(raw, sizeof raw, "%s", fixture("raw2.bin"));
    FILE *file = fopen(raw, "ab");
    CU_ASSERT(file != NULL && fputc('!', file) == '!' && fclose(file) == 0);
    CHECK_OK(wn_catalog_read(&catalog, &input));
    CHECK_OK(wn_catalog_hash(catalog, &after));
    CU_ASSERT_NOT_EQUAL(wn_hash_compare(before, after), 0);
    wn_catalog_free(catalog);
    input.include = (const char *const[]){"z"};
    input.n_include = 1;
    input.label = NULL;
    CHECK_OK(wn_catalog_read(&catalog, &input));
    CHECK_OK(wn_catalog_hash(catalog, &plain));
    CU_ASSERT_EQUAL(catalog->files[0].n_externals, 0);
    wn_catalog_free(catalog);
}

static void test_bad_columns(void)
{
    wn_catalog *catalog = NULL;
    wn_input input = input_of("matrix_named.h5", NULL, "y");
    input.include = (const char *const[]){"temperatrue"};
    input.n_include = 1;
    CHECK_FAILS(wn_catalog_read(&catalog, &input), WN_BAD_DATA,
                "input.columns.include: no column is called 'temperatrue'; did you mean 'temperature'?");
    input.include = (const char *const[]){"humidity_*"};
    CHECK_FAILS(wn_catalog_read(&catalog, &input), WN_BAD_DATA, "no column is called 'humidity_*'");
    input.n_include = 0;
    input.exclude = (const char *const[]){"humidity"};
    input.n_exclude = 1;
    CHECK_FAILS(wn_catalog_read(&catalog, &input), WN_BAD_DATA,
                "input.columns.exclude: no column is called 'humidity'");
    input.exclude = (const char *const[]){"*"};
    CHECK_FAILS(wn_catalog_read(&catalog, &input), WN_BAD_DATA, "input.columns leaves no column");
    input = (wn_input){0};
    CHECK_FAILS(wn_catalog_read(&catalog, &input), WN_NO_INPUT, "names no file");
}

/* A second file, or a test file, that is not of the same table. */
static void test_unequal_files(void)
{
    static const struct {
        const char *file, *words;
    } cases[] = {{"other_columns.h5", "/X has 6 columns, in "},
                 {"other_names.h5", "column 0 of /X is 'a', in "},
                 {"more_columns.h5", "lacks the column 'extra' (/extra) that "},
                 {"images.h5", "there is no 'y'"}};
    char first[512], second[512], right[512];
    snprintf(first, sizeof first, "%s", fixture("matrix_gzip.h5"));
    snprintf(right, sizeof right, "%s", fixture("other_rows.h5"));
    wn_catalog *catalog = NULL;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(second, sizeof second, "%s", fixture(cases[i].file));
        wn_input input = {.files = (const char *const[]){first, second}, .n_files = 2, .table = "/", .label = "y"};
        CHECK_FAILS(wn_catalog_read(&catalog, &input), WN_BAD_DATA, cases[i].words);
        input.n_files = 1;
        input.test = (const char *const[]){second};
        input.n_test = 1;
        CHECK_FAILS(wn_catalog_read(&catalog, &input), WN_BAD_DATA, cases[i].words);
    }
    wn_input input = {.files = (const char *const[]){first},
                      .n_files = 1,
                      .test = (const char *const[]){right},
                      .n_test = 1,
                      .label = "y"};
    if (CHECK_OK(wn_catalog_read(&catalog, &input))) {
        CU_ASSERT_EQUAL(catalog->n_rows, 3005);
        CU_ASSERT_EQUAL(catalog->n_test_rows, 5);
    }
    wn_catalog_free(catalog);
}

/* The hash knows what identifies the input. */
static void test_hash(void)
{
    wn_hash hashes[4];
    const char *const labels[] = {"y", "y", NULL, "y"};
    const char *const files[] = {"matrix_gzip.h5", "matrix_gzip.h5", "matrix_gzip.h5", "matrix_narrow.h5"};
    for (int i = 0; i < 4; i++) {
        wn_catalog *catalog = NULL;
        wn_input input = input_of(files[i], "/X", labels[i]);
        if (!CHECK_OK(wn_catalog_read(&catalog, &input)) || !CHECK_OK(wn_catalog_hash(catalog, &hashes[i])))
            return;
        wn_catalog_free(catalog);
    }
    CU_ASSERT_EQUAL(wn_hash_compare(hashes[0], hashes[1]), 0);
    CU_ASSERT_NOT_EQUAL(wn_hash_compare(hashes[0], hashes[2]), 0);
    CU_ASSERT_NOT_EQUAL(wn_hash_compare(hashes[0], hashes[3]), 0);
}

/* Bytes that end too early are an error at every length, not a crash. */
static void test_short_bytes(void)
{
    wn_catalog *catalog = NULL, *copy = NULL;
    unsigned char *bytes = NULL;
    size_t n = 0;
    wn_input input = input_of("columns.h5", NULL, "label");
    if (CHECK_OK(wn_catalog_read(&catalog, &input)) && CHECK_OK(wn_catalog_to_bytes(catalog, &bytes, &n))) {
        for (size_t i = 0; i < n; i++)
            CU_ASSERT_EQUAL(wn_catalog_from_bytes(&copy, bytes, i), WN_INTERNAL);
    }
    wn_free(bytes);
    wn_catalog_free(catalog);
}

static const wn_test tests[] = {{"the same on all ranks", test_shared},
                                {"fails on all ranks", test_shared_failure},
                                {"parts", test_parts},
                                {"blocks", test_blocks},
                                {"few of many columns", test_few_of_many},
                                {"files and test files", test_files},
                                {"columns", test_columns},
                                {"types and fill values", test_types},
                                {"bad files", test_bad_files},
                                {"key of label", test_key_of_label},
                                {"bad other files", test_bad_externals},
                                {"hash of other files", test_external_hash},
                                {"bad columns", test_bad_columns},
                                {"unequal files", test_unequal_files},
                                {"hash", test_hash},
                                {"short bytes", test_short_bytes}};
TEST_MAIN("catalog", tests)
