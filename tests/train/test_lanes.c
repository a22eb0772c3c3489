#include "testing.h"

#include "lane_dataset.h"

enum { ROWS = 1000, GROUP = 8 };

static void test_default(void)
{
    const int64_t batches[] = {1, 63, 64, 100, 127, 128, 130, 512, 520, 4096, 5000, 100000, 6400, 6401};
    for (size_t b = 0; b < sizeof batches / sizeof *batches; b++) {
        int64_t batch = batches[b], found = wn_lanes_default(batch), most = 1;
        for (int64_t n = 1; n <= 64 && n <= batch; n++)
            if (batch % n == 0 && n <= batch / 64)
                most = n;
        CU_ASSERT_EQUAL(found, most);
    }
    CU_ASSERT_EQUAL(wn_lanes_default(512), 8);
}

/* Lanes of all ranks: consecutive, all of them, whatever the share of rank 0. */
static void check_deal(int size, int64_t n_lanes, double share)
{
    int64_t next = 0, least = n_lanes, most = 0, first = 0;
    for (int rank = 0; rank < size; rank++) {
        wn_ranks ranks = {MPI_COMM_NULL, rank, size};
        wn_lanes lanes;
        if (!CHECK_OK(wn_lanes_deal(&ranks, 10 * n_lanes, 6 * n_lanes, n_lanes, share, &lanes)))
            return;
        int64_t n = lanes.mine.last - lanes.mine.first;
        CU_ASSERT_EQUAL(lanes.mine.first, next);
        next = lanes.mine.last;
        first = rank == 0 ? n : first;
        if (rank > 0) {
            least = n < least ? n : least;
            most = n > most ? n : most;
        }
        CU_ASSERT_EQUAL(lanes.share, 6);
        CU_ASSERT_EQUAL(lanes.n_steps, 2);
    }
    CU_ASSERT_EQUAL(next, n_lanes);
    CU_ASSERT_TRUE(size < 2 || most - least <= 1);
    double even = (double)n_lanes / size;
    CU_ASSERT_TRUE(size > 1 ? (double)first <= even * share + 1.0 && (double)first >= even * share - 1.0
                            : first == n_lanes);
}

static void test_deal(void)
{
    const double shares[] = {0.0, 0.25, 0.5, 1.0};
    for (int size = 1; size <= 9; size++)
        for (int64_t n_lanes = 1; n_lanes <= 17; n_lanes++)
            for (size_t s = 0; s < 4; s++)
                check_deal(size, n_lanes, shares[s]);
}

static void test_steps(void)
{
    wn_ranks ranks = {MPI_COMM_NULL, 0, 1};
    const int64_t cases[][4] = {/* rows, batch, lanes, steps */ {4, 512, 8, 1},
                                {512, 512, 8, 1},
                                {513, 512, 8, 2},
                                {0, 512, 8, 0},
                                {1000, 100, 5, 10},
                                {1001, 100, 5, 11},
                                {7, 3, 3, 3}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        wn_lanes lanes;
        CHECK_OK(wn_lanes_deal(&ranks, cases[c][0], cases[c][1], cases[c][2], 1.0, &lanes));
        CU_ASSERT_EQUAL(lanes.n_steps, cases[c][3]);
        CU_ASSERT_EQUAL(lanes.n_rows, cases[c][0]);
    }
}

static void test_refused(void)
{
    wn_ranks ranks = {MPI_COMM_NULL, 0, 1};
    wn_lanes lanes;
    CU_ASSERT_EQUAL(wn_lanes_deal(&ranks, 10, 512, 7, 1.0, &lanes), WN_BAD_JOB);
    CU_ASSERT_EQUAL(wn_lanes_deal(&ranks, 10, 4, 8, 1.0, &lanes), WN_BAD_JOB);
    CU_ASSERT_EQUAL(wn_lanes_deal(&ranks, 10, 0, 0, 1.0, &lanes), WN_BAD_JOB);
    CHECK_OK(wn_lanes_deal(&ranks, 10, 512, 0, 1.0, &lanes));
    CU_ASSERT_EQUAL(lanes.n_lanes, wn_lanes_default(512));
}

static float numbers[ROWS];
static const lane_table table = {ROWS, 1, numbers, numbers, 13};

/* Row numbers over the table, in the order that a lane visits them. */
static size_t visit(const wn_dataset *dataset, int64_t lane, uint64_t seed, int64_t epoch, int64_t *rows)
{
    int64_t order[ROWS];
    size_t n = 0;
    CHECK_OK(wn_lanes_order(dataset, lane, seed, epoch, order, &n));
    for (size_t i = 0; i < n; i++)
        rows[i] = dataset->rows[order[i]];
    return n;
}

