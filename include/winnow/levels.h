/* levels.h - the levels of a categorical column that have a code of their own: strings by their bytes, numbers by
 * value. What a code becomes is the caller's: one_hot writes 1 at first_column + code, ordinal the code itself; the
 * codes of target encoding are in target_codes.h.
 *
 * To fit: count cells (wn_level_number or the string itself) with a tally, add over ranks and choose with the job's
 * bound (keyed_counts.h), wn_levels_new. Missing cells have no level: fill them before. */
#ifndef WINNOW_LEVELS_H
#define WINNOW_LEVELS_H

#include "winnow/hash.h"
#include "winnow/tally.h"

#include <stdbool.h>
#include <string.h>

typedef struct wn_levels wn_levels;

/* What rare and unseen levels are called together. */
extern const char wn_level_other[]; /* "(other)" */

/* A number as bytes that can be counted: eight, of the value with -0 made 0. Not a string of the file's. */
typedef struct {
    char bytes[8];
} wn_level_bytes;

/* Local. The bytes of a number that is not NaN. */
static inline wn_level_bytes wn_level_number(double value)
{
    wn_level_bytes number;
    value += 0.0; /* -0 becomes 0 */
    memcpy(number.bytes, &value, sizeof value);
    return number;
}

/* Local. The number of such bytes. */
double wn_level_value(wn_text number);

/* Local. Distinct levels (n), copied and sorted: numbers (eight bytes each) by value, strings by bytes. The caller
 * frees it. Fails: WN_BAD_DATA (a level twice, a number of other than eight bytes), WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_levels_new(wn_levels **levels, const wn_text *texts, size_t n, bool are_numbers);
void wn_levels_free(wn_levels *levels);

/* Local. How many levels, the rare ones apart. */
size_t wn_levels_size(const wn_levels *levels);

/* Local. The ith in order, as given to new (borrowed). */
wn_text wn_levels_at(const wn_levels *levels, size_t i);

/* Local. The code of a cell: its place in the order, or wn_levels_size for one that is rare or unseen. */
size_t wn_levels_code_text(const wn_levels *levels, wn_text text);

/* Local. The same of n cells: texts, the ith at [i * stride], or numbers, one behind the other; NaN is unseen. */
void wn_levels_code_texts(const wn_levels *levels, const wn_text *texts, size_t stride, size_t n, uint32_t *codes);
void wn_levels_code_numbers(const wn_levels *levels, const double *values, size_t n, uint32_t *codes);

#endif
