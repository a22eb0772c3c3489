#include "winnow/label_words.h"

#include "winnow/agreement.h"
#include "winnow/labels.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include <string.h>

enum { MOST = WN_MAX_CLASSES + 1 }; /* which means too many */

bool wn_label_is_text(const wn_catalog *catalog)
{
    return catalog->has_label && catalog->label.is_text;
}

/* The place of a text among the words, or where it is to go. */
static size_t place_of(const wn_label_words *set, wn_text text, bool *is_there)
{
    size_t low = 0, high = set->n;
    *is_there = false;
    while (low < high && !*is_there) {
        size_t middle = low + (high - low) / 2;
        int order = wn_text_compare((wn_text){set->words[middle], strlen(set->words[middle])}, text);
        *is_there = order == 0;
        low = order < 0 ? middle + 1 : low;
        high = order > 0 ? middle : high;
        if (*is_there)
            low = middle;
    }
    return low;
}

/* Room for MOST words is there. */
static wn_status add(wn_label_words *set, wn_text text)
{
    wn_status status = WN_OK;
    bool is_there;
    size_t at = place_of(set, text, &is_there);
    char *word = NULL;
    if (text.n_bytes == 0 || is_there || set->n == MOST)
        return WN_OK;
    TRY(wn_string_format(&word, "%.*s", (int)text.n_bytes, text.data));
    memmove(set->words + at + 1, set->words + at, (set->n - at) * sizeof *set->words);
    set->words[at] = word;
    set->n++;
done:
    return status;
}

/* Local, but that it polls the agreement: it ends early on a stop request, or where another rank tells of a fault. */
static wn_status read_words(const wn_pass *pass, const wn_catalog *catalog, wn_label_words *set,
                            wn_agreement *agreement)
{
    wn_status status = WN_OK;
    wn_text *labels = NULL;
    wn_text_store store = {0};
    TRY(wn_new(&set->words, MOST));
    TRY(wn_new(&labels, wn_reader_block_capacity(pass->reader)));
    for (int64_t b = pass->blocks.first; b < pass->blocks.last && !wn_agreement_poll(agreement); b++) {
        size_t n = wn_catalog_block(catalog, b).n_rows;
        if (wn_stop_requested())
            TRY(wn_stop_fail("labels"));
        TRY(wn_reader_read_label_texts(pass->reader, b, &store, labels));
        for (size_t i = 0; i < n; i++)
            TRY(add(set, labels[i]));
        wn_text_store_clear(&store);
    }
done:
    wn_text_store_clear(&store);
    wn_free(labels);
    return status;
}

/* The words behind each other, each with its end. */
static wn_status join(const wn_label_words *set, char **joined, size_t *n_bytes)
{
    wn_status status = WN_OK;
    size_t n = 0;
    for (size_t i = 0; i < set->n; i++)
        n += strlen(set->words[i]) + 1;
    TRY(wn_new(joined, n));
    *n_bytes = n;
    for (size_t i = 0, at = 0; i < set->n; at += strlen(set->words[i++]) + 1)
        memcpy(*joined + at, set->words[i], strlen(set->words[i]) + 1);
done:
    return status;
}

/* Collective. The words of all ranks. */
static wn_status share(const wn_ranks *ranks, wn_label_words *set)
{
    wn_status status = WN_OK;
    char *mine = NULL;
    void *all = NULL;
    size_t n_mine = 0, n_all = 0;
    TRY(wn_ranks_agree(ranks, join(set, &mine, &n_mine)));
    TRY(wn_ranks_gather_all(ranks, mine, n_mine, 1, &all, &n_all));
    for (const char *word = all; word < (const char *)all + n_all && status == WN_OK; word += strlen(word) + 1)
        status = add(set, (wn_text){word, strlen(word)});
    TRY(wn_ranks_agree(ranks, status));
done:
    wn_free(mine);
    wn_free(all);
    return status;
}

wn_status wn_label_words_find(const wn_pass *pass, const wn_catalog *catalog, wn_label_words *words)
{
    wn_status status = WN_OK;
    wn_label_words set = {0};
    wn_agreement agreement;
    TRY(wn_agreement_begin(&agreement, pass->ranks));
    TRY(wn_agreement_finish(&agreement, read_words(pass, catalog, &set, &agreement)));
    TRY(share(pass->ranks, &set));
    if (set.n == MOST)
        TRY(wn_fail(WN_BAD_DATA, "label %s: more than %d distinct strings; a classification has at most %d classes",
                    catalog->label.name, WN_MAX_CLASSES, WN_MAX_CLASSES));
    *words = set;
    set = (wn_label_words){0};
done:
    wn_label_words_clear(&set);
    return status;
}

wn_status wn_label_words_copy(wn_label_words *words, char *const *from, size_t n)
{
    wn_status status = WN_OK;
    wn_label_words made = {0};
    TRY(wn_new(&made.words, n));
    for (; made.n < n; made.n++)
        TRY(wn_string_copy(&made.words[made.n], from[made.n]));
    *words = made;
    made = (wn_label_words){0};
done:
    wn_label_words_clear(&made);
    return status;
}

void wn_label_words_clear(wn_label_words *words)
{
    for (size_t i = 0; i < words->n; i++)
        wn_free(words->words[i]);
    wn_free(words->words);
    *words = (wn_label_words){0};
}

wn_status wn_label_words_set(const wn_label_words *words, wn_reader *reader)
{
    wn_status status = WN_OK;
    wn_text *texts = NULL;
    TRY(wn_new(&texts, words->n));
    for (size_t i = 0; i < words->n; i++)
        texts[i] = (wn_text){words->words[i], strlen(words->words[i])};
    TRY(wn_reader_set_label_words(reader, texts, words->n));
done:
    wn_free(texts);
    return status;
}
