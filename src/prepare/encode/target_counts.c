/* The labels of training rows, summed by level and fold. */
#include "encoder.h"
#include "target.h"
#include "target_state.h"

#include "winnow/memory.h"
#include "winnow/target_codes.h"

#include <math.h>

typedef struct {
    const wn_recipe *recipe; /* borrowed */
    size_t encoder;
    wn_target_sums *sums;
} target_count;

struct wn_target_counts {
    size_t n;
    target_count *each;           /* (n) */
    wn_accumulator *accumulators; /* (n) */
};

static bool waits(const wn_encoder *encoder)
{
    return encoder->ops == &wn_target_ops && isnan(((const wn_target *)encoder->state)->codes[0]);
}

bool wn_targets_wait(const wn_recipe *recipe)
{
    for (size_t e = 0; e < recipe->n_encoders; e++)
        if (waits(&recipe->encoders[e]))
            return true;
    return false;
}

static wn_status add_row(target_count *count, const wn_target *target, const wn_block *block, size_t row, size_t code)
{
    const wn_labels *labels = &count->recipe->labels;
    size_t fold = wn_target_fold(target->seed, (uint64_t)block->rows[row], target->n_folds);
    if (labels->n_classes == 0) {
        wn_target_sums_add_value(count->sums, code, fold, block->labels[row]);
        return WN_OK;
    }
    int class = wn_labels_class(labels, block->labels[row]);
    if (class < 0)
        return wn_fail(WN_BAD_DATA, "label %s: %.17g is none of the classes", count->recipe->label_name,
                       block->labels[row]);
    wn_target_sums_add_class(count->sums, code, fold, (size_t) class);
    return WN_OK;
}

static wn_status add(void *state, const wn_block *block)
{
    wn_status status = WN_OK;
    target_count *count = state;
    const wn_encoder *encoder = &count->recipe->encoders[count->encoder];
    const wn_target *target = encoder->state;
    const wn_raw_rows rows = wn_raw_rows_of(block, 0, block->n_rows);
    wn_category_run run = {0};
    while (wn_category_next(&target->category, &count->recipe->columns[encoder->column], &rows, &run))
        for (size_t i = 0; i < run.n; i++)
            if (run.code[i] != WN_CATEGORY_GAP)
                TRY(add_row(count, target, block, run.first + i, run.code[i]));
done:
    return status;
}

static wn_span sums(void *state)
{
    target_count *count = state;
    wn_span span;
    wn_target_sums_normalize(count->sums);
    span.data = wn_target_sums_integers(count->sums, &span.n);
    return span;
}

static wn_span no_keys(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

wn_status wn_target_counts_new(wn_target_counts **counts, const wn_recipe *recipe)
{
    static const wn_accumulator_ops ops = {"targets", add, sums, no_keys, false, NULL};
    wn_status status = WN_OK;
    wn_target_counts *made = NULL;
    size_t n = 0;
    *counts = NULL;
    for (size_t e = 0; e < recipe->n_encoders; e++)
        n += waits(&recipe->encoders[e]);
    if (n == 0)
        return WN_OK;
    TRY(wn_new(&made, 1));
    TRY(wn_new(&made->each, n));
    TRY(wn_new(&made->accumulators, n));
    for (size_t e = 0; e < recipe->n_encoders; e++) {
        const wn_target *target = recipe->encoders[e].state;
        if (!waits(&recipe->encoders[e]))
            continue;
        target_count *count = &made->each[made->n];
        *count = (target_count){recipe, e, NULL};
        TRY(wn_target_sums_new(&count->sums, wn_target_codes(target), target->n_folds, recipe->labels.n_classes));
        made->accumulators[made->n++] = (wn_accumulator){&ops, count};
    }
    *counts = made;
    made = NULL;
done:
    wn_target_counts_free(made);
    return status;
}

void wn_target_counts_free(wn_target_counts *counts)
{
    if (counts == NULL)
        return;
    for (size_t i = 0; i < counts->n; i++)
        wn_target_sums_free(counts->each[i].sums);
    wn_free(counts->each);
    wn_free(counts->accumulators);
    wn_free(counts);
}

size_t wn_target_counts_accumulators(wn_target_counts *counts, const wn_accumulator **accumulators)
{
    *accumulators = counts != NULL ? counts->accumulators : NULL;
    return counts != NULL ? counts->n : 0;
}

void wn_target_counts_fit(const wn_target_counts *counts, wn_recipe *recipe)
{
    for (size_t i = 0; counts != NULL && i < counts->n; i++) {
        wn_target *target = recipe->encoders[counts->each[i].encoder].state;
        wn_target_sums_finish(counts->each[i].sums, target->smoothing, target->codes);
        for (size_t code = 0; code < wn_target_codes(target); code++)
            target->rows[code] = wn_target_sums_rows(counts->each[i].sums, code);
    }
}
