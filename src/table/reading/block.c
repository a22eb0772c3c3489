#include "winnow/block.h"

#include "winnow/memory.h"

#include <string.h>

wn_status wn_block_new(wn_block **block, size_t capacity, size_t n_cols, bool is_float32)
{
    wn_status status = WN_OK;
    wn_block *b = NULL;
    TRY(wn_new(&b, 1));
    b->n_cols = n_cols;
    b->capacity = capacity;
    b->buffer.is_float32 = is_float32;
    if (n_cols > 0 && capacity > SIZE_MAX / n_cols) {
        status = wn_fail(WN_NO_MEMORY, "a block of %zu rows of %zu cells is too large", capacity, n_cols);
        goto done;
    }
    TRY(wn_new(&b->cells, capacity * n_cols));
    if (is_float32)
        TRY(wn_memory_new(&b->buffer.data, capacity * n_cols, sizeof(float), __func__));
    else
        b->buffer.data = b->cells;
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
    if (block->buffer.is_float32)
        wn_free(block->buffer.data);
    wn_free(block->cells);
    wn_text_store_clear(&block->store);
    wn_free(block->texts);
    wn_free(block->labels);
    wn_free(block->rows);
    wn_free(block);
}

wn_status wn_block_add_texts(wn_block *block, size_t n_texts)
{
    wn_status status = wn_memory_new((void **)&block->texts, block->capacity, n_texts * sizeof *block->texts, __func__);
    if (status == WN_OK)
        block->n_texts = n_texts;
    return status;
}

wn_cells wn_block_view(const wn_block *block)
{
    return block->raw.data != NULL ? block->raw : (wn_cells){.data = block->cells};
}

void wn_block_widen(wn_block *block)
{
    if (block->raw.data != NULL && block->raw.data != (void *)block->cells)
        wn_cells_widen(block->cells, block->raw, block->n_rows * block->n_cols);
    block->raw = (wn_cells){0};
}

/* The next run of rows that stay, from `*first` on; its length, 0 at the end. */
static size_t next_run(const unsigned char *keep, size_t n_rows, size_t *first)
{
    size_t begin = *first;
    while (begin < n_rows && keep[begin] == 0)
        begin++;
    size_t end = begin;
    while (end < n_rows && keep[end] != 0)
        end++;
    *first = begin;
    return end - begin;
}

/* Raw cells may lie in a reader's cache: they are moved to the block's own buffer as soon as a row goes. */
void wn_block_compact(wn_block *block, const unsigned char *keep)
{
    wn_cells from = wn_block_view(block), to = block->raw.data != NULL ? block->buffer : from;
    size_t kept = 0, row_bytes = block->n_cols * wn_cell_bytes(from.is_float32), first = 0, n;
    if (block->n_rows > 0 && memchr(keep, 0, block->n_rows) == NULL)
        return;
    for (; (n = next_run(keep, block->n_rows, &first)) > 0; first += n, kept += n) {
        memmove((char *)to.data + kept * row_bytes, (const char *)from.data + first * row_bytes, n * row_bytes);
        if (block->n_texts > 0)
            memmove(block->texts + kept * block->n_texts, block->texts + first * block->n_texts,
                    n * block->n_texts * sizeof *block->texts);
        memmove(block->labels + kept, block->labels + first, n * sizeof *block->labels);
        memmove(block->rows + kept, block->rows + first, n * sizeof *block->rows);
    }
    if (block->raw.data != NULL)
        block->raw = to;
    block->n_rows = kept;
}
