/* Forests over ranks: the bits of one rank's, whatever their paths; and each of their nodes against sums over its rows.
 */
#include "winnow/forest.h"

#include "bag.h"
#include "grown.h"
#include "made_table.h"
#include "testing.h"
#include "tree.h"
#include "winnow/memory.h"

#include <math.h>
#include <string.h>

static const wn_forest_options SMALL = {.seed = 4, .n_trees = 5, .depth = 5};

/* Which part of a table ranks have. */
typedef enum { EVEN, LAST_ONLY, FIRST_TWO, N_PLACES } placing;

static wn_range part_of(size_t n_rows, placing place)
{
    int size = test_ranks.size, rank = test_ranks.rank;
    if (place == EVEN)
        return wn_range_part((int64_t)n_rows, size, rank);
    if (place == LAST_ONLY)
        return rank == size - 1 ? (wn_range){0, (int64_t)n_rows} : (wn_range){0, 0};
    return rank < 2 ? wn_range_part((int64_t)n_rows, size < 2 ? size : 2, rank) : (wn_range){0, 0};
}

static wn_status grow(const made_table *table, placing place, const wn_forest_options *options, wn_forest **forest)
{
    wn_range part = part_of(table->n_rows, place);
    wn_forest_rows rows = made_table_rows(table, (size_t)part.first, (size_t)part.last);
    return wn_forest_grow(&test_ranks, &rows, options, forest);
}

/* By one rank and one thread, of all rows. */
static wn_status grow_alone(const made_table *table, const wn_forest_options *options, wn_forest **forest)
{
    wn_ranks self = wn_ranks_of(MPI_COMM_SELF);
    wn_forest_rows rows = made_table_rows(table, 0, table->n_rows);
    return wn_forest_grow(&self, &rows, options, forest);
}

static void check_same(const made_table *table, placing place, const wn_forest_options *options, wn_hash wanted)
{
    wn_forest *forest = NULL;
    wn_hash hash = {0};
    if (CHECK_OK(grow(table, place, options, &forest)))
        CHECK_OK(grown_hash(forest, &hash));
    CU_ASSERT_EQUAL(wn_hash_compare(hash, wanted), 0);
    wn_forest_free(forest);
}

static void check_table(size_t n_rows, size_t n_features, size_t n_bins, size_t n_classes,
                        const wn_forest_options *options)
{
    made_table table;
    wn_forest *alone = NULL;
    wn_hash wanted = {0};
    bool is_made = CHECK_OK(made_table_init(&table, n_rows, n_features, n_bins, n_classes));
    is_made = is_made && CHECK_OK(grow_alone(&table, options, &alone)) && CHECK_OK(grown_hash(alone, &wanted));
    CHECK_OK(wn_ranks_agree(&test_ranks, is_made ? WN_OK : WN_INTERNAL));
    for (placing place = EVEN; is_made && place < N_PLACES; place++) {
        wn_forest_options other = *options;
        check_same(&table, place, &other, wanted);
        other.gather_rows = 1; /* all levels by all ranks */
        other.memory = 4;      /* a node a message, a tree at a time */
        check_same(&table, place, &other, wanted);
        other.gather_rows = n_rows / 4 + 2;
        other.memory = 0;
        other.n_threads = 3;
        check_same(&table, place, &other, wanted);
        other.gather_rows = n_rows + 1; /* whole trees on one rank */
        other.memory = 5000;
        check_same(&table, place, &other, wanted);
    }
    wn_forest_free(alone);
    made_table_clear(&table);
}

static void test_same_bits(void)
{
    wn_forest_options deep = {.seed = 1, .n_trees = 3, .depth = WN_FOREST_MOST_DEPTH, .n_tried = 2},
                      all = {.seed = 2, .n_trees = 20, .depth = 3, .n_tried = 99};
    check_table(700, 9, 32, 2, &SMALL);
    check_table(700, 9, 256, 4, &SMALL);
    check_table(700, 9, 32, 0, &SMALL);
    check_table(300, 11, 16, 3, &deep);
    check_table(300, 11, 16, 0, &deep);
    check_table(200, 4, 8, 2, &all);
    wn_ranks_piece_bytes(1000);
    check_table(300, 9, 32, 2, &SMALL);
    wn_ranks_piece_bytes(0);
}

/* Few rows or none, one class, one feature, constant features alone. */
static void test_corners(void)
{
    for (size_t n_rows = 0; n_rows < 5; n_rows++) {
        check_table(n_rows, 3, 8, 2, &SMALL);
        check_table(n_rows, 3, 8, 0, &SMALL);
    }
    check_table(100, 3, 8, 1, &SMALL);
    check_table(100, 1, 8, 2, &SMALL);
    check_table(100, 1, 1, 3, &SMALL);
    check_table(100, 1, 1, 0, &SMALL);
}

