#include "search.h"

#include "winnow/clock.h"
#include "winnow/log.h"
#include "winnow/memory.h"
#include "winnow/prune.h"
#include "winnow/quantize.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Metrics are shares of rows: a difference of one rounding is none. */
static const double rounding = 1e-12;

wn_status wn_search_metric(const wn_search *search, const wn_network *network, double *metric)
{
    wn_status status = WN_OK;
    wn_metrics metrics = {0};
    TRY(wn_metrics_of(search->ranks, network, search->labels, search->judge, &metrics));
    *metric = wn_metrics_value(&metrics, search->options->metric);
done:
    wn_metrics_clear(&metrics);
    return status;
}

static void describe(const wn_search *search, wn_compress_trial *trial)
{
    char prune[40] = "";
    bool by_saliency = wn_background_last(search->background).method == WN_BY_SALIENCY;
    if (trial->sparsity > 0)
        snprintf(prune, sizeof prune, "prune %s %.4f, ", by_saliency ? "saliency" : "magnitude", trial->sparsity);
    snprintf(trial->plan, sizeof trial->plan, "%s%sentropy huffman", prune,
             search->options->int8 ? "quantize int8, " : "");
}

/* The coding of the current network under a mask, a network decoded from it, and its size. */
static wn_status code(const wn_search *search, const unsigned char *mask, wn_coding **coding, wn_network **decoded,
                      int64_t *n_bytes)
{
    wn_status status = WN_OK;
    TRY(wn_network_copy(decoded, search->current));
    wn_prune_apply(*decoded, mask);
    if (search->options->int8)
        TRY(wn_quantize_int8(*decoded, mask, coding));
    else
        TRY(wn_coding_new(coding, *decoded, mask));
    wn_coding_decode(*coding, *decoded);
    TRY(wn_artefact_size(*decoded, *coding, search->recipe, n_bytes));
done:
    return status;
}

static size_t count_parameters(const wn_network *network, const unsigned char *mask)
{
    return wn_prune_count(network, mask) + network->n_parameters - wn_network_n_weights(network);
}

static wn_status write(const wn_search *search, const wn_network *network, const wn_coding *coding)
{
    wn_status status = WN_OK;
    if (search->ranks->rank == 0)
        status = wn_artefact_write(search->path, network, coding, search->recipe, NULL);
    return wn_ranks_agree(search->ranks, status);
}

static bool is_better(const wn_compress_report *report, const wn_compress_trial *trial)
{
    return !report->accepted || trial->n_bytes < report->n_bytes;
}

/* The trial just appended becomes the best. */
static wn_status accept(wn_search *search, const unsigned char *mask, const wn_network *decoded,
                        const wn_coding *coding)
{
    wn_status status = WN_OK;
    wn_compress_report *report = search->report;
    const wn_compress_trial *trial = &report->trials[report->n_trials - 1];
    TRY(write(search, decoded, coding));
    memcpy(search->mask, mask, decoded->n_parameters);
    report->accepted = true;
    report->accepted_trial = report->n_trials - 1;
    report->metric_compressed = trial->metric;
    report->n_bytes = trial->n_bytes;
    report->n_parameters_kept = (int64_t)count_parameters(decoded, mask);
done:
    return status;
}

static void tell(const wn_compress_trial *trial, bool is_within)
{
    wn_log_detail("compress: %s: %lld bytes, metric %.4f%s", trial->plan, (long long)trial->n_bytes, trial->metric,
                  is_within ? "" : ", beyond the tolerance");
    if (isfinite(trial->metric) && isfinite(trial->objective))
        wn_event("trial", "{s:s, s:I, s:f, s:f, s:f, s:b}", "plan", trial->plan, "bytes", (json_int_t)trial->n_bytes,
                 "metric", trial->metric, "objective", trial->objective, "seconds", trial->seconds, "is_within",
                 (int)is_within);
}

/* Metric, distance and objective of a decoded candidate. */
static wn_status measure(wn_search *search, const unsigned char *mask, const wn_network *decoded,
                         wn_compress_trial *trial)
{
    wn_status status = WN_OK;
    double distance = 0;
    size_t n_kept = wn_prune_count(decoded, mask), n = wn_network_n_weights(decoded);
    TRY(wn_search_metric(search, decoded, &trial->metric));
    TRY(wn_compress_distance(search->ranks, search->full, search->judge, decoded, search->judge, &distance));
    trial->sparsity = 1 - (double)n_kept / (double)n;
    trial->objective = distance + search->options->lambda * (double)count_parameters(decoded, mask);
    describe(search, trial);
done:
    return status;
}

