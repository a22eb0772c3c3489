/* The lock of a run directory, by opening the directory. */
#include "directories.h"
#include "lock_holder.h"
#include "winnow/memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static const wn_hash key = {1, 2};

/* The lock of another process that is alive. */
static void a_directory_in_use_is_refused(void)
{
    wn_run_directory *directory = NULL, *second = NULL;
    if (!CHECK_OK(open_directory(&directory, "used", WN_RESUME_AUTO)))
        return;
    size_t used = wn_memory_used();
    CU_ASSERT_EQUAL(open_directory(&second, "used", WN_RESUME_AUTO), WN_CANT_CREATE);
    CU_ASSERT_PTR_NULL(second);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "is in use by process"));
    CU_ASSERT_EQUAL(wn_memory_used(), used);
    json_t *result = json_pack("{s:f}", "x", 0.1);
    CHECK_OK(
        wn_run_directory_finish_stage(&test_ranks, directory, "recipe", key, NULL, 0, result)); /* it still writes */
    json_decref(result);
    wn_run_directory_close(directory);
}

static void put_lock(const char *name, const wn_lock_holder *holder, int seconds_old)
{
    mkdir(test_path(name), 0777);
    const char *path = below(name, "lock");
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    CU_ASSERT_TRUE(descriptor >= 0 && wn_lock_holder_write(holder, descriptor));
    close(descriptor);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec -= seconds_old;
    const struct timespec times[2] = {now, now};
    CU_ASSERT_EQUAL(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void locks_expire(void)
{
    wn_run_directory *directory = NULL;
    if (is_root()) {
        wn_lock_holder holder = wn_lock_holder_self();
        snprintf(holder.host, sizeof holder.host, "another-host");
        snprintf(holder.job, sizeof holder.job, "4711");
        put_lock("fresh", &holder, 50);
        put_lock("stale", &holder, 90);
    }
    barrier();
    CU_ASSERT_EQUAL(open_directory(&directory, "fresh", WN_RESUME_AUTO), WN_CANT_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "on another-host, job 4711"));
    if (CHECK_OK(open_directory(&directory, "stale", WN_RESUME_AUTO)))
        wn_run_directory_close(directory);
    barrier();
    CU_ASSERT_FALSE(exists(below("stale", "lock")));
}

/* A process that has ended and that nobody has waited for. */
static pid_t new_zombie(void)
{
    siginfo_t about;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    CU_ASSERT_EQUAL(waitid(P_PID, (id_t)child, &about, WEXITED | WNOWAIT), 0);
    return child;
}

static void locks_end_with_their_process(void)
{
    wn_run_directory *directory = NULL;
    pid_t zombie = 0;
    if (is_root()) {
        wn_lock_holder gone = wn_lock_holder_self(), reused = wn_lock_holder_self(), dead = wn_lock_holder_self();
        zombie = new_zombie();
        dead.process = zombie;
        dead.started = 0;
        put_lock("dead", &dead, 0);
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        waitpid(child, NULL, 0);
        gone.process = child;
        put_lock("gone", &gone, 0);
        reused.started++; /* our number, given to a process that was started at another time */
        put_lock("reused", &reused, 0);
    }
    barrier();
    if (CHECK_OK(open_directory(&directory, "gone", WN_RESUME_AUTO)))
        wn_run_directory_close(directory);
    if (CHECK_OK(open_directory(&directory, "reused", WN_RESUME_AUTO)))
        wn_run_directory_close(directory);
    if (CHECK_OK(open_directory(&directory, "dead", WN_RESUME_AUTO)))
        wn_run_directory_close(directory);
    if (zombie > 0)
        waitpid(zombie, NULL, 0);
}

/* A lock of the same Slurm job counts only as long as Slurm has not started the job again. */
static void locks_end_with_their_attempt(void)
{
    wn_run_directory *directory = NULL;
    if (is_root()) {
        wn_lock_holder before = wn_lock_holder_self();
        snprintf(before.host, sizeof before.host, "another-host");
        snprintf(before.job, sizeof before.job, "4712");
        put_lock("before", &before, 0);
        put_lock("again", &before, 0);
        snprintf(before.job, sizeof before.job, "4713");
        put_lock("other-job", &before, 0);
    }
    barrier();
    setenv("SLURM_JOB_ID", "4712", 1);
    CU_ASSERT_EQUAL(open_directory(&directory, "before", WN_RESUME_AUTO), WN_CANT_CREATE);
    setenv("SLURM_RESTART_COUNT", "1", 1);
    CU_ASSERT_EQUAL(open_directory(&directory, "other-job", WN_RESUME_AUTO), WN_CANT_CREATE);
    if (CHECK_OK(open_directory(&directory, "again", WN_RESUME_AUTO)))
        wn_run_directory_close(directory);
    unsetenv("SLURM_RESTART_COUNT");
    unsetenv("SLURM_JOB_ID");
}

/* What is gone once it is read is tried again, not taken for a lock of nobody: a link to nothing is gone each time. */
static void a_lock_that_goes_is_tried_again(void)
{
    wn_run_directory *directory = NULL;
    if (is_root()) {
        mkdir(test_path("going"), 0777);
        CU_ASSERT_EQUAL(symlink("nothing", below("going", "lock")), 0);
    }
    barrier();
    CU_ASSERT_EQUAL(open_directory(&directory, "going", WN_RESUME_AUTO), WN_CANT_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "others keep taking it"));
}

static void a_lock_taken_over_stops_writing(void)
{
    wn_run_directory *directory = NULL;
    if (!CHECK_OK(open_directory(&directory, "lost", WN_RESUME_AUTO)))
        return;
    if (is_root()) {
        wn_lock_holder other = wn_lock_holder_self();
        put_lock("lost", &other, 0);
        CU_ASSERT_EQUAL(wn_run_directory_write_text(directory, "job.yaml", "x"), WN_CANT_CREATE);
        CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "was taken over"));
    }
    CU_ASSERT_EQUAL(wn_run_directory_finish_stage(&test_ranks, directory, "x", key, NULL, 0, NULL), WN_CANT_CREATE);
    wn_run_directory_close(directory);
    barrier();
    CU_ASSERT_TRUE(exists(below("lost", "lock"))); /* it is the other's */
}

static const wn_test tests[] = {{"a directory in use is refused", a_directory_in_use_is_refused},
                                {"locks expire", locks_expire},
                                {"a lock that goes is tried again", a_lock_that_goes_is_tried_again},
                                {"locks end with their process", locks_end_with_their_process},
                                {"locks end with their attempt", locks_end_with_their_attempt},
                                {"a lock taken over stops writing", a_lock_taken_over_stops_writing}};
TEST_MAIN("directory lock", tests)
