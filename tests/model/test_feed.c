/* Sparse rows through networks beside the same rows dense, whose gradients test_network.c holds against naive ones. */
#include "winnow/feed.h"

#include "testing.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <string.h>

enum { ROWS = 23, INPUTS = 150, SHARE = 8, VALID = 6, MOST_PARAMETERS = 8192 };

/* The same rows twice; some are empty, some columns are in none. */
typedef struct {
    wn_dataset dense, sparse;
    wn_sparse_rows entries;
} pair;

static float cell(size_t row, size_t column)
{
    wn_random stream = {31, WN_RANDOM_TEST, row};
    bool is_there = row % 5 != 3 && column % 7 != 2 && wn_random_uniform(stream, 2 * column) < 0.1;
    return is_there ? (float)wn_random_normal(stream, 2 * column + 1) : 0.0f;
}

static wn_status fill_pair(pair *p)
{
    wn_status status = WN_OK;
    p->dense = p->sparse = (wn_dataset){.n_rows = ROWS, .n_features = INPUTS};
    p->sparse.sparse = &p->entries;
    TRY(wn_new(&p->dense.features, ROWS * INPUTS));
    for (size_t i = 0; i < ROWS; i++) {
        size_t n = 0;
        TRY(wn_sparse_rows_reserve(&p->entries, INPUTS));
        for (size_t j = 0; j < INPUTS; j++) {
            float value = p->dense.features[i * INPUTS + j] = cell(i, j);
            if (value == 0.0f)
                continue;
            p->entries.column[p->entries.n_entries + n] = (uint32_t)j;
            p->entries.value[p->entries.n_entries + n++] = (double)value;
        }
        wn_sparse_rows_end(&p->entries, n);
    }
done:
    return status;
}

static void clear_pair(pair *p)
{
    wn_free(p->dense.features);
    wn_sparse_rows_clear(&p->entries);
}

static const size_t linear[] = {INPUTS, 1}, logistic[] = {INPUTS, 4}, mlp[] = {INPUTS, 33, 17, 6};
static const struct {
    wn_task task;
    const size_t *widths;
    size_t n_layers;
} cases[] = {{WN_TASK_REGRESSION, linear, 1}, {WN_TASK_CLASSIFICATION, logistic, 1}, {WN_TASK_CLASSIFICATION, mlp, 3}};
enum { N_CASES = sizeof cases / sizeof *cases };

static wn_network *made_network(size_t c)
{
    wn_network *network = NULL;
    if (CHECK_OK(wn_network_new(&network, cases[c].task, cases[c].widths, cases[c].n_layers)))
        for (size_t i = 0; i < network->n_parameters; i++)
            network->parameters[i] = (float)wn_random_normal((wn_random){32, WN_RANDOM_TEST, c}, i) / 4;
    return network;
}

static void check_outputs(const pair *p, const wn_network *network)
{
    wn_feed dense = {0}, sparse = {0};
    bool is_made = CHECK_OK(wn_feed_init(&dense, network, &p->dense, SHARE)) &&
                   CHECK_OK(wn_feed_init(&sparse, network, &p->sparse, SHARE));
    for (size_t first = 0; is_made && first < ROWS; first += SHARE) {
        size_t n = ROWS - first < SHARE ? ROWS - first : SHARE;
        const float *wanted = wn_feed_run(&dense, first, n), *got = wn_feed_run(&sparse, first, n);
        for (size_t i = 0; i < n * network->n_outputs; i++)
            CHECK_CLOSE((double)got[i], (double)wanted[i], 1e-5);
    }
    wn_feed_clear(&sparse);
    wn_feed_clear(&dense);
}

static void test_outputs(void)
{
    pair p = {0};
    if (CHECK_OK(fill_pair(&p)))
        for (size_t c = 0; c < N_CASES; c++) {
            wn_network *network = made_network(c);
            if (network != NULL)
                check_outputs(&p, network);
            wn_network_free(network);
        }
    clear_pair(&p);
}

/* Rows in an order of their own, as training takes them; the last ones of the share are padding. */
static size_t picked(size_t i)
{
    return (5 * i + 2) % ROWS;
}

