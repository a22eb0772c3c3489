/* scan.h - the first look over comma-separated files: how many rows begin in each piece, and what the quotes before
 * it say. A piece alone cannot know whether it begins inside quotes, so it is scanned as if it did and as if it did
 * not; the pieces before it then tell. */
#ifndef WINNOW_CSV_SCAN_H
#define WINNOW_CSV_SCAN_H

#include "source.h"
#include "winnow/ranks.h"
#include "winnow/workers.h"

/* Collective. Sets state, n_rows and first_row of all pieces, and the source's n_rows. Fails: WN_BAD_DATA (a quote that
 * is not closed), WN_IO, WN_NO_MEMORY, WN_STOPPED; agreed. */
WN_MUST_USE wn_status wn_csv_scan(const wn_ranks *ranks, wn_csv_source *source, wn_workers *workers);

#endif
