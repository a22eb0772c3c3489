#include "winnow/pilot.h"

#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CELLS = 1 << 23, MOST_ROWS = 16384, LEAST_ROWS = 1024 };

/* The rows that were chosen on this rank, as they travel: the bits of the row's number, the label, the cells. */
typedef struct {
    size_t n_cols;
    size_t share; /* rows of one block at most */
    uint64_t seed;
    double *rows; /* (n, n_cols + 2), owned */
    size_t n, capacity;
    bool left_out; /* a row was */
} chosen_rows;

/* The hash by which rows are chosen, and where the row lies in its block. */
typedef struct {
    uint64_t hash;
    size_t at;
} candidate;

static int by_hash(const void *a, const void *b)
{
    const candidate *left = a, *right = b;
    if (left->hash != right->hash)
        return left->hash < right->hash ? -1 : 1;
    return left->at < right->at ? -1 : left->at > right->at;
}

static void keep_row(chosen_rows *chosen, const wn_block *block, size_t at)
{
    double *out = chosen->rows + chosen->n++ * (chosen->n_cols + 2);
    memcpy(out, &block->rows[at], sizeof *out);
    out[1] = block->labels[at];
    memcpy(out + 2, block->cells + at * block->n_cols, block->n_cols * sizeof *out);
}

/* Keeps the block's rows of smallest hash, at most its share. */
static wn_status choose(void *state, const wn_block *block)
{
    wn_status status = WN_OK;
    chosen_rows *chosen = state;
    candidate *candidates = NULL;
    size_t n = block->n_rows < chosen->share ? block->n_rows : chosen->share;
    if (chosen->n + n > chosen->capacity) {
        size_t capacity = 2 * chosen->capacity + n;
        TRY(wn_resize(&chosen->rows, capacity * (chosen->n_cols + 2)));
        chosen->capacity = capacity;
    }
    TRY(wn_new(&candidates, block->n_rows));
    for (size_t i = 0; i < block->n_rows; i++) {
        wn_random stream = {chosen->seed, WN_RANDOM_PILOT, (uint64_t)block->rows[i]};
        candidates[i] = (candidate){wn_random_bits(stream, 0), i};
    }
    qsort(candidates, block->n_rows, sizeof *candidates, by_hash);
    for (size_t i = 0; i < n; i++)
        keep_row(chosen, block, candidates[i].at);
    chosen->left_out = chosen->left_out || n < block->n_rows;
done:
    wn_free(candidates);
    return status;
}

static wn_span nothing(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

static size_t row_bound(size_t n_cols)
{
    size_t rows = n_cols > 0 ? MOST_CELLS / n_cols : MOST_ROWS;
    return rows > MOST_ROWS ? MOST_ROWS : rows < LEAST_ROWS ? LEAST_ROWS : rows;
}

/* The k-th of n chosen blocks of a table. */
static int64_t chosen_block(int64_t k, int64_t n, int64_t n_blocks)
{
    return n == n_blocks ? k : (int64_t)(((__int128)(2 * k + 1) * n_blocks) / (2 * n));
}

/* One pass over those of the chosen blocks that are this rank's. */
static wn_status read_blocks(const wn_pass *pass, const wn_block_step *steps, size_t n_steps, int64_t n_blocks,
                             chosen_rows *chosen, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    static const wn_accumulator_ops ops = {"pilot", choose, nothing, nothing};
    wn_accumulator accumulator = {&ops, chosen};
    int64_t n = n_blocks < WN_PILOT_BLOCKS ? n_blocks : WN_PILOT_BLOCKS;
    int64_t order[WN_PILOT_BLOCKS];
    size_t n_mine = 0;
    for (int64_t k = 0; k < n; k++) {
        int64_t block = chosen_block(k, n, n_blocks);
        if (block >= pass->blocks.first && block < pass->blocks.last)
            order[n_mine++] = block;
    }
    TRY(wn_pass_run_blocks(pass, order, n_mine, steps, n_steps, &accumulator, 1, cost));
done:
    return status;
}

static int by_number(const void *a, const void *b)
{
    int64_t left, right;
    memcpy(&left, a, sizeof left);
    memcpy(&right, b, sizeof right);
    return left < right ? -1 : left > right;
}

/* Local. The gathered rows, sorted by their number, into a pilot. */
static wn_status lay_out(double *rows, size_t n, size_t n_cols, bool is_complete, wn_pilot **pilot)
{
    wn_status status = WN_OK;
    wn_pilot *made = NULL;
    size_t width = n_cols + 2;
    TRY(wn_new(&made, 1));
    made->n_rows = n;
    made->n_cols = n_cols;
    made->is_complete = is_complete;
    TRY(wn_new(&made->cells, n * n_cols));
    TRY(wn_new(&made->labels, n));
    TRY(wn_new(&made->rows, n));
    qsort(rows, n, width * sizeof *rows, by_number);
    for (size_t i = 0; i < n; i++) {
        memcpy(&made->rows[i], rows + i * width, sizeof *made->rows);
        made->labels[i] = rows[i * width + 1];
        memcpy(made->cells + i * n_cols, rows + i * width + 2, n_cols * sizeof *rows);
    }
    *pilot = made;
    made = NULL;
done:
    wn_pilot_free(made);
    return status;
}

wn_status wn_pilot_read(const wn_pass *pass, const wn_block_step *steps, size_t n_steps, int64_t n_blocks,
                        uint64_t seed, wn_pilot **pilot, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    double *all = NULL;
    size_t n_all = 0, n_cols = wn_reader_n_cols(pass->reader), bound = row_bound(n_cols);
    int64_t n_read = n_blocks < WN_PILOT_BLOCKS ? n_blocks : WN_PILOT_BLOCKS;
    chosen_rows chosen = {.n_cols = n_cols, .seed = seed};
    chosen.share = n_read > 0 ? (bound + (size_t)n_read - 1) / (size_t)n_read : bound;
    wn_pass pilot_pass = *pass;
    pilot_pass.name = "pilot";
    TRY(read_blocks(&pilot_pass, steps, n_steps, n_blocks, &chosen, cost));
    TRY(wn_ranks_gather_all(pass->ranks, chosen.rows, chosen.n, (n_cols + 2) * sizeof(double), (void **)&all, &n_all));
    int64_t left_out = chosen.left_out ? 1 : 0;
    TRY(wn_ranks_max(pass->ranks, &left_out, 1));
    bool is_complete = left_out == 0 && n_read == n_blocks;
    TRY(wn_ranks_agree(pass->ranks, lay_out(all, n_all, n_cols, is_complete, pilot)));
done:
    wn_free(all);
    wn_free(chosen.rows);
    return status;
}

void wn_pilot_free(wn_pilot *pilot)
{
    if (pilot == NULL)
        return;
    wn_free(pilot->rows);
    wn_free(pilot->labels);
    wn_free(pilot->cells);
    wn_free(pilot);
}

static int ascending(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

size_t wn_pilot_column(const wn_pilot *pilot, size_t column, double *sorted)
{
    size_t n = 0;
    for (size_t i = 0; i < pilot->n_rows; i++) {
        double cell = pilot->cells[i * pilot->n_cols + column];
        if (!isnan(cell))
            sorted[n++] = cell;
    }
    qsort(sorted, n, sizeof *sorted, ascending);
    return n;
}
