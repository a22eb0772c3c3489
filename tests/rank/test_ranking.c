#include "rounding.h"
#include "sample.h"

#include "winnow/memory.h"
#include "winnow/ranking.h"

#include <math.h>
#include <string.h>

static sample table;
static size_t best[SAMPLE_COLS]; /* features in the order of the F values: by the first test */

static const double *score_of(const char *name)
{
    for (size_t i = 0; i < table.recipe->n_scores; i++)
        if (strcmp(table.recipe->scores[i].name, name) == 0)
            return table.recipe->scores[i].score;
    return NULL;
}

static void test_scores(void)
{
    double score[SAMPLE_COLS], forest[SAMPLE_COLS];
    for (size_t f = 0; f < SAMPLE_COLS; f++)
        forest[f] = (double)f / 10;
    wn_ranking_options options = {.use = {true, true, true, true, true}, .forest = forest, .keep_share = 1.0};
    if (!CHECK_OK(wn_ranking_run(&test_ranks, &options, table.statistics, table.recipe, NULL)))
        return;
    CU_ASSERT_EQUAL(table.recipe->n_scores, WN_RANK_METHODS + 1);
    for (int method = 0; method < WN_RANK_METHODS; method++)
        CU_ASSERT_PTR_NOT_NULL(score_of(wn_rank_method_name((wn_rank_method)method)));
    wn_rank_variance(table.statistics, table.recipe, score);
    CU_ASSERT_EQUAL(memcmp(score_of("variance"), score, sizeof score), 0);
    CHECK_OK(wn_rank_anova(table.statistics, table.recipe, score));
    CU_ASSERT_EQUAL(memcmp(score_of("anova"), score, sizeof score), 0);
    wn_rank_mutual_information(table.statistics, table.recipe, score);
    CU_ASSERT_EQUAL(memcmp(score_of("mutual_information"), score, sizeof score), 0);
    CHECK_OK(wn_rank_lasso(table.statistics, table.recipe, score));
    CU_ASSERT_EQUAL(memcmp(score_of("lasso"), score, sizeof score), 0);
    CU_ASSERT_EQUAL(score[SAMPLE_CONSTANT], 0);
    CU_ASSERT_EQUAL(memcmp(score_of("random_forest"), forest, sizeof forest), 0);
    const double *consensus = score_of("consensus");
    CU_ASSERT_EQUAL(table.recipe->n_selected, SAMPLE_COLS);
    for (size_t i = 0; i < SAMPLE_COLS; i++)
        CU_ASSERT_EQUAL(consensus[table.recipe->selected[i]], (double)(i + 1));
}

/* By F alone: separated first, the constant last, twins beside each other by number. */
static void test_order(void)
{
    wn_ranking_options options = {.use = {[WN_RANK_ANOVA] = true}, .keep_share = 1.0};
    if (!CHECK_OK(wn_ranking_run(&test_ranks, &options, table.statistics, table.recipe, NULL)))
        return;
    memcpy(best, table.recipe->selected, sizeof best);
    CU_ASSERT_EQUAL(sample_source(&table, best[0]), SAMPLE_SEPARATED);
    CU_ASSERT_EQUAL(sample_source(&table, best[1]), SAMPLE_TWIN);
    CU_ASSERT_EQUAL(sample_source(&table, best[2]), SAMPLE_SHIFTED);
    CU_ASSERT_EQUAL(sample_source(&table, best[SAMPLE_COLS - 1]), SAMPLE_CONSTANT);
}

static void check_selected(const wn_ranking_options *options, const size_t *wanted, size_t n)
{
    if (!CHECK_OK(wn_ranking_run(&test_ranks, options, table.statistics, table.recipe, NULL)))
        return;
    CU_ASSERT_EQUAL(table.recipe->n_selected, n);
    for (size_t i = 0; i < n && i < table.recipe->n_selected; i++)
        CU_ASSERT_EQUAL(table.recipe->selected[i], wanted[i]);
}

