#include "row_maker.h"

#include "normal.h"
#include "stored.h"
#include "targets.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

/* Rows are made a slice at a time, whose numbers stay in the processor's cache. */
enum { SLICE_CELLS = 32768, MOST_SLICE = 1024 };

struct wn_row_maker {
    const wn_truth *truth;
    wn_row_order order;
    size_t slice;                                                    /* most rows at once */
    size_t n_draws, n_factor_draws, n_category_draws, n_fault_draws; /* of a row, four words each */
    uint32_t gap_limit, outlier_limit;                               /* of a fault's word */
    uint64_t *unique;                                                /* (slice) */
    wn_targets targets;
    uint32_t *words;                    /* room for any draws of a slice */
    float *z, *factors, *codes, *moved; /* (slice, 4 n_draws), ...; (n_informative) */
    uint32_t *faults;                   /* (slice, 4 n_fault_draws) */
    int64_t *counts;
};

static size_t draws_of(size_t n)
{
    return (n + 3) / 4;
}

size_t wn_row_maker_columns(const wn_row_maker *maker)
{
    return maker->truth->options.n_columns + maker->truth->options.n_categories;
}

static wn_status reserve(wn_row_maker *c)
{
    wn_status status = WN_OK;
    size_t most = c->n_draws;
    const size_t others[] = {c->n_factor_draws, c->n_category_draws, 1};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        most = others[i] > most ? others[i] : most;
    TRY(wn_new(&c->unique, c->slice));
    TRY(wn_new(&c->targets.target, c->slice));
    TRY(wn_new(&c->targets.amount, c->slice));
    TRY(wn_new(&c->words, c->slice * 4 * most));
    TRY(wn_new(&c->z, c->slice * 4 * c->n_draws));
    TRY(wn_new(&c->factors, c->slice * 4 * c->n_factor_draws));
    TRY(wn_new(&c->codes, c->slice * 4 * c->n_category_draws));
    TRY(wn_new(&c->moved, c->truth->options.n_informative));
    TRY(wn_new(&c->faults, c->slice * 4 * c->n_fault_draws));
    TRY(wn_new(&c->counts, 2 * wn_row_maker_columns(c)));
done:
    return status;
}

wn_status wn_row_maker_new(wn_row_maker **maker, const wn_truth *truth)
{
    wn_status status = WN_OK;
    const wn_generate_options *o = &truth->options;
    wn_row_maker *c = NULL;
    TRY(wn_new(&c, 1));
    c->truth = truth;
    c->order = wn_row_order_of(o->seed, o->n_rows, truth->n_unique, o->is_sorted);
    c->slice = SLICE_CELLS / (o->n_columns + o->n_categories);
    c->slice = c->slice < 1 ? 1 : c->slice > MOST_SLICE ? MOST_SLICE : c->slice;
    c->n_draws = draws_of(o->n_columns);
    c->n_factor_draws = draws_of(o->n_factors);
    c->n_category_draws = draws_of(o->n_categories);
    c->gap_limit = (uint32_t)(o->missing * 0x1p32);
    c->outlier_limit = (uint32_t)(o->outliers * 0x1p32);
    bool is_spoilt = c->gap_limit > 0 || c->outlier_limit > 0;
    c->n_fault_draws = is_spoilt ? draws_of(o->n_columns + o->n_categories) : 0;
    TRY(reserve(c));
    *maker = c;
    c = NULL;
done:
    wn_row_maker_free(c);
    return status;
}

void wn_row_maker_free(wn_row_maker *maker)
{
    if (maker == NULL)
        return;
    void *const parts[] = {maker->unique,  maker->targets.target, maker->targets.amount, maker->words,  maker->z,
                           maker->factors, maker->codes,          maker->moved,          maker->faults, maker->counts};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        wn_free(parts[i]);
    wn_free(maker);
}

int64_t *wn_row_maker_counts(wn_row_maker *maker)
{
    return maker->counts;
}

static void draw_normals(wn_row_maker *c, wn_random_purpose purpose, size_t n, size_t n_draws, float *z)
{
    if (n_draws == 0)
        return;
    wn_random_words(c->truth->options.seed, purpose, c->unique, n, 0, n_draws, c->words);
    wn_normal_of_words(c->words, z, n * 4 * n_draws);
}

/* The informative columns of one row: means by the target, factors, and what is their own. */
static void make_informative(const wn_row_maker *c, size_t row, float *z)
{
    const wn_truth *t = c->truth;
    size_t m = t->options.n_informative;
    float *restrict moved = c->moved, amount = c->targets.amount[row];
    const float *restrict shift = t->shift + c->targets.target[row] * m;
    const float *factors = c->factors + row * 4 * c->n_factor_draws;
    for (size_t i = 0; i < m; i++)
        moved[i] = amount * shift[i];
    for (size_t k = 0; k < t->options.n_factors; k++) {
        const float *restrict loading = t->loading + k * m;
        float factor = factors[k];
        for (size_t i = 0; i < m; i++)
            moved[i] += factor * loading[i];
    }
    for (size_t i = 0; i < m; i++)
        z[t->informative[i]] = moved[i] + t->unique[i] * z[t->informative[i]];
}

