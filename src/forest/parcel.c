/* Small nodes: their rows go to one rank each, which grows what is below without asking the others. */
#include "frontier.h"

#include "winnow/memory.h"

#include <string.h>

/* What a row is sent as; its codes follow. */
typedef struct {
    uint32_t node; /* among those sent together */
    int32_t packed;
} parcel_row;

/* Nodes that are sent together, and what of them this rank grows. */
typedef struct {
    wn_forest_site *site;
    const wn_frontier *nodes;
    size_t first, n; /* of `nodes` */
    size_t row_bytes;
    size_t *begin;           /* (n + 1) where each node's rows are among those that this rank sends, owned */
    unsigned char *sent;     /* owned */
    unsigned char *received; /* owned */
    size_t n_received;
    size_t own_first, n_own; /* among the n: this rank's */
    wn_bag_entry *entries;   /* (n_received) owned */
    size_t *own_begin;       /* (n_own + 1) owned */
} parcel;

static void clear_parcel(parcel *p)
{
    wn_free(p->own_begin);
    wn_free(p->entries);
    wn_free(p->received);
    wn_free(p->sent);
    wn_free(p->begin);
}

size_t wn_parcel_row_bytes(const wn_forest_site *site)
{
    return (sizeof(parcel_row) + site->shape.n_features + 3) / 4 * 4;
}

/* As many nodes as leave each rank about the bytes that it may take; one at least. */
static size_t n_together(const wn_forest_site *site, const wn_frontier *nodes, size_t first)
{
    int64_t most = (int64_t)(site->memory / wn_parcel_row_bytes(site)) * site->ranks->size, rows = 0;
    size_t n = 0;
    for (; first + n < nodes->n; n++) {
        rows += nodes->nodes[first + n].n_all;
        if (n > 0 && rows > most)
            break;
    }
    return n;
}

/* Ranks take runs of nodes with about as many rows each. owner (n) ascends. */
static void find_owners(const parcel *p, int *owner)
{
    int64_t all = 0, before = 0;
    for (size_t i = 0; i < p->n; i++)
        all += p->nodes->nodes[p->first + i].n_all;
    for (size_t i = 0; i < p->n; i++) {
        int64_t n = p->nodes->nodes[p->first + i].n_all;
        double middle = ((double)before + 0.5 * (double)n) / (double)(all > 0 ? all : 1);
        int rank = (int)(middle * p->site->ranks->size);
        owner[i] = rank < p->site->ranks->size ? rank : p->site->ranks->size - 1;
        before += n;
    }
}

static wn_status fill_node(void *context, size_t item, size_t worker)
{
    const parcel *p = context;
    const wn_forest_rows *rows = p->site->rows;
    const wn_open_node *node = &p->nodes->nodes[p->first + item].open;
    unsigned char *at = p->sent + p->begin[item] * p->row_bytes;
    (void)worker;
    for (size_t i = 0; i < node->n; i++, at += p->row_bytes) {
        parcel_row row = {(uint32_t)item, node->entries[i].packed};
        memcpy(at, &row, sizeof row);
        memcpy(at + sizeof row, rows->codes + (size_t)node->entries[i].row * rows->n_features, rows->n_features);
    }
    return WN_OK;
}

/* Lays out what goes to whom: n_to (size). */
static wn_status fill_parcel(parcel *p, const int *owner, size_t *n_to)
{
    wn_status status = WN_OK;
    TRY(wn_new(&p->begin, p->n + 1));
    p->own_first = p->n;
    for (size_t i = 0; i < p->n; i++) {
        size_t n = p->nodes->nodes[p->first + i].open.n;
        p->begin[i + 1] = p->begin[i] + n;
        n_to[owner[i]] += n;
        if (owner[i] == p->site->ranks->rank && p->n_own++ == 0)
            p->own_first = i;
    }
    TRY(wn_memory_new((void **)&p->sent, p->begin[p->n], p->row_bytes, __func__));
    TRY(wn_crew_run(p->site->workers, p->n, fill_node, p));
done:
    return status;
}

