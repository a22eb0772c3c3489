#include "winnow/contingency.h"

#include "column_bins.h"
#include "column_strip.h"

#include "winnow/memory.h"

#include <math.h>
#include <string.h>

struct wn_contingency {
    size_t n_cols, n_bins, n_classes;
    size_t n_places;     /* of a column's edges */
    double *edges;       /* (n_cols, n_places), owned */
    float *floats;       /* (n_cols, n_places) the same as floats; owned */
    double *class_edges; /* of the label's, as many as they need; owned */
    size_t n_class_places;
    int64_t *counts;   /* (n_cols, n_bins, n_classes), owned */
    int64_t *of_class; /* (n_classes) labelled rows of the block that is added; owned */
};

static void fill_edges(double *to, size_t n_places, const double *from, size_t n)
{
    for (size_t k = 0; k < n_places; k++)
        to[k] = k < n ? from[k] : (double)NAN;
}

wn_status wn_contingency_new(wn_contingency **contingency, size_t n_cols, size_t n_bins, const double *edges,
                             size_t n_classes, const double *class_edges)
{
    wn_status status = WN_OK;
    wn_contingency *made = NULL;
    TRY(wn_new(&made, 1));
    made->n_cols = n_cols;
    made->n_bins = n_bins;
    made->n_classes = n_classes;
    made->n_places = wn_bin_places(n_bins);
    made->n_class_places = wn_bin_places(n_classes);
    TRY(wn_new(&made->edges, n_cols * made->n_places));
    TRY(wn_new(&made->floats, n_cols * made->n_places));
    TRY(wn_new(&made->class_edges, made->n_class_places));
    TRY(wn_new(&made->counts, n_cols * n_bins * n_classes));
    TRY(wn_new(&made->of_class, n_classes));
    for (size_t c = 0; c < n_cols; c++)
        fill_edges(made->edges + c * made->n_places, made->n_places, edges + c * (n_bins - 1), n_bins - 1);
    wn_bin_floats(made->edges, n_cols * made->n_places, made->floats);
    fill_edges(made->class_edges, made->n_class_places, class_edges, n_classes - 1);
    *contingency = made;
    made = NULL;
done:
    wn_contingency_free(made);
    return status;
}

void wn_contingency_free(wn_contingency *contingency)
{
    if (contingency == NULL)
        return;
    wn_free(contingency->of_class);
    wn_free(contingency->counts);
    wn_free(contingency->class_edges);
    wn_free(contingency->floats);
    wn_free(contingency->edges);
    wn_free(contingency);
}

static wn_bin_edges edges_of(const wn_contingency *contingency, size_t column)
{
    size_t n = contingency->n_places;
    return (wn_bin_edges){contingency->n_bins - 1, n, contingency->edges + column * n,
                          contingency->floats + column * n};
}

/* The rows of a strip: their classes, and those that have a label. */
typedef struct {
    size_t first, n, n_labelled;
    _Alignas(64) double label[WN_RUN_ROWS]; /* filled up with gaps to whole steps */
    uint16_t class[WN_RUN_ROWS];            /* 0 without a label */
} strip_rows;

static void find_classes(wn_contingency *contingency, const wn_block *block, size_t first, strip_rows *rows)
{
    const wn_bin_edges edges = {contingency->n_classes - 1, contingency->n_class_places, contingency->class_edges,
                                NULL};
    size_t left = block->n_rows - first, n = left < WN_RUN_ROWS ? left : WN_RUN_ROWS, end = n;
    memcpy(rows->label, block->labels + first, n * sizeof *rows->label);
    while (end % WN_RUN_STEP > 0)
        rows->label[end++] = (double)NAN;
    rows->first = first;
    rows->n = n;
    rows->n_labelled = wn_column_bins(&edges, (wn_cells){rows->label, false}, end, rows->class);
    for (size_t i = 0; i < n; i++)
        contingency->of_class[rows->class[i]] += !isnan(rows->label[i]);
}

static bool is_missing(wn_cells run, size_t i)
{
    return run.is_float32 ? isnan(((const float *)run.data)[i]) : isnan(((const double *)run.data)[i]);
}

/* Cells that are one after the other often lie in one bin and class, and then wait for each other: so four tables take
 * turns. No count is above WN_RUN_ROWS. */
enum { TURNS = 4, MOST_TURNED = 1024 };

static void count_in_turns(const uint16_t *place, size_t n, int64_t *counts, size_t n_counts)
{
    uint16_t table[TURNS][MOST_TURNED];
    size_t i = 0;
    for (size_t t = 0; t < TURNS; t++)
        memset(table[t], 0, n_counts * sizeof table[t][0]);
    for (; i + TURNS <= n; i += TURNS)
        for (size_t t = 0; t < TURNS; t++)
            table[t][place[i + t]]++;
    for (; i < n; i++)
        table[0][place[i]]++;
    for (size_t k = 0; k < n_counts; k++)
        counts[k] += (uint16_t)(table[0][k] + table[1][k]) + (uint16_t)(table[2][k] + table[3][k]);
}

