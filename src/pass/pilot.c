#include "winnow/pilot.h"

#include "winnow/memory.h"
#include "winnow/radix_sort.h"
#include "winnow/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CELLS = 1 << 23, MOST_ROWS = 65536, LEAST_ROWS = 1024 };

/* Rows of the pilot's blocks on this rank, as they travel: the bits of the row's number, the label, the cells. Of every
 * block at most `level` rows are kept, those of smallest hash. */
typedef struct {
    size_t n_cols, level;
    uint64_t seed;
    const int64_t *blocks;            /* (n_blocks) numbers of the pilot's blocks, borrowed */
    int64_t present[WN_PILOT_BLOCKS]; /* rows that passed the steps, of every one of the pilot's blocks */
    size_t n_blocks;
    double *rows; /* (capacity, n_cols + 2), owned */
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

static void keep_row(chosen_rows *chosen, const wn_block *block, size_t at)
{
    double *out = chosen->rows + chosen->n++ * (chosen->n_cols + 2);
    memcpy(out, &block->rows[at], sizeof *out);
    out[1] = block->labels[at];
    wn_cells_widen(out + 2, wn_cells_at(wn_block_view(block), at * block->n_cols), block->n_cols);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The largest level at which the blocks' rows are at most `bound`, but 1 at least. */
static size_t level_of(const int64_t *present, size_t n, size_t bound)
{
    size_t low = 1, high = bound;
    while (low < high) {
        size_t level = low + (high - low + 1) / 2, total = 0;
        for (size_t b = 0; b < n; b++)
            total += least((size_t)present[b], level);
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
        size_t n = least(block->n_rows - first, TILE);
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
    size_t n = least(block->n_rows, chosen->level);
    TRY(wn_new(&candidates, block->n_rows + 1));
    qsort(candidates, draw_candidates(chosen, block, n, candidates), sizeof *candidates, by_hash);
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
    static const wn_accumulator_ops ops = {"pilot", choose, nothing, nothing, true};
    wn_accumulator accumulator = {&ops, chosen};
    int64_t order[WN_PILOT_BLOCKS];
    size_t n_mine = 0;
    chosen->capacity = chosen->n = 0;
    memset(chosen->present, 0, sizeof chosen->present);
    for (size_t k = 0; k < chosen->n_blocks; k++)
        if (chosen->blocks[k] >= pass->blocks.first && chosen->blocks[k] < pass->blocks.last) {
            order[n_mine++] = chosen->blocks[k];
            chosen->capacity += least(wn_reader_block_rows(pass->reader, chosen->blocks[k]), chosen->level);
        }
    wn_free(chosen->rows);
    chosen->rows = NULL;
    TRY(wn_ranks_agree(pass->ranks, wn_memory_new((void **)&chosen->rows, chosen->capacity,
                                                  (chosen->n_cols + 2) * sizeof *chosen->rows, __func__)));
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

/* The number of a row, and where it lies. */
typedef struct {
    uint64_t number, at;
} place_of_row;

static void copy_row(wn_pilot *pilot, size_t i, const double *row)
{
    memcpy(&pilot->rows[i], row, sizeof *pilot->rows);
    pilot->labels[i] = row[1];
    memcpy(pilot->cells + i * pilot->n_cols, row + 2, pilot->n_cols * sizeof *row);
}

/* Local. The gathered rows, in the order of their numbers, into a pilot. */
static wn_status lay_out(const double *rows, size_t n, size_t n_cols, bool is_complete, wn_pilot **pilot)
{
    wn_status status = WN_OK;
    wn_pilot *made = NULL;
    place_of_row *places = NULL;
    size_t width = n_cols + 2;
    TRY(wn_new(&made, 1));
    made->n_rows = n;
    made->n_cols = n_cols;
    made->is_complete = is_complete;
    TRY(wn_new(&made->cells, n * n_cols));
    TRY(wn_new(&made->labels, n));
    TRY(wn_new(&made->rows, n));
    TRY(wn_new(&places, n));
    for (size_t i = 0; i < n; i++) {
        memcpy(&places[i].number, rows + i * width, sizeof places[i].number);
        places[i].at = i;
    }
    wn_words_sort((uint64_t *)(void *)places, n, sizeof *places / sizeof(uint64_t));
    for (size_t i = 0; i < n; i++)
        copy_row(made, i, rows + places[i].at * width);
    *pilot = made;
    made = NULL;
done:
    wn_free(places);
    wn_pilot_free(made);
    return status;
}

wn_status wn_pilot_read(const wn_pass *pass, const wn_block_step *steps, size_t n_steps, int64_t n_blocks,
                        uint64_t seed, wn_pilot **pilot, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    double *all = NULL;
    int64_t blocks[WN_PILOT_BLOCKS];
    size_t n_all = 0, n_cols = wn_reader_n_cols(pass->reader), bound = wn_pilot_most_rows(n_cols);
    size_t n_read = wn_pilot_blocks(n_blocks, WN_PILOT_BLOCKS, blocks);
    chosen_rows chosen = {.n_cols = n_cols, .seed = seed, .blocks = blocks, .n_blocks = n_read};
    wn_pass pilot_pass = *pass;
    pilot_pass.name = "pilot";
    TRY(choose_rows(&pilot_pass, steps, n_steps, &chosen, bound, cost));
    TRY(wn_ranks_gather_all(pass->ranks, chosen.rows, chosen.n, (n_cols + 2) * sizeof(double), (void **)&all, &n_all));
    wn_free(chosen.rows); /* before as many are laid out */
    chosen.rows = NULL;
    bool is_complete = (int64_t)n_read == n_blocks && has_all(&chosen);
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

size_t wn_pilot_cells(const wn_pilot *pilot, size_t column, double *cells)
{
    size_t n = 0;
    for (size_t i = 0; i < pilot->n_rows; i++) {
        double cell = pilot->cells[i * pilot->n_cols + column];
        if (!isnan(cell))
            cells[n++] = cell;
    }
    return n;
}