static void add_rows(wn_sparse_batch *batch, const pair *p, float *x)
{
    wn_sparse_batch_begin(batch);
    memset(x, 0, SHARE * INPUTS * sizeof *x);
    for (size_t i = 0; i < VALID; i++) {
        wn_sparse_batch_add(batch, &p->sparse, picked(i));
        memcpy(x + i * INPUTS, p->dense.features + picked(i) * INPUTS, INPUTS * sizeof *x);
    }
    for (size_t i = VALID; i < SHARE; i++)
        wn_sparse_batch_add_zeros(batch);
    wn_sparse_batch_end(batch);
}

static void check_gradient(const pair *p, const wn_network *network, size_t n_valid)
{
    static float x[SHARE * INPUTS], wanted[MOST_PARAMETERS], few[MOST_PARAMETERS], got[MOST_PARAMETERS];
    const float targets[SHARE] = {0, 1, 2, 3, 0, 1, 0, 0};
    const wn_layer *first = &network->layers[0];
    const wn_dropout_draw draw = {3, 4, 5};
    wn_workspace *workspace = NULL;
    wn_sparse_batch *batch = NULL;
    bool is_made = CHECK_OK(wn_workspace_new(&workspace, network, SHARE)) &&
                   CHECK_OK(wn_sparse_batch_new(&batch, &p->sparse, SHARE)) &&
                   CHECK_OK(wn_workspace_reserve_columns(workspace, network, wn_sparse_batch_most_columns(batch)));
    if (is_made) {
        add_rows(batch, p, x);
        double wanted_loss = wn_network_gradient(network, workspace, x, targets, SHARE, n_valid, draw, wanted);
        if (n_valid == 0)
            wn_sparse_batch_begin(batch);
        double loss = wn_network_gradient_sparse(network, workspace, batch, targets, n_valid, draw, few);
        CHECK_CLOSE(loss, wanted_loss, 1e-5);
        memcpy(got, few, network->n_parameters * sizeof *got);
        memset(got + first->weight, 0, first->n_in * first->n_out * sizeof *got);
        wn_column_set_spread(&batch->columns, 0, batch->columns.n, few + first->weight, first->n_out,
                             got + first->weight);
        for (size_t i = 0; i < network->n_parameters; i++)
            CHECK_CLOSE((double)got[i], (double)wanted[i], 1e-5);
        CU_ASSERT_TRUE(n_valid == 0 || (batch->columns.n > 0 && batch->columns.n < INPUTS / 2));
    }
    wn_sparse_batch_free(batch);
    wn_workspace_free(workspace);
}

static void test_gradients(void)
{
    pair p = {0};
    if (CHECK_OK(fill_pair(&p)))
        for (size_t c = 0; c < N_CASES; c++) {
            wn_network *network = made_network(c);
            for (size_t with_dropout = 0; network != NULL && with_dropout < 2; with_dropout++) {
                network->dropout = with_dropout ? 0.25f : 0.0f;
                check_gradient(&p, network, VALID);
                check_gradient(&p, network, 0);
            }
            wn_network_free(network);
        }
    clear_pair(&p);
}

static void test_failing_allocations(void)
{
    pair p = {0};
    wn_network *network = made_network(2);
    wn_status status = CHECK_OK(fill_pair(&p)) ? WN_NO_MEMORY : WN_OK;
    size_t used = wn_memory_used();
    int n_failed = 0;
    for (int64_t nth = 1; status != WN_OK && nth < 30; nth++) {
        wn_feed feed = {0};
        wn_memory_fail_at(nth);
        status = wn_feed_init(&feed, network, &p.sparse, SHARE);
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK || status == WN_NO_MEMORY);
        n_failed += status != WN_OK;
        wn_feed_clear(&feed);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
    }
    CU_ASSERT_TRUE(status == WN_OK && n_failed > 5);
    wn_network_free(network);
    clear_pair(&p);
}

static const wn_test tests[] = {{"outputs of sparse rows", test_outputs},
                                {"gradients of sparse rows", test_gradients},
                                {"failing allocations", test_failing_allocations}};

TEST_MAIN("model/feed", tests)
