/* Every kernel of this processor beside plain loops, bit for bit, over strips of every shape. */
#include "sweep.h"

#include "drawn_block.h"
#include "kernels.h"
#include "testing.h"

#include <math.h>
#include <string.h>

enum { MOST_COLS = 600, MOST_ROWS = 1100 };

static double slot_cell(const wn_sweep *sweep, size_t period, size_t slot)
{
    return drawn_cell(wn_strip_vector(sweep->strip, sweep->vector), period * sweep->strip->n_vectors * WN_SLOTS + slot);
}

/* Of cells that are there: how many, and the sum of their bits, whatever their order. */
typedef struct {
    uint64_t n, bits;
} tally;

static void tally_cell(tally *t, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    t->n += x == x;
    t->bits += x == x ? bits : 0;
}

/* One slot as plain loops have it. */
static size_t slot_faults(const wn_sweep *sweep, const wn_swept *swept, size_t s)
{
    double rest = 0, squares = 0, least = (double)INFINITY, most = -(double)INFINITY;
    int32_t n = 0;
    for (size_t t = 0; t < sweep->strip->n_periods; t++) {
        double x = slot_cell(sweep, t, s), gap = x == x ? x - sweep->centre[s] : 0;
        n += x == x;
        rest += gap;
        squares += gap * gap;
        least = x < least ? x : least;
        most = x > most ? x : most;
    }
    bool is_same = swept->count[s] == n && swept->rest[s] == rest && swept->squares[s] == squares;
    return !is_same || swept->least[s] != least || swept->most[s] != most;
}

/* The same of a slot's window, and the cells that were kept of it. */
static size_t window_faults(const wn_sweep *sweep, const wn_swept_window *found, size_t k, size_t s, wn_cells kept)
{
    int32_t n_reached = 0, n_inside = 0;
    size_t faults = 0;
    for (size_t t = 0; t < sweep->strip->n_periods; t++) {
        double x = slot_cell(sweep, t, s);
        bool is_inside = x >= sweep->windows[k].low[s] && x <= sweep->windows[k].high[s];
        n_reached += x >= sweep->windows[k].low[s];
        faults += (found->inside[t] >> s & 1) != is_inside;
        if (is_inside && kept.data != NULL)
            faults += drawn_cell(kept, (size_t)n_inside) != x;
        n_inside += is_inside;
    }
    return faults + (found->n_reached[s] != n_reached || found->n_inside[s] != n_inside);
}

static const double edges[WN_SWEEP_WINDOWS + 3][2] = {{-50.03, 70.01},       {3, 3},  {0.1, 0.2},
                                                      {-INFINITY, INFINITY}, {1, -1}, {2, 1e300}};

/* What lies behind the cells of a place stays. */
static const double GUARD = -123;

/* Of every second slot the cells are kept. */
static size_t keep_faults(const wn_sweep *sweep, const wn_swept *swept, size_t k)
{
    static double room[WN_SLOTS][WN_STRIP_PERIODS + 1];
    const bool is_float32 = sweep->strip->cells.is_float32;
    void *places[WN_SLOTS] = {NULL};
    size_t faults = 0;
    for (size_t s = k % 2; s < WN_SLOTS; s += 2) {
        places[s] = room[s];
        memcpy(wn_cells_at((wn_cells){room[s], is_float32}, (size_t)swept->windows[k].n_inside[s]).data, &GUARD,
               sizeof GUARD);
    }
    wn_sweep_keep(sweep, swept, k, places);
    for (size_t s = 0; s < WN_SLOTS; s++) {
        const wn_cells kept = {places[s], is_float32};
        faults += window_faults(sweep, &swept->windows[k], k, s, kept);
        if (kept.data != NULL)
            faults += memcmp(wn_cells_at(kept, (size_t)swept->windows[k].n_inside[s]).data, &GUARD, sizeof GUARD) != 0;
    }
    return faults;
}

