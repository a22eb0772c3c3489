#include "sensitivity.h"

#include "winnow/evaluation.h"
#include "winnow/memory.h"
#include "winnow/prune.h"
#include "winnow/quantize.h"

#include <math.h>
#include <string.h>

static const double sparsities[WN_SPARSITIES] = {0.3, 0.5, 0.65, 0.8, 0.88, 0.94, 0.97, 0.99};

/* A layer's loss also rises by this much of its sparsity, so that flat curves have an inverse. */
static const double slope = 1e-6;

static wn_status evaluate(const wn_scorer *scorer, const wn_network *network, wn_score *score)
{
    wn_status status = WN_OK;
    wn_evaluation *evaluation = NULL;
    wn_metrics metrics = {0};
    TRY(wn_evaluation_new(&evaluation, scorer->labels));
    TRY(wn_evaluation_add_dataset(evaluation, network, scorer->sample, NULL));
    TRY(wn_evaluation_finish(evaluation, &metrics));
    *score = (wn_score){metrics.loss, wn_metrics_value(&metrics, scorer->options->metric)};
done:
    wn_metrics_clear(&metrics);
    wn_evaluation_free(evaluation);
    return status;
}

wn_status wn_scorer_score(const wn_scorer *scorer, const wn_network *network, const unsigned char *mask,
                          wn_score *score)
{
    wn_status status = WN_OK;
    wn_network *copy = NULL;
    wn_coding *coding = NULL;
    if (scorer->is_abandoned != NULL && atomic_load(scorer->is_abandoned))
        return wn_fail(WN_STOPPED, "the background stage was told to end");
    TRY(wn_network_copy(&copy, network));
    if (mask != NULL)
        wn_prune_apply(copy, mask);
    if (scorer->options->int8) {
        TRY(wn_quantize_int8(copy, mask, &coding));
        wn_coding_decode(coding, copy);
    }
    TRY(evaluate(scorer, copy, score));
done:
    wn_coding_free(coding);
    wn_network_free(copy);
    return status;
}

/* Where a loss is not finite the layer bears nothing. */
static double rise_of(double loss, double base)
{
    double rise = loss - base;
    return isfinite(rise) ? fmax(rise, 0) : HUGE_VAL;
}

static wn_status scan_layer(const wn_scorer *scorer, const wn_network *network, size_t layer, double base,
                            unsigned char *mask, double *rise)
{
    wn_status status = WN_OK;
    wn_score score;
    double most = 0;
    for (int i = 0; i < WN_SPARSITIES; i++) {
        TRY(wn_prune_layer(network, layer, sparsities[i], NULL, scorer->protect, mask));
        TRY(wn_scorer_score(scorer, network, mask, &score));
        rise[i] = most = fmax(most, rise_of(score.loss, base));
    }
    TRY(wn_prune_layer(network, layer, 0, NULL, NULL, mask));
done:
    return status;
}

static void blend(wn_sensitivity *sensitivity, size_t layer, const double *rise)
{
    double *known = sensitivity->rise[layer];
    for (int i = 0; i < WN_SPARSITIES; i++)
        known[i] = sensitivity->is_known ? 0.5 * (known[i] + rise[i]) : rise[i];
}

wn_status wn_sensitivity_scan(wn_sensitivity *sensitivity, const wn_scorer *scorer, const wn_network *network)
{
    wn_status status = WN_OK;
    unsigned char *mask = NULL;
    wn_score base;
    TRY(wn_new(&mask, network->n_parameters));
    if (sensitivity->rise == NULL)
        TRY(wn_new(&sensitivity->rise, network->n_layers));
    sensitivity->n_layers = network->n_layers;
    for (size_t l = 0; l < network->n_layers; l++)
        TRY(wn_prune_layer(network, l, 0, NULL, NULL, mask));
    TRY(wn_scorer_score(scorer, network, mask, &base));
    for (size_t l = 0; l < network->n_layers; l++) {
        double rise[WN_SPARSITIES];
        TRY(scan_layer(scorer, network, l, base.loss, mask, rise));
        blend(sensitivity, l, rise);
    }
    sensitivity->is_known = true;
done:
    wn_free(mask);
    return status;
}

