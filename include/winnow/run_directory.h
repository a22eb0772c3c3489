/* run_directory.h - the directory of a run: whose it is, who is in it, and which stages' results lie there.
 * Only files of our own manifest are ever replaced; the names of a run's files (job.yaml, run.json, events.jsonl,
 * recipe.h5, model.h5, compressed.wnm, report.html) are in it from the start. The manifest (manifest.json) holds for
 * each finished stage its key, its result files with size and hash, and what run.json says of it. */
#ifndef WINNOW_RUN_DIRECTORY_H
#define WINNOW_RUN_DIRECTORY_H

#include "winnow/hash.h"
#include "winnow/ranks.h"

#include <jansson.h>
#include <stdbool.h>

typedef struct wn_run_directory wn_run_directory;

typedef enum { WN_RESUME_AUTO, WN_RESUME_NEVER } wn_resume;

/* Collective. Makes the directory (with parents) or takes one of ours, and locks it: the lock file holds host, job id,
 * process and a heartbeat (renewed by a thread on rank 0 every 10 s, and taken over when older than 60 s, or when its
 * process is gone on the same host). NEVER wants a new or empty directory, or a finished run of ours, whose files it
 * then removes. Fails: WN_CANT_CREATE where it is not ours, in use (by whom is said), or cannot be made; an unfinished
 * run under NEVER. */
WN_MUST_USE wn_status wn_run_directory_open(const wn_ranks *ranks, wn_run_directory **directory, const char *path,
                                            wn_resume resume);

/* Collective. Gives the lock back. */
void wn_run_directory_close(wn_run_directory *directory);

/* Local. The directory's own path, owned by it until close: where files without a name may lie, too. */
const char *wn_run_directory_root(const wn_run_directory *directory);

/* Local. "DIRECTORY/NAME" of a name that is a run's from the start, owned by the directory until close; NULL for
 * others.
 */
const char *wn_run_directory_path(const wn_run_directory *directory, const char *name);

/* Local. "DIRECTORY/NAME" of any name: *path is new, owned by the caller. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_run_directory_join(const wn_run_directory *directory, const char *name, char **path);

/* Collective. Whether a finished stage of this name and key lies here, with its files whole (size and hash are checked
 * by rank 0). *result is then what was given to wn_run_directory_finish_stage (new reference, every rank), NULL
 * otherwise; *why says in words why not ("new", "its input changed", "it was made with the BLAS kernels for ...", "FILE
 * is damaged"; static or owned by the directory). Fails: WN_NO_MEMORY, agreed. */
WN_MUST_USE wn_status wn_run_directory_find_stage(const wn_ranks *ranks, wn_run_directory *directory, const char *stage,
                                                  wn_hash key, json_t **result, const char **why);

/* Collective. Enters a finished stage: its key, its files (names in the directory, written by rank 0 before), its
 * result (borrowed; NULL on rank 0 is one that there was no memory for). The manifest is replaced whole and synced.
 * Fails: WN_CANT_CREATE where another run took the lock over; WN_IO; WN_NO_MEMORY, as without a result; agreed. */
WN_MUST_USE wn_status wn_run_directory_finish_stage(const wn_ranks *ranks, wn_run_directory *directory,
                                                    const char *stage, wn_hash key, const char *const *files,
                                                    size_t n_files, json_t *result);

/* Collective. The same; `others` (borrowed) is an array of {name, bytes} of more files of the stage, written by any
 * rank: when the stage is looked for, their size is checked, and their content is the caller's to check. Fails: the
 * same. */
WN_MUST_USE wn_status wn_run_directory_finish_stage_with(const wn_ranks *ranks, wn_run_directory *directory,
                                                         const char *stage, wn_hash key, const char *const *files,
                                                         size_t n_files, const json_t *others, json_t *result);

/* Collective. Before the stages: takes out a stage's result, with its files, that is not of this key (NULL: the job has
 * no such stage), so that nothing in the directory belongs to another job. Fails: WN_CANT_CREATE, WN_IO. */
WN_MUST_USE wn_status wn_run_directory_forget_stage(const wn_ranks *ranks, wn_run_directory *directory,
                                                    const char *stage, const wn_hash *key);

/* Local, rank 0 only. How many stages were finished since the directory was opened. */
size_t wn_run_directory_n_entered(const wn_run_directory *directory);

/* Local, rank 0 only. Before a file of ours is written at a name in the directory: enters the name in the manifest.
 * Fails: WN_CANT_CREATE where a file of that name is not ours, or another run took the lock over; WN_IO. */
WN_MUST_USE wn_status wn_run_directory_claim(wn_run_directory *directory, const char *name);

/* Local, rank 0 only. wn_run_directory_claim for many names at once. */
WN_MUST_USE wn_status wn_run_directory_claim_all(wn_run_directory *directory, const char *const *names, size_t n);

/* Local, rank 0 only. Removes the files of ours in a folder of the directory, also half written ones (NAME.part-...),
 * and the folder where nothing is left in it. Fails: WN_CANT_CREATE, WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_run_directory_clear(wn_run_directory *directory, const char *folder);

/* Local, rank 0 only. Removes a file of ours, if it is there. Fails: WN_CANT_CREATE. */
WN_MUST_USE wn_status wn_run_directory_remove(wn_run_directory *directory, const char *name);

/* Local, rank 0 only. Writes a small text file of ours beside its name, synced and renamed; claims the name
 * first. Fails: as wn_run_directory_claim. */
WN_MUST_USE wn_status wn_run_directory_write_text(wn_run_directory *directory, const char *name, const char *text);

/* Local; nothing but on rank 0. Marks the run as finished or not, which WN_RESUME_NEVER asks for. Fails: as
 * finish_stage. */
WN_MUST_USE wn_status wn_run_directory_set_finished(wn_run_directory *directory, bool is_finished);

/* Local. How many times the run was started, this time included. */
int64_t wn_run_directory_attempts(const wn_run_directory *directory);

#endif
