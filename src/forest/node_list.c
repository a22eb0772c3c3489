#include "node_list.h"

#include "winnow/memory.h"

#include <string.h>

enum { FIRST_CAPACITY = 64 };

void wn_node_list_clear(wn_node_list *list)
{
    wn_free(list->totals);
    wn_free(list->records);
    *list = (wn_node_list){.channels = list->channels};
}

/* Twice as much where nodes come one by one; whole lists get what they need. */
static size_t grown(size_t capacity, size_t needed, bool ahead)
{
    if (!ahead)
        return needed;
    return capacity < FIRST_CAPACITY ? FIRST_CAPACITY : 2 * capacity;
}

static wn_status reserve(wn_node_list *list, size_t n, size_t n_leaves, bool ahead)
{
    wn_status status = WN_OK;
    if (list->n + n > list->capacity) {
        size_t capacity = grown(list->capacity, list->n + n, ahead);
        TRY(wn_resize(&list->records, capacity));
        list->capacity = capacity;
    }
    if (list->n_leaves + n_leaves > list->leaf_capacity) {
        size_t capacity = grown(list->leaf_capacity, list->n_leaves + n_leaves, ahead);
        TRY(wn_resize(&list->totals, capacity * list->channels));
        list->leaf_capacity = capacity;
    }
done:
    return status;
}

wn_status wn_node_list_add(wn_node_list *list, const wn_node_record *record, const int64_t *totals)
{
    wn_status status = WN_OK;
    bool is_leaf = record->feature == WN_NODE_LEAF;
    TRY(reserve(list, 1, is_leaf, true));
    list->records[list->n++] = *record;
    if (is_leaf)
        memcpy(list->totals + list->n_leaves++ * list->channels, totals, list->channels * sizeof *totals);
done:
    return status;
}

wn_status wn_node_list_append(wn_node_list *list, const wn_node_list *other)
{
    wn_status status = WN_OK;
    TRY(reserve(list, other->n, other->n_leaves, false));
    if (other->n > 0)
        memcpy(list->records + list->n, other->records, other->n * sizeof *other->records);
    if (other->n_leaves > 0)
        memcpy(list->totals + list->n_leaves * list->channels, other->totals,
               other->n_leaves * list->channels * sizeof *other->totals);
    list->n += other->n;
    list->n_leaves += other->n_leaves;
done:
    return status;
}
