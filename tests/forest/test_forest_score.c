/* Out-of-bag score and permutation importance, against the same told tree by tree from the trees' leaves. */
#include "winnow/forest_score.h"

#include "bag.h"
#include "donors.h"
#include "made_table.h"
#include "testing.h"
#include "tree.h"
#include "winnow/memory.h"

#include <math.h>
#include <string.h>

enum { N_FEATURES = 9 };

typedef struct {
    made_table table;
    wn_forest_rows all, own;
    wn_forest_options options;
    wn_forest *forest;
} scored;

static bool init_scored(scored *s, size_t n_rows, size_t n_classes, size_t n_trees)
{
    *s = (scored){.options = {.seed = 6, .n_trees = n_trees, .depth = 5, .n_threads = 2}};
    bool is_made = CHECK_OK(made_table_init(&s->table, n_rows, N_FEATURES, 32, n_classes));
    CHECK_OK(wn_ranks_agree(&test_ranks, is_made ? WN_OK : WN_INTERNAL));
    wn_range part = wn_range_part((int64_t)n_rows, test_ranks.size, test_ranks.rank);
    s->all = made_table_rows(&s->table, 0, n_rows);
    s->own = made_table_rows(&s->table, (size_t)part.first, (size_t)part.last);
    return is_made && CHECK_OK(wn_forest_grow(&test_ranks, &s->own, &s->options, &s->forest));
}

static void clear_scored(scored *s)
{
    wn_forest_free(s->forest);
    made_table_clear(&s->table);
}

static bool is_out(const scored *s, size_t row, size_t tree)
{
    uint8_t weight;
    wn_bag_weights(s->options.seed, tree, s->all.rows + row, 1, &weight);
    return weight == 0 && s->all.is_used[row] != 0;
}

static size_t largest(const double *said, size_t n)
{
    size_t best = 0;
    for (size_t c = 1; c < n; c++)
        best = said[c] > said[best] ? c : best;
    return best;
}

static const double *tell(const scored *s, size_t tree, const uint8_t *codes)
{
    return s->forest->said + wn_tree_leaf(s->forest, tree, codes) * wn_forest_outputs(s->forest);
}

/* What the trees that are out say of a row, added; returns how many. */
static size_t hear(const scored *s, size_t row, double *said)
{
    size_t n = 0, outputs = wn_forest_outputs(s->forest);
    memset(said, 0, outputs * sizeof *said);
    for (size_t t = 0; t < s->options.n_trees; t++) {
        if (!is_out(s, row, t))
            continue;
        n++;
        for (size_t c = 0; c < outputs; c++)
            said[c] += tell(s, t, s->all.codes + row * N_FEATURES)[c];
    }
    return n;
}

static double naive_score(const scored *s, int64_t *n_rows)
{
    double said[8], right = 0, errors = 0, labels = 0, squares = 0;
    *n_rows = 0;
    for (size_t i = 0; i < s->all.n_rows; i++) {
        size_t n = hear(s, i, said);
        if (n == 0)
            continue;
        double label = (double)s->all.labels[i], error = label - said[0] / (double)n;
        (*n_rows)++;
        right += (double)largest(said, s->table.n_classes) == label;
        errors += error * error;
        labels += label;
        squares += label * label;
    }
    double n = (double)*n_rows;
    return s->table.n_classes > 0 ? right / n : 1 - errors / (squares - labels * labels / n);
}

static void naive_permutation(const scored *s, const wn_donors *donors, double *importance)
{
    double n_pairs = 0, labels = 0, squares = 0;
    memset(importance, 0, N_FEATURES * sizeof *importance);
    for (size_t i = 0; i < s->all.n_rows; i++)
        for (size_t t = 0; t < s->options.n_trees; t++) {
            if (!is_out(s, i, t))
                continue;
            const uint8_t *codes = s->all.codes + i * N_FEATURES;
            const uint8_t *donor = wn_donors_codes(donors, s->options.seed, t, s->all.rows[i]);
            double label = (double)s->all.labels[i], own = tell(s, t, codes)[0] - label;
            n_pairs++;
            labels += label;
            squares += label * label;
            for (size_t f = 0; f < N_FEATURES; f++) {
                uint8_t replaced[N_FEATURES];
                memcpy(replaced, codes, N_FEATURES);
                replaced[f] = donor[f];
                double other = tell(s, t, replaced)[0] - label;
                size_t n = s->table.n_classes;
                importance[f] += n == 0 ? other * other - own * own
                                        : (double)((double)largest(tell(s, t, codes), n) == label) -
                                              (double)((double)largest(tell(s, t, replaced), n) == label);
            }
        }
    for (size_t f = 0; f < N_FEATURES; f++)
        importance[f] /= s->table.n_classes > 0 ? n_pairs : squares - labels * labels / n_pairs;
}

