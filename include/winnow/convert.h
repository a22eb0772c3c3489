/* convert.h - other formats into an HDF5 table: comma-separated text, JSON lines, svmlight, NumPy's .npy and IDX
 * (MNIST's format), all also gzip-compressed. */
#ifndef WINNOW_CONVERT_H
#define WINNOW_CONVERT_H

#include "winnow/csv.h"

#include <stddef.h>

typedef struct {
    wn_csv_options csv; /* IDX has no choices */
} wn_convert_options;

/* Collective. Converts files of one format, told by their endings, into one table at `output`.
 * Files that end with .csv, .tsv, .tab or .txt (or these and .gz) are comma-separated (RFC 4180), rows one file after
 * the other: each column becomes a dataset of the narrowest type that holds all its fields, found by reading them all.
 * Ranks and threads take ranges of bytes; the bytes of the table are the same for any number of them. Files that end
 * with .jsonl or .ndjson (or these and .gz) are JSON lines, read by rank 0: each field becomes a dataset likewise.
 * Files that end with .svm, .svmlight or .libsvm are svmlight's, read by rank 0: /x, /label and perhaps /qid.
 * Files that end with .npy are NumPy's arrays, of equal first dimension: each becomes the dataset of its name. Others
 * are IDX, of equal first dimension too: a file of more than one dimension becomes the dataset /px (/px2, ... if there
 * are several), a file of one dimension /label (/label2, ...); element types are kept. Streams: memory does not grow
 * with the files. Fails: WN_NO_INPUT (no such file), WN_BAD_DATA (rows of different length, a quote that is not closed,
 * not UTF-8, other columns than the first file's; not IDX, truncated, lengths that differ; file and line are named),
 * WN_UNAVAILABLE (a format that is not built yet, by its ending), WN_CANT_CREATE, WN_IO, WN_NO_MEMORY, WN_STOPPED;
 * agreed. What was written is then removed. */
WN_MUST_USE wn_status wn_convert(const wn_ranks *ranks, const char *const *sources, size_t n_sources,
                                 const char *output, const wn_convert_options *options);

#endif
