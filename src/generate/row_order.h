/* row_order.h - which unique row lies in which row of the table. Unique rows are numbered in the order of their target;
 * a table sorted by the target holds each of them once or several times in turn, a shuffled table is a permutation of
 * that one. Both are computed for a row alone, without a list. */
#ifndef WINNOW_GENERATE_ROW_ORDER_H
#define WINNOW_GENERATE_ROW_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t seed;
    int64_t n_rows, n_unique;
    bool is_sorted;
    uint64_t n_high, n_low; /* the permutation's two digits: n_high x n_low >= n_rows */
} wn_row_order;

/* Local. n_unique from 1 to n_rows. */
wn_row_order wn_row_order_of(uint64_t seed, int64_t n_rows, int64_t n_unique, bool is_sorted);

/* Local. The unique rows of the table's rows first .. first + n - 1; every one of them occurs in the table. The
 * permutation is a Feistel network over two digits (Black and Rogaway 2002), walked until it is within the table. */
void wn_row_order_unique(const wn_row_order *order, int64_t first, size_t n, uint64_t *unique);

#endif
