/* recipe_stamp.h - the first 512 bytes of a recipe's file: what it is, and a 128-bit hash of all bytes behind them. */
#ifndef WINNOW_PREPARE_RECIPE_STAMP_H
#define WINNOW_PREPARE_RECIPE_STAMP_H

#include "winnow/status.h"

/* Local. Hashes the file `part` behind the stamp, writes the stamp, syncs. `path` is for messages. Fails: WN_IO. */
WN_MUST_USE wn_status wn_recipe_stamp_write(const char *part, const char *path);

/* Local. Fails: WN_NO_INPUT where the file cannot be opened, WN_BAD_DATA where the stamp is not that of its bytes,
 * WN_IO. */
WN_MUST_USE wn_status wn_recipe_stamp_verify(const char *path);

#endif
