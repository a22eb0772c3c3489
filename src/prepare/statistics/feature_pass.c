#include "winnow/feature_pass.h"

#include "clean.h"

#include "winnow/memory.h"

#include <string.h>

/* Rows whose features are extracted together, where encoders make some. */
enum { TILE_ROWS = 64 };

/* The chosen features of the block that was stepped last. */
typedef struct {
    const wn_recipe *recipe; /* borrowed like the indices */
    const size_t *features;
    size_t n;
    bool is_plain;
    wn_block *chosen;  /* NULL where the cells are the chosen features already */
    double *extracted; /* (TILE_ROWS, n_features), NULL in a table of numbers */
} choice;

static bool is_identity(const wn_recipe *recipe, const size_t *features, size_t n)
{
    if (!wn_recipe_is_plain(recipe) || n != recipe->n_features)
        return false;
    for (size_t i = 0; i < n; i++)
        if (features[i] != i)
            return false;
    return true;
}

static wn_status open_choice(choice *chosen, size_t capacity)
{
    wn_status status = WN_OK;
    const wn_recipe *recipe = chosen->recipe;
    chosen->is_plain = wn_recipe_is_plain(recipe);
    if (is_identity(recipe, chosen->features, chosen->n))
        return WN_OK;
    TRY(wn_block_new(&chosen->chosen, capacity, chosen->n, false));
    if (!chosen->is_plain)
        TRY(wn_new(&chosen->extracted, TILE_ROWS * recipe->n_features));
done:
    return status;
}

static void gather(const choice *chosen, const double *from, size_t n_from, size_t first, size_t n_rows)
{
    double *to = chosen->chosen->cells + first * chosen->n;
    for (size_t i = 0; i < n_rows; i++)
        for (size_t k = 0; k < chosen->n; k++)
            to[i * chosen->n + k] = from[i * n_from + chosen->features[k]];
}

static wn_status choose(void *context, wn_block *block)
{
    wn_status status = WN_OK;
    choice *chosen = context;
    wn_block *to = chosen->chosen;
    to->index = block->index;
    to->file = block->file;
    to->n_rows = block->n_rows;
    memcpy(to->labels, block->labels, block->n_rows * sizeof *to->labels);
    memcpy(to->rows, block->rows, block->n_rows * sizeof *to->rows);
    if (chosen->is_plain)
        gather(chosen, block->cells, block->n_cols, 0, block->n_rows);
    for (size_t first = 0; !chosen->is_plain && first < block->n_rows; first += TILE_ROWS) {
        size_t n = block->n_rows - first < TILE_ROWS ? block->n_rows - first : TILE_ROWS;
        wn_raw_rows rows = wn_raw_rows_of(block, first, n);
        rows.learnt = block->rows + first;
        TRY(wn_recipe_extract(chosen->recipe, &rows, chosen->extracted));
        gather(chosen, chosen->extracted, chosen->recipe->n_features, first, n);
    }
done:
    return status;
}

/* An accumulator of chosen features, as the pass sees it. */
typedef struct {
    const wn_block *chosen; /* borrowed */
    wn_accumulator inner;
} seeing;

static wn_status add(void *state, const wn_block *block)
{
    const seeing *sees = state;
    (void)block;
    return sees->inner.ops->add(sees->inner.state, sees->chosen);
}

static wn_span sums(void *state)
{
    const seeing *sees = state;
    return sees->inner.ops->sums(sees->inner.state);
}

static wn_span keys(void *state)
{
    const seeing *sees = state;
    return sees->inner.ops->keys(sees->inner.state);
}

static wn_status settle(void *state)
{
    const seeing *sees = state;
    return sees->inner.ops->settle != NULL ? sees->inner.ops->settle(sees->inner.state) : WN_OK;
}

static wn_status see(const choice *chosen, const wn_accumulator *accumulators, size_t n, seeing **sees,
                     wn_accumulator **seen)
{
    static const wn_accumulator_ops ops = {"chosen", add, sums, keys, true, settle};
    wn_status status = WN_OK;
    TRY(wn_new(sees, n));
    TRY(wn_new(seen, n));
    for (size_t i = 0; i < n; i++) {
        (*sees)[i] = (seeing){chosen->chosen, accumulators[i]};
        (*seen)[i] = chosen->chosen != NULL ? (wn_accumulator){&ops, *sees + i} : accumulators[i];
    }
done:
    return status;
}

wn_status wn_feature_pass_run(const wn_pass *pass, wn_rows *rows, const wn_recipe *recipe, const size_t *features,
                              size_t n, const wn_accumulator *accumulators, size_t n_accumulators, wn_pass_cost *cost)
{
    wn_status status = WN_OK;
    wn_cleaner cleaner = {0};
    choice chosen = {.recipe = recipe, .features = features, .n = n};
    seeing *sees = NULL;
    wn_accumulator *seen = NULL;
    wn_block_step steps[3] = {wn_rows_step(rows, WN_ROW_TRAIN)};
    status = wn_cleaner_init(&cleaner, recipe, rows, wn_recipe_is_plain(recipe));
    cleaner.drops = false; /* the rows know what was dropped */
    if (status == WN_OK)
        status = open_choice(&chosen, wn_reader_block_capacity(pass->reader));
    if (status == WN_OK)
        status = see(&chosen, accumulators, n_accumulators, &sees, &seen);
    TRY(wn_ranks_agree(pass->ranks, status));
    steps[1] = wn_cleaner_step(&cleaner);
    steps[2] = (wn_block_step){choose, &chosen, false};
    TRY(wn_pass_run(pass, steps, chosen.chosen != NULL ? 3 : 2, seen, n_accumulators, cost));
done:
    wn_free(seen);
    wn_free(sees);
    wn_free(chosen.extracted);
    wn_block_free(chosen.chosen);
    wn_cleaner_clear(&cleaner);
    return status;
}

size_t wn_feature_pass_bytes(size_t n_features, size_t n_chosen, size_t block_rows)
{
    return (block_rows * (n_chosen + 3) + TILE_ROWS * n_features) * sizeof(double);
}
