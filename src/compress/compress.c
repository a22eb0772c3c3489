#include "search.h"

#include "winnow/clock.h"
#include "winnow/hash.h"
#include "winnow/log.h"
#include "winnow/memory.h"
#include "winnow/prune.h"

#include <math.h>
#include <string.h>

enum { SAMPLE_ROWS = 8192, ROUNDS_OF_TRIAL = 4 };

/* Three fifths of the trials lead, by equal factors, to where few models hold; a factor lies between two bounds. Once
 * one has failed the search goes between the smallest share that held and the largest that failed, until they are
 * close. */
static const double few = 0.06, least_factor = 0.25, most_factor = 0.7, close_enough = 1.1, least_step = 1.03,
                    fewest = 1e-3;

static wn_status before_step(void *context, int64_t step, wn_network *network)
{
    wn_search *search = context;
    return wn_background_before_step(search->background, search->next_step + step, network);
}

static wn_status save(void *context, wn_checkpoint *checkpoint)
{
    return wn_search_save(context, checkpoint);
}

/* Trains the current network for some epochs while its sparsity goes from one to another; goes on where a checkpoint
 * ended in this very training. Without epochs it is pruned at once. */
static wn_status tune(wn_search *search, int64_t n_epochs, size_t n_rounds, double from, double to)
{
    wn_status status = WN_OK;
    wn_round rounds[WN_MAX_ROUNDS];
    int64_t n_steps = n_epochs * search->lanes->n_steps;
    if (n_steps == 0) {
        TRY(wn_background_decide(search->background, search->next_step, search->current, to));
        wn_prune_apply(search->current, wn_background_mask(search->background));
        goto done;
    }
    if (search->resume == NULL) {
        n_rounds = wn_rounds_fill(rounds, n_rounds, search->next_step, n_steps, from, to);
        wn_background_plan(search->background, rounds, n_rounds);
    }
    wn_trainer_options options = {.optimizer = search->options->optimizer,
                                  .n_epochs = n_epochs,
                                  .seed = search->options->seed + 1 + (uint64_t)search->next_epoch,
                                  .stage = "fine-tune",
                                  .mask = wn_background_mask(search->background),
                                  .hooks = {.before_step = before_step, .save = save, .context = search},
                                  .checkpoints = search->checkpoints,
                                  .keeps_end = true, /* judging may take long */
                                  .resume = &search->resume};
    TRY(wn_trainer_run(search->ranks, search->lanes, search->train, NULL, search->labels, &options, search->current));
    search->next_step += n_steps;
    search->next_epoch += n_epochs;
done:
    return status;
}

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
    TRY(tune(search, n_epochs, ROUNDS_OF_TRIAL, 1 - b->held, 1 - share));
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

/* plan: auto. It begins with the first decision, which the sample takes for safe. Where nothing pruned holds, the full
 * model is only quantized. */
static wn_status search_auto(wn_search *search)
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

/* A plan given as a list: gradually to its sparsity, then quantized if it says so; one candidate. */
static wn_status follow_plan(wn_search *search)
{
    wn_status status = WN_OK;
    const wn_compress_options *options = search->options;
    bool is_within;
    double started = wn_clock_seconds();
    if (options->sparsity > 0)
        TRY(tune(search, options->n_epochs, WN_MAX_ROUNDS, wn_background_last(search->background).sparsity,
                 options->sparsity));
    TRY(wn_search_judge(search, wn_background_mask(search->background), started, &is_within));
    search->report->stopped_by = "plan";
done:
    return status;
}

/* The first decision: of the full model's last snapshot, else of the full model itself. */
static wn_status take_first(wn_search *search)
{
    wn_status status = WN_OK;
    const wn_compress_options *options = search->options;
    TRY(wn_background_before_step(search->background, search->next_step, search->current));
    if (wn_background_n_decisions(search->background) == 0)
        TRY(wn_background_decide(search->background, search->next_step, search->current,
                                 options->is_auto ? WN_SPARSITY_SAFE
                                                  : wn_prune_schedule(options->sparsity, 1, WN_MAX_ROUNDS)));
    wn_prune_apply(search->current, wn_background_mask(search->background));
done:
    return status;
}