/* Every kernel, with every number of windows, of which each slot has others. */
static void check_vector(const wn_strip *strip, size_t v)
{
    _Alignas(64) static wn_slot_windows windows[WN_SWEEP_WINDOWS];
    _Alignas(64) static double centre[WN_SLOTS];
    static wn_swept swept;
    size_t faults = 0;
    for (size_t s = 0; s < WN_SLOTS; s++) {
        centre[s] = 2.75 + (double)s;
        for (size_t k = 0; k < WN_SWEEP_WINDOWS; k++)
            wn_slot_windows_set(&windows[k], s, edges[k + s % 4][0], edges[k + s % 4][1]);
    }
    for (wn_kernels kernels = WN_KERNELS_PLAIN; kernels <= WN_KERNELS_AVX512 && wn_kernels_limit(kernels) == kernels;
         kernels++)
        for (size_t n = 0; n <= WN_SWEEP_WINDOWS; n++) {
            const wn_sweep sweep = {strip, v, centre, windows, n};
            wn_sweep_run(&sweep, &swept);
            for (size_t s = 0; s < WN_SLOTS; s++)
                faults += slot_faults(&sweep, &swept, s);
            for (size_t k = 0; k < n; k++)
                faults += keep_faults(&sweep, &swept, k);
        }
    CU_ASSERT_EQUAL(faults, 0);
}

/* The slots of a block's strips have each of its cells once, under their column's name. */
static void check_block(size_t n_rows, size_t n_cols, bool is_float32)
{
    static wn_strip strip;
    static tally wanted[MOST_COLS], found[MOST_COLS];
    wn_block *block = drawn_block_new(n_rows, n_cols, is_float32);
    size_t columns[WN_SLOTS];
    memset(wanted, 0, sizeof wanted);
    memset(found, 0, sizeof found);
    for (size_t i = 0; block != NULL && i < n_rows * n_cols; i++)
        tally_cell(&wanted[i % n_cols], drawn_cell(block->raw, i));
    wn_strip_begin(&strip);
    while (block != NULL && wn_strip_next(&strip, block))
        for (size_t v = 0; v < strip.n_vectors; v++) {
            const wn_sweep sweep = {.strip = &strip, .vector = v};
            CU_ASSERT(strip.first_vector + v < wn_strip_vectors(n_cols));
            wn_strip_columns(n_cols, strip.first_vector + v, columns);
            for (size_t t = 0; t < strip.n_periods; t++)
                for (size_t s = 0; s < WN_SLOTS; s++)
                    tally_cell(&found[columns[s]], slot_cell(&sweep, t, s));
            if (v < 3 || v + 1 == strip.n_vectors)
                check_vector(&strip, v);
        }
    CU_ASSERT_EQUAL(memcmp(wanted, found, sizeof wanted), 0);
    wn_block_free(block);
}

static void test_shapes(void)
{
    static const size_t cols[] = {1, 3, 8, 13, 16, 28, 33, 48, 100, 515}, rows[] = {1, 7, 255, 257, MOST_ROWS};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
        for (size_t c = 0; c < sizeof cols / sizeof *cols; c++) {
            check_block(rows[r], cols[c], true);
            check_block(rows[r], cols[c], false);
        }
    wn_kernels_limit(WN_KERNELS_AVX512);
}

/* State is sized by the columns there may be; blocks of fewer need no more. */
static void test_most_vectors(void)
{
    size_t most = 0;
    for (size_t n_cols = 1; n_cols <= MOST_COLS; n_cols++) {
        most = wn_strip_vectors(n_cols) > most ? wn_strip_vectors(n_cols) : most;
        CU_ASSERT(most <= wn_strip_most_vectors(n_cols));
    }
}

static const wn_test tests[] = {{"all kernels, strips of every shape", test_shapes},
                                {"room for any shape", test_most_vectors}};
TEST_MAIN("stats/sweep", tests)
