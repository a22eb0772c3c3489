/* job_reader.h - what the readers of a job's values share: the job being filled, and what was found wrong with it. */
#ifndef WINNOW_JOB_READER_H
#define WINNOW_JOB_READER_H

#include "winnow/job.h"
#include "yaml_tree.h"

/* Something wrong, and where. */
typedef struct {
    bool is_setting, is_input; /* in a --set; in the input section */
    size_t line, column, order;
    char *key, *text;
} wn_job_fault;

typedef struct {
    wn_job *job;
    const char *file; /* as it is called in messages */
    wn_yaml *root;
    bool *is_given;       /* (wn_n_keys) keys that the file or a setting has */
    char **setting_names; /* (n_settings) the KEYs of the settings */
    size_t n_settings;
    wn_job_fault *faults;
    size_t n_faults, n_unavailable; /* the latter: for want of a library, right elsewhere */
    wn_status status;               /* the first failure that is no fault of the job: out of memory */
} wn_job_reader;

/* Local. "FILE:LINE:COLUMN: KEY: ..." (or "--set KEY: KEY: ...") by printf's rules; place NULL is line 1. */
void wn_job_fault_add(wn_job_reader *reader, const wn_yaml *place, const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Local. The same at the place of a key that may be absent: its nearest section that is there. */
void wn_job_fault_at(wn_job_reader *reader, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Local. The last failure's message as a fault at a key; WN_UNAVAILABLE is one of this build, not of the job. */
void wn_job_fault_of(wn_job_reader *reader, const char *key, wn_status status);

/* Local. What the faults make of a job: WN_OK without one, WN_UNAVAILABLE where only libraries are missing, else
 * WN_BAD_JOB; no message is left. */
wn_status wn_job_reader_verdict(const wn_job_reader *reader);

/* Local. Who hears what is wrong with YAML as such: it becomes a fault. */
wn_yaml_listener wn_job_reader_listener(wn_job_reader *reader);

/* Local. Remembers a failure; true when there is none. */
bool wn_job_reader_keep(wn_job_reader *reader, wn_status status);

/* Local. Whether a key was given; whether nothing is wrong with it so far. */
bool wn_job_reader_has(const wn_job_reader *reader, const char *path);
bool wn_job_reader_is_sound(const wn_job_reader *reader, const char *path);

/* Local. Reads a file, or a text of n bytes that is called `file`, and the settings into reader->job, and tells every
 * fault of the keys and of their relations. The reader is all zero before and cleared by wn_job_reader_clear, which
 * frees a job that is still there. Fails: as wn_job_read, but faults are no failure. */
WN_MUST_USE wn_status wn_job_reader_run(wn_job_reader *reader, const char *path, const char *const *settings,
                                        size_t n_settings);
WN_MUST_USE wn_status wn_job_reader_parse(wn_job_reader *reader, const char *file, const char *bytes, size_t n,
                                          const char *const *settings, size_t n_settings);
void wn_job_reader_clear(wn_job_reader *reader);

/* Local. The faults in the order of their places, settings last, as texts. */
WN_MUST_USE wn_status wn_job_reader_errors(wn_job_reader *reader, wn_job_errors *errors);

/* Local. Puts "KEY=VALUE" into the tree; what is wrong with it is told. Fails: WN_USAGE without "=", WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_job_reader_set(wn_job_reader *reader, const char *setting);

/* Local. Defaults that follow from other keys; relations between keys, told as faults; names of images in lists of
 * columns become globs over their cells. */
void wn_job_reader_fill(wn_job_reader *reader);
void wn_job_reader_relate(wn_job_reader *reader);
void wn_job_reader_expand_images(wn_job_reader *reader);

/* Local. Cells of an image. */
int64_t wn_job_image_cells(const wn_column_type *type);

/* Local. Whether `name` is an image of input.types and `column` one of its cells. */
bool wn_job_image_has(const wn_job *job, const char *name, const char *column);

#endif
