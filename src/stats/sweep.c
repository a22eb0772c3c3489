#include "sweep.h"

#include "sweep_list.h"
#include "vector_kernels.h"

#include <math.h>
#include <string.h>

/* The least float that is not below a double, and the greatest that is not above. */
static float float_from_above(double value)
{
    float f = (float)value;
    return (double)f < value ? nextafterf(f, INFINITY) : f;
}

static float float_from_below(double value)
{
    float f = (float)value;
    return (double)f > value ? nextafterf(f, -INFINITY) : f;
}

void wn_slot_windows_set(wn_slot_windows *windows, size_t slot, double low, double high)
{
    windows->low[slot] = low;
    windows->high[slot] = high;
    windows->least_inside[slot] = float_from_above(low);
    windows->most_inside[slot] = float_from_below(high);
}

static void clear(wn_swept *swept, size_t n_windows)
{
    memset(swept->rest, 0, sizeof swept->rest);
    memset(swept->squares, 0, sizeof swept->squares);
    memset(swept->count, 0, sizeof swept->count);
    for (size_t s = 0; s < WN_SLOTS; s++) {
        swept->least[s] = (double)INFINITY;
        swept->most[s] = -(double)INFINITY;
    }
    memset(swept->windows, 0, n_windows * sizeof *swept->windows);
}

/* A cell that is missing adds a zero. */
static void add_cell(wn_swept *swept, size_t slot, double x, double centre)
{
    double gap = x == x ? x - centre : 0.0;
    swept->count[slot] += x == x;
    swept->rest[slot] += gap;
    swept->squares[slot] += gap * gap;
    swept->least[slot] = x < swept->least[slot] ? x : swept->least[slot];
    swept->most[slot] = x > swept->most[slot] ? x : swept->most[slot];
}

static void add_to_window(wn_swept_window *found, const wn_slot_windows *window, size_t period, size_t slot, double x)
{
    bool is_reached = x >= window->low[slot], is_inside = is_reached && x <= window->high[slot];
    found->n_reached[slot] += is_reached;
    found->n_inside[slot] += is_inside;
    found->inside[period] |= (uint16_t)(is_inside << slot);
}

static void run_plain(const wn_sweep *sweep, wn_swept *swept)
{
    const wn_strip *strip = sweep->strip;
    const wn_cells cells = wn_strip_vector(strip, sweep->vector);
    clear(swept, sweep->n_windows);
    for (size_t t = 0; t < strip->n_periods; t++)
        for (size_t s = 0; s < WN_SLOTS; s++) {
            size_t i = t * strip->n_vectors * WN_SLOTS + s;
            double x = cells.is_float32 ? (double)((const float *)cells.data)[i] : ((const double *)cells.data)[i];
            add_cell(swept, s, x, sweep->centre[s]);
            for (size_t k = 0; k < sweep->n_windows; k++)
                add_to_window(&swept->windows[k], &sweep->windows[k], t, s, x);
        }
}

void wn_sweep_run(const wn_sweep *sweep, wn_swept *swept)
{
#ifdef __x86_64__
    if (wn_vector_kernels_used() == WN_KERNELS_AVX512) {
        wn_sweep_run_avx512(sweep, swept);
        return;
    }
    if (wn_vector_kernels_used() == WN_KERNELS_AVX2) {
        wn_sweep_run_avx2(sweep, swept);
        return;
    }
#endif
    run_plain(sweep, swept);
}

static size_t list_bits(const uint16_t inside[WN_STRIP_PERIODS], size_t n_periods, uint16_t wanted, uint16_t *list)
{
#ifdef __x86_64__
    if (wn_vector_kernels_used() >= WN_KERNELS_AVX2)
        return wn_sweep_list_avx2(inside, n_periods, wanted, list);
#endif
    return wn_list_bits(inside, n_periods, wanted, list);
}

#define HAND_OUT(type)                                                                                                 \
    do {                                                                                                               \
        type *to[WN_SLOTS];                                                                                            \
        for (size_t s = 0; s < WN_SLOTS; s++)                                                                          \
            to[s] = places[s];                                                                                         \
        for (size_t i = 0; i < n; i++) {                                                                               \
            size_t t = list[i] / WN_SLOTS, s = list[i] % WN_SLOTS;                                                     \
            *to[s]++ = ((const type *)cells.data)[t * stride + s];                                                     \
        }                                                                                                              \
    } while (0)

void wn_sweep_keep(const wn_sweep *sweep, const wn_swept *swept, size_t k, void *const places[WN_SLOTS])
{
    uint16_t list[WN_STRIP_PERIODS * WN_SLOTS + WN_LIST_SPARE], wanted = 0;
    const wn_cells cells = wn_strip_vector(sweep->strip, sweep->vector);
    const size_t stride = sweep->strip->n_vectors * WN_SLOTS;
    for (size_t s = 0; s < WN_SLOTS; s++)
        wanted |= (uint16_t)((places[s] != NULL) << s);
    size_t n = list_bits(swept->windows[k].inside, sweep->strip->n_periods, wanted, list);
    if (cells.is_float32)
        HAND_OUT(float);
    else
        HAND_OUT(double);
}
