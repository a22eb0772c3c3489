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

static void fill_batch(const wn_feed *feed, size_t first, size_t n)
{
    wn_sparse_batch_begin(feed->batch);
    for (size_t i = 0; i < n; i++)
        wn_sparse_batch_add(feed->batch, feed->dataset, first + i);
    wn_sparse_batch_end(feed->batch);
}

const float *wn_feed_run(wn_feed *feed, size_t first, size_t n)
{
    const wn_dataset *dataset = feed->dataset;
    if (feed->batch == NULL)
        return wn_network_forward(feed->network, feed->workspace, dataset->features + first * dataset->n_features, n);
    fill_batch(feed, first, n);
    return wn_network_forward_sparse(feed->network, feed->workspace, feed->batch);
}

void wn_feed_gradient(wn_feed *feed, size_t first, size_t n, float *gradient)
{
    const wn_dataset *dataset = feed->dataset;
    const float *targets = dataset->targets + first;
    const wn_dropout_draw none = {0};
    if (feed->batch == NULL) {
        wn_network_gradient(feed->network, feed->workspace, dataset->features + first * dataset->n_features, targets, n,
                            n, none, gradient);
        return;
    }
    fill_batch(feed, first, n);
    wn_network_gradient_sparse(feed->network, feed->workspace, feed->batch, targets, n, none, gradient);
}
