/* convert.h - other formats into an HDF5 table. IDX (MNIST's format, also gzip-compressed) for now. */
#ifndef WINNOW_CONVERT_H
#define WINNOW_CONVERT_H

#include "winnow/status.h"

#include <stddef.h>

/* Local. Converts IDX files of equal first dimension into one table at `output`: a file of more than one dimension
 * becomes the dataset /px (/px2, ... if there are several), a file of one dimension /label (/label2, ...); element
 * types are kept. Streams: memory does not grow with the file. Fails: WN_NO_INPUT (no such file), WN_BAD_DATA (not IDX,
 * truncated, lengths that differ; the file is named), WN_UNAVAILABLE (a format that is not built yet, by its ending),
 * WN_CANT_CREATE, WN_IO. */
WN_MUST_USE wn_status wn_convert(const char *const *sources, size_t n_sources, const char *output);

#endif
