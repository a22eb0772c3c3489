/* rounding.h - ranks on processors whose BLAS rounds in other ways than rank 0's. */
#ifndef WINNOW_TESTS_RANK_ROUNDING_H
#define WINNOW_TESTS_RANK_ROUNDING_H

#include "testing.h"

/* While it is true, cblas_daxpy errs on each rank but 0: by a few units in the last place. */
extern bool rounding_differs;

/* Collective. Whether n numbers have the same bits on all ranks. */
bool rounding_is_shared(const double *values, size_t n);

#endif
