/* radix_sort.h - sorts large arrays of numbers, with no memory of its own. */
#ifndef WINNOW_RADIX_SORT_H
#define WINNOW_RADIX_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Local. Sorts n elements of `width` words each, ascending by their words, the first being the most significant. */
void wn_words_sort(uint64_t *words, size_t n, size_t width);

/* Local. Sorts n doubles ascending, none of them NaN; -0 becomes 0. */
void wn_doubles_sort(double *doubles, size_t n);

/* Local. The same some times as fast, by scratch for n doubles. */
void wn_doubles_sort_by(double *doubles, double *scratch, size_t n);

#endif
