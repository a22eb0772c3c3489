#include "winnow/rows.h"

#include "winnow/agreement.h"
#include "winnow/hash.h"
#include "winnow/memory.h"
#include "winnow/random.h"
#include "winnow/stop.h"

#include <math.h>
#include <string.h>

/* Where a run of blocks lies: its first row and its number of rows. */
static void measure_blocks(const wn_catalog *catalog, wn_range blocks, int64_t *first_row, size_t *n_rows)
{
    *first_row = 0;
    *n_rows = 0;
    if (blocks.first >= blocks.last)
        return;
    wn_block_extent first = wn_catalog_block(catalog, blocks.first);
    wn_block_extent last = wn_catalog_block(catalog, blocks.last - 1);
    *first_row = first.first_row;
    *n_rows = (size_t)(last.first_row - first.first_row) + last.n_rows;
}

wn_status wn_rows_of_blocks(wn_rows **rows, const wn_catalog *catalog, wn_range blocks)
{
    wn_status status = WN_OK;
    wn_rows *new = NULL;
    TRY(wn_new(&new, 1));
    new->catalog = catalog;
    new->blocks = blocks;
    measure_blocks(catalog, blocks, &new->first_row, &new->n_rows);
    TRY(wn_memory_new_sparse((void **)&new->status, new->n_rows, sizeof *new->status, __func__));
    *rows = new;
    new = NULL;
done:
    wn_rows_free(new);
    return status;
}

void wn_rows_free(wn_rows *rows)
{
    if (!rows)
        return;
    wn_free(rows->status);
    wn_free(rows);
}

wn_row_status wn_split_side(const wn_split *split, double u)
{
    if (u < split->test)
        return WN_ROW_TEST;
    return u < split->test + split->validation ? WN_ROW_VALIDATION : WN_ROW_TRAIN;
}

/* The part that the hash of (seed, file's name, row in file) gives a row; where there is one part, nothing is drawn. */
static wn_row_status split_row(const wn_split *split, const wn_file *file, uint64_t file_hash, int64_t row_in_file)
{
    if (file->is_test)
        return WN_ROW_TEST;
    if (!(split->test + split->validation > 0))
        return WN_ROW_TRAIN;
    double u = wn_random_uniform((wn_random){split->seed, WN_RANDOM_SPLIT, file_hash}, (uint64_t)row_in_file);
    return wn_split_side(split, u);
}

/* labels: of the block's rows, NULL where rows need none. The statuses are zero, which is WN_ROW_TRAIN: pages whose
 * rows all train are not touched, and so never resident. */
static void split_block(wn_rows *rows, int64_t index, const wn_split *split, const double *labels)
{
    wn_block_extent extent = wn_catalog_block(rows->catalog, index);
    const wn_file *file = &rows->catalog->files[extent.file];
    uint64_t file_hash = wn_hash_bytes(file->name, strlen(file->name), split->seed).low;
    unsigned char *statuses = rows->status + (extent.first_row - rows->first_row);
    for (size_t i = 0; i < extent.n_rows; i++) {
        wn_row_status side = labels && isnan(labels[i])
                                 ? WN_ROW_NO_LABEL
                                 : split_row(split, file, file_hash, extent.first_row_in_file + (int64_t)i);
        if (side != WN_ROW_TRAIN)
            statuses[i] = (unsigned char)side;
    }
}

/* Ends early on a stop request, or where another rank tells of a fault. */
static wn_status split_rows(wn_rows *rows, wn_reader *reader, const wn_split *split, wn_agreement *agreement)
{
    wn_status status = WN_OK;
    double *labels = NULL;
    if (split->has_label)
        TRY(wn_new(&labels, wn_reader_block_capacity(reader)));
    for (int64_t index = rows->blocks.first; index < rows->blocks.last && !wn_agreement_poll(agreement); index++) {
        if (wn_stop_requested())
            TRY(wn_stop_fail("rows"));
        if (split->has_label)
            TRY(wn_reader_read_labels(reader, index, labels));
        split_block(rows, index, split, labels);
    }
done:
    wn_free(labels);
    return status;
}

wn_status wn_rows_new(wn_rows **rows, const wn_pass *pass, const wn_catalog *catalog, const wn_split *split)
{
    wn_status status = WN_OK;
    wn_rows *new = NULL;
    wn_agreement agreement;
    TRY(wn_ranks_agree(pass->ranks, wn_rows_of_blocks(&new, catalog, pass->blocks)));
    TRY(wn_agreement_begin(&agreement, pass->ranks));
    TRY(wn_agreement_finish(&agreement, split_rows(new, pass->reader, split, &agreement)));
    *rows = new;
    new = NULL;
done:
    wn_rows_free(new);
    return status;
}

unsigned char *wn_rows_status(wn_rows *rows, int64_t row)
{
    return &rows->status[row - rows->first_row];
}

/* Rows of a block that do not have the filter's status go. */
static wn_status filter_apply(void *context, wn_block *block)
{
    const wn_rows_filter *filter = context;
    wn_status status = WN_OK;
    unsigned char *keep = NULL;
    TRY(wn_new(&keep, block->n_rows));
    for (size_t i = 0; i < block->n_rows; i++)
        keep[i] = filter->rows->status[block->rows[i] - filter->rows->first_row] == filter->status;
    wn_block_compact(block, keep);
done:
    wn_free(keep);
    return status;
}

