/* worker.h - the thread of the background stage: one piece of work at a time, handed over and taken back by the main
 * thread. Private to src/compress; on rank 0 only. */
#ifndef WINNOW_COMPRESS_WORKER_H
#define WINNOW_COMPRESS_WORKER_H

#include "winnow/status.h"

#include <stdbool.h>

typedef struct wn_worker wn_worker;

/* Local. work(context) is what each piece is; its failure is kept with its message. Without has_thread it is done where
 * it is handed over. The caller frees it. Fails: WN_NO_MEMORY, WN_UNAVAILABLE where no thread can be had. */
WN_MUST_USE wn_status wn_worker_new(wn_worker **worker, wn_status (*work)(void *context), void *context,
                                    bool has_thread);

/* Local. Waits until the thread is idle; then what `context` holds is the caller's. Returns what has failed since the
 * last call, with its message. */
WN_MUST_USE wn_status wn_worker_wait(wn_worker *worker);

/* Local. The same, but a stop request (stop.h) of this process ends the waiting: WN_STOPPED, and the work goes on. */
WN_MUST_USE wn_status wn_worker_wait_or_stop(wn_worker *worker);

/* Local. Begins a piece of work; the worker must be idle. */
void wn_worker_begin(wn_worker *worker);

/* Local. Seconds of work, and of waiting for it. */
void wn_worker_seconds(wn_worker *worker, double *busy, double *waited);

/* Local. Ends the thread; NULL is fine. */
void wn_worker_free(wn_worker *worker);

#endif
