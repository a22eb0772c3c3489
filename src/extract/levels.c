#include "winnow/levels.h"

#include "text_ends.h"
#include "text_index.h"
#include "winnow/memory.h"
#include "winnow/order_key.h"

#include <stdlib.h>
#include <string.h>

const char wn_level_other[] = "(other)";

enum { MANY_LEVELS = 2048 };

/* Codes are found by the ends of texts. */
struct wn_levels {
    wn_text_index index;
    wn_text_ends *ends; /* (levels); owned */
    uint32_t *slots;    /* (mask + 1) codes + 1; 0 is empty, as most are; owned */
    size_t mask;
};

double wn_level_value(wn_text number)
{
    double value;
    memcpy(&value, number.data, sizeof value);
    return value;
}

static int by_bytes(const void *a, const void *b)
{
    return wn_text_compare(*(const wn_text *)a, *(const wn_text *)b);
}

static int by_value(const void *a, const void *b)
{
    int64_t left = wn_order_key(wn_level_value(*(const wn_text *)a));
    int64_t right = wn_order_key(wn_level_value(*(const wn_text *)b));
    return left == right ? 0 : left < right ? -1 : 1;
}

static wn_status check_numbers(const wn_text *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (texts[i].n_bytes != sizeof(wn_level_bytes))
            return wn_fail(WN_BAD_DATA, "a level is no number: it has %zu bytes", texts[i].n_bytes);
    return WN_OK;
}

static wn_status make_slots(wn_levels *levels)
{
    wn_status status = WN_OK;
    size_t n_slots = 16,
           share = levels->index.n < MANY_LEVELS ? 16 : 4; /* a few more cost nothing where there are few */
    while (n_slots < share * levels->index.n)
        n_slots *= 2;
    TRY(wn_new(&levels->slots, n_slots));
    TRY(wn_new(&levels->ends, levels->index.n));
    levels->mask = n_slots - 1;
    for (size_t i = 0; i < levels->index.n; i++) {
        wn_text text = levels->index.texts[i];
        levels->ends[i] = wn_text_ends_of(text);
        size_t at = wn_text_ends_hash(levels->ends[i], text) & levels->mask;
        while (levels->slots[at] != 0)
            at = (at + 1) & levels->mask;
        levels->slots[at] = (uint32_t)i + 1;
    }
done:
    return status;
}

wn_status wn_levels_new(wn_levels **levels, const wn_text *texts, size_t n, bool are_numbers)
{
    wn_status status = WN_OK;
    wn_levels *made = NULL;
    wn_text *sorted = NULL;
    if (are_numbers)
        TRY(check_numbers(texts, n));
    TRY(wn_new(&made, 1));
    TRY(wn_new(&sorted, n));
    if (n > 0)
        memcpy(sorted, texts, n * sizeof *texts);
    qsort(sorted, n, sizeof *sorted, are_numbers ? by_value : by_bytes);
    TRY(wn_text_index_init(&made->index, sorted, n, "level"));
    TRY(make_slots(made));
    *levels = made;
    made = NULL;
done:
    wn_free(sorted);
    wn_levels_free(made);
    return status;
}

void wn_levels_free(wn_levels *levels)
{
    if (levels == NULL)
        return;
    wn_text_index_clear(&levels->index);
    wn_free(levels->ends);
    wn_free(levels->slots);
    wn_free(levels);
}

size_t wn_levels_size(const wn_levels *levels)
{
    return levels->index.n;
}

wn_text wn_levels_at(const wn_levels *levels, size_t i)
{
    return levels->index.texts[i];
}

static inline size_t code_of(const wn_levels *levels, wn_text text)
{
    const wn_text_ends ends = wn_text_ends_of(text);
    size_t at = wn_text_ends_hash(ends, text) & levels->mask;
    for (; levels->slots[at] != 0; at = (at + 1) & levels->mask) {
        size_t code = levels->slots[at] - 1;
        if (wn_text_ends_equal(ends, text, levels->ends[code], levels->index.texts[code].data))
            return code;
    }
    return levels->index.n;
}

size_t wn_levels_code_text(const wn_levels *levels, wn_text text)
{
    return code_of(levels, text);
}

void wn_levels_code_texts(const wn_levels *levels, const wn_text *texts, size_t stride, size_t n, uint32_t *codes)
{
    for (size_t i = 0; i < n; i++)
        codes[i] = (uint32_t)code_of(levels, texts[i * stride]);
}

void wn_levels_code_numbers(const wn_levels *levels, const double *values, size_t n, uint32_t *codes)
{
    for (size_t i = 0; i < n; i++) {
        const wn_level_bytes number = wn_level_number(values[i]);
        codes[i] = (uint32_t)code_of(levels, (wn_text){number.bytes, sizeof number});
    }
}
