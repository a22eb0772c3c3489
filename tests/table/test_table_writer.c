#include "winnow/table_writer.h"

#include "expected.h"
#include "testing.h"
#include "winnow/memory.h"

#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { N_ROWS = 5000, N_KINDS = 7 };

static const wn_store_type types[N_KINDS] = {WN_STORE_UINT8, WN_STORE_INT8,    WN_STORE_INT16,  WN_STORE_INT32,
                                             WN_STORE_INT64, WN_STORE_FLOAT32, WN_STORE_FLOAT64};
static const char *const names[N_KINDS] = {"u1", "i1", "i2", "i4", "i8", "f4", "f8"};

/* Row r holds r modulo 120 in the kind's own type. */
static size_t fill_rows(size_t kind, int64_t first, size_t n, void *cells)
{
    static const size_t sizes[N_KINDS] = {1, 1, 2, 4, 8, 4, 8};
    for (size_t i = 0; i < n; i++) {
        int64_t value = (first + (int64_t)i) % 120;
        float single = (float)value;
        double whole = (double)value;
        const void *from = kind == 5 ? (const void *)&single : kind == 6 ? (const void *)&whole : &value;
        memcpy((char *)cells + i * sizes[kind], from, sizes[kind]); /* little-endian, as these tests run */
    }
    return sizes[kind];
}

static wn_status add_datasets(wn_table_writer *writer, size_t *number)
{
    static const char *const columns[] = {"a", "b", "c", "d", "e", "\xc3\xa9"};
    wn_status status = WN_OK;
    for (size_t k = 0; k < N_KINDS; k++)
        TRY(wn_table_writer_add_dataset(writer, names[k], types[k], NULL, 0, k % 2 ? 4 : 0, &number[k]));
    TRY(wn_table_writer_add_dataset(writer, "wide", WN_STORE_FLOAT32, (const size_t[]){6}, 1, 1, &number[N_KINDS]));
    TRY(wn_table_writer_add_dataset(writer, "deep", WN_STORE_FLOAT32, (const size_t[]){3, 2}, 2, 0,
                                    &number[N_KINDS + 1]));
    TRY(wn_table_writer_set_columns(writer, number[N_KINDS], columns, 6));
done:
    return status;
}

static wn_status append_run(wn_table_writer *writer, const size_t *number, int64_t first, size_t n)
{
    static int64_t cells[N_ROWS];
    static float wide[N_ROWS * 6];
    wn_status status = WN_OK;
    for (size_t k = 0; k < N_KINDS; k++) {
        fill_rows(k, first, n, cells);
        TRY(wn_table_writer_append(writer, number[k], cells, n));
    }
    for (size_t i = 0; i < n * 6; i++)
        wide[i] = (float)(first * 6 + (int64_t)i);
    TRY(wn_table_writer_append(writer, number[N_KINDS], wide, n));
    TRY(wn_table_writer_append(writer, number[N_KINDS + 1], wide, n));
done:
    return status;
}

static wn_status write_table(const char *path)
{
    static const size_t runs[] = {1, 0, 999, 3000, 1000};
    wn_status status = WN_OK;
    wn_table_writer *writer = NULL;
    size_t number[N_KINDS + 2];
    int64_t row = 0;
    TRY(wn_table_writer_open(&writer, path));
    TRY(add_datasets(writer, number));
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        TRY(append_run(writer, number, row, runs[i]));
        row += (int64_t)runs[i];
    }
    CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
    TRY(wn_table_writer_finish(writer));
done:
    wn_table_writer_close(writer);
    return status;
}

enum { N_SIZED = 1000 };

/* One contiguous dataset and one of chunks; the rows in runs. */
static wn_status write_sized(const char *path, size_t run, size_t n_rows)
{
    wn_status status = WN_OK;
    wn_table_writer *writer = NULL;
    size_t plain, chunked, text;
    char texts[N_SIZED + 200][3] = {""};
    int32_t cells[N_SIZED + 200] = {0};
    const wn_table_storage contiguous = {.n_rows = N_SIZED, .has_fill = true, .fill = -7};
    const wn_table_storage filtered = {.n_rows = N_SIZED, .chunk_rows = 100, .compression = 1, .shuffle = true};
    for (size_t i = 0; i < N_SIZED; i++) {
        cells[i] = (int32_t)(i * i);
        memcpy(texts[i], "xyz", i % 4);
    }
    TRY(wn_table_writer_open(&writer, path));
    TRY(wn_table_writer_add_sized(writer, "plain", WN_STORE_INT32, NULL, 0, &contiguous, &plain));
    TRY(wn_table_writer_add_sized(writer, "chunked", WN_STORE_INT32, NULL, 0, &filtered, &chunked));
    TRY(wn_table_writer_add_texts(writer, "text", 3, &filtered, &text));
    for (size_t i = 0; i < n_rows; i += run) {
        TRY(wn_table_writer_append(writer, text, texts[i], run));
        TRY(wn_table_writer_append(writer, plain, cells + i, run));
        TRY(wn_table_writer_append(writer, chunked, cells + i, run));
    }
    TRY(wn_table_writer_finish(writer));
done:
    wn_table_writer_close(writer);
    return status;
}

