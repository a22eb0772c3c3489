/* apply.h - a finished run on new rows: features, predictions, probabilities, in the order of the input. */
#ifndef WINNOW_APPLY_H
#define WINNOW_APPLY_H

#include "winnow/ranks.h"

#include <jansson.h>
#include <stdbool.h>

typedef enum { WN_APPLY_COMPRESSED, WN_APPLY_DENSE } wn_apply_model;

typedef struct {
    const char *run;          /* directory of a finished run, or a compressed.wnm, which needs nothing beside it */
    const char *const *files; /* globs */
    size_t n_files;
    const char *output;
    wn_apply_model model;
    bool model_given;       /* else compressed where the run has it, dense otherwise */
    const char *const *ids; /* columns to pass through as /id/NAME */
    size_t n_ids;
} wn_apply_options;

/* Collective. Reads every row of the files, drops none, and writes at `output` (one file, by rank 0, in the order of
 * rows): /features (n_rows, n_features; float32), /prediction (n_rows; class label or value), /probability (n_rows,
 * n_classes), /row (row over the input), /id/NAME. A run without training gives features only. Features of a
 * compressed.wnm alone are those that its model sees, before a projection. Where the input has the
 * run's label, *metrics (new reference, every rank; NULL otherwise) is what run.json would say of these rows.
 * Fails: WN_USAGE (the full model of a compressed.wnm alone), WN_NO_INPUT, WN_BAD_DATA (columns that are missing, a
 * damaged artefact), WN_CANT_CREATE, WN_IO, agreed. */
WN_MUST_USE wn_status wn_apply(const wn_ranks *ranks, const wn_apply_options *options, json_t **metrics,
                               int64_t *n_rows);

#endif
