/* The watchdog leaves nothing behind, lets ranks alone that beat, and survives a directory that cannot be written.
 * (What it does to a rank that stops, tests/run/hang.py shows: it ends the process.) */
#include "winnow/watchdog.h"

#include "testing.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void sleep_for(double seconds)
{
    nanosleep(
        &(struct timespec){.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)},
        NULL);
}

static const char *beat_of(int rank)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%d", test_path("ranks"), rank);
    return path;
}

/* Every rank's beat is there and says what it is at; an old one of a rank that is no more is gone. */
static void test_beats(void)
{
    char text[4096] = "", wanted[128];
    if (test_ranks.rank == 0) {
        mkdir(test_path("ranks"), 0777);
        FILE *old = fopen(beat_of(4711), "w");
        CU_ASSERT_PTR_NOT_NULL(old);
        if (old != NULL)
            fclose(old);
    }
    MPI_Barrier(test_ranks.comm);
    wn_watchdog_stage("a test");
    wn_watchdog_reading("some/file.h5");
    CHECK_OK(wn_watchdog_start(&test_ranks, test_path("ranks"), 4));
    sleep_for(1.2);
    FILE *file = fopen(beat_of(test_ranks.rank), "r");
    CU_ASSERT_PTR_NOT_NULL(file);
    if (file != NULL) {
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
    }
    snprintf(wanted, sizeof wanted, "rank %d on host ", test_ranks.rank);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, wanted));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nreading some/file.h5 in stage a test\n"));
    CU_ASSERT_NOT_EQUAL(access(beat_of(4711), F_OK), 0);
    wn_watchdog_reading(NULL);
    wn_watchdog_stop(&test_ranks);
    MPI_Barrier(test_ranks.comm);
    CU_ASSERT_NOT_EQUAL(access(test_path("ranks"), F_OK), 0);
    MPI_Barrier(test_ranks.comm);
}

/* Ranks that only compute, or wait for others, for more than the limit, go on. */
static void test_long_work(void)
{
    CHECK_OK(wn_watchdog_start(&test_ranks, test_path("ranks"), 1));
    if (test_ranks.rank == 0)
        sleep_for(2.5);
    MPI_Barrier(test_ranks.comm);
    wn_watchdog_stop(&test_ranks);
}

static void test_without_directory(void)
{
    CHECK_OK(wn_watchdog_start(&test_ranks, test_path("absent/ranks"), 0.4));
    sleep_for(1);
    wn_watchdog_stop(&test_ranks);
    CHECK_OK(wn_watchdog_start(&test_ranks, test_path("ranks"), 0)); /* not watched */
    wn_watchdog_stop(&test_ranks);
    CU_ASSERT_NOT_EQUAL(access(test_path("ranks"), F_OK), 0);
}

static const wn_test tests[] = {
    {"beats", test_beats}, {"long work", test_long_work}, {"without a directory", test_without_directory}};

TEST_MAIN("comm/watchdog", tests)
