#include "sums.h"

#include "winnow/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_ROWS = 1000 };

static void fill_row(sums_table *table, size_t i)
{
    wn_random stream = {11, WN_RANDOM_TEST, i};
    size_t p = table->n_cols, class = table->n_classes > 0 ? i * i % table->n_classes : 0;
    double *row = table->cells + i * p, common = wn_random_normal(stream, 100), sum = 0;
    for (size_t j = 0; j < p; j++) {
        double z = wn_random_normal(stream, j) + 0.5 * common + 0.3 * (double)(class * j % 3);
        double scale = pow(10, (double)(j % 9) - 4);
        row[j] = j + 1 == p ? 0.1 : scale * (z + (j % 4 == 3 ? 1e6 : (double)j));
        sum += (double)(j + 1) * z;
    }
    table->labels[i] = table->n_classes > 0 ? (double)class : sum + 100;
}

void sums_table_fill(sums_table *table, size_t n_rows, size_t n_cols, size_t n_classes)
{
    *table = (sums_table){.n_rows = n_rows, .n_cols = n_cols, .n_classes = n_classes};
    table->cells = malloc((n_rows * n_cols + 1) * sizeof *table->cells);
    table->labels = malloc((n_rows + 1) * sizeof *table->labels);
    for (size_t i = 0; i < n_rows; i++)
        fill_row(table, i);
}

void sums_table_clear(sums_table *table)
{
    free(table->labels);
    free(table->cells);
}

static wn_status add_blocks(wn_gram *gram, const sums_table *table)
{
    wn_status status = WN_OK;
    int64_t rows[BLOCK_ROWS] = {0};
    for (size_t first = 0; first < table->n_rows; first += BLOCK_ROWS) {
        size_t n = table->n_rows - first < BLOCK_ROWS ? table->n_rows - first : BLOCK_ROWS;
        wn_block block = {.n_rows = n,
                          .n_cols = table->n_cols,
                          .cells = table->cells + first * table->n_cols,
                          .labels = table->labels + first,
                          .rows = rows,
                          .capacity = n};
        TRY(wn_gram_add(gram, &block));
    }
done:
    return status;
}

/* The exponent of the root mean square about the centre. */
static int exponent_of(const sums_table *table, size_t column, double centre)
{
    double sum = 0;
    for (size_t i = 0; i < table->n_rows; i++)
        sum += pow(table->cells[i * table->n_cols + column] - centre, 2);
    return sum > 0 ? ilogb(sqrt(sum / (double)table->n_rows)) + 1 : 0;
}

wn_gram_sums *sums_of(const sums_table *table)
{
    double centre[SUMS_MOST_COLS], classes[SUMS_MOST_COLS];
    int exponent[SUMS_MOST_COLS];
    for (size_t j = 0; j < table->n_cols; j++) {
        centre[j] = table->n_rows > 0 ? table->cells[j] : 0;
        exponent[j] = exponent_of(table, j, centre[j]);
    }
    for (size_t k = 0; k < table->n_classes; k++)
        classes[k] = (double)k;
    wn_gram_shape shape = {.n_cols = table->n_cols,
                           .centre = centre,
                           .exponent = exponent,
                           .n_classes = table->n_classes,
                           .classes = classes,
                           .has_label = true,
                           .label_centre = table->n_rows > 0 ? table->labels[0] : 0,
                           .label_exponent = 4,
                           .n_rows = (int64_t)table->n_rows};
    wn_gram *gram = NULL;
    wn_gram_sums *sums = NULL;
    if (CHECK_OK(wn_gram_new(&gram, &shape)) && CHECK_OK(add_blocks(gram, table)))
        (void)CHECK_OK(wn_gram_finish(gram, &sums));
    wn_gram_free(gram);
    return sums;
}

wn_recipe *sums_recipe(size_t n_cols)
{
    static char names[SUMS_MOST_COLS][24];
    wn_column columns[SUMS_MOST_COLS] = {0};
    for (size_t j = 0; j < n_cols; j++) {
        snprintf(names[j], sizeof names[j], "c%zu", j);
        columns[j].name = names[j];
    }
    wn_catalog catalog = {.columns = columns, .n_columns = n_cols};
    wn_recipe *recipe = NULL;
    (void)CHECK_OK(wn_recipe_new(&recipe, &catalog));
    return recipe;
}