static void test_sized(void)
{
    char command[2048];
    CHECK_OK(write_sized(test_path("sized-1.h5"), 1000, N_SIZED));
    CHECK_OK(write_sized(test_path("sized-2.h5"), 200, N_SIZED));
    snprintf(command, sizeof command, "cmp %s %s", test_path("sized-1.h5"), test_path("sized-2.h5"));
    CU_ASSERT_EQUAL(system(command), 0);
    snprintf(command, sizeof command, "%s sized %s", WN_CHECK_OUTPUT, test_path("sized-1.h5"));
    CU_ASSERT(run_python(command));
    CHECK_FAILS(write_sized(test_path("short.h5"), 100, N_SIZED - 100), WN_INTERNAL, "plain lacks rows");
    CHECK_FAILS(write_sized(test_path("long.h5"), 300, N_SIZED + 200), WN_IO, "text");
    CU_ASSERT_NOT_EQUAL(access(test_path("short.h5"), F_OK), 0);
    CU_ASSERT_EQUAL(open_handles(), 0);
}

/* Files in the test's directory: what is left behind. */
static size_t count_files(void)
{
    size_t n = 0;
    DIR *directory = opendir(test_path("."));
    while (directory != NULL && readdir(directory) != NULL)
        n++;
    closedir(directory);
    return n;
}

static void test_written(void)
{
    char arguments[1024];
    size_t before = count_files();
    CHECK_OK(write_table(test_path("written.h5")));
    CU_ASSERT_EQUAL(count_files(), before + 1);
    snprintf(arguments, sizeof arguments, "%s writer %s", WN_CHECK_OUTPUT, test_path("written.h5"));
    CU_ASSERT(run_python(arguments));
}

static void test_unfinished(void)
{
    wn_table_writer *writer = NULL;
    size_t dataset, before = count_files();
    const double cells[3] = {1, 2, 3};
    if (!CHECK_OK(wn_table_writer_open(&writer, test_path("unfinished.h5"))))
        return;
    CHECK_OK(wn_table_writer_add_dataset(writer, "a", WN_STORE_FLOAT64, NULL, 0, 0, &dataset));
    CHECK_OK(wn_table_writer_append(writer, dataset, cells, 3));
    CHECK_OK(wn_table_writer_add_dataset(writer, "b", WN_STORE_FLOAT64, NULL, 0, 0, &dataset));
    CHECK_OK(wn_table_writer_append(writer, dataset, cells, 2));
    CHECK_FAILS(wn_table_writer_finish(writer), WN_INTERNAL, "different lengths");
    wn_table_writer_close(writer);
    CU_ASSERT_EQUAL(count_files(), before);
    wn_table_writer_close(NULL);
}

static void test_cannot_create(void)
{
    wn_table_writer *writer = NULL;
    CHECK_FAILS(wn_table_writer_open(&writer, test_path("nowhere/a.h5")), WN_CANT_CREATE, "No such file or directory");
    CHECK_FAILS(wn_table_writer_open(&writer, test_path(".")), WN_CANT_CREATE, "is not a regular file");
    CU_ASSERT_PTR_NULL(writer);
}

/* The limit on a file's size stands for a full disk: writes fail in the middle. */
static void test_disk_full(void)
{
    struct rlimit before, small;
    size_t n_before = count_files();
    CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    for (rlim_t limit = 0; limit < 300000; limit += 40000) {
        small = (struct rlimit){.rlim_cur = limit, .rlim_max = before.rlim_max};
        CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &small), 0);
        wn_status status = write_table(test_path("full.h5"));
        CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &before), 0);
        CHECK_FAILS(status, WN_IO, "full.h5");
        CU_ASSERT_EQUAL(count_files(), n_before);
    }
    signal(SIGXFSZ, SIG_DFL);
}

static void test_no_memory(void)
{
    size_t used = wn_memory_used(), n_before = count_files();
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; status == WN_NO_MEMORY && nth < 200; nth++) {
        wn_memory_fail_at(nth);
        status = write_table(test_path("memory.h5"));
        wn_memory_fail_at(0);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
        CU_ASSERT_EQUAL(count_files(), n_before + (status == WN_OK));
        remove(test_path("memory.h5"));
    }
    CHECK_OK(status);
}

static const wn_test tests[] = {{"datasets of known length", test_sized},
                                {"h5py reads what was written", test_written},
                                {"an unfinished file goes", test_unfinished},
                                {"cannot create", test_cannot_create},
                                {"disk full", test_disk_full},
                                {"no memory", test_no_memory}};
TEST_MAIN("table_writer", tests)
