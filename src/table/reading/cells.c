#include "winnow/cells.h"

#include "infinite.h"

#include <float.h>
#include <math.h>
#include <string.h>

size_t wn_cell_bytes(bool is_float32)
{
    return is_float32 ? sizeof(float) : sizeof(double);
}

wn_cells wn_cells_at(wn_cells cells, size_t first)
{
    cells.data = (char *)cells.data + first * wn_cell_bytes(cells.is_float32);
    return cells;
}

void wn_cells_forget(wn_cells cells, size_t n, double value)
{
    if (cells.is_float32) {
        if (fabs(value) > (double)FLT_MAX && !isinf(value))
            return;
        float *cell = cells.data, v = (float)value;
        if ((double)v != value)
            return;
        for (size_t i = 0; i < n; i++)
            cell[i] = cell[i] == v ? NAN : cell[i];
    } else {
        double *cell = cells.data;
        for (size_t i = 0; i < n; i++)
            cell[i] = cell[i] == value ? NAN : cell[i];
    }
}

void wn_cells_forget_infinite(wn_cells cells, size_t n)
{
    wn_cells_forget(cells, n, INFINITY);
    wn_cells_forget(cells, n, -INFINITY);
}

size_t wn_cells_find_infinite(wn_cells cells, size_t n)
{
    if (!wn_infinite_among(cells, n))
        return n;
    size_t i = 0;
    while (!wn_infinite_among(wn_cells_at(cells, i), 1))
        i++;
    return i;
}

void wn_cells_widen(double *to, wn_cells cells, size_t n)
{
    if (!cells.is_float32) {
        memcpy(to, cells.data, n * sizeof *to);
        return;
    }
    const float *cell = cells.data;
    for (size_t i = 0; i < n; i++)
        to[i] = (double)cell[i];
}

static bool is_run(const size_t *picks, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (picks[i] != picks[0] + i)
            return false;
    }
    return true;
}

#define PICK(type)                                                                                                     \
    do {                                                                                                               \
        type *into = (type *)to.data + at;                                                                             \
        const type *out_of = from.data;                                                                                \
        for (size_t r = 0; r < n_rows; r++, into += to_width, out_of += from_width) {                                  \
            for (size_t i = 0; i < n_picked; i++)                                                                      \
                into[i] = out_of[picks[i]];                                                                            \
        }                                                                                                              \
    } while (0)

void wn_cells_pick(wn_cells to, size_t to_width, size_t at, wn_cells from, size_t from_width, const size_t *picks,
                   size_t n_picked, size_t n_rows)
{
    size_t size = wn_cell_bytes(to.is_float32);
    if (n_picked > 4 && is_run(picks, n_picked)) {
        for (size_t r = 0; r < n_rows; r++)
            memcpy((char *)to.data + (r * to_width + at) * size,
                   (const char *)from.data + (r * from_width + picks[0]) * size, n_picked * size);
    } else if (to.is_float32) {
        PICK(float);
    } else {
        PICK(double);
    }
}

#define PLACE(type)                                                                                                    \
    do {                                                                                                               \
        type *a = (type *)into.data;                                                                                   \
        const type *b = out_of.data;                                                                                   \
        for (size_t r = 0; r < n_rows; r++, a += to_width, b += from_width) {                                          \
            for (size_t i = 0; i < n; i++)                                                                             \
                a[to[i]] = b[from[i]];                                                                                 \
        }                                                                                                              \
    } while (0)

void wn_cells_place(wn_cells into, size_t to_width, const size_t *to, wn_cells out_of, size_t from_width,
                    const size_t *from, size_t n, size_t n_rows)
{
    if (is_run(to, n))
        wn_cells_pick(into, to_width, to[0], out_of, from_width, from, n, n_rows);
    else if (into.is_float32)
        PLACE(float);
    else
        PLACE(double);
}
