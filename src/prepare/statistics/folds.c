#include "folds.h"

#include "winnow/memory.h"
#include "winnow/random.h"

#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 32 };

struct wn_folds {
    size_t n, n_states; /* folds; states of one of them */
    uint64_t seed;
    wn_sums *sums;           /* (n) */
    wn_accumulator *inner;   /* (n, n_states) the states' own */
    wn_accumulator_ops *ops; /* (n, n_states) by names of their own, for the file */
    char (*names)[NAME_SIZE];
    wn_block *part;       /* a block's rows of one fold; NULL before the first */
    wn_wide_columns wide; /* the part's, where the block has some */
    unsigned char *fold;  /* (part's capacity) of each row of the block */
};

static wn_status add_nothing(void *state, const wn_block *block)
{
    (void)state;
    (void)block;
    return WN_OK;
}

static void name_states(wn_folds *folds)
{
    for (size_t i = 0; i < folds->n * folds->n_states; i++) {
        const wn_accumulator_ops *ops = folds->inner[i].ops;
        snprintf(folds->names[i], NAME_SIZE, "fold%zu_%s", i / folds->n_states, ops->name);
        folds->ops[i] = *ops;
        folds->ops[i].name = folds->names[i];
        folds->ops[i].add = add_nothing;
        folds->ops[i].takes_raw = true;
    }
}

wn_status wn_folds_new(wn_folds **folds, const wn_statistics_plan *plan, const wn_catalog *catalog,
                       const wn_labels *labels, const wn_statistics_options *options)
{
    wn_status status = WN_OK;
    wn_folds *made = NULL;
    size_t n = options->n_folds;
    TRY(wn_new(&made, 1));
    made->n = n;
    made->seed = options->seed;
    TRY(wn_new(&made->sums, n));
    TRY(wn_new(&made->inner, n * WN_SUMS_STATES));
    TRY(wn_new(&made->ops, n * WN_SUMS_STATES));
    TRY(wn_new(&made->names, n * WN_SUMS_STATES));
    for (size_t f = 0; f < n; f++) {
        TRY(wn_sums_init(&made->sums[f], plan, catalog, labels, options));
        made->n_states = wn_sums_accumulators(&made->sums[f], made->inner + f * made->n_states);
    }
    name_states(made);
    *folds = made;
    made = NULL;
done:
    wn_folds_free(made);
    return status;
}

void wn_folds_free(wn_folds *folds)
{
    if (folds == NULL)
        return;
    wn_free(folds->fold);
    wn_block_free(folds->part);
    wn_wide_columns_clear(&folds->wide);
    wn_free(folds->names);
    wn_free(folds->ops);
    wn_free(folds->inner);
    for (size_t f = 0; folds->sums && f < folds->n; f++)
        wn_sums_clear(&folds->sums[f]);
    wn_free(folds->sums);
    wn_free(folds);
}

static wn_status make_room(wn_folds *folds, const wn_block *block)
{
    wn_status status = WN_OK;
    if (folds->part != NULL && folds->part->capacity >= block->n_rows)
        return WN_OK;
    wn_block_free(folds->part);
    folds->part = NULL;
    TRY(wn_resize(&folds->fold, block->n_rows));
    TRY(wn_block_new(&folds->part, block->n_rows, block->n_cols, false));
    if (block->wide != NULL && folds->wide.n_cols == 0)
        TRY(wn_wide_columns_like(&folds->wide, block->wide));
    folds->part->wide = block->wide != NULL ? &folds->wide : NULL;
done:
    return status;
}

/* The block's rows of one fold. */
static wn_status gather(wn_folds *folds, const wn_block *block, size_t fold)
{
    wn_status status = WN_OK;
    wn_block *part = folds->part;
    size_t n_cols = block->n_cols;
    part->index = block->index;
    part->file = block->file;
    part->n_rows = 0;
    wn_wide_columns_empty(&folds->wide);
    for (size_t i = 0; i < block->n_rows; i++) {
        if (folds->fold[i] != fold)
            continue;
        memcpy(part->cells + part->n_rows * n_cols, block->cells + i * n_cols, n_cols * sizeof *part->cells);
        part->labels[part->n_rows] = block->labels[i];
        part->rows[part->n_rows++] = block->rows[i];
        if (block->wide != NULL)
            TRY(wn_wide_columns_append(&folds->wide, block->wide, i));
    }
done:
    return status;
}

