#include "winnow/lanes.h"

#include "winnow/hash.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <string.h>

enum { MIN_ROWS = 64, MAX_LANES = 64, GROUP_PIECES = 8 };

int64_t wn_lanes_default(int64_t batch)
{
    int64_t most = batch / MIN_ROWS;
    int64_t n = most < 1 ? 1 : most > MAX_LANES ? MAX_LANES : most;
    while (batch % n != 0)
        n--;
    return n;
}

/* Rank 0 takes rank0_share of an even part, the others share the rest evenly. */
static wn_range deal(const wn_ranks *ranks, int64_t n_lanes, double rank0_share)
{
    if (ranks->size == 1 || rank0_share >= 1.0)
        return wn_range_part(n_lanes, ranks->size, ranks->rank);
    double even = (double)n_lanes / ranks->size;
    int64_t first = rank0_share > 0.0 ? llround(rank0_share * even) : 0;
    if (ranks->rank == 0)
        return (wn_range){0, first};
    wn_range rest = wn_range_part(n_lanes - first, ranks->size - 1, ranks->rank - 1);
    return (wn_range){first + rest.first, first + rest.last};
}

wn_status wn_lanes_deal(const wn_ranks *ranks, int64_t n_rows, int64_t batch, int64_t n_lanes, double rank0_share,
                        wn_lanes *lanes)
{
    if (batch < 1 || n_lanes < 0 || n_lanes > batch)
        return wn_fail(WN_BAD_JOB, "train.lanes: %lld lanes for a batch of %lld rows; 1 to batch are possible",
                       (long long)n_lanes, (long long)batch);
    if (n_lanes == 0)
        n_lanes = wn_lanes_default(batch);
    if (batch % n_lanes != 0)
        return wn_fail(WN_BAD_JOB, "train.batch: %lld rows are not a multiple of train.lanes, %lld", (long long)batch,
                       (long long)n_lanes);
    int64_t share = batch / n_lanes, longest = n_rows / n_lanes + (n_rows % n_lanes != 0);
    *lanes = (wn_lanes){.n_rows = n_rows,
                        .n_lanes = n_lanes,
                        .batch = batch,
                        .share = share,
                        .n_steps = longest / share + (longest % share != 0),
                        .mine = deal(ranks, n_lanes, rank0_share)};
    return WN_OK;
}

/* A stream of its own for each (seed, epoch, lane, group). */
static wn_random stream_of(uint64_t seed, wn_random_purpose purpose, int64_t epoch, int64_t lane, size_t group)
{
    uint64_t identity[3] = {(uint64_t)epoch, (uint64_t)lane, group};
    return (wn_random){seed, purpose, wn_hash_bytes(identity, sizeof identity, 0).low};
}

/* The pieces of a lane: *first (position of the first one in the dataset) and how many. They follow each other. */
static size_t find_pieces(const wn_dataset *dataset, int64_t lane, size_t *first)
{
    size_t end;
    *first = 0;
    while (*first < dataset->n_pieces && dataset->piece_lane[*first] != lane)
        (*first)++;
    end = *first;
    while (end < dataset->n_pieces && dataset->piece_lane[end] == lane)
        end++;
    return end - *first;
}

/* Appends the rows of some pieces (numbers relative to `first`) to order and returns how many. */
static size_t append_rows(const wn_dataset *dataset, size_t first, const int64_t *pieces, size_t n_pieces,
                          int64_t *order)
{
    size_t n = 0;
    for (size_t i = 0; i < n_pieces; i++) {
        size_t piece = first + (size_t)pieces[i];
        for (size_t row = dataset->piece_first[piece]; row < dataset->piece_first[piece + 1]; row++)
            order[n++] = (int64_t)row;
    }
    return n;
}

/* order[i] = old order[permutation[i]], by way of scratch. */
static void permute(int64_t *order, const int64_t *permutation, size_t n, int64_t *scratch)
{
    memcpy(scratch, order, n * sizeof *order);
    for (size_t i = 0; i < n; i++)
        order[i] = scratch[permutation[i]];
}

wn_status wn_lanes_order(const wn_dataset *dataset, int64_t lane, uint64_t seed, int64_t epoch, int64_t *order,
                         size_t *n)
{
    wn_status status = WN_OK;
    int64_t *pieces = NULL, *permutation = NULL;
    size_t first, n_pieces = find_pieces(dataset, lane, &first), n_rows = 0;
    size_t most = n_pieces == 0 ? 0 : dataset->piece_first[first + n_pieces] - dataset->piece_first[first];

    TRY(wn_new(&pieces, n_pieces));
    TRY(wn_new(&permutation, 2 * most));
    wn_random_permutation(stream_of(seed, WN_RANDOM_SHUFFLE_BLOCKS, epoch, lane, 0), n_pieces, pieces);
    for (size_t p = 0; p < n_pieces; p += GROUP_PIECES) {
        size_t n_group = n_pieces - p < GROUP_PIECES ? n_pieces - p : GROUP_PIECES;
        size_t rows = append_rows(dataset, first, pieces + p, n_group, order + n_rows);
        wn_random stream = stream_of(seed, WN_RANDOM_SHUFFLE_ROWS, epoch, lane, p / GROUP_PIECES);
        wn_random_permutation(stream, rows, permutation);
        permute(order + n_rows, permutation, rows, permutation + most);
        n_rows += rows;
    }
    *n = n_rows;
done:
    wn_free(permutation);
    wn_free(pieces);
    return status;
}
