/* job_rules.h - which columns the names and globs of a job mean. */
#ifndef WINNOW_JOB_RULES_H
#define WINNOW_JOB_RULES_H

#include "job_reader.h"

/* Local. Whether a name, a glob or the name of an image means a column; any of the columns. */
bool wn_job_matches(const wn_job *job, const char *pattern, const char *column);
bool wn_job_matches_any(const wn_job *job, const char *pattern, const char *const *columns, size_t n_columns);

/* Local. Sets the kinds of all columns by input.types, of which the later one wins. */
void wn_job_column_kinds(const wn_job *job, wn_recipe *recipe);

/* Local. Whether a column is a pixel that extract.image makes features of. */
bool wn_job_encodes_pixel(const wn_job *job, const char *column);

/* Local. WN_BAD_DATA with the nearest name where a pattern of a key means no column. */
WN_MUST_USE wn_status wn_job_pattern_check(const wn_job *job, const char *key, const char *pattern,
                                           const char *const *columns, size_t n_columns);

#endif
