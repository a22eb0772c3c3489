/* A sample that does not depend on how rows lie on ranks: those whose numbers have the smallest hashes. */
#include "dataset_sink.h"

#include "winnow/memory.h"
#include "winnow/random.h"

#include <stdlib.h>
#include <string.h>

static uint64_t row_key(uint64_t seed, int64_t row)
{
    return wn_random_bits((wn_random){seed, WN_RANDOM_SAMPLE, (uint64_t)row}, 0);
}

static int64_t count_up_to(const uint64_t *keys, size_t n, uint64_t key)
{
    int64_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += keys[i] <= key;
    return count;
}

/* Collective. The largest key below which, and with which, there are at most `limit` rows over all ranks; *any is false
 * where there is none. Found bit by bit: 64 sums of one integer. */
static wn_status find_threshold(const wn_ranks *ranks, const uint64_t *keys, size_t n, size_t limit,
                                uint64_t *threshold, bool *any)
{
    wn_status status = WN_OK;
    uint64_t found = 0;
    int64_t count = count_up_to(keys, n, 0);
    TRY(wn_ranks_sum(ranks, &count, 1));
    *any = count <= (int64_t)limit;
    for (int bit = 63; bit >= 0 && *any; bit--) {
        uint64_t candidate = found | (uint64_t)1 << bit;
        count = count_up_to(keys, n, candidate);
        TRY(wn_ranks_sum(ranks, &count, 1));
        if (count <= (int64_t)limit)
            found = candidate;
    }
    *threshold = found;
done:
    return status;
}

/* A row as it travels: this, then its n features, or its n entries, where rows are sparse. Records lie at any byte. */
typedef struct {
    int64_t row;
    float target;
    uint32_t n;
} record_head;

typedef struct {
    uint32_t column;
    float value;
} record_entry;

static size_t record_bytes(size_t n, bool is_sparse)
{
    return sizeof(record_head) + n * (is_sparse ? sizeof(record_entry) : sizeof(float));
}

static record_head head_of_row(const wn_dataset *dataset, size_t i)
{
    const wn_sparse_rows *sparse = dataset->sparse;
    size_t n = sparse != NULL ? sparse->start[i + 1] - sparse->start[i] : dataset->n_features;
    return (record_head){dataset->rows[i], dataset->targets[i], (uint32_t)n};
}

static record_head head_of_record(const unsigned char *record)
{
    record_head head;
    memcpy(&head, record, sizeof head);
    return head;
}

/* Returns how long the record is. */
static size_t pack_row(const wn_dataset *dataset, size_t i, unsigned char *record)
{
    record_head head = head_of_row(dataset, i);
    unsigned char *values = record + sizeof head;
    memcpy(record, &head, sizeof head);
    if (dataset->sparse == NULL)
        memcpy(values, dataset->features + i * dataset->n_features, dataset->n_features * sizeof(float));
    for (size_t k = 0; dataset->sparse != NULL && k < head.n; k++) {
        size_t from = dataset->sparse->start[i] + k;
        record_entry entry = {dataset->sparse->column[from], (float)dataset->sparse->value[from]};
        memcpy(values + k * sizeof entry, &entry, sizeof entry);
    }
    return record_bytes(head.n, dataset->sparse != NULL);
}

/* The next row of a dataset that has room for it. */
static wn_status unpack_row(wn_dataset *dataset, size_t i, const unsigned char *record)
{
    wn_status status = WN_OK;
    wn_sparse_rows *sparse = dataset->sparse;
    record_head head = head_of_record(record);
    const unsigned char *values = record + sizeof head;
    dataset->rows[i] = head.row;
    dataset->targets[i] = head.target;
    if (sparse == NULL) {
        memcpy(dataset->features + i * dataset->n_features, values, dataset->n_features * sizeof(float));
        return WN_OK;
    }
    TRY(wn_sparse_rows_reserve(sparse, head.n));
    for (size_t k = 0; k < head.n; k++) {
        record_entry entry;
        memcpy(&entry, values + k * sizeof entry, sizeof entry);
        sparse->column[sparse->n_entries + k] = entry.column;
        sparse->value[sparse->n_entries + k] = (double)entry.value;
    }
    wn_sparse_rows_end(sparse, head.n);
done:
    return status;
}

