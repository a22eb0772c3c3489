#include "winnow/row_hashes.h"

#include "row_hashes_state.h"
#include "winnow/hash.h"
#include "winnow/memory.h"

#include <math.h>
#include <string.h>

/* A row is there as it was added and as it is received from all ranks, with an answer; keys deal them evenly, but for
 * chance. */
enum { ROW_BYTES = 2 * sizeof(wn_hashed_row) + 2, FEW_ROWS = 64 << 10, MOST_PART_BITS = 24, WRITE_BUFFER = 16 << 10 };

static size_t bytes_of_rows(size_t n)
{
    return n * ROW_BYTES + n / 10 * ROW_BYTES + FEW_ROWS;
}

/* So that the ends of parts, of which there are as many as runs times parts, take a small part of it. */
static size_t least_budget(size_t most_rows)
{
    return 2 * FEW_ROWS + 70 * (size_t)cbrt((double)most_rows * (double)most_rows);
}

size_t wn_row_hashes_bytes(size_t most_rows, size_t budget)
{
    size_t whole = bytes_of_rows(most_rows), least = least_budget(most_rows);
    size_t bounded = budget > least ? budget : least;
    return budget == 0 || whole <= bounded ? whole : bounded;
}

/* How many rows are kept in memory, and how many parts there are if that is not all. */
static void share_budget(wn_row_hashes *hashes)
{
    size_t most_rows = hashes->options.most_rows, bytes = wn_row_hashes_bytes(most_rows, hashes->options.budget);
    hashes->capacity = most_rows;
    if (bytes == bytes_of_rows(most_rows))
        return;
    hashes->capacity = bytes / 4 * 3 / sizeof(wn_hashed_row);
    while (hashes->part_bits < MOST_PART_BITS && bytes_of_rows(most_rows >> hashes->part_bits) > bytes / 8 * 7)
        hashes->part_bits++;
}

/* A copy of the options' columns; all of them and the label where they name none. */
static wn_status choose_columns(wn_row_hashes *hashes)
{
    wn_status status = WN_OK;
    wn_row_hashes_options *options = &hashes->options;
    if (options->columns == NULL) {
        hashes->n_cells = options->n_cols;
        hashes->n_texts = options->n_texts;
        options->has_label = true;
        return WN_OK;
    }
    TRY(wn_new(&hashes->columns, options->n_chosen));
    for (size_t c = 0; c < options->n_chosen; c++) {
        hashes->columns[c] = options->columns[c];
        hashes->n_cells += options->columns[c] < options->n_cols;
    }
    hashes->n_texts = options->n_chosen - hashes->n_cells;
    options->columns = hashes->columns;
done:
    return status;
}

wn_status wn_row_hashes_new(wn_row_hashes **hashes, const wn_row_hashes_options *options)
{
    wn_status status = WN_OK;
    wn_row_hashes *made = NULL;
    TRY(wn_new(&made, 1));
    made->options = *options;
    share_budget(made);
    TRY(choose_columns(made));
    if (options->directory != NULL)
        TRY(wn_string_copy(&made->directory, options->directory));
    TRY(wn_new(&made->rows, made->capacity));
    TRY(wn_memory_new(&made->scratch, options->n_cols + 1 + 2 * options->n_texts, sizeof(double), __func__));
    *hashes = made;
    made = NULL;
done:
    wn_row_hashes_free(made);
    return status;
}

void wn_row_hashes_free(wn_row_hashes *hashes)
{
    if (hashes == NULL)
        return;
    wn_spill_close(hashes->spill);
    wn_free(hashes->ends);
    wn_free(hashes->scratch);
    wn_free(hashes->columns);
    wn_free(hashes->rows);
    wn_free(hashes->directory);
    wn_free(hashes);
}

static bool is_original(const wn_row_hashes *hashes, uint64_t tag)
{
    return (int64_t)(tag >> 1) < hashes->options.n_originals;
}

bool wn_row_hashes_repeats(const wn_row_hashes *hashes, uint64_t tag, uint64_t first)
{
    bool leaks = (first & 1) == 0;
    return is_original(hashes, first) && (leaks || is_original(hashes, tag));
}

void wn_row_hashes_take(wn_row_hashes *hashes, const wn_hashed_row *row)
{
    const wn_row_hashes_options *options = &hashes->options;
    if (is_original(hashes, row->tag))
        options->take(options->context, (int64_t)(row->tag >> 1));
    else
        hashes->n_leaked += (int64_t)(row->tag >> 1) - options->n_originals + 1;
}

size_t wn_row_hashes_merge(wn_row_hashes *hashes, wn_hashed_row *rows, size_t n)
{
    size_t n_left = 0;
    wn_hashed_rows_sort(rows, n);
    for (size_t i = 0; i < n; i++) {
        wn_hashed_row *last = n_left > 0 ? &rows[n_left - 1] : NULL;
        bool is_new = last == NULL || last->high != rows[i].high || last->low != rows[i].low;
        if (!is_new && is_original(hashes, rows[i].tag))
            wn_row_hashes_take(hashes, &rows[i]);
        else if (is_new || is_original(hashes, last->tag))
            rows[n_left++] = rows[i];
        else
            last->tag += rows[i].tag - 2 * ((uint64_t)hashes->options.n_originals - 1);
    }
    return n_left;
}

