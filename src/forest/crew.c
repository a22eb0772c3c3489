#include "crew.h"

#include "winnow/memory.h"
#include "winnow/stop.h"

#include <stdatomic.h>
#include <stdio.h>

typedef struct {
    wn_task task;
    wn_crew_work work;
    void *context;
    atomic_size_t *next;
    size_t n;
    wn_status status;
    char message[WN_MESSAGE_SIZE];
} member;

static void go_through(wn_task *task, size_t worker)
{
    member *self = (member *)task;
    for (size_t item; self->status == WN_OK && (item = atomic_fetch_add(self->next, 1)) < self->n;)
        self->status = wn_stop_requested() ? wn_stop_fail("the forest") : self->work(self->context, item, worker);
    if (self->status == WN_OK)
        return;
    atomic_store(self->next, self->n);
    snprintf(self->message, sizeof self->message, "%s", wn_status_message());
}

wn_status wn_crew_run(wn_workers *workers, size_t n, wn_crew_work work, void *context)
{
    wn_status status = WN_OK;
    member *members = NULL;
    size_t n_members = wn_workers_count(workers);
    wn_task_group group = {0};
    atomic_size_t next = 0;
    TRY(wn_new(&members, n_members));
    for (size_t i = 0; i < n_members; i++) {
        members[i] = (member){.task = {.run = go_through}, .work = work, .context = context, .next = &next, .n = n};
        wn_workers_add(workers, &group, &members[i].task);
    }
    wn_workers_wait(workers, &group);
    for (size_t i = 0; i < n_members && status == WN_OK; i++)
        if (members[i].status != WN_OK)
            status = wn_fail(members[i].status, "%s", members[i].message);
done:
    wn_free(members);
    return status;
}
