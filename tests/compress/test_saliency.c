/* Saliency against its definition by single gradients, and one threshold over all layers. */
#include "testing.h"

#include "rows_of_numbers.h"
#include "saliency.h"

#include "winnow/prune.h"

static wn_status sparsen(const wn_dataset *dataset, wn_sparse_rows *rows)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < dataset->n_rows; i++) {
        TRY(wn_sparse_rows_reserve(rows, dataset->n_features));
        for (size_t j = 0; j < dataset->n_features; j++) {
            rows->column[rows->n_entries + j] = (uint32_t)j;
            rows->value[rows->n_entries + j] = (double)dataset->features[i * dataset->n_features + j];
        }
        wn_sparse_rows_end(rows, dataset->n_features);
    }
done:
    return status;
}

/* 200 rows are 200 runs of one row: |w| times the root of the sum of squared gradients of single rows. */
static void test_measure(void)
{
    task t;
    wn_sparse_rows rows = {0};
    wn_network *of_sparse = NULL;
    wn_compress_options options = task_options();
    wn_network *wide = NULL, *saliency = NULL;
    wn_workspace *workspace = NULL;
    static float gradient[1000];
    static double squares[1000];
    if (CHECK_OK(task_open(&t, test_ranks)) && CHECK_OK(wn_network_with_projection(&wide, t.network, t.recipe)) &&
        CHECK_OK(wn_workspace_new(&workspace, wide, 1))) {
        wn_scorer scorer = {&options, &t.labels, t.sample, NULL, NULL};
        CU_ASSERT_EQUAL(t.sample->n_rows, 200);
        CHECK_OK(wn_saliency_measure(&scorer, wide, &saliency));
        for (size_t i = 0; i < t.sample->n_rows; i++) {
            wn_network_gradient(wide, workspace, t.sample->features + i * TASK_COLUMNS, t.sample->targets + i, 1, 1,
                                (wn_dropout_draw){0}, gradient);
            for (size_t k = 0; k < wide->n_parameters; k++)
                squares[k] += (double)gradient[k] * (double)gradient[k];
        }
        for (size_t k = 0; saliency != NULL && k < wide->n_parameters; k++)
            CHECK_CLOSE((double)saliency->parameters[k], fabs((double)wide->parameters[k]) * sqrt(squares[k]), 1e-6);
        wn_dataset sparse = *t.sample; /* the same rows, kept sparse */
        scorer.sample = &sparse;
        sparse.sparse = &rows;
        if (CHECK_OK(sparsen(t.sample, &rows)) && CHECK_OK(wn_saliency_measure(&scorer, wide, &of_sparse)))
            for (size_t k = 0; k < wide->n_parameters; k++)
                CHECK_CLOSE((double)of_sparse->parameters[k], fabs((double)wide->parameters[k]) * sqrt(squares[k]),
                            1e-5);
    }
    wn_network_free(of_sparse);
    wn_sparse_rows_clear(&rows);
    wn_workspace_free(workspace);
    wn_network_free(saliency);
    wn_network_free(wide);
    task_clear(&t);
}

/* Without bounds every weight that is kept is worth at least as much as any that is not. */
static void test_deal(void)
{
    const size_t widths[] = {30, 20, 5};
    wn_network *saliency = NULL;
    static unsigned char previous[1000], mask[1000];
    if (!CHECK_OK(wn_network_new(&saliency, WN_TASK_CLASSIFICATION, widths, 2)))
        return;
    for (size_t i = 0; i < saliency->n_parameters; i++) {
        saliency->parameters[i] = (float)fabs(wn_random_normal((wn_random){4, WN_RANDOM_TEST, 0}, i));
        previous[i] = i % 10 != 3;
    }
    wn_layer_room rooms[2] = {{.n = 600}, {.n = 100}};
    size_t n_kept[2];
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < rooms[l].n; i++)
            rooms[l].n_most += previous[saliency->layers[l].weight + i];
    for (int k = 1; k < 20; k++) {
        wn_saliency_deal(saliency, previous, rooms, k / 20.0, n_kept);
        size_t wanted = (size_t)round((1 - k / 20.0) * 700), most = rooms[0].n_most + rooms[1].n_most;
        CU_ASSERT_EQUAL(n_kept[0] + n_kept[1], wanted < most ? wanted : most);
        float least_kept = HUGE_VALF, most_dropped = 0;
        for (size_t l = 0; l < 2; l++) {
            const wn_layer *layer = &saliency->layers[l];
            CHECK_OK(wn_prune_layer(saliency, l, 1 - (double)n_kept[l] / (double)rooms[l].n, previous, NULL, mask));
            for (size_t i = layer->weight; i < layer->weight + rooms[l].n; i++) {
                if (mask[i] != 0)
                    least_kept = fminf(least_kept, saliency->parameters[i]);
                else if (previous[i] != 0)
                    most_dropped = fmaxf(most_dropped, saliency->parameters[i]);
            }
        }
        CU_ASSERT_TRUE(least_kept >= most_dropped);
    }
    rooms[1].n_least = rooms[1].n_most;
    wn_saliency_deal(saliency, previous, rooms, 0.95, n_kept);
    CU_ASSERT_TRUE(n_kept[0] == 0 && n_kept[1] == rooms[1].n_most);
    wn_network_free(saliency);
}

static void test_no_memory(void)
{
    task t;
    wn_compress_options options = task_options();
    if (!CHECK_OK(task_open(&t, test_ranks)))
        return;
    wn_scorer scorer = {&options, &t.labels, t.sample, NULL, NULL};
    size_t used = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    wn_dataset components = *t.sample;
    components.n_features = TASK_COMPONENTS; /* any rows will do */
    scorer.sample = &components;
    for (int64_t nth = 1; status != WN_OK && nth < 100; nth++) {
        wn_network *saliency = NULL;
        wn_memory_fail_at(nth);
        status = wn_saliency_measure(&scorer, t.network, &saliency);
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK || status == WN_NO_MEMORY);
        wn_network_free(saliency);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    task_clear(&t);
}

static const wn_test tests[] = {{"measure", test_measure}, {"deal", test_deal}, {"no_memory", test_no_memory}};

TEST_MAIN("saliency", tests)
