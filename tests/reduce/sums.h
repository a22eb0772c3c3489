/* sums.h - a table in memory, what the statistics pass would make of it, and a recipe for it. */
#ifndef WINNOW_TESTS_REDUCE_SUMS_H
#define WINNOW_TESTS_REDUCE_SUMS_H

#include "testing.h"

#include "winnow/gram.h"
#include "winnow/recipe.h"

enum { SUMS_MOST_COLS = 16 };

typedef struct {
    size_t n_rows, n_cols, n_classes; /* n_classes 0: a real label, or none where labels is NULL */
    double *cells;                    /* (n_rows, n_cols) */
    double *labels;                   /* (n_rows) 0 .. n_classes - 1, or real */
} sums_table;

/* Local. Column j of n_cols random ones: near 10^(j - 4) x normal about a mean of as much or more, mixed with others;
 * the last is constant. Labels are classes that the cells depend on, or a real sum of cells. The caller clears it. */
void sums_table_fill(sums_table *table, size_t n_rows, size_t n_cols, size_t n_classes);
void sums_table_clear(sums_table *table);

/* Local. The Gram matrix of the table, in blocks, about the first row's cells. NULL after a failed check. */
wn_gram_sums *sums_of(const sums_table *table);

/* Local. A recipe for n_cols columns named c0, c1, ...; NULL after a failed check. */
wn_recipe *sums_recipe(size_t n_cols);

#endif
