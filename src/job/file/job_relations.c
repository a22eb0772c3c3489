#include "key_kinds.h"

#include "winnow/tokens.h"
#include "winnow/utf8.h"

#include <string.h>

static void relate_name(wn_job_reader *reader)
{
    const char *name = reader->job->name;
    if (name && (strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0))
        wn_job_fault_at(reader, "name", "is %s, must be a name without /", name);
    if (name && !wn_utf8_is_valid(name, strlen(name)))
        wn_job_fault_at(reader, "name", "is the job file's, which is not UTF-8; must be given in the file");
}

static void relate_input(wn_job_reader *reader)
{
    const wn_job *job = reader->job;
    if (job->input.files.n == 0)
        wn_job_fault_at(reader, "input.files", "is missing, must be a list of paths or globs");
    if (job->input.test.n > 0 && job->input.split_test > 0)
        wn_job_fault_at(reader, "input.split.test", "is given together with input.test, must be one of the two");
    if (job->input.split_validation + job->input.split_test >= 1)
        wn_job_fault_at(reader, "input.split", "leaves no training rows, must sum to below 1");
    const char *by = job->input.split_by;
    if (by && job->input.split_validation + job->input.split_test == 0)
        wn_job_fault_at(reader, "input.split.by", "is given, but no row is split off: set validation or test");
    if (by && job->input.label && strcmp(by, job->input.label) == 0)
        wn_job_fault_at(reader, "input.split.by", "is the label, whose values would then lie on one side each");
    if (job->input.label_missing.n > 0 && !job->input.label)
        wn_job_fault_at(reader, "input.label_missing", "is given without input.label");
}

static void relate_clean(wn_job_reader *reader)
{
    static const char *const details[] = {"clean.outliers.limit", "clean.outliers.action"};
    const wn_job *job = reader->job;
    if (wn_job_reader_is_sound(reader, "clean.outliers.limit") &&
        job->clean.limit >= wn_outlier_limit_end(job->clean.rule))
        wn_job_fault_at(reader, "clean.outliers.limit", "is %g, must be below 0.5, each tail's share",
                        job->clean.limit);
    if (wn_job_reader_has(reader, "clean.outliers.rule"))
        return;
    for (size_t i = 0; i < 2; i++)
        if (wn_job_reader_has(reader, details[i]))
            wn_job_fault_at(reader, details[i], "is given without clean.outliers.rule");
}

static bool only_forest(const wn_job *job)
{
    for (int method = 0; method < WN_RANK_METHODS; method++)
        if (job->rank.use[method] && method != WN_RANK_RANDOM_FOREST)
            return false;
    return job->rank.use[WN_RANK_RANDOM_FOREST];
}

/* What cuts texts into words, and what stems them. */
static void relate_words(wn_job_reader *reader)
{
    const wn_job *job = reader->job;
    wn_tokenizer *words = NULL;
    wn_status status = wn_tokenizer_new(&words, "none", 1);
    wn_tokenizer_free(words);
    if (status == WN_NO_MEMORY)
        wn_job_reader_keep(reader, status);
    else if (status != WN_OK)
        wn_job_fault_of(reader, "extract.text.method", status);
    if (!wn_job_reader_is_sound(reader, "extract.text.stem"))
        return;
    status = wn_stemmer_check(job->extract.text.stem);
    if (status == WN_NO_MEMORY)
        wn_job_reader_keep(reader, status);
    else if (status != WN_OK)
        wn_job_fault_of(reader, "extract.text.stem", status);
}

static void relate_extract(wn_job_reader *reader)
{
    const wn_job *job = reader->job;
    if (job->has_extract && job->extract.method == WN_CATEGORY_TARGET && !job->input.label)
        wn_job_fault_at(reader, "extract.categorical.method", "is target, which needs input.label");
    bool has_terms = job->has_extract && job->extract.text.method != WN_TEXT_NONE;
    if (has_terms)
        relate_words(reader);
    bool has_cells = job->has_extract && job->extract.image.method == WN_IMAGE_ORIENTATIONS;
    for (size_t i = 0; has_cells && i < job->input.n_types; i++) {
        const wn_column_type *type = &job->input.types[i];
        if (type->word == WN_TYPE_IMAGE &&
            (job->extract.image.cell > type->height || job->extract.image.cell > type->width))
            wn_job_fault_at(reader, "extract.image.cell", "is %lld, more than a side of the image %s",
                            (long long)job->extract.image.cell, type->name);
    }
}

static void relate_rank(wn_job_reader *reader)
{
    const wn_job *job = reader->job;
    if (job->has_rank && job->rank.folds == 1)
        wn_job_fault_at(reader, "rank.folds", "is 1, must be 0 for none or an integer from 2 to %d", WN_MOST_FOLDS);
    if (job->has_rank && job->rank.folds > 1 && only_forest(job))
        wn_job_fault_at(reader, "rank.folds",
                        "is given, but random_forest takes no part in it, must go with another method");
    if (!job->has_rank || job->input.label)
        return;
    for (int method = 0; method < WN_RANK_METHODS; method++)
        if (job->rank.use[method] && method != WN_RANK_VARIANCE)
            wn_job_fault_at(reader, "rank.methods", "has %s, which needs input.label",
                            wn_rank_method_name((wn_rank_method)method));
}

