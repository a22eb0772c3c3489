#include "drawn_block.h"

#include "testing.h"
#include "winnow/random.h"

#include <math.h>

/* Normal numbers far from 0, some small integers that occur often, some gaps. */
static double draw(wn_random stream, uint64_t at)
{
    uint64_t bits = wn_random_bits(stream, at);
    if (bits % 16 == 0)
        return (double)NAN;
    if (bits % 16 < 4)
        return (double)(bits % 5);
    return (double)(float)(wn_random_normal(stream, at) * 100 + 3);
}

wn_block *drawn_block_new(size_t n_rows, size_t n_cols, bool is_float32)
{
    wn_block *block = NULL;
    const wn_random stream = {5, WN_RANDOM_TEST, n_rows * 1000 + n_cols};
    if (!CHECK_OK(wn_block_new(&block, n_rows, n_cols, is_float32)))
        return NULL;
    block->n_rows = n_rows;
    block->raw = block->buffer;
    for (size_t i = 0; i < n_rows * n_cols; i++) {
        double x = draw(stream, i);
        if (is_float32)
            ((float *)block->buffer.data)[i] = (float)x;
        else
            ((double *)block->buffer.data)[i] = x;
    }
    return block;
}

double drawn_cell(wn_cells cells, size_t i)
{
    return cells.is_float32 ? (double)((const float *)cells.data)[i] : ((const double *)cells.data)[i];
}
