/* fingerprint.h - whether a run's files are those that its run.json is about. Files are whole by their own checksums;
 * one of another run, put in place of this run's, is whole too. */
#ifndef WINNOW_FINGERPRINT_H
#define WINNOW_FINGERPRINT_H

#include "winnow/hash.h"

#include <jansson.h>

/* Local. run.json of a run directory (new reference); NULL where there is none, as while a run is under way. Fails:
 * WN_BAD_DATA where it is damaged, WN_IO, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_fingerprint_summary(json_t **summary, const char *run);

/* Local. Whether the numbers of a file, hashed, are those that `fingerprints` of run.json has under the name ("recipe",
 * "model", "compressed"). Where it has none (or summary is NULL) there is nothing to compare with. Fails: WN_BAD_DATA,
 * naming the path. */
WN_MUST_USE wn_status wn_fingerprint_check(const json_t *summary, const char *name, wn_hash hash, const char *path);

#endif
