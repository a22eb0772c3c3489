#include "winnow/node.h"

#include "testing.h"

/* All ranks of a test run on one node. */
static void test_node_ranks(void)
{
    int n = 0;
    CHECK_OK(wn_node_ranks(&test_ranks, &n));
    CU_ASSERT_EQUAL(n, test_ranks.size);
}

static void test_threads(void)
{
    size_t n = 1000000;
    CHECK_OK(wn_node_threads(&test_ranks, &n));
    CU_ASSERT(n != 1 && n <= (size_t)wn_node_processors());
    CU_ASSERT(wn_node_processors() >= 1);
}

static const wn_test tests[] = {{"ranks of a node", test_node_ranks}, {"threads of a rank", test_threads}};
TEST_MAIN("comm/node", tests)
