#include "level_counts.h"

#include "one_hot.h"
#include "profile_sums.h"
#include "target.h"
#include "terms.h"

#include "winnow/keyed_counts.h"
#include "winnow/levels.h"
#include "winnow/long_integers.h"
#include "winnow/memory.h"
#include "winnow/profile.h"

enum { LEAST_SHARE = 256 << 10, STRIP_ROWS = 512 /* whose cells stay in a processor's cache */ };

/* Rows are counted in a tally, which is handed on before it is large. */
typedef struct {
    size_t column;
    const char *name; /* borrowed */
    bool is_text, is_long;
    size_t position;
    wn_tokenizer *tokenizer; /* NULL: a cell is a level */
    wn_tally *tally;         /* NULL: only gaps are counted */
    wn_keyed_counts *counts;
    size_t tally_bytes;
} counted_column;

struct wn_level_counts {
    size_t n;
    counted_column *columns;
    int64_t *gaps; /* (n, 2) valid cells, missing ones */
};

static bool has_levels(const wn_recipe_column *column)
{
    return column->kind == WN_COLUMN_CATEGORICAL ? column->levels > 0 : column->text.terms > 0;
}

static bool is_counted(const wn_recipe_column *column)
{
    return column->is_text || has_levels(column);
}

size_t wn_level_counts_bytes(size_t n_columns)
{
    return n_columns * LEAST_SHARE > WN_LEVEL_BYTES ? n_columns * LEAST_SHARE : n_columns > 0 ? WN_LEVEL_BYTES : 0;
}

/* Half of a column's share is for the keyed counts, a quarter for a tally, which may double once in a row. */
static wn_status init_column(counted_column *counted, const wn_recipe_column *column, size_t share,
                             const char *directory)
{
    wn_status status = WN_OK;
    if (!has_levels(column))
        return WN_OK;
    if (column->kind == WN_COLUMN_TEXT)
        TRY(wn_tokenizer_new(&counted->tokenizer, column->text.stem, column->text.ngrams));
    counted->tally_bytes = share / 4;
    TRY(wn_tally_new(&counted->tally));
    TRY(wn_keyed_counts_new(&counted->counts, directory != NULL ? share / 2 : 0, directory));
done:
    return status;
}

wn_status wn_level_counts_new(wn_level_counts **counts, const wn_recipe *recipe, const char *directory)
{
    wn_status status = WN_OK;
    wn_level_counts *made = NULL;
    size_t n = 0;
    size_t n_levels = 0;
    for (size_t i = 0; i < recipe->n_columns; i++) {
        n += is_counted(&recipe->columns[i]);
        n_levels += has_levels(&recipe->columns[i]);
    }
    *counts = NULL;
    if (n == 0)
        return WN_OK;
    TRY(wn_new(&made, 1));
    TRY(wn_new(&made->columns, n));
    TRY(wn_new(&made->gaps, 2 * n));
    for (size_t i = 0; i < recipe->n_columns; i++) {
        const wn_recipe_column *column = &recipe->columns[i];
        if (!is_counted(column))
            continue;
        counted_column *counted = &made->columns[made->n++];
        *counted = (counted_column){.column = i,
                                    .name = column->name,
                                    .is_text = column->is_text,
                                    .is_long = column->is_long,
                                    .position = column->position};
        TRY(init_column(counted, column, wn_level_counts_bytes(n_levels) / (n_levels + (n_levels == 0)), directory));
    }
    *counts = made;
    made = NULL;
done:
    wn_level_counts_free(made);
    return status;
}

void wn_level_counts_free(wn_level_counts *counts)
{
    if (counts == NULL)
        return;
    for (size_t i = 0; i < counts->n; i++) {
        wn_tokenizer_free(counts->columns[i].tokenizer);
        wn_tally_free(counts->columns[i].tally);
        wn_keyed_counts_free(counts->columns[i].counts);
    }
    wn_free(counts->columns);
    wn_free(counts->gaps);
    wn_free(counts);
}

/* Puts the tally into the keyed counts. */
static wn_status hand_on(counted_column *counted)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < wn_tally_size(counted->tally); i++) {
        wn_tally_entry entry = wn_tally_at(counted->tally, i);
        wn_keyed_count count = {.key = entry.key, .count = entry.count, .rows = entry.rows};
        count.text = entry.text.data;
        count.n_text = entry.text.n_bytes;
        TRY(wn_keyed_counts_add(counted->counts, &count));
    }
    wn_tally_free(counted->tally); /* its room is what made it too large */
    counted->tally = NULL;
    TRY(wn_tally_new(&counted->tally));
done:
    return status;
}

static wn_status add_levels(counted_column *counted, int64_t gaps[2], const wn_tally_cells *cells)
{
    wn_status status = WN_OK;
    for (size_t next = 0; next < cells->n;) {
        TRY(wn_tally_add_cells(counted->tally, cells, counted->tally_bytes, &next, gaps));
        if (wn_tally_bytes(counted->tally) > counted->tally_bytes)
            TRY(hand_on(counted));
    }
done:
    return status;
}

