/* checkpoint_store.h - the two newest checkpoints of a run, DIRECTORY/checkpoints/{0,1}.wns, written in turn: while one
 * is written, or when it is damaged, the other serves. Private to src/job. */
#ifndef WINNOW_JOB_CHECKPOINT_STORE_H
#define WINNOW_JOB_CHECKPOINT_STORE_H

#include "winnow/checkpoint.h"
#include "winnow/hash.h"
#include "winnow/run_directory.h"

typedef struct wn_checkpoint_store wn_checkpoint_store;

/* Collective. The store of a run's directory (borrowed), due every `seconds` on rank 0. The caller closes it; NULL is
 * fine. Fails: WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_checkpoint_store_open(const wn_ranks *ranks, wn_checkpoint_store **store,
                                               wn_run_directory *directory, double seconds);
void wn_checkpoint_store_close(wn_checkpoint_store *store);

/* Collective. Whether there is a whole checkpoint of a stage under its key; warns and fails as wn_checkpoint_store_find
 * does. */
WN_MUST_USE wn_status wn_checkpoint_store_has(wn_checkpoint_store *store, const char *stage, wn_hash key,
                                              bool *is_there);

/* Collective. The newest whole checkpoint of a stage under its key: *checkpoint (new, owned by the caller, on every
 * rank), NULL where there is none. A damaged one is named in a warning. Fails: WN_IO, WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_checkpoint_store_find(wn_checkpoint_store *store, const char *stage, wn_hash key,
                                               wn_checkpoint **checkpoint);

/* Local. Where the loops of a stage leave their checkpoints from now on; `stage` and the sink live as long as the
 * store. */
const wn_checkpoint_sink *wn_checkpoint_store_sink(wn_checkpoint_store *store, const char *stage, wn_hash key);

/* Local, rank 0. How many were written since it was opened; NULL has none. */
size_t wn_checkpoint_store_n_written(const wn_checkpoint_store *store);

/* Local, rank 0. Removes both: the run is done. Fails: WN_CANT_CREATE. */
WN_MUST_USE wn_status wn_checkpoint_store_clear(wn_checkpoint_store *store);

#endif
