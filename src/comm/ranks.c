#include "winnow/ranks.h"

#include "piece.h"
#include "winnow/memory.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { DEFAULT_PIECE = 64 << 20, TAG = 78 };

static size_t piece_bytes = DEFAULT_PIECE;

void wn_ranks_piece_bytes(size_t bytes)
{
    piece_bytes = bytes > 0 && bytes <= INT_MAX ? bytes : DEFAULT_PIECE;
}

size_t wn_piece_bytes(void)
{
    return piece_bytes;
}

wn_ranks wn_ranks_of(MPI_Comm comm)
{
    wn_ranks ranks = {.comm = comm};
    MPI_Comm_rank(comm, &ranks.rank);
    MPI_Comm_size(comm, &ranks.size);
    return ranks;
}

wn_range wn_range_part(int64_t n, int n_parts, int part)
{
    int64_t share = n / n_parts, rest = n % n_parts;
    int64_t first = share * part + (part < rest ? part : rest);
    return (wn_range){first, first + share + (part < rest ? 1 : 0)};
}

static wn_status checked(int code, const char *what)
{
    char text[MPI_MAX_ERROR_STRING];
    int n = 0;
    if (code == MPI_SUCCESS)
        return WN_OK;
    MPI_Error_string(code, text, &n);
    return wn_fail(WN_INTERNAL, "%s: %.*s", what, n, text);
}

/* Whether a message begins with "rank R: ", as those of an earlier agreement do. */
static bool names_rank(const char *text)
{
    int n = 0;
    return sscanf(text, "rank %*d:%n", &n) == 0 && n > 0;
}

wn_status wn_ranks_agree(const wn_ranks *ranks, wn_status status)
{
    char text[WN_MESSAGE_SIZE];
    if (ranks->size == 1)
        return status;
    struct {
        int status, rank;
    } mine = {(int)status, ranks->rank}, worst;
    wn_status sent = checked(MPI_Allreduce(&mine, &worst, 1, MPI_2INT, MPI_MAXLOC, ranks->comm), "MPI_Allreduce");
    if (sent != WN_OK || worst.status == WN_OK)
        return sent;
    memcpy(text, wn_status_message(), strnlen(wn_status_message(), sizeof text - 1) + 1);
    sent = checked(MPI_Bcast(text, sizeof text, MPI_CHAR, worst.rank, ranks->comm), "MPI_Bcast");
    if (sent != WN_OK)
        return sent;
    if (names_rank(text))
        return wn_fail((wn_status)worst.status, "%s", text);
    return wn_fail((wn_status)worst.status, "rank %d: %s", worst.rank, text);
}

static wn_status reduce(const wn_ranks *ranks, int64_t *values, size_t n, MPI_Op op)
{
    wn_status status = WN_OK;
    size_t step = piece_bytes / sizeof *values;
    step = step > 0 ? step : 1;
    if (ranks->size == 1)
        return WN_OK;
    for (size_t first = 0; first < n; first += step) {
        size_t count = n - first < step ? n - first : step;
        TRY(checked(MPI_Allreduce(MPI_IN_PLACE, values + first, (int)count, MPI_INT64_T, op, ranks->comm),
                    "MPI_Allreduce"));
    }
done:
    return status;
}

wn_status wn_ranks_sum(const wn_ranks *ranks, int64_t *values, size_t n)
{
    return reduce(ranks, values, n, MPI_SUM);
}

wn_status wn_ranks_max(const wn_ranks *ranks, int64_t *values, size_t n)
{
    return reduce(ranks, values, n, MPI_MAX);
}

wn_status wn_ranks_unite(const wn_ranks *ranks, void *bytes, size_t n)
{
    wn_status status = WN_OK;
    if (ranks->size == 1)
        return WN_OK;
    for (size_t first = 0; first < n; first += piece_bytes) {
        size_t count = n - first < piece_bytes ? n - first : piece_bytes;
        TRY(checked(MPI_Allreduce(MPI_IN_PLACE, (char *)bytes + first, (int)count, MPI_BYTE, MPI_BOR, ranks->comm),
                    "MPI_Allreduce"));
    }
done:
    return status;
}

