/* stored.h - a row's numbers in the type that the file has. */
#ifndef WINNOW_GENERATE_STORED_H
#define WINNOW_GENERATE_STORED_H

#include "winnow/table_writer.h"

/* Local. out[j] = centre[j] + scale[j] z[j]: rounded to even, and held within the type without its end that stands for
 * missing cells, where it is an integer. A z that is NaN is missing. */
void wn_stored_numbers(wn_store_type type, const float *z, const float *centre, const float *scale, size_t n,
                       void *out);

/* Local. out (n, n_bytes): row `at` becomes the text of a code, c17 of 17, ended by zero bytes; empty for -1. */
void wn_stored_text(size_t n_bytes, void *out, size_t at, int32_t code);

/* Local. out[at] = code, of an integer type. */
void wn_stored_code(wn_store_type type, void *out, size_t at, int32_t code);

#endif
