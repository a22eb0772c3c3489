/* search.h - what a search for the smallest artefact goes through: candidates judged, the best one on disk. Private to
 * src/compress. */
#ifndef WINNOW_COMPRESS_SEARCH_H
#define WINNOW_COMPRESS_SEARCH_H

#include "rounds.h"

/* Where the search of plan: auto stands: shares of weights kept. */
typedef struct {
    double factor;       /* of the next share to the last that held, while none has failed */
    double held, failed; /* the smallest that held, the largest that failed; 0: none failed */
    wn_network *network; /* with which `held` held; owned, like the mask (NULL: all 1) */
    unsigned char *mask;
} wn_bracket;

typedef struct {
    const wn_ranks *ranks;
    const wn_compress_options *options;
    const wn_lanes *lanes;
    const wn_dataset *train, *judge;
    const wn_labels *labels;
    const wn_recipe *recipe;
    const char *path;
    wn_background *background;
    wn_network *full;              /* the full model with projection, untouched; owned, like the two below */
    wn_network *current;           /* what is fine-tuned */
    unsigned char *mask;           /* (n_parameters) of the best candidate */
    int64_t next_step, next_epoch; /* of fine-tuning: where the trial began */
    int64_t trial;                 /* from 0 */
    double started;                /* by the clock, in this process */
    wn_bracket bracket;            /* of plan: auto */
    wn_compress_report *report;
    const wn_checkpoint_sink *checkpoints;
    wn_checkpoint *resume; /* owned; NULL once it was gone on from */
} wn_search;

/* Local, rank 0. The search within a trial's fine-tuning, with the best artefact's bytes, into a checkpoint. Fails:
 * WN_NO_MEMORY, WN_IO. */
WN_MUST_USE wn_status wn_search_save(const wn_search *search, wn_checkpoint *checkpoint);

/* Collective. Out of search->resume, into an open search; rank 0 writes the best artefact again. Fails: WN_NO_MEMORY;
 * WN_IO, agreed. */
WN_MUST_USE wn_status wn_search_restore(wn_search *search);

/* Collective. Trains the current network for some epochs while its sparsity goes from one to another in n_rounds; goes
 * on where a checkpoint ended in this very training. Without epochs it is pruned at once. Fails: as training does. */
WN_MUST_USE wn_status wn_search_tune(wn_search *search, int64_t n_epochs, size_t n_rounds, double from, double to);

/* Local. Where plan: auto begins: with the first decision, which the sample takes for safe. */
void wn_search_auto_begin(wn_search *search);

/* Collective. The trials of plan: auto, from where the bracket stands. Where nothing pruned holds, the full model is
 * only quantized. Fails: as wn_search_tune and wn_search_judge. */
WN_MUST_USE wn_status wn_search_auto(wn_search *search);

/* Collective. Judges the current network under a mask, coded as the options say: a trial in the report. Where it is
 * within the tolerance and smaller than the best so far, rank 0 writes it and it becomes the best. *is_within tells the
 * former. started: when work on it began. Fails: WN_NO_MEMORY, WN_IO, WN_CANT_CREATE, agreed. */
WN_MUST_USE wn_status wn_search_judge(wn_search *search, const unsigned char *mask, double started, bool *is_within);

/* Collective. Writes the full model without loss. */
WN_MUST_USE wn_status wn_search_keep_full(wn_search *search);

/* Collective. Reads the best candidate back from disk, and holds its mask against the decisions. */
WN_MUST_USE wn_status wn_search_verify(wn_search *search);

/* Collective. The metric that decides, on the rows that decide. */
WN_MUST_USE wn_status wn_search_metric(const wn_search *search, const wn_network *network, double *metric);

#endif
