/* truth_file.h - truth.json: what a table was made from, for whoever judges what was found in it. */
#ifndef WINNOW_GENERATE_TRUTH_FILE_H
#define WINNOW_GENERATE_TRUTH_FILE_H

#include "truth.h"

/* Local. The path of a file of the table. The caller frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_truth_shard_path(char **path, const wn_truth *truth, size_t shard);

/* Local. Claims an empty directory by the file that becomes its truth.json; of two that want it one fails. Fails:
 * WN_CANT_CREATE (also where it holds something), WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_truth_file_claim(const char *output);

/* Local. Gives up a claim: the file is removed. */
void wn_truth_file_release(const char *output);

/* Local. Writes OUTPUT/truth.json where it was claimed and renames it. counts: as wn_row_maker_counts has them, of all
 * rows. Fails: WN_CANT_CREATE, WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_truth_file_write(const wn_truth *truth, const int64_t *counts);

#endif