/* The rows of a tree that come to a node. */
typedef struct {
    const made_table *table;
    wn_bag_entry *entries;
    size_t n;
} reached;

static long double impurity(const reached *r, size_t feature, int bin, bool is_left, double *total)
{
    long double weight = 0, sum = 0, squares = 0, share = 0, of_class[16] = {0};
    for (size_t i = 0; i < r->n; i++) {
        int code = r->table->codes[r->entries[i].row * r->table->n_features + feature];
        if ((code <= bin) != is_left)
            continue;
        long double w = wn_bag_weight(r->entries[i]), label = r->table->labels[r->entries[i].row];
        weight += w;
        sum += w * label;
        squares += w * label * label;
        if (r->table->n_classes > 0)
            of_class[r->table->labels[r->entries[i].row]] += w;
    }
    *total = (double)weight;
    for (size_t c = 0; c < r->table->n_classes; c++)
        share += weight > 0 ? of_class[c] / weight * of_class[c] : 0;
    if (r->table->n_classes > 0)
        return weight - share;
    return weight > 0 ? squares - sum / weight * sum : 0;
}

/* The largest decrease that any split has, by trying all. */
static double best_decrease(const reached *r)
{
    long double best = 0;
    double left, right, all;
    for (size_t f = 0; f < r->table->n_features; f++)
        for (int bin = 0; bin + 1 < (int)r->table->n_bins; bin++) {
            long double below = impurity(r, f, bin, true, &left) + impurity(r, f, bin, false, &right);
            long double decrease = impurity(r, f, 256, true, &all) - below;
            best = left > 0 && right > 0 && decrease > best ? decrease : best;
        }
    return (double)best;
}

/* Every node below splits by the largest decrease, or is a leaf for a reason. */
static void check_node(const wn_forest *forest, size_t tree, size_t at, size_t depth, reached r, size_t most_depth)
{
    size_t node = forest->first[tree] + at, n_left = 0;
    const wn_tree_node *own = &forest->nodes[node];
    double weight, scale = r.table->n_classes > 0 ? 1 : 1e12, best = best_decrease(&r);
    long double whole = impurity(&r, 0, 256, true, &weight);
    CU_ASSERT_EQUAL((double)forest->weight[node], weight);
    if (own->feature == WN_NODE_LEAF) {
        CU_ASSERT(depth == most_depth || r.n < 2 || !(best > 1e-9 * scale));
        for (size_t c = 0; weight > 0 && c < r.table->n_classes; c++) {
            double of_class = 0;
            for (size_t i = 0; i < r.n; i++)
                of_class += r.table->labels[r.entries[i].row] == (int32_t)c ? wn_bag_weight(r.entries[i]) : 0;
            CHECK_CLOSE(forest->said[own->next * r.table->n_classes + c], of_class / weight, 1e-15);
        }
        return;
    }
    CU_ASSERT(depth < most_depth && whole > 0);
    CHECK_CLOSE(forest->decrease[node] / scale, best / scale, 1e-9);
    for (size_t i = 0; i < r.n; i++)
        if (r.table->codes[r.entries[i].row * r.table->n_features + (size_t)own->feature] <= own->bin) {
            wn_bag_entry kept = r.entries[n_left];
            r.entries[n_left++] = r.entries[i];
            r.entries[i] = kept;
        }
    check_node(forest, tree, own->next, depth + 1, (reached){r.table, r.entries, n_left}, most_depth);
    check_node(forest, tree, own->next + 1, depth + 1, (reached){r.table, r.entries + n_left, r.n - n_left},
               most_depth);
}

static void check_trees(size_t n_rows, size_t n_features, size_t n_bins, size_t n_classes, size_t depth)
{
    made_table table;
    wn_forest *forest = NULL;
    wn_bag_entry *entries = NULL;
    wn_forest_options options = {.seed = 8, .n_trees = 2, .depth = depth, .n_tried = n_features, .gather_rows = 40};
    bool is_made = CHECK_OK(made_table_init(&table, n_rows, n_features, n_bins, n_classes));
    CHECK_OK(wn_ranks_agree(&test_ranks, is_made ? WN_OK : WN_INTERNAL));
    if (is_made && CHECK_OK(grow(&table, EVEN, &options, &forest)) && CHECK_OK(wn_new(&entries, n_rows))) {
        wn_forest_rows rows = made_table_rows(&table, 0, n_rows);
        for (size_t t = 0; t < options.n_trees; t++)
            check_node(forest, t, 0, 0, (reached){&table, entries, wn_bag_fill(&rows, options.seed, t, entries)},
                       depth);
    }
    wn_free(entries);
    wn_forest_free(forest);
    made_table_clear(&table);
}

