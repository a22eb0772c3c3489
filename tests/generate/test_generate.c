#include "winnow/generate.h"

#include "testing.h"
#include "truth_file.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static wn_generate_options options_of(const char *output)
{
    wn_generate_options options = wn_generate_defaults(400, 30);
    options.output = output;
    options.n_files = 3;
    options.n_categories = 1;
    options.n_levels = 3;
    options.missing = 0.1;
    options.is_chunked = true;
    options.compression = 1;
    return options;
}

/* Collective. Nothing is left of what failed. */
static void check_gone(const char *output)
{
    MPI_Barrier(test_ranks.comm);
    CU_ASSERT(access(output, F_OK) != 0 && errno == ENOENT);
    MPI_Barrier(test_ranks.comm);
}

static void remove_table(const char *output)
{
    static const char *const names[] = {"table-00000.h5", "table-00001.h5", "table-00002.h5", "truth.json", ""};
    MPI_Barrier(test_ranks.comm);
    for (size_t i = 0; test_ranks.rank == 0 && i < sizeof names / sizeof *names; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", output, names[i]);
        CU_ASSERT_EQUAL(remove(path), 0);
    }
    MPI_Barrier(test_ranks.comm);
}

/* An allocation that fails on one rank ends all of them with one status. */
static void test_no_memory(void)
{
    char output[500];
    snprintf(output, sizeof output, "%s", test_path("memory"));
    wn_generate_options options = options_of(output);
    wn_status status = WN_NO_MEMORY;
    size_t used = wn_memory_used();
    int step = test_ranks.size > 1 ? 5 : 1;
    for (int64_t nth = 1; status == WN_NO_MEMORY && nth < 400; nth += step) {
        if (test_ranks.rank == (int)nth % test_ranks.size)
            wn_memory_fail_at(nth);
        status = wn_generate(&test_ranks, &options);
        wn_memory_fail_at(0);
        CU_ASSERT(status == WN_OK || status == WN_NO_MEMORY);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
        if (status != WN_OK)
            check_gone(output);
    }
    if (CHECK_OK(status))
        remove_table(output);
}

static void test_stopped(void)
{
    char output[500];
    snprintf(output, sizeof output, "%s", test_path("stopped"));
    wn_generate_options options = options_of(output);
    options.n_files = (size_t)test_ranks.size; /* work for every rank */
    if (test_ranks.rank == test_ranks.size - 1)
        wn_stop_request(SIGUSR1);
    CU_ASSERT_EQUAL(wn_generate(&test_ranks, &options), WN_STOPPED);
    wn_stop_clear();
    check_gone(output);
}

/* The limit on a file's size stands for a full disk, on the last rank alone. */
static void test_disk_full(void)
{
    char output[500];
    snprintf(output, sizeof output, "%s", test_path("full"));
    wn_generate_options options = options_of(output);
    struct rlimit before, small;
    options.n_files = 3 * (size_t)test_ranks.size;
    options.compression = 0;
    CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    small = (struct rlimit){.rlim_cur = 2500, .rlim_max = before.rlim_max};
    if (test_ranks.rank == test_ranks.size - 1)
        CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &small), 0);
    CU_ASSERT_EQUAL(wn_generate(&test_ranks, &options), WN_IO);
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &before), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "full/table-"));
    signal(SIGXFSZ, SIG_DFL);
    check_gone(output);
}

static void test_refused(void)
{
    wn_generate_options options = options_of(test_path("."));
    CU_ASSERT_EQUAL(wn_generate(&test_ranks, &options), WN_OK); /* its own directory is still empty */
    MPI_Barrier(test_ranks.comm);
    CU_ASSERT_EQUAL(wn_generate(&test_ranks, &options), WN_CANT_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "is not empty"));
    options.missing = 1;
    CU_ASSERT_EQUAL(wn_generate(&test_ranks, &options), WN_USAGE);
}

/* A directory that is being filled is not empty; what failed gives it up. */
static void test_claimed(void)
{
    char output[500], claim[520];
    snprintf(output, sizeof output, "%s", test_path("claimed"));
    snprintf(claim, sizeof claim, "%s/truth.json.part", output);
    wn_generate_options options = options_of(output);
    if (test_ranks.rank == 0)
        CU_ASSERT(mkdir(output, 0777) == 0 && wn_truth_file_claim(output) == WN_OK && access(claim, F_OK) == 0);
    CU_ASSERT_EQUAL(wn_ranks_agree(&test_ranks, WN_OK), WN_OK);
    CU_ASSERT_EQUAL(wn_generate(&test_ranks, &options), WN_CANT_CREATE);
    if (test_ranks.rank == 0) {
        CU_ASSERT_EQUAL(wn_truth_file_claim(output), WN_CANT_CREATE);
        wn_truth_file_release(output);
        CU_ASSERT_EQUAL(rmdir(output), 0);
    }
    check_gone(output);
}

static const wn_test tests[] = {{"no memory", test_no_memory},
                                {"stopped", test_stopped},
                                {"disk full", test_disk_full},
                                {"claimed", test_claimed},
                                {"refused", test_refused}};
TEST_MAIN("generate/generate", tests)
