/* label_words.h - the distinct strings of a label of strings, which its classes are called by. The reader then gives
 * their numbers as labels (wn_reader_set_label_words); which of them are classes labels.h tells. */
#ifndef WINNOW_LABEL_WORDS_H
#define WINNOW_LABEL_WORDS_H

#include "winnow/pass.h"

typedef struct {
    size_t n;
    char **words; /* (n) ascending by their bytes, owned */
} wn_label_words;

/* Local. Whether the catalog has a label of strings. */
bool wn_label_is_text(const wn_catalog *catalog);

/* Collective. The strings of all ranks' blocks (those of the pass), empty ones apart: they are missing. Fails:
 * WN_BAD_DATA where there are more than WN_MAX_CLASSES, as reading does, agreed. The caller clears it. */
WN_MUST_USE wn_status wn_label_words_find(const wn_pass *pass, const wn_catalog *catalog, wn_label_words *words);

/* Local. Copies of n words. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_label_words_copy(wn_label_words *words, char *const *from, size_t n);
void wn_label_words_clear(wn_label_words *words);

/* Local. Tells a reader the words. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_label_words_set(const wn_label_words *words, wn_reader *reader);

#endif
