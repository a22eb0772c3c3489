/* prepared_table.h - the datasets that shards and the virtual table have alike. */
#ifndef WINNOW_PREPARE_PREPARED_TABLE_H
#define WINNOW_PREPARE_PREPARED_TABLE_H

#include "winnow/prepared.h"

enum { WN_PREPARED_DATASETS = 4 };

typedef struct {
    const char *name;
    wn_store_type type;
    size_t width;      /* 0: one value a row */
    size_t text_bytes; /* of a text, which the value is; 0: a number */
} wn_prepared_dataset;

/* Local. /features, /row, /split and, where the rows have one, /label, in this order; returns how many. */
size_t wn_prepared_datasets(const wn_recipe *recipe, wn_prepared_dataset datasets[WN_PREPARED_DATASETS]);

/* Local. Names of selected features as the attribute `columns` of dataset 0; components have none. Fails: WN_IO,
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_prepared_name(wn_table_writer *writer, const wn_recipe *recipe);

#endif
