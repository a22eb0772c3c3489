/* writer_state.h - the state of a table writer. Private to table_writer*.c. */
#ifndef WINNOW_TABLE_WRITER_STATE_H
#define WINNOW_TABLE_WRITER_STATE_H

#include "stored_dataset.h"

struct wn_table_writer {
    char *path, *part; /* the final name, the one while it is written */
    hid_t file;
    wn_stored_dataset *datasets;
    size_t n_datasets, capacity;
    bool has_failed;
};

/* Local. A failed write spoils the file: remembered, so that finish cannot succeed. Returns WN_IO. */
wn_status wn_table_writer_fail(wn_table_writer *writer, const char *what);

#endif
