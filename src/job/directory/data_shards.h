/* data_shards.h - the files of the prepared table in a run directory: shards, each written by one rank, and a virtual
 * table over them. What lies in them is in prepared.h. Private to src/job. */
#ifndef WINNOW_JOB_DATA_SHARDS_H
#define WINNOW_JOB_DATA_SHARDS_H

#include "run_state.h"
#include "winnow/prepared.h"

#define WN_DATA_FOLDER "data"
#define WN_DATA_TABLE "data/table.h5"

/* A shard as it lies on the disk. */
typedef struct {
    int64_t n_bytes;
    wn_hash hash;
} wn_shard_file;

/* All zero before they are written. */
typedef struct {
    wn_prepared prepared;
    char **names;        /* (prepared.n_shards) in the run directory; owned, as are the others */
    wn_range mine;       /* shards of this rank */
    wn_shard_file *done; /* (mine) */
    wn_rows *rows;       /* of the blocks of this rank's shards */
} wn_data_shards;

/* Collective. Writes all files, their names in the manifest before; what it reads goes to the meter. The caller clears
 * the shards, whatever this returns. Fails: WN_CANT_CREATE, WN_IO, WN_BAD_DATA, WN_STOPPED, WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_data_shards_write(wn_run_state *state, wn_data_shards *shards, wn_stage_meter *meter);

/* Collective. Of shards that are written, new references: {name, bytes} of each for the manifest, and {name, rows,
 * hash} for wn_data_shards_check. Fails: WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_data_shards_list(const wn_ranks *ranks, const wn_data_shards *shards, json_t **sizes,
                                          json_t **hashes);

/* Collective. Whether the shards of a stage's result ("shards": what wn_data_shards_list made) are what was written:
 * all ranks look, each at its share. Fails: WN_BAD_DATA, naming one that is damaged; WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_data_shards_check(const wn_run_state *state, const json_t *result);

/* Local. Removes this rank's files. */
void wn_data_shards_remove(const wn_run_state *state, const wn_data_shards *shards);

/* Local. Frees what they hold. */
void wn_data_shards_clear(wn_data_shards *shards);

#endif