static void relate_reduce(wn_job_reader *reader)
{
    const wn_job *job = reader->job;
    bool is_lda = job->has_reduce && job->reduce.method == WN_REDUCE_LDA;
    if (is_lda && (!job->input.label || job->input.task == WN_TASK_REGRESSION))
        wn_job_fault_at(reader, "reduce.method", "is lda, which needs a label of classes (input.label, input.task)");
    if (is_lda && job->reduce.solver != WN_SOLVER_AUTO && job->reduce.solver != WN_SOLVER_LAPACK)
        wn_job_fault_at(reader, "reduce.solver", "is not for lda, must be auto or lapack");
    if (job->has_reduce && job->reduce.method == WN_REDUCE_PCA && job->reduce.solver == WN_SOLVER_RANDOMIZED &&
        job->reduce.components.count == 0)
        wn_job_fault_at(reader, "reduce.components", "is a share of the variance, must be a count for randomized");
    if (job->has_reduce && job->reduce.is_single && is_lda)
        wn_job_fault_at(reader, "reduce.precision", "is single, but lda needs double");
    if (job->has_reduce && job->reduce.is_single && job->has_rank && job->rank.use[WN_RANK_LASSO])
        wn_job_fault_at(reader, "reduce.precision", "is single, but lasso needs products in double");
    if (job->has_reduce && !is_lda && job->reduce.shrinkage > 0)
        wn_job_fault_at(reader, "reduce.shrinkage", "is above 0, but only lda shrinks");
    if (job->has_reduce && job->reduce.method == WN_REDUCE_NONE && job->reduce.append)
        wn_job_fault_at(reader, "reduce.append", "is true, but reduce.method none makes no components");
    size_t keep = job->has_rank ? job->rank.keep.count : 0;
    if (job->has_reduce && job->reduce.method != WN_REDUCE_NONE && keep > 0 && job->rank.always.n == 0 &&
        job->reduce.components.count > keep)
        wn_job_fault_at(reader, "reduce.components", "is %zu, more than the %zu features of rank.keep",
                        job->reduce.components.count, keep);
}

static void relate_model(wn_job_reader *reader)
{
    const wn_job *job = reader->job;
    if (job->train.model == WN_MODEL_LINEAR && job->input.task == WN_TASK_CLASSIFICATION)
        wn_job_fault_at(reader, "train.model.type",
                        "is linear, which is for a regression, but input.task is "
                        "classification, must be logistic or mlp");
    if (job->train.model == WN_MODEL_LOGISTIC && job->input.task == WN_TASK_REGRESSION)
        wn_job_fault_at(reader, "train.model.type",
                        "is logistic, which is for a classification, but input.task is "
                        "regression, must be linear or mlp");
    bool has_hidden = job->train.hidden.n > 0;
    if (!wn_job_reader_is_sound(reader, "train.model.type"))
        return;
    if (job->train.model != WN_MODEL_MLP && has_hidden)
        wn_job_fault_at(reader, "train.model.hidden", "is given, but only an mlp has hidden layers");
    if (job->train.model == WN_MODEL_MLP && !has_hidden)
        wn_job_fault_at(reader, "train.model.hidden", "is empty, must have at least one width for an mlp");
    if (job->train.model != WN_MODEL_MLP && job->train.dropout > 0)
        wn_job_fault_at(reader, "train.model.dropout", "is above 0, but only an mlp has hidden units");
}

static void relate_train(wn_job_reader *reader)
{
    const wn_job *job = reader->job;
    if (!job->has_train)
        return;
    if (!job->input.label)
        wn_job_fault_at(reader, "input.label", "is missing, which train needs");
    relate_model(reader);
    if (wn_job_reader_is_sound(reader, "train.optimizer.type") && job->train.optimizer.momentum > 0 &&
        job->train.optimizer.type != WN_OPTIMIZER_SGD)
        wn_job_fault_at(reader, "train.optimizer.momentum", "is above 0, but only sgd has momentum");
    if (!wn_job_reader_is_sound(reader, "train.batch"))
        return;
    if (job->train.lanes > job->train.batch)
        wn_job_fault_at(reader, "train.lanes", "is %lld, must be from 1 to train.batch, %lld",
                        (long long)job->train.lanes, (long long)job->train.batch);
    else if (job->train.batch % job->train.lanes != 0)
        wn_job_fault_at(reader, "train.batch", "is %lld, must be a multiple of train.lanes, %lld",
                        (long long)job->train.batch, (long long)job->train.lanes);
}

static void relate_compress(wn_job_reader *reader)
{
    const wn_job *job = reader->job;
    if (!job->has_compress)
        return;
    if (!wn_yaml_find(reader->root, "train"))
        wn_job_fault_at(reader, "compress", "is given without train, whose model it compresses");
    if (!job->compress.metric_by_task && job->compress.metric == WN_METRIC_R2 &&
        job->input.task == WN_TASK_CLASSIFICATION)
        wn_job_fault_at(reader, "compress.metric",
                        "is r2, but the task is a classification, must be accuracy, "
                        "recall or f1");
    if (!job->compress.metric_by_task && job->compress.metric != WN_METRIC_R2 && job->input.task == WN_TASK_REGRESSION)
        wn_job_fault_at(reader, "compress.metric", "is of classes, but the task is a regression, must be r2");
    if (job->compress.is_auto && job->input.split_validation == 0 &&
        wn_job_reader_is_sound(reader, "input.split.validation"))
        wn_job_fault_at(reader, "compress.plan", "is auto, which needs validation rows: set input.split.validation");
}

void wn_job_reader_relate(wn_job_reader *reader)
{
    relate_name(reader);
    relate_input(reader);
    relate_clean(reader);
    relate_extract(reader);
    relate_rank(reader);
    relate_reduce(reader);
    relate_train(reader);
    relate_compress(reader);
}
