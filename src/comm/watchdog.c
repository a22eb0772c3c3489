#include "winnow/watchdog.h"

#include "beat.h"
#include "winnow/clock.h"
#include "winnow/log.h"
#include "winnow/status.h"
#include "winnow/stop.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, HOST_SIZE = 128 };

/* Seconds, but for BEATS_OF_LIMIT. LAUNCHER_WAIT: a launcher that was told to end a rank kills it within this (Open MPI
 * 2, Slurm's KillWait 30). */
static const double MOST_INTERVAL = 15, BEATS_OF_LIMIT = 8, LAUNCHER_WAIT = 35;

/* What may never come back: begun with a path, ended with NULL; n counts both. */
typedef struct {
    const char *what;
    _Atomic(const char *) path;
    atomic_ulong n;
} activity;

static activity reading = {.what = "a read of"}, beating = {.what = "an access to"};
static _Atomic(const char *) stage = "start";

typedef struct {
    pthread_t thread;
    bool is_running, ends;
} worker;

/* The threads' own; written before they start but for what is atomic or under the mutex (ends, seen). The keeper
 * touches the beats, and may never return from it; the timer only looks at what the process remembers. */
static struct {
    worker keeper, timer;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool has_beats;
    atomic_bool has_neighbour;
    int rank, next; /* next: the rank that is watched, -1 for none */
    double limit, interval;
    char directory[PATH_SIZE], mine[PATH_SIZE + 16], theirs[PATH_SIZE + 16], host[HOST_SIZE];
    char seen[WN_BEAT_SIZE]; /* the last beat of the next rank */
    atomic_ulong n_seen;     /* how often it changed */
} watch = {.mutex = PTHREAD_MUTEX_INITIALIZER};

/* A count that should grow, and when it last did, by this process's clock. */
typedef struct {
    unsigned long last;
    double since;
} sign_of_life;

static void set(activity *it, const char *path)
{
    atomic_store(&it->path, path);
    atomic_fetch_add(&it->n, 1);
}

void wn_watchdog_stage(const char *name)
{
    atomic_store(&stage, name);
}

void wn_watchdog_reading(const char *path)
{
    set(&reading, path);
}

static const char *duration(char text[32])
{
    if (watch.limit >= 60)
        snprintf(text, 32, "%g minutes", watch.limit / 60);
    else
        snprintf(text, 32, "%g seconds", watch.limit);
    return text;
}

/* Sleeps for an interval; false when it is time to end. */
static bool sleep_on(const worker *sleeper)
{
    double until = wn_clock_seconds() + watch.interval;
    pthread_mutex_lock(&watch.mutex);
    while (!sleeper->ends && wn_clock_wait(&watch.wake, &watch.mutex, until))
        continue;
    bool goes_on = !sleeper->ends;
    pthread_mutex_unlock(&watch.mutex);
    return goes_on;
}

/* "rank 3 on host n2 (process 123)", then what it is at: a line for each, so that it can be read back. */
static void write_beat(unsigned long number)
{
    char text[WN_BEAT_SIZE] = "";
    const char *path = atomic_load(&reading.path);
    snprintf(text, sizeof text, "rank %d on host %s (process %ld)\n%s%s in stage %s\n%lu\n", watch.rank, watch.host,
             (long)getpid(), path != NULL ? "reading " : "computing or waiting", path != NULL ? path : "",
             atomic_load(&stage), number);
    wn_beat_write(watch.mine, text);
}

static void look_at_neighbour(void)
{
    char beat[WN_BEAT_SIZE];
    if (!wn_beat_read(watch.theirs, beat) || strcmp(beat, watch.seen) == 0)
        return;
    pthread_mutex_lock(&watch.mutex);
    strcpy(watch.seen, beat);
    pthread_mutex_unlock(&watch.mutex);
    atomic_fetch_add(&watch.n_seen, 1);
}

static void *keep_beats(void *unused)
{
    unsigned long number = 1;
    (void)unused;
    do {
        set(&beating, watch.directory);
        write_beat(number++);
        if (watch.next >= 0)
            look_at_neighbour();
        set(&beating, NULL);
    } while (sleep_on(&watch.keeper));
    return NULL;
}

static _Noreturn void leave(const char *line)
{
    dprintf(STDERR_FILENO, "winnow: %s\n", line);
    _exit(WN_HUNG);
}

static _Noreturn void tell_neighbour(void)
{
    char line[WN_BEAT_SIZE + 128], text[32], *beat = watch.seen;
    pthread_mutex_lock(&watch.mutex); /* and never let go */
    char *doing = strchr(beat, '\n');
    if (doing == NULL) {
        snprintf(line, sizeof line, "rank %d has given no sign of life for %s", watch.next, duration(text));
        leave(line);
    }
    *doing++ = '\0';
    doing[strcspn(doing, "\n")] = '\0';
    snprintf(line, sizeof line, "%s has given no sign of life for %s, last seen %s", beat, duration(text), doing);
    leave(line);
}

static _Noreturn void tell_activity(const activity *it, const char *path)
{
    char line[WN_BEAT_SIZE], text[32];
    snprintf(line, sizeof line, "rank %d on host %s (process %ld): %s %s in stage %s has not ended for %s", watch.rank,
             watch.host, (long)getpid(), it->what, path, atomic_load(&stage), duration(text));
    leave(line);
}

/* Also where the main thread cannot take the signal, as it waits for a file system. */
static bool is_asked_to_end(void)
{
    sigset_t pending;
    return wn_stop_requested() || (sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1);
}

/* How long to wait before telling. What several ranks suffer, a file system that hangs, gives one line: rank 0 tells
 * first, then who has a trouble of its own, then who misses another; each turn is longer than two beats differ, and
 * than a launcher needs to pass on that a rank has ended. */
