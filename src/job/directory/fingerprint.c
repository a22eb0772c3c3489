#include "winnow/fingerprint.h"

#include "winnow/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

wn_status wn_fingerprint_summary(json_t **summary, const char *run)
{
    wn_status status = WN_OK;
    json_error_t error;
    char *path = NULL;
    FILE *file = NULL;
    *summary = NULL;
    TRY(wn_string_format(&path, "%s/run.json", run));
    file = fopen(path, "rb");
    if (file == NULL && errno == ENOENT)
        goto done;
    if (file == NULL)
        TRY(wn_fail(WN_IO, "%s: %s", path, strerror(errno)));
    json_t *found = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
    if (ferror(file))
        status = wn_fail(WN_IO, "%s: cannot be read", path);
    else if (!json_is_object(found))
        status = wn_fail(WN_BAD_DATA, "%s: is damaged: %s", path, found != NULL ? "no JSON object" : error.text);
    if (status == WN_OK)
        *summary = found;
    else
        json_decref(found);
done:
    if (file != NULL)
        fclose(file);
    wn_free(path);
    return status;
}

wn_status wn_fingerprint_check(const json_t *summary, const char *name, wn_hash hash, const char *path)
{
    char text[WN_HASH_TEXT_SIZE];
    const char *wanted = json_string_value(json_object_get(json_object_get(summary, "fingerprints"), name));
    wn_hash_text(hash, text);
    if (wanted == NULL || strcmp(wanted, text) == 0)
        return WN_OK;
    return wn_fail(WN_BAD_DATA, "%s: is not of this run: its fingerprint is %s, run.json's is %s", path, text, wanted);
}
