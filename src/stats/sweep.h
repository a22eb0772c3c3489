/* sweep.h - one look at the cells of a strip's vector, for all that moments and quantiles want of them. Private to
 * src/stats.
 * A slot's cells are added one after the other, whatever a processor has: kernels differ in how many slots they take at
 * once, and so in time alone. */
#ifndef WINNOW_STATS_SWEEP_H
#define WINNOW_STATS_SWEEP_H

#include "strip.h"

enum { WN_SWEEP_WINDOWS = 3 }; /* at once */

/* Where the windows of a vector's slots begin and end, both included; a float32 cell lies on the same side of the
 * floats. */
typedef struct {
    _Alignas(64) double low[WN_SLOTS], high[WN_SLOTS];
    _Alignas(64) float least_inside[WN_SLOTS], most_inside[WN_SLOTS];
} wn_slot_windows;

/* Local. Sets the window of one slot. */
void wn_slot_windows_set(wn_slot_windows *windows, size_t slot, double low, double high);

/* What a window's slots have: how many cells that are not below it, how many in it, and of every period which of the
 * slots' cells these are, a bit each. */
typedef struct {
    _Alignas(64) int32_t n_reached[WN_SLOTS], n_inside[WN_SLOTS];
    _Alignas(64) uint16_t inside[WN_STRIP_PERIODS];
} wn_swept_window;

/* Of each slot's cells that are there: their number, the sum of x - centre and of its square, the least and the
 * greatest (+inf and -inf where there are none). */
typedef struct {
    _Alignas(64) double rest[WN_SLOTS], squares[WN_SLOTS], least[WN_SLOTS], most[WN_SLOTS];
    _Alignas(64) int32_t count[WN_SLOTS];
    wn_swept_window windows[WN_SWEEP_WINDOWS];
} wn_swept;

/* What to look at: a vector of a strip, each slot about its centre, with at most WN_SWEEP_WINDOWS windows. All
 * borrowed.
 */
typedef struct {
    const wn_strip *strip;
    size_t vector;
    const double *centre; /* (WN_SLOTS) at an address that 64 divides */
    const wn_slot_windows *windows;
    size_t n_windows;
} wn_sweep;

/* Local. */
void wn_sweep_run(const wn_sweep *sweep, wn_swept *swept);

/* Local. Writes the cells inside window number k, those of every slot in their order, to places[slot], which has room
 * for them; of a slot whose place is NULL none. */
void wn_sweep_keep(const wn_sweep *sweep, const wn_swept *swept, size_t k, void *const places[WN_SLOTS]);

/* The kernels of a processor with AVX2, and with AVX-512; the caller has asked for it. The list is of the bits in
 * `inside` that are set in `wanted`, as period * WN_SLOTS + slot, with room for WN_LIST_SPARE more; returns how many.
 */
enum { WN_LIST_SPARE = 4 };
#ifdef __x86_64__
void wn_sweep_run_avx2(const wn_sweep *sweep, wn_swept *swept);
void wn_sweep_run_avx512(const wn_sweep *sweep, wn_swept *swept);
size_t wn_sweep_list_avx2(const uint16_t inside[WN_STRIP_PERIODS], size_t n_periods, uint16_t wanted, uint16_t *list);
#endif

#endif
