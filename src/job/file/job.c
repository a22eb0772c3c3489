#include "winnow/job.h"

#include "job_profile.h"
#include "keys.h"
#include "winnow/memory.h"

#include <string.h>

void wn_job_free(wn_job *job)
{
    if (!job)
        return;
    for (size_t i = 0; i < wn_n_keys; i++)
        if (wn_keys[i].kind->clear)
            wn_keys[i].kind->clear(&wn_keys[i], job);
    wn_free(job);
}

static wn_status faults_status(const wn_job_reader *reader)
{
    wn_status status = wn_job_reader_verdict(reader);
    if (status == WN_OK)
        return WN_OK;
    return wn_fail(status, "%s: %zu %s in the job", reader->file, reader->n_faults,
                   reader->n_faults == 1 ? "error" : "errors");
}

/* Takes the job out of a reader that is done, or its errors. */
static wn_status conclude(wn_job_reader *reader, wn_job **job, wn_job_errors *errors)
{
    wn_status status = wn_job_reader_errors(reader, errors);
    if (status == WN_OK)
        status = faults_status(reader);
    if (status != WN_OK)
        return status;
    *job = reader->job;
    reader->job = NULL;
    return WN_OK;
}

wn_status wn_job_read(wn_job **job, const char *path, const char *const *settings, size_t n_settings,
                      wn_job_errors *errors)
{
    wn_job_reader reader = {0};
    wn_status status = wn_job_reader_run(&reader, path, settings, n_settings);
    if (status == WN_OK)
        status = conclude(&reader, job, errors);
    wn_job_reader_clear(&reader);
    return status;
}

/* The text of rank 0's job has every default and nothing left to expand: reading it gives the same job anywhere. */
wn_status wn_job_read_text(wn_job **job, const char *yaml, const char *path, wn_job_errors *errors)
{
    wn_job_reader reader = {0};
    wn_status status = wn_job_reader_parse(&reader, path, yaml, strlen(yaml), NULL, 0);
    if (status == WN_OK)
        status = conclude(&reader, job, errors);
    wn_job_reader_clear(&reader);
    return status;
}

static wn_status share_errors(const wn_ranks *ranks, wn_job_errors *errors)
{
    wn_status status = WN_OK;
    wn_job_errors made = {0};
    int64_t n = (int64_t)errors->n;
    TRY(wn_ranks_broadcast(ranks, 0, &n, sizeof n));
    TRY(wn_ranks_agree(ranks, ranks->rank == 0 ? WN_OK : wn_new(&made.text, (size_t)n)));
    for (size_t i = 0; i < (size_t)n; i++) {
        TRY(wn_ranks_broadcast_text(ranks, 0, ranks->rank == 0 ? &errors->text[i] : &made.text[i]));
        made.n = i + 1;
    }
    if (ranks->rank != 0) {
        *errors = made;
        made = (wn_job_errors){0};
    }
done:
    if (ranks->rank != 0)
        wn_job_errors_clear(&made);
    return status;
}

wn_status wn_job_open(const wn_ranks *ranks, wn_job **job, const char *path, const char *const *settings,
                      size_t n_settings, wn_job_errors *errors)
{
    wn_status status = WN_OK;
    wn_job *made = NULL;
    char *yaml = NULL;
    if (ranks->rank == 0) {
        status = wn_job_read(&made, path, settings, n_settings, errors);
        if (status == WN_OK)
            status = wn_job_text(made, &yaml);
    }
    wn_status agreed = wn_ranks_agree(ranks, status);
    status = share_errors(ranks, errors);
    if (status == WN_OK)
        status = agreed;
    if (status == WN_OK)
        status = wn_ranks_broadcast_text(ranks, 0, &yaml);
    if (status == WN_OK)
        status = wn_ranks_agree(ranks, ranks->rank == 0 ? WN_OK : wn_job_read_text(&made, yaml, path, errors));
    if (status == WN_OK) {
        *job = made;
        made = NULL;
    }
    wn_job_free(made);
    wn_free(yaml);
    return status;
}

wn_input wn_job_input(const wn_job *job)
{
    return (wn_input){.files = (const char *const *)job->input.files.text,
                      .n_files = job->input.files.n,
                      .test = (const char *const *)job->input.test.text,
                      .n_test = job->input.test.n,
                      .table = job->input.table,
                      .label = job->input.label,
                      .include = (const char *const *)job->input.include.text,
                      .n_include = job->input.include.n,
                      .exclude = (const char *const *)job->input.exclude.text,
                      .n_exclude = job->input.exclude.n,
                      .allow_external = job->input.allow_external};
}

wn_input wn_job_split_input(const wn_job *job)
{
    wn_input input = wn_job_input(job);
    input.test = NULL;
    input.n_test = 0;
    input.label = job->input.split_by;
    input.label_key = "input.split.by";
    return input;
}

wn_input_rules wn_job_input_rules(const wn_job *job)
{
    return (wn_input_rules){.table = job->input.table,
                            .missing_values = job->input.missing_values.value,
                            .n_missing_values = job->input.missing_values.n,
                            .label_missing = job->input.label_missing.value,
                            .n_label_missing = job->input.label_missing.n,
                            .infinite_is_missing = job->has_clean && job->clean.infinite_is_missing};
}

wn_reader_options wn_input_rules_options(const wn_input_rules *rules)
{
    return (wn_reader_options){.missing_values = rules->missing_values,
                               .n_missing_values = rules->n_missing_values,
                               .label_missing = rules->label_missing,
                               .n_label_missing = rules->n_label_missing,
                               .infinite_is_missing = rules->infinite_is_missing};
}

wn_reader_options wn_job_reader_options(const wn_job *job)
{
    const wn_input_rules rules = wn_job_input_rules(job);
    return wn_input_rules_options(&rules);
}

wn_reader_options wn_job_split_options(const wn_job *job)
{
    wn_reader_options options = wn_job_reader_options(job);
    options.label_missing = options.missing_values;
    options.n_label_missing = options.n_missing_values;
    return options;
}
