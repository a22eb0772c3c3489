#include "external_path.h"

#include "winnow/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char ORIGIN[] = "${ORIGIN}";

/* The length of what comes before the last component, with its slash. */
static int directory_length(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash != NULL ? (int)(slash + 1 - file) : 0;
}

wn_status wn_external_path_raw(char **path, const char *file, const char *name)
{
    const char *prefix = getenv("HDF5_EXTFILE_PREFIX");
    size_t n = strlen(ORIGIN);
    if (name[0] == '/' || prefix == NULL || prefix[0] == '\0' || strcmp(prefix, ".") == 0)
        return wn_string_copy(path, name);
    if (strncmp(prefix, ORIGIN, n) != 0)
        return wn_string_format(path, "%s/%s", prefix, name);
    return wn_string_format(path, "%.*s.%s/%s", directory_length(file), file, prefix + n, name);
}

/* Takes the path if a file is there, else frees it. */
static bool takes(char **path, char *candidate)
{
    if (access(candidate, F_OK) == 0)
        *path = candidate;
    else
        wn_free(candidate);
    return *path != NULL;
}

static wn_status try_prefixes(char **path, const char *prefixes, const char *name)
{
    wn_status status = WN_OK;
    char *candidate = NULL;
    for (const char *at = prefixes; at != NULL && *at != '\0' && *path == NULL;) {
        size_t n = strcspn(at, ":");
        if (n > 0) {
            TRY(wn_string_format(&candidate, "%.*s/%s", (int)n, at, name));
            takes(path, candidate);
        }
        at += n + (at[n] == ':');
    }
done:
    return status;
}

wn_status wn_external_path_source(char **path, bool *is_beside, const char *file, const char *name)
{
    wn_status status = WN_OK;
    char *candidate = NULL, *found = NULL;
    bool is_absolute = name[0] == '/';
    *is_beside = false;
    if (is_absolute) {
        TRY(wn_string_copy(&candidate, name));
        takes(&found, candidate);
        name = strrchr(name, '/') + 1;
    }
    if (found == NULL)
        TRY(try_prefixes(&found, getenv("HDF5_VDS_PREFIX"), name));
    if (found == NULL) {
        TRY(wn_string_format(&candidate, "%.*s%s", directory_length(file), file, name));
        *is_beside = takes(&found, candidate) && !is_absolute && strchr(name, '/') == NULL;
    }
    if (found == NULL) {
        TRY(wn_string_copy(&candidate, name));
        takes(&found, candidate);
    }
    *path = found;
done:
    return status;
}
