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

/* A row as it travels: its number and target, then its features. */
static size_t record_bytes(size_t n_features)
{
    return sizeof(int64_t) + sizeof(float) + n_features * sizeof(float);
}

static void pack_row(const wn_dataset *dataset, size_t i, unsigned char *record)
{
    memcpy(record, &dataset->rows[i], sizeof(int64_t));
    memcpy(record + sizeof(int64_t), &dataset->targets[i], sizeof(float));
    wn_dataset_copy_row(dataset, i, (float *)(void *)(record + sizeof(int64_t) + sizeof(float)));
}

static void unpack_row(wn_dataset *dataset, size_t i, const unsigned char *record)
{
    memcpy(&dataset->rows[i], record, sizeof(int64_t));
    memcpy(&dataset->targets[i], record + sizeof(int64_t), sizeof(float));
    memcpy(dataset->features + i * dataset->n_features, record + sizeof(int64_t) + sizeof(float),
           dataset->n_features * sizeof(float));
}

/* Row numbers come first in a record. */
static int compare_records(const void *a, const void *b)
{
    int64_t x, y;
    memcpy(&x, *(unsigned char *const *)a, sizeof x);
    memcpy(&y, *(unsigned char *const *)b, sizeof y);
    return (x > y) - (x < y);
}

static wn_status pack_sample(const wn_dataset *dataset, const uint64_t *keys, uint64_t threshold, bool any,
                             unsigned char **packed, size_t *n_packed)
{
    wn_status status = WN_OK;
    size_t bytes = record_bytes(dataset->n_features), n = 0;
    *n_packed = any ? (size_t)count_up_to(keys, dataset->n_rows, threshold) : 0;
    TRY(wn_memory_new((void **)packed, *n_packed, bytes, __func__));
    for (size_t i = 0; i < dataset->n_rows && any; i++)
        if (keys[i] <= threshold)
            pack_row(dataset, i, *packed + bytes * n++);
done:
    return status;
}

/* One piece in the order of row numbers; none without rows. */
static wn_status unpack_sample(unsigned char *received, size_t n, size_t n_features, wn_dataset **sample)
{
    wn_status status = WN_OK;
    unsigned char **records = NULL;
    TRY(wn_new(&records, n));
    for (size_t i = 0; i < n; i++)
        records[i] = received + i * record_bytes(n_features);
    qsort(records, n, sizeof *records, compare_records);
    TRY(wn_dataset_new(sample, n, n_features, false, n > 0));
    for (size_t i = 0; i < n; i++)
        unpack_row(*sample, i, records[i]);
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
    TRY(wn_ranks_exchange(ranks, packed, counts, record_bytes(dataset->n_features), &received, counts + size));
    for (size_t r = 0; r < size; r++)
        n_received += counts[size + r];
    TRY(wn_ranks_agree(ranks, unpack_sample(received, n_received, dataset->n_features, &new)));
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
