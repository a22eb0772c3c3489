#include "winnow/bin_codes.h"

#include "winnow/memory.h"
#include "winnow/sizes.h"

#include <math.h>

struct wn_bin_codes {
    size_t n_features, n_codes;
    size_t n_places; /* the power of two that n_codes fits in */
    double *edges;   /* (n_features, n_places), filled up by NaN, which no cell reaches; owned */
};

/* All values that differ, but the least; or as many as there is room for, and then one more than that. */
static size_t different(const double *sorted, size_t n, size_t most, double *edges)
{
    size_t found = 0;
    for (size_t i = 1; i < n; i++) {
        if (sorted[i] == sorted[i - 1])
            continue;
        if (found == most)
            return most + 1;
        edges[found++] = sorted[i];
    }
    return found;
}

size_t wn_bin_codes_edges(const double *sorted, size_t n, size_t most_edges, double *edges)
{
    size_t found = different(sorted, n, most_edges, edges);
    if (found <= most_edges)
        return found;
    found = 0;
    for (size_t k = 1; k <= most_edges; k++) {
        double edge = sorted[(size_t)((unsigned __int128)n * k / (most_edges + 1))];
        if (edge > (found > 0 ? edges[found - 1] : sorted[0]))
            edges[found++] = edge;
    }
    return found;
}

wn_status wn_bin_codes_new(wn_bin_codes **bin_codes, size_t n_features, const size_t *n_edges, const double *edges)
{
    wn_status status = WN_OK;
    wn_bin_codes *made = NULL;
    TRY(wn_new(&made, 1));
    made->n_features = n_features;
    made->n_codes = made->n_places = 1;
    for (size_t f = 0; f < n_features; f++)
        made->n_codes = n_edges[f] + 1 > made->n_codes ? n_edges[f] + 1 : made->n_codes;
    while (made->n_places < made->n_codes)
        made->n_places *= 2;
    TRY(wn_new(&made->edges, n_features * made->n_places));
    for (size_t f = 0; f < n_features; f++) {
        for (size_t k = 0; k < made->n_places; k++)
            made->edges[f * made->n_places + k] = k < n_edges[f] ? edges[k] : (double)NAN;
        edges += n_edges[f];
    }
    *bin_codes = made;
    made = NULL;
done:
    wn_bin_codes_free(made);
    return status;
}

void wn_bin_codes_free(wn_bin_codes *bin_codes)
{
    if (bin_codes == NULL)
        return;
    wn_free(bin_codes->edges);
    wn_free(bin_codes);
}

size_t wn_bin_codes_count(const wn_bin_codes *bin_codes)
{
    return bin_codes->n_codes;
}

enum { TILE_ROWS = 64, LANES = 16 };

/* The codes of LANES cells of one column, by halving without a branch, side by side. */
static void find_places(const double *edges, size_t n_places, const double *cells, uint8_t *codes, size_t stride,
                        size_t n)
{
    double cell[LANES];
    uint32_t place[LANES] = {0};
    for (size_t i = 0; i < LANES; i++)
        cell[i] = i < n ? cells[i * stride] : 0;
    for (uint32_t half = (uint32_t)n_places / 2; half > 0; half /= 2)
        for (size_t i = 0; i < LANES; i++)
            place[i] += half & -(uint32_t)(edges[place[i] + half - 1] <= cell[i]);
    for (size_t i = 0; i < n; i++)
        codes[i * stride] = (uint8_t)place[i];
}

/* Column by column in tiles of rows, so that a column's edges and a tile's cells stay near. */
void wn_bin_codes_fill(const wn_bin_codes *bin_codes, const double *cells, size_t n_rows, uint8_t *codes)
{
    size_t n = bin_codes->n_features;
    for (size_t first = 0; first < n_rows; first += TILE_ROWS) {
        size_t end = wn_size_min(first + TILE_ROWS, n_rows);
        for (size_t f = 0; f < n; f++)
            for (size_t i = first; i < end; i += LANES)
                find_places(bin_codes->edges + f * bin_codes->n_places, bin_codes->n_places, cells + i * n + f,
                            codes + i * n + f, n, wn_size_min(LANES, end - i));
    }
}
