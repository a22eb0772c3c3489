/* feed.h - rows of a dataset through a network, run by run, as they lie: dense or sparse. What trains takes rows in
 * another order: trainer.h. */
#ifndef WINNOW_FEED_H
#define WINNOW_FEED_H

#include "winnow/network.h"

/* All zero is none. */
typedef struct {
    const wn_network *network; /* borrowed, like the dataset */
    const wn_dataset *dataset;
    wn_workspace *workspace;
    wn_sparse_batch *batch; /* NULL where rows are dense */
} wn_feed;

/* Local. For runs of at most n_rows rows. The caller clears it, also after a failure. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_feed_init(wn_feed *feed, const wn_network *network, const wn_dataset *dataset, size_t n_rows);
void wn_feed_clear(wn_feed *feed);

/* Local. Outputs (n, n_outputs) of the n rows from `first` on, borrowed until the next run. */
const float *wn_feed_run(wn_feed *feed, size_t first, size_t n);

#endif