/* Every row of the lane once; the same whatever lanes lie in the dataset; another order in another epoch or seed. */
static void test_order(void)
{
    enum { LANES = 5 };
    wn_dataset *all = NULL, *one = NULL;
    int64_t rows[ROWS], again[ROWS];
    if (!CHECK_OK(lane_dataset_new(&all, &table, LANES, (wn_range){0, LANES})))
        return;
    for (int64_t lane = 0; lane < LANES; lane++) {
        unsigned char seen[ROWS] = {0};
        if (!CHECK_OK(lane_dataset_new(&one, &table, LANES, (wn_range){lane, lane + 1})))
            break;
        size_t n = visit(all, lane, 4, 2, rows);
        CU_ASSERT_EQUAL(n, ROWS / LANES);
        CU_ASSERT_EQUAL(visit(one, lane, 4, 2, again), n);
        CU_ASSERT_EQUAL(memcmp(rows, again, n * sizeof *rows), 0);
        for (size_t i = 0; i < n; i++) {
            CU_ASSERT_EQUAL(seen[rows[i]]++, 0);
            CU_ASSERT_TRUE(rows[i] >= lane_first_row(&table, lane, LANES));
            CU_ASSERT_TRUE(rows[i] < lane_first_row(&table, lane + 1, LANES));
        }
        visit(all, lane, 4, 3, again);
        CU_ASSERT_NOT_EQUAL(memcmp(rows, again, n * sizeof *rows), 0);
        visit(all, lane, 5, 2, again);
        CU_ASSERT_NOT_EQUAL(memcmp(rows, again, n * sizeof *rows), 0);
        lane_dataset_free(one);
        one = NULL;
    }
    lane_dataset_free(all);
}

/* Rows mix within groups of eight blocks, and no further: so that a stream of blocks can follow the order. */
static void test_groups(void)
{
    wn_dataset *dataset = NULL;
    int64_t rows[ROWS];
    if (!CHECK_OK(lane_dataset_new(&dataset, &table, 1, (wn_range){0, 1})))
        return;
    size_t n = visit(dataset, 0, 1, 0, rows), at = 0, n_moved = 0;
    unsigned char done[ROWS / 13 + 1] = {0};
    while (at < n) {
        unsigned char here[ROWS / 13 + 1] = {0};
        size_t n_blocks = 0, n_rows = 0;
        for (size_t i = at; i < n; i++) {
            int64_t block = rows[i] / 13;
            if (here[block] == 0 && n_blocks == GROUP)
                break;
            n_blocks += here[block] == 0;
            here[block] = 1;
            n_moved += i > at && rows[i] != rows[i - 1] + 1;
            n_rows++;
        }
        for (size_t b = 0; b < sizeof here; b++)
            CU_ASSERT_EQUAL(done[b] & here[b], 0);
        for (size_t b = 0; b < sizeof here; b++)
            done[b] |= here[b];
        at += n_rows;
    }
    CU_ASSERT_TRUE(n_moved > n / 2);
    lane_dataset_free(dataset);
}

static void test_empty_lane(void)
{
    const lane_table small = {4, 1, numbers, numbers, 13};
    wn_dataset *dataset = NULL;
    int64_t rows[ROWS];
    size_t total = 0;
    if (!CHECK_OK(lane_dataset_new(&dataset, &small, 8, (wn_range){0, 8})))
        return;
    for (int64_t lane = 0; lane < 8; lane++)
        total += visit(dataset, lane, 1, 0, rows);
    CU_ASSERT_EQUAL(total, 4);
    lane_dataset_free(dataset);
}

static void test_failing_allocations(void)
{
    wn_dataset *dataset = NULL;
    int64_t order[ROWS];
    size_t n = 77;
    if (!CHECK_OK(lane_dataset_new(&dataset, &table, 1, (wn_range){0, 1})))
        return;
    size_t used = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    for (int64_t nth = 1; status != WN_OK && nth < 20; nth++) {
        wn_memory_fail_at(nth);
        status = wn_lanes_order(dataset, 0, 1, 0, order, &n);
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK ? n == ROWS : status == WN_NO_MEMORY && n == 77);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    lane_dataset_free(dataset);
}

static const wn_test tests[] = {
    {"default", test_default},
    {"deal", test_deal},
    {"steps", test_steps},
    {"refused", test_refused},
    {"order", test_order},
    {"groups of blocks", test_groups},
    {"empty lanes", test_empty_lane},
    {"failing allocations", test_failing_allocations},
};

TEST_MAIN("train/lanes", tests)