/* A count, or a share that rounds to nearest and leaves one at least. */
static void test_keep(void)
{
    static const struct {
        size_t count;
        double share;
        size_t wanted;
    } cases[] = {{1, 0, 1},    {3, 0.9, 3},  {8, 0, 8},    {100, 0, 8}, {0, 0.5, 4},
                 {0, 0.44, 4}, {0, 0.43, 3}, {0, 1e-9, 1}, {0, 1.0, 8}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wn_ranking_options options = {
            .use = {[WN_RANK_ANOVA] = true}, .keep_count = cases[i].count, .keep_share = cases[i].share};
        check_selected(&options, best, cases[i].wanted);
    }
}

static void test_always_and_never(void)
{
    const char *last = table.recipe->feature_names[best[7]], *before_last = table.recipe->feature_names[best[6]];
    const char *first = table.recipe->feature_names[best[0]];
    const char *two[] = {last, before_last}, *both[] = {first, last};
    wn_ranking_options options = {.use = {[WN_RANK_ANOVA] = true}, .keep_count = 3};
    options.always = two;
    options.n_always = 2;
    check_selected(&options, (size_t[]){best[0], best[6], best[7]}, 3);
    options.keep_count = 1;
    check_selected(&options, (size_t[]){best[6], best[7]}, 2);
    options.never = both; /* never beats always */
    options.n_never = 2;
    check_selected(&options, (size_t[]){best[6]}, 1);
    options.n_always = 0;
    options.keep_count = 2;
    check_selected(&options, best + 1, 2);
    options.keep_count = 8;
    check_selected(&options, best + 1, 6);
}

static void test_globs(void)
{
    const char *most = "c[1-7]", *all = "*";
    wn_ranking_options options = {.use = {[WN_RANK_ANOVA] = true}, .keep_share = 1, .never = &most, .n_never = 1};
    size_t zero = 0;
    while (strcmp(table.recipe->feature_names[zero], "c0") != 0)
        zero++;
    check_selected(&options, &zero, 1);
    options.never = &all;
    CU_ASSERT_EQUAL(wn_ranking_run(&test_ranks, &options, table.statistics, table.recipe, NULL), WN_BAD_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "never"));
    CU_ASSERT_EQUAL(table.recipe->n_selected, 1); /* as it was */
    options.never = NULL;
    options.n_never = 0;
    options.always = &most;
    options.n_always = 1;
    options.keep_share = 0.1;
    if (CHECK_OK(wn_ranking_run(&test_ranks, &options, table.statistics, table.recipe, NULL)))
        CU_ASSERT_EQUAL(table.recipe->n_selected, 7);
}

static void check_reason(size_t feature, const char *wanted)
{
    CU_ASSERT_STRING_EQUAL(table.recipe->reasons[feature], wanted);
}

static size_t feature_of(sample_column column)
{
    size_t f = 0;
    while (sample_source(&table, f) != column)
        f++;
    return f;
}

/* SHIFTED follows its TWIN, which stands before it: it goes behind all others. */
static void test_copies(void)
{
    size_t twin = feature_of(SAMPLE_TWIN), shifted = feature_of(SAMPLE_SHIFTED);
    size_t wanted[SAMPLE_COLS], n = 0;
    wn_ranking_options options = {.use = {[WN_RANK_ANOVA] = true}, .keep_share = 1, .correlated = 0.9999};
    wn_ranking_counts counts = {0};
    for (size_t i = 0; i < SAMPLE_COLS; i++)
        if (best[i] != shifted)
            wanted[n++] = best[i];
    wanted[n] = shifted;
    check_selected(&options, wanted, SAMPLE_COLS);
    check_reason(shifted, "copy of c7, correlation 1.0000; fills up keep");
    check_reason(twin, "place 2 of 7 kept");
    options.keep_count = 3;
    CHECK_OK(wn_ranking_run(&test_ranks, &options, table.statistics, table.recipe, &counts));
    CU_ASSERT_EQUAL(counts.n_copies, 1);
    CU_ASSERT_EQUAL(counts.n_copies_kept, 0);
    check_selected(&options, wanted, 3);
    check_reason(shifted, "copy of c7, correlation 1.0000");
    check_reason(best[SAMPLE_COLS - 1], "place 7, 3 kept");
}

