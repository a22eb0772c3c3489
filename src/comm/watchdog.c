#include "winnow/watchdog.h"

#include "winnow/clock.h"
#include "winnow/log.h"
#include "winnow/status.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, HOST_SIZE = 128, BEAT_SIZE = 2 * PATH_SIZE };

static const double MOST_INTERVAL = 15, BEATS_OF_LIMIT = 8;

/* What other threads tell. */
static _Atomic(const char *) stage = "start", reading;
static atomic_ulong n_readings; /* begun or ended */

/* The thread's own; written before it starts. */
static struct {
    pthread_t thread;
    bool is_running, has_beats;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool ends;
    int rank, next; /* next: the rank that is watched, -1 for none */
    double limit, interval;
    char directory[PATH_SIZE], mine[PATH_SIZE + 16], theirs[PATH_SIZE + 16], host[HOST_SIZE];
} watch = {.mutex = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

/* Something that should change, and when it last did, by this thread's clock. */
typedef struct {
    char last[BEAT_SIZE];
    double since;
} sign_of_life;

void wn_watchdog_stage(const char *name)
{
    atomic_store(&stage, name);
}

void wn_watchdog_reading(const char *path)
{
    atomic_store(&reading, path);
    atomic_fetch_add(&n_readings, 1);
}

static const char *duration(char text[32])
{
    if (watch.limit >= 60)
        snprintf(text, 32, "%g minutes", watch.limit / 60);
    else
        snprintf(text, 32, "%g seconds", watch.limit);
    return text;
}

/* "rank 3 on host n2 (process 123)", then what it is at: a line for each, so that it can be read back. Always as long,
 * over the one before: a disk that gets full later has room for it. */
static void write_beat(unsigned long number)
{
    char text[BEAT_SIZE] = "";
    const char *path = atomic_load(&reading);
    snprintf(text, sizeof text, "rank %d on host %s (process %ld)\n%s%s in stage %s\n%lu\n", watch.rank, watch.host,
             (long)getpid(), path != NULL ? "reading " : "computing or waiting", path != NULL ? path : "",
             atomic_load(&stage), number);
    int descriptor = open(watch.mine, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return;
    ssize_t n = write(descriptor, text, sizeof text);
    (void)n; /* the next beat tries again */
    close(descriptor);
}

/* False where there is nothing to read; a beat that is just being written reads as a change, or as nothing. */
static bool read_beat(char text[BEAT_SIZE])
{
    int descriptor = open(watch.theirs, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    ssize_t n = read(descriptor, text, BEAT_SIZE - 1);
    close(descriptor);
    text[n > 0 ? n : 0] = '\0';
    return n > 0;
}

static _Noreturn void leave(const char *line)
{
    dprintf(STDERR_FILENO, "winnow: %s\n", line);
    _exit(WN_HUNG);
}

static void tell_neighbour(char *beat)
{
    char line[BEAT_SIZE + 128], text[32];
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

static void tell_reading(const char *path)
{
    char line[BEAT_SIZE], text[32];
    snprintf(line, sizeof line, "rank %d on host %s (process %ld): a read of %s in stage %s has not ended for %s",
             watch.rank, watch.host, (long)getpid(), path, atomic_load(&stage), duration(text));
    leave(line);
}

static void look_at_neighbour(sign_of_life *sign, double now)
{
    char beat[BEAT_SIZE];
    if (read_beat(beat) && strcmp(beat, sign->last) != 0) {
        strcpy(sign->last, beat);
        sign->since = now;
    }
    if (now - sign->since > watch.limit)
        tell_neighbour(sign->last);
}

static void look_at_reading(unsigned long *last, double *since, double now)
{
    unsigned long number = atomic_load(&n_readings);
    const char *path = atomic_load(&reading);
    if (number != *last || path == NULL) {
        *last = number;
        *since = now;
    }
    if (now - *since > watch.limit)
        tell_reading(path);
}

/* Sleeps for an interval; false when it is time to end. */
static bool sleep_on(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    double whole = (double)until.tv_nsec / 1e9 + watch.interval;
    until.tv_sec += (time_t)whole;
    until.tv_nsec = (long)((whole - (double)(time_t)whole) * 1e9);
    pthread_mutex_lock(&watch.mutex);
    if (!watch.ends)
        pthread_cond_timedwait(&watch.wake, &watch.mutex, &until);
    bool goes_on = !watch.ends;
    pthread_mutex_unlock(&watch.mutex);
    return goes_on;
}

static void *run(void *unused)
{
    static sign_of_life neighbour;
    double now = wn_clock_seconds(), reading_since = now, before = now;
    unsigned long last_reading = 0;
    (void)unused;
    neighbour = (sign_of_life){.since = now};
    for (unsigned long number = 0;; number++) {
        if (watch.has_beats)
            write_beat(number);
        if (!sleep_on())
            return NULL;
        now = wn_clock_seconds();
        if (now - before > 4 * watch.interval) /* this process was stopped itself */
            neighbour.since = reading_since = now;
        before = now;
        if (watch.has_beats && watch.next >= 0)
            look_at_neighbour(&neighbour, now);
        look_at_reading(&last_reading, &reading_since, now);
    }
}

static bool is_number(const char *name)
{
    return *name != '\0' && name[strspn(name, "0123456789")] == '\0';
}

static void remove_beats(void)
{
    char path[sizeof watch.mine + 256];
    DIR *stream = opendir(watch.directory);
    for (const struct dirent *entry = stream != NULL ? readdir(stream) : NULL; entry != NULL; entry = readdir(stream)) {
        snprintf(path, sizeof path, "%s/%s", watch.directory, entry->d_name);
        if (is_number(entry->d_name))
            unlink(path);
    }
    if (stream != NULL)
        closedir(stream);
}

/* On rank 0. */
static bool make_directory(void)
{
    if (mkdir(watch.directory, 0777) != 0 && errno != EEXIST) {
        wn_log_warning("%s: %s: ranks cannot watch each other", watch.directory, strerror(errno));
        return false;
    }
    remove_beats();
    return true;
}

/* Signals are for the main thread. */
static wn_status start_thread(void)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int cause = pthread_create(&watch.thread, NULL, run, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    watch.is_running = cause == 0;
    return cause == 0 ? WN_OK : wn_fail(WN_INTERNAL, "the watchdog gets no thread: %s", strerror(cause));
}

static void describe(const wn_ranks *ranks, const char *directory, double seconds)
{
    double interval = seconds / BEATS_OF_LIMIT;
    watch.ends = false;
    watch.limit = seconds;
    watch.interval = interval < MOST_INTERVAL ? interval : MOST_INTERVAL;
    watch.rank = ranks->rank;
    watch.next = ranks->size > 1 ? (ranks->rank + 1) % ranks->size : -1;
    gethostname(watch.host, sizeof watch.host - 1);
    snprintf(watch.directory, sizeof watch.directory, "%s", directory);
    snprintf(watch.mine, sizeof watch.mine, "%s/%d", watch.directory, watch.rank);
    snprintf(watch.theirs, sizeof watch.theirs, "%s/%d", watch.directory, watch.next);
}

/* Collective. Whether every rank sees the beat of the next: not where the directory is not the same for all. */
static wn_status try_beats(const wn_ranks *ranks)
{
    wn_status status = WN_OK;
    char beat[BEAT_SIZE];
    int64_t is_blind = ranks->rank == 0 && !make_directory();
    TRY(wn_ranks_max(ranks, &is_blind, 1));
    if (is_blind)
        goto done;
    write_beat(0);
    TRY(wn_ranks_max(ranks, &is_blind, 1));
    is_blind = watch.next >= 0 && !read_beat(beat);
    TRY(wn_ranks_max(ranks, &is_blind, 1));
    if (is_blind)
        wn_log_warning("%s: ranks do not see each other's files there, and cannot watch each other", watch.directory);
    watch.has_beats = !is_blind;
done:
    return status;
}

wn_status wn_watchdog_start(const wn_ranks *ranks, const char *directory, double seconds)
{
    wn_status status = WN_OK;
    if (!(seconds > 0) || directory == NULL)
        return WN_OK;
    describe(ranks, directory, seconds);
    TRY(try_beats(ranks));
    TRY(wn_ranks_agree(ranks, start_thread()));
done:
    return status;
}

void wn_watchdog_stop(const wn_ranks *ranks)
{
    if (watch.is_running) {
        pthread_mutex_lock(&watch.mutex);
        watch.ends = true;
        pthread_cond_signal(&watch.wake);
        pthread_mutex_unlock(&watch.mutex);
        pthread_join(watch.thread, NULL);
        watch.is_running = false;
    }
    if (watch.has_beats) {
        unlink(watch.mine);
        MPI_Barrier(ranks->comm);
        if (ranks->rank == 0)
            rmdir(watch.directory);
    }
    watch.has_beats = false;
}
