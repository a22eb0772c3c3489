/* job.h - a job file as the program sees it: every value typed, checked, and filled with its default.
 * One table of keys (src/job/keys/keys.c) makes the parser, the defaults, the help and the job.yaml of a run directory.
 */
#ifndef WINNOW_JOB_H
#define WINNOW_JOB_H

#include "winnow/compress.h"
#include "winnow/pca.h"
#include "winnow/prepared.h"
#include "winnow/ranking.h"
#include "winnow/rows.h"

#include <stdbool.h>
#include <stdio.h>

/* A list of texts; owned by the job. */
typedef struct {
    char **text;
    size_t n;
} wn_text_list;

typedef struct {
    double *value;
    size_t n;
} wn_number_list;

/* A count (integers) or a share (decimals): 1 is one, 1.0 is all. */
typedef struct {
    size_t count; /* 0: by share */
    double share;
} wn_amount;

/* What an overrides map says of the columns that match a glob; fields that were not said are unset. */
typedef struct {
    char *glob;
    bool has_missing, has_outliers;
    wn_missing_method missing;
    double constant;
    wn_outlier_rule rule;
    double limit;
    wn_outlier_action action;
} wn_clean_override;

/* How a column is normalized, and what is done with its cells before. */
typedef struct {
    wn_normalize_method method;
    wn_transform transform;
} wn_normalization;

typedef struct {
    char *glob;
    wn_normalization how;
} wn_normalize_override;

typedef enum { WN_TYPE_NUMERIC, WN_TYPE_CATEGORICAL, WN_TYPE_TEXT, WN_TYPE_IGNORE, WN_TYPE_IMAGE } wn_type_word;

/* What input.types says of the columns that match a name or glob; an image's cells are the columns NAME0, NAME1, ... */
typedef struct {
    char *name;
    wn_type_word word;
    int64_t height, width, channels; /* of an image */
} wn_column_type;

enum { WN_CORRELATED_AUTO = -1 };

enum { WN_TARGET_FOLDS = 5 }; /* of target encoding; scikit-learn's TargetEncoder has as many */

typedef enum { WN_CATEGORY_NONE, WN_CATEGORY_ONE_HOT, WN_CATEGORY_ORDINAL, WN_CATEGORY_TARGET } wn_category_method;

typedef enum { WN_TEXT_NONE, WN_TEXT_TF, WN_TEXT_TFIDF } wn_text_method;

typedef enum { WN_IMAGE_NONE, WN_IMAGE_EDGES, WN_IMAGE_ORIENTATIONS } wn_image_method;

typedef enum { WN_REDUCE_NONE, WN_REDUCE_PCA, WN_REDUCE_LDA } wn_reduction;

typedef enum { WN_MODEL_LINEAR, WN_MODEL_LOGISTIC, WN_MODEL_MLP } wn_model_type;

/* A name of an image in lists of columns (include, exclude, always, never) was replaced by globs that match
 * its cells' columns. A section that the file leaves out has has_SECTION false, and its stage is left out. */
typedef struct {
    char *name;
    int64_t seed;
    int64_t memory; /* bytes per rank; 0: to be found by wn_job_memory_default */
    struct {
        wn_text_list files, test; /* globs with $NAME and ~ expanded */
        char *table, *label;      /* NULL where not given */
        wn_number_list label_missing, missing_values;
        wn_task task;
        wn_text_list include, exclude;
        wn_column_type *types;
        size_t n_types;
        double split_validation, split_test;
        char *split_by; /* NULL: by row */
        bool allow_external;
    } input;
    bool has_clean, has_normalize, has_extract, has_rank, has_reduce, has_train, has_compress;
    struct {
        wn_missing_method missing;
        double constant;
        wn_outlier_rule rule;
        double limit;
        wn_outlier_action action;
        bool drop_duplicates;
        wn_text_list duplicate_columns; /* names or globs that equal rows agree in; none: all columns and the label */
        bool infinite_is_missing;
        bool indicators;
        wn_clean_override *overrides;
        size_t n_overrides;
    } clean;
    struct {
        wn_normalization how;
        wn_normalize_override *overrides;
        size_t n_overrides;
    } normalize;
    struct {
        wn_category_method method;
        int64_t levels;
        double smoothing;
        struct {
            wn_text_method method;
            int64_t terms, minimum_documents, ngrams;
            char *stem;
        } text;
        struct {
            wn_image_method method;
            int64_t cell, bins;
        } image;
    } extract;
    struct {
        bool use[WN_RANK_METHODS];
        int64_t bins;
        wn_consensus consensus;
        double correlated; /* 0: none; or WN_CORRELATED_AUTO */
        int64_t folds;     /* 0: none */
        wn_amount keep;
        wn_text_list always, never;
        struct {
            int64_t trees, depth;
            bool by_permutation;
        } forest;
    } rank;
    struct {
        wn_reduction method;
        wn_amount components;
        wn_solver solver;
        bool is_single;   /* precision of products */
        double shrinkage; /* of lda */
        bool append;
    } reduce;
    struct {
        wn_model_type model;
        wn_number_list hidden;
        double dropout;
        wn_optimizer_options optimizer;
        int64_t batch, epochs, lanes;
        double checkpoint; /* seconds between checkpoints */
    } train;
    struct {
        bool while_training;
        bool metric_by_task; /* accuracy for a classification, r2 for a regression; `metric` is then not meaningful */
        wn_metric metric;
        double tolerance, lambda;
        bool is_auto;
        double sparsity; /* of the plan's prune step, 0 without one */
        bool int8;
        int64_t trials, epochs; /* epochs: of fine-tuning; default train.epochs */
        double time_budget;     /* seconds; 0: none */
        wn_text_list protect;
    } compress;
    struct {
        char *directory;
        bool data; /* also the prepared table */
        wn_prepared_storage storage;
    } output;
} wn_job;

