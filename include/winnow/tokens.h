/* tokens.h - the words and n-grams of a text, as scikit-learn's TfidfVectorizer finds them.
 * Use it to look at a text's terms one by one; vocabulary.h makes features of them.
 *
 * A text is lower-cased as by Python's str.lower() (Unicode's full mapping with final sigma; the same for every code
 * point that utf8proc and Python both know), then every longest run of at least two letters, digits (categories L, Nd,
 * Nl, No) or underscores is a word: token_pattern (?u)\b\w\w+\b. Combining marks are none of these and part words, as
 * in Python. Bytes that are not UTF-8 part words, as U+FFFD does: the words are those of bytes.decode("utf-8",
 * "replace").
 *
 * One thing differs: a word of more than WN_WORD_BYTES bytes (encoded attachments, not language) is left out, and no
 * n-gram reaches across it. Every term is one of scikit-learn's, with its count. */
#ifndef WINNOW_TOKENS_H
#define WINNOW_TOKENS_H

#include "winnow/hash.h"
#include "winnow/texts.h"

enum { WN_WORD_BYTES = 1024, WN_NGRAMS_MAX = 8 };

typedef struct wn_tokenizer wn_tokenizer;

/* What is called with every term: its bytes are borrowed for the call, its key is wn_hash_bytes of them with seed 0. */
typedef struct {
    wn_status (*take)(void *context, wn_text term, wn_hash key);
    void *context; /* borrowed */
} wn_term_sink;

/* Local. Is there a stemmer of this name: "none", or a language of libstemmer's ("english", "porter", "german" ...)?
 * Fails: WN_BAD_JOB (unknown; the message lists them), WN_UNAVAILABLE (a build without the library). */
WN_MUST_USE wn_status wn_stemmer_check(const char *stem);

/* Local. Debian's names of the libraries for words that this build lacks, parted by commas, or NULL. */
const char *wn_tokenizer_lacks(void);

/* Local. Makes terms of 1 to `ngrams` (1 to WN_NGRAMS_MAX) following words, stemmed and joined by one space. It has
 * some 100 KiB of scratch, whatever the texts; one thread uses it at a time. The caller frees it. Fails: WN_BAD_JOB,
 * WN_UNAVAILABLE (a build without utf8proc or libstemmer; the message names the package), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_tokenizer_new(wn_tokenizer **tokenizer, const char *stem, size_t ngrams);
void wn_tokenizer_free(wn_tokenizer *tokenizer);

/* Local. Hands the terms of a text to the sink, in the order of their last words, shorter ones last. Fails: as the sink
 * does, and then the rest of the text is not read. */
WN_MUST_USE wn_status wn_tokenizer_read(wn_tokenizer *tokenizer, wn_text text, wn_term_sink sink);

#endif
