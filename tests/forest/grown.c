#include "grown.h"

#include "tree.h"

#include <string.h>

wn_status grown_hash(const wn_forest *forest, wn_hash *hash)
{
    wn_status status = WN_OK;
    wn_hasher *hasher = NULL;
    TRY(wn_hasher_new(&hasher, 0));
    wn_hasher_add(hasher, forest->first, (forest->n_trees + 1) * sizeof *forest->first);
    wn_hasher_add(hasher, forest->nodes, forest->n_nodes * sizeof *forest->nodes);
    wn_hasher_add(hasher, forest->decrease, forest->n_nodes * sizeof *forest->decrease);
    wn_hasher_add(hasher, forest->weight, forest->n_nodes * sizeof *forest->weight);
    wn_hasher_add(hasher, forest->said, forest->n_leaves * wn_forest_outputs(forest) * sizeof *forest->said);
    *hash = wn_hasher_finish(hasher);
done:
    wn_hasher_free(hasher);
    return status;
}

static void add_said(const wn_forest *forest, const uint8_t *codes, double *said)
{
    size_t n = wn_forest_outputs(forest);
    memset(said, 0, n * sizeof *said);
    for (size_t t = 0; t < forest->n_trees; t++) {
        const double *leaf = forest->said + wn_tree_leaf(forest, t, codes) * n;
        for (size_t c = 0; c < n; c++)
            said[c] += leaf[c];
    }
    for (size_t c = 0; c < n; c++)
        said[c] /= (double)forest->n_trees;
}

void grown_predict(const wn_forest *forest, const uint8_t *codes, size_t n_rows, double *said)
{
    for (size_t i = 0; i < n_rows; i++)
        add_said(forest, codes + i * forest->n_features, said + i * wn_forest_outputs(forest));
}