static void check_score(size_t n_rows, size_t n_classes)
{
    scored s;
    wn_forest_score score = {0};
    wn_donors donors = {0};
    double importance[N_FEATURES], naive[N_FEATURES];
    int64_t n_naive;
    if (init_scored(&s, n_rows, n_classes, 7) &&
        CHECK_OK(wn_forest_out_of_bag(&test_ranks, s.forest, &s.own, &s.options, &score)) &&
        CHECK_OK(wn_forest_permutation(&test_ranks, s.forest, &s.own, &s.options, importance)) &&
        CHECK_OK(wn_donors_find(&test_ranks, &s.own, s.options.seed, &donors))) {
        CHECK_CLOSE(score.score, naive_score(&s, &n_naive), 1e-12);
        CU_ASSERT_EQUAL(score.n_rows, n_naive);
        naive_permutation(&s, &donors, naive);
        for (size_t f = 0; f < N_FEATURES; f++)
            CHECK_CLOSE(importance[f], naive[f], 1e-12);
        CU_ASSERT(importance[0] > importance[1] && importance[1] > 0.01 && importance[7] == 0);
    }
    wn_donors_clear(&donors);
    clear_scored(&s);
}

static void test_scores(void)
{
    check_score(1500, 2);
    check_score(1500, 4);
    check_score(1500, 0);
}

/* The bits of one rank. */
static void check_bits(size_t n_rows, size_t n_classes)
{
    scored s;
    wn_ranks self = wn_ranks_of(MPI_COMM_SELF);
    wn_forest_score score = {0}, alone = {0};
    double importance[N_FEATURES] = {0}, importance_alone[N_FEATURES] = {0};
    if (init_scored(&s, n_rows, n_classes, 4)) {
        CHECK_OK(wn_forest_out_of_bag(&test_ranks, s.forest, &s.own, &s.options, &score));
        CHECK_OK(wn_forest_permutation(&test_ranks, s.forest, &s.own, &s.options, importance));
        s.options.n_threads = 0;
        CHECK_OK(wn_forest_out_of_bag(&self, s.forest, &s.all, &s.options, &alone));
        CHECK_OK(wn_forest_permutation(&self, s.forest, &s.all, &s.options, importance_alone));
        CU_ASSERT_EQUAL(score.n_rows, alone.n_rows);
        CU_ASSERT(score.score == alone.score || (isnan(score.score) && isnan(alone.score)));
        CU_ASSERT_EQUAL(memcmp(importance, importance_alone, sizeof importance), 0);
    }
    clear_scored(&s);
}

static void test_bits(void)
{
    for (size_t n_classes = 0; n_classes < 4; n_classes++) {
        check_bits(6000, n_classes); /* more than are donors */
        check_bits(2, n_classes);
        check_bits(0, n_classes);
    }
}

/* About as many donors as are wanted, all different, and drawn evenly. */
static void test_donors(void)
{
    made_table table;
    wn_donors donors = {0};
    bool is_made = CHECK_OK(made_table_init(&table, 30000, 2, 16, 2));
    CHECK_OK(wn_ranks_agree(&test_ranks, is_made ? WN_OK : WN_INTERNAL));
    wn_range part = wn_range_part(30000, test_ranks.size, test_ranks.rank);
    wn_forest_rows rows = made_table_rows(&table, (size_t)part.first, (size_t)part.last);
    if (CHECK_OK(wn_donors_find(&test_ranks, &rows, 1, &donors))) {
        size_t wrong = 0;
        double mean = 0;
        CU_ASSERT(donors.n > 3800 && donors.n < 4400);
        for (size_t i = 1; i < donors.n; i++)
            wrong += donors.order[2 * i] <= donors.order[2 * i - 2];
        CU_ASSERT_EQUAL(wrong, 0);
        for (int64_t row = 0; row < 20000; row++)
            mean += wn_donors_codes(&donors, 1, 0, row)[0] / 20000.0;
        CU_ASSERT(fabs(mean - 7.5) < 0.4);
    }
    wn_donors_clear(&donors);
    made_table_clear(&table);
}

/* An allocation that fails on one rank, anywhere. */
static void test_no_memory(void)
{
    scored s;
    bool is_ready = init_scored(&s, 100, 2, 2);
    size_t used = wn_memory_used();
    for (int64_t nth = 1, failed = 1; is_ready && failed > 0; nth++) {
        wn_forest_score score;
        double importance[N_FEATURES];
        wn_memory_fail_at(test_ranks.rank == test_ranks.size - 1 ? nth : 0);
        wn_status status = wn_forest_out_of_bag(&test_ranks, s.forest, &s.own, &s.options, &score);
        if (status == WN_OK)
            status = wn_forest_permutation(&test_ranks, s.forest, &s.own, &s.options, importance);
        wn_memory_fail_at(0);
        failed = status != WN_OK;
        CU_ASSERT(status == WN_OK || status == WN_NO_MEMORY);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
    }
    clear_scored(&s);
}

static const wn_test tests[] = {
    {"scores", test_scores}, {"bits", test_bits}, {"donors", test_donors}, {"no memory", test_no_memory}};
TEST_MAIN("forest_score", tests)