static double patience(int turn)
{
    double step = 2 * watch.interval + fmin(watch.limit / 4, 1);
    return watch.limit + turn * step + (is_asked_to_end() ? LAUNCHER_WAIT : 0);
}

static double age(sign_of_life *sign, unsigned long n, bool is_idle, double now)
{
    if (n != sign->last || is_idle)
        *sign = (sign_of_life){.last = n, .since = now};
    return now - sign->since;
}

static void judge_activity(const activity *it, sign_of_life *sign, double now)
{
    unsigned long n = atomic_load(&it->n);
    const char *path = atomic_load(&it->path);
    if (age(sign, n, path == NULL, now) > patience(watch.rank > 0) && path != NULL)
        tell_activity(it, path);
}

static void *keep_time(void *unused)
{
    double before = wn_clock_seconds();
    sign_of_life reads = {.since = before}, beats = reads, neighbour = reads;
    (void)unused;
    while (sleep_on(&watch.timer)) {
        double now = wn_clock_seconds();
        if (now - before > 4 * watch.interval) /* this process was stopped itself */
            reads.since = beats.since = neighbour.since = now;
        before = now;
        judge_activity(&reading, &reads, now);
        judge_activity(&beating, &beats, now);
        if (age(&neighbour, atomic_load(&watch.n_seen), !atomic_load(&watch.has_neighbour), now) > patience(2))
            tell_neighbour();
    }
    return NULL;
}

/* On rank 0. */
static bool make_directory(void)
{
    if (mkdir(watch.directory, 0777) != 0 && errno != EEXIST) {
        wn_log_warning("%s: %s: ranks cannot watch each other", watch.directory, strerror(errno));
        return false;
    }
    wn_beat_remove_all(watch.directory);
    return true;
}

/* Signals are for the main thread. */
static wn_status worker_start(worker *it, void *(*run)(void *))
{
    sigset_t all, before;
    sigfillset(&all);
    it->ends = false;
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int cause = pthread_create(&it->thread, NULL, run, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    it->is_running = cause == 0;
    return cause == 0 ? WN_OK : wn_fail(WN_INTERNAL, "the watchdog gets no thread: %s", strerror(cause));
}

static void worker_end(worker *it)
{
    if (!it->is_running)
        return;
    pthread_mutex_lock(&watch.mutex);
    it->ends = true;
    pthread_cond_broadcast(&watch.wake);
    pthread_mutex_unlock(&watch.mutex);
    pthread_join(it->thread, NULL);
    it->is_running = false;
}

static void make_wake(void)
{
    wn_clock_condition(&watch.wake);
}

static void describe(const wn_ranks *ranks, const char *directory, double seconds)
{
    watch.limit = seconds;
    watch.interval = fmin(seconds / BEATS_OF_LIMIT, MOST_INTERVAL);
    watch.rank = ranks->rank;
    watch.next = ranks->size > 1 ? (ranks->rank + 1) % ranks->size : -1;
    watch.seen[0] = '\0';
    gethostname(watch.host, sizeof watch.host - 1);
    snprintf(watch.directory, sizeof watch.directory, "%s", directory);
    snprintf(watch.mine, sizeof watch.mine, "%s/%d", watch.directory, watch.rank);
    snprintf(watch.theirs, sizeof watch.theirs, "%s/%d", watch.directory, watch.next);
}

/* Collective. Whether every rank sees the beat of the next: not where the directory is not the same for all. */
static wn_status try_beats(const wn_ranks *ranks)
{
    wn_status status = WN_OK;
    char beat[WN_BEAT_SIZE];
    int64_t is_blind = ranks->rank == 0 && !make_directory();
    TRY(wn_ranks_max(ranks, &is_blind, 1));
    if (is_blind)
        goto done;
    write_beat(0);
    TRY(wn_ranks_max(ranks, &is_blind, 1));
    is_blind = watch.next >= 0 && !wn_beat_read(watch.theirs, beat);
    TRY(wn_ranks_max(ranks, &is_blind, 1));
    if (is_blind)
        wn_log_warning("%s: ranks do not see each other's files there, and cannot watch each other", watch.directory);
    watch.has_beats = !is_blind;
    atomic_store(&watch.has_neighbour, watch.has_beats && watch.next >= 0);
done:
    return status;
}

wn_status wn_watchdog_start(const wn_ranks *ranks, const char *directory, double seconds)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    wn_status status = WN_OK;
    if (!(seconds > 0) || directory == NULL)
        return WN_OK;
    pthread_once(&once, make_wake);
    describe(ranks, directory, seconds);
    TRY(try_beats(ranks));
    status = worker_start(&watch.timer, keep_time);
    if (status == WN_OK && watch.has_beats)
        status = worker_start(&watch.keeper, keep_beats);
    TRY(wn_ranks_agree(ranks, status));
done:
    return status;
}

/* Everyone beats until all are here: who waits for a late one is not missed meanwhile. */
void wn_watchdog_stop(const wn_ranks *ranks)
{
    if (watch.has_beats)
        MPI_Barrier(ranks->comm);
    atomic_store(&watch.has_neighbour, false);
    worker_end(&watch.keeper);
    if (watch.has_beats) {
        set(&beating, watch.directory);
        unlink(watch.mine);
        set(&beating, NULL);
        MPI_Barrier(ranks->comm);
        set(&beating, watch.directory);
        if (ranks->rank == 0)
            wn_watchdog_clear(watch.directory);
        set(&beating, NULL);
    }
    worker_end(&watch.timer);
    watch.has_beats = false;
}

void wn_watchdog_clear(const char *directory)
{
    wn_beat_remove_all(directory);
    rmdir(directory);
}
