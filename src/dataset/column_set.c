#include "winnow/column_set.h"

#include "winnow/memory.h"

#include <string.h>

enum { WORD = 64, STRIP_ROWS = 16 /* a cache line of a gathered column */ };

wn_status wn_column_set_init(wn_column_set *set, size_t n_all)
{
    wn_status status = WN_OK;
    *set = (wn_column_set){.n_all = n_all, .n_words = (n_all + WORD - 1) / WORD};
    TRY(wn_new(&set->bits, set->n_words));
    TRY(wn_new(&set->columns, n_all));
    TRY(wn_new(&set->place, n_all));
done:
    if (status != WN_OK)
        wn_column_set_clear(set);
    return status;
}

void wn_column_set_clear(wn_column_set *set)
{
    wn_free(set->bits);
    wn_free(set->columns);
    wn_free(set->place);
    *set = (wn_column_set){0};
}

void wn_column_set_empty(wn_column_set *set)
{
    memset(set->bits, 0, set->n_words * sizeof *set->bits);
    set->n = 0;
}

void wn_column_set_list(wn_column_set *set)
{
    set->n = 0;
    for (size_t w = 0; w < set->n_words; w++)
        for (uint64_t left = set->bits[w]; left != 0; left &= left - 1) {
            uint32_t column = (uint32_t)(w * WORD) + (uint32_t)__builtin_ctzll(left);
            set->place[column] = (uint32_t)set->n;
            set->columns[set->n++] = column;
        }
}

void wn_column_set_gather(const wn_column_set *set, const float *matrix, size_t n_rows, float *few)
{
    for (size_t first = 0; first < n_rows; first += STRIP_ROWS) {
        size_t end = n_rows - first < STRIP_ROWS ? n_rows : first + STRIP_ROWS;
        for (size_t c = 0; c < set->n; c++)
            for (size_t i = first; i < end; i++)
                few[c * n_rows + i] = matrix[i * set->n_all + set->columns[c]];
    }
}

void wn_column_set_spread(const wn_column_set *set, size_t first, size_t n, const float *few, size_t n_rows,
                          float *matrix)
{
    for (size_t strip = 0; strip < n_rows; strip += STRIP_ROWS) {
        size_t end = n_rows - strip < STRIP_ROWS ? n_rows : strip + STRIP_ROWS;
        for (size_t c = 0; c < n; c++)
            for (size_t i = strip; i < end; i++)
                matrix[i * set->n_all + set->columns[first + c]] = few[c * n_rows + i];
    }
}
