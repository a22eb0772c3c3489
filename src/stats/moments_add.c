/* How a block is added to moments. */
#include "moments_state.h"

#include <string.h>

static void merge(block_moments *block, block_moments strip)
{
    block->count += strip.count;
    block->rest += strip.rest;
    block->squares += strip.squares;
    block->least = strip.least < block->least ? strip.least : block->least;
    block->most = strip.most > block->most ? strip.most : block->most;
}

static const block_moments NO_CELLS = {.least = (double)INFINITY, .most = -(double)INFINITY};

static double cell_at(wn_cells cells, size_t i)
{
    return cells.is_float32 ? (double)((const float *)cells.data)[i] : ((const double *)cells.data)[i];
}

/* Of the ith of a block's dense columns; 0 where no cell is valid: then it counts for nothing. */
static double first_valid(const wn_block *block, size_t i)
{
    const wn_cells view = wn_block_view(block);
    for (size_t row = 0; row < block->n_rows; row++) {
        double x = cell_at(view, row * block->n_cols + i);
        if (!isnan(x))
            return x;
    }
    return 0;
}

/* The least and the greatest of a block's first cells. */
static void look(wn_moments *moments, const wn_block *block)
{
    enum { LOOKED_AT = 16 };
    const wn_cells view = wn_block_view(block);
    size_t n_rows = block->n_rows < LOOKED_AT ? block->n_rows : LOOKED_AT;
    for (size_t i = 0; i < block->n_cols; i++)
        moments->block[wn_block_column(block, i)] = NO_CELLS;
    for (size_t row = 0; row < n_rows; row++)
        for (size_t i = 0; i < block->n_cols; i++) {
            block_moments *seen = &moments->block[wn_block_column(block, i)];
            double x = cell_at(view, row * block->n_cols + i);
            seen->least = x < seen->least ? x : seen->least;
            seen->most = x > seen->most ? x : seen->most;
        }
}

/* The q of the ith of a block's dense columns: 0, which leaves least to add, where the first cells lie about it or not
 * far from it; else the first valid one. */
static double point_of(const wn_block *block, size_t i, const block_moments *seen)
{
    bool is_about = seen->least <= 0 && seen->most >= 0;
    bool is_near = fmax(-seen->least, seen->most) <= 2 * (seen->most - seen->least);
    return seen->least <= seen->most && (is_about || is_near) ? 0 : first_valid(block, i);
}

static void begin_slots(wn_moments *moments, const wn_block *block, size_t vector)
{
    slot_moments *slots = &moments->slots[vector];
    wn_strip_columns(block->n_cols, vector, slots->columns);
    for (size_t s = 0; s < WN_SLOTS; s++) {
        slots->columns[s] = wn_block_column(block, slots->columns[s]);
        slots->centre[s] = moments->about[slots->columns[s]];
        slots->rest[s] = slots->squares[s] = 0;
        slots->least[s] = (double)INFINITY;
        slots->most[s] = -(double)INFINITY;
        slots->count[s] = 0;
    }
}

static void begin_block(wn_moments *moments, const wn_block *block, size_t n_vectors)
{
    look(moments, block);
    for (size_t i = 0; i < block->n_cols; i++) {
        size_t c = wn_block_column(block, i);
        moments->about[c] = point_of(block, i, &moments->block[c]);
        moments->block[c] = NO_CELLS;
    }
    for (size_t v = 0; v < n_vectors; v++)
        begin_slots(moments, block, v);
}

/* A vector of a strip, with the windows of the quantiles that are carried along. */
static void sweep_vector(wn_moments *moments, const wn_strip *strip, size_t v)
{
    slot_moments *slots = &moments->slots[strip->first_vector + v];
    wn_swept *swept = moments->swept;
    const wn_sweep sweep = {.strip = strip, .vector = v, .centre = slots->centre};
    if (moments->carried != NULL)
        wn_quantiles_sweep(moments->carried, strip, v, slots->centre, swept);
    else
        wn_sweep_run(&sweep, swept);
    for (size_t s = 0; s < WN_SLOTS; s++) {
        slots->rest[s] += swept->rest[s];
        slots->squares[s] += swept->squares[s];
        slots->least[s] = swept->least[s] < slots->least[s] ? swept->least[s] : slots->least[s];
        slots->most[s] = swept->most[s] > slots->most[s] ? swept->most[s] : slots->most[s];
        slots->count[s] += swept->count[s];
    }
}

static void end_slots(wn_moments *moments, const slot_moments *slots)
{
    for (size_t s = 0; s < WN_SLOTS; s++)
        merge(&moments->block[slots->columns[s]],
              (block_moments){slots->count[s], slots->rest[s], slots->squares[s], slots->least[s], slots->most[s]});
}

/* All dense columns, each about its point. Rows are summed in strips, so that the rounding of a long block
 * stays that of a short one. */
static wn_status sweep_block(wn_moments *moments, const wn_block *block)
{
    wn_status status = moments->carried != NULL ? wn_quantiles_begin(moments->carried, block) : WN_OK;
    wn_strip *strip = moments->strip;
    size_t n_vectors = block->n_cols > 0 ? wn_strip_vectors(block->n_cols) : 0;
    if (status != WN_OK)
        return status;
    begin_block(moments, block, n_vectors);
    wn_strip_begin(strip);
    while (wn_strip_next(strip, block))
        for (size_t v = 0; v < strip->n_vectors; v++)
            sweep_vector(moments, strip, v);
    for (size_t v = 0; v < n_vectors; v++)
        end_slots(moments, &moments->slots[v]);
    if (moments->carried != NULL)
        wn_quantiles_end(moments->carried);
    return WN_OK;
}

