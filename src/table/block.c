#include "winnow/block.h"

#include "winnow/memory.h"

#include <string.h>

wn_status wn_block_new(wn_block **block, size_t capacity, size_t n_cols)
{
    wn_status status = WN_OK;
    wn_block *b = NULL;
    TRY(wn_new(&b, 1));
    b->n_cols = n_cols;
    b->capacity = capacity;
    if (n_cols > 0 && capacity > SIZE_MAX / n_cols) {
        status = wn_fail(WN_NO_MEMORY, "a block of %zu rows of %zu cells is too large", capacity, n_cols);
        goto done;
    }
    TRY(wn_new(&b->cells, capacity * n_cols));
    TRY(wn_new(&b->labels, capacity));
    TRY(wn_new(&b->rows, capacity));
    *block = b;
    b = NULL;
done:
    wn_block_free(b);
    return status;
}

void wn_block_free(wn_block *block)
{
    if (block == NULL)
        return;
    wn_free(block->cells);
    wn_free(block->labels);
    wn_free(block->rows);
    wn_free(block);
}

void wn_block_compact(wn_block *block, const unsigned char *keep)
{
    size_t kept = 0;
    for (size_t i = 0; i < block->n_rows; i++) {
        if (keep[i] == 0)
            continue;
        if (kept < i) {
            memcpy(block->cells + kept * block->n_cols, block->cells + i * block->n_cols,
                   block->n_cols * sizeof *block->cells);
            block->labels[kept] = block->labels[i];
            block->rows[kept] = block->rows[i];
        }
        kept++;
    }
    block->n_rows = kept;
}
