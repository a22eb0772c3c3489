/* The watchdog leaves nothing behind, lets ranks alone that beat, on a full disk too, and survives a directory that
 * cannot be written or that each rank has for itself. Here the disk is full, and the clock on the wall is set, on
 * demand. (What it does to a rank that stops, tests/run/hang.py shows: it ends the process.) */
#include "winnow/watchdog.h"

#include "testing.h"
#include "winnow/log.h"

#include <errno.h>
#include <jansson.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static atomic_bool disk_is_full, clock_is_set;

/* In the C library's place: on a full disk a file cannot grow, but what it has can be written again. */
ssize_t write(int descriptor, const void *bytes, size_t n)
{
    struct stat about;
    if (atomic_load(&disk_is_full) && fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) &&
        lseek(descriptor, 0, SEEK_CUR) + (off_t)n > about.st_size) {
        errno = ENOSPC;
        return -1;
    }
    return (ssize_t)syscall(SYS_write, descriptor, bytes, n);
}

/* In the C library's place: someone has set the clock an hour ahead, which the kernel's own timers do not know. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && clock == CLOCK_REALTIME && atomic_load(&clock_is_set))
        now->tv_sec += 3600;
    return result;
}

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

static void read_text(const char *path, char text[4096])
{
    FILE *file = fopen(path, "r");
    text[0] = '\0';
    CU_ASSERT_PTR_NOT_NULL(file);
    if (file != NULL) {
        text[fread(text, 1, 4095, file)] = '\0';
        fclose(file);
    }
}

static void put_old_beat(int rank)
{
    mkdir(test_path("ranks"), 0777);
    FILE *old = fopen(beat_of(rank), "w");
    CU_ASSERT_PTR_NOT_NULL(old);
    if (old != NULL)
        fclose(old);
}

/* Every rank's beat is there, says what it is at, and goes on when the clock is set; an old one of a rank that is no
 * more is gone. */
static void test_beats(void)
{
    char first[4096], text[4096], wanted[128];
    if (test_ranks.rank == 0)
        put_old_beat(4711);
    MPI_Barrier(test_ranks.comm);
    wn_watchdog_stage("a test");
    wn_watchdog_reading("some/file.h5");
    atomic_store(&clock_is_set, true);
    CHECK_OK(wn_watchdog_start(&test_ranks, test_path("ranks"), 4));
    sleep_for(0.1);
    read_text(beat_of(test_ranks.rank), first);
    sleep_for(1.4);
    read_text(beat_of(test_ranks.rank), text);
    atomic_store(&clock_is_set, false);
    snprintf(wanted, sizeof wanted, "rank %d on host ", test_ranks.rank);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, wanted));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nreading some/file.h5 in stage a test\n"));
    CU_ASSERT_STRING_NOT_EQUAL(first, text);
    CU_ASSERT_NOT_EQUAL(access(beat_of(4711), F_OK), 0);
    wn_watchdog_reading(NULL);
    wn_watchdog_stop(&test_ranks);
    MPI_Barrier(test_ranks.comm);
    CU_ASSERT_NOT_EQUAL(access(test_path("ranks"), F_OK), 0);
    MPI_Barrier(test_ranks.comm);
}

/* Ranks that wait for a late one to end the run, for more than the limit, go on; also as the disk gets full. */
static void test_long_work(void)
{
    CHECK_OK(wn_watchdog_start(&test_ranks, test_path("ranks"), 1));
    atomic_store(&disk_is_full, true);
    if (test_ranks.rank == 0)
        sleep_for(2.8);
    wn_watchdog_stop(&test_ranks);
    atomic_store(&disk_is_full, false);
}

/* Nobody misses a rank whose beats it cannot see; a line says so once. */
static void test_separate_directories(void)
{
    char name[64];
    snprintf(name, sizeof name, "host-%d", test_ranks.rank);
    mkdir(test_path(name), 0777);
    size_t before = json_array_size(wn_log_warnings());
    CHECK_OK(wn_watchdog_start(&test_ranks, test_path(name), 1));
    CU_ASSERT_EQUAL(json_array_size(wn_log_warnings()) - before, test_ranks.size > 1);
    sleep_for(test_ranks.size > 1 ? 2.8 : 0);
    wn_watchdog_stop(&test_ranks);
    wn_watchdog_clear(test_path(name));
    CU_ASSERT_NOT_EQUAL(access(test_path(name), F_OK), 0);
}

/* What is not a beat stays. */
static void test_clear(void)
{
    if (test_ranks.rank != 0)
        return;
    put_old_beat(3);
    put_old_beat(12);
    FILE *other = fopen(test_path("ranks/notes"), "w");
    if (other != NULL)
        fclose(other);
    wn_watchdog_clear(test_path("ranks"));
    CU_ASSERT_NOT_EQUAL(access(beat_of(3), F_OK), 0);
    CU_ASSERT_NOT_EQUAL(access(beat_of(12), F_OK), 0);
    CU_ASSERT_EQUAL(unlink(test_path("ranks/notes")), 0);
    wn_watchdog_clear(test_path("ranks"));
    CU_ASSERT_NOT_EQUAL(access(test_path("ranks"), F_OK), 0);
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

static const wn_test tests[] = {{"beats", test_beats},
                                {"long work", test_long_work},
                                {"separate directories", test_separate_directories},
                                {"clear", test_clear},
                                {"without a directory", test_without_directory}};

TEST_MAIN("comm/watchdog", tests)
