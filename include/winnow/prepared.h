/* prepared.h - the prepared table on disk: kept rows as the model sees them, in shards that are fixed runs of source
 * blocks, and one virtual table over them. How many shards there are and what their bytes are follows from the table
 * and the recipe, never from ranks: whoever owns a shard writes it. Prepared rows in memory are in dataset.h. */
#ifndef WINNOW_PREPARED_H
#define WINNOW_PREPARED_H

#include "winnow/agreement.h"
#include "winnow/recipe.h"
#include "winnow/table_writer.h"

enum { WN_SPLIT_TRAIN, WN_SPLIT_VALIDATION, WN_SPLIT_TEST }; /* values of /split */

typedef struct {
    wn_range blocks; /* of the source */
    int64_t n_rows;  /* kept ones, at least one */
} wn_prepared_shard;

typedef struct {
    wn_prepared_shard *shards;
    size_t n_shards;
    int64_t n_rows;
} wn_prepared;

/* How shards are compressed. */
typedef struct {
    wn_compression compression;
    int level;
} wn_prepared_storage;

/* Local. Source rows that a shard has about, of rows of n_inputs values. */
int64_t wn_prepared_shard_rows(size_t n_inputs);

/* Local. For tests: bytes of features that a shard has about; 0 for the default. */
void wn_prepared_shard_bytes(size_t n);

/* Collective. The shards of a table by its blocks and the rows that are kept of them; a run of blocks without kept rows
 * is none. The caller clears it. Fails: WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_prepared_cut(const wn_ranks *ranks, wn_prepared *prepared, const wn_rows *rows,
                                      size_t n_inputs);
void wn_prepared_clear(wn_prepared *prepared);

/* Local, but that it polls the agreement after every block. Writes one shard to `path`: /features (float32), /label
 * where there is one, /row (over the input), /split; whole under its name, or not there. `rows` are those of its
 * blocks. *is_whole: it is there, which it is not where another rank failed meanwhile. *n_read is added to. Fails: as
 * reading does, WN_BAD_DATA (a feature is not finite), WN_CANT_CREATE, WN_IO, WN_NO_MEMORY, WN_STOPPED. */
WN_MUST_USE wn_status wn_prepared_write(const char *path, const wn_prepared_shard *shard, wn_reader *reader,
                                        wn_rows *rows, const wn_recipe *recipe, const wn_prepared_storage *storage,
                                        wn_agreement *agreement, bool *is_whole, int64_t *n_read);

/* Local. The virtual table over shards that lie beside it under these names. Fails: WN_CANT_CREATE, WN_IO,
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_prepared_join(const char *path, const wn_prepared *prepared, const char *const *names,
                                       const wn_recipe *recipe);

#endif
