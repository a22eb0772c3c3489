/* wn_keyed_counts_top: entries are chosen without their texts, which are then looked up once more. */
#include "keyed_choice.h"
#include "winnow/memory.h"

#include <stdlib.h>
#include <string.h>

/* Texts of the chosen entries that lie on this rank: for each, its number, its length, its bytes. */
typedef struct {
    const wn_keyed_choice *chosen; /* in the order of keys */
    size_t next;                   /* of chosen, the first whose key did not come yet */
    unsigned char *bytes;          /* (room) owned, n used */
    size_t n, room;
} texts;

typedef struct {
    uint64_t number, n;
} text_head;

static wn_status keep_text(void *context, const wn_keyed_count *entry)
{
    wn_status status = WN_OK;
    texts *kept = context;
    const wn_keyed_choice *chosen = kept->chosen;
    while (kept->next < chosen->n && wn_keyed_by_key(&chosen->entries[kept->next], entry) < 0)
        kept->next++;
    if (kept->next == chosen->n || wn_keyed_by_key(&chosen->entries[kept->next], entry) != 0 || entry->text == NULL)
        return WN_OK;
    text_head head = {kept->next, entry->n_text};
    size_t need = kept->n + sizeof head + entry->n_text;
    if (need > kept->room) {
        size_t room = 2 * kept->room > need ? 2 * kept->room : need;
        TRY(wn_resize(&kept->bytes, room));
        kept->room = room;
    }
    memcpy(kept->bytes + kept->n, &head, sizeof head);
    if (entry->n_text > 0)
        memcpy(kept->bytes + kept->n + sizeof head, entry->text, entry->n_text);
    kept->n = need;
done:
    return status;
}

/* Collective. Gives the chosen entries, in the order of keys, their texts, which lie in *gathered. */
static wn_status gather_texts(const wn_ranks *ranks, const wn_keyed_counts *counts, wn_keyed_choice *chosen,
                              unsigned char **gathered)
{
    wn_status status = WN_OK;
    texts mine = {.chosen = chosen};
    size_t n = 0;
    void *all = NULL;
    TRY(wn_ranks_agree(ranks, chosen->n_texts > 0 ? wn_keyed_counts_each(counts, keep_text, &mine) : WN_OK));
    TRY(wn_ranks_gather_all(ranks, mine.bytes, mine.n, 1, &all, &n));
    *gathered = all;
    for (size_t at = 0; at < n;) {
        text_head head;
        memcpy(&head, *gathered + at, sizeof head);
        at += sizeof head;
        chosen->entries[head.number].text = (const char *)*gathered + at;
        chosen->entries[head.number].n_text = head.n;
        at += head.n;
    }
done:
    wn_free(mine.bytes);
    return status;
}

/* Collective. Of all keys over ranks, what those that were not chosen have. */
static wn_status sum_rest(const wn_ranks *ranks, const wn_keyed_choice *chosen, wn_keyed_top *top)
{
    int64_t sums[3] = {chosen->count, chosen->rows, chosen->n_keys};
    wn_status status = wn_ranks_sum(ranks, sums, 3);
    if (status != WN_OK)
        return status;
    for (size_t i = 0; i < chosen->n; i++) {
        sums[0] -= chosen->entries[i].count;
        sums[1] -= chosen->entries[i].rows;
    }
    top->rest_count = sums[0];
    top->rest_rows = sums[1];
    top->n_rest = sums[2] - (int64_t)chosen->n;
    return WN_OK;
}

wn_status wn_keyed_counts_top(const wn_ranks *ranks, const wn_keyed_counts *counts, size_t limit, int64_t minimum_rows,
                              wn_keyed_top *top)
{
    wn_status status = WN_OK;
    wn_keyed_choice chosen = {.limit = limit, .minimum_rows = minimum_rows};
    wn_keyed_top found = {0};
    TRY(wn_ranks_agree(ranks, wn_keyed_counts_each(counts, wn_keyed_choose, &chosen)));
    TRY(wn_keyed_choose_over_ranks(ranks, &chosen));
    qsort(chosen.entries, chosen.n, sizeof *chosen.entries, wn_keyed_by_key);
    TRY(gather_texts(ranks, counts, &chosen, &found.texts));
    TRY(sum_rest(ranks, &chosen, &found));
    qsort(chosen.entries, chosen.n, sizeof *chosen.entries, wn_keyed_by_count);
    found.entries = chosen.entries;
    found.n = chosen.n;
    *top = found;
    chosen.entries = NULL;
    found = (wn_keyed_top){0};
done:
    wn_keyed_top_clear(&found);
    wn_free(chosen.entries);
    return status;
}

void wn_keyed_top_clear(wn_keyed_top *top)
{
    wn_free(top->texts);
    wn_free(top->entries);
    *top = (wn_keyed_top){0};
}
