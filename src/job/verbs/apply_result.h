/* apply_result.h - what `winnow apply` makes of one block: features, predictions, probabilities, in one piece of memory
 * that can be sent as it is. Private to src/job. */
#ifndef WINNOW_JOB_APPLY_RESULT_H
#define WINNOW_JOB_APPLY_RESULT_H

#include "apply_source.h"
#include "winnow/evaluation.h"

typedef struct {
    unsigned char *bytes; /* (n_bytes) owned; what the others point into */
    size_t n_bytes, n_rows;
    double *prediction, *ids;         /* (n_rows); (n_ids, n_rows) */
    int64_t *rows;                    /* (n_rows) over the input */
    float *features, *probability;    /* (n_rows, n_features); (n_rows, n_classes) */
    int64_t n_strange, first_strange; /* of all blocks so far: rows whose label is none of the run's classes, and the
                                         first of them */
} wn_apply_result;

/* Local. Room for blocks of up to `capacity` rows; the caller frees result->bytes. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_apply_result_new(wn_apply_result *result, const wn_apply_source *source, size_t n_ids,
                                          size_t capacity);

/* Local. Sets the pointers for n_rows rows. */
void wn_apply_result_layout(wn_apply_result *result, const wn_apply_source *source, size_t n_ids, size_t n_rows);

/* Local. Computes a block's results; adds the rows that have a label to the evaluation (NULL: none is kept), but counts
 * those whose class training did not have. Fails: WN_BAD_DATA where a cell is none that the run can take, WN_NO_MEMORY.
 */
WN_MUST_USE wn_status wn_apply_result_compute(wn_apply_result *result, const wn_apply_source *source,
                                              const wn_block *block, wn_workspace *workspace, size_t n_ids,
                                              wn_evaluation *evaluation);

#endif
