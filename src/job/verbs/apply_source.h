/* apply_source.h - what `winnow apply` predicts with: the recipe and the model of a run, over a table of new rows.
 * Private to src/job. */
#ifndef WINNOW_JOB_APPLY_SOURCE_H
#define WINNOW_JOB_APPLY_SOURCE_H

#include "winnow/apply.h"
#include "winnow/artefact.h"
#include "winnow/job.h"
#include "winnow/reader.h"

typedef struct {
    wn_job *job;           /* of the run */
    wn_recipe *recipe;     /* of the run: what the features are */
    wn_artefact *artefact; /* NULL where the full model predicts; owns the network, and what that sees: `seen` */
    wn_network *network;   /* NULL: a run without training */
    wn_recipe *seen;       /* of the artefact (no projection: it is a layer), else the run's */
    wn_catalog *catalog;
    wn_reader *reader;
    size_t *id_position; /* (n_ids) where the id columns lie in a block; SIZE_MAX: the label */
    size_t n_features;   /* written: components, or selected features */
} wn_apply_source;

/* Collective. Opens the run and the files into a source that is all zero; the caller closes it, whatever this returns.
 * Fails: as wn_apply. */
WN_MUST_USE wn_status wn_apply_source_open(const wn_ranks *ranks, const wn_apply_options *options,
                                           wn_apply_source *source);

/* Local. Closes and frees what the source has. */
void wn_apply_source_close(wn_apply_source *source);

#endif