/* One that stays anyway is the original, and one that goes anyway has no copies. */
static void test_named_copies(void)
{
    const char *name_of_shifted = "c0", *name_of_twin = "c7";
    size_t twin = feature_of(SAMPLE_TWIN), shifted = feature_of(SAMPLE_SHIFTED);
    wn_ranking_options options = {.use = {[WN_RANK_ANOVA] = true}, .keep_count = 2, .correlated = 0.9999};
    options.always = &name_of_shifted;
    options.n_always = 1;
    check_selected(&options, (size_t[]){best[0], shifted}, 2);
    check_reason(shifted, "always");
    check_reason(twin, "copy of c0, correlation 1.0000");
    options.n_always = 0;
    options.never = &name_of_twin;
    options.n_never = 1;
    check_selected(&options, (size_t[]){best[0], shifted}, 2);
    check_reason(twin, "never");
    check_reason(shifted, "place 2 of 2 kept");
}

/* The rows halved: what is chosen on both halves, on one, and on none. */
static void test_stability(void)
{
    sample half;
    wn_ranking_options options = {.use = {[WN_RANK_ANOVA] = true}, .keep_count = 4};
    wn_statistics all = *table.statistics;
    if (sample_fill(&half, 50, 3, 8) &&
        CHECK_OK(wn_ranking_run(&test_ranks, &options, half.statistics, half.recipe, NULL)) &&
        CHECK_OK(wn_ranking_run(&test_ranks, &options, &all, table.recipe, NULL))) {
        wn_statistics *without[] = {half.statistics, table.statistics, table.statistics};
        double wanted[SAMPLE_COLS] = {0};
        for (size_t i = 0; i < 4; i++) {
            wanted[half.recipe->selected[i]] += 1;
            wanted[table.recipe->selected[i]] += 2;
        }
        all.n_folds = 3;
        all.without = without;
        if (CHECK_OK(wn_ranking_run(&test_ranks, &options, &all, table.recipe, NULL)))
            for (size_t f = 0; f < SAMPLE_COLS; f++)
                CU_ASSERT_EQUAL(score_of("stability")[f], wanted[f] / 3);
    }
    sample_clear(&half);
}

/* Ranks whose processors round in other ways decide as rank 0 does. */
static void test_rounding(void)
{
    wn_ranking_options options = {.use = {[WN_RANK_LASSO] = true}, .keep_count = 3};
    wn_statistics folded = *table.statistics;
    wn_statistics *without[] = {table.statistics, table.statistics};
    double selected[SAMPLE_COLS];
    folded.n_folds = 2;
    folded.without = without;
    rounding_differs = true;
    CHECK_OK(wn_ranking_run(&test_ranks, &options, &folded, table.recipe, NULL));
    rounding_differs = false;
    CU_ASSERT_EQUAL(table.recipe->n_selected, 3);
    for (size_t i = 0; i < 3; i++)
        selected[i] = (double)table.recipe->selected[i];
    CU_ASSERT_TRUE(rounding_is_shared(selected, 3));
    CU_ASSERT_TRUE(rounding_is_shared(score_of("lasso"), SAMPLE_COLS));
    CU_ASSERT_TRUE(rounding_is_shared(score_of("consensus"), SAMPLE_COLS));
    CU_ASSERT_TRUE(rounding_is_shared(score_of("stability"), SAMPLE_COLS));
}

