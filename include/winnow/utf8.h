/* utf8.h - which bytes are UTF-8: names and texts come out of files of any origin. */
#ifndef WINNOW_UTF8_H
#define WINNOW_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Local. Bytes of the character with which n bytes begin; 0 where they begin with none (Unicode 15, table 3-7: no
 * surrogates, no overlong forms), with a zero byte, or are none. */
size_t wn_utf8_length(const char *text, size_t n);

/* Local. Whether n bytes are characters, none of them zero. */
bool wn_utf8_is_valid(const char *text, size_t n);

#endif
