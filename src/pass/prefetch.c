#include "prefetch.h"

#include "winnow/memory.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Blocks beside those under way or full: the taker's. */
enum { BLOCKS_AT_REST = 1 };

/* A block and its reading. */
typedef struct {
    wn_block *block;
    wn_block_read *read;
} slot;

struct wn_prefetch {
    wn_reader *reader;    /* borrowed */
    const int64_t *order; /* borrowed */
    size_t n, n_slots, n_ahead;
    slot *slots;  /* (n_slots) */
    slot **queue; /* (n_slots) in turn: block number i of the order is in queue[i % n_slots] */
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    slot **idle; /* (n_idle) the one that was given back last at the end: its memory is warm */
    size_t n_idle;
    size_t n_filled, n_taken;
    slot *lent; /* to the taker, or NULL */
    bool is_stopped;
    wn_status status;
    char message[WN_MESSAGE_SIZE]; /* the thread's, whose own last message is not seen by others */
};

/* A slot for the next block; NULL where there is none, or no more are wanted. With nothing under way it is waited for.
 */
static slot *take_idle(wn_prefetch *prefetch, bool waits)
{
    slot *taken = NULL;
    pthread_mutex_lock(&prefetch->lock);
    while (waits && !prefetch->is_stopped && prefetch->n_idle == 0)
        pthread_cond_wait(&prefetch->changed, &prefetch->lock);
    if (!prefetch->is_stopped && prefetch->n_idle > 0)
        taken = prefetch->idle[--prefetch->n_idle];
    pthread_mutex_unlock(&prefetch->lock);
    return taken;
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

/* Starts as many blocks as keep the reader's threads busy, then finishes the oldest; what was started is always
 * finished. */
static void *read_all(void *context)
{
    wn_prefetch *prefetch = context;
    wn_status status = WN_OK;
    size_t n_started = 0, n_finished = 0, n_slots = prefetch->n_slots;
    for (;;) {
        while (status == WN_OK && n_started < prefetch->n && n_started - n_finished < prefetch->n_ahead) {
            slot *next = take_idle(prefetch, n_started == n_finished);
            if (next == NULL)
                break;
            prefetch->queue[n_started % n_slots] = next;
            status = wn_reader_start(prefetch->reader, prefetch->order[n_started++], next->block, next->read);
        }
        if (n_finished == n_started)
            return NULL;
        wn_status finished = wn_reader_finish(prefetch->reader, prefetch->queue[n_finished++ % n_slots]->read);
        if (prefetch->status == WN_OK)
            publish(prefetch, finished);
        status = finished != WN_OK ? finished : status;
    }
}

static wn_status start_thread(wn_prefetch *prefetch)
{
    int code = pthread_create(&prefetch->thread, NULL, read_all, prefetch);
    if (code != 0)
        return wn_fail(WN_INTERNAL, "cannot start a reading thread: %s", strerror(code));
    prefetch->has_thread = true;
    return WN_OK;
}

static wn_status new_slots(wn_prefetch *prefetch)
{
    wn_status status = WN_OK;
    prefetch->n_ahead = wn_reader_blocks_ahead(prefetch->reader);
    size_t n = prefetch->n_ahead + BLOCKS_AT_REST;
    n = n < prefetch->n ? n : prefetch->n;
    TRY(wn_new(&prefetch->queue, n));
    TRY(wn_new(&prefetch->idle, n));
    TRY(wn_new(&prefetch->slots, n));
    prefetch->n_slots = n;
    for (size_t s = 0; s < n; s++) {
        TRY(wn_reader_new_block(prefetch->reader, &prefetch->slots[s].block));
        TRY(wn_block_read_new(&prefetch->slots[s].read));
        prefetch->idle[prefetch->n_idle++] = &prefetch->slots[s];
    }
done:
    return status;
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
    TRY(new_slots(made));
    if (n > 0)
        TRY(start_thread(made));
    *prefetch = made;
    made = NULL;
done:
    wn_prefetch_stop(made);
    return status;
}

/* With the lock held. */
static void give_back(wn_prefetch *prefetch)
{
    if (prefetch->lent == NULL)
        return;
    prefetch->idle[prefetch->n_idle++] = prefetch->lent;
    prefetch->lent = NULL;
    pthread_cond_broadcast(&prefetch->changed);
}

wn_status wn_prefetch_take(wn_prefetch *prefetch, wn_block **block)
{
    pthread_mutex_lock(&prefetch->lock);
    give_back(prefetch);
    while (prefetch->n_taken < prefetch->n && prefetch->n_filled == prefetch->n_taken && prefetch->status == WN_OK)
        pthread_cond_wait(&prefetch->changed, &prefetch->lock);
    if (prefetch->n_filled > prefetch->n_taken)
        prefetch->lent = prefetch->queue[prefetch->n_taken++ % prefetch->n_slots];
    bool is_over = prefetch->lent != NULL || prefetch->n_taken == prefetch->n;
    wn_status status = is_over ? WN_OK : prefetch->status;
    *block = prefetch->lent != NULL ? prefetch->lent->block : NULL;
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
    for (size_t s = 0; s < prefetch->n_slots; s++) {
        wn_block_free(prefetch->slots[s].block);
        wn_block_read_free(prefetch->slots[s].read);
    }
    wn_free(prefetch->slots);
    wn_free(prefetch->idle);
    wn_free(prefetch->queue);
    wn_free(prefetch);
}
