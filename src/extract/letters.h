/* letters.h - the code points of UTF-8 and what tokens.h needs to know of them, by utf8proc. Without that library
 * nothing is a letter, and wn_letters_check refuses. */
#ifndef WINNOW_EXTRACT_LETTERS_H
#define WINNOW_EXTRACT_LETTERS_H

#include "winnow/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WN_LETTER_INVALID = 0xFFFD, WN_LETTER_BYTES = 4 };

/* Local. Fails: WN_UNAVAILABLE, the message names the package. */
WN_MUST_USE wn_status wn_letters_check(void);

/* Local. The code point that begins at bytes[at], at < n, and its length; WN_LETTER_INVALID and 1 where none does. */
int32_t wn_letter_at(const unsigned char *bytes, size_t n, size_t at, size_t *length);

/* Local. The code point that ends before bytes[at], at > 0, and where it begins; invalid as above. */
int32_t wn_letter_before(const unsigned char *bytes, size_t at, size_t *begin);

/* Local. Whether Python's \w takes it: a letter, a number (Nd, Nl, No) or an underscore. */
bool wn_letter_is_word(int32_t code);

/* Local. Its lower case, one code point: of U+0130, which Python makes two of, the first. */
int32_t wn_letter_lower(int32_t code);

/* Local. For final sigmas (Unicode 3.13, Final_Sigma): a letter that has case, and what may lie between such and a
 * sigma. */
bool wn_letter_is_cased(int32_t code);
bool wn_letter_is_case_ignorable(int32_t code);

/* Local. Writes a code point as UTF-8; returns its length. */
size_t wn_letter_write(int32_t code, unsigned char bytes[WN_LETTER_BYTES]);

#endif
