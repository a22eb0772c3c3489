#include "winnow/radix_sort.h"

#include "winnow/order_key.h"

#include <stdbool.h>
#include <string.h>

/* Elements are dealt to buckets by one byte, in place, and each bucket is sorted by the bytes that follow (American
 * flag sort; McIlroy, Bostic, McIlroy 1993). Bytes in which all of a bucket agree are passed over: of small whole
 * numbers as doubles most bytes are 0. */
enum { BUCKETS = 256, WORD_BYTES = 8, FEW = 24 };

static unsigned byte_of(const uint64_t *element, size_t place)
{
    return (unsigned)(element[place / WORD_BYTES] >> (56 - 8 * (place % WORD_BYTES))) & 0xFF;
}

static void swap(uint64_t *a, uint64_t *b, size_t width)
{
    for (size_t k = 0; k < width; k++) {
        uint64_t kept = a[k];
        a[k] = b[k];
        b[k] = kept;
    }
}

static bool is_less(const uint64_t *a, const uint64_t *b, size_t width)
{
    size_t k = 0;
    while (k + 1 < width && a[k] == b[k])
        k++;
    return a[k] < b[k];
}

static void insertion_sort(uint64_t *words, size_t n, size_t width)
{
    for (size_t i = 1; i < n; i++)
        for (uint64_t *at = words + i * width; at > words && is_less(at, at - width, width); at -= width)
            swap(at, at - width, width);
}

static void deal(uint64_t *words, size_t width, size_t place, size_t *next, const size_t *end)
{
    for (unsigned bucket = 0; bucket < BUCKETS; bucket++) {
        while (next[bucket] < end[bucket]) {
            uint64_t *element = words + next[bucket] * width;
            unsigned home = byte_of(element, place);
            if (home != bucket)
                swap(element, words + next[home] * width, width);
            next[home]++;
        }
    }
}

/* The first byte from `place` on in which elements differ; behind the last where none does. */
static size_t first_difference(const uint64_t *words, size_t n, size_t width, size_t place)
{
    for (size_t k = place / WORD_BYTES; k < width; k++) {
        uint64_t differing = 0;
        for (size_t i = 1; i < n; i++)
            differing |= words[i * width + k] ^ words[k];
        if (differing != 0)
            return k * WORD_BYTES + (size_t)__builtin_clzll(differing) / 8;
    }
    return width * WORD_BYTES;
}

static void sort_from(uint64_t *words, size_t n, size_t width, size_t place)
{
    size_t next[BUCKETS] = {0}, end[BUCKETS];
    if (n <= FEW) {
        insertion_sort(words, n, width);
        return;
    }
    place = first_difference(words, n, width, place);
    if (place == width * WORD_BYTES)
        return;
    for (size_t i = 0; i < n; i++)
        next[byte_of(words + i * width, place)]++;
    for (size_t bucket = 0, first = 0; bucket < BUCKETS; bucket++) {
        end[bucket] = first + next[bucket];
        next[bucket] = first;
        first = end[bucket];
    }
    deal(words, width, place, next, end);
    if (place + 1 == width * WORD_BYTES)
        return;
    for (size_t bucket = 0, first = 0; bucket < BUCKETS; first = end[bucket++])
        if (end[bucket] - first > 1)
            sort_from(words + first * width, end[bucket] - first, width, place + 1);
}

void wn_words_sort(uint64_t *words, size_t n, size_t width)
{
    if (n > 1)
        sort_from(words, n, width, 0);
}

/* Order keys take the room of the doubles; the least key is the word 0. */
static void to_words(double *doubles, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t word = (uint64_t)wn_order_key(doubles[i]) ^ (uint64_t)INT64_MIN;
        memcpy(&doubles[i], &word, sizeof word);
    }
}

static void to_doubles(double *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t word;
        memcpy(&word, &words[i], sizeof word);
        words[i] = wn_order_key_value((int64_t)(word ^ (uint64_t)INT64_MIN));
    }
}

void wn_doubles_sort(double *doubles, size_t n)
{
    to_words(doubles, n);
    wn_words_sort((uint64_t *)(void *)doubles, n, 1);
    to_doubles(doubles, n);
}

static void count_bytes(const uint64_t *words, size_t n, size_t counts[WORD_BYTES][BUCKETS])
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < WORD_BYTES; k++)
            counts[k][words[i] >> 8 * k & 0xFF]++;
}

/* From the last byte to the first, each time in the order of what was there (Knuth, The Art of Computer Programming 3,
 * 5.2.5). A byte that all have in common costs nothing: doubles that were float32 have three of them. */
static void sort_by_bytes(uint64_t *words, uint64_t *scratch, size_t n)
{
    size_t counts[WORD_BYTES][BUCKETS] = {0};
    uint64_t *from = words, *to = scratch;
    count_bytes(words, n, counts);
    for (size_t k = 0; k < WORD_BYTES; k++) {
        size_t *next = counts[k], first = 0;
        if (next[words[0] >> 8 * k & 0xFF] == n)
            continue;
        for (size_t bucket = 0; bucket < BUCKETS; bucket++) {
            size_t count = next[bucket];
            next[bucket] = first;
            first += count;
        }
        for (size_t i = 0; i < n; i++)
            to[next[from[i] >> 8 * k & 0xFF]++] = from[i];
        uint64_t *was = from;
        from = to;
        to = was;
    }
    if (from != words)
        memcpy(words, from, n * sizeof *words);
}

void wn_doubles_sort_by(double *doubles, double *scratch, size_t n)
{
    if (n == 0)
        return;
    to_words(doubles, n);
    sort_by_bytes((uint64_t *)(void *)doubles, (uint64_t *)(void *)scratch, n);
    to_doubles(doubles, n);
}
