#include "expand.h"

#include "text.h"
#include "winnow/memory.h"
#include "winnow/utf8.h"

#include <ctype.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_SIZE = 256 };

static bool is_name_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Takes NAME or {NAME} after a dollar; returns how many bytes it took, 0 where there is no name. */
static size_t take_name(const char *text, char name[NAME_SIZE])
{
    bool is_braced = *text == '{';
    const char *first = text + is_braced;
    size_t n = 0;
    while (is_name_byte(first[n]))
        n++;
    if (n == 0 || n >= NAME_SIZE || isdigit((unsigned char)*first) || (is_braced && first[n] != '}'))
        return 0;
    memcpy(name, first, n);
    name[n] = 0;
    return n + 2 * (size_t)is_braced;
}

static wn_status expand_names(const char *path, wn_text_buffer *text, char **problem)
{
    char name[NAME_SIZE];
    for (const char *c = path; *c; c++) {
        if (*c != '$') {
            wn_text_add(text, "%c", *c);
            continue;
        }
        if (c[1] == '$') {
            wn_text_add(text, "$");
            c++;
            continue;
        }
        size_t taken = take_name(c + 1, name);
        if (taken == 0)
            return wn_string_format(problem, "has a $ without a name; write $$ for a dollar");
        const char *value = getenv(name);
        if (!value)
            return wn_string_format(problem, "names $%s, which is not set", name);
        wn_text_add(text, "%s", value);
        c += taken;
    }
    return WN_OK;
}

static const char *home_of(const char *user)
{
    const char *home = *user ? NULL : getenv("HOME");
    if (home && *home == '/')
        return home;
    struct passwd *entry = *user ? getpwnam(user) : getpwuid(getuid());
    return entry && entry->pw_dir[0] == '/' ? entry->pw_dir : NULL;
}

static wn_status expand_home(const char *path, wn_text_buffer *text, char **problem)
{
    char user[NAME_SIZE];
    size_t n = strcspn(path + 1, "/");
    if (n >= sizeof user)
        return wn_string_format(problem, "begins with ~ and no user's name");
    memcpy(user, path + 1, n);
    user[n] = 0;
    const char *home = home_of(user);
    if (!home)
        return wn_string_format(problem, "begins with ~%s, whose home is not known", user);
    wn_text_add(text, "%s%s", home, path + 1 + n);
    return WN_OK;
}

wn_status wn_path_expand(const char *path, char **expanded, char **problem)
{
    wn_status status = WN_OK;
    wn_text_buffer names = {0}, whole = {0};
    char *named = NULL, *result = NULL, *cause = NULL;
    TRY(expand_names(path, &names, &cause));
    TRY(wn_text_finish(&names, &named));
    if (!cause && *named == '~') {
        TRY(expand_home(named, &whole, &cause));
        TRY(wn_text_finish(&whole, &result));
    } else if (!cause) {
        result = named;
        named = NULL;
    }
    if (!cause && !wn_utf8_is_valid(result, strlen(result)))
        TRY(wn_string_format(&cause, "is not UTF-8 with what it names"));
    *problem = cause;
    *expanded = cause ? NULL : result;
    result = cause ? result : NULL;
    cause = NULL;
done:
    wn_free(cause);
    wn_free(result);
    wn_free(named);
    wn_text_clear(&names);
    wn_text_clear(&whole);
    return status;
}
