/* drive_stats.c - a program for the oracle test: reads a problem as binary doubles, computes it over the ranks in
 * blocks of BLOCK_ROWS rows, and prints numbers, one a line. MODE FILE N_ROWS N_COLS BLOCK_ROWS The file starts with
 * what the mode needs, then cells (n_rows, n_cols) and labels (n_rows). moments:     -> a column: count missing mean
 * deviation min max quantiles:    N, probability (N), windows (p, N, 2)
 *                                      -> how many windows missed, then values (p, N) of one or two passes
 *   contingency: N_BINS N_CLASSES edges (p, bins - 1) class edges -> counts
 *   gram:        N_CLASSES classes LABEL_CENTRE LABEL_EXPONENT centre (p) exponent (p)
 *                                      -> n_rows, sums (p), products (p, p), label products, then class counts, or
 *                                         sum and square of the label
 *   repeats:     N_ORIGINALS (0: any)  -> numbers of rows */
#include "winnow/contingency.h"
#include "winnow/gram.h"
#include "winnow/memory.h"
#include "winnow/moments.h"
#include "winnow/quantiles.h"
#include "winnow/row_hashes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static wn_ranks ranks;
static FILE *input;

typedef struct {
    size_t n_rows, n_cols, block_rows;
    double *cells, *labels;
} problem;

/* n doubles of the file, for the life of the program. */
static double *next(size_t n)
{
    double *values = calloc(n + 1, sizeof *values);
    if (values == NULL || fread(values, sizeof *values, n, input) != n) {
        fputs("numbers are missing\n", stderr);
        exit(2);
    }
    return values;
}

static void print(const double *values, size_t n)
{
    for (size_t i = 0; i < n && ranks.rank == 0; i++)
        printf("%.17g\n", values[i]);
}

static void print_counts(const int64_t *values, size_t n)
{
    for (size_t i = 0; i < n && ranks.rank == 0; i++)
        printf("%lld\n", (long long)values[i]);
}

static void read_rows(problem *p)
{
    p->cells = next(p->n_rows * p->n_cols);
    p->labels = next(p->n_rows);
}

/* Local. This rank's blocks into the accumulator. */
static wn_status add_blocks(const problem *p, wn_accumulator to)
{
    wn_status status = WN_OK;
    wn_block *block = NULL;
    int64_t n_blocks = (int64_t)((p->n_rows + p->block_rows - 1) / p->block_rows);
    wn_range mine = wn_range_part(n_blocks, ranks.size, ranks.rank);
    TRY(wn_block_new(&block, p->block_rows, p->n_cols, false));
    for (int64_t b = mine.first; b < mine.last; b++) {
        size_t first = (size_t)b * p->block_rows, rest = p->n_rows - first;
        block->n_rows = rest < p->block_rows ? rest : p->block_rows;
        memcpy(block->cells, p->cells + first * p->n_cols, block->n_rows * p->n_cols * sizeof *p->cells);
        memcpy(block->labels, p->labels + first, block->n_rows * sizeof *p->labels);
        for (size_t i = 0; i < block->n_rows; i++)
            block->rows[i] = (int64_t)(first + i);
        TRY(to.ops->add(to.state, block));
    }
done:
    wn_block_free(block);
    return status;
}

/* Collective. As a pass does it. */
static wn_status pass(const problem *p, wn_accumulator to)
{
    wn_status status = WN_OK;
    TRY(wn_ranks_agree(&ranks, add_blocks(p, to)));
    wn_span sums = to.ops->sums(to.state), keys = to.ops->keys(to.state);
    TRY(wn_ranks_sum(&ranks, sums.data, sums.n));
    TRY(wn_ranks_max(&ranks, keys.data, keys.n));
done:
    return status;
}

static wn_status drive_moments(problem *p)
{
    wn_status status = WN_OK;
    wn_moments *moments = NULL;
    wn_moments_summary *summary = NULL;
    read_rows(p);
    TRY(wn_moments_new(&moments, p->n_cols));
    TRY(pass(p, wn_moments_accumulator(moments)));
    TRY(wn_moments_finish(moments, &summary));
    for (size_t c = 0; c < p->n_cols; c++) {
        print_counts(&summary->count[c], 1);
        print_counts(&summary->missing[c], 1);
        print((double[]){summary->mean[c], summary->deviation[c], summary->min[c], summary->max[c]}, 4);
    }
done:
    wn_moments_summary_free(summary);
    wn_moments_free(moments);
    return status;
}

/* One pass with the windows; values of those that did not miss. */
static wn_status find_quantiles(const problem *p, size_t n, const double *probability, wn_window *windows,
                                double *values, unsigned char *missed, size_t *n_missed)
{
    wn_status status = WN_OK;
    wn_quantiles *quantiles = NULL;
    TRY(wn_quantiles_new(&quantiles, p->n_cols, n, probability, windows, 1 << 24));
    TRY(pass(p, wn_quantiles_accumulator(quantiles)));
    TRY(wn_quantiles_finish(&ranks, quantiles, values, windows, missed, n_missed));
done:
    wn_quantiles_free(quantiles);
    return status;
}

