#include "winnow/contingency.h"

#include "winnow/memory.h"

#include <math.h>
#include <string.h>

struct wn_contingency {
    size_t n_cols, n_bins, n_classes;
    size_t n_places;     /* the power of two that n_bins fits in */
    double *edges;       /* (n_cols, n_places), filled up by NaN, which no cell reaches; owned */
    double *class_edges; /* (n_classes - 1), owned */
    int64_t *counts;     /* (n_cols, n_bins, n_classes), owned */
    int64_t *of_class;   /* (n_classes) labelled rows of the block that is added; owned */
};

wn_status wn_contingency_new(wn_contingency **contingency, size_t n_cols, size_t n_bins, const double *edges,
                             size_t n_classes, const double *class_edges)
{
    wn_status status = WN_OK;
    wn_contingency *made = NULL;
    TRY(wn_new(&made, 1));
    made->n_cols = n_cols;
    made->n_bins = n_bins;
    made->n_classes = n_classes;
    made->n_places = 1;
    while (made->n_places < n_bins)
        made->n_places *= 2;
    TRY(wn_new(&made->edges, n_cols * made->n_places));
    TRY(wn_new(&made->class_edges, n_classes - 1));
    TRY(wn_new(&made->counts, n_cols * n_bins * n_classes));
    TRY(wn_new(&made->of_class, n_classes));
    for (size_t c = 0; c < n_cols; c++)
        for (size_t k = 0; k < made->n_places; k++)
            made->edges[c * made->n_places + k] = k + 1 < n_bins ? edges[c * (n_bins - 1) + k] : (double)NAN;
    if (n_classes > 1)
        memcpy(made->class_edges, class_edges, (n_classes - 1) * sizeof *class_edges);
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
    wn_free(contingency->edges);
    wn_free(contingency);
}

/* How many of n edges are <= x: the bin of x. */
static size_t bin_of(const double *edges, size_t n, double x)
{
    size_t bin = 0;
    while (bin < n && edges[bin] <= x)
        bin++;
    return bin;
}

/* The same among n_places - 1 edges, by halving without a branch. */
static size_t place_of(const double *edges, size_t n_places, double x)
{
    size_t place = 0;
    for (size_t half = n_places / 2; half > 0; half /= 2)
        place += half & -(size_t)(edges[place + half - 1] <= x);
    return place;
}

enum { TILE_ROWS = 64 };

/* The labelled rows of a tile: where they are, and their classes. */
typedef struct {
    size_t n;
    const double *row[TILE_ROWS]; /* dense cells */
    size_t number[TILE_ROWS], class[TILE_ROWS];
} tile_rows;

static void find_classes(const wn_contingency *contingency, const wn_block *block, size_t first, tile_rows *tile)
{
    size_t left = block->n_rows - first, end = first + (left < TILE_ROWS ? left : TILE_ROWS);
    tile->n = 0;
    for (size_t i = first; i < end; i++) {
        if (isnan(block->labels[i]))
            continue;
        tile->row[tile->n] = block->cells + i * block->n_cols;
        tile->number[tile->n] = i;
        tile->class[tile->n++] = bin_of(contingency->class_edges, contingency->n_classes - 1, block->labels[i]);
    }
}

/* Column by column, so that the edges and counts of one stay near. */
static void count_tile(wn_contingency *contingency, const wn_block *block, const tile_rows *tile)
{
    size_t n_classes = contingency->n_classes, table = contingency->n_bins * n_classes;
    for (size_t c = 0; c < block->n_cols; c++) {
        size_t column = wn_block_column(block, c);
        const double *edges = contingency->edges + column * contingency->n_places;
        int64_t *counts = contingency->counts + column * table;
        for (size_t i = 0; i < tile->n; i++) {
            double cell = tile->row[i][c];
            counts[place_of(edges, contingency->n_places, cell) * n_classes + tile->class[i]] += cell == cell;
        }
    }
}

/* The tile's entries of sparse columns, which are then taken from the cells that are 0. */
static void count_entries(wn_contingency *contingency, const wn_sparse_part *part, const tile_rows *tile)
{
    size_t n_classes = contingency->n_classes, table = contingency->n_bins * n_classes;
    for (size_t i = 0; i < tile->n; i++) {
        size_t row = tile->number[i], class = tile->class[i];
        for (size_t k = part->rows.start[row]; k < part->rows.start[row + 1]; k++) {
            size_t column = part->first + part->rows.column[k];
            const double *edges = contingency->edges + column * contingency->n_places;
            int64_t *counts = contingency->counts + column * table + class;
            counts[place_of(edges, contingency->n_places, part->rows.value[k]) * n_classes]++;
            counts[place_of(edges, contingency->n_places, 0) * n_classes]--;
        }
    }
}

/* As if all cells of a part were 0, in rows of which of_class (n_classes) tells how many. */
static void count_zeros(wn_contingency *contingency, const wn_sparse_part *part, const int64_t *of_class)
{
    size_t n_classes = contingency->n_classes, table = contingency->n_bins * n_classes;
    for (size_t column = part->first; column < part->first + part->n_cols; column++) {
        const double *edges = contingency->edges + column * contingency->n_places;
        int64_t *counts = contingency->counts + column * table + place_of(edges, contingency->n_places, 0) * n_classes;
        for (size_t k = 0; k < n_classes; k++)
            counts[k] += of_class[k];
    }
}

void wn_contingency_add(wn_contingency *contingency, const wn_block *block)
{
    tile_rows tile;
    size_t n_parts = block->wide != NULL ? block->wide->n_parts : 0;
    memset(contingency->of_class, 0, contingency->n_classes * sizeof *contingency->of_class);
    for (size_t first = 0; first < block->n_rows; first += TILE_ROWS) {
        find_classes(contingency, block, first, &tile);
        count_tile(contingency, block, &tile);
        for (size_t p = 0; p < n_parts; p++)
            count_entries(contingency, &block->wide->parts[p], &tile);
        for (size_t i = 0; i < tile.n; i++)
            contingency->of_class[tile.class[i]]++;
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
    static const wn_accumulator_ops ops = {"contingency", add, sums_of, keys_of, false};
    return (wn_accumulator){&ops, contingency};
}

const int64_t *wn_contingency_counts(const wn_contingency *contingency)
{
    return contingency->counts;
}