static void test_nodes(void)
{
    check_trees(200, 5, 12, 2, 6);
    check_trees(200, 5, 12, 4, 6);
    check_trees(200, 5, 12, 0, 6);
}

/* Decreases by feature, in shares; what tells most of the label comes first, and constants nothing. */
static void test_importance(void)
{
    made_table table;
    wn_forest *forest = NULL;
    double importance[9], sum = 0, naive[9] = {0};
    wn_forest_options options = {.seed = 3, .n_trees = 20, .depth = 6};
    bool is_made = CHECK_OK(made_table_init(&table, 1000, 9, 32, 3));
    CHECK_OK(wn_ranks_agree(&test_ranks, is_made ? WN_OK : WN_INTERNAL));
    if (is_made && CHECK_OK(grow(&table, EVEN, &options, &forest)) &&
        CHECK_OK(wn_forest_importance(forest, importance))) {
        for (size_t t = 0; t < options.n_trees; t++) {
            double whole = 0;
            for (size_t i = forest->first[t]; i < forest->first[t + 1]; i++)
                whole += forest->decrease[i];
            for (size_t i = forest->first[t]; i < forest->first[t + 1]; i++)
                if (forest->nodes[i].feature != WN_NODE_LEAF)
                    naive[forest->nodes[i].feature] += forest->decrease[i] / whole / (double)options.n_trees;
        }
        for (size_t f = 0; f < 9; f++) {
            sum += importance[f];
            CHECK_CLOSE(importance[f], naive[f], 1e-12);
        }
        CHECK_CLOSE(sum, 1.0, 1e-12);
        CU_ASSERT(importance[0] > importance[1] && importance[1] > importance[2] && importance[2] > importance[3]);
        CU_ASSERT(importance[7] == 0);
    }
    wn_forest_free(forest);
    made_table_clear(&table);
}

/* Rows go left where their code is <= bin, and all trees are heard. */
static void test_predict(void)
{
    made_table table;
    wn_forest *forest = NULL;
    double *said = NULL;
    size_t n_right = 0, wrong = 0;
    wn_forest_options options = {.seed = 3, .n_trees = 20, .depth = 8};
    bool is_made = CHECK_OK(made_table_init(&table, 1000, 6, 32, 3)) && CHECK_OK(wn_new(&said, 3000));
    CHECK_OK(wn_ranks_agree(&test_ranks, is_made ? WN_OK : WN_INTERNAL));
    if (is_made && CHECK_OK(grow(&table, FIRST_TWO, &options, &forest))) {
        grown_predict(forest, table.codes, table.n_rows, said);
        for (size_t i = 0; i < table.n_rows; i++) {
            const double *row = said + 3 * i;
            size_t best = row[1] > row[0] ? 1 : 0;
            best = row[2] > row[best] ? 2 : best;
            n_right += best == (size_t)table.labels[i];
            wrong += fabs(row[0] + row[1] + row[2] - 1) > 1e-12;
        }
        CU_ASSERT(n_right > 850);
        CU_ASSERT_EQUAL(wrong, 0);
    }
    wn_forest_free(forest);
    wn_free(said);
    made_table_clear(&table);
}

/* An allocation that fails on one rank, anywhere: the same status on all, and nothing leaks. */
static void test_no_memory(void)
{
    made_table table;
    wn_forest_options options = {.seed = 3, .n_trees = 2, .depth = 3, .gather_rows = 60, .n_threads = 2};
    bool is_made = CHECK_OK(made_table_init(&table, 150, 4, 8, 2));
    CHECK_OK(wn_ranks_agree(&test_ranks, is_made ? WN_OK : WN_INTERNAL));
    size_t used = wn_memory_used();
    for (int64_t nth = 1, failed = 1; failed > 0; nth++) {
        wn_forest *forest = NULL;
        wn_memory_fail_at(test_ranks.rank == test_ranks.size - 1 ? nth : 0);
        wn_status status = grow(&table, EVEN, &options, &forest);
        wn_memory_fail_at(0);
        failed = status != WN_OK;
        CU_ASSERT(status == WN_OK || status == WN_NO_MEMORY);
        CHECK_OK(wn_ranks_max(&test_ranks, &failed, 1));
        CU_ASSERT_EQUAL(failed, status != WN_OK);
        wn_forest_free(forest);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
    }
    made_table_clear(&table);
}

static const wn_test tests[] = {{"same bits", test_same_bits}, {"corners", test_corners},
                                {"nodes", test_nodes},         {"importance", test_importance},
                                {"predict", test_predict},     {"no memory", test_no_memory}};
TEST_MAIN("forest", tests)
