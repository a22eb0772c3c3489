/* donors.h - a small sample of coded rows, the same on every rank, from which codes are drawn in place of a row's own.
 * Private to src/forest. */
#ifndef WINNOW_FOREST_DONORS_H
#define WINNOW_FOREST_DONORS_H

#include "winnow/forest.h"

enum { WN_DONORS_EXPECTED = 4096 };

typedef struct {
    size_t n, row_bytes;
    unsigned char *rows; /* (n, row_bytes) a row's number, then its codes; owned */
    uint64_t *order;     /* (n, 2) number and place, by number; owned */
} wn_donors;

/* Collective. All used rows if they are at most WN_DONORS_EXPECTED, else about so many, by a draw for (seed, row). All
 * zero is cleared. Fails: WN_NO_MEMORY, WN_INTERNAL, agreed; clear them then too. */
WN_MUST_USE wn_status wn_donors_find(const wn_ranks *ranks, const wn_forest_rows *rows, uint64_t seed,
                                     wn_donors *donors);
void wn_donors_clear(wn_donors *donors);

/* Local. The codes of the donor of (seed, tree, row); there must be one. */
const uint8_t *wn_donors_codes(const wn_donors *donors, uint64_t seed, size_t tree, int64_t row);

#endif