static wn_status add_block(void *state, const wn_block *block)
{
    wn_status status = WN_OK;
    wn_folds *folds = state;
    TRY(make_room(folds, block));
    for (size_t i = 0; i < block->n_rows; i++) {
        wn_random stream = {folds->seed, WN_RANDOM_RANK_FOLDS, (uint64_t)block->rows[i]};
        folds->fold[i] = (unsigned char)wn_random_below(wn_random_bits(stream, 0), folds->n);
    }
    for (size_t f = 0; f < folds->n; f++) {
        TRY(gather(folds, block, f));
        for (size_t k = 0; k < folds->n_states && folds->part->n_rows > 0; k++) {
            const wn_accumulator *inner = &folds->inner[f * folds->n_states + k];
            TRY(inner->ops->add(inner->state, folds->part));
        }
    }
done:
    return status;
}

static wn_span no_integers(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

size_t wn_folds_accumulators(wn_folds *folds, wn_accumulator accumulators[WN_FOLDS_STATES])
{
    static const wn_accumulator_ops ops = {"folds", add_block, no_integers, no_integers, false, NULL};
    if (folds == NULL)
        return 0;
    size_t n = folds->n * folds->n_states;
    accumulators[0] = (wn_accumulator){&ops, folds};
    for (size_t i = 0; i < n; i++)
        accumulators[1 + i] = (wn_accumulator){&folds->ops[i], folds->inner[i].state};
    return 1 + n;
}

/* A state's sums of each fold become those of the other rows. */
static void turn_sums(const wn_folds *folds, size_t state, wn_accumulator all)
{
    wn_span total = all.ops->sums(all.state);
    for (size_t f = 0; f < folds->n; f++) {
        wn_accumulator inner = folds->inner[f * folds->n_states + state];
        wn_span sums = inner.ops->sums(inner.state);
        for (size_t i = 0; i < sums.n; i++)
            sums.data[i] = total.data[i] - sums.data[i];
    }
}

/* Its keys become the largest of the other folds: the largest of all, or in whose fold that is, the second. */
static void turn_keys(const wn_folds *folds, size_t state)
{
    wn_span keys[WN_MOST_FOLDS];
    for (size_t f = 0; f < folds->n; f++) {
        wn_accumulator inner = folds->inner[f * folds->n_states + state];
        keys[f] = inner.ops->keys(inner.state);
    }
    for (size_t i = 0; i < keys[0].n; i++) {
        int64_t first = WN_KEY_NONE, second = WN_KEY_NONE;
        size_t at = 0;
        for (size_t f = 0; f < folds->n; f++) {
            int64_t key = keys[f].data[i];
            if (key > first) {
                second = first;
                first = key;
                at = f;
            } else if (key > second) {
                second = key;
            }
        }
        for (size_t f = 0; f < folds->n; f++)
            keys[f].data[i] = f == at ? second : first;
    }
}

wn_status wn_folds_finish(wn_folds *folds, const wn_sums *all, const wn_statistics_plan *plan,
                          wn_statistics *statistics)
{
    wn_status status = WN_OK;
    wn_accumulator total[WN_SUMS_STATES];
    if (folds == NULL)
        return WN_OK;
    wn_sums_accumulators(all, total);
    for (size_t k = 0; k < folds->n_states; k++) {
        turn_sums(folds, k, total[k]);
        turn_keys(folds, k);
    }
    TRY(wn_new(&statistics->without, folds->n));
    statistics->n_folds = folds->n;
    for (size_t f = 0; f < folds->n; f++) {
        TRY(wn_new(&statistics->without[f], 1));
        TRY(wn_sums_finish(&folds->sums[f], plan, statistics->without[f]));
        wn_sums_clear(&folds->sums[f]); /* makes room for the next */
    }
done:
    return status;
}
