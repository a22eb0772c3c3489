/* nearest_name.h - the name that was probably meant, for "did you mean" in messages about misspelt keys, columns and
 * tables. */
#ifndef WINNOW_NEAREST_NAME_H
#define WINNOW_NEAREST_NAME_H

#include <stddef.h>

/* Local. Of n names the one spelt most like `name` (least edit distance, at most a third of its length, at least 1), or
 * NULL. A swap of two neighbouring letters counts as one edit; letters' case does not count; of equals the first wins.
 */
const char *wn_nearest_name(const char *name, const char *const *names, size_t n);

#endif
