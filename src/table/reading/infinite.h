/* infinite.h - whether an infinite cell is among many: every cell that is read is looked at for that. Each kernel is
 * one function, so that tests can hold every one against the plain loop; all but the plain one leave a remainder to the
 * caller. */
#ifndef WINNOW_TABLE_INFINITE_H
#define WINNOW_TABLE_INFINITE_H

#include "winnow/cells.h"

/* Local. By the fastest kernel of this processor. */
bool wn_infinite_among(wn_cells cells, size_t n);

/* Local. By plain loops. */
bool wn_infinite_among_plain(wn_cells cells, size_t n);

/* Local. Of as many cells as fill whole vectors, *n_done of them. The caller has asked for the processor: AVX2; AVX-512
 * with its instructions for doubles and quads (avx512dq). */
#ifdef __x86_64__
bool wn_infinite_among_avx2(wn_cells cells, size_t n, size_t *n_done);
bool wn_infinite_among_avx512(wn_cells cells, size_t n, size_t *n_done);
#endif

#endif
