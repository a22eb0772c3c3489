/* Bytes of all ranks through rank 0, which holds one piece at a time. */
#include "piece.h"
#include "winnow/memory.h"
#include "winnow/ranks.h"

enum { TAG = 7, MOST = 16 << 20 };

static size_t piece_size(void)
{
    return wn_piece_bytes() < MOST ? wn_piece_bytes() : MOST;
}

typedef struct {
    wn_status (*take)(void *context, const void *bytes, size_t n);
    void *context;
    wn_status status; /* the first failure; what comes after it is received and dropped */
} taker;

static void take_piece(taker *to, const void *bytes, size_t n)
{
    if (to->status == WN_OK)
        to->status = to->take(to->context, bytes, n);
}

static void take_own(taker *to, const unsigned char *mine, size_t n_mine)
{
    size_t size = piece_size();
    for (size_t at = 0; at < n_mine; at += size)
        take_piece(to, mine + at, n_mine - at < size ? n_mine - at : size);
}

/* A rank's bytes end with a piece that is shorter than the size, maybe of none. */
static void receive_from(const wn_ranks *ranks, int rank, unsigned char *piece, size_t room, taker *to)
{
    int n = 0;
    do {
        MPI_Status about;
        if (MPI_Recv(piece, (int)room, MPI_BYTE, rank, TAG, ranks->comm, &about) != MPI_SUCCESS) {
            to->status = wn_fail(WN_INTERNAL, "MPI_Recv from rank %d failed", rank);
            return;
        }
        MPI_Get_count(&about, MPI_BYTE, &n);
        take_piece(to, piece, (size_t)n);
    } while ((size_t)n == piece_size());
}

static wn_status send_all(const wn_ranks *ranks, const unsigned char *mine, size_t n_mine)
{
    size_t size = piece_size(), n, at = 0;
    do {
        n = n_mine - at < size ? n_mine - at : size;
        if (MPI_Send(mine + at, (int)n, MPI_BYTE, 0, TAG, ranks->comm) != MPI_SUCCESS)
            return wn_fail(WN_INTERNAL, "MPI_Send to rank 0 failed");
        at += n;
    } while (n == size);
    return WN_OK;
}

/* Room for the pieces of the others: none is longer than their bytes. */
static wn_status find_room(const wn_ranks *ranks, size_t n_mine, size_t *room)
{
    uint64_t mine = ranks->rank == 0 ? 0 : n_mine, most = 0;
    if (MPI_Allreduce(&mine, &most, 1, MPI_UINT64_T, MPI_MAX, ranks->comm) != MPI_SUCCESS)
        return wn_fail(WN_INTERNAL, "MPI_Allreduce failed");
    *room = most < piece_size() ? (size_t)most : piece_size();
    return WN_OK;
}

wn_status wn_ranks_stream(const wn_ranks *ranks, const void *mine, size_t n_mine,
                          wn_status (*take)(void *context, const void *bytes, size_t n), void *context)
{
    wn_status status = WN_OK;
    unsigned char *piece = NULL;
    taker to = {.take = take, .context = context};
    size_t room = 0;
    TRY(wn_ranks_agree(ranks, find_room(ranks, n_mine, &room)));
    TRY(wn_ranks_agree(ranks, ranks->rank == 0 ? wn_new(&piece, room) : WN_OK));
    if (ranks->rank == 0) {
        take_own(&to, mine, n_mine);
        for (int rank = 1; rank < ranks->size; rank++)
            receive_from(ranks, rank, piece, room, &to);
        status = to.status;
    } else {
        status = send_all(ranks, mine, n_mine);
    }
    status = wn_ranks_agree(ranks, status);
done:
    wn_free(piece);
    return status;
}
