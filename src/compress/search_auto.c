/* plan: auto. Trials by the share of weights kept: ever sparser until one fails, then between the two. */
#include "search.h"

#include "winnow/clock.h"

#include <math.h>
#include <string.h>

enum { ROUNDS_OF_TRIAL = 4 };

/* Three fifths of the trials lead, by equal factors, to where few models hold; a factor lies between two bounds. Once
 * one has failed the search goes between the smallest share that held and the largest that failed, until they are
 * close. */
static const double few = 0.06, least_factor = 0.25, most_factor = 0.7, close_enough = 1.1, least_step = 1.03,
                    fewest = 1e-3;

static double next_share(const wn_bracket *b)
{
    return b->failed > 0 ? sqrt(b->held * b->failed) : b->held * b->factor;
}

/* What failed once may hold after more training: when the search has come close to it, it goes on from there by smaller
 * factors. */
static void narrow_down(wn_bracket *b)
{
    if (b->failed == 0 || b->held >= close_enough * b->failed)
        return;
    b->failed = 0;
    b->factor = sqrt(b->factor);
}

/* The next trial begins where the last one that held ended. */
static void go_back(wn_search *search, const wn_bracket *b)
{
    memcpy(search->current->parameters, b->network->parameters, b->network->n_parameters * sizeof(float));
    wn_background_go_back(search->background, b->mask);
}

static void go_on(wn_search *search, wn_bracket *b)
{
    memcpy(b->network->parameters, search->current->parameters, b->network->n_parameters * sizeof(float));
    memcpy(b->mask, wn_background_mask(search->background), b->network->n_parameters);
}

/* Epochs of trial t of n: as even as whole epochs are. */
static int64_t epochs_of(const wn_search *search, int64_t t, int64_t n)
{
    return search->options->n_epochs * (t + 1) / n - search->options->n_epochs * t / n;
}

/* Whether the last trial lost nothing at all. */
static bool is_no_worse(const wn_compress_report *report)
{
    return report->trials[report->n_trials - 1].metric >= report->metric_dense;
}

/* One trial of the search: a sparser network, tuned and judged. */
static wn_status try_share(wn_search *search, wn_bracket *b, double share, int64_t n_epochs)
{
    wn_status status = WN_OK;
    bool is_within = false;
    double started = wn_clock_seconds();
    TRY(wn_search_tune(search, n_epochs, ROUNDS_OF_TRIAL, 1 - b->held, 1 - share));
    TRY(wn_search_judge(search, wn_background_mask(search->background), started, &is_within));
    if (is_within) {
        b->held = share;
        if (is_no_worse(search->report))
            b->failed = 0; /* what failed with less training may hold now */
        go_on(search, b);
    } else {
        b->failed = share;
        go_back(search, b);
    }
done:
    return status;
}

/* Few long trials against many short ones: as many as the square root of twice the epochs. */
static int64_t count_trials(const wn_compress_options *options)
{
    int64_t n = (int64_t)options->n_trials, fit = llround(sqrt(2.0 * (double)options->n_epochs));
    return options->n_epochs > 0 && fit < n ? fit : n;
}

static double factor_of(double safe, int64_t n_trials)
{
    double n_steps = ceil(0.6 * (double)n_trials);
    double factor = pow(few / safe, 1 / n_steps);
    return factor < least_factor ? least_factor : factor > most_factor ? most_factor : factor;
}

/* Collective. Rank 0's clock decides for all. */
static wn_status look_at_clock(const wn_search *search, bool *is_over)
{
    double budget = search->options->time_budget;
    *is_over = budget > 0 && wn_clock_seconds() - search->started > budget;
    return wn_ranks_broadcast(search->ranks, 0, is_over, sizeof *is_over);
}

static wn_status search_share(wn_search *search)
{
    wn_status status = WN_OK;
    wn_bracket *b = &search->bracket;
    int64_t n = count_trials(search->options);
    search->report->stopped_by = n < (int64_t)search->options->n_trials ? "schedule" : "trials";
    for (; search->trial < n; search->trial++) {
        bool is_over;
        TRY(look_at_clock(search, &is_over));
        if (is_over) {
            search->report->stopped_by = "time";
            break;
        }
        narrow_down(b);
        double share = next_share(b);
        if (share < fewest || share * least_step > b->held) {
            search->report->stopped_by = "found";
            break;
        }
        TRY(try_share(search, b, share, epochs_of(search, search->trial, n)));
    }
done:
    return status;
}

void wn_search_auto_begin(wn_search *search)
{
    wn_bracket *b = &search->bracket;
    go_on(search, b);
    b->held = 1 - wn_background_last(search->background).sparsity;
    b->factor = factor_of(b->held, count_trials(search->options));
}

wn_status wn_search_auto(wn_search *search)
{
    wn_status status = WN_OK;
    bool is_within;
    TRY(search_share(search));
    if (!search->report->accepted && search->report->n_trials < search->options->n_trials) {
        double started = wn_clock_seconds();
        go_back(search, &(wn_bracket){.network = search->full});
        TRY(wn_search_judge(search, wn_background_mask(search->background), started, &is_within));
    }
done:
    return status;
}
