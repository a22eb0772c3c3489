/* generate.h - makes tables of any size whose truth is known: which columns tell of the target and how much, and how
 * many cells and rows are spoilt. For tables out of other formats see convert.h.
 * Every cell is a function of (seed, row, column): the same bytes of every file at any number of ranks. */
#ifndef WINNOW_GENERATE_H
#define WINNOW_GENERATE_H

#include "winnow/ranks.h"
#include "winnow/table_writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *output; /* directory to make; one that holds something is refused */
    int64_t n_rows;
    size_t n_columns; /* of numbers: informative, redundant, and the rest noise */
    uint64_t seed;
    size_t n_classes;     /* 0: a regression */
    const double *priors; /* of the classes, (n_classes); NULL: equal */
    size_t n_informative, n_redundant, n_factors;
    double correlation;       /* of a redundant column with the informative one that it follows */
    double separation;        /* root mean square distance of the classes' means from their mean, in deviations */
    double noise;             /* share of rows whose label tells nothing; of a regression, of the target's variance */
    double missing, outliers; /* shares of the cells */
    double duplicates;        /* share of the rows that repeat another one */
    size_t n_categories, n_levels; /* columns of codes besides the n_columns; each has n_levels */
    bool has_texts;                /* categories are texts: c0, c1, ... */
    bool is_sorted;                /* by the target */
    wn_store_type type;            /* of the numbers */
    bool is_chunked;               /* else contiguous */
    size_t chunk_rows;             /* 0: near 512 KiB */
    int compression;               /* deflate level of chunks, 0: none */
    bool shuffle;
    size_t n_files; /* 0: of about 256 MiB each */
} wn_generate_options;

/* Local. Settings of a small classification, for n_rows rows of n_columns columns. */
wn_generate_options wn_generate_defaults(int64_t n_rows, size_t n_columns);

/* Local. Whether the options make sense together. Fails: WN_USAGE, with what is wrong. */
WN_MUST_USE wn_status wn_generate_check(const wn_generate_options *options);

/* Collective. Writes OUTPUT/table-00000.h5, ... with the datasets x (rows, n_columns), category0, ... and label, and at
 * last OUTPUT/truth.json. Ranks take runs of files. Where it fails or is stopped, what it wrote is removed. Fails:
 * WN_CANT_CREATE (the directory holds something, or cannot be made), WN_IO, WN_NO_MEMORY, WN_STOPPED; agreed. */
WN_MUST_USE wn_status wn_generate(const wn_ranks *ranks, const wn_generate_options *options);

#endif