/* A sparse column's cells of n_rows rows, of which the entries are among `found` already: the others are 0. */
static void add_zeros(block_moments *found, size_t n_rows, double centre)
{
    size_t n = n_rows - (size_t)found->count;
    if (n == 0)
        return;
    found->count += (int64_t)n;
    found->rest -= (double)n * centre;
    found->squares += (double)n * (centre * centre);
    found->least = found->least < 0 ? found->least : 0;
    found->most = found->most > 0 ? found->most : 0;
}

/* The columns of a part about their points; a column whose point is NaN stays as it is. */
static void sweep_part(wn_moments *moments, const wn_sparse_part *part, size_t n_rows)
{
    const double *point = moments->point + part->first;
    block_moments *found = moments->block + part->first;
    for (size_t c = 0; c < part->n_cols; c++)
        if (!isnan(point[c]))
            found[c] = NO_CELLS;
    for (size_t k = 0; k < part->rows.n_entries; k++) {
        size_t c = part->rows.column[k];
        double x = part->rows.value[k], gap = x - point[c];
        if (!isnan(gap))
            merge(&found[c], (block_moments){1, gap, gap * gap, x, x});
    }
    for (size_t c = 0; c < part->n_cols; c++)
        if (!isnan(point[c]))
            add_zeros(&found[c], n_rows, point[c]);
}

/* One dense column about another point. Few columns need it: by this one loop, on any processor. */
static void sweep_column(const wn_block *block, size_t i, double point, block_moments *found)
{
    enum { RUN = 512, PARTS = 8 };
    const wn_cells view = wn_block_view(block);
    found->rest = found->squares = 0;
    for (size_t first = 0; first < block->n_rows; first += RUN) {
        double rest[PARTS] = {0}, squares[PARTS] = {0};
        for (size_t row = first; row < block->n_rows && row < first + RUN; row++) {
            double gap = cell_at(view, row * block->n_cols + i) - point;
            if (isnan(gap))
                continue;
            rest[row % PARTS] += gap;
            squares[row % PARTS] += gap * gap;
        }
        for (size_t k = 0; k < PARTS; k++) {
            found->rest += rest[k];
            found->squares += squares[k];
        }
    }
}

/* The squares about q hold enough digits of those about the mean while that lies within a few deviations; otherwise
 * (also where they overflowed) the block is swept again. */
static bool is_near(const block_moments *about)
{
    enum { MOST_DEVIATIONS = 4 };
    double n = (double)about->count, gap = about->rest / n, spread = about->squares / n - gap * gap;
    return gap * gap <= MOST_DEVIATIONS * MOST_DEVIATIONS * spread;
}

static void keep_column(wn_moments *moments, size_t c, block_moments found, double q)
{
    wn_moments_add_sums(&moments->sums[c], (double)found.count, q, found.rest, found.squares);
    wn_moments_add_extremes(&moments->keys[c], found.least, found.most);
}

/* The ith of a block's dense columns. */
static void add_dense(wn_moments *moments, const wn_block *block, size_t i)
{
    size_t c = wn_block_column(block, i);
    column_sums *sums = &moments->sums[c];
    block_moments found = moments->block[c];
    double q = moments->about[c];
    sums->count += found.count;
    sums->missing += (int64_t)block->n_rows - found.count;
    if (found.count == 0)
        return;
    if (!is_near(&found)) {
        q = isfinite(found.rest) ? q + found.rest / (double)found.count : 0;
        sweep_column(block, i, q, &found);
    }
    keep_column(moments, c, found, q);
}

/* Sparse columns of rows, of which there is one at least: about 0, their most frequent cell. Those that are not near
 * are swept once more, together. */
static void add_part(wn_moments *moments, const wn_sparse_part *part, size_t n_rows)
{
    double *point = moments->point + part->first;
    bool is_any_far = false;
    memset(point, 0, part->n_cols * sizeof *point);
    sweep_part(moments, part, n_rows);
    for (size_t c = 0; c < part->n_cols; c++) {
        const block_moments *found = &moments->block[part->first + c];
        bool is_far = !is_near(found);
        moments->sums[part->first + c].count += found->count;
        if (!is_far)
            keep_column(moments, part->first + c, *found, point[c]);
        point[c] = is_far ? found->rest / (double)found->count : (double)NAN;
        is_any_far |= is_far;
    }
    if (is_any_far)
        sweep_part(moments, part, n_rows);
    for (size_t c = 0; c < part->n_cols && is_any_far; c++)
        if (!isnan(point[c]))
            keep_column(moments, part->first + c, moments->block[part->first + c], point[c]);
}

wn_status wn_moments_add(wn_moments *moments, const wn_block *block)
{
    wn_status status = sweep_block(moments, block);
    if (status != WN_OK)
        return status;
    for (size_t i = 0; i < block->n_cols; i++)
        add_dense(moments, block, i);
    for (size_t p = 0; block->wide != NULL && p < block->wide->n_parts && block->n_rows > 0; p++)
        add_part(moments, &block->wide->parts[p], block->n_rows);
    return WN_OK;
}