/* Errors of a job file, in the order of their lines, each "FILE:LINE:COLUMN: KEY: what is wrong, what is allowed". */
typedef struct {
    char **text;
    size_t n;
} wn_job_errors;

/* Local. Reads a job file (at most 1 MiB; no aliases or anchors) and applies the settings "KEY=VALUE" (values are YAML;
 * errors in them say "--set KEY" for a place, and come last). All errors are told at once in *errors (the caller's,
 * empty before, cleared by wn_job_errors_clear). Fails: WN_BAD_JOB with errors; WN_USAGE for a setting without "=";
 * WN_NO_INPUT where the file cannot be read; WN_NO_MEMORY. The job is the caller's. */
WN_MUST_USE wn_status wn_job_read(wn_job **job, const char *path, const char *const *settings, size_t n_settings,
                                  wn_job_errors *errors);
void wn_job_free(wn_job *job);
void wn_job_errors_clear(wn_job_errors *errors);

/* Local. Everything that is wrong with a job file and, where its input section is right, with its inputs: files that
 * match nothing or are damaged, a table, label or column that they lack, names and globs that match no column. Files
 * are looked at in a child process first. Without errors *n_rows and *n_columns tell what the inputs hold. Fails:
 * as wn_job_read; WN_BAD_DATA, WN_NO_INPUT or WN_UNAVAILABLE with errors of the inputs. */
WN_MUST_USE wn_status wn_job_check(const char *path, const char *const *settings, size_t n_settings,
                                   wn_job_errors *errors, int64_t *n_rows, size_t *n_columns);

/* Collective. Rank 0 reads the job and shares it: the same job and the same errors on every rank, whatever their
 * environments expand. */
WN_MUST_USE wn_status wn_job_open(const wn_ranks *ranks, wn_job **job, const char *path, const char *const *settings,
                                  size_t n_settings, wn_job_errors *errors);

/* Local. The job as YAML text with every default filled in; reading it back gives the same job. Owned by the caller. */
WN_MUST_USE wn_status wn_job_text(const wn_job *job, char **yaml);

/* Local. A hash of the values of one section ("input", "clean", ..., or "" for the keys outside sections that change
 * results: the seed), for stage keys. */
WN_MUST_USE wn_status wn_job_section_hash(const wn_job *job, const char *section, wn_hash *hash);

/* Local. Borrowed views for the rooms below; cache_bytes is the caller's to set. */
wn_input wn_job_input(const wn_job *job);
wn_reader_options wn_job_reader_options(const wn_job *job);

/* Which products of features are summed along with the moments. */
typedef enum { WN_PRODUCTS_NONE, WN_PRODUCTS_WITH_LABEL, WN_PRODUCTS_OF_PAIRS } wn_products;

/* Local. What ranking and reduction of a table of so many features follow from: of all pairs up to WN_PCA_PRODUCTS
 * features, and where reduce.solver asks for them; else of each with the label, if at all. */
wn_products wn_job_products(const wn_job *job, size_t n_features);

/* Local. The correlation from which a feature of such a table is a copy of a better one; 0: copies are not looked for.
 */
double wn_job_correlated(const wn_job *job, size_t n_features);

/* Local. Before any pass: whether the job can be done on a table of so many features. Fails: WN_BAD_DATA,
 * WN_UNAVAILABLE.
 */
WN_MUST_USE wn_status wn_job_check_width(const wn_job *job, size_t n_features);

/* Local. The input and the reader's options by which the column of split.by is read as a label: missing_values are
 * missing in it, test files are left out. */
wn_input wn_job_split_input(const wn_job *job);
wn_reader_options wn_job_split_options(const wn_job *job);

/* Local. Whether repeated rows are sought: they are dropped, or there are test files, whose leaked rows are counted. */
bool wn_job_seeks_repeats(const wn_job *job);

/* Local. The columns of a catalog, and whether its label, that clean.duplicates names (all where it names none); the
 * caller frees identity->columns. Fails: WN_BAD_DATA with a suggestion where a name or glob matches none. */
WN_MUST_USE wn_status wn_job_identity(const wn_job *job, const wn_catalog *catalog, wn_identity *identity);

/* Local. The rule of each of the recipe's columns: its kind, overrides by name or glob resolved (the later one wins).
 * WN_BAD_DATA: an override that matches no column (with a suggestion) or makes no sense for its column's kind, a type
 * that its cells are not. */
WN_MUST_USE wn_status wn_job_column_rules(const wn_job *job, wn_recipe *recipe);

/* Local. Memory in bytes that a rank may allocate when the job does not say: 80 % of the least of the Slurm limit, the
 * control group's and the machine's memory, over the ranks of this node. */
int64_t wn_job_memory_default(int ranks_on_node);

/* Local. Prints the table of keys as Markdown: path, type and range, default, meaning; for `winnow run --help-keys` and
 * docs/job.md. Fails: WN_NO_MEMORY, WN_IO. */
WN_MUST_USE wn_status wn_job_print_keys(FILE *out);

#endif
