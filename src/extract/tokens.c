#include "winnow/tokens.h"

#include "letters.h"
#include "stem.h"
#include "winnow/memory.h"

#include <string.h>

enum {
    LINE_BYTES = 65536, /* words of a text lie here one after the other, so that n-grams are pieces of it */
    SIGMA = 0x3A3,
    FINAL_SIGMA = 0x3C2,
    DOTTED_I = 0x130 /* its lower case is an i and a combining dot, which ends the word */
};

struct wn_tokenizer {
    wn_stem *stem; /* owned; NULL: none */
    size_t ngrams;
    unsigned char *line;         /* (LINE_BYTES) the last words, joined by one space, owned */
    size_t n_bytes;              /* of the line */
    size_t n_words;              /* those at its end that the next n-gram can take, fewer than ngrams */
    size_t start[WN_NGRAMS_MAX]; /* where they begin */
    unsigned char lower[256];    /* of a byte of ASCII that is part of words, 0 of others */
};

/* A word while it is read: letters and bytes in lower case, of which WN_WORD_BYTES are kept. */
typedef struct {
    unsigned char *bytes; /* in the line */
    size_t n_bytes, n_letters;
} reading;

const char *wn_tokenizer_lacks(void)
{
    static const char *const packages[] = {NULL, "libutf8proc-dev", "libstemmer-dev",
                                           "libutf8proc-dev, libstemmer-dev"};
    return packages[!WN_HAVE_UTF8PROC + 2 * !WN_HAVE_STEMMER];
}

static void fill_lower(unsigned char lower[256])
{
    memset(lower, 0, 256);
    for (int c = '0'; c <= '9'; c++)
        lower[c] = (unsigned char)c;
    for (int c = 'a'; c <= 'z'; c++)
        lower[c] = lower[c - 'a' + 'A'] = (unsigned char)c;
    lower['_'] = '_';
}

wn_status wn_tokenizer_new(wn_tokenizer **tokenizer, const char *stem, size_t ngrams)
{
    wn_status status = WN_OK;
    wn_tokenizer *made = NULL;
    if (ngrams < 1 || ngrams > WN_NGRAMS_MAX)
        return wn_fail(WN_BAD_JOB, "n-grams of 1 to %d words, not %zu", (int)WN_NGRAMS_MAX, ngrams);
    TRY(wn_letters_check());
    TRY(wn_new(&made, 1));
    made->ngrams = ngrams;
    fill_lower(made->lower);
    TRY(wn_new(&made->line, LINE_BYTES));
    TRY(wn_stem_new(&made->stem, stem));
    *tokenizer = made;
    made = NULL;
done:
    wn_tokenizer_free(made);
    return status;
}

void wn_tokenizer_free(wn_tokenizer *tokenizer)
{
    if (tokenizer == NULL)
        return;
    wn_stem_free(tokenizer->stem);
    wn_free(tokenizer->line);
    wn_free(tokenizer);
}

/* Unicode's Final_Sigma: a cased letter before it and none after it, but for what case ignores. */
static bool is_final_sigma(const unsigned char *bytes, size_t n, size_t at, size_t length)
{
    int32_t code = ' ';
    size_t before = at, after = at + length, step;
    do
        code = before > 0 ? wn_letter_before(bytes, before, &before) : ' ';
    while (wn_letter_is_case_ignorable(code));
    if (!wn_letter_is_cased(code))
        return false;
    for (; after < n; after += step) {
        code = wn_letter_at(bytes, n, after, &step);
        if (!wn_letter_is_case_ignorable(code))
            return !wn_letter_is_cased(code);
    }
    return true;
}

static void put(reading *word, unsigned char byte)
{
    if (word->n_bytes < WN_WORD_BYTES)
        word->bytes[word->n_bytes] = byte;
    word->n_bytes++;
}

/* Takes the letter beyond ASCII at `at`, if it is one of a word: *length; false where the word ends before or with it.
 */
static bool read_letter(reading *word, const unsigned char *bytes, size_t n, size_t at, size_t *length)
{
    unsigned char lowered[WN_LETTER_BYTES];
    int32_t code = wn_letter_at(bytes, n, at, length);
    if (!wn_letter_is_word(code)) {
        *length = 0;
        return false;
    }
    int32_t lower = code == SIGMA && is_final_sigma(bytes, n, at, *length) ? FINAL_SIGMA : wn_letter_lower(code);
    size_t n_lowered = wn_letter_write(lower, lowered);
    for (size_t i = 0; i < n_lowered; i++)
        put(word, lowered[i]);
    word->n_letters++;
    return code != DOTTED_I;
}

/* A run of letters of ASCII, as long as there is room; returns where it ends. */
static size_t read_ascii(const wn_tokenizer *tokenizer, reading *word, const unsigned char *bytes, size_t n, size_t at)
{
    size_t room = word->n_bytes < WN_WORD_BYTES ? WN_WORD_BYTES - word->n_bytes : 0;
    size_t most = n - at < room ? n - at : room, i = 0;
    unsigned char *to = word->bytes + word->n_bytes;
    for (; i < most && tokenizer->lower[bytes[at + i]] != 0; i++)
        to[i] = tokenizer->lower[bytes[at + i]];
    word->n_bytes += i;
    word->n_letters += i;
    return at + i;
}

