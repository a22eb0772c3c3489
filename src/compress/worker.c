#include "worker.h"

#include "winnow/background.h"
#include "winnow/clock.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

typedef enum { IDLE, BUSY, ENDED } worker_state;

struct wn_worker {
    wn_status (*work)(void *context);
    void *context;
    bool has_thread;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    /* under the mutex */
    worker_state state;
    wn_status status;
    char message[WN_MESSAGE_SIZE];
    double busy, waited;
};

static double delay;

void wn_background_slow_down(double seconds)
{
    delay = seconds;
}

static void sleep_for(double seconds)
{
    struct timespec time = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    if (seconds > 0)
        nanosleep(&time, NULL);
}

/* One piece of work; the first failure is kept. */
static void do_work(wn_worker *worker)
{
    double start = wn_clock_seconds();
    sleep_for(delay);
    wn_status status = worker->work(worker->context);
    pthread_mutex_lock(&worker->mutex);
    if (status != WN_OK && worker->status == WN_OK) {
        worker->status = status;
        snprintf(worker->message, sizeof worker->message, "%s", wn_status_message());
    }
    worker->busy += wn_clock_seconds() - start;
    worker->state = IDLE;
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->mutex);
}

static void *run(void *argument)
{
    wn_worker *worker = argument;
    for (;;) {
        pthread_mutex_lock(&worker->mutex);
        while (worker->state == IDLE)
            pthread_cond_wait(&worker->changed, &worker->mutex);
        bool ended = worker->state == ENDED;
        pthread_mutex_unlock(&worker->mutex);
        if (ended)
            return NULL;
        do_work(worker);
    }
}

wn_status wn_worker_new(wn_worker **worker, wn_status (*work)(void *context), void *context, bool has_thread)
{
    wn_worker *made = NULL;
    wn_status status = wn_new(&made, 1);
    if (status != WN_OK)
        return status;
    made->work = work;
    made->context = context;
    made->has_thread = has_thread;
    pthread_mutex_init(&made->mutex, NULL);
    wn_clock_condition(&made->changed);
    if (has_thread) {
        int failed = pthread_create(&made->thread, NULL, run, made);
        if (failed != 0) {
            made->has_thread = false;
            wn_worker_free(made);
            return wn_fail(WN_UNAVAILABLE, "the background stage gets no thread: %s", strerror(failed));
        }
    }
    *worker = made;
    return WN_OK;
}

/* With the mutex held. Until the thread is idle, or this process is asked to stop; that is looked at a few times a
 * second. */
static void wait_or_stop(wn_worker *worker)
{
    static const double LOOK_SECONDS = 0.05;
    while (worker->state == BUSY && !wn_stop_requested())
        wn_clock_wait(&worker->changed, &worker->mutex, wn_clock_seconds() + LOOK_SECONDS);
}

wn_status wn_worker_wait_or_stop(wn_worker *worker)
{
    double start = wn_clock_seconds();
    pthread_mutex_lock(&worker->mutex);
    bool was_busy = worker->state == BUSY;
    wait_or_stop(worker);
    bool is_busy = worker->state == BUSY;
    if (was_busy && is_busy)
        worker->waited += wn_clock_seconds() - start;
    pthread_mutex_unlock(&worker->mutex);
    return is_busy ? wn_stop_fail("training") : wn_worker_wait(worker);
}

wn_status wn_worker_wait(wn_worker *worker)
{
    double start = wn_clock_seconds();
    pthread_mutex_lock(&worker->mutex);
    bool was_busy = worker->state == BUSY;
    while (worker->state == BUSY)
        pthread_cond_wait(&worker->changed, &worker->mutex);
    if (was_busy)
        worker->waited += wn_clock_seconds() - start;
    wn_status status = worker->status;
    worker->status = WN_OK;
    if (status != WN_OK)
        status = wn_fail(status, "%s", worker->message);
    pthread_mutex_unlock(&worker->mutex);
    return status;
}

void wn_worker_begin(wn_worker *worker)
{
    if (!worker->has_thread) {
        double start = wn_clock_seconds();
        do_work(worker);
        worker->waited += wn_clock_seconds() - start;
        return;
    }
    pthread_mutex_lock(&worker->mutex);
    worker->state = BUSY;
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->mutex);
}

void wn_worker_seconds(wn_worker *worker, double *busy, double *waited)
{
    pthread_mutex_lock(&worker->mutex);
    *busy = worker->busy;
    *waited = worker->waited;
    pthread_mutex_unlock(&worker->mutex);
}

void wn_worker_free(wn_worker *worker)
{
    if (worker == NULL)
        return;
    if (worker->has_thread) {
        pthread_mutex_lock(&worker->mutex);
        while (worker->state == BUSY)
            pthread_cond_wait(&worker->changed, &worker->mutex);
        worker->state = ENDED;
        pthread_cond_broadcast(&worker->changed);
        pthread_mutex_unlock(&worker->mutex);
        pthread_join(worker->thread, NULL);
    }
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->mutex);
    wn_free(worker);
}
