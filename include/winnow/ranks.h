/* ranks.h - the MPI ranks: integers over them, and one status for all of them.
 * What can fail on one rank alone sits in Local functions; the Collective function around them calls wn_ranks_agree
 * once and then communicates. For counts under a key that no rank knows beforehand see keyed_counts.h. */
#ifndef WINNOW_RANKS_H
#define WINNOW_RANKS_H

#include "winnow/status.h"

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    MPI_Comm comm;
    int rank, size;
} wn_ranks;

/* A half-open run [first, last) of rows or blocks. */
typedef struct {
    int64_t first, last;
} wn_range;

/* Local. Rank and size of a communicator, which stays the caller's. */
wn_ranks wn_ranks_of(MPI_Comm comm);

/* Local. Part `part` of `n_parts` of [0, n): consecutive, sizes differ by at most one, empty where n < n_parts. */
wn_range wn_range_part(int64_t n, int n_parts, int part);

/* Collective. Every rank brings its own status and leaves with the largest; its message (of the lowest rank that has
 * it) is then wn_status_message on every rank, with "rank R: " before it when size > 1. */
WN_MUST_USE wn_status wn_ranks_agree(const wn_ranks *ranks, wn_status status);

/* Collective. values[n] becomes the sum (the maximum) over ranks, in pieces of at most 64 MiB. n is the same on all
 * ranks. Fails: WN_INTERNAL if MPI does. */
WN_MUST_USE wn_status wn_ranks_sum(const wn_ranks *ranks, int64_t *values, size_t n);
WN_MUST_USE wn_status wn_ranks_max(const wn_ranks *ranks, int64_t *values, size_t n);

/* Collective. Bytes (n) that are 0 on all ranks but one become that one's, on every rank: what each has found of its
 * part of a whole. In pieces of at most 64 MiB. Fails: WN_INTERNAL if MPI does. */
WN_MUST_USE wn_status wn_ranks_unite(const wn_ranks *ranks, void *bytes, size_t n);

/* Collective. Rank `root`'s n bytes on every rank, in pieces below INT_MAX. */
WN_MUST_USE wn_status wn_ranks_broadcast(const wn_ranks *ranks, int root, void *bytes, size_t n);

/* Collective. Rank `root`'s NUL-terminated text on every rank; *text (new, owned by the caller) on all ranks but root,
 * where it is the input and stays. NULL on root arrives as NULL. Fails: WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_ranks_broadcast_text(const wn_ranks *ranks, int root, char **text);

/* Collective. Every rank's n_mine elements of `size` bytes, in the order of ranks, on every rank: *all (new, owned by
 * the caller; n_all elements). Use it for small things only: nothing of size rows ever gathers. Fails: WN_NO_MEMORY,
 * agreed. */
WN_MUST_USE wn_status wn_ranks_gather_all(const wn_ranks *ranks, const void *mine, size_t n_mine, size_t size,
                                          void **all, size_t *n_all);

/* Collective. Every rank's n_mine bytes, in the order of ranks, through take(context, bytes, n) on rank 0, piece by
 * piece: for what is too long to gather. Fails: what take fails with, agreed; WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_ranks_stream(const wn_ranks *ranks, const void *mine, size_t n_mine,
                                      wn_status (*take)(void *context, const void *bytes, size_t n), void *context);

/* Collective. Sends n_to[r] elements to each rank r (lying in `send` in order of r) and receives likewise into
 * *received (new, owned by the caller), n_from[r] (size ranks->size, caller's) elements from each. In rounds that keep
 * every count below INT_MAX. Fails: WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_ranks_exchange(const wn_ranks *ranks, const void *send, const size_t *n_to, size_t size,
                                        void **received, size_t *n_from);

/* Collective. Sends n_to[r] bytes to each rank r (lying in `send` in order of r) and gives what comes from each rank,
 * where it is something, to take(context, bytes, n), one rank after another: only the longest part lies in memory.
 * Fails: what take fails with, agreed; WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_ranks_deal(const wn_ranks *ranks, const void *send, const size_t *n_to,
                                    wn_status (*take)(void *context, const void *bytes, size_t n), void *context);

/* Local, on both ranks. n bytes from this rank to rank `to`, and from rank `from` to this one, which knows n; in pieces
 * below INT_MAX. What one rank sends another arrives in the order of sending. Fails: WN_INTERNAL if MPI does. */
WN_MUST_USE wn_status wn_ranks_send(const wn_ranks *ranks, int to, const void *bytes, size_t n);
WN_MUST_USE wn_status wn_ranks_receive(const wn_ranks *ranks, int from, void *bytes, size_t n);

/* Local. For tests: the largest piece of one MPI call in bytes (0, or above INT_MAX: the default, 64 MiB). */
void wn_ranks_piece_bytes(size_t bytes);

#endif
