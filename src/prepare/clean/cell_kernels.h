/* cell_kernels.h - the rules of eight columns, or of a few whole rows, applied to many rows by vectors. Private to
 * cell_rules.c and its test. All kernels do the same operations on every cell, and so give the same bits. */
#ifndef WINNOW_PREPARE_CELL_KERNELS_H
#define WINNOW_PREPARE_CELL_KERNELS_H

#include "cell_rules.h"

enum { WN_PANEL_COLS = 8 };

/* Rules first .. first + 7 and a run of rows. */
typedef struct {
    const wn_cell_rules *rules;
    size_t first;
    wn_cells from; /* (n_rows, row_cells) */
    size_t row_cells, n_rows;
    const size_t *position; /* (8) of the cells in a row */
    bool is_run;            /* they lie side by side */
    void *to;               /* (n_rows, rules->n) of float features, or of cleaned double cells */
    bool is_feature;
} wn_cell_panel;

/* Which kernels there are; each wants what those before it want, and more of the processor. */
typedef enum { WN_CELL_KERNEL_PLAIN, WN_CELL_KERNEL_AVX2, WN_CELL_KERNEL_AVX512 } wn_cell_kernel;

/* Local. By the fastest kernel of this processor; the plain one alone knows transforms. */
void wn_cell_panel_run(const wn_cell_panel *panel);

/* Local. Features of whole rows of float32 whose cells are the rules', in their order and without a transform: as many
 * rows as fill whole vectors, from the first on. Returns how many; the others are left to panels, like all where the
 * processor has no kernel for this. */
size_t wn_cell_rows_run(const wn_cell_rules *rules, const float *cells, size_t n_rows, float *to);

/* Local. For tests: no kernel beyond `most` from now on. Returns the one that is used. */
wn_cell_kernel wn_cell_kernel_limit(wn_cell_kernel most);

/* Local. Rules [first, end) by plain loops; end - first is at most 8. */
void wn_cell_panel_plain(const wn_cell_panel *panel, size_t end);

/* Local. The caller has asked for the processor: AVX2; AVX-512 (f, vl). */
#ifdef __x86_64__
void wn_cell_panel_avx2(const wn_cell_panel *panel);
void wn_cell_panel_avx512(const wn_cell_panel *panel);
size_t wn_cell_rows_avx512(const wn_cell_rules *rules, const float *cells, size_t n_rows, float *to);
#endif

#endif
