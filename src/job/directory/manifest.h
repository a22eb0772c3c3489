/* manifest.h - manifest.json of a run directory, on rank 0: which files are ours, and which stages are finished. */
#ifndef WINNOW_JOB_MANIFEST_H
#define WINNOW_JOB_MANIFEST_H

#include "winnow/hash.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum { WN_DIRECTORY_EMPTY, WN_DIRECTORY_OURS, WN_DIRECTORY_FOREIGN } wn_directory_kind;

/* The names of what a run may leave in its directory, the manifest and what lies in `data` apart. */
enum { WN_N_RUN_NAMES = 21 };
extern const char *const wn_run_names[WN_N_RUN_NAMES];

/* Local. Whose a directory is; files of a lock do not count. Fails: WN_CANT_CREATE where it is no directory, or its
 * manifest cannot be understood. *manifest is its manifest (new reference) where it is ours. */
WN_MUST_USE wn_status wn_manifest_look(const char *directory, wn_directory_kind *kind, json_t **manifest);

/* Local. The manifest of a new run: the names of a run's files are ours from the start. */
WN_MUST_USE wn_status wn_manifest_new(json_t **manifest);

/* Local. Replaces manifest.json, with a checksum of its content. */
WN_MUST_USE wn_status wn_manifest_write(const char *directory, json_t *manifest);

/* Local. Removes every file that is ours, the manifest last. Fails: WN_CANT_CREATE. */
WN_MUST_USE wn_status wn_manifest_remove_files(const char *directory, const json_t *manifest);

/* Local. Removes one file, if it is there. Fails: WN_CANT_CREATE. */
WN_MUST_USE wn_status wn_manifest_remove_file(const char *directory, const char *name);

/* Local. Whether a name leads to a file of the directory or of one in it; NULL does not. */
bool wn_manifest_is_inside(const char *name);

/* Local. Whether a name is ours; makes it so. */
bool wn_manifest_owns(const json_t *manifest, const char *name);
WN_MUST_USE wn_status wn_manifest_own(json_t *manifest, const char *name);

/* Local. Removes the files of ours in a folder, whole or as NAME.part-..., and then the folder if it is empty. Fails:
 * WN_CANT_CREATE, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_manifest_clear(const char *directory, const json_t *manifest, const char *folder);

/* Local. Enters a finished stage with the sizes and hashes of its files as they are now, and `others` ({name, bytes};
 * may be NULL) as they are given: of those only the size is looked at when the stage is found. */
WN_MUST_USE wn_status wn_manifest_enter(json_t *manifest, const char *directory, const char *stage, wn_hash key,
                                        const char *const *files, size_t n_files, const json_t *others, json_t *result);

/* Local. The result of a finished stage of this key whose files are whole (borrowed), else NULL and why not. */
WN_MUST_USE wn_status wn_manifest_find(const json_t *manifest, const char *directory, const char *stage, wn_hash key,
                                       json_t **result, char *why, size_t why_size);

/* Local. Takes out a stage's result that is not of this key (NULL: any), its files first; an entry without key stays,
 * so that the stage is not called new. Says whether it did. Fails: WN_CANT_CREATE where a file cannot be removed. */
WN_MUST_USE wn_status wn_manifest_forget(json_t *manifest, const char *directory, const char *stage, const wn_hash *key,
                                         bool *forgot);

#endif
