#include "stem.h"

#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

#if WN_HAVE_STEMMER
#include <libstemmer.h>

struct wn_stem {
    struct sb_stemmer *stemmer; /* owned */
};

static wn_status refuse(const char *stem)
{
    char names[WN_MESSAGE_SIZE] = "none";
    for (const char **name = sb_stemmer_list(); *name != NULL; name++) {
        size_t n = strlen(names);
        snprintf(names + n, sizeof names - n, ", %s", *name);
    }
    return wn_fail(WN_BAD_JOB, "no stemmer '%s'; there are %s", stem, names);
}

wn_status wn_stem_new(wn_stem **stem, const char *language)
{
    wn_status status = WN_OK;
    wn_stem *made = NULL;
    *stem = NULL;
    if (strcmp(language, "none") == 0)
        return WN_OK;
    TRY(wn_new(&made, 1));
    made->stemmer = sb_stemmer_new(language, NULL);
    if (made->stemmer == NULL)
        TRY(refuse(language));
    *stem = made;
    made = NULL;
done:
    wn_stem_free(made);
    return status;
}

void wn_stem_free(wn_stem *stem)
{
    if (stem != NULL && stem->stemmer != NULL)
        sb_stemmer_delete(stem->stemmer);
    wn_free(stem);
}

wn_status wn_stem_word(wn_stem *stem, wn_text word, wn_text *shortened)
{
    const sb_symbol *symbols = (const sb_symbol *)word.data;
    const sb_symbol *result = sb_stemmer_stem(stem->stemmer, symbols, (int)word.n_bytes);
    if (result == NULL)
        return wn_fail(WN_NO_MEMORY, "out of memory: a stem of %zu bytes", word.n_bytes);
    *shortened = (wn_text){(const char *)result, (size_t)sb_stemmer_length(stem->stemmer)};
    return WN_OK;
}

#else

wn_status wn_stem_new(wn_stem **stem, const char *language)
{
    *stem = NULL;
    if (strcmp(language, "none") == 0)
        return WN_OK;
    return wn_fail(WN_UNAVAILABLE, "the stemmer '%s' needs a Winnow built with libstemmer-dev", language);
}

void wn_stem_free(wn_stem *stem)
{
    wn_free(stem);
}

wn_status wn_stem_word(wn_stem *stem, wn_text word, wn_text *shortened)
{
    (void)stem;
    *shortened = word;
    return WN_OK;
}

#endif

wn_status wn_stemmer_check(const char *stem)
{
    wn_stem *made = NULL;
    wn_status status = wn_stem_new(&made, stem);
    wn_stem_free(made);
    return status;
}
