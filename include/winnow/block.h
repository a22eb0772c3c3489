/* block.h - a run of rows in memory, numbers and texts: what a reader fills, a step changes and an accumulator adds.
 * A reader leaves raw cells, float32 where the table's types lose nothing by it; what only keeps, drops or adds them
 * takes them so (wn_block_view). What changes cells asks for doubles first (wn_block_widen); a pass does that for its
 * steps and accumulators. */
#ifndef WINNOW_BLOCK_H
#define WINNOW_BLOCK_H

#include "winnow/cells.h"
#include "winnow/status.h"
#include "winnow/text_store.h"
#include "winnow/texts.h"
#include "winnow/wide_columns.h"

#include <stdint.h>

typedef struct {
    int64_t index; /* block number over the table */
    size_t file;   /* which file of the catalog */
    size_t n_rows; /* rows present now; a step that drops rows lowers it */
    size_t n_cols;
    wn_cells raw;                /* (n_rows, n_cols) as they were read, borrowed; no data once widened */
    double *cells;               /* (n_rows, n_cols) once widened, row after row; missing is NaN and nothing else */
    const wn_wide_columns *wide; /* NULL but for features that are mostly zero: then the n_cols columns of cells are
                                  * those that it calls dense; borrowed */
    size_t n_texts;
    wn_text *texts;      /* (n_rows, n_texts) row after row; as long as the block is not read into again */
    wn_text_store store; /* their bytes, unless a reader's cache has them */
    double *labels;      /* (n_rows); NaN: no label */
    int64_t *rows;       /* (n_rows) numbers over the table */
    size_t capacity;     /* rows that the buffers hold */
    wn_cells buffer;     /* (capacity, n_cols) where raw cells are read to; `cells` itself where they are doubles */
} wn_block;

/* Local. A block with room for `capacity` rows of n_cols cells, raw ones of the given width; it is widened. The caller
 * frees it. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_block_new(wn_block **block, size_t capacity, size_t n_cols, bool is_float32);
void wn_block_free(wn_block *block);

/* Local. Room for n_texts text cells a row; the block has none before. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_block_add_texts(wn_block *block, size_t n_texts);

/* Local. The column that the ith of each row's cells belongs to. */
static inline size_t wn_block_column(const wn_block *block, size_t i)
{
    return block->wide != NULL ? block->wide->dense[i] : i;
}

/* Local. The cells as they are now, raw or widened; borrowed until the block changes. */
wn_cells wn_block_view(const wn_block *block);

/* Local. Raw cells become doubles in `cells`; nothing where they are already. */
void wn_block_widen(wn_block *block);

/* Local. Keeps the rows whose keep[i] is not 0, in order. */
void wn_block_compact(wn_block *block, const unsigned char *keep);

#endif
