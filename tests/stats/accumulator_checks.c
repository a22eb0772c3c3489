#include "accumulator_checks.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    wn_block *block[CHECK_BLOCKS];
} check_table;

/* Columns of different kinds: standard normal, a large mean, few values with ties, rare large cells, constant. */
static double draw_cell(wn_random stream, size_t column)
{
    double z = wn_random_normal(stream, 0), u = wn_random_uniform(stream, 1);
    switch (column) {
    case 0:
        return z;
    case 1:
        return 1.7e18 + floor(8.64e13 * u);
    case 2:
        return u < 0.2 ? -0.0 : floor(4 * u) - 1;
    case 3:
        return u < 0.005 ? 1e9 * z : z;
    default:
        return 0.1;
    }
}

static void draw_block(wn_block *block, int64_t first_row, bool with_missing)
{
    for (size_t i = 0; i < block->capacity; i++) {
        int64_t row = first_row + (int64_t)i;
        int64_t source = row % 7 == 6 ? row / 2 : row; /* some rows repeat others */
        for (size_t c = 0; c < CHECK_COLS; c++) {
            wn_random stream = {5, WN_RANDOM_TEST, (uint64_t)source * CHECK_COLS + c};
            bool is_missing = with_missing && wn_random_uniform(stream, 2) < 0.1;
            block->cells[i * CHECK_COLS + c] = is_missing ? NAN : draw_cell(stream, c);
        }
        wn_random stream = {6, WN_RANDOM_TEST, (uint64_t)source};
        bool is_missing = with_missing && wn_random_uniform(stream, 1) < 0.1;
        block->labels[i] = is_missing ? NAN : floor(CHECK_CLASSES * wn_random_uniform(stream, 0));
        block->rows[i] = row;
    }
    block->n_rows = block->capacity;
}

static bool table_make(check_table *table, bool with_missing)
{
    static const size_t n_rows[CHECK_BLOCKS] = {1, 300, 17, 64, 2, 255, 128, 33, 100};
    int64_t row = 0;
    bool is_made = true;
    for (size_t b = 0; b < CHECK_BLOCKS && is_made; b++) {
        is_made = CHECK_OK(wn_block_new(&table->block[b], n_rows[b], CHECK_COLS, false));
        if (!is_made)
            break;
        table->block[b]->index = (int64_t)b;
        draw_block(table->block[b], row, with_missing);
        row += (int64_t)n_rows[b];
    }
    return is_made;
}

static void table_clear(check_table *table)
{
    for (size_t b = 0; b < CHECK_BLOCKS; b++)
        wn_block_free(table->block[b]);
}

static void add_blocks(wn_accumulator to, const check_table *table, const size_t *order, size_t n)
{
    for (size_t i = 0; i < n; i++)
        CHECK_OK(to.ops->add(to.state, table->block[order[i]]));
}

static bool is_same_span(wn_span a, wn_span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.data, b.data, a.n * sizeof *a.data) == 0);
}

static bool is_same_state(wn_accumulator a, wn_accumulator b)
{
    return is_same_span(a.ops->sums(a.state), b.ops->sums(b.state)) &&
           is_same_span(a.ops->keys(a.state), b.ops->keys(b.state));
}

/* What MPI_SUM and MPI_MAX do, within one process. */
static void merge(wn_accumulator into, wn_accumulator from)
{
    wn_span sums = into.ops->sums(into.state), other = from.ops->sums(from.state);
    for (size_t i = 0; i < sums.n; i++)
        sums.data[i] += other.data[i];
    wn_span keys = into.ops->keys(into.state);
    other = from.ops->keys(from.state);
    for (size_t i = 0; i < keys.n; i++)
        keys.data[i] = keys.data[i] > other.data[i] ? keys.data[i] : other.data[i];
}

static const size_t ALL[CHECK_BLOCKS] = {0, 1, 2, 3, 4, 5, 6, 7, 8};

static void check_empty(const accumulator_case *it, const check_table *table)
{
    void *empty = NULL, *full = NULL, *merged = NULL;
    size_t not_identity = 0;
    if (!CHECK_OK(it->make(&empty)) || !CHECK_OK(it->make(&full)) || !CHECK_OK(it->make(&merged)))
        return;
    wn_accumulator e = it->erase(empty), f = it->erase(full), m = it->erase(merged);
    CU_ASSERT_STRING_EQUAL(e.ops->name, it->name);
    wn_span sums = e.ops->sums(empty), keys = e.ops->keys(empty);
    for (size_t i = 0; i < sums.n; i++)
        not_identity += sums.data[i] != 0;
    for (size_t i = 0; i < keys.n; i++)
        not_identity += keys.data[i] != WN_KEY_NONE;
    CU_ASSERT_EQUAL(not_identity, 0);
    add_blocks(f, table, ALL, CHECK_BLOCKS);
    add_blocks(m, table, ALL, CHECK_BLOCKS);
    merge(m, e);
    CU_ASSERT(is_same_state(m, f));
    CU_ASSERT(sums.n == 0 || !is_same_state(e, f));
    merge(e, f);
    CU_ASSERT(is_same_state(e, f));
    it->clear(empty);
    it->clear(full);
    it->clear(merged);
}

