/* compare.h - two runs side by side: which fingerprints differ, and the first number that does. */
#ifndef WINNOW_COMPARE_H
#define WINNOW_COMPARE_H

#include "winnow/status.h"

#include <stdbool.h>
#include <stdio.h>

/* Local. Prints to `out` the four fingerprints of two run directories (equal, differ, absent); of what the first one
 * that differs stands for, in the order of the work, the first number that differs; then the metrics that differ.
 * *is_equal: neither fingerprints nor metrics do. Fails: WN_NO_INPUT where there is no such directory or it has no
 * run.json or no fingerprints, WN_CANT_CREATE where it is not a run of ours, WN_BAD_DATA where a file is damaged,
 * WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_compare(const char *first, const char *second, FILE *out, bool *is_equal);

#endif
