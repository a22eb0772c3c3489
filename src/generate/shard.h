/* shard.h - one file of a made table: its rows, made piece by piece. */
#ifndef WINNOW_GENERATE_SHARD_H
#define WINNOW_GENERATE_SHARD_H

#include "row_maker.h"
#include "winnow/agreement.h"

/* Local, but that it polls the agreement after every piece. Writes file number `shard` to `path`; *is_whole tells
 * whether it lies there, which it does not where another rank failed meanwhile. Fails: WN_CANT_CREATE, WN_IO,
 * WN_NO_MEMORY, WN_STOPPED. */
WN_MUST_USE wn_status wn_shard_write(const wn_truth *truth, wn_row_maker *maker, size_t shard, const char *path,
                                     wn_agreement *agreement, bool *is_whole);

#endif
