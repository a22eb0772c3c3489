#include "job_record.h"

#include "file_replace.h"
#include "winnow/hash.h"
#include "winnow/memory.h"

#include <string.h>

static const char MARK[] = "# checksum of the lines above: ";

static void checksum(const char *text, size_t n, char sum[WN_HASH_TEXT_SIZE])
{
    wn_hash_text(wn_hash_bytes(text, n, 0), sum);
}

wn_status wn_job_record_text(const wn_job *job, char **text)
{
    wn_status status = WN_OK;
    char *yaml = NULL, sum[WN_HASH_TEXT_SIZE];
    TRY(wn_job_text(job, &yaml));
    checksum(yaml, strlen(yaml), sum);
    TRY(wn_string_format(text, "%s%s%s\n", yaml, MARK, sum));
done:
    wn_free(yaml);
    return status;
}

/* The last line is the mark and the sum of all before it. */
static wn_status verify(const char *path, const char *text)
{
    char sum[WN_HASH_TEXT_SIZE];
    size_t n = strlen(text), n_line = sizeof MARK - 1 + WN_HASH_TEXT_SIZE; /* the sum and a line's end */
    const char *line = n >= n_line ? text + n - n_line : text;
    checksum(text, (size_t)(line - text), sum);
    bool is_whole = n >= n_line && strncmp(line, MARK, sizeof MARK - 1) == 0 &&
                    strncmp(line + sizeof MARK - 1, sum, sizeof sum - 1) == 0 && text[n - 1] == '\n';
    if (is_whole)
        return WN_OK;
    return wn_fail(
        WN_BAD_DATA,
        "%s: is damaged, or was edited after the run: its checksum is not that of its content; start the run "
        "again to have it written anew",
        path);
}

wn_status wn_job_record_read(wn_job **job, const char *path)
{
    wn_status status = WN_OK;
    char *text = NULL;
    wn_job_errors errors = {0};
    TRY(wn_file_text(path, &text));
    TRY(verify(path, text));
    TRY(wn_job_read(job, path, NULL, 0, &errors));
done:
    wn_job_errors_clear(&errors);
    wn_free(text);
    return status;
}
