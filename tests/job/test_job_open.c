#include "job_file.h"
#include "winnow/memory.h"

#include <stdlib.h>
#include <string.h>

/* Rank 0 writes a job file of the test's directory; all wait for it. */
static const char *shared_file(const char *name, const char *text)
{
    if (test_ranks.rank == 0)
        write_file(name, text);
    MPI_Barrier(test_ranks.comm);
    return test_path(name);
}

static void the_same_job_everywhere(void)
{
    static const char *const settings[] = {"train.epochs=3", "name=shared"};
    char place[32];
    snprintf(place, sizeof place, "/data/%d", test_ranks.rank);
    setenv("WINNOW_TEST_PLACE", place, 1); /* differs between ranks: rank 0's counts */
    const char *path = shared_file("open.yaml", "input: {files: [$WINNOW_TEST_PLACE/x], label: y}\ntrain: {}\n");
    wn_job *job = NULL;
    wn_job_errors errors = {0};
    char *text = NULL, *first = NULL;
    if (CHECK_OK(wn_job_open(&test_ranks, &job, path, settings, 2, &errors))) {
        CU_ASSERT_EQUAL(errors.n, 0);
        CU_ASSERT_STRING_EQUAL(job->input.files.text[0], "/data/0/x");
        CU_ASSERT_STRING_EQUAL(job->name, "shared");
        CU_ASSERT_EQUAL(job->train.epochs, 3);
        CHECK_OK(wn_job_text(job, &text));
        first = test_ranks.rank == 0 ? text : NULL;
        CHECK_OK(wn_ranks_broadcast_text(&test_ranks, 0, &first));
        CU_ASSERT_STRING_EQUAL(text, first);
    }
    if (test_ranks.rank != 0)
        wn_free(first);
    wn_free(text);
    wn_job_errors_clear(&errors);
    wn_job_free(job);
}

static void the_same_errors_everywhere(void)
{
    const char *path = shared_file("wrong.yaml", "input: {files: a}\ntrain: {epochs: 0}\nsede: 1\n");
    wn_job *job = NULL;
    wn_job_errors errors = {0};
    CU_ASSERT_EQUAL(wn_job_open(&test_ranks, &job, path, NULL, 0, &errors), WN_BAD_JOB);
    CU_ASSERT_PTR_NULL(job);
    CU_ASSERT_EQUAL(errors.n, 4);
    CU_ASSERT_TRUE(errors.n == 4 && strstr(errors.text[3], ":3:1: sede: is not a key; did you mean seed?") != NULL);
    wn_job_errors_clear(&errors);
}

static void a_missing_file(void)
{
    wn_job *job = NULL;
    wn_job_errors errors = {0};
    CU_ASSERT_EQUAL(wn_job_open(&test_ranks, &job, test_path("none.yaml"), NULL, 0, &errors), WN_NO_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "none.yaml"));
    CU_ASSERT_EQUAL(errors.n, 0);
}

static void out_of_memory_on_one_rank(void)
{
    const char *path = shared_file("right.yaml", "input: {files: [a]}\n");
    size_t used = wn_memory_used();
    for (int64_t nth = 1; nth < 60; nth++) {
        wn_job *job = NULL;
        wn_job_errors errors = {0};
        wn_memory_fail_at(test_ranks.rank == test_ranks.size - 1 ? nth : 0);
        wn_status status = wn_job_open(&test_ranks, &job, path, NULL, 0, &errors);
        wn_memory_fail_at(0);
        int mine = (int)status, most = 0;
        MPI_Allreduce(&mine, &most, 1, MPI_INT, MPI_MAX, test_ranks.comm);
        CU_ASSERT_EQUAL(mine, most);
        CU_ASSERT_TRUE(status == WN_OK || status == WN_NO_MEMORY);
        wn_job_errors_clear(&errors);
        wn_job_free(job);
    }
    CU_ASSERT_EQUAL(wn_memory_used(), used);
}

static const wn_test tests[] = {{"the same job everywhere", the_same_job_everywhere},
                                {"the same errors everywhere", the_same_errors_everywhere},
                                {"a missing file", a_missing_file},
                                {"out of memory on one rank", out_of_memory_on_one_rank}};
TEST_MAIN("job open", tests)
