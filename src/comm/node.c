#include "winnow/node.h"

#include <sched.h>
#include <unistd.h>

wn_status wn_node_ranks(const wn_ranks *ranks, int *n)
{
    wn_status status = WN_OK;
    MPI_Comm node;
    *n = 1;
    if (MPI_Comm_split_type(ranks->comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node) == MPI_SUCCESS) {
        MPI_Comm_size(node, n);
        MPI_Comm_free(&node);
    } else {
        status = wn_fail(WN_INTERNAL, "MPI cannot tell the ranks of a node");
    }
    return wn_ranks_agree(ranks, status);
}

int wn_node_processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

/* A rank that is bound has its processors for itself; others share all of the node's. */
size_t wn_node_threads_among(int ranks_on_node)
{
    int mine = wn_node_processors(), share = (int)(sysconf(_SC_NPROCESSORS_ONLN) / ranks_on_node);
    share = mine < share ? mine : share;
    return share > 1 ? (size_t)share : 0;
}

wn_status wn_node_threads(const wn_ranks *ranks, size_t *n)
{
    int on_node;
    wn_status status = wn_node_ranks(ranks, &on_node);
    if (status == WN_OK)
        *n = wn_node_threads_among(on_node);
    return status;
}
