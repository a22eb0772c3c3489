/* run_files.h - what lies in a run directory, read: whatever is missing or damaged is NULL, with the reason. */
#ifndef WINNOW_REPORT_RUN_FILES_H
#define WINNOW_REPORT_RUN_FILES_H

#include "winnow/recipe.h"

#include <jansson.h>

enum { WN_JOB_TEXT_MAX = 1 << 20 };

typedef struct {
    const char *path; /* borrowed */
    json_t *manifest, *summary;
    char summary_fault[WN_MESSAGE_SIZE];
    bool summary_is_damaged; /* there, but not as it was written */
    wn_recipe *recipe;
    char recipe_fault[WN_MESSAGE_SIZE];
    char **kinds; /* of the recipe's columns, in their order; NULL where they cannot be read */
    char *job;    /* text of job.yaml, at most WN_JOB_TEXT_MAX bytes */
} wn_run_files;

/* Local. Reads run.json, the recipe and the job. The caller clears the files. Fails: WN_NO_INPUT where there is no such
 * directory, WN_CANT_CREATE where it has no manifest of ours, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_run_files_read(wn_run_files *files, const char *path);

/* Local. The same without recipe and job. */
WN_MUST_USE wn_status wn_run_files_read_summary(wn_run_files *files, const char *path);

/* Local. */
void wn_run_files_clear(wn_run_files *files);

#endif
