#include "plan_features.h"

#include "job_rules.h"
#include "winnow/profile.h"
#include "winnow/target_codes.h"

/* Bytes of a row's texts, as the sample of the catalog said; a block may hold twice as many. */
static size_t sampled_text_bytes(const wn_catalog *catalog)
{
    int64_t most = 0;
    for (size_t f = 0; f < catalog->n_files; f++)
        most = catalog->files[f].text_bytes > most ? catalog->files[f].text_bytes : most;
    return (size_t)most;
}

/* Of a row's texts: pointers, and bytes. */
size_t wn_plan_text_bytes(const wn_catalog *catalog)
{
    return catalog->n_texts * 3 * sizeof(wn_text) + 2 * sampled_text_bytes(catalog);
}

static bool may_be(const wn_job *job, wn_type_word word, const char *column)
{
    for (size_t t = 0; t < job->input.n_types; t++)
        if (job->input.types[t].word == word && wn_job_matches(job, job->input.types[t].name, column))
            return true;
    return false;
}

/* Features that are terms of a column, at most. */
static size_t term_features(const wn_job *job, const wn_column *column)
{
    bool has_terms = job->has_extract && job->extract.text.method != WN_TEXT_NONE && column->is_text &&
                     may_be(job, WN_TYPE_TEXT, column->name);
    return has_terms ? (size_t)job->extract.text.terms : 0;
}

/* Features of a category at most. */
static size_t level_features(const wn_job *job)
{
    if (job->extract.method == WN_CATEGORY_TARGET)
        return job->input.task == WN_TASK_REGRESSION ? 1 : WN_MAX_CLASSES;
    return job->extract.method == WN_CATEGORY_ORDINAL ? 1 : (size_t)job->extract.levels + 1;
}

static bool may_be_category(const wn_job *job, const wn_column *column)
{
    return job->has_extract && job->extract.method != WN_CATEGORY_NONE &&
           (column->is_text || may_be(job, WN_TYPE_CATEGORICAL, column->name));
}

/* Features that encoders make of a column at most: strings are categories, and numbers where the job says so. */
static size_t encoded_features(const wn_job *job, const wn_column *column)
{
    size_t levels = 0;
    if (!job->has_extract)
        return 0;
    if (may_be_category(job, column))
        levels = level_features(job);
    size_t terms = term_features(job, column);
    return levels > terms ? levels : terms;
}

/* Features of all images. */
size_t wn_plan_image_features(const wn_job *job)
{
    size_t n = 0, cell = (size_t)job->extract.image.cell;
    for (size_t t = 0; job->has_extract && job->extract.image.method != WN_IMAGE_NONE && t < job->input.n_types; t++) {
        const wn_column_type *type = &job->input.types[t];
        size_t height = (size_t)type->height, width = (size_t)type->width;
        if (type->word == WN_TYPE_IMAGE)
            n += job->extract.image.method == WN_IMAGE_EDGES
                     ? height * width
                     : height / cell * (width / cell) * (size_t)job->extract.image.bins;
    }
    return n;
}

size_t wn_plan_features(const wn_job *job, const wn_catalog *catalog)
{
    size_t n = catalog->n_cells;
    if (job->has_clean && job->clean.indicators)
        n += catalog->n_columns;
    for (size_t i = 0; i < catalog->n_columns; i++)
        n += encoded_features(job, &catalog->columns[i]);
    return n + wn_plan_image_features(job);
}

/* Words of six bytes, the blank among them, are many for what people write, and long texts repeat half of them at
 * least; the arrays of rows that are made one by one are there twice as they grow, and have half of their room to
 * spare. */
wn_sparse_plan wn_plan_sparse(const wn_job *job, const wn_catalog *catalog)
{
    enum { WORD_BYTES = 6, FEW_WORDS = 32, GROWTH = 3 };
    wn_sparse_plan plan = {.n_dense = wn_plan_features(job, catalog)};
    size_t words = sampled_text_bytes(catalog) / WORD_BYTES / 2 + FEW_WORDS, n_terms = 0;
    for (size_t i = 0; i < catalog->n_columns; i++) {
        size_t terms = term_features(job, &catalog->columns[i]);
        n_terms += terms;
        if (terms > 0 && !may_be(job, WN_TYPE_CATEGORICAL, catalog->columns[i].name))
            plan.n_dense -= encoded_features(job, &catalog->columns[i]);
    }
    words *= n_terms > 0 ? (size_t)job->extract.text.ngrams : 0;
    plan.row_bytes = GROWTH * (words < n_terms ? words : n_terms) * (sizeof(double) + sizeof(uint32_t));
    return plan;
}

/* A block's features beside its cells. */
size_t wn_plan_extracted_bytes(const wn_job *job, const wn_catalog *catalog, size_t n_features, size_t block)
{
    wn_sparse_plan sparse = wn_plan_sparse(job, catalog);
    return n_features > catalog->n_cells ? block * (sparse.n_dense * sizeof(double) + 2 * sparse.row_bytes) : 0;
}

/* Levels and terms while they are counted, beside what is kept of them. */
size_t wn_plan_level_bytes(const wn_job *job, const wn_catalog *catalog)
{
    size_t n = 0;
    for (size_t i = 0; i < catalog->n_columns; i++)
        n += encoded_features(job, &catalog->columns[i]) > 0;
    return wn_level_counts_bytes(n);
}

static size_t target_columns(const wn_job *job, const wn_catalog *catalog)
{
    size_t n = 0;
    for (size_t i = 0; job->extract.method == WN_CATEGORY_TARGET && i < catalog->n_columns; i++)
        n += may_be_category(job, &catalog->columns[i]);
    return n;
}

/* Labels summed by level and fold; the classes at their most. */
size_t wn_plan_target_bytes(const wn_job *job, const wn_catalog *catalog)
{
    size_t classes = job->input.task == WN_TASK_REGRESSION ? 0 : WN_MAX_CLASSES;
    return target_columns(job, catalog) *
           wn_target_sums_bytes((size_t)job->extract.levels + 1, WN_TARGET_FOLDS, classes);
}

/* The codes made of them, a part of the recipe. */
size_t wn_plan_code_bytes(const wn_job *job, const wn_catalog *catalog)
{
    return target_columns(job, catalog) * (WN_TARGET_FOLDS + 1) * ((size_t)job->extract.levels + 1) *
           level_features(job) * sizeof(double);
}
