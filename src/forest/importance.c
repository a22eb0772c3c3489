#include "tree.h"

#include "winnow/memory.h"

#include <string.h>

/* The decreases of one tree by feature, as shares of their sum; false where it has no split. shares (n_features) */
static bool tree_shares(const wn_forest *forest, size_t tree, double *shares)
{
    double sum = 0;
    memset(shares, 0, forest->n_features * sizeof *shares);
    for (size_t i = forest->first[tree]; i < forest->first[tree + 1]; i++)
        if (forest->nodes[i].feature != WN_NODE_LEAF)
            shares[forest->nodes[i].feature] += forest->decrease[i];
    for (size_t f = 0; f < forest->n_features; f++)
        sum += shares[f];
    for (size_t f = 0; sum > 0 && f < forest->n_features; f++)
        shares[f] /= sum;
    return sum > 0;
}

wn_status wn_forest_importance(const wn_forest *forest, double *importance)
{
    wn_status status = WN_OK;
    double *shares = NULL, sum = 0;
    TRY(wn_new(&shares, forest->n_features));
    memset(importance, 0, forest->n_features * sizeof *importance);
    for (size_t t = 0; t < forest->n_trees; t++) {
        if (!tree_shares(forest, t, shares))
            continue;
        for (size_t f = 0; f < forest->n_features; f++)
            importance[f] += shares[f];
    }
    for (size_t f = 0; f < forest->n_features; f++)
        sum += importance[f];
    for (size_t f = 0; sum > 0 && f < forest->n_features; f++)
        importance[f] /= sum;
done:
    wn_free(shares);
    return status;
}
