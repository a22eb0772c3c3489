/* Tables that became too large, as sorted runs of a file. */
#include "keyed_merge.h"
#include "winnow/memory.h"

#include <string.h>

static wn_status append(wn_spill *spill, const wn_keyed_count *entry)
{
    wn_keyed_record record = wn_keyed_record_of(entry);
    wn_status status = wn_spill_append(spill, &record, sizeof record);
    if (status == WN_OK && entry->text != NULL)
        status = wn_spill_append(spill, entry->text, entry->n_text);
    return status;
}

/* All runs become the one run of a new file. */
static wn_status merge_runs(wn_keyed_counts *counts)
{
    wn_status status = WN_OK;
    wn_keyed_merge *merge = NULL;
    wn_spill *merged = NULL;
    wn_keyed_count entry;
    bool has = false;
    TRY(wn_spill_open(&merged, counts->directory, wn_keyed_shares_of(counts).write_buffer));
    TRY(wn_keyed_merge_new(&merge, counts, false));
    TRY(wn_keyed_merge_next(merge, &entry, &has));
    while (has) {
        TRY(append(merged, &entry));
        TRY(wn_keyed_merge_next(merge, &entry, &has));
    }
    TRY(wn_spill_flush(merged));
    wn_spill_close(counts->spill);
    counts->spill = merged;
    counts->runs[0] = (wn_keyed_run){0, wn_spill_size(merged)};
    counts->n_runs = 1;
    merged = NULL;
done:
    wn_keyed_merge_free(merge);
    wn_spill_close(merged);
    return status;
}

static wn_status append_table(wn_keyed_counts *counts)
{
    wn_status status = WN_OK;
    uint64_t *order = NULL;
    TRY(wn_keyed_table_sort(counts, &order));
    for (size_t i = 0; i < counts->n; i++) {
        wn_keyed_count entry = wn_keyed_table_entry(counts, &counts->slots[order[3 * i + 2]]);
        TRY(append(counts->spill, &entry));
    }
    TRY(wn_spill_flush(counts->spill));
done:
    wn_free(order);
    return status;
}

/* Empty, as large as it was; but texts longer than the budget allows are no reason to keep room for more. */
static void empty_table(wn_keyed_counts *counts)
{
    memset(counts->slots, 0, counts->capacity * sizeof *counts->slots);
    counts->n = counts->n_texts = 0;
    if (counts->texts_room > wn_keyed_shares_of(counts).table / 2) {
        wn_free(counts->texts);
        counts->texts = NULL;
        counts->texts_room = 0;
    }
}

wn_status wn_keyed_table_spill(wn_keyed_counts *counts)
{
    wn_status status = WN_OK;
    wn_keyed_shares shares = wn_keyed_shares_of(counts);
    if (counts->n == 0)
        return WN_OK;
    if (counts->runs == NULL)
        TRY(wn_new(&counts->runs, shares.most_runs));
    if (counts->n_runs == shares.most_runs)
        TRY(merge_runs(counts));
    if (counts->spill == NULL)
        TRY(wn_spill_open(&counts->spill, counts->directory, shares.write_buffer));
    int64_t begin = wn_spill_size(counts->spill);
    TRY(append_table(counts));
    counts->runs[counts->n_runs++] = (wn_keyed_run){begin, wn_spill_size(counts->spill)};
    empty_table(counts);
done:
    return status;
}
