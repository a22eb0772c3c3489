/* stem.h - words without their endings, by libstemmer (Snowball). */
#ifndef WINNOW_EXTRACT_STEM_H
#define WINNOW_EXTRACT_STEM_H

#include "winnow/texts.h"
#include "winnow/tokens.h"

typedef struct wn_stem wn_stem;

/* Local. *stem is NULL for "none". The caller frees it; one thread uses it. Fails: as wn_stemmer_check, WN_NO_MEMORY.
 */
WN_MUST_USE wn_status wn_stem_new(wn_stem **stem, const char *language);
void wn_stem_free(wn_stem *stem);

/* Local. The stem of a lower-cased word, lent until the next call. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_stem_word(wn_stem *stem, wn_text word, wn_text *shortened);

#endif