wn_status wn_sensitivity_copy(wn_sensitivity *copy, const wn_sensitivity *sensitivity)
{
    wn_status status = WN_OK;
    if (sensitivity->rise != NULL) {
        TRY(wn_resize(&copy->rise, sensitivity->n_layers));
        memcpy(copy->rise, sensitivity->rise, sensitivity->n_layers * sizeof *copy->rise);
    }
    copy->n_layers = sensitivity->n_layers;
    copy->is_known = sensitivity->is_known;
done:
    return status;
}

void wn_sensitivity_clear(wn_sensitivity *sensitivity)
{
    wn_free(sensitivity->rise);
    *sensitivity = (wn_sensitivity){0};
}

/* The largest sparsity at which the loss rises by no more than `rise`: the inverse of the lines through the points. The
 * last line goes to sparsity 1 at twice the rise of the last point and a little more. */
static double largest_sparsity(const double *curve, double rise)
{
    double from = 0, from_rise = 0;
    for (int i = 0; i <= WN_SPARSITIES; i++) {
        double to = i < WN_SPARSITIES ? sparsities[i] : 1;
        double to_rise = i < WN_SPARSITIES ? curve[i] + slope * to : 2 * from_rise + 1;
        if (!(rise >= to_rise))
            return isfinite(to_rise) ? from + (to - from) * (rise - from_rise) / (to_rise - from_rise) : from;
        from = to;
        from_rise = to_rise;
    }
    return 1;
}

static size_t clamp_kept(const wn_layer_room *room, double sparsity)
{
    size_t n = (size_t)round((1 - sparsity) * (double)room->n);
    n = n < room->n_least ? room->n_least : n;
    return n > room->n_most ? room->n_most : n;
}

/* n_kept for a knob: the rise that a layer may cause, or the sparsity of all. Returns the total. */
static size_t deal_by(const wn_sensitivity *sensitivity, const wn_layer_room *rooms, size_t n_layers, double knob,
                      size_t *n_kept)
{
    size_t total = 0;
    for (size_t l = 0; l < n_layers; l++) {
        double sparsity = sensitivity != NULL ? largest_sparsity(sensitivity->rise[l], knob) : knob;
        n_kept[l] = clamp_kept(&rooms[l], sparsity);
        total += n_kept[l];
    }
    return total;
}

size_t wn_layer_rooms_wanted(const wn_layer_room *rooms, size_t n_layers, double sparsity)
{
    size_t n = 0, n_least = 0, n_most = 0;
    for (size_t l = 0; l < n_layers; l++) {
        n += rooms[l].n;
        n_least += rooms[l].n_least;
        n_most += rooms[l].n_most;
    }
    size_t wanted = (size_t)round((1 - sparsity) * (double)n);
    wanted = wanted < n_least ? n_least : wanted;
    return wanted > n_most ? n_most : wanted;
}

static double largest_knob(const wn_sensitivity *sensitivity, size_t n_layers)
{
    double most = 1;
    for (size_t l = 0; sensitivity != NULL && l < n_layers; l++)
        for (int i = 0; i < WN_SPARSITIES; i++)
            if (isfinite(sensitivity->rise[l][i]))
                most = fmax(most, 2 * sensitivity->rise[l][i] + 2);
    return most;
}

void wn_layer_rooms_settle(const wn_layer_room *rooms, size_t n_layers, size_t total, size_t wanted, size_t *n_kept)
{
    for (size_t l = n_layers - 1; total != wanted; l = l == 0 ? n_layers - 1 : l - 1) {
        if (total < wanted && n_kept[l] < rooms[l].n_most) {
            n_kept[l]++;
            total++;
        } else if (total > wanted && n_kept[l] > rooms[l].n_least) {
            n_kept[l]--;
            total--;
        }
    }
}

void wn_sensitivity_deal(const wn_sensitivity *sensitivity, const wn_layer_room *rooms, size_t n_layers,
                         double sparsity, size_t *n_kept)
{
    size_t wanted = wn_layer_rooms_wanted(rooms, n_layers, sparsity);
    double low = 0, high = largest_knob(sensitivity, n_layers);
    for (int i = 0; i < 100; i++) {
        double middle = 0.5 * (low + high);
        if (deal_by(sensitivity, rooms, n_layers, middle, n_kept) > wanted)
            low = middle;
        else
            high = middle;
    }
    wn_layer_rooms_settle(rooms, n_layers, deal_by(sensitivity, rooms, n_layers, high, n_kept), wanted, n_kept);
}
