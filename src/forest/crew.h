/* crew.h - all workers of a rank go through a list of items, each as it gets free. Private to src/forest. */
#ifndef WINNOW_FOREST_CREW_H
#define WINNOW_FOREST_CREW_H

#include "winnow/workers.h"

/* Does one item; worker: 0 .. wn_workers_count - 1. */
typedef wn_status (*wn_crew_work)(void *context, size_t item, size_t worker);

/* Local. Items 0 .. n - 1, in no order that results may depend on. Fails: as the work does, with its message, and then
 * items are left out; WN_STOPPED on a stop request; WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_crew_run(wn_workers *workers, size_t n, wn_crew_work work, void *context);

#endif
