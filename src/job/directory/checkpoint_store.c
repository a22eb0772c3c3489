#include "checkpoint_store.h"

#include "winnow/clock.h"
#include "winnow/durable.h"
#include "winnow/log.h"
#include "winnow/memory.h"

#include <string.h>

enum { SLOTS = 2 };

static const char *const names[SLOTS] = {"checkpoints/0.wns", "checkpoints/1.wns"};
static const char TITLE[] = "store/title";

/* Which checkpoint a file holds. */
typedef struct {
    uint64_t number; /* the larger is the newer */
    char stage[24];
    wn_hash key;
} title;

struct wn_checkpoint_store {
    wn_ranks ranks;
    wn_run_directory *directory;
    double seconds, due; /* by the clock */
    title next;
    size_t slot; /* of the next one */
    wn_checkpoint_sink sink;
    size_t n_written; /* in this attempt */
};

static bool is_due(void *context)
{
    const wn_checkpoint_store *store = context;
    return wn_clock_seconds() >= store->due;
}

static wn_status make_directory(wn_checkpoint_store *store)
{
    wn_status status = WN_OK;
    char *path = NULL;
    TRY(wn_run_directory_join(store->directory, "checkpoints", &path));
    TRY(wn_durable_directory(path));
done:
    wn_free(path);
    return status;
}

static wn_status write(void *context, wn_checkpoint *checkpoint)
{
    wn_status status = WN_OK;
    wn_checkpoint_store *store = context;
    TRY(wn_checkpoint_put(checkpoint, TITLE, &store->next, sizeof store->next));
    TRY(make_directory(store));
    TRY(wn_run_directory_claim(store->directory, names[store->slot]));
    TRY(wn_checkpoint_write(checkpoint, wn_run_directory_path(store->directory, names[store->slot])));
    store->next.number++;
    store->n_written++;
    store->slot = (store->slot + 1) % SLOTS;
    store->due = wn_clock_seconds() + store->seconds;
done:
    return status;
}

size_t wn_checkpoint_store_n_written(const wn_checkpoint_store *store)
{
    return store != NULL ? store->n_written : 0;
}

wn_status wn_checkpoint_store_open(const wn_ranks *ranks, wn_checkpoint_store **store, wn_run_directory *directory,
                                   double seconds)
{
    wn_checkpoint_store *made = NULL;
    wn_status status = wn_new(&made, 1);
    if (status == WN_OK) {
        made->ranks = *ranks;
        made->directory = directory;
        made->seconds = seconds;
        made->due = wn_clock_seconds() + seconds;
        made->sink = (wn_checkpoint_sink){is_due, write, made};
        *store = made;
    }
    return wn_ranks_agree(ranks, status);
}

void wn_checkpoint_store_close(wn_checkpoint_store *store)
{
    wn_free(store);
}

/* A file that cannot be used counts as none. */
static wn_status read_slot(wn_checkpoint_store *store, size_t slot, wn_checkpoint **checkpoint, title *found)
{
    wn_status status = wn_checkpoint_read(checkpoint, wn_run_directory_path(store->directory, names[slot]));
    if (status == WN_NO_INPUT)
        return WN_OK;
    if (status == WN_BAD_DATA || status == WN_IO) {
        wn_log_warning("%s", wn_status_message());
        return WN_OK;
    }
    if (status == WN_OK)
        status = wn_checkpoint_get(*checkpoint, TITLE, found, sizeof *found);
    return status;
}

/* As read_slot, of which only the title stays. */
static wn_status read_title(wn_checkpoint_store *store, size_t slot, title *found, bool *is_there)
{
    wn_checkpoint *here = NULL;
    wn_status status = read_slot(store, slot, &here, found);
    *is_there = here != NULL;
    wn_checkpoint_free(here);
    return status;
}

static bool is_of(const title *found, const char *stage, wn_hash key)
{
    return strcmp(found->stage, stage) == 0 && wn_hash_compare(found->key, key) == 0;
}

/* On rank 0. Which slot has the newest of a stage, SLOTS where none does; each file is read alone, so that no two take
 * memory. The next one goes over the file that is not the newest whole one. */
static wn_status find_slot(wn_checkpoint_store *store, const char *stage, wn_hash key, size_t *newest)
{
    wn_status status = WN_OK;
    uint64_t number = 0;
    *newest = SLOTS;
    for (size_t slot = 0; slot < SLOTS; slot++) {
        title found = {0};
        bool is_there = false;
        TRY(read_title(store, slot, &found, &is_there));
        if (!is_there)
            continue;
        if (found.number >= store->next.number) {
            store->next.number = found.number + 1;
            store->slot = (slot + 1) % SLOTS;
        }
        if (is_of(&found, stage, key) && (*newest == SLOTS || found.number > number)) {
            *newest = slot;
            number = found.number;
        }
    }
done:
    return status;
}

/* On rank 0. */
static wn_status read_newest(wn_checkpoint_store *store, const char *stage, wn_hash key, wn_checkpoint **newest)
{
    wn_status status = WN_OK;
    title found;
    size_t slot = SLOTS;
    TRY(find_slot(store, stage, key, &slot));
    if (slot < SLOTS)
        TRY(read_slot(store, slot, newest, &found));
done:
    return status;
}

wn_status wn_checkpoint_store_has(wn_checkpoint_store *store, const char *stage, wn_hash key, bool *is_there)
{
    wn_status status = WN_OK;
    size_t slot = SLOTS;
    unsigned char found;
    if (store->ranks.rank == 0)
        status = find_slot(store, stage, key, &slot);
    TRY(wn_ranks_agree(&store->ranks, status));
    found = slot < SLOTS;
    TRY(wn_ranks_broadcast(&store->ranks, 0, &found, sizeof found));
    *is_there = found;
done:
    return status;
}

wn_status wn_checkpoint_store_find(wn_checkpoint_store *store, const char *stage, wn_hash key,
                                   wn_checkpoint **checkpoint)
{
    wn_status status = WN_OK;
    wn_checkpoint *found = NULL;
    if (store->ranks.rank == 0)
        status = read_newest(store, stage, key, &found);
    TRY(wn_ranks_agree(&store->ranks, status));
    TRY(wn_checkpoint_share(&store->ranks, &found));
    *checkpoint = found;
    found = NULL;
done:
    wn_checkpoint_free(found);
    return status;
}

const wn_checkpoint_sink *wn_checkpoint_store_sink(wn_checkpoint_store *store, const char *stage, wn_hash key)
{
    store->next.key = key;
    memset(store->next.stage, 0, sizeof store->next.stage);
    memcpy(store->next.stage, stage, strnlen(stage, sizeof store->next.stage - 1));
    store->due = wn_clock_seconds() + store->seconds;
    return &store->sink;
}

wn_status wn_checkpoint_store_clear(wn_checkpoint_store *store)
{
    wn_status status = WN_OK;
    for (size_t slot = 0; slot < SLOTS; slot++)
        TRY(wn_run_directory_remove(store->directory, names[slot]));
done:
    return status;
}
