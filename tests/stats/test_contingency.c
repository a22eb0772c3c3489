/* Bins by every kernel, and the counts of whole blocks, against what a naive loop finds. */
#include "winnow/contingency.h"

#include "column_bins.h"
#include "column_run.h"
#include "testing.h"
#include "winnow/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLS = 11, MOST_ROWS = 1100, MOST_BINS = WN_MOST_BINS };

static const wn_random stream = {7, WN_RANDOM_TEST, 0};

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Edges of which most are no floats, some are equal and some lie at cells. */
static void draw_edges(size_t n, uint64_t seed, double *edges)
{
    for (size_t k = 0; k < n; k++) {
        double x = wn_random_normal(stream, 1000 * seed + k);
        edges[k] = k % 7 == 3 ? floor(2 * x) : k % 5 == 2 ? (double)(float)x : x;
    }
    qsort(edges, n, sizeof *edges, ascending);
}

/* Cells about the edges and at them, zeros of both signs, gaps in one of them. */
static double draw_cell(uint64_t at, const double *edges, size_t n, bool has_gaps)
{
    uint64_t bits = wn_random_bits(stream, at);
    if (has_gaps && bits % 11 == 0)
        return (double)NAN;
    if (bits % 11 < 4 && n > 0)
        return edges[bits / 11 % n];
    return bits % 11 == 5 ? -0.0 : bits % 11 == 6 ? 0.0 : 1.5 * wn_random_normal(stream, at);
}

static size_t naive_bin(const double *edges, size_t n, double x)
{
    size_t bin = 0;
    for (size_t k = 0; k < n; k++)
        bin += edges[k] <= x;
    return bin;
}

static void check_run(const wn_bin_edges *edges, bool is_float32)
{
    static _Alignas(64) double doubles[WN_RUN_ROWS];
    static _Alignas(64) float floats[WN_RUN_ROWS];
    uint16_t bins[WN_RUN_ROWS];
    size_t there = 0, wrong = 0, n = edges->n_edges % 2 == 0 ? (size_t)WN_RUN_ROWS : (size_t)WN_RUN_STEP;
    for (size_t i = 0; i < n; i++) {
        doubles[i] = draw_cell(i, edges->edges, edges->n_edges, true);
        floats[i] = (float)doubles[i];
        there += doubles[i] == doubles[i];
    }
    wn_cells run = {is_float32 ? (void *)floats : doubles, is_float32};
    CU_ASSERT_EQUAL(wn_column_bins(edges, run, n, bins), there);
    for (size_t i = 0; i < n; i++)
        wrong += bins[i] != naive_bin(edges->edges, edges->n_edges, is_float32 ? (double)floats[i] : doubles[i]);
    CU_ASSERT_EQUAL(wrong, 0);
}

static void test_bins(void)
{
    static const size_t n_bins[] = {1, 2, 3, 16, 31, 32, 33, 64, 65, 128, 200, 256};
    static const wn_column_kernels kernels[] = {WN_KERNELS_PLAIN, WN_KERNELS_AVX2, WN_KERNELS_AVX512};
    double edges[MOST_BINS];
    float floats[MOST_BINS];
    for (size_t b = 0; b < sizeof n_bins / sizeof *n_bins; b++) {
        size_t n = n_bins[b] - 1, places = wn_bin_places(n_bins[b]);
        draw_edges(n, b, edges);
        for (size_t k = n; k < places; k++)
            edges[k] = (double)NAN;
        wn_bin_floats(edges, places, floats);
        for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
            wn_column_run_limit(kernels[k]);
            check_run(&(wn_bin_edges){n, places, edges, floats}, false);
            check_run(&(wn_bin_edges){n, places, edges, floats}, true);
        }
    }
    wn_column_run_limit(WN_KERNELS_AVX512);
}

typedef struct {
    size_t n_bins, n_classes, n_rows;
    bool is_float32, has_gaps, misses_labels;
} table_case;

/* Counts into `counts` as the block's rows are filled. */
static void fill_block(const table_case *it, const double *edges, const double *class_edges, wn_block *block,
                       int64_t *counts)
{
    block->n_rows = it->n_rows;
    block->raw = block->buffer;
    for (size_t i = 0; i < it->n_rows; i++) {
        bool has_label = !it->misses_labels || i % 5 != 1;
        block->labels[i] = has_label ? draw_cell(90000 + i, class_edges, it->n_classes - 1, false) : (double)NAN;
        for (size_t c = 0; c < COLS; c++) {
            const double *own = edges + c * (it->n_bins - 1);
            double x = c == 4 ? own[0] : draw_cell(i * COLS + c, own, it->n_bins - 1, it->has_gaps);
            x = it->is_float32 ? (double)(float)x : x;
            if (it->is_float32)
                ((float *)block->buffer.data)[i * COLS + c] = (float)x;
            else
                ((double *)block->buffer.data)[i * COLS + c] = x;
            if (has_label && !isnan(x))
                counts[(c * it->n_bins + naive_bin(own, it->n_bins - 1, x)) * it->n_classes +
                       naive_bin(class_edges, it->n_classes - 1, block->labels[i])]++;
        }
    }
}

static void check_table(const table_case *it)
{
    static double edges[COLS * MOST_BINS], class_edges[MOST_BINS];
    wn_block *block = NULL;
    wn_contingency *contingency = NULL;
    size_t n = COLS * it->n_bins * it->n_classes;
    int64_t *counts = calloc(n, sizeof *counts);
    for (size_t c = 0; c < COLS; c++)
        draw_edges(it->n_bins - 1, c, edges + c * (it->n_bins - 1));
    draw_edges(it->n_classes - 1, 99, class_edges);
    if (CHECK_OK(wn_block_new(&block, MOST_ROWS, COLS, it->is_float32)) &&
        CHECK_OK(wn_contingency_new(&contingency, COLS, it->n_bins, edges, it->n_classes, class_edges))) {
        fill_block(it, edges, class_edges, block, counts);
        wn_contingency_add(contingency, block);
        CU_ASSERT_EQUAL(memcmp(wn_contingency_counts(contingency), counts, n * sizeof *counts), 0);
        wn_block_widen(block); /* the same again */
        wn_contingency_add(contingency, block);
        for (size_t k = 0; k < n; k++)
            counts[k] *= 2;
        CU_ASSERT_EQUAL(memcmp(wn_contingency_counts(contingency), counts, n * sizeof *counts), 0);
    }
    free(counts);
    wn_contingency_free(contingency);
    wn_block_free(block);
}

static void test_counts(void)
{
    static const table_case cases[] = {
        {32, 5, MOST_ROWS, true, false, false},  {32, 5, MOST_ROWS, false, true, true}, {2, 1, 1, true, true, false},
        {16, 100, 513, true, false, false},      {256, 256, 700, false, false, false},  {7, 2, 511, false, false, true},
        {200, 3, MOST_ROWS, true, false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_table(&cases[i]);
}

static const wn_test tests[] = {{"bins by every kernel", test_bins}, {"counts of a block", test_counts}};
TEST_MAIN("stats/contingency", tests)