/* Of texts; without a tokenizer only how many there are. */
static wn_status add_terms(counted_column *counted, int64_t gaps[2], const wn_tally_cells *cells)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < cells->n; i++) {
        wn_text text = cells->texts[i * cells->stride];
        gaps[text.n_bytes == 0]++;
        if (text.n_bytes == 0 || counted->tokenizer == NULL)
            continue;
        TRY(wn_tally_add_terms(counted->tally, counted->tokenizer, text));
        if (wn_tally_bytes(counted->tally) > counted->tally_bytes)
            TRY(hand_on(counted));
    }
done:
    return status;
}

/* Levels are told from each other, which cells of large integers do not allow. */
static wn_status check_levels(const counted_column *counted, const wn_tally_cells *cells)
{
    wn_status status = WN_OK;
    for (size_t i = 0; counted->is_long && i < cells->n && status == WN_OK; i++)
        if (wn_long_integer_is_shared(true, cells->numbers[i * cells->stride]))
            status =
                wn_long_integer_refuse(counted->name, cells->numbers[i * cells->stride], "a category of such levels");
    return status;
}

/* n rows from `first` on. */
static wn_status add_column(counted_column *counted, int64_t gaps[2], const wn_block *block, size_t first, size_t n)
{
    wn_status status = WN_OK;
    wn_tally_cells cells = {.n = n};
    if (counted->is_text) {
        cells.texts = block->texts + first * block->n_texts + counted->position;
        cells.stride = block->n_texts;
    } else {
        cells.numbers = block->cells + first * block->n_cols + counted->position;
        cells.stride = block->n_cols;
        TRY(check_levels(counted, &cells));
    }
    bool are_levels = counted->tally != NULL && counted->tokenizer == NULL;
    status = are_levels ? add_levels(counted, gaps, &cells) : add_terms(counted, gaps, &cells);
done:
    return status;
}

static wn_status add(void *state, const wn_block *block)
{
    wn_level_counts *counts = state;
    wn_status status = WN_OK;
    for (size_t first = 0; first < block->n_rows; first += STRIP_ROWS) {
        size_t n = block->n_rows - first < STRIP_ROWS ? block->n_rows - first : STRIP_ROWS;
        for (size_t i = 0; i < counts->n; i++)
            TRY(add_column(&counts->columns[i], counts->gaps + 2 * i, block, first, n));
    }
done:
    return status;
}

static wn_span sums(void *state)
{
    wn_level_counts *counts = state;
    return (wn_span){counts->gaps, 2 * counts->n};
}

static wn_span no_keys(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

wn_accumulator wn_level_counts_accumulator(wn_level_counts *counts)
{
    static const wn_accumulator_ops ops = {"levels", add, sums, no_keys, false};
    return (wn_accumulator){&ops, counts};
}

void wn_level_counts_describe(const wn_level_counts *counts, wn_recipe *recipe)
{
    for (size_t i = 0; counts != NULL && i < counts->n; i++) {
        wn_recipe_column *column = &recipe->columns[counts->columns[i].column];
        if (!column->is_text)
            continue;
        column->count = counts->gaps[2 * i];
        column->missing = counts->gaps[2 * i + 1];
    }
}

wn_status wn_level_counts_encode(const wn_ranks *ranks, const wn_keyed_counts *counts, size_t column, int64_t n_rows,
                                 wn_recipe *recipe)
{
    wn_status status = WN_OK;
    const wn_recipe_column *of = &recipe->columns[column];
    wn_keyed_top chosen = {0};
    if (of->kind == WN_COLUMN_TEXT) {
        TRY(wn_keyed_counts_top(ranks, counts, of->text.terms, of->text.minimum_documents, &chosen));
        TRY(wn_ranks_agree(ranks, wn_terms_fit(recipe, column, &chosen, n_rows)));
    } else {
        TRY(wn_keyed_counts_top(ranks, counts, of->levels, 1, &chosen));
        TRY(wn_ranks_agree(ranks, of->target.folds > 0 ? wn_target_fit(recipe, column, &chosen)
                                                       : wn_one_hot_fit(recipe, column, &chosen)));
    }
done:
    wn_keyed_top_clear(&chosen);
    return status;
}

static wn_status fit_column(const wn_ranks *ranks, counted_column *counted, int64_t n_rows, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    const wn_recipe_column *column = &recipe->columns[counted->column];
    size_t limit = column->kind == WN_COLUMN_TEXT ? column->text.terms : column->levels;
    TRY(wn_ranks_agree(ranks, hand_on(counted)));
    TRY(wn_keyed_counts_partition(ranks, counted->counts));
    if (wn_profile_sums_are_kept(recipe))
        TRY(wn_profile_sums_keep(ranks, recipe->sums, counted->column, counted->counts, limit));
    TRY(wn_level_counts_encode(ranks, counted->counts, counted->column, n_rows, recipe));
done:
    return status;
}

wn_status wn_level_counts_fit(const wn_ranks *ranks, wn_level_counts *counts, wn_recipe *recipe)
{
    wn_status status = WN_OK;
    for (size_t i = 0; counts != NULL && i < counts->n && status == WN_OK; i++)
        if (counts->columns[i].tally != NULL)
            status = fit_column(ranks, &counts->columns[i], counts->gaps[2 * i] + counts->gaps[2 * i + 1], recipe);
    return status;
}