static int compare_records(const void *a, const void *b)
{
    int64_t x = head_of_record(*(unsigned char *const *)a).row, y = head_of_record(*(unsigned char *const *)b).row;
    return (x > y) - (x < y);
}

static wn_status pack_sample(const wn_dataset *dataset, const uint64_t *keys, uint64_t threshold, bool any,
                             unsigned char **packed, size_t *n_packed)
{
    wn_status status = WN_OK;
    bool is_sparse = dataset->sparse != NULL;
    size_t n = 0;
    for (size_t i = 0; i < dataset->n_rows && any; i++)
        if (keys[i] <= threshold)
            n += record_bytes(head_of_row(dataset, i).n, is_sparse);
    TRY(wn_new(packed, n));
    *n_packed = 0;
    for (size_t i = 0; i < dataset->n_rows && any; i++)
        if (keys[i] <= threshold)
            *n_packed += pack_row(dataset, i, *packed + *n_packed);
done:
    return status;
}

/* Where each of the records begins: records (room for as many; NULL to count them). Returns how many. */
static size_t find_records(unsigned char *received, size_t n_bytes, bool is_sparse, unsigned char **records)
{
    size_t n = 0;
    for (size_t at = 0; at < n_bytes; at += record_bytes(head_of_record(received + at).n, is_sparse)) {
        if (records != NULL)
            records[n] = received + at;
        n++;
    }
    return n;
}

/* One piece in the order of row numbers; none without rows. */
static wn_status unpack_sample(unsigned char *received, size_t n_bytes, const wn_dataset *of, wn_dataset **sample)
{
    wn_status status = WN_OK;
    bool is_sparse = of->sparse != NULL;
    size_t n = find_records(received, n_bytes, is_sparse, NULL);
    unsigned char **records = NULL;
    TRY(wn_new(&records, n));
    find_records(received, n_bytes, is_sparse, records);
    qsort(records, n, sizeof *records, compare_records);
    TRY(wn_dataset_new(sample, n, of->n_features, is_sparse, n > 0));
    for (size_t i = 0; i < n; i++)
        TRY(unpack_row(*sample, i, records[i]));
    if (n > 0) {
        (*sample)->piece_first[1] = n;
        (*sample)->piece_block[0] = -1;
    }
done:
    wn_free(records);
    return status;
}

wn_status wn_dataset_sample(wn_dataset **sample, const wn_ranks *ranks, const wn_dataset *dataset, size_t limit,
                            uint64_t seed)
{
    wn_status status = WN_OK;
    uint64_t *keys = NULL, threshold = 0;
    size_t *counts = NULL, n_received = 0, size = (size_t)ranks->size;
    unsigned char *packed = NULL;
    void *received = NULL;
    wn_dataset *new = NULL;
    bool any = false;
    status = wn_new(&keys, dataset->n_rows);
    if (status == WN_OK)
        status = wn_new(&counts, 2 * size);
    TRY(wn_ranks_agree(ranks, status));
    for (size_t i = 0; i < dataset->n_rows; i++)
        keys[i] = row_key(seed, dataset->rows[i]);
    TRY(find_threshold(ranks, keys, dataset->n_rows, limit, &threshold, &any));
    TRY(wn_ranks_agree(ranks, pack_sample(dataset, keys, threshold, any, &packed, &counts[0])));
    TRY(wn_ranks_exchange(ranks, packed, counts, 1, &received, counts + size));
    for (size_t r = 0; r < size; r++)
        n_received += counts[size + r];
    TRY(wn_ranks_agree(ranks, unpack_sample(received, n_received, dataset, &new)));
    *sample = new;
    new = NULL;
done:
    wn_dataset_free(new);
    wn_free(received);
    wn_free(packed);
    wn_free(counts);
    wn_free(keys);
    return status;
}
