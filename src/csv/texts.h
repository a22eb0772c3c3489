/* texts.h - columns of texts that differ much in length: each has a length of its own, and they can only be written
 * through the HDF5 library, row after row, by rank 0. */
#ifndef WINNOW_CSV_TEXTS_H
#define WINNOW_CSV_TEXTS_H

#include "pass.h"

/* Local, on rank 0. Writes all datasets of long texts, if there are any. Fails: WN_IO, WN_NO_MEMORY, WN_STOPPED. */
WN_MUST_USE wn_status wn_csv_texts_write(const wn_csv_pass *pass, wn_csv_output *output);

#endif