/* One column of the strip. */
static void count_run(wn_contingency *contingency, const strip_rows *rows, size_t column, wn_cells run, size_t n)
{
    uint16_t place[WN_RUN_ROWS];
    const wn_bin_edges edges = edges_of(contingency, column);
    const uint16_t n_classes = (uint16_t)contingency->n_classes;
    size_t n_counts = contingency->n_bins * n_classes, n_there = wn_column_bins(&edges, run, n, place);
    int64_t *counts = contingency->counts + column * n_counts;
    for (size_t i = 0; i < n; i++)
        place[i] = (uint16_t)(place[i] * n_classes + rows->class[i]);
    if (n_there < rows->n || rows->n_labelled < rows->n)
        for (size_t i = 0; i < rows->n; i++)
            counts[place[i]] += !isnan(rows->label[i]) && !is_missing(run, i);
    else if (n_counts > MOST_TURNED)
        for (size_t i = 0; i < rows->n; i++)
            counts[place[i]]++;
    else
        count_in_turns(place, rows->n, counts, n_counts);
}

static void count_strip(wn_contingency *contingency, const wn_block *block, const strip_rows *rows)
{
    wn_column_strip strip;
    for (size_t first = 0; first < block->n_cols; first += WN_RUN_COLS) {
        wn_column_strip_fill(&strip, block, rows->first, first);
        for (size_t k = 0; k < strip.n_cols; k++) {
            wn_column_strip_ask_ahead(block, rows->first, first, k);
            count_run(contingency, rows, wn_block_column(block, first + k), wn_column_strip_run(&strip, k), strip.n);
        }
    }
}

/* The strip's entries of sparse columns, which are then taken from the cells that are 0. */
static void count_entries(wn_contingency *contingency, const wn_sparse_part *part, const strip_rows *rows)
{
    size_t n_classes = contingency->n_classes, table = contingency->n_bins * n_classes;
    for (size_t i = 0; i < rows->n; i++) {
        size_t row = rows->first + i;
        for (size_t k = part->rows.start[row]; k < part->rows.start[row + 1] && !isnan(rows->label[i]); k++) {
            size_t column = part->first + part->rows.column[k];
            const wn_bin_edges edges = edges_of(contingency, column);
            int64_t *counts = contingency->counts + column * table + rows->class[i];
            counts[wn_bin_of(&edges, part->rows.value[k]) * n_classes]++;
            counts[wn_bin_of(&edges, 0) * n_classes]--;
        }
    }
}

/* As if all cells of a part were 0, in rows of which of_class (n_classes) tells how many. */
static void count_zeros(wn_contingency *contingency, const wn_sparse_part *part, const int64_t *of_class)
{
    size_t n_classes = contingency->n_classes, table = contingency->n_bins * n_classes;
    for (size_t column = part->first; column < part->first + part->n_cols; column++) {
        const wn_bin_edges edges = edges_of(contingency, column);
        int64_t *counts = contingency->counts + column * table + wn_bin_of(&edges, 0) * n_classes;
        for (size_t k = 0; k < n_classes; k++)
            counts[k] += of_class[k];
    }
}

void wn_contingency_add(wn_contingency *contingency, const wn_block *block)
{
    strip_rows rows;
    size_t n_parts = block->wide != NULL ? block->wide->n_parts : 0;
    memset(contingency->of_class, 0, contingency->n_classes * sizeof *contingency->of_class);
    for (size_t first = 0; first < block->n_rows; first += WN_RUN_ROWS) {
        find_classes(contingency, block, first, &rows);
        count_strip(contingency, block, &rows);
        for (size_t p = 0; p < n_parts; p++)
            count_entries(contingency, &block->wide->parts[p], &rows);
    }
    for (size_t p = 0; p < n_parts; p++)
        count_zeros(contingency, &block->wide->parts[p], contingency->of_class);
}

static wn_status add(void *state, const wn_block *block)
{
    wn_contingency_add(state, block);
    return WN_OK;
}

static wn_span sums_of(void *state)
{
    wn_contingency *contingency = state;
    return (wn_span){contingency->counts, contingency->n_cols * contingency->n_bins * contingency->n_classes};
}

static wn_span keys_of(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

wn_accumulator wn_contingency_accumulator(wn_contingency *contingency)
{
    static const wn_accumulator_ops ops = {"contingency", add, sums_of, keys_of, true, NULL};
    return (wn_accumulator){&ops, contingency};
}

const int64_t *wn_contingency_counts(const wn_contingency *contingency)
{
    return contingency->counts;
}
