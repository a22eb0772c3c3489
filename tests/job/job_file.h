/* job_file.h - job files of the tests: written into the test's directory and read. */
#ifndef WINNOW_TESTS_JOB_FILE_H
#define WINNOW_TESTS_JOB_FILE_H

#include "testing.h"
#include "winnow/job.h"

#include <stdio.h>

/* Writes a text to a file of the test's directory. */
static inline const char *write_file(const char *name, const char *text)
{
    const char *path = test_path(name);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL(file);
    if (file) {
        fputs(text, file);
        fclose(file);
    }
    return path;
}

/* Reads a job from a text; NULL with its errors where it is wrong. */
static inline wn_job *read_text(const char *text, const char *const *settings, size_t n, wn_job_errors *errors)
{
    wn_job *job = NULL;
    wn_status status = wn_job_read(&job, write_file("job.yaml", text), settings, n, errors);
    return status == WN_OK ? job : NULL;
}

#endif