static wn_status begin(wn_search *search)
{
    wn_status status = WN_OK;
    wn_bracket *b = &search->bracket;
    search->next_step = wn_background_first_step(search->background);
    TRY(wn_search_metric(search, search->full, &search->report->metric_dense));
    TRY(take_first(search));
    if (!search->options->is_auto)
        goto done;
    go_on(search, b);
    b->held = 1 - wn_background_last(search->background).sparsity;
    b->factor = factor_of(b->held, count_trials(search->options));
done:
    return status;
}

static wn_status run(wn_search *search)
{
    wn_status status = WN_OK;
    TRY(search->resume != NULL ? wn_search_restore(search) : begin(search));
    if (search->options->is_auto)
        TRY(search_auto(search));
    else
        TRY(follow_plan(search));
    if (search->report->accepted)
        TRY(wn_search_verify(search));
    else
        TRY(wn_search_keep_full(search));
    TRY(wn_background_report(search->background, search->report));
done:
    return status;
}

static wn_status open_search(wn_search *search, const wn_network *network)
{
    wn_status status = WN_OK;
    TRY(wn_network_with_projection(&search->full, network, search->recipe));
    TRY(wn_network_copy(&search->current, search->full));
    search->current->dropout = 0; /* a sparse network has no units to spare */
    TRY(wn_new(&search->mask, search->full->n_parameters));
    if (search->options->is_auto) {
        TRY(wn_network_copy(&search->bracket.network, search->current));
        TRY(wn_new(&search->bracket.mask, search->full->n_parameters));
    }
done:
    return wn_ranks_agree(search->ranks, status);
}

/* A background of the search's own, without a dense phase. */
static wn_status open_background(wn_search *search, const wn_network *network, wn_dataset **sample)
{
    wn_status status = WN_OK;
    TRY(wn_dataset_sample(sample, search->ranks, search->judge, SAMPLE_ROWS, search->options->seed));
    TRY(wn_background_open(&search->background, search->ranks, search->options, search->recipe, search->labels, *sample,
                           network, 0));
done:
    return status;
}

wn_status wn_compress_run(const wn_ranks *ranks, const wn_compress_options *options, const wn_lanes *lanes,
                          const wn_dataset *train, const wn_dataset *judge, const wn_labels *labels,
                          const wn_recipe *recipe, const wn_network *network, wn_background *background,
                          const wn_compress_checkpoints *checkpoints, const char *path, wn_compress_report *report)
{
    wn_status status = WN_OK;
    wn_dataset *sample = NULL;
    wn_search search = {ranks,
                        options,
                        lanes,
                        train,
                        judge,
                        labels,
                        recipe,
                        path,
                        background,
                        .report = report,
                        .started = wn_clock_seconds()};
    if (checkpoints != NULL) {
        search.checkpoints = checkpoints->sink;
        if (checkpoints->resume != NULL) {
            search.resume = *checkpoints->resume;
            *checkpoints->resume = NULL;
        }
    }
    *report = (wn_compress_report){.accepted_trial = SIZE_MAX, .mask_decision = SIZE_MAX};
    report->judged_on_training_rows = judge == train;
    TRY(open_search(&search, network));
    if (background == NULL)
        TRY(open_background(&search, network, &sample));
    TRY(run(&search));
done:
    if (background == NULL && status != WN_OK)
        wn_background_abandon(search.background);
    else if (background == NULL)
        status = wn_background_close(search.background, NULL);
    wn_checkpoint_free(search.resume);
    wn_dataset_free(sample);
    wn_free(search.bracket.mask);
    wn_network_free(search.bracket.network);
    wn_free(search.mask);
    wn_network_free(search.current);
    wn_network_free(search.full);
    if (status != WN_OK)
        wn_compress_report_clear(report);
    return status;
}
