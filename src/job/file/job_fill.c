#include "key_kinds.h"

#include "winnow/lanes.h"
#include "winnow/memory.h"

#include <string.h>

enum { HIDDEN_DEFAULT = 100 };

/* The file's name without directory and last ending. */
static wn_status stem_of(const char *path, char **stem)
{
    const char *last = strrchr(path, '/');
    last = last ? last + 1 : path;
    const char *ending = strrchr(last, '.');
    int n = ending && ending > last ? (int)(ending - last) : (int)strlen(last);
    return wn_string_format(stem, "%.*s", n, last);
}

static void fill_hidden(wn_job_reader *reader)
{
    wn_number_list *hidden = &reader->job->train.hidden;
    if (reader->job->train.model != WN_MODEL_MLP || wn_job_reader_has(reader, "train.model.hidden"))
        return;
    if (!wn_job_reader_keep(reader, wn_new(&hidden->value, 1)))
        return;
    hidden->value[0] = HIDDEN_DEFAULT;
    hidden->n = 1;
}

/* none is no column's name. */
static void fill_split_by(wn_job *job)
{
    if (!job->input.split_by || strcmp(job->input.split_by, "none") != 0)
        return;
    wn_free(job->input.split_by);
    job->input.split_by = NULL;
}

static void fill_task(wn_job *job)
{
    if (!job->has_train || job->input.task != WN_TASK_AUTO)
        return;
    if (job->train.model == WN_MODEL_LINEAR)
        job->input.task = WN_TASK_REGRESSION;
    if (job->train.model == WN_MODEL_LOGISTIC)
        job->input.task = WN_TASK_CLASSIFICATION;
}

void wn_job_reader_fill(wn_job_reader *reader)
{
    wn_job *job = reader->job;
    if (!job->name)
        wn_job_reader_keep(reader, stem_of(reader->file, &job->name));
    if (!job->output.directory && job->name)
        wn_job_reader_keep(reader, wn_string_format(&job->output.directory, "runs/%s", job->name));
    if (!wn_job_reader_has(reader, "clean.outliers.limit"))
        job->clean.limit = wn_outlier_limit(job->clean.rule);
    fill_split_by(job);
    fill_hidden(reader);
    fill_task(job);
    if (!wn_job_reader_has(reader, "train.lanes"))
        job->train.lanes = wn_lanes_default(job->train.batch);
    if (!wn_job_reader_has(reader, "compress.epochs"))
        job->compress.epochs = job->train.epochs;
}
