#include "prefetch.h"

#include "winnow/memory.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { SLOTS = 3 }; /* one with the taker, one full, one being filled */

struct wn_prefetch {
    wn_reader *reader;    /* borrowed */
    const int64_t *order; /* borrowed */
    size_t n;
    wn_block *slots[SLOTS];
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    size_t n_filled, n_taken, n_released;
    bool is_stopped;
    wn_status status;
    char message[WN_MESSAGE_SIZE]; /* the thread's, whose own last message is not seen by others */
};

/* Waits for a free slot; false when it is time to end. */
static bool wait_for_room(wn_prefetch *prefetch)
{
    pthread_mutex_lock(&prefetch->lock);
    while (!prefetch->is_stopped && prefetch->n_filled - prefetch->n_released >= SLOTS)
        pthread_cond_wait(&prefetch->changed, &prefetch->lock);
    bool goes_on = !prefetch->is_stopped;
    pthread_mutex_unlock(&prefetch->lock);
    return goes_on;
}

static void publish(wn_prefetch *prefetch, wn_status status)
{
    pthread_mutex_lock(&prefetch->lock);
    prefetch->status = status;
    if (status == WN_OK)
        prefetch->n_filled++;
    else
        snprintf(prefetch->message, sizeof prefetch->message, "%s", wn_status_message());
    pthread_cond_broadcast(&prefetch->changed);
    pthread_mutex_unlock(&prefetch->lock);
}

static void *read_all(void *context)
{
    wn_prefetch *prefetch = context;
    wn_status status = WN_OK;
    for (size_t i = 0; i < prefetch->n && status == WN_OK && wait_for_room(prefetch); i++) {
        status = wn_reader_read(prefetch->reader, prefetch->order[i], prefetch->slots[i % SLOTS]);
        publish(prefetch, status);
    }
    return NULL;
}

static wn_status start_thread(wn_prefetch *prefetch)
{
    int code = pthread_create(&prefetch->thread, NULL, read_all, prefetch);
    if (code != 0)
        return wn_fail(WN_INTERNAL, "cannot start a reading thread: %s", strerror(code));
    prefetch->has_thread = true;
    return WN_OK;
}

wn_status wn_prefetch_start(wn_prefetch **prefetch, wn_reader *reader, const int64_t *order, size_t n)
{
    wn_status status = WN_OK;
    wn_prefetch *made = NULL;
    TRY(wn_new(&made, 1));
    made->reader = reader;
    made->order = order;
    made->n = n;
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->changed, NULL);
    for (size_t s = 0; s < SLOTS && s < n; s++)
        TRY(wn_reader_new_block(reader, &made->slots[s]));
    if (n > 0)
        TRY(start_thread(made));
    *prefetch = made;
    made = NULL;
done:
    wn_prefetch_stop(made);
    return status;
}

wn_status wn_prefetch_take(wn_prefetch *prefetch, wn_block **block)
{
    pthread_mutex_lock(&prefetch->lock);
    prefetch->n_released = prefetch->n_taken;
    pthread_cond_broadcast(&prefetch->changed);
    *block = NULL;
    if (prefetch->n_taken == prefetch->n) {
        pthread_mutex_unlock(&prefetch->lock);
        return WN_OK;
    }
    while (prefetch->n_filled == prefetch->n_taken && prefetch->status == WN_OK)
        pthread_cond_wait(&prefetch->changed, &prefetch->lock);
    bool is_there = prefetch->n_filled > prefetch->n_taken;
    wn_status status = is_there ? WN_OK : prefetch->status;
    if (is_there)
        *block = prefetch->slots[prefetch->n_taken++ % SLOTS];
    pthread_mutex_unlock(&prefetch->lock);
    return status == WN_OK ? WN_OK : wn_fail(status, "%s", prefetch->message);
}

void wn_prefetch_stop(wn_prefetch *prefetch)
{
    if (prefetch == NULL)
        return;
    pthread_mutex_lock(&prefetch->lock);
    prefetch->is_stopped = true;
    pthread_cond_broadcast(&prefetch->changed);
    pthread_mutex_unlock(&prefetch->lock);
    if (prefetch->has_thread)
        pthread_join(prefetch->thread, NULL);
    pthread_cond_destroy(&prefetch->changed);
    pthread_mutex_destroy(&prefetch->lock);
    for (size_t s = 0; s < SLOTS; s++)
        wn_block_free(prefetch->slots[s]);
    wn_free(prefetch);
}