/* A run that fails leaves the recipe as it was. */
static void test_failure(void)
{
    sample other;
    const char *all = "c?";
    wn_ranking_options options = {.use = {true, true, true, true}, .keep_share = 1, .never = &all, .n_never = 1};
    if (sample_fill(&other, 50, 2, 4)) {
        CU_ASSERT_EQUAL(wn_ranking_run(&test_ranks, &options, other.statistics, other.recipe, NULL), WN_BAD_DATA);
        CU_ASSERT_EQUAL(other.recipe->n_scores, 0);
        CU_ASSERT_EQUAL(other.recipe->n_selected, SAMPLE_COLS);
    }
    sample_clear(&other);
}

/* Sums of squares beyond a double make no feature the best: what follows from them is refused, the rest is not. */
static void test_huge(void)
{
    sample other;
    if (!sample_fill(&other, 50, 2, 4))
        return;
    for (int method = 0; method < WN_RANK_RANDOM_FOREST; method++) {
        wn_ranking_options options = {.keep_share = 1};
        options.use[method] = true;
        bool is_refused = method != WN_RANK_MUTUAL_INFORMATION;
        double deviation = other.statistics->moments->deviation[1], square = other.statistics->gram->square[1];
        other.statistics->gram->square[1] = INFINITY;
        CU_ASSERT_EQUAL(wn_ranking_run(&test_ranks, &options, other.statistics, other.recipe, NULL) == WN_BAD_DATA,
                        is_refused);
        other.statistics->gram->square[1] = square;
        other.statistics->moments->deviation[1] = INFINITY;
        CU_ASSERT_EQUAL(wn_ranking_run(&test_ranks, &options, other.statistics, other.recipe, NULL) == WN_BAD_DATA,
                        is_refused);
        CU_ASSERT_TRUE(!is_refused || strstr(wn_status_message(), other.recipe->feature_names[1]) != NULL);
        other.statistics->moments->deviation[1] = deviation;
    }
    sample_clear(&other);
}

/* On each rank in its turn; the others leave with the same status. */
static void fail_allocations(const wn_ranking_options *options, int rank, size_t before)
{
    enum { MOST_ALLOCATIONS = 400 };
    wn_status status = WN_NO_MEMORY;
    int64_t nth = 1;
    for (; nth < MOST_ALLOCATIONS && status == WN_NO_MEMORY; nth++) {
        wn_memory_fail_at(test_ranks.rank == rank ? nth : 0);
        status = wn_ranking_run(&test_ranks, options, table.statistics, table.recipe, NULL);
        wn_memory_fail_at(0);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
        CU_ASSERT_EQUAL(table.recipe->n_selected, SAMPLE_COLS / 2);
    }
    CHECK_OK(status);
    CU_ASSERT_TRUE(nth > 5);
}

static void test_allocations(void)
{
    wn_ranking_options options = {.use = {true, true, true, true}, .keep_share = 0.5};
    size_t n_selected = table.recipe->n_selected;
    CHECK_OK(wn_ranking_run(&test_ranks, &options, table.statistics, table.recipe,
                            NULL)); /* what it adds to the recipe is there now */
    size_t before = wn_memory_used();
    CU_ASSERT_NOT_EQUAL(n_selected, table.recipe->n_selected);
    for (int rank = 0; rank < test_ranks.size; rank++)
        fail_allocations(&options, rank, before);
    sample_clear(&table);
}

static void test_table(void)
{
    CU_ASSERT_TRUE(sample_fill(&table, 600, 3, 8));
}

static const wn_test tests[] = {
    {"the table", test_table},
    {"scores in the recipe", test_scores},
    {"order by one method", test_order},
    {"copies", test_copies},
    {"copies that are named", test_named_copies},
    {"stability", test_stability},
    {"keep", test_keep},
    {"always and never", test_always_and_never},
    {"globs", test_globs},
    {"a failure", test_failure},
    {"squares beyond a double", test_huge},
    {"other processors", test_rounding},
    {"failing allocations", test_allocations},
};
TEST_MAIN("ranking", tests)
