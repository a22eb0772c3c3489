/* made_table.h - small coded tables with a label that some features tell of, for the tests of the forest. */
#ifndef MADE_TABLE_H
#define MADE_TABLE_H

#include "winnow/forest.h"

typedef struct {
    size_t n_rows, n_features, n_bins, n_classes;
    uint8_t *codes;
    int32_t *labels;
    int64_t *numbers; /* with gaps, ascending */
    uint8_t *is_used;
} made_table;

/* Local. Feature 0 tells most of the label, the next two less, those beyond 5 (from the sixth on) are constant in turn;
 * classes, or with 0 a real label. The caller clears it. */
WN_MUST_USE wn_status made_table_init(made_table *table, size_t n_rows, size_t n_features, size_t n_bins,
                                      size_t n_classes);
void made_table_clear(made_table *table);

/* Local. Rows first .. last - 1; borrowed. */
wn_forest_rows made_table_rows(const made_table *table, size_t first, size_t last);

#endif
