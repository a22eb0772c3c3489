#include "search.h"

#include "winnow/clock.h"
#include "winnow/memory.h"
#include "winnow/prune.h"

/* A plan given as a list: gradually to its sparsity, then quantized if it says so; one candidate. */
static wn_status follow_plan(wn_search *search)
{
    wn_status status = WN_OK;
    const wn_compress_options *options = search->options;
    bool is_within;
    double started = wn_clock_seconds();
    if (options->sparsity > 0)
        TRY(wn_search_tune(search, options->n_epochs, WN_MAX_ROUNDS, wn_background_last(search->background).sparsity,
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
    search->next_step = wn_background_first_step(search->background);
    TRY(wn_search_metric(search, search->full, &search->report->metric_dense));
    TRY(take_first(search));
    if (search->options->is_auto)
        wn_search_auto_begin(search);
done:
    return status;
}

static wn_status run(wn_search *search)
{
    wn_status status = WN_OK;
    TRY(search->resume != NULL ? wn_search_restore(search) : begin(search));
    if (search->options->is_auto)
        TRY(wn_search_auto(search));
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
    TRY(wn_dataset_sample(sample, search->ranks, search->judge, WN_SAMPLE_ROWS, search->options->seed));
    TRY(wn_background_open(&search->background, search->ranks, search->options, search->recipe, search->labels, *sample,
                           network, 0));
done:
    return status;
}

/* A checkpoint to go on from is the search's from now on. */
static void take_checkpoints(wn_search *search, const wn_compress_checkpoints *checkpoints)
{
    if (checkpoints == NULL)
        return;
    search->checkpoints = checkpoints->sink;
    if (checkpoints->resume == NULL)
        return;
    search->resume = *checkpoints->resume;
    *checkpoints->resume = NULL;
}

static void close_search(wn_search *search)
{
    wn_checkpoint_free(search->resume);
    wn_free(search->bracket.mask);
    wn_network_free(search->bracket.network);
    wn_free(search->mask);
    wn_network_free(search->current);
    wn_network_free(search->full);
}

wn_status wn_compress_run(const wn_ranks *ranks, const wn_compress_options *options, const wn_lanes *lanes,
                          const wn_dataset *train, const wn_dataset *judge, const wn_labels *labels,
                          const wn_recipe *recipe, const wn_network *network, wn_background *background,
                          const wn_compress_checkpoints *checkpoints, const char *path, wn_compress_report *report)
{
    wn_status status = WN_OK;
    wn_dataset *sample = NULL;
    wn_search search = {.ranks = ranks,
                        .options = options,
                        .lanes = lanes,
                        .train = train,
                        .judge = judge,
                        .labels = labels,
                        .recipe = recipe,
                        .path = path,
                        .background = background,
                        .report = report,
                        .started = wn_clock_seconds()};
    *report = (wn_compress_report){
        .accepted_trial = SIZE_MAX, .mask_decision = SIZE_MAX, .judged_on_training_rows = judge == train};
    take_checkpoints(&search, checkpoints);
    TRY(open_search(&search, network));
    if (background == NULL)
        TRY(open_background(&search, network, &sample));
    TRY(run(&search));
done:
    if (background == NULL && status != WN_OK)
        wn_background_abandon(search.background);
    else if (background == NULL)
        status = wn_background_close(search.background, NULL);
    wn_dataset_free(sample);
    close_search(&search);
    if (status != WN_OK)
        wn_compress_report_clear(report);
    return status;
}

void wn_compress_report_clear(wn_compress_report *report)
{
    wn_free(report->applied_at_step);
    wn_free(report->trials);
    *report = (wn_compress_report){0};
}
