/* statistics_checks.h - statistics of a fitted table against plain loops. */
#ifndef WINNOW_TESTS_PREPARE_STATISTICS_CHECKS_H
#define WINNOW_TESTS_PREPARE_STATISTICS_CHECKS_H

#include "fitted.h"

/* Of cleaned cells, and what they are normalized by: to 1e-11. */
void check_moments(const fitted_table *fit);

/* Products agree to 1e-11 of what Cauchy and Schwarz allow them. */
void check_gram(const fitted_table *fit);

#endif
