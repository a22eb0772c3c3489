#include "winnow/workers.h"

#include "winnow/memory.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

typedef struct {
    wn_workers *workers;
    size_t number;
    pthread_t thread;
} worker;

struct wn_workers {
    worker *threads;
    size_t n_threads, n_started;
    pthread_mutex_t lock; /* guards what follows, and groups */
    pthread_cond_t added, done;
    wn_task *first, *last; /* the queue */
    bool is_closed;
};

/* With the lock held. NULL when there will be no more. */
static wn_task *take(wn_workers *workers)
{
    while (workers->first == NULL && !workers->is_closed)
        pthread_cond_wait(&workers->added, &workers->lock);
    wn_task *task = workers->first;
    if (task != NULL)
        workers->first = task->next;
    if (workers->first == NULL)
        workers->last = NULL;
    return task;
}

static void *work(void *context)
{
    const worker *self = context;
    wn_workers *workers = self->workers;
    pthread_mutex_lock(&workers->lock);
    for (wn_task *task; (task = take(workers)) != NULL;) {
        wn_task_group *group = task->group;
        pthread_mutex_unlock(&workers->lock);
        task->run(task, self->number);
        pthread_mutex_lock(&workers->lock);
        if (--group->n_open == 0)
            pthread_cond_broadcast(&workers->done);
    }
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

static wn_status start(wn_workers *workers)
{
    for (size_t i = 0; i < workers->n_threads; i++) {
        workers->threads[i] = (worker){.workers = workers, .number = i};
        int code = pthread_create(&workers->threads[i].thread, NULL, work, &workers->threads[i]);
        if (code != 0)
            return wn_fail(WN_INTERNAL, "cannot start a thread: %s", strerror(code));
        workers->n_started++;
    }
    return WN_OK;
}

wn_status wn_workers_new(wn_workers **workers, size_t n_threads)
{
    wn_status status = WN_OK;
    wn_workers *made = NULL;
    TRY(wn_new(&made, 1));
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->added, NULL);
    pthread_cond_init(&made->done, NULL);
    made->n_threads = n_threads;
    TRY(wn_new(&made->threads, n_threads));
    TRY(start(made));
    *workers = made;
    made = NULL;
done:
    wn_workers_free(made);
    return status;
}

void wn_workers_free(wn_workers *workers)
{
    if (workers == NULL)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->is_closed = true;
    pthread_cond_broadcast(&workers->added);
    pthread_mutex_unlock(&workers->lock);
    for (size_t i = 0; i < workers->n_started; i++)
        pthread_join(workers->threads[i].thread, NULL);
    pthread_cond_destroy(&workers->done);
    pthread_cond_destroy(&workers->added);
    pthread_mutex_destroy(&workers->lock);
    wn_free(workers->threads);
    wn_free(workers);
}

size_t wn_workers_count(const wn_workers *workers)
{
    return workers->n_threads > 0 ? workers->n_threads : 1;
}

void wn_workers_add(wn_workers *workers, wn_task_group *group, wn_task *task)
{
    if (workers->n_threads == 0) {
        task->run(task, 0);
        return;
    }
    task->group = group;
    task->next = NULL;
    pthread_mutex_lock(&workers->lock);
    group->n_open++;
    if (workers->last != NULL)
        workers->last->next = task;
    else
        workers->first = task;
    workers->last = task;
    pthread_cond_signal(&workers->added);
    pthread_mutex_unlock(&workers->lock);
}

void wn_workers_wait(wn_workers *workers, wn_task_group *group)
{
    pthread_mutex_lock(&workers->lock);
    while (group->n_open > 0)
        pthread_cond_wait(&workers->done, &workers->lock);
    pthread_mutex_unlock(&workers->lock);
}
