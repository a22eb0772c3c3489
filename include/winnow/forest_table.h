/* forest_table.h - prepared training rows as a forest takes them: codes by quantiles of a sample, one byte a cell. */
#ifndef WINNOW_FOREST_TABLE_H
#define WINNOW_FOREST_TABLE_H

#include "winnow/dataset.h"
#include "winnow/fixed_label.h"
#include "winnow/forest.h"

typedef struct {
    wn_forest_rows rows;  /* what follows; all are used */
    wn_fixed_label scale; /* of a real label */
    uint8_t *codes;       /* (n_rows, n_features), owned */
    int32_t *labels;      /* (n_rows), owned */
    int64_t *numbers;     /* (n_rows), owned */
} wn_forest_table;

/* Collective. Of a dataset spread over ranks, whose targets are class indices; real labels come as doubles, real
 * (n_rows), for float32 may know no difference between them (NULL with classes; borrowed). The edges are at most 255
 * quantiles of the rows of smallest hash of (seed, row), as many as a pilot has: the same at any rank count. The caller
 * frees it. Fails: WN_NO_MEMORY, WN_INTERNAL, agreed. */
WN_MUST_USE wn_status wn_forest_table_new(wn_forest_table **table, const wn_ranks *ranks, const wn_dataset *dataset,
                                          const double *real, const wn_labels *labels, uint64_t seed);
void wn_forest_table_free(wn_forest_table *table);

#endif
