/* The search for the smallest artefact in a checkpoint. What is fine-tuned just then lies in the trainer's own
 * sections. */
#include "search.h"

#include "winnow/durable.h"
#include "winnow/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char PLACE[] = "search/place", TRIALS[] = "search/trials", BEST[] = "search/best_mask",
                  ARTEFACT[] = "search/artefact", HELD[] = "search/held_parameters", HELD_MASK[] = "search/held_mask";

/* What is plain of search, bracket and report. */
typedef struct {
    int64_t next_step, next_epoch, trial;
    double factor, held, failed;
    int64_t n_trials, accepted_trial, n_bytes, n_parameters_kept;
    double metric_dense, metric_compressed;
} search_place;

static search_place place_of(const wn_search *search)
{
    const wn_compress_report *report = search->report;
    return (search_place){.next_step = search->next_step,
                          .next_epoch = search->next_epoch,
                          .trial = search->trial,
                          .factor = search->bracket.factor,
                          .held = search->bracket.held,
                          .failed = search->bracket.failed,
                          .n_trials = (int64_t)report->n_trials,
                          .accepted_trial = report->accepted ? (int64_t)report->accepted_trial : -1,
                          .n_bytes = report->n_bytes,
                          .n_parameters_kept = report->n_parameters_kept,
                          .metric_dense = report->metric_dense,
                          .metric_compressed = report->metric_compressed};
}

static void take_place(wn_search *search, const search_place *place)
{
    wn_compress_report *report = search->report;
    search->next_step = place->next_step;
    search->next_epoch = place->next_epoch;
    search->trial = place->trial;
    search->bracket.factor = place->factor;
    search->bracket.held = place->held;
    search->bracket.failed = place->failed;
    report->n_trials = (size_t)place->n_trials;
    report->accepted = place->accepted_trial >= 0;
    report->accepted_trial = report->accepted ? (size_t)place->accepted_trial : SIZE_MAX;
    report->n_bytes = place->n_bytes;
    report->n_parameters_kept = place->n_parameters_kept;
    report->metric_dense = place->metric_dense;
    report->metric_compressed = place->metric_compressed;
}

static wn_status save_artefact(const wn_search *search, wn_checkpoint *checkpoint)
{
    wn_status status = WN_OK;
    size_t n = (size_t)search->report->n_bytes;
    unsigned char *bytes = NULL;
    FILE *file = fopen(search->path, "rb");
    if (file == NULL)
        return wn_fail(WN_IO, "%s: %s", search->path, strerror(errno));
    TRY(wn_new(&bytes, n));
    if (fread(bytes, 1, n, file) != n)
        TRY(wn_fail(WN_IO, "%s: %s", search->path, ferror(file) ? strerror(errno) : "is shorter than it was written"));
    TRY(wn_checkpoint_put(checkpoint, ARTEFACT, bytes, n));
done:
    wn_free(bytes);
    fclose(file);
    return status;
}

wn_status wn_search_save(const wn_search *search, wn_checkpoint *checkpoint)
{
    wn_status status = WN_OK;
    const wn_bracket *bracket = &search->bracket;
    const wn_compress_report *report = search->report;
    size_t n = search->full->n_parameters;
    search_place place = place_of(search);
    TRY(wn_background_save(search->background, checkpoint));
    TRY(wn_checkpoint_put(checkpoint, PLACE, &place, sizeof place));
    TRY(wn_checkpoint_put(checkpoint, TRIALS, report->trials, report->n_trials * sizeof *report->trials));
    if (bracket->network != NULL) {
        TRY(wn_checkpoint_put(checkpoint, HELD, bracket->network->parameters, n * sizeof(float)));
        TRY(wn_checkpoint_put(checkpoint, HELD_MASK, bracket->mask, n));
    }
    if (report->accepted) {
        TRY(wn_checkpoint_put(checkpoint, BEST, search->mask, n));
        TRY(save_artefact(search, checkpoint));
    }
done:
    return status;
}

static wn_status restore_artefact(const wn_search *search)
{
    wn_status status = WN_OK;
    size_t n = 0;
    char *beside = NULL;
    const void *bytes = wn_checkpoint_find(search->resume, ARTEFACT, &n);
    if (bytes == NULL)
        return wn_fail(WN_IO, "the checkpoint has no artefact");
    TRY(wn_string_format(&beside, "%s.part", search->path));
    TRY(wn_durable_write(beside, bytes, n));
    TRY(wn_durable_rename(beside, search->path));
done:
    wn_free(beside);
    return status;
}

static wn_status restore(wn_search *search)
{
    wn_status status = WN_OK;
    const wn_checkpoint *from = search->resume;
    wn_compress_report *report = search->report;
    size_t n = search->full->n_parameters;
    search_place place;
    TRY(wn_checkpoint_get(from, PLACE, &place, sizeof place));
    TRY(wn_resize(&report->trials, (size_t)place.n_trials));
    TRY(wn_checkpoint_get(from, TRIALS, report->trials, (size_t)place.n_trials * sizeof *report->trials));
    if (search->bracket.network != NULL) {
        TRY(wn_checkpoint_get(from, HELD, search->bracket.network->parameters, n * sizeof(float)));
        TRY(wn_checkpoint_get(from, HELD_MASK, search->bracket.mask, n));
    }
    if (place.accepted_trial >= 0) {
        TRY(wn_checkpoint_get(from, BEST, search->mask, n));
        if (search->ranks->rank == 0)
            TRY(restore_artefact(search));
    }
    take_place(search, &place);
done:
    return status;
}

wn_status wn_search_restore(wn_search *search)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(search->ranks, restore(search)));
    TRY(wn_background_restore(search->background, search->resume));
done:
    return status;
}
