/* workers.h - threads of one rank that do many small tasks, such as decoding chunks, beside the thread that hands them
 * out. Tasks do not depend on each other and never communicate. Adding one cannot fail: a task is a struct that its
 * owner embeds and keeps until its group is waited for. */
#ifndef WINNOW_WORKERS_H
#define WINNOW_WORKERS_H

#include "winnow/status.h"

typedef struct wn_workers wn_workers;

/* Tasks whose end is waited for together. All zero is an empty group. */
typedef struct {
    size_t n_open; /* guarded by the workers' lock */
} wn_task_group;

typedef struct wn_task wn_task;
struct wn_task {
    void (*run)(wn_task *task, size_t worker); /* worker: 0 .. wn_workers_count - 1, for scratch of its own */
    wn_task_group *group;
    wn_task *next;
};

/* Local. n_threads threads; with 0, tasks run at once in the thread that adds them. The caller frees it when all groups
 * were waited for. Fails: WN_NO_MEMORY, WN_INTERNAL where no thread can be had. */
WN_MUST_USE wn_status wn_workers_new(wn_workers **workers, size_t n_threads);
void wn_workers_free(wn_workers *workers);

/* Local. Different numbers of workers that a task can see: 1 at least. */
size_t wn_workers_count(const wn_workers *workers);

/* Local. Hands a task out; tasks begin in the order in which they were added. */
void wn_workers_add(wn_workers *workers, wn_task_group *group, wn_task *task);

/* Local. Returns when all tasks of a group are done. */
void wn_workers_wait(wn_workers *workers, wn_task_group *group);

#endif
