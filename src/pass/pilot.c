#include "winnow/pilot.h"

#include "winnow/memory.h"
#include "winnow/random.h"
#include "winnow/sizes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CELLS = 1 << 23, MOST_ROWS = 65536, LEAST_ROWS = 1024 };

/* Rows of the pilot's blocks on this rank, in the order of their numbers. Of every block at most `level` rows are kept,
 * those of smallest hash. */
typedef struct {
    size_t n_cols, level;
    uint64_t seed;
    const int64_t *blocks;            /* (n_blocks) numbers of the pilot's blocks, borrowed */
    int64_t present[WN_PILOT_BLOCKS]; /* rows that passed the steps, of every one of the pilot's blocks */
    size_t n_blocks;
    wn_cells cells; /* (capacity, n_cols) as wide as raw cells, owned like the following */
    double *labels; /* (capacity) */
    int64_t *rows;  /* (capacity) */
    size_t n, capacity;
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

static int by_place(const void *a, const void *b)
{
    size_t left = ((const candidate *)a)->at, right = ((const candidate *)b)->at;
    return left < right ? -1 : left > right;
}

/* A step may have widened the block: what was float32 still is, in double. */
static void keep_cells(wn_cells to, wn_cells from, size_t n)
{
    if (to.is_float32 == from.is_float32) {
        memcpy(to.data, from.data, n * wn_cell_bytes(to.is_float32));
        return;
    }
    for (size_t c = 0; c < n; c++)
        ((float *)to.data)[c] = (float)((const double *)from.data)[c];
}

static void keep_row(chosen_rows *chosen, const wn_block *block, size_t at)
{
    size_t n_cols = chosen->n_cols;
    keep_cells(wn_cells_at(chosen->cells, chosen->n * n_cols), wn_cells_at(wn_block_view(block), at * n_cols), n_cols);
    chosen->labels[chosen->n] = block->labels[at];
    chosen->rows[chosen->n++] = block->rows[at];
}

/* The largest level at which the blocks' rows are at most `bound`, but 1 at least. */
static size_t level_of(const int64_t *present, size_t n, size_t bound)
{
    size_t low = 1, high = bound;
    while (low < high) {
        size_t level = low + (high - low + 1) / 2, total = 0;
        for (size_t b = 0; b < n; b++)
            total += wn_size_min((size_t)present[b], level);
        if (total <= bound)
            low = level;
        else
            high = level - 1;
    }
    return low;
}

static size_t place_of(const chosen_rows *chosen, int64_t block)
{
    size_t b = 0;
    while (chosen->blocks[b] != block)
        b++;
    return b;
}

/* Rows whose hash is at most a bound; returns how many. */
static size_t draw_below(const chosen_rows *chosen, const wn_block *block, uint64_t bound, candidate *candidates)
{
    enum { TILE = 256, WORDS = 4 };
    uint64_t numbers[TILE];
    uint32_t words[TILE * WORDS];
    size_t found = 0;
    for (size_t first = 0; first < block->n_rows; first += TILE) {
        size_t n = wn_size_min(block->n_rows - first, TILE);
        for (size_t i = 0; i < n; i++)
            numbers[i] = (uint64_t)block->rows[first + i];
        wn_random_words(chosen->seed, WN_RANDOM_PILOT, numbers, n, 0, 1, words);
        for (size_t i = 0; i < n; i++) {
            candidates[found] = (candidate){words[WORDS * i] | (uint64_t)words[WORDS * i + 1] << 32, first + i};
            found += candidates[found].hash <= bound;
        }
    }
    return found;
}

/* By a bound that about n rows pass; all of them where fewer do. */
static size_t draw_candidates(const chosen_rows *chosen, const wn_block *block, size_t n, candidate *candidates)
{
    double share = (1.1 * (double)n + 64) / (double)block->n_rows;
    uint64_t bound = share < 1 ? (uint64_t)(share * 0x1p64) : UINT64_MAX;
    size_t found = draw_below(chosen, block, bound, candidates);
    return found >= n ? found : draw_below(chosen, block, UINT64_MAX, candidates);
}

/* Keeps the block's rows of smallest hash. */
static wn_status choose(void *state, const wn_block *block)
{
    wn_status status = WN_OK;
    chosen_rows *chosen = state;
    candidate *candidates = NULL;
    size_t n = wn_size_min(block->n_rows, chosen->level);
    TRY(wn_new(&candidates, block->n_rows + 1));
    qsort(candidates, draw_candidates(chosen, block, n, candidates), sizeof *candidates, by_hash);
    qsort(candidates, n, sizeof *candidates, by_place);
    for (size_t i = 0; i < n; i++)
        keep_row(chosen, block, candidates[i].at);
    chosen->present[place_of(chosen, block->index)] = (int64_t)block->n_rows;
done:
    wn_free(candidates);
    return status;
}

static wn_span nothing(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

size_t wn_pilot_most_rows(size_t n_cols)
{
    size_t rows = n_cols > 0 ? MOST_CELLS / n_cols : MOST_ROWS;
    return rows > MOST_ROWS ? MOST_ROWS : rows < LEAST_ROWS ? LEAST_ROWS : rows;
}

/* The k-th of n chosen blocks of a table. */
static int64_t chosen_block(int64_t k, int64_t n, int64_t n_blocks)
{
    return n == n_blocks ? k : (int64_t)(((__int128)(2 * k + 1) * n_blocks) / (2 * n));
}

static void free_chosen(chosen_rows *chosen)
{
    wn_free(chosen->rows);
    wn_free(chosen->labels);
    wn_free(chosen->cells.data);
    chosen->rows = NULL;
    chosen->labels = NULL;
    chosen->cells.data = NULL;
}

/* Local. For `capacity` rows, in place of those that were there. */
static wn_status make_room(chosen_rows *chosen)
{
    wn_status status = WN_OK;
    free_chosen(chosen);
    TRY(wn_memory_new(&chosen->cells.data, chosen->capacity, chosen->n_cols * wn_cell_bytes(chosen->cells.is_float32),
                      __func__));
    TRY(wn_new(&chosen->labels, chosen->capacity));
    TRY(wn_new(&chosen->rows, chosen->capacity));
done:
    return status;
}

size_t wn_pilot_blocks(int64_t n_blocks, size_t most, int64_t *blocks)
{
    int64_t n = n_blocks < (int64_t)most ? n_blocks : (int64_t)most;
    for (int64_t k = 0; k < n; k++)
        blocks[k] = chosen_block(k, n, n_blocks);
    return (size_t)n;
}

/* One pass over those of the chosen blocks that are this rank's, at the level that is set. */
static wn_status read_blocks(const wn_pass *pass, const wn_block_step *steps, size_t n_steps, chosen_rows *chosen,
                             wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    static const wn_accumulator_ops ops = {"pilot", choose, nothing, nothing, true, NULL};
    wn_accumulator accumulator = {&ops, chosen};
    int64_t order[WN_PILOT_BLOCKS];
    size_t n_mine = 0;
    chosen->capacity = chosen->n = 0;
    memset(chosen->present, 0, sizeof chosen->present);
    for (size_t k = 0; k < chosen->n_blocks; k++)
        if (chosen->blocks[k] >= pass->blocks.first && chosen->blocks[k] < pass->blocks.last) {
            order[n_mine++] = chosen->blocks[k];
            chosen->capacity += wn_size_min(wn_reader_block_rows(pass->reader, chosen->blocks[k]), chosen->level);
        }
    TRY(wn_ranks_agree(pass->ranks, make_room(chosen)));
    TRY(wn_pass_run_blocks(pass, order, n_mine, steps, n_steps, &accumulator, 1, cost));
    TRY(wn_ranks_sum(pass->ranks, chosen->present, chosen->n_blocks));
done:
    return status;
}

/* No row of the blocks that were read was left out. */
static bool has_all(const chosen_rows *chosen)
{
    for (size_t b = 0; b < chosen->n_blocks; b++)
        if ((size_t)chosen->present[b] > chosen->level)
            return false;
    return true;
}

/* At the level that all rows of the blocks allow; where steps dropped so many that a higher one does, once more. */
static wn_status choose_rows(const wn_pass *pass, const wn_block_step *steps, size_t n_steps, chosen_rows *chosen,
                             size_t bound, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    for (size_t k = 0; k < chosen->n_blocks; k++)
        chosen->present[k] = (int64_t)wn_reader_block_rows(pass->reader, chosen->blocks[k]);
    chosen->level = level_of(chosen->present, chosen->n_blocks, bound);
    TRY(read_blocks(pass, steps, n_steps, chosen, cost));
    size_t level = level_of(chosen->present, chosen->n_blocks, bound);
    if (level > chosen->level && !has_all(chosen)) {
        chosen->level = level;
        TRY(read_blocks(pass, steps, n_steps, chosen, cost));
    }
done:
    return status;
}

/* Collective. The rows of all ranks, in the order of these, which is that of the rows' numbers. What was gathered is
 * freed here before the next is. */
static wn_status gather(const wn_ranks *ranks, chosen_rows *chosen, wn_pilot *pilot)
{
    wn_status status = WN_OK;
    size_t n = 0, row = chosen->n_cols * wn_cell_bytes(chosen->cells.is_float32);
    pilot->n_cols = chosen->n_cols;
    pilot->cells.is_float32 = chosen->cells.is_float32;
    TRY(wn_ranks_gather_all(ranks, chosen->cells.data, chosen->n, row, &pilot->cells.data, &n));
    wn_free(chosen->cells.data);
    chosen->cells.data = NULL;
    TRY(wn_ranks_gather_all(ranks, chosen->labels, chosen->n, sizeof *chosen->labels, (void **)&pilot->labels, &n));
    TRY(wn_ranks_gather_all(ranks, chosen->rows, chosen->n, sizeof *chosen->rows, (void **)&pilot->rows,
                            &pilot->n_rows));
done:
    return status;
}

wn_status wn_pilot_read(const wn_pass *pass, const wn_block_step *steps, size_t n_steps, int64_t n_blocks,
                        uint64_t seed, wn_pilot **pilot, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_pilot *made = NULL;
    int64_t blocks[WN_PILOT_BLOCKS];
    size_t n_cols = wn_reader_n_cols(pass->reader), bound = wn_pilot_most_rows(n_cols);
    size_t n_read = wn_pilot_blocks(n_blocks, WN_PILOT_BLOCKS, blocks);
    chosen_rows chosen = {.n_cols = n_cols, .seed = seed, .blocks = blocks, .n_blocks = n_read};
    chosen.cells.is_float32 = wn_reader_is_float32(pass->reader);
    wn_pass pilot_pass = *pass;
    pilot_pass.name = "pilot";
    TRY(choose_rows(&pilot_pass, steps, n_steps, &chosen, bound, cost));
    TRY(wn_ranks_agree(pass->ranks, wn_new(&made, 1)));
    made->is_complete = (int64_t)n_read == n_blocks && has_all(&chosen);
    TRY(gather(pass->ranks, &chosen, made));
    *pilot = made;
    made = NULL;
done:
    wn_pilot_free(made);
    free_chosen(&chosen);
    return status;
}

void wn_pilot_free(wn_pilot *pilot)
{
    if (pilot == NULL)
        return;
    wn_free(pilot->rows);
    wn_free(pilot->labels);
    wn_free(pilot->cells.data);
    wn_free(pilot);
}

size_t wn_pilot_cells(const wn_pilot *pilot, size_t column, double *cells)
{
    size_t n = 0, n_cols = pilot->n_cols;
    const float *floats = pilot->cells.data;
    const double *doubles = pilot->cells.data;
    for (size_t i = 0; i < pilot->n_rows; i++) {
        size_t at = i * n_cols + column;
        double cell = pilot->cells.is_float32 ? (double)floats[at] : doubles[at];
        if (!isnan(cell))
            cells[n++] = cell;
    }
    return n;
}
