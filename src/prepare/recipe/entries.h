/* entries.h - entries of one sparse row in order. Features are not always chosen in the order that they are made in.
 * Private to src/prepare. */
#ifndef WINNOW_PREPARE_ENTRIES_H
#define WINNOW_PREPARE_ENTRIES_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint32_t column;
    double value;
} wn_entry;

/* Local. n entries by column, which are different; room (n) for sorting them. Those that are in order are left. */
void wn_entries_sort(uint32_t *column, double *value, size_t n, wn_entry *room);

#endif
