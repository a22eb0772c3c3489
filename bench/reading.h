/* reading.h - what the modes of bench_reading share. */
#ifndef WINNOW_BENCH_READING_H
#define WINNOW_BENCH_READING_H

#include "winnow/accumulator.h"
#include "winnow/catalog.h"
#include "winnow/ranks.h"

typedef struct {
    const wn_ranks *ranks;
    const wn_catalog *catalog;
    wn_range blocks;
    size_t n_threads;
    double begin; /* when what is measured began, on all ranks */
} bench;

/* Collective. The measured time begins, on all ranks. */
void bench_begin(bench *b);

/* Collective. Decompression alone: the rank's chunks of X lie in memory as they are stored, and its threads inflate
 * them by libdeflate, nothing else. No way of reading them can take less time. */
wn_status bench_inflate(bench *b);

/* Collective. What any way of bringing rows into blocks and looking at each cell once must do, and nothing else: the
 * rank's bytes of X by pread, in slices that stay in a cache, and the words of each slice added up. standardizes: and
 * what any way of standardizing rows must do beside it: once their sums are known they are read again, and one
 * subtraction and one product a cell go to fresh memory. */
wn_status bench_slices(bench *b, bool standardizes);

/* Local. An accumulator that adds up the words of every block, and nothing else: no statistic can do less with each
 * cell. */
wn_accumulator bench_adding(uint64_t *sum);

/* Collective. From the file to standardized rows: pilot, profile, means into gaps, statistics of the filled cells, and
 * a pass that leaves the rank's rows as float32 in memory. */
wn_status bench_prepare(bench *b);

#endif
