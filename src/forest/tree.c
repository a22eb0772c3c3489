#include "tree.h"

#include "winnow/memory.h"
#include "winnow/radix_sort.h"

#include <string.h>

void wn_forest_free(wn_forest *forest)
{
    if (forest == NULL)
        return;
    wn_free(forest->said);
    wn_free(forest->weight);
    wn_free(forest->decrease);
    wn_free(forest->nodes);
    wn_free(forest->first);
    wn_free(forest);
}

size_t wn_forest_outputs(const wn_forest *forest)
{
    return forest->n_classes > 0 ? forest->n_classes : 1;
}

static wn_status reserve(wn_forest *forest, const wn_node_list *list)
{
    wn_status status = WN_OK;
    forest->n_nodes = list->n;
    forest->n_leaves = list->n_leaves;
    TRY(wn_new(&forest->first, forest->n_trees + 1));
    TRY(wn_new(&forest->nodes, list->n));
    TRY(wn_new(&forest->decrease, list->n));
    TRY(wn_new(&forest->weight, list->n));
    TRY(wn_new(&forest->said, list->n_leaves * wn_forest_outputs(forest)));
done:
    return status;
}

/* Where a record goes: by its name; for a leaf, whose totals they are. */
typedef struct {
    uint64_t name;
    uint64_t place; /* of the record in the list << 32 | of a leaf among leaves */
} sorted_node;

static wn_status sort_nodes(const wn_node_list *list, sorted_node **sorted)
{
    wn_status status = WN_OK;
    uint64_t n_leaves = 0;
    TRY(wn_new(sorted, list->n));
    for (size_t i = 0; i < list->n; i++) {
        (*sorted)[i] = (sorted_node){list->records[i].name, (uint64_t)i << 32 | n_leaves};
        n_leaves += list->records[i].feature == WN_NODE_LEAF;
    }
    wn_words_sort((uint64_t *)*sorted, list->n, 2);
done:
    return status;
}

static void set_said(wn_forest *forest, size_t leaf, const int64_t *totals, int64_t weight)
{
    double *said = forest->said + leaf * wn_forest_outputs(forest);
    for (size_t c = 0; c < wn_forest_outputs(forest); c++)
        said[c] = weight > 0 ? (double)totals[forest->n_classes > 0 ? c : 1] / (double)weight : 0;
}

/* totals (channels): of a leaf. Level by level the splits of a tree come in the order of the pairs of nodes below them.
 */
static void set_node(wn_forest *forest, size_t at, const wn_node_record *record, const int64_t *totals,
                     uint32_t *n_splits, uint32_t *n_leaves)
{
    bool is_leaf = record->feature == WN_NODE_LEAF;
    forest->decrease[at] = record->decrease;
    forest->weight[at] = record->weight;
    forest->nodes[at] = (wn_tree_node){record->feature, is_leaf ? *n_leaves : 1 + 2 * *n_splits, (uint32_t)record->bin};
    if (is_leaf)
        set_said(forest, (*n_leaves)++, totals, record->weight);
    else
        (*n_splits)++;
}

static wn_status link_nodes(wn_forest *forest, const wn_node_list *list, const sorted_node *sorted)
{
    uint32_t n_leaves = 0;
    size_t at = 0;
    for (size_t t = 0; t < forest->n_trees; t++) {
        uint32_t n_splits = 0;
        size_t first = at;
        forest->first[t] = first;
        for (; at < list->n && sorted[at].name >> 32 == t; at++) {
            const int64_t *totals = list->totals + (sorted[at].place & UINT32_MAX) * list->channels;
            set_node(forest, at, &list->records[sorted[at].place >> 32], totals, &n_splits, &n_leaves);
        }
        if (at - first != 1 + 2 * (size_t)n_splits)
            return wn_fail(WN_INTERNAL, "forest: tree %zu has %zu nodes and %u splits", t, at - first, n_splits);
    }
    forest->first[forest->n_trees] = at;
    return WN_OK;
}

wn_status wn_forest_new(wn_forest **forest, size_t n_trees, size_t n_features, size_t n_classes,
                        const wn_node_list *list)
{
    wn_status status = WN_OK;
    wn_forest *made = NULL;
    sorted_node *sorted = NULL;
    TRY(wn_new(&made, 1));
    made->n_trees = n_trees;
    made->n_features = n_features;
    made->n_classes = n_classes;
    TRY(reserve(made, list));
    TRY(sort_nodes(list, &sorted));
    TRY(link_nodes(made, list, sorted));
    *forest = made;
    made = NULL;
done:
    wn_free(sorted);
    wn_forest_free(made);
    return status;
}
