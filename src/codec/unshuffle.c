#include "unshuffle.h"

#include <stdbool.h>
#include <string.h>

/* Elements a tile: its output stays in the first-level cache while the planes are gone through. */
enum { TILE_BYTES = 8192 };

static void unshuffle_tile(const unsigned char *in, unsigned char *out, size_t first, size_t end, size_t n, size_t size)
{
    for (size_t k = 0; k < size; k++) {
        const unsigned char *plane = in + k * n;
        for (size_t i = first; i < end; i++)
            out[i * size + k] = plane[i];
    }
}

void wn_unshuffle_plain(const unsigned char *in, unsigned char *out, size_t first, size_t n, size_t size)
{
    size_t step = size < TILE_BYTES ? TILE_BYTES / size : 1;
    for (; first < n; first += step) {
        size_t end = n - first < step ? n : first + step;
        unshuffle_tile(in, out, first, end, n, size);
    }
}

void wn_unshuffle(const unsigned char *in, unsigned char *out, size_t n, size_t size)
{
    size_t done = 0;
    if (size == 1) {
        memcpy(out, in, n);
        return;
    }
#ifdef __x86_64__
    bool is_wide = (size == 2 || size == 4 || size == 8) && __builtin_cpu_supports("avx2");
    done = is_wide ? wn_unshuffle_avx2(in, out, n, size) : wn_unshuffle_sse2(in, out, n, size);
#endif
    wn_unshuffle_plain(in, out, done, n, size);
}