wn_status wn_search_judge(wn_search *search, const unsigned char *mask, double started, bool *is_within)
{
    wn_status status = WN_OK;
    wn_compress_report *report = search->report;
    wn_coding *coding = NULL;
    wn_network *decoded = NULL;
    wn_compress_trial trial = {0};
    status = code(search, mask, &coding, &decoded, &trial.n_bytes);
    if (status == WN_OK)
        status = wn_resize(&report->trials, report->n_trials + 1);
    TRY(wn_ranks_agree(search->ranks, status));
    TRY(measure(search, mask, decoded, &trial));
    trial.seconds = wn_clock_seconds() - started;
    report->trials[report->n_trials++] = trial;
    *is_within = report->metric_dense - trial.metric <= search->options->tolerance + rounding;
    tell(&trial, *is_within);
    if (*is_within && is_better(report, &trial))
        TRY(accept(search, mask, decoded, coding));
done:
    wn_coding_free(coding);
    wn_network_free(decoded);
    return status;
}

wn_status wn_search_keep_full(wn_search *search)
{
    wn_status status = WN_OK;
    wn_coding *coding = NULL;
    wn_compress_report *report = search->report;
    status = wn_coding_new(&coding, search->full, NULL);
    if (status == WN_OK)
        status = wn_artefact_size(search->full, coding, search->recipe, &report->n_bytes);
    TRY(wn_ranks_agree(search->ranks, status));
    TRY(write(search, search->full, coding));
    wn_log_warning("compress: no candidate keeps the metric within %g of the full model's %.4f: the full model is "
                   "written without loss",
                   search->options->tolerance, report->metric_dense);
    report->metric_compressed = report->metric_dense;
    report->accepted_trial = report->mask_decision = SIZE_MAX;
    size_t n_stored = 0;
    for (size_t l = 0; l < coding->n_layers; l++)
        for (size_t i = 0; i < wn_layer_n_weights(&search->full->layers[l]); i++)
            n_stored += coding->layers[l].mask[i] != 0;
    report->n_parameters_kept = (int64_t)(n_stored + search->full->n_parameters - wn_network_n_weights(search->full));
done:
    wn_coding_free(coding);
    return status;
}

/* place (n_selected of the artefact's recipe): the input of the full network that each input is. Both recipes have
 * their features in the same order. */
static wn_status find_places(const wn_recipe *recipe, const wn_recipe *narrow, size_t *place)
{
    wn_status status = WN_OK;
    size_t *input = NULL, f = 0;
    TRY(wn_new(&input, recipe->n_features));
    for (size_t j = 0; j < recipe->n_selected; j++)
        input[recipe->selected[j]] = j;
    for (size_t i = 0; i < narrow->n_selected; i++, f++) {
        const char *name = narrow->feature_names[narrow->selected[i]];
        while (f < recipe->n_features && strcmp(recipe->feature_names[f], name) != 0)
            f++;
        if (f == recipe->n_features)
            TRY(wn_fail(WN_IO, "the artefact has a feature that the recipe lacks: %s", name));
        place[i] = input[f];
    }
done:
    wn_free(input);
    return status;
}

/* mask (n_parameters of full) as the artefact has it: what is not in it is 0. */
static wn_status spread_mask(const wn_search *search, const wn_artefact *artefact, unsigned char *mask)
{
    wn_status status = WN_OK;
    const wn_network *full = search->full;
    size_t *place = NULL;
    TRY(wn_new(&place, artefact->recipe->n_selected));
    TRY(find_places(search->recipe, artefact->recipe, place));
    memset(mask, 1, full->n_parameters);
    for (size_t l = 0; l < full->n_layers; l++) {
        const wn_layer *to = &full->layers[l], *from = &artefact->network->layers[l];
        memset(mask + to->weight, 0, wn_layer_n_weights(to));
        for (size_t o = 0; o < from->n_out; o++)
            for (size_t i = 0; i < from->n_in; i++)
                mask[to->weight + o * to->n_in + (l == 0 ? place[i] : i)] =
                    artefact->coding->layers[l].mask[o * from->n_in + i];
    }
done:
    wn_free(place);
    return status;
}

/* On rank 0: the file is whole, and its mask is the best candidate's. */
static wn_status verify_file(const wn_search *search)
{
    wn_status status = WN_OK;
    wn_artefact *artefact = NULL;
    unsigned char *mask = NULL;
    TRY(wn_artefact_read(&artefact, search->path));
    TRY(wn_new(&mask, search->full->n_parameters));
    TRY(spread_mask(search, artefact, mask));
    if (memcmp(mask, search->mask, search->full->n_parameters) != 0 || artefact->n_bytes != search->report->n_bytes)
        TRY(wn_fail(WN_IO, "%s: its mask is not the one that was decided", search->path));
done:
    wn_free(mask);
    wn_artefact_free(artefact);
    return status;
}

wn_status wn_search_verify(wn_search *search)
{
    wn_status status = WN_OK;
    if (search->ranks->rank == 0)
        status = verify_file(search);
    TRY(wn_ranks_agree(search->ranks, status));
    search->report->mask_hash = wn_hash_bytes(search->mask, search->full->n_parameters, 0);
    search->report->mask_decision = wn_background_find(search->background, search->report->mask_hash);
done:
    return status;
}
