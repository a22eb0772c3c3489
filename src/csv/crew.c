#include "crew.h"

#include "winnow/log.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include <stdatomic.h>
#include <stdio.h>

enum { PIECES_AT_ONCE = 64 };

typedef struct {
    wn_task task;
    const wn_csv_crew *crew;
    const size_t *list;
    atomic_llong *next;
    int64_t last;
    wn_csv_window window;
    wn_status status;
    int64_t failed; /* the piece, where status is not WN_OK */
    char message[WN_MESSAGE_SIZE];
} crew_task;

/* Pieces are handed out in order: whoever fails first in the text is among those that have begun. */
static void work(wn_task *task, size_t worker)
{
    crew_task *self = (crew_task *)task;
    const wn_csv_crew *crew = self->crew;
    void *own = (char *)crew->owns + worker * crew->own_bytes;
    while (self->status == WN_OK) {
        int64_t i = atomic_fetch_add(self->next, 1);
        if (i >= self->last)
            return;
        size_t piece = self->list != NULL ? self->list[i] : (size_t)i;
        self->status = crew->work(crew->context, piece, &self->window, own);
        if (self->status == WN_OK)
            continue;
        self->failed = i;
        snprintf(self->message, sizeof self->message, "%s", wn_status_message());
        atomic_store(self->next, self->last);
    }
}

static wn_status first_failure(const crew_task *tasks, size_t n)
{
    const crew_task *first = NULL;
    for (size_t i = 0; i < n; i++) {
        if (tasks[i].status != WN_OK && (first == NULL || tasks[i].failed < first->failed))
            first = &tasks[i];
    }
    return first != NULL ? wn_fail(first->status, "%s", first->message) : WN_OK;
}

static wn_status run_some(crew_task *tasks, size_t n, wn_workers *workers, wn_range pieces)
{
    wn_task_group group = {0};
    atomic_llong next = pieces.first;
    for (size_t i = 0; i < n; i++) {
        tasks[i].next = &next;
        tasks[i].last = pieces.last;
        tasks[i].task.run = work;
        wn_workers_add(workers, &group, &tasks[i].task);
    }
    wn_workers_wait(workers, &group);
    return first_failure(tasks, n);
}

wn_status wn_csv_crew_run(const wn_csv_crew *crew, const size_t *list, wn_range pieces)
{
    wn_status status = WN_OK;
    crew_task *tasks = NULL;
    size_t n = wn_workers_count(crew->workers);
    int64_t step = PIECES_AT_ONCE * (int64_t)n;
    TRY(wn_new(&tasks, n));
    for (size_t i = 0; i < n; i++) {
        tasks[i].crew = crew;
        tasks[i].list = list;
    }
    for (int64_t first = pieces.first; first < pieces.last; first += step) {
        if (wn_stop_requested()) {
            status = wn_fail(WN_STOPPED, "stopped while a table was converted; what was written is removed");
            goto done;
        }
        int64_t last = first + step < pieces.last ? first + step : pieces.last;
        TRY(run_some(tasks, n, crew->workers, (wn_range){first, last}));
        if (crew->stage != NULL)
            wn_log_progress(crew->stage, "MB", (double)(last - pieces.first), (double)(pieces.last - pieces.first));
    }
done:
    for (size_t i = 0; tasks != NULL && i < n; i++)
        wn_csv_window_clear(&tasks[i].window);
    wn_free(tasks);
    return status;
}