static wn_status make_ends(wn_row_hashes *hashes)
{
    wn_status status = WN_OK;
    if (hashes->n_runs == hashes->runs_room) {
        size_t room = hashes->runs_room + hashes->runs_room / 2 + 4;
        TRY(wn_resize(&hashes->ends, room << hashes->part_bits));
        hashes->runs_room = room;
    }
done:
    return status;
}

wn_status wn_row_hashes_spill(wn_row_hashes *hashes)
{
    wn_status status = WN_OK;
    size_t i = 0, n_parts = (size_t)1 << hashes->part_bits;
    if (hashes->part_bits == 0)
        return wn_fail(WN_INTERNAL, "more than %zu rows were hashed", hashes->options.most_rows);
    TRY(make_ends(hashes));
    if (hashes->spill == NULL)
        TRY(wn_spill_open(&hashes->spill, hashes->directory, WRITE_BUFFER));
    int64_t begin = wn_spill_size(hashes->spill), *ends = hashes->ends + (hashes->n_runs << hashes->part_bits);
    for (size_t part = 0; part < n_parts; part++) {
        while (i < hashes->n && (part + 1 == n_parts || hashes->rows[i].high >> (64 - hashes->part_bits) <= part))
            i++;
        ends[part] = begin + (int64_t)(i * sizeof *hashes->rows);
    }
    TRY(wn_spill_append(hashes->spill, hashes->rows, hashes->n * sizeof *hashes->rows));
    hashes->n_runs++;
    hashes->n = 0;
done:
    return status;
}

/* Room for one more row: where repeats are many, merging makes it. */
static wn_status make_room(wn_row_hashes *hashes)
{
    hashes->n = wn_row_hashes_merge(hashes, hashes->rows, hashes->n);
    return hashes->n > hashes->capacity / 2 || hashes->n == hashes->capacity ? wn_row_hashes_spill(hashes) : WN_OK;
}

/* One bit pattern for all NaN, one for both zeros. */
static double canonical(double value)
{
    return value != value ? (double)NAN : value + 0.0;
}

static float canonical_float(float value)
{
    return value != value ? (float)NAN : value + 0.0f;
}

/* Chosen cells in the width of the table. Returns where they end. */
static char *put_cells(const wn_row_hashes *hashes, wn_cells row)
{
    const size_t *columns = hashes->columns;
    size_t n = hashes->n_cells;
    if (row.is_float32) {
        float *to = hashes->scratch;
        const float *from = row.data;
        for (size_t c = 0; c < n; c++)
            to[c] = canonical_float(from[columns ? columns[c] : c]);
    } else {
        double *to = hashes->scratch;
        const double *from = row.data;
        for (size_t c = 0; c < n; c++)
            to[c] = canonical(from[columns ? columns[c] : c]);
    }
    return (char *)hashes->scratch + n * wn_cell_bytes(row.is_float32);
}

/* Two words of hash a text. Returns where they end. */
static char *put_texts(const wn_row_hashes *hashes, const wn_text *texts, char *to)
{
    for (size_t i = 0; i < hashes->n_texts; i++) {
        size_t k = hashes->columns ? hashes->columns[hashes->n_cells + i] - hashes->options.n_cols : i;
        wn_hash hash = wn_hash_bytes(texts[k].data, texts[k].n_bytes, hashes->options.seed);
        memcpy(to, &hash, sizeof hash);
        to += sizeof hash;
    }
    return to;
}

/* The hash of a row's chosen cells, its label and chosen texts. */
static wn_hash hash_row(const wn_row_hashes *hashes, const wn_block *block, wn_cells cells, size_t i)
{
    char *end = put_cells(hashes, wn_cells_at(cells, i * block->n_cols));
    if (hashes->options.has_label) {
        double label = canonical(block->labels[i]);
        memcpy(end, &label, sizeof label);
        end += sizeof label;
    }
    if (hashes->n_texts > 0)
        end = put_texts(hashes, block->texts + i * block->n_texts, end);
    return wn_hash_bytes(hashes->scratch, (size_t)(end - (char *)hashes->scratch), hashes->options.seed);
}

/* Of an original, or of one other. */
static uint64_t tag_of(const wn_row_hashes_options *options, int64_t row)
{
    if (row >= options->n_originals)
        return (uint64_t)options->n_originals << 1;
    return (uint64_t)row << 1 | (options->leaks != NULL && !options->leaks(options->context, row));
}

wn_status wn_row_hashes_add(wn_row_hashes *hashes, const wn_block *block)
{
    wn_status status = WN_OK;
    wn_cells cells = wn_block_view(block);
    if (hashes->has_width && hashes->is_float32 != cells.is_float32)
        return wn_fail(WN_INTERNAL, "hashes of blocks of two widths");
    hashes->has_width = true;
    hashes->is_float32 = cells.is_float32;
    for (size_t i = 0; i < block->n_rows; i++) {
        if (hashes->n == hashes->capacity)
            TRY(make_room(hashes));
        wn_hash key = hash_row(hashes, block, cells, i);
        hashes->rows[hashes->n++] = (wn_hashed_row){key.high, key.low, tag_of(&hashes->options, block->rows[i])};
    }
done:
    return status;
}

static wn_status add(void *state, const wn_block *block)
{
    return wn_row_hashes_add(state, block);
}

static wn_span nothing(void *state)
{
    (void)state;
    return (wn_span){NULL, 0};
}

wn_accumulator wn_row_hashes_accumulator(wn_row_hashes *hashes)
{
    static const wn_accumulator_ops ops = {"row_hashes", add, nothing, nothing, true};
    return (wn_accumulator){&ops, hashes};
}
