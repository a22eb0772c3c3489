/* label_cells.h - the labels of a block through the HDF5 library: numbers, of which some mean missing, or strings,
 * which become the numbers of the words that were told. Labels that workers decode with the cells see piece.h. */
#ifndef WINNOW_TABLE_LABEL_CELLS_H
#define WINNOW_TABLE_LABEL_CELLS_H

#include "read_plan.h"
#include "table_file.h"

#include "winnow/scratch.h"

typedef struct {
    const wn_catalog *catalog; /* borrowed */
    bool infinite_is_missing;
    double *missing; /* (n_missing) values that mean no label */
    size_t n_missing;
    wn_text *words; /* (n_words) what labels of strings may be, ascending; their bytes are in word_store */
    size_t n_words;
    wn_text_store word_store;
    wn_scratch scratch; /* rows of the label's dataset */
} wn_label_cells;

/* Local. The caller clears it, also after a failure. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_label_cells_init(wn_label_cells *cells, const wn_catalog *catalog,
                                          const wn_reader_options *options);
void wn_label_cells_clear(wn_label_cells *cells);

/* Local. The words that labels of strings are told by (copied), in place of those before. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_label_cells_set_words(wn_label_cells *cells, const wn_text *words, size_t n);

/* Local. The labels (n_rows) of a block from its file, whose dataset of labels is open: NaN where there is none, the
 * number of a string's word, as many as there are words for any other. Fails: as wn_reader_read. */
WN_MUST_USE wn_status wn_label_cells_read(wn_label_cells *cells, wn_table_file *file, const wn_block_extent *extent,
                                          double *labels);

/* Local. The same of strings, as they are; their bytes go to the store. Fails: as wn_reader_read. */
WN_MUST_USE wn_status wn_label_cells_texts(wn_table_file *file, const wn_block_extent *extent, wn_text_store *store,
                                           wn_text *labels);

#endif
