#include "decision.h"
#include "saliency.h"

#include "winnow/memory.h"
#include "winnow/prune.h"

#include <math.h>
#include <string.h>

static const double ladder[] = {0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9};

enum { N_LADDER = sizeof ladder / sizeof *ladder };

typedef struct {
    const wn_sensitivity *sensitivity;
    const wn_scorer *scorer;
    const wn_network *network;
    const unsigned char *previous;
    wn_network *saliency; /* NULL: not asked for; owned */
    wn_layer_room *rooms; /* (n_layers) */
    size_t *n_kept;       /* (n_layers) */
} maker;

/* A layer keeps what is protected and at least one weight, and never gets a weight back. */
static void fill_rooms(maker *m)
{
    for (size_t l = 0; l < m->network->n_layers; l++) {
        const wn_layer *layer = &m->network->layers[l];
        wn_layer_room room = {.n = wn_layer_n_weights(layer)};
        for (size_t i = layer->weight; i < layer->weight + room.n; i++) {
            room.n_most += m->previous[i] != 0;
            room.n_least += m->previous[i] != 0 && m->scorer->protect[i] != 0;
        }
        if (room.n_least == 0)
            room.n_least = room.n_most < 1 ? room.n_most : 1;
        m->rooms[l] = room;
    }
}

/* The layers' largest weights by what `ranked` holds, n_kept of each; scored. */
static wn_status make_mask(maker *m, const wn_network *ranked, unsigned char *mask, wn_decision *decision)
{
    wn_status status = WN_OK;
    for (size_t l = 0; l < ranked->n_layers; l++) {
        double share = 1 - (double)m->n_kept[l] / (double)m->rooms[l].n;
        TRY(wn_prune_layer(ranked, l, share, m->previous, m->scorer->protect, mask));
    }
    TRY(wn_scorer_score(m->scorer, m->network, mask, &decision->score));
    decision->sparsity = 1 - (double)wn_prune_count(m->network, mask) / (double)wn_network_n_weights(m->network);
done:
    return status;
}

static bool is_better(wn_score a, wn_score b)
{
    return a.loss < b.loss || (isnan(b.loss) && !isnan(a.loss));
}

/* Of equal masks the first: magnitudes by sensitivity. */
static wn_status make_for(maker *m, double sparsity, unsigned char *mask, wn_decision *decision)
{
    wn_status status = WN_OK;
    size_t n_layers = m->network->n_layers;
    unsigned char *tried = NULL;
    wn_decision other = {.method = m->saliency != NULL ? WN_BY_SALIENCY : WN_BY_MAGNITUDE};
    TRY(wn_new(&tried, m->network->n_parameters));
    decision->method = WN_BY_MAGNITUDE;
    wn_sensitivity_deal(m->sensitivity, m->rooms, n_layers, sparsity, m->n_kept);
    TRY(make_mask(m, m->network, mask, decision));
    if (m->saliency != NULL)
        wn_saliency_deal(m->saliency, m->previous, m->rooms, sparsity, m->n_kept);
    else
        wn_sensitivity_deal(NULL, m->rooms, n_layers, sparsity, m->n_kept);
    TRY(make_mask(m, m->saliency != NULL ? m->saliency : m->network, tried, &other));
    if (is_better(other.score, decision->score)) {
        memcpy(mask, tried, m->network->n_parameters);
        *decision = other;
    }
done:
    wn_free(tried);
    return status;
}

/* Climbs the ladder as long as the metric holds. */
static wn_status make_safe(maker *m, unsigned char *mask, wn_decision *decision)
{
    wn_status status = WN_OK;
    unsigned char *tried = NULL;
    wn_decision next;
    wn_score full;
    TRY(wn_new(&tried, m->network->n_parameters));
    TRY(wn_scorer_score(m->scorer, m->network, m->previous, &full));
    TRY(make_for(m, 0, mask, decision));
    for (int i = 0; i < N_LADDER; i++) {
        TRY(make_for(m, ladder[i], tried, &next));
        if (!(full.metric - next.score.metric <= m->scorer->options->tolerance))
            break;
        memcpy(mask, tried, m->network->n_parameters);
        *decision = next;
    }
done:
    wn_free(tried);
    return status;
}

wn_status wn_decision_make(wn_sensitivity *sensitivity, const wn_scorer *scorer, const wn_network *network,
                           const unsigned char *previous, double sparsity, unsigned char *mask, wn_decision *decision)
{
    wn_status status = WN_OK;
    maker m = {.sensitivity = sensitivity, .scorer = scorer, .network = network, .previous = previous};
    TRY(wn_new(&m.rooms, network->n_layers));
    TRY(wn_new(&m.n_kept, network->n_layers));
    if (!sensitivity->is_known)
        TRY(wn_sensitivity_scan(sensitivity, scorer, network));
    if (scorer->options->is_auto)
        TRY(wn_saliency_measure(scorer, network, &m.saliency));
    fill_rooms(&m);
    if (sparsity == WN_SPARSITY_SAFE)
        TRY(make_safe(&m, mask, decision));
    else
        TRY(make_for(&m, sparsity, mask, decision));
done:
    wn_network_free(m.saliency);
    wn_free(m.n_kept);
    wn_free(m.rooms);
    return status;
}
