#include "spare_bytes.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/workers.h"

#include <string.h>

enum { N_TASKS = 200, N_THREADS = 3, MOST_TAKEN = 5 };

static void test_last_first(void)
{
    wn_spare_bytes spares;
    wn_scratch a = {0}, b = {0}, c = {0};
    wn_spare_bytes_init(&spares);
    if (CHECK_OK(wn_spare_bytes_take(&spares, 2, 10, 0, &a)) && CHECK_OK(wn_spare_bytes_take(&spares, 2, 10, 20, &b))) {
        unsigned char *first = a.bytes, *second = b.bytes;
        CU_ASSERT(first != second && a.n == 10 && b.n == 20);
        wn_spare_bytes_give(&spares, &a);
        wn_spare_bytes_give(&spares, &b);
        CU_ASSERT(a.bytes == NULL && b.bytes == NULL);
        if (CHECK_OK(wn_spare_bytes_take(&spares, 2, 15, 0, &c)))
            CU_ASSERT(c.bytes == second && c.n == 20);
        wn_spare_bytes_give(&spares, &c);
    }
    wn_spare_bytes_clear(&spares);
}

/* A buffer on its way from the thread that fills it to the one that reads it. */
typedef struct {
    wn_task task;
    wn_spare_bytes *spares;
    wn_scratch bytes;
    size_t n;
    bool is_right;
} parcel;

static void check_parcel(wn_task *task, size_t worker)
{
    parcel *p = (parcel *)(void *)task;
    (void)worker;
    p->is_right = true;
    for (size_t i = 0; i < p->n; i++)
        p->is_right = p->is_right && p->bytes.bytes[i] == (unsigned char)p->n;
    wn_spare_bytes_give(p->spares, &p->bytes);
}

/* No buffer is with two at a time, no more than the most are there, and in the end nothing is left in use. */
static void send_parcels(size_t n_threads)
{
    static parcel parcels[N_TASKS];
    size_t before = wn_memory_used(), n_right = 0, n_sent = 0;
    wn_spare_bytes spares;
    wn_workers *workers = NULL;
    wn_task_group group = {0};
    wn_spare_bytes_init(&spares);
    if (CHECK_OK(wn_workers_new(&workers, n_threads)))
        for (; n_sent < N_TASKS; n_sent++) {
            parcel *p = &parcels[n_sent];
            *p = (parcel){.task = {.run = check_parcel}, .spares = &spares, .n = 1 + n_sent * 37 % 5000};
            if (!CHECK_OK(wn_spare_bytes_take(&spares, MOST_TAKEN, p->n, p->n, &p->bytes)))
                break;
            memset(p->bytes.bytes, (int)(unsigned char)p->n, p->n);
            wn_workers_add(workers, &group, &p->task);
        }
    if (workers != NULL)
        wn_workers_wait(workers, &group);
    for (size_t i = 0; i < n_sent; i++)
        n_right += parcels[i].is_right;
    CU_ASSERT_EQUAL(n_right, N_TASKS);
    CU_ASSERT(spares.n_made <= (n_threads > 0 ? MOST_TAKEN : 1));
    wn_workers_free(workers);
    wn_spare_bytes_clear(&spares);
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

static void test_threads(void)
{
    send_parcels(0);
    send_parcels(N_THREADS);
}

static void test_allocation(void)
{
    size_t before = wn_memory_used();
    for (int64_t nth = 1; nth <= 2; nth++) {
        wn_spare_bytes spares;
        wn_scratch taken = {0};
        wn_spare_bytes_init(&spares);
        wn_memory_fail_at(nth);
        CU_ASSERT_EQUAL(wn_spare_bytes_take(&spares, 1, 100, 100, &taken), WN_NO_MEMORY);
        wn_memory_fail_at(0);
        CU_ASSERT(taken.bytes == NULL);
        wn_spare_bytes_clear(&spares);
    }
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

static const wn_test tests[] = {{"what was given back last is taken first", test_last_first},
                                {"buffers go from one thread to others and back", test_threads},
                                {"an allocation fails", test_allocation}};
TEST_MAIN("table/spare_bytes", tests)
