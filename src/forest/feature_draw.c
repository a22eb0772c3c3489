#include "feature_draw.h"

#include "winnow/memory.h"
#include "winnow/random.h"

wn_status wn_feature_draw_init(wn_feature_draw *draw, size_t n_features)
{
    wn_status status = WN_OK;
    TRY(wn_new(&draw->order, n_features));
    TRY(wn_new(&draw->swapped, n_features));
    draw->n_features = n_features;
    for (size_t f = 0; f < n_features; f++)
        draw->order[f] = (uint32_t)f;
done:
    return status;
}

void wn_feature_draw_clear(wn_feature_draw *draw)
{
    wn_free(draw->swapped);
    wn_free(draw->order);
    *draw = (wn_feature_draw){0};
}

static void swap(uint32_t *a, uint32_t *b)
{
    uint32_t kept = *a;
    *a = *b;
    *b = kept;
}

/* Fisher and Yates from the front, as far as is read; then undone, so that a node costs no more than it tries. */
size_t wn_feature_draw_take(wn_feature_draw *draw, uint64_t seed, uint64_t node, size_t first, size_t n,
                            uint32_t *features)
{
    wn_random stream = {seed, WN_RANDOM_FOREST_FEATURES, node};
    size_t end = first + n < draw->n_features ? first + n : draw->n_features;
    for (size_t i = 0; i < end; i++) {
        draw->swapped[i] = (uint32_t)(i + wn_random_below(wn_random_bits(stream, i), draw->n_features - i));
        swap(&draw->order[i], &draw->order[draw->swapped[i]]);
        if (i >= first)
            features[i - first] = draw->order[i];
    }
    for (size_t i = end; i > 0; i--)
        swap(&draw->order[i - 1], &draw->order[draw->swapped[i - 1]]);
    return end > first ? end - first : 0;
}
