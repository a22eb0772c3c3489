#include "saliency.h"

#include "winnow/feed.h"
#include "winnow/memory.h"
#include "winnow/prune.h"

#include <math.h>
#include <string.h>

enum { RUNS = 256 };

static void add_squares_of(const float *gradient, size_t first, size_t end, double *squares)
{
    for (size_t k = first; k < end; k++)
        squares[k] += (double)gradient[k] * (double)gradient[k];
}

/* Of the first layer's weights, those of the batch's columns. */
static void add_sparse_squares(const wn_column_set *columns, const wn_layer *layer, const float *gradient,
                               double *squares)
{
    for (size_t c = 0; c < columns->n; c++)
        for (size_t o = 0; o < layer->n_out; o++) {
            double value = (double)gradient[layer->weight + c * layer->n_out + o];
            squares[layer->weight + o * layer->n_in + columns->columns[c]] += value * value;
        }
}

/* squares (n_parameters) += the squared gradient of each run of n_run rows; rows that do not fill a run are left out.
 */
static void add_squares(wn_feed *feed, size_t n_run, float *gradient, double *squares)
{
    const wn_network *network = feed->network;
    const wn_layer *first = &network->layers[0];
    for (size_t i = 0; i + n_run <= feed->dataset->n_rows; i += n_run) {
        wn_feed_gradient(feed, i, n_run, gradient);
        if (feed->batch != NULL)
            add_sparse_squares(&feed->batch->columns, first, gradient, squares);
        add_squares_of(gradient, feed->batch != NULL ? first->bias : 0, network->n_parameters, squares);
    }
}

wn_status wn_saliency_measure(const wn_scorer *scorer, const wn_network *network, wn_network **saliency)
{
    wn_status status = WN_OK;
    wn_network *made = NULL;
    wn_feed feed = {0};
    float *gradient = NULL;
    double *squares = NULL;
    size_t n_run = scorer->sample->n_rows / RUNS;
    n_run = n_run < 1 ? 1 : n_run;
    TRY(wn_network_copy(&made, network));
    made->dropout = 0;
    TRY(wn_feed_init(&feed, made, scorer->sample, n_run));
    TRY(wn_new(&gradient, network->n_parameters));
    TRY(wn_new(&squares, network->n_parameters));
    add_squares(&feed, n_run, gradient, squares);
    for (size_t k = 0; k < network->n_parameters; k++)
        made->parameters[k] = (float)(fabs((double)network->parameters[k]) * sqrt(squares[k]));
    *saliency = made;
    made = NULL;
done:
    wn_free(squares);
    wn_free(gradient);
    wn_feed_clear(&feed);
    wn_network_free(made);
    return status;
}

/* n_kept: how many of each layer's weights have the bits of their saliency at `least` or above. Returns the total. */
static size_t count_above(const wn_network *saliency, const unsigned char *previous, const wn_layer_room *rooms,
                          uint32_t least, size_t *n_kept)
{
    size_t total = 0;
    for (size_t l = 0; l < saliency->n_layers; l++) {
        size_t first = saliency->layers[l].weight, n = 0;
        for (size_t i = first; i < first + rooms[l].n; i++) {
            uint32_t bits;
            memcpy(&bits, &saliency->parameters[i], sizeof bits);
            n += previous[i] != 0 && bits >= least;
        }
        n = n < rooms[l].n_least ? rooms[l].n_least : n;
        n_kept[l] = n > rooms[l].n_most ? rooms[l].n_most : n;
        total += n_kept[l];
    }
    return total;
}

void wn_saliency_deal(const wn_network *saliency, const unsigned char *previous, const wn_layer_room *rooms,
                      double sparsity, size_t *n_kept)
{
    size_t wanted = wn_layer_rooms_wanted(rooms, saliency->n_layers, sparsity);
    uint32_t low = 0, high = UINT32_MAX; /* the least threshold that keeps no more than wanted */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (count_above(saliency, previous, rooms, middle, n_kept) > wanted)
            low = middle + 1;
        else
            high = middle;
    }
    size_t total = count_above(saliency, previous, rooms, high, n_kept);
    wn_layer_rooms_settle(rooms, saliency->n_layers, total, wanted, n_kept);
}
