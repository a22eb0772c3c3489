#include "entries.h"

#include <stdlib.h>

static int by_column(const void *a, const void *b)
{
    uint32_t left = ((const wn_entry *)a)->column, right = ((const wn_entry *)b)->column;
    return (left > right) - (left < right);
}

void wn_entries_sort(uint32_t *column, double *value, size_t n, wn_entry *room)
{
    size_t i = 1;
    while (i < n && column[i - 1] < column[i])
        i++;
    if (i >= n)
        return;
    for (i = 0; i < n; i++)
        room[i] = (wn_entry){column[i], value[i]};
    qsort(room, n, sizeof *room, by_column);
    for (i = 0; i < n; i++) {
        column[i] = room[i].column;
        value[i] = room[i].value;
    }
}