/* Reads the letters of a word from `at` on; returns where it ends. */
static size_t read_word(const wn_tokenizer *tokenizer, reading *word, const unsigned char *bytes, size_t n, size_t at)
{
    bool goes_on = true;
    while (goes_on && (at = read_ascii(tokenizer, word, bytes, n, at)) < n) {
        unsigned char lower = tokenizer->lower[bytes[at]];
        size_t length = 1;
        if (lower != 0) {
            put(word, lower);
            word->n_letters++;
        } else if (bytes[at] < 0x80) {
            break;
        } else {
            goes_on = read_letter(word, bytes, n, at, &length);
        }
        at += length;
    }
    return at;
}

/* Steps over what is no part of a word. */
static size_t skip(const wn_tokenizer *tokenizer, const unsigned char *bytes, size_t n, size_t at)
{
    while (at < n && tokenizer->lower[bytes[at]] == 0) {
        size_t length = 1;
        if (bytes[at] >= 0x80 && wn_letter_is_word(wn_letter_at(bytes, n, at, &length)))
            break;
        at += length;
    }
    return at;
}

/* Where the next word goes, behind a space if others are before it; the last words move to the front where the line is
 * full. */
static unsigned char *begin_word(wn_tokenizer *tokenizer)
{
    if (tokenizer->n_words == 0)
        tokenizer->n_bytes = 0;
    else if (tokenizer->n_bytes + 1 + WN_WORD_BYTES > LINE_BYTES) {
        size_t first = tokenizer->start[0];
        memmove(tokenizer->line, tokenizer->line + first, tokenizer->n_bytes - first);
        tokenizer->n_bytes -= first;
        for (size_t i = 0; i < tokenizer->n_words; i++)
            tokenizer->start[i] -= first;
    }
    return tokenizer->line + tokenizer->n_bytes + (tokenizer->n_words > 0);
}

static wn_status shorten(const wn_tokenizer *tokenizer, reading *word)
{
    wn_text stem;
    if (tokenizer->stem == NULL)
        return WN_OK;
    wn_status status = wn_stem_word(tokenizer->stem, (wn_text){(const char *)word->bytes, word->n_bytes}, &stem);
    if (status != WN_OK)
        return status;
    if (stem.n_bytes <= WN_WORD_BYTES)
        memcpy(word->bytes, stem.data, stem.n_bytes);
    word->n_bytes = stem.n_bytes;
    return WN_OK;
}

static wn_status hand_on(const wn_tokenizer *tokenizer, size_t begin, wn_term_sink sink)
{
    wn_text term = {(const char *)tokenizer->line + begin, tokenizer->n_bytes - begin};
    return sink.take(sink.context, term, wn_hash_bytes(term.data, term.n_bytes, 0));
}

/* The word joins the line, and the terms that end with it go to the sink. */
static wn_status end_word(wn_tokenizer *tokenizer, const reading *word, wn_term_sink sink)
{
    wn_status status = WN_OK;
    size_t begin = (size_t)(word->bytes - tokenizer->line);
    if (tokenizer->n_words > 0)
        tokenizer->line[tokenizer->n_bytes] = ' ';
    tokenizer->n_bytes = begin + word->n_bytes;
    for (size_t i = 0; i < tokenizer->n_words; i++)
        TRY(hand_on(tokenizer, tokenizer->start[i], sink));
    TRY(hand_on(tokenizer, begin, sink));
    if (tokenizer->n_words + 1 == tokenizer->ngrams)
        memmove(tokenizer->start, tokenizer->start + 1, tokenizer->n_words * sizeof *tokenizer->start);
    else
        tokenizer->n_words++;
    if (tokenizer->n_words > 0)
        tokenizer->start[tokenizer->n_words - 1] = begin;
done:
    return status;
}

wn_status wn_tokenizer_read(wn_tokenizer *tokenizer, wn_text text, wn_term_sink sink)
{
    wn_status status = WN_OK;
    const unsigned char *bytes = (const unsigned char *)text.data;
    size_t at = 0;
    tokenizer->n_words = 0;
    while ((at = skip(tokenizer, bytes, text.n_bytes, at)) < text.n_bytes) {
        reading word = {begin_word(tokenizer), 0, 0};
        at = read_word(tokenizer, &word, bytes, text.n_bytes, at);
        if (word.n_letters < 2)
            continue;
        if (word.n_bytes <= WN_WORD_BYTES)
            TRY(shorten(tokenizer, &word));
        if (word.n_bytes > WN_WORD_BYTES)
            tokenizer->n_words = 0;
        else if (word.n_bytes > 0)
            TRY(end_word(tokenizer, &word, sink));
    }
done:
    return status;
}
