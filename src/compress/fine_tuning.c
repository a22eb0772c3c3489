/* Training of what a search goes through, under masks that the background stage decides. */
#include "search.h"

#include "winnow/prune.h"

static wn_status before_step(void *context, int64_t step, wn_network *network)
{
    wn_search *search = context;
    return wn_background_before_step(search->background, search->next_step + step, network);
}

static wn_status save(void *context, wn_checkpoint *checkpoint)
{
    return wn_search_save(context, checkpoint);
}

wn_status wn_search_tune(wn_search *search, int64_t n_epochs, size_t n_rounds, double from, double to)
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
