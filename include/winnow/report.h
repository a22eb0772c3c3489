/* report.h - report.html: a run told on one page that opens offline, made from the files of its directory alone. The
 * page has no scripts and fetches nothing; every text in it is escaped, column names above all. A run that stopped or
 * failed, or whose summary is missing, has a page that says so. To compare two runs see compare.h. */
#ifndef WINNOW_REPORT_H
#define WINNOW_REPORT_H

#include "winnow/status.h"

#include <stddef.h>

/* Local. The page of the run in a directory, of *n bytes, NUL-terminated; the caller frees it with wn_free. Files that
 * are missing or damaged are told in the page. Fails: WN_NO_INPUT where there is no such directory, WN_CANT_CREATE
 * where it is not a run of ours, WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_report_page(const char *run, char **page, size_t *n);

/* Local. The run itself, which holds the directory's lock, writes RUN/report.html: beside its name, synced and renamed.
 * Fails: as wn_report_page. */
WN_MUST_USE wn_status wn_report_write(const char *run);

/* Local. The same by anybody else, at any time and without a lock: what is written beside has a name of this process's
 * own, and a page that was made while the run ended is made again, so that none hides the run's last. Fails: as
 * wn_report_page. */
WN_MUST_USE wn_status wn_report_renew(const char *run);

#endif