/* The entries of this rank's nodes, node by node, from rows in the order of who sent them. */
static wn_status sort_rows(parcel *p)
{
    wn_status status = WN_OK;
    size_t *at = NULL;
    TRY(wn_new(&p->entries, p->n_received));
    TRY(wn_new(&p->own_begin, p->n_own + 1));
    TRY(wn_new(&at, p->n_own + 1));
    for (size_t i = 0; i < p->n_own; i++) {
        at[i] = p->own_begin[i];
        p->own_begin[i + 1] = p->own_begin[i] + (size_t)p->nodes->nodes[p->first + p->own_first + i].n_all;
    }
    for (size_t i = 0; i < p->n_received; i++) {
        parcel_row row;
        memcpy(&row, p->received + i * p->row_bytes, sizeof row);
        p->entries[at[row.node - p->own_first]++] = (wn_bag_entry){(uint32_t)i, row.packed};
    }
done:
    wn_free(at);
    return status;
}

static wn_status grow_received(void *context, size_t item, size_t worker)
{
    const parcel *p = context;
    wn_wide_node node = wn_frontier_node(p->nodes, p->first + p->own_first + item);
    node.open.entries = p->entries + p->own_begin[item];
    node.open.n = (size_t)node.n_all;
    return wn_grower_run(&p->site->growers[worker], &node.open,
                         (wn_coded_rows){p->received + sizeof(parcel_row), p->row_bytes});
}

/* Sends nodes first .. first + n - 1 and grows what comes. */
static wn_status run_parcel(parcel *p)
{
    wn_status status = WN_OK;
    const wn_ranks *ranks = p->site->ranks;
    int *owner = NULL;
    size_t *n_to = NULL, *n_from = NULL;
    status = wn_new(&owner, p->n);
    if (status == WN_OK)
        status = wn_new(&n_to, (size_t)ranks->size);
    if (status == WN_OK)
        status = wn_new(&n_from, (size_t)ranks->size);
    if (status == WN_OK) {
        find_owners(p, owner);
        status = fill_parcel(p, owner, n_to);
    }
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_exchange(ranks, p->sent, n_to, p->row_bytes, (void **)&p->received, n_from));
    wn_free(p->sent);
    p->sent = NULL;
    for (int r = 0; r < ranks->size; r++)
        p->n_received += n_from[r];
    status = sort_rows(p);
    if (status == WN_OK)
        status = wn_crew_run(p->site->workers, p->n_own, grow_received, p);
    TRY(wn_ranks_agree(ranks, status));
done:
    wn_free(n_from);
    wn_free(n_to);
    wn_free(owner);
    return status;
}

static wn_status grow_here(void *context, size_t item, size_t worker)
{
    const parcel *p = context;
    const wn_forest_rows *rows = p->site->rows;
    wn_wide_node node = wn_frontier_node(p->nodes, item);
    return wn_grower_run(&p->site->growers[worker], &node.open, (wn_coded_rows){rows->codes, rows->n_features});
}

wn_status wn_parcel_grow(wn_forest_site *site, const wn_frontier *nodes)
{
    wn_status status = WN_OK;
    parcel p = {.site = site, .nodes = nodes, .row_bytes = wn_parcel_row_bytes(site)};
    if (site->ranks->size == 1)
        return wn_crew_run(site->workers, nodes->n, grow_here, &p);
    for (size_t first = 0; first < nodes->n; first += p.n) {
        clear_parcel(&p);
        p = (parcel){.site = site, .nodes = nodes, .first = first, .row_bytes = wn_parcel_row_bytes(site)};
        p.n = n_together(site, nodes, first);
        TRY(run_parcel(&p));
    }
done:
    clear_parcel(&p);
    return status;
}