wn_block_step wn_rows_step(wn_rows *rows, wn_row_status status)
{
    rows->filters[status] = (wn_rows_filter){rows, status};
    return (wn_block_step){filter_apply, &rows->filters[status], true};
}

wn_status wn_rows_ledger(const wn_ranks *ranks, const wn_rows *rows, wn_ledger *ledger)
{
    wn_status status = WN_OK;
    int64_t count[WN_ROW_STATUSES] = {0};
    for (size_t i = 0; i < rows->n_rows; i++)
        count[rows->status[i]]++;
    TRY(wn_ranks_sum(ranks, count, WN_ROW_STATUSES));
    wn_ledger sums = {.read = rows->catalog->n_rows,
                      .train = count[WN_ROW_TRAIN],
                      .validation = count[WN_ROW_VALIDATION],
                      .test = count[WN_ROW_TEST],
                      .duplicate = count[WN_ROW_DUPLICATE],
                      .missing = count[WN_ROW_MISSING],
                      .outlier = count[WN_ROW_OUTLIER],
                      .no_label = count[WN_ROW_NO_LABEL],
                      .leaked = ledger->leaked};
    sums.kept = sums.train + sums.validation + sums.test;
    if (sums.read != sums.kept + sums.duplicate + sums.missing + sums.outlier + sums.no_label)
        return wn_fail(WN_INTERNAL, "the ledger of rows does not add up: %lld rows of %lld are told",
                       (long long)(sums.kept + sums.duplicate + sums.missing + sums.outlier + sums.no_label),
                       (long long)sums.read);
    *ledger = sums;
done:
    return status;
}

wn_status wn_rows_count_blocks(const wn_ranks *ranks, const wn_rows *rows, wn_row_status wanted, int64_t *counts)
{
    memset(counts, 0, (size_t)rows->catalog->n_blocks * sizeof *counts);
    for (int64_t index = rows->blocks.first; index < rows->blocks.last; index++) {
        wn_block_extent extent = wn_catalog_block(rows->catalog, index);
        const unsigned char *statuses = rows->status + (extent.first_row - rows->first_row);
        for (size_t i = 0; i < extent.n_rows; i++)
            counts[index] += statuses[i] == wanted;
    }
    return wn_ranks_sum(ranks, counts, (size_t)rows->catalog->n_blocks);
}

/* Rows that a rank has, and rows that it wants. */
typedef struct {
    wn_range has, wants;
} rows_of_rank;

static wn_range rows_range(const wn_rows *rows)
{
    return (wn_range){rows->first_row, rows->first_row + (int64_t)rows->n_rows};
}

static wn_range ranges_overlap(wn_range a, wn_range b)
{
    wn_range both = {a.first > b.first ? a.first : b.first, a.last < b.last ? a.last : b.last};
    if (both.last < both.first)
        both.last = both.first;
    return both;
}

/* The statuses that every rank wants of this one, in the order of ranks. */
static wn_status pack_wanted(const wn_rows *rows, const rows_of_rank *all, int size, unsigned char **packed,
                             size_t *n_to)
{
    wn_status status = WN_OK;
    size_t total = 0;
    for (int r = 0; r < size; r++) {
        wn_range overlap = ranges_overlap(rows_range(rows), all[r].wants);
        n_to[r] = (size_t)(overlap.last - overlap.first);
        total += n_to[r];
    }
    TRY(wn_new(packed, total));
    unsigned char *next = *packed;
    for (int r = 0; r < size; r++) {
        if (n_to[r] == 0)
            continue;
        int64_t first = ranges_overlap(rows_range(rows), all[r].wants).first;
        memcpy(next, rows->status + (first - rows->first_row), n_to[r]);
        next += n_to[r];
    }
done:
    return status;
}

static void unpack_wanted(wn_rows *rows, const rows_of_rank *all, int size, const unsigned char *received)
{
    for (int r = 0; r < size; r++) {
        wn_range overlap = ranges_overlap(all[r].has, rows_range(rows));
        size_t n = (size_t)(overlap.last - overlap.first);
        if (n == 0)
            continue;
        memcpy(rows->status + (overlap.first - rows->first_row), received, n);
        received += n;
    }
}

wn_status wn_rows_redistribute(const wn_ranks *ranks, const wn_rows *rows, wn_range blocks, wn_rows **other)
{
    wn_status status = WN_OK;
    wn_rows *new = NULL;
    void *gathered = NULL, *received = NULL;
    unsigned char *packed = NULL;
    size_t *counts = NULL, n_all = 0;
    TRY(wn_ranks_agree(ranks, wn_rows_of_blocks(&new, rows->catalog, blocks)));
    rows_of_rank mine = {rows_range(rows), rows_range(new)};
    TRY(wn_ranks_gather_all(ranks, &mine, 1, sizeof mine, &gathered, &n_all));
    status = wn_new(&counts, 2 * (size_t)ranks->size);
    if (status == WN_OK)
        status = pack_wanted(rows, gathered, ranks->size, &packed, counts);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_exchange(ranks, packed, counts, 1, &received, counts + ranks->size));
    unpack_wanted(new, gathered, ranks->size, received);
    *other = new;
    new = NULL;
done:
    wn_rows_free(new);
    wn_free(counts);
    wn_free(packed);
    wn_free(received);
    wn_free(gathered);
    return status;
}
