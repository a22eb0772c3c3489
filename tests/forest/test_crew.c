#include "crew.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include <stdatomic.h>
#include <string.h>

enum { N_ITEMS = 500 };

static atomic_int done[N_ITEMS];

static wn_status mark(void *context, size_t item, size_t worker)
{
    const size_t *fails = context;
    (void)worker;
    atomic_fetch_add(&done[item], 1);
    return item == *fails ? wn_fail(WN_IO, "item %zu", item) : WN_OK;
}

static void check_crew(size_t n_threads, size_t fails)
{
    wn_workers *workers = NULL;
    size_t wrong = 0;
    for (size_t i = 0; i < N_ITEMS; i++)
        atomic_store(&done[i], 0);
    if (!CHECK_OK(wn_workers_new(&workers, n_threads)))
        return;
    wn_status status = wn_crew_run(workers, N_ITEMS, mark, &fails);
    wn_workers_free(workers);
    for (size_t i = 0; i < N_ITEMS; i++)
        wrong += atomic_load(&done[i]) > 1 || (fails >= N_ITEMS && atomic_load(&done[i]) != 1);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(status, fails < N_ITEMS ? WN_IO : WN_OK);
    if (status != WN_OK)
        CU_ASSERT_STRING_EQUAL(wn_status_message(), "item 37");
}

static void test_items(void)
{
    for (size_t n_threads = 0; n_threads <= 3; n_threads++) {
        check_crew(n_threads, N_ITEMS);
        check_crew(n_threads, 37);
    }
}

/* A stop request ends it before the next item. */
static void test_stop(void)
{
    wn_workers *workers = NULL;
    size_t fails = N_ITEMS;
    if (!CHECK_OK(wn_workers_new(&workers, 2)))
        return;
    wn_stop_request(0);
    CU_ASSERT_EQUAL(wn_crew_run(workers, N_ITEMS, mark, &fails), WN_STOPPED);
    wn_stop_clear();
    wn_workers_free(workers);
}

static const wn_test tests[] = {{"items", test_items}, {"stop", test_stop}};
TEST_MAIN("crew", tests)