/* Blocks dealt at random over n_parts states, each adding them in its own order. */
static void check_deal(const accumulator_case *it, const check_table *table, size_t n_parts, uint64_t deal)
{
    void *whole = NULL, *total = NULL;
    int64_t order[CHECK_BLOCKS];
    wn_random stream = {deal, WN_RANDOM_TEST, n_parts};
    if (!CHECK_OK(it->make(&whole)) || !CHECK_OK(it->make(&total)))
        return;
    add_blocks(it->erase(whole), table, ALL, CHECK_BLOCKS);
    wn_random_permutation(stream, CHECK_BLOCKS, order);
    for (size_t part = 0; part < n_parts; part++) {
        void *state = NULL;
        if (!CHECK_OK(it->make(&state)))
            break;
        for (size_t i = 0; i < CHECK_BLOCKS; i++) {
            size_t block = (size_t)order[i];
            if (wn_random_bits(stream, 100 + block) % n_parts == part)
                add_blocks(it->erase(state), table, &block, 1);
        }
        merge(it->erase(total), it->erase(state));
        it->clear(state);
    }
    CU_ASSERT(is_same_state(it->erase(total), it->erase(whole)));
    it->clear(whole);
    it->clear(total);
}

/* A state whose blocks lie on the ranks, reduced as a pass does it. `deal` shifts which rank has which. */
static bool make_shared(const accumulator_case *it, const check_table *table, size_t deal, void **state)
{
    if (!CHECK_OK(it->make(state)))
        return false;
    wn_accumulator shared = it->erase(*state);
    for (size_t b = CHECK_BLOCKS; b-- > 0;)
        if ((b * (deal + 1) / 3 + deal) % (size_t)test_ranks.size == (size_t)test_ranks.rank)
            add_blocks(shared, table, &b, 1);
    wn_span sums = shared.ops->sums(*state), keys = shared.ops->keys(*state);
    CHECK_OK(wn_ranks_sum(&test_ranks, sums.data, sums.n));
    CHECK_OK(wn_ranks_max(&test_ranks, keys.data, keys.n));
    return true;
}

static void check_ranks(const accumulator_case *it, const check_table *table, size_t deal)
{
    void *whole = NULL, *shared = NULL;
    double *expected = NULL, *found = NULL;
    size_t n_expected = 0, n_found = 0;
    wn_ranks self = wn_ranks_of(MPI_COMM_SELF);
    if (!CHECK_OK(wn_new(&expected, CHECK_RESULTS_MOST)) || !CHECK_OK(wn_new(&found, CHECK_RESULTS_MOST)) ||
        !CHECK_OK(it->make(&whole)))
        return;
    add_blocks(it->erase(whole), table, ALL, CHECK_BLOCKS);
    if (make_shared(it, table, deal, &shared)) {
        CU_ASSERT(is_same_state(it->erase(shared), it->erase(whole)));
        CHECK_OK(it->finish(&test_ranks, shared, found, &n_found));
        CHECK_OK(it->finish(&self, whole, expected, &n_expected));
        CU_ASSERT(n_expected > 0);
        CU_ASSERT_EQUAL(n_found, n_expected);
        CU_ASSERT(n_found == n_expected && memcmp(found, expected, n_found * sizeof *found) == 0);
    }
    it->clear(whole);
    it->clear(shared);
    wn_free(expected);
    wn_free(found);
}

static wn_status use_all(const accumulator_case *it, const check_table *table, double *results, void **state)
{
    wn_status status = WN_OK;
    size_t n = 0;
    wn_ranks self = wn_ranks_of(MPI_COMM_SELF);
    TRY(it->make(state));
    wn_accumulator all = it->erase(*state);
    for (size_t b = 0; b < CHECK_BLOCKS; b++)
        TRY(all.ops->add(all.state, table->block[b]));
    TRY(it->finish(&self, *state, results, &n));
done:
    return status;
}

static void check_allocations(const accumulator_case *it, const check_table *table)
{
    double *results = NULL;
    wn_status status = WN_NO_MEMORY;
    if (!CHECK_OK(wn_new(&results, CHECK_RESULTS_MOST)))
        return;
    size_t before = wn_memory_used();
    int64_t nth = 1;
    for (; nth < 1000 && status == WN_NO_MEMORY; nth++) {
        void *state = NULL;
        wn_memory_fail_at(nth);
        status = use_all(it, table, results, &state);
        wn_memory_fail_at(0);
        it->clear(state);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    CU_ASSERT(nth > 2);
    wn_free(results);
}

void check_accumulator(const accumulator_case *it)
{
    check_table table = {0};
    if (table_make(&table, it->takes_missing)) {
        check_empty(it, &table);
        for (size_t n_parts = 1; n_parts <= 7; n_parts++)
            for (uint64_t deal = 0; deal < 5; deal++)
                check_deal(it, &table, n_parts, deal);
        for (size_t deal = 0; deal < 4; deal++)
            check_ranks(it, &table, deal);
        check_allocations(it, &table);
    }
    table_clear(&table);
}
