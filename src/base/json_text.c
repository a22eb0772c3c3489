#include "winnow/json_text.h"

#include "winnow/memory.h"
#include "winnow/utf8.h"

#include <string.h>

static json_t *mended(const char *text)
{
    char *copy = NULL;
    if (wn_string_copy(&copy, text) != WN_OK)
        return json_string("?");
    for (size_t i = 0, n = strlen(copy); i < n;) {
        size_t length = wn_utf8_length(copy + i, n - i);
        if (length == 0)
            copy[i] = '?';
        i += length > 0 ? length : 1;
    }
    json_t *made = json_string(copy);
    wn_free(copy);
    return made;
}

json_t *wn_json_text(const char *text)
{
    if (text == NULL)
        return json_null();
    json_t *made = json_string(text);
    return made != NULL ? made : mended(text);
}
