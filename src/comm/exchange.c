/* wn_ranks_exchange, wn_ranks_deal: every rank sends a part to every rank. */
#include "piece.h"
#include "winnow/memory.h"
#include "winnow/ranks.h"

#include <stdbool.h>
#include <string.h>

enum { EXCHANGE_TAG = 77 };

/* Where each rank's part begins, in bytes; offsets (size + 1). */
static void offsets_of(const size_t *counts, int n, size_t size, size_t *offsets)
{
    offsets[0] = 0;
    for (int r = 0; r < n; r++)
        offsets[r + 1] = offsets[r] + counts[r] * size;
}

static size_t n_pieces(size_t n_bytes)
{
    return (n_bytes + wn_piece_bytes() - 1) / wn_piece_bytes();
}

/* Sends to rank `to` and receives from rank `from`, in pieces; requests has room for all of them. */
static wn_status shift(const wn_ranks *ranks, const char *send, size_t n_send, int to, char *receive, size_t n_receive,
                       int from, MPI_Request *requests)
{
    int n = 0, failed = MPI_SUCCESS;
    size_t piece = wn_piece_bytes();
    for (size_t i = 0; i < n_receive; i += piece) {
        int count = (int)(n_receive - i < piece ? n_receive - i : piece);
        failed |= MPI_Irecv(receive + i, count, MPI_BYTE, from, EXCHANGE_TAG, ranks->comm, &requests[n++]);
    }
    for (size_t i = 0; i < n_send; i += piece) {
        int count = (int)(n_send - i < piece ? n_send - i : piece);
        failed |= MPI_Isend(send + i, count, MPI_BYTE, to, EXCHANGE_TAG, ranks->comm, &requests[n++]);
    }
    failed |= MPI_Waitall(n, requests, MPI_STATUSES_IGNORE);
    return failed == MPI_SUCCESS ? WN_OK : wn_fail(WN_INTERNAL, "MPI cannot exchange with ranks %d and %d", to, from);
}

typedef struct {
    size_t *from, *to; /* (size + 1) offsets */
    MPI_Request *requests;
    char *received;
} buffers;

static void clear(buffers *use)
{
    wn_free(use->received);
    wn_free(use->requests);
    wn_free(use->to);
    wn_free(use->from);
}

static size_t most_of(const size_t *counts, int n)
{
    size_t most = 0;
    for (int r = 0; r < n; r++)
        most = counts[r] > most ? counts[r] : most;
    return most;
}

/* What is received is kept whole, or a rank's part at a time. */
static wn_status new_buffers(const wn_ranks *ranks, const size_t *n_to, const size_t *n_from, size_t size,
                             bool is_whole, buffers *use)
{
    wn_status status = WN_OK;
    size_t n = (size_t)ranks->size + 1, most = 0;
    TRY(wn_new(&use->from, n));
    TRY(wn_new(&use->to, n));
    offsets_of(n_to, ranks->size, size, use->to);
    offsets_of(n_from, ranks->size, size, use->from);
    for (int r = 0; r < ranks->size; r++) {
        size_t pieces = n_pieces(n_to[r] * size) + n_pieces(n_from[r] * size);
        most = pieces > most ? pieces : most;
    }
    TRY(wn_new(&use->requests, 2 * most + 2));
    TRY(wn_new(&use->received, is_whole ? use->from[ranks->size] : most_of(n_from, ranks->size) * size));
done:
    return status;
}

static wn_status exchange_counts(const wn_ranks *ranks, const size_t *n_to, size_t *n_from)
{
    _Static_assert(sizeof(size_t) == sizeof(uint64_t), "counts travel as 64 bits");
    int code = MPI_Alltoall(n_to, 1, MPI_UINT64_T, n_from, 1, MPI_UINT64_T, ranks->comm);
    return code == MPI_SUCCESS ? WN_OK : wn_fail(WN_INTERNAL, "MPI_Alltoall failed");
}

wn_status wn_ranks_exchange(const wn_ranks *ranks, const void *send, const size_t *n_to, size_t size, void **received,
                            size_t *n_from)
{
    wn_status status = WN_OK;
    buffers use = {0};
    TRY(exchange_counts(ranks, n_to, n_from));
    TRY(wn_ranks_agree(ranks, new_buffers(ranks, n_to, n_from, size, true, &use)));
    for (int s = 0; s < ranks->size; s++) {
        int to = (ranks->rank + s) % ranks->size, from = (ranks->rank - s + ranks->size) % ranks->size;
        TRY(shift(ranks, (const char *)send + use.to[to], n_to[to] * size, to, use.received + use.from[from],
                  n_from[from] * size, from, use.requests));
    }
    *received = use.received;
    use.received = NULL;
done:
    clear(&use);
    return status;
}

wn_status wn_ranks_deal(const wn_ranks *ranks, const void *send, const size_t *n_to,
                        wn_status (*take)(void *context, const void *bytes, size_t n), void *context)
{
    wn_status status = WN_OK, taken = WN_OK;
    buffers use = {0};
    size_t *n_from = NULL;
    TRY(wn_ranks_agree(ranks, wn_new(&n_from, (size_t)ranks->size)));
    TRY(exchange_counts(ranks, n_to, n_from));
    TRY(wn_ranks_agree(ranks, new_buffers(ranks, n_to, n_from, 1, false, &use)));
    for (int s = 0; s < ranks->size; s++) {
        int to = (ranks->rank + s) % ranks->size, from = (ranks->rank - s + ranks->size) % ranks->size;
        TRY(shift(ranks, (const char *)send + use.to[to], n_to[to], to, use.received, n_from[from], from,
                  use.requests));
        if (taken == WN_OK && n_from[from] > 0) /* after a failure the rest is received and dropped */
            taken = take(context, use.received, n_from[from]);
    }
    status = wn_ranks_agree(ranks, taken);
done:
    clear(&use);
    wn_free(n_from);
    return status;
}