static wn_status drive_quantiles(problem *p)
{
    wn_status status = WN_OK;
    size_t n = (size_t)*next(1), n_missed = 0, n_all = p->n_cols * n;
    const double *probability = next(n), *limits = next(2 * n_all);
    double *values = calloc(n_all + 1, sizeof *values);
    unsigned char *missed = calloc(n_all + 1, 1);
    wn_window *windows = calloc(n_all + 1, sizeof *windows);
    read_rows(p);
    for (size_t i = 0; i < n_all; i++)
        windows[i] = (wn_window){limits[2 * i], limits[2 * i + 1]};
    TRY(find_quantiles(p, n, probability, windows, values, missed, &n_missed));
    print_counts(&(int64_t){(int64_t)n_missed}, 1);
    if (n_missed > 0)
        TRY(find_quantiles(p, n, probability, windows, values, missed, &n_missed));
    print_counts(&(int64_t){(int64_t)n_missed}, 1);
    print(values, n_all);
done:
    free(windows);
    free(missed);
    free(values);
    return status;
}

static wn_status drive_contingency(problem *p)
{
    wn_status status = WN_OK;
    wn_contingency *contingency = NULL;
    size_t n_bins = (size_t)*next(1), n_classes = (size_t)*next(1);
    const double *edges = next(p->n_cols * (n_bins - 1)), *class_edges = next(n_classes - 1);
    read_rows(p);
    TRY(wn_contingency_new(&contingency, p->n_cols, n_bins, edges, n_classes, class_edges));
    TRY(pass(p, wn_contingency_accumulator(contingency)));
    print_counts(wn_contingency_counts(contingency), p->n_cols * n_bins * n_classes);
done:
    wn_contingency_free(contingency);
    return status;
}

static wn_status drive_gram(problem *p)
{
    wn_status status = WN_OK;
    wn_gram *gram = NULL;
    wn_gram_sums *sums = NULL;
    wn_gram_shape shape = {.n_cols = p->n_cols, .has_label = true, .n_rows = (int64_t)p->n_rows};
    int *exponent = calloc(p->n_cols + 1, sizeof *exponent);
    shape.n_classes = (size_t)*next(1);
    shape.classes = next(shape.n_classes);
    shape.label_centre = *next(1);
    shape.label_exponent = (int)*next(1);
    shape.centre = next(p->n_cols);
    const double *powers = next(p->n_cols);
    for (size_t c = 0; c < p->n_cols; c++)
        exponent[c] = (int)powers[c];
    shape.exponent = exponent;
    read_rows(p);
    TRY(wn_gram_new(&gram, &shape));
    TRY(pass(p, wn_gram_accumulator(gram)));
    TRY(wn_gram_finish(gram, &sums));
    print_counts(&sums->n_rows, 1);
    print(sums->sum, p->n_cols);
    print(sums->product, p->n_cols * p->n_cols);
    print(sums->label_product, sums->n_label_cols * p->n_cols);
    if (shape.n_classes > 0)
        print_counts(sums->class_count, shape.n_classes);
    else
        print((double[]){sums->label_sum, sums->label_square}, 2);
done:
    wn_gram_sums_free(sums);
    wn_gram_free(gram);
    free(exponent);
    return status;
}

static void mark(void *context, int64_t row)
{
    ((int64_t *)context)[row]++;
}

/* The numbers of the originals that repeat others, then how many other rows do. */
static void print_repeats(const int64_t *marks, size_t n, int64_t n_leaked)
{
    for (size_t i = 0; i < n; i++)
        for (int64_t k = 0; k < marks[i]; k++)
            print_counts(&(int64_t){(int64_t)i}, 1);
    print_counts(&n_leaked, 1);
}

static wn_status drive_repeats(problem *p)
{
    wn_status status = WN_OK;
    wn_row_hashes *hashes = NULL;
    int64_t *marks = NULL, n_originals = (int64_t)*next(1), n_leaked = 0;
    read_rows(p);
    TRY(wn_new(&marks, p->n_rows));
    const wn_row_hashes_options options = {.n_cols = p->n_cols,
                                           .seed = 11,
                                           .n_originals = n_originals > 0 ? n_originals : INT64_MAX,
                                           .most_rows = p->n_rows,
                                           .take = mark,
                                           .context = marks};
    TRY(wn_row_hashes_new(&hashes, &options));
    TRY(pass(p, wn_row_hashes_accumulator(hashes)));
    TRY(wn_row_hashes_finish(&ranks, hashes, &n_leaked));
    TRY(wn_ranks_sum(&ranks, marks, p->n_rows));
    TRY(wn_ranks_sum(&ranks, &n_leaked, 1));
    print_repeats(marks, p->n_rows, n_leaked);
done:
    wn_free(marks);
    wn_row_hashes_free(hashes);
    return status;
}

static wn_status drive(const char *mode, problem *p)
{
    if (strcmp(mode, "moments") == 0)
        return drive_moments(p);
    if (strcmp(mode, "quantiles") == 0)
        return drive_quantiles(p);
    if (strcmp(mode, "contingency") == 0)
        return drive_contingency(p);
    if (strcmp(mode, "gram") == 0)
        return drive_gram(p);
    return drive_repeats(p);
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    ranks = wn_ranks_of(MPI_COMM_WORLD);
    input = argc == 6 ? fopen(argv[2], "rb") : NULL;
    if (input == NULL) {
        fputs("usage: drive_stats MODE FILE N_ROWS N_COLS BLOCK_ROWS\n", stderr);
        return 2;
    }
    problem p = {.n_rows = (size_t)atoll(argv[3]), .n_cols = (size_t)atoll(argv[4])};
    p.block_rows = (size_t)atoll(argv[5]);
    wn_status status = wn_ranks_agree(&ranks, drive(argv[1], &p));
    if (status != WN_OK && ranks.rank == 0)
        fprintf(stderr, "%s\n", wn_status_message());
    fclose(input);
    MPI_Finalize();
    return (int)status;
}