wn_status wn_ranks_broadcast(const wn_ranks *ranks, int root, void *bytes, size_t n)
{
    wn_status status = WN_OK;
    if (ranks->size == 1)
        return WN_OK;
    for (size_t first = 0; first < n; first += piece_bytes) {
        size_t count = n - first < piece_bytes ? n - first : piece_bytes;
        TRY(checked(MPI_Bcast((char *)bytes + first, (int)count, MPI_BYTE, root, ranks->comm), "MPI_Bcast"));
    }
done:
    return status;
}

wn_status wn_ranks_send(const wn_ranks *ranks, int to, const void *bytes, size_t n)
{
    wn_status status = WN_OK;
    for (size_t first = 0; first < n; first += piece_bytes) {
        size_t count = n - first < piece_bytes ? n - first : piece_bytes;
        TRY(checked(MPI_Send((const char *)bytes + first, (int)count, MPI_BYTE, to, TAG, ranks->comm), "MPI_Send"));
    }
done:
    return status;
}

wn_status wn_ranks_receive(const wn_ranks *ranks, int from, void *bytes, size_t n)
{
    wn_status status = WN_OK;
    for (size_t first = 0; first < n; first += piece_bytes) {
        size_t count = n - first < piece_bytes ? n - first : piece_bytes;
        TRY(checked(MPI_Recv((char *)bytes + first, (int)count, MPI_BYTE, from, TAG, ranks->comm, MPI_STATUS_IGNORE),
                    "MPI_Recv"));
    }
done:
    return status;
}

wn_status wn_ranks_broadcast_text(const wn_ranks *ranks, int root, char **text)
{
    wn_status status = WN_OK;
    char *copy = NULL;
    int64_t n = ranks->rank == root && *text != NULL ? (int64_t)strlen(*text) : -1;
    TRY(wn_ranks_broadcast(ranks, root, &n, sizeof n));
    if (n < 0) {
        *text = NULL;
        return WN_OK;
    }
    if (ranks->rank != root)
        status = wn_new(&copy, (size_t)n + 1);
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_broadcast(ranks, root, ranks->rank == root ? *text : copy, (size_t)n));
    if (ranks->rank != root) {
        *text = copy;
        copy = NULL;
    }
done:
    wn_free(copy);
    return status;
}

/* Each rank's part goes round by broadcasts in pieces, so that no count exceeds an int. */
wn_status wn_ranks_gather_all(const wn_ranks *ranks, const void *mine, size_t n_mine, size_t size, void **all,
                              size_t *n_all)
{
    wn_status status = WN_OK;
    char *gathered = NULL;
    int64_t *counts = NULL, total = 0;
    TRY(wn_ranks_agree(ranks, wn_new(&counts, (size_t)ranks->size)));
    counts[ranks->rank] = (int64_t)n_mine;
    TRY(wn_ranks_sum(ranks, counts, (size_t)ranks->size));
    for (int r = 0; r < ranks->size; r++)
        total += counts[r];
    TRY(wn_ranks_agree(ranks, wn_memory_new((void **)&gathered, (size_t)total, size, __func__)));
    char *part = gathered;
    for (int r = 0; r < ranks->size; r++) {
        size_t n_bytes = (size_t)counts[r] * size;
        if (r == ranks->rank && n_bytes > 0)
            memcpy(part, mine, n_bytes);
        TRY(wn_ranks_broadcast(ranks, r, part, n_bytes));
        part += n_bytes;
    }
    *all = gathered;
    *n_all = (size_t)total;
    gathered = NULL;
done:
    wn_free(gathered);
    wn_free(counts);
    return status;
}
