#include "winnow/workers.h"

#include "testing.h"
#include "winnow/memory.h"

#include <stdatomic.h>
#include <unistd.h>

enum { N_TASKS = 500, MOST_WORKERS = 4 };

typedef struct {
    wn_task task;
    size_t number;
    int n_runs;
} counted_task;

static atomic_size_t seen[MOST_WORKERS];
static atomic_size_t n_begun;
static size_t begun[N_TASKS];

static void count(wn_task *task, size_t worker)
{
    counted_task *counted = (counted_task *)(void *)task;
    begun[atomic_fetch_add(&n_begun, 1)] = counted->number;
    counted->n_runs++;
    atomic_fetch_add(&seen[worker], 1);
}

/* Every task runs once, before the wait for its group ends; one thread begins them in order. */
static void check_tasks(size_t n_threads)
{
    wn_workers *workers = NULL;
    static counted_task tasks[N_TASKS];
    wn_task_group groups[2] = {0};
    size_t total = 0;
    n_begun = 0;
    for (size_t w = 0; w < MOST_WORKERS; w++)
        seen[w] = 0;
    if (!CHECK_OK(wn_workers_new(&workers, n_threads)))
        return;
    CU_ASSERT_EQUAL(wn_workers_count(workers), n_threads > 0 ? n_threads : 1);
    for (size_t i = 0; i < N_TASKS; i++) {
        tasks[i] = (counted_task){.task = {.run = count}, .number = i};
        wn_workers_add(workers, &groups[i % 2], &tasks[i].task);
    }
    for (size_t g = 0; g < 2; g++) {
        wn_workers_wait(workers, &groups[g]);
        for (size_t i = g; i < N_TASKS; i += 2)
            CU_ASSERT_EQUAL(tasks[i].n_runs, 1);
    }
    for (size_t w = 0; w < wn_workers_count(workers); w++)
        total += seen[w];
    CU_ASSERT_EQUAL(total, N_TASKS);
    for (size_t i = 0; n_threads < 2 && i < N_TASKS; i++)
        CU_ASSERT_EQUAL(begun[i], i);
    wn_workers_free(workers);
}

static void test_tasks(void)
{
    for (size_t n = 0; n <= MOST_WORKERS; n++)
        check_tasks(n);
}

static void test_empty_group(void)
{
    wn_workers *workers = NULL;
    wn_task_group group = {0};
    if (!CHECK_OK(wn_workers_new(&workers, 2)))
        return;
    wn_workers_wait(workers, &group);
    wn_workers_free(workers);
    wn_workers_free(NULL);
}

static void test_no_memory(void)
{
    size_t used = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    wn_workers *workers = NULL;
    for (int64_t nth = 1; status == WN_NO_MEMORY && nth < 10; nth++) {
        wn_memory_fail_at(nth);
        status = wn_workers_new(&workers, 3);
        CU_ASSERT(status == WN_OK || wn_memory_used() == used);
    }
    wn_memory_fail_at(0);
    CHECK_OK(status);
    wn_workers_free(workers);
    CU_ASSERT_EQUAL(wn_memory_used(), used);
}

static const wn_test tests[] = {
    {"every task runs once", test_tasks}, {"an empty group", test_empty_group}, {"no memory", test_no_memory}};
TEST_MAIN("base/workers", tests)
