/* crew.h - worker threads over a run of pieces: each takes the next piece, with memory of its own. */
#ifndef WINNOW_CSV_CREW_H
#define WINNOW_CSV_CREW_H

#include "source.h"
#include "winnow/ranks.h"
#include "winnow/workers.h"

typedef struct {
    const wn_csv_source *source;
    wn_workers *workers;
    const char *stage; /* for the progress that rank 0 tells; NULL: none */
    /* Works on one piece. `window` and `own`, one of `owns`, are this worker's alone. */
    wn_status (*work)(void *context, size_t piece, wn_csv_window *window, void *own);
    void *context;
    void *owns; /* (wn_workers_count) of own_bytes each; may be NULL */
    size_t own_bytes;
} wn_csv_crew;

/* Local. Works on pieces[first .. last) of the list (NULL: piece i itself). The failure told is that of the first piece
 * that fails. Fails: what work fails with, WN_NO_MEMORY, WN_STOPPED. */
WN_MUST_USE wn_status wn_csv_crew_run(const wn_csv_crew *crew, const size_t *list, wn_range pieces);

#endif
