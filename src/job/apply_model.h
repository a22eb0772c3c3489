/* apply_model.h - what `winnow apply` predicts with: the recipe and the model of a run, over a table of new rows.
 * Private to src/job. */
#ifndef WINNOW_APPLY_MODEL_H
#define WINNOW_APPLY_MODEL_H

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

/* Collective. Opens the run and the files. */
WN_MUST_USE wn_status wn_apply_source_open(const wn_ranks *ranks, const wn_apply_options *options,
                                           wn_apply_source *source);
void wn_apply_source_close(wn_apply_source *source);

/* Results of one block, one piece of memory that can be sent as it is. */
typedef struct {
    unsigned char *bytes; /* owned */
    size_t n_bytes;
    size_t n_rows;
    float *features, *probability; /* into bytes */
    double *prediction, *ids;
    int64_t *rows;
} wn_apply_result;

/* Local. Room for blocks of up to `capacity` rows. */
WN_MUST_USE wn_status wn_apply_result_new(wn_apply_result *result, const wn_apply_source *source, size_t n_ids,
                                          size_t capacity);

/* Local. Sets the pointers for n_rows rows. */
void wn_apply_result_layout(wn_apply_result *result, const wn_apply_source *source, size_t n_ids, size_t n_rows);

/* Local. Computes a block's results; adds the rows that have a label to the evaluation (NULL: none is kept). */
WN_MUST_USE wn_status wn_apply_block(const wn_apply_source *source, const wn_block *block, wn_workspace *workspace,
                                     size_t n_ids, wn_apply_result *result, wn_evaluation *evaluation);

#endif
