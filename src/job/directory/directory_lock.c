#include "directory_lock.h"

#include "lock_holder.h"
#include "winnow/clock.h"
#include "winnow/durable.h"
#include "winnow/log.h"
#include "winnow/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 5 };

struct wn_directory_lock {
    wn_lock_holder self;
    char *path, *beside, *stale; /* DIRECTORY/lock, and two names of our own beside it */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool is_beating, ends;
};

/* A file that says who we are; its time of change is the file system's now. */
static wn_status write_self(const wn_directory_lock *lock, const char *path)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return wn_durable_refusal(path);
    bool is_written = wn_lock_holder_write(&lock->self, descriptor);
    int cause = errno;
    if (close(descriptor) == 0 && is_written)
        return WN_OK;
    unlink(path);
    errno = cause;
    return wn_durable_refusal(path);
}

/* Seconds since the holder's last beat, by the clock of the file system. */
static double age_of(const wn_directory_lock *lock)
{
    struct stat mine, theirs;
    utimensat(AT_FDCWD, lock->beside, NULL, 0);
    if (stat(lock->beside, &mine) != 0 || stat(lock->path, &theirs) != 0)
        return 0;
    return difftime(mine.st_mtime, theirs.st_mtime);
}

static wn_status in_use(const wn_directory_lock *lock, const wn_lock_holder *holder, double age)
{
    int n = (int)(strrchr(lock->path, '/') - lock->path);
    return wn_fail(WN_CANT_CREATE, "%.*s is in use by process %lld on %s%s%s, last seen %.0f s ago", n, lock->path,
                   holder->process, *holder->host ? holder->host : "an unknown host", *holder->job ? ", job " : "",
                   holder->job, age > 0 ? age : 0);
}

/* Moves an expired lock away. If another process was quicker, what was moved is its fresh lock: that goes back. */
static wn_status clear_expired(const wn_directory_lock *lock, const wn_lock_holder *expired)
{
    wn_lock_holder moved;
    if (rename(lock->path, lock->stale) != 0)
        return errno == ENOENT ? WN_OK : wn_durable_refusal(lock->path);
    wn_lock_holder_read(&moved, lock->stale);
    if (strcmp(moved.token, expired->token) == 0) {
        unlink(lock->stale);
        return WN_OK;
    }
    if (link(lock->stale, lock->path) != 0 && errno != EEXIST)
        rename(lock->stale, lock->path);
    unlink(lock->stale);
    return in_use(lock, &moved, 0);
}

static wn_status take_or_clear(wn_directory_lock *lock, bool *is_taken)
{
    wn_lock_holder holder;
    if (link(lock->beside, lock->path) == 0) {
        *is_taken = true;
        return WN_OK;
    }
    if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS) {
        /* A file system without hard links. */
        wn_status status = write_self(lock, lock->path);
        *is_taken = status == WN_OK;
        if (*is_taken || errno != EEXIST)
            return status;
    } else if (errno != EEXIST) {
        return wn_durable_refusal(lock->path);
    }
    if (!wn_lock_holder_read(&holder, lock->path) && access(lock->path, F_OK) != 0)
        return WN_OK; /* given up since */
    double age = age_of(lock);
    bool is_gone = wn_lock_holder_is_gone(&holder);
    if (!is_gone && age <= WN_LOCK_EXPIRY_SECONDS)
        return in_use(lock, &holder, age);
    wn_log_info("taking over the lock of process %lld on %s, %s", holder.process, holder.host,
                is_gone ? "which is gone" : "which has not been seen for a minute");
    return clear_expired(lock, &holder);
}

static wn_status take(wn_directory_lock *lock)
{
    bool is_taken = false;
    wn_status status = write_self(lock, lock->beside);
    for (int i = 0; i < TRIES && status == WN_OK && !is_taken; i++)
        status = take_or_clear(lock, &is_taken);
    unlink(lock->beside);
    if (status == WN_OK && !is_taken)
        status = wn_fail(WN_CANT_CREATE, "%s: others keep taking it", lock->path);
    return status;
}

static bool is_ours(const wn_directory_lock *lock)
{
    wn_lock_holder holder;
    return wn_lock_holder_read(&holder, lock->path) && strcmp(holder.token, lock->self.token) == 0;
}

static void *beat(void *argument)
{
    wn_directory_lock *lock = argument;
    pthread_mutex_lock(&lock->mutex);
    while (!lock->ends) {
        double next = wn_clock_seconds() + WN_LOCK_BEAT_SECONDS;
        if (!wn_clock_wait(&lock->wake, &lock->mutex, next) && is_ours(lock))
            utimensat(AT_FDCWD, lock->path, NULL, 0);
    }
    pthread_mutex_unlock(&lock->mutex);
    return NULL;
}

/* Signals are for the main thread: the heartbeat's has all of them blocked. */
static wn_status start_beating(wn_directory_lock *lock)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int cause = pthread_create(&lock->thread, NULL, beat, lock);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (cause != 0)
        return wn_fail(WN_INTERNAL, "cannot start a thread: %s", strerror(cause));
    lock->is_beating = true;
    return WN_OK;
}

wn_status wn_directory_lock_take(wn_directory_lock **lock, const char *directory)
{
    wn_status status = WN_OK;
    wn_directory_lock *made = NULL;
    TRY(wn_new(&made, 1));
    made->self = wn_lock_holder_self();
    pthread_mutex_init(&made->mutex, NULL);
    wn_clock_condition(&made->wake);
    TRY(wn_string_format(&made->path, "%s/lock", directory));
    TRY(wn_string_format(&made->beside, "%s/lock.%s", directory, made->self.token));
    TRY(wn_string_format(&made->stale, "%s/lock.%s.stale", directory, made->self.token));
    TRY(take(made));
    TRY(start_beating(made));
    *lock = made;
    made = NULL;
done:
    wn_directory_lock_give(made);
    return status;
}

void wn_directory_lock_give(wn_directory_lock *lock)
{
    if (!lock)
        return;
    if (lock->is_beating) {
        pthread_mutex_lock(&lock->mutex);
        lock->ends = true;
        pthread_cond_signal(&lock->wake);
        pthread_mutex_unlock(&lock->mutex);
        pthread_join(lock->thread, NULL);
    }
    if (lock->path && is_ours(lock))
        unlink(lock->path);
    pthread_cond_destroy(&lock->wake);
    pthread_mutex_destroy(&lock->mutex);
    wn_free(lock->path);
    wn_free(lock->beside);
    wn_free(lock->stale);
    wn_free(lock);
}

wn_status wn_directory_lock_check(const wn_directory_lock *lock)
{
    if (is_ours(lock))
        return WN_OK;
    wn_lock_holder holder;
    wn_lock_holder_read(&holder, lock->path);
    return wn_fail(WN_CANT_CREATE, "%s was taken over by process %lld on %s", lock->path, holder.process, holder.host);
}
