#include "winnow/feed.h"

wn_status wn_feed_init(wn_feed *feed, const wn_network *network, const wn_dataset *dataset, size_t n_rows)
{
    wn_status status = WN_OK;
    *feed = (wn_feed){.network = network, .dataset = dataset};
    TRY(wn_workspace_new(&feed->workspace, network, n_rows));
    if (dataset->sparse != NULL) {
        TRY(wn_sparse_batch_new(&feed->batch, dataset, n_rows));
        TRY(wn_workspace_reserve_columns(feed->workspace, network, wn_sparse_batch_most_columns(feed->batch)));
    }
done:
    return status;
}

void wn_feed_clear(wn_feed *feed)
{
    wn_sparse_batch_free(feed->batch);
    wn_workspace_free(feed->workspace);
    *feed = (wn_feed){0};
}

const float *wn_feed_run(wn_feed *feed, size_t first, size_t n)
{
    const wn_dataset *dataset = feed->dataset;
    if (feed->batch == NULL)
        return wn_network_forward(feed->network, feed->workspace, dataset->features + first * dataset->n_features, n);
    wn_sparse_batch_begin(feed->batch);
    for (size_t i = 0; i < n; i++)
        wn_sparse_batch_add(feed->batch, dataset, first + i);
    wn_sparse_batch_end(feed->batch);
    return wn_network_forward_sparse(feed->network, feed->workspace, feed->batch);
}