static void make_redundant(const wn_truth *t, float *z)
{
    float along = (float)t->options.correlation;
    float own = (float)sqrt(1 - t->options.correlation * t->options.correlation);
    for (size_t i = 0; i < t->options.n_redundant; i++)
        z[t->redundant[i]] = along * z[t->informative[t->source[i]]] + own * z[t->redundant[i]];
}

static inline float chosen(uint32_t mask, float yes, float no)
{
    uint32_t a, b;
    memcpy(&a, &yes, sizeof a);
    memcpy(&b, &no, sizeof b);
    a = (a & mask) | (b & ~mask);
    memcpy(&yes, &a, sizeof a);
    return yes;
}

/* Gaps become NaN; outliers go 15 deviations and more to their own side. Masks, so that it is vectorized. */
static void spoil(float *restrict z, const uint32_t *restrict faults, uint32_t gap_limit, uint32_t outlier_limit,
                  size_t n, int64_t *restrict n_gaps, int64_t *restrict n_outliers)
{
    for (size_t j = 0; j < n; j++) {
        uint32_t is_gap = 0u - (uint32_t)(faults[j] < gap_limit);
        uint32_t is_outlier = ~is_gap & (0u - (uint32_t)(faults[j] - gap_limit < outlier_limit));
        float far = 5.0f * z[j] + copysignf(15.0f, z[j]);
        z[j] = chosen(is_gap, NAN, chosen(is_outlier, far, z[j]));
        n_gaps[j] += is_gap & 1u;
        n_outliers[j] += is_outlier & 1u;
    }
}

static void make_numbers(wn_row_maker *c, size_t n, const wn_row_place *place, size_t done)
{
    const wn_truth *t = c->truth;
    size_t n_columns = t->options.n_columns, row_bytes = n_columns * wn_store_bytes(t->options.type);
    char *out = (char *)place->numbers + (place->at + done) * row_bytes;
    draw_normals(c, WN_RANDOM_TABLE_CELLS, n, c->n_draws, c->z);
    draw_normals(c, WN_RANDOM_TABLE_FACTORS, n, c->n_factor_draws, c->factors);
    for (size_t i = 0; i < n; i++) {
        float *z = c->z + i * 4 * c->n_draws;
        make_informative(c, i, z);
        make_redundant(t, z);
        if (c->n_fault_draws > 0)
            spoil(z, c->faults + i * 4 * c->n_fault_draws, c->gap_limit, c->outlier_limit, n_columns, c->counts,
                  c->counts + wn_row_maker_columns(c));
        wn_stored_numbers(t->options.type, z, t->centre, t->scale, n_columns, out + i * row_bytes);
    }
}

static int32_t code_of(const wn_truth *t, size_t category, float hidden)
{
    size_t low = 0, high = t->options.n_levels - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (hidden < t->threshold[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return t->code[category * t->options.n_levels + low];
}

static void make_codes(wn_row_maker *c, size_t n, const wn_row_place *place, size_t done)
{
    const wn_truth *t = c->truth;
    size_t n_categories = t->options.n_categories, n_columns = t->options.n_columns;
    draw_normals(c, WN_RANDOM_TABLE_CATEGORIES, n, c->n_category_draws, c->codes);
    for (size_t i = 0; i < n; i++) {
        float moved = c->targets.amount[i] * wn_truth_category_shift(t, c->targets.target[i]);
        const uint32_t *faults = c->faults + i * 4 * c->n_fault_draws + n_columns;
        for (size_t k = 0; k < n_categories; k++) {
            float hidden = c->codes[i * 4 * c->n_category_draws + k] + (wn_truth_category_tells(k) ? moved : 0.0f);
            bool is_gap = c->n_fault_draws > 0 && faults[k] < c->gap_limit;
            c->counts[n_columns + k] += is_gap;
            int32_t code = is_gap ? -1 : code_of(t, k, hidden);
            size_t at = k * place->stride + place->at + done + i;
            if (t->options.has_texts)
                wn_stored_text(wn_truth_code_bytes(t), place->codes, at, code);
            else
                wn_stored_code(wn_truth_code_type(t), place->codes, at, code);
        }
    }
}

void wn_row_maker_make(wn_row_maker *maker, int64_t first, size_t n, const wn_row_place *place)
{
    const wn_truth *t = maker->truth;
    size_t label_bytes = wn_store_bytes(wn_truth_label_type(t));
    for (size_t done = 0; done < n; done += maker->slice) {
        size_t left = n - done < maker->slice ? n - done : maker->slice;
        wn_row_order_unique(&maker->order, first + (int64_t)done, left, maker->unique);
        wn_targets_make(t, maker->unique, left, maker->words, &maker->targets,
                        (char *)place->labels + (place->at + done) * label_bytes);
        if (maker->n_fault_draws > 0)
            wn_random_words(t->options.seed, WN_RANDOM_TABLE_FAULTS, maker->unique, left, 0, maker->n_fault_draws,
                            maker->faults);
        make_numbers(maker, left, place, done);
        if (t->options.n_categories > 0)
            make_codes(maker, left, place, done);
    }
}
