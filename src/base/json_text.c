#include "json_text.h"

#include "winnow/memory.h"

#include <stdbool.h>
#include <string.h>

static bool is_valid(const char *text, size_t n)
{
    json_t *made = json_stringn(text, n);
    json_decref(made);
    return made != NULL;
}

/* Bytes of the character that begins here; 0 where none does. */
static size_t character_length(const char *text, size_t n)
{
    for (size_t length = 1; length <= 4 && length <= n; length++)
        if (is_valid(text, length))
            return length;
    return 0;
}

static json_t *mended(const char *text)
{
    char *copy = NULL;
    if (wn_string_copy(&copy, text) != WN_OK)
        return json_string("?");
    for (size_t i = 0, n = strlen(copy); i < n;) {
        size_t length = character_length(copy + i, n - i);
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
