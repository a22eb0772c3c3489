/* How sparsity is dealt out over layers: exact totals within the rooms, more to layers that bear it; and what a scan
 * finds on a network of which one layer bears everything. */
#include "testing.h"

#include "rows_of_numbers.h"
#include "sensitivity.h"

#include "winnow/prune.h"

static size_t clamp(size_t wanted, const wn_layer_room *rooms, size_t n)
{
    size_t least = 0, most = 0;
    for (size_t l = 0; l < n; l++) {
        least += rooms[l].n_least;
        most += rooms[l].n_most;
    }
    return wanted < least ? least : wanted > most ? most : wanted;
}

static void check_deal(const wn_sensitivity *sensitivity, const wn_layer_room *rooms, double sparsity, size_t *n_kept)
{
    size_t n = 0, total = 0;
    wn_sensitivity_deal(sensitivity, rooms, 3, sparsity, n_kept);
    for (size_t l = 0; l < 3; l++) {
        CU_ASSERT_TRUE(n_kept[l] >= rooms[l].n_least && n_kept[l] <= rooms[l].n_most);
        n += rooms[l].n;
        total += n_kept[l];
    }
    CU_ASSERT_EQUAL(total, clamp((size_t)round((1 - sparsity) * (double)n), rooms, 3));
}

static void test_deal(void)
{
    double rise[3][WN_SPARSITIES] = {{0, 0, 0, 0, 0, 0, 0, 0.01},
                                     {0.1, 0.2, 0.3, 0.5, 0.8, 1, 2, 3},
                                     {0, 0.01, 0.02, 0.05, 0.1, 0.5, HUGE_VAL, HUGE_VAL}};
    wn_sensitivity sensitivity = {.is_known = true, .n_layers = 3, .rise = rise};
    const wn_layer_room free_rooms[] = {{1000, 1, 1000}, {500, 1, 500}, {30, 1, 30}};
    const wn_layer_room tight[] = {{1000, 400, 700}, {500, 1, 100}, {30, 30, 30}};
    size_t n_kept[3], before[3] = {1000, 500, 30};
    for (int k = 0; k <= 50; k++) {
        check_deal(&sensitivity, free_rooms, k / 50.0, n_kept);
        CU_ASSERT_TRUE(n_kept[0] <= before[0] + 1 && n_kept[1] <= before[1] + 1); /* no layer gets weights back */
        memcpy(before, n_kept, sizeof before);
        check_deal(NULL, free_rooms, k / 50.0, n_kept);
        check_deal(&sensitivity, tight, k / 50.0, n_kept);
        check_deal(NULL, tight, k / 50.0, n_kept);
    }
    check_deal(&sensitivity, free_rooms, 0.5, n_kept);
    CU_ASSERT_TRUE((double)n_kept[0] / 1000 < (double)n_kept[1] / 500);
    check_deal(NULL, free_rooms, 0.5, n_kept);
    CU_ASSERT_TRUE(n_kept[0] == 500 && n_kept[1] == 250 && n_kept[2] == 15);
}

/* The second hidden unit's weights do nothing, so that half of the layer goes for free. */
static void test_scan(void)
{
    task t;
    wn_compress_options options = task_options();
    wn_sensitivity sensitivity = {0};
    wn_score full, none;
    unsigned char protect[2000] = {0}, mask[2000] = {0};
    wn_network *wide = NULL;
    options.int8 = false;
    if (CHECK_OK(task_open(&t, test_ranks)) && CHECK_OK(wn_network_with_projection(&wide, t.network, t.recipe))) {
        wn_scorer scorer = {&options, &t.labels, t.sample, protect, NULL};
        wn_layer *last = &wide->layers[2];
        for (size_t o = 0; o < last->n_out; o++)
            for (size_t i = 0; i < last->n_in; i++)
                wide->parameters[last->weight + o * last->n_in + i] = i % 2 ? (float)(o + i) : 1e-4f;
        CHECK_OK(wn_sensitivity_scan(&sensitivity, &scorer, wide));
        for (size_t l = 0; l < 3; l++)
            for (int i = 1; i < WN_SPARSITIES; i++)
                CU_ASSERT_TRUE(sensitivity.rise[l][i] >= sensitivity.rise[l][i - 1] && sensitivity.rise[l][0] >= 0);
        CU_ASSERT_TRUE(sensitivity.rise[2][1] < 1e-2); /* sparsity 0.5 */
        CHECK_OK(wn_scorer_score(&scorer, wide, NULL, &full));
        memset(mask, 1, sizeof mask);
        CHECK_OK(wn_scorer_score(&scorer, wide, mask, &none));
        CU_ASSERT_TRUE(full.loss == none.loss && full.metric == none.metric);
    }
    wn_sensitivity_clear(&sensitivity);
    wn_network_free(wide);
    task_clear(&t);
}

static const wn_test tests[] = {{"deal", test_deal}, {"scan", test_scan}};

TEST_MAIN("sensitivity", tests)
