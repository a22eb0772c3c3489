/* file_replace.h - small files that are whole at any moment: written beside, synced, renamed. */
#ifndef WINNOW_JOB_FILE_REPLACE_H
#define WINNOW_JOB_FILE_REPLACE_H

#include "winnow/status.h"

/* Local. Replaces the file NAME in a directory by a text; the file beside it is NAME.part. Fails: WN_CANT_CREATE, WN_IO
 * (also disk full), WN_NO_MEMORY; the old file is then whole. */
WN_MUST_USE wn_status wn_file_replace(const char *directory, const char *name, const char *text);

/* Local. The whole text of a file of at most 64 MiB; the caller frees it. Fails: WN_NO_INPUT, WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_file_text(const char *path, char **text);

#endif
