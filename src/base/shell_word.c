#include "winnow/shell_word.h"

#include "winnow/memory.h"

#include <string.h>

static const char SAFE[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
static const char QUOTE[] = "'\\''"; /* ends the quotes, a quote of its own, begins them again */

wn_status wn_shell_word(char **quoted, const char *word)
{
    wn_status status = WN_OK;
    char *made = NULL;
    if (*word != '\0' && word[strspn(word, SAFE)] == '\0')
        return wn_string_copy(quoted, word);
    TRY(wn_new(&made, strlen(word) * (sizeof QUOTE - 1) + 3));
    char *end = made;
    *end++ = '\'';
    for (const char *c = word; *c != '\0'; c++) {
        size_t n = *c == '\'' ? sizeof QUOTE - 1 : 1;
        memcpy(end, *c == '\'' ? QUOTE : c, n);
        end += n;
    }
    *end = '\'';
    *quoted = made;
done:
    return status;
}
