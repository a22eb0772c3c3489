#include "job_file.h"
#include "winnow/memory.h"
#include "winnow/tokens.h"

#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 8 };

/* A wrong job and all that is told of it, without the file's name. */
typedef struct {
    const char *text, *settings[3];
    const char *errors[LINES_MAX];
} wrong_job;

#define FILES "input: {files: [a.h5], label: y}\n"

static const wrong_job wrong_jobs[] = {
    {"seed: 1\ninput: {label: y}\ntrain: {epochs: 0, batch: ten}\nname: a/b\n",
     {NULL},
     {"2:8: input.files: is missing, must be a list of paths or globs",
      "3:17: train.epochs: is 0, must be an integer from 1 to 2147483648",
      "3:27: train.batch: is ten, must be an integer from 1 to 16777216",
      "4:7: name: is a/b, must be a name without /"}},
    {"input: {files: [a.h5]}\ntrian: {}\nepochs: 3\nwhatever_this_is: 1\n",
     {NULL},
     {"2:1: trian: is not a key; did you mean train?", "3:1: epochs: is not a key; did you mean train.epochs?",
      "4:1: whatever_this_is: is not a key, must be one of name, seed, memory, input, clean, normalize, extract, rank, "
      "reduce, train, compress, evaluate, output"}},
    {"input:\n  files: [a.h5]\n  files: [b.h5]\nseed: 1\nseed: x\n",
     {NULL},
     {"3:3: input.files: is given twice, first in line 2", "5:1: seed: is given twice, first in line 4"}},
    {"input: {files: &x [a.h5]}\noutput: {directory: *x}\n",
     {NULL},
     {"1:16: input.files: has an anchor (&), which a job may not have",
      "2:21: output.directory: is an alias (*), which a job may not have"}},
    {"input: {files: !!seq [a.h5]}\n", {NULL}, {"1:16: input.files: has a tag (!), which a job may not have"}},
    {"input: {files: [a.h5]\n",
     {NULL},
     {"2:1: is not valid YAML: did not find expected ',' or '}' while parsing a "
      "flow mapping"}},
    {"- 1\n", {NULL}, {"1:1: is no map of keys"}},
    {"", {NULL}, {"1:1: input.files: is missing, must be a list of paths or globs"}},
    {"input: {files: []}\n", {NULL}, {"1:16: input.files: is a list, must be a list of paths or globs, at least one"}},
    {"input: {files: a.h5}\nmemory: 2 apples\nseed: \"3\"\n",
     {NULL},
     {"1:16: input.files: is a.h5, must be a list of paths or globs, at least one",
      "2:9: memory: is 2 apples, must be auto or a size as in 2GiB, at least 1MiB",
      "3:7: seed: is the text \"3\", must be an integer of at least 0"}},
    {"input: {files: [a.h5], task: clasification, split: {validation: 0.6, test: 0.5}}\n",
     {NULL},
     {"1:30: input.task: is clasification, must be one of auto, classification, regression; did you mean "
      "classification?",
      "1:52: input.split: leaves no training rows, must sum to below 1"}},
    {"input: {files: [a.h5], test: [b.h5], split: {test: 0.2}}\n",
     {NULL},
     {"1:52: input.split.test: is given together with input.test, must be one of the two"}},
    {FILES "clean: {missing: {constnt: 1}, outliers: {limit: 2}, duplicates: {columns: []}}\n",
     {NULL},
     {"2:18: clean.missing: must be a word or {constant: a number}",
      "2:19: clean.missing: has no key constnt; did you mean constant?",
      "2:50: clean.outliers.limit: is given without clean.outliers.rule",
      "2:76: clean.duplicates: columns must be a list of names or globs, at least one"}},
    {FILES
     "clean: {outliers: {rule: quantile, limit: 0.5}, overrides: {a: {outliers: {rule: quantile, limit: 0.7}}}}\n",
     {NULL},
     {"2:43: clean.outliers.limit: is 0.5, must be below 0.5, each tail's share",
      "2:99: clean.overrides.a: limit must be a number above 0 and below 0.5, each tail's share"}},
    {"input: {files: [a], label: y, split: {validation: 0.1, by: y}}\n",
     {NULL},
     {"1:60: input.split.by: is the label, whose values would then lie on one side each"}},
    {"input: {files: [a], split: {by: y}}\n",
     {NULL},
     {"1:33: input.split.by: is given, but no row is split off: set validation or test"}},
    {FILES "clean: {overrides: {a: {missing: median, outlier: {}}, b: {outliers: {action: clip, limit: -1}}, c: 3}}\n",
     {NULL},
     {"2:42: clean.overrides.a: has no key outlier; did you mean outliers?", "2:70: clean.overrides.b: needs a rule",
      "2:92: clean.overrides.b: limit must be a number above 0", "2:101: clean.overrides.c: must be a map"}},
    {FILES "normalize: {method: robst, overrides: {\"x*\": [standard, log], y: []}}\n",
     {NULL},
     {"2:21: normalize.method: is robst, must be one of none, standard, minmax, robust, maxabs, log; did you mean "
      "robust?",
      "2:46: normalize.overrides.x*: must be a method, or [log, method]: log comes first",
      "2:66: normalize.overrides.y: must be a method, or [log, method]: log comes first"}},
    {FILES "rank: {methods: [anova, anova, forest], bins: 257, consensus: best, folds: 11, correlated: 1.5}\n",
     {NULL},
     {"2:25: rank.methods: names anova twice",
      "2:32: rank.methods: is forest, must be one of variance, anova, mutual_information, random_forest, "
      "lasso",
      "2:47: rank.bins: is 257, must be an integer from 2 to 256",
      "2:63: rank.consensus: is best, must be one of mean_rank, borda, intersection",
      "2:76: rank.folds: is 11, must be an integer from 0 to 10",
      "2:92: rank.correlated: is 1.5, must be auto, none or a number above 0 to 1"}},
    {"input: {files: [a.h5], label: y}\nrank: {methods: [random_forest], folds: 3}\n",
     {NULL},
     {"2:41: rank.folds: is given, but random_forest takes no part in it, must go with another method"}},
    {FILES "rank: {folds: 1, correlated: never}\nreduce: {append: true}\n",
     {NULL},
     {"2:15: rank.folds: is 1, must be 0 for none or an integer from 2 to 10",
      "2:30: rank.correlated: is never, must be auto, none or a number above 0 to 1",
      "3:18: reduce.append: is true, but reduce.method none makes no components"}},
    {"input: {files: [a.h5]}\nrank: {methods: [mutual_information]}\n",
     {NULL},
     {"2:17: rank.methods: has mutual_information, which needs input.label"}},
    {FILES "rank: {keep: 1.5}\nreduce: {method: pca, components: 0}\n",
     {NULL},
     {"2:14: rank.keep: is 1.5, must be a count (an integer of at least 1) or a share (a decimal above 0.0 to 1.0)",
      "3:35: reduce.components: is 0, must be a count (an integer of at least 1) or a share (a decimal above 0.0 to "
      "1.0)"}},
    {FILES "rank: {keep: 5}\nreduce: {method: pca, components: 6}\n",
     {NULL},
     {"3:35: reduce.components: is 6, more than the 5 features of rank.keep"}},
    {FILES "reduce: {method: pca, solver: randomized, precision: single, append: yes}\n",
     {NULL},
     {"2:9: reduce.components: is a share of the variance, must be a count for randomized",
      "2:70: reduce.append: is yes, must be true or false"}},
    {"input: {files: [a], label: y, task: regression}\nreduce: {method: lda, solver: scalapack}\n",
     {NULL},
     {"2:18: reduce.method: is lda, which needs a label of classes (input.label, input.task)",
      "2:31: reduce.solver: is not for lda, must be auto or lapack"}},
    {FILES "reduce: {method: pca, shrinkage: 0.5}\n",
     {NULL},
     {"2:34: reduce.shrinkage: is above 0, but only lda shrinks"}},
    {FILES "reduce: {method: lda, shrinkage: 1.5}\n",
     {NULL},
     {"2:34: reduce.shrinkage: is 1.5, must be a number from 0 to 1"}},
    {"input: {files: [a.h5]}\ntrain: {}\n", {NULL}, {"1:8: input.label: is missing, which train needs"}},
    {FILES "train: {lanes: 7, optimizer: {type: adam, momentum: 0.9}, model: {type: mlp, hidden: []}}\n",
     {NULL},
     {"2:8: train.batch: is 512, must be a multiple of train.lanes, 7",
      "2:53: train.optimizer.momentum: is above 0, but only sgd has momentum",
      "2:86: train.model.hidden: is empty, must have at least one width for an mlp"}},
    {FILES "train: {lanes: 9, batch: 8, model: {type: linear, hidden: [3], dropout: 0.1}}\n",
     {NULL},
     {"2:16: train.lanes: is 9, must be from 1 to train.batch, 8",
      "2:59: train.model.hidden: is given, but only an mlp has hidden layers",
      "2:73: train.model.dropout: is above 0, but only an mlp has hidden units"}},
    {"input: {files: [a], label: y, task: classification}\ntrain: {model: {type: linear}}\n",
     {NULL},
     {"2:23: train.model.type: is linear, which is for a regression, but input.task is classification, must be "
      "logistic or mlp"}},
    {"input: {files: [a], label: y, task: regression}\ntrain: {model: {type: logistic}}\ncompress: {metric: f1, plan: "
     "[]}\n",
     {NULL},
     {"2:23: train.model.type: is logistic, which is for a classification, but input.task is regression, must be "
      "linear or mlp",
      "3:20: compress.metric: is of classes, but the task is a regression, must be r2"}},
    {FILES "train: {model: {type: logistic}}\ncompress: {metric: r2, tolerance: -0.1, time_budget: 30}\n",
     {NULL},
     {"3:11: compress.plan: is auto, which needs validation rows: set input.split.validation",
      "3:20: compress.metric: is r2, but the task is a classification, must be accuracy, recall or f1",
      "3:35: compress.tolerance: is -0.1, must be a number of at least 0",
      "3:54: compress.time_budget: is 30, must be a duration as in 30min"}},
    {FILES "compress: {plan: [{quantize: {}}]}\n",
     {NULL},
     {"2:11: compress: is given without train, whose model it compresses"}},
    {FILES "train: {}\ncompress:\n  plan: [{quantize: {type: int4}}, {prune: {}}, {low_rank: {energy: 0.9}}, 3]\n",
     {NULL},
     {"4:28: compress.plan: is int4, must be int8",
      "4:36: compress.plan: another order than prune, quantize, entropy, once each, is not built yet",
      "4:44: compress.plan: prune needs a sparsity from 0 to below 1", "4:50: compress.plan: low_rank is not built yet",
      "4:76: compress.plan: has an item that is no step as in {quantize: {type: int8}}"}},
    {FILES "train: {tune: {seed: [1, 2]}, checkpoint: ten, early_stopping: {patience: 3}, penalty: {l1: 0.1}}\n",
     {NULL},
     {"2:15: train.tune: is not built yet; only {} is accepted",
      "2:43: train.checkpoint: is ten, must be a duration as in 30min",
      "2:64: train.early_stopping: is not built yet; only none is accepted",
      "2:93: train.penalty.l1: is not built yet; only 0.0 is accepted"}},
    {"input: {files: [a.h5]}\nextract: {categorical: {method: target, smoothing: -1}}\nevaluate: {groups: [a]}\n"
     "output: {tensorboard: true}\n",
     {NULL},
     {"2:33: extract.categorical.method: is target, which needs input.label",
      "2:52: extract.categorical.smoothing: is -1, must be a number of at least 0",
      "3:20: evaluate.groups: is not built yet; only none is accepted",
      "4:23: output.tensorboard: is not built yet; only false is accepted"}},
    {"input: {files: [a], types: {a: time, px: {image: [28]}, b: numeric, c: nmeric}, weight: w}\n",
     {NULL},
     {"1:32: input.types.a: time is not built yet",
      "1:42: input.types.px: must be a word or {image: [height, width]}, or with channels as a third",
      "1:72: input.types.c: is nmeric, must be one of numeric, categorical, text, ignore; did you mean numeric?",
      "1:89: input.weight: is not built yet; only none is accepted"}},
    {"input: {files: [$WINNOW_UNSET_NAME/a.h5, 'x$']}\noutput: {directory: ~nobody_of_this_name/x}\n",
     {NULL},
     {"1:17: input.files: names $WINNOW_UNSET_NAME, which is not set",
      "1:42: input.files: has a $ without a name; write $$ for a dollar",
      "2:21: output.directory: begins with ~nobody_of_this_name, whose home is not known"}},
    {FILES "train:\n",
     {"train.epochs=x", "train.batch=", "sede=3"},
     {"--set train.batch: train.batch: has no value",
      "--set train.epochs: train.epochs: is x, must be an integer from 1 to 2147483648",
      "--set sede: sede: is not a key; did you mean seed?"}},
    {FILES "clean:\nrank: 3\n",
     {"compress.plan=[{prune: &a {}}]"},
     {"2:7: clean: is empty, must be a map of keys; {} takes every default", "3:7: rank: must be a map of keys",
      "--set compress.plan: compress.plan.prune: has an anchor (&), which a job may not have",
      "--set compress.plan: compress.plan: prune needs a sparsity from 0 to below 1",
      "--set compress.plan: compress: is given without train, whose model it compresses"}},
};

static size_t n_lines(const char *const *lines, size_t max)
{
    size_t n = 0;
    while (n < max && lines[n])
        n++;
    return n;
}

/* Compares what is told with what must be told, places without the file's name. */
static void check_errors(const wn_job_errors *errors, const wrong_job *wrong, const char *path)
{
    size_t n = n_lines(wrong->errors, LINES_MAX), skip = strlen(path) + 1;
    bool is_same = errors->n == n;
    for (size_t i = 0; i < errors->n && i < n; i++) {
        const char *text = errors->text[i];
        bool has_file = strncmp(text, path, skip - 1) == 0;
        is_same &= strcmp(has_file ? text + skip : text, wrong->errors[i]) == 0;
    }
    CU_ASSERT_TRUE(is_same);
    for (size_t i = 0; !is_same && i < errors->n; i++)
        fprintf(stderr, "told: %s\n", errors->text[i]);
    for (size_t i = 0; !is_same && i < n; i++)
        fprintf(stderr, "must: %s\n", wrong->errors[i]);
}

static void all_errors_are_told(void)
{
    unsetenv("WINNOW_UNSET_NAME");
    for (size_t i = 0; i < sizeof wrong_jobs / sizeof *wrong_jobs; i++) {
        const wrong_job *wrong = &wrong_jobs[i];
        wn_job *job = NULL;
        wn_job_errors errors = {0};
        const char *path = write_file("wrong.yaml", wrong->text);
        size_t used = wn_memory_used();
        CU_ASSERT_EQUAL(wn_job_read(&job, path, wrong->settings, n_lines(wrong->settings, 3), &errors), WN_BAD_JOB);
        CU_ASSERT_PTR_NULL(job);
        check_errors(&errors, wrong, path);
        wn_job_errors_clear(&errors);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
    }
}

/* job.yaml of a run is UTF-8, or it could not be read again. */
static void what_is_not_utf8_is_told(void)
{
    static const wrong_job wrong = {"input: {files: [$WINNOW_TEST_PLACE/a.h5]}\n",
                                    {NULL},
                                    {"1:1: name: is the job file's, which is not UTF-8; must be given in the file",
                                     "1:17: input.files: is not UTF-8 with what it names"}};
    wn_job *job = NULL;
    wn_job_errors errors = {0};
    setenv("WINNOW_TEST_PLACE", "caf\xe9", 1);
    const char *path = write_file("caf\xe9.yaml", wrong.text);
    CU_ASSERT_EQUAL(wn_job_read(&job, path, NULL, 0, &errors), WN_BAD_JOB);
    CU_ASSERT_PTR_NULL(job);
    check_errors(&errors, &wrong, path);
    wn_job_errors_clear(&errors);
}

static void files_that_cannot_be_read(void)
{
    wn_job *job = NULL;
    wn_job_errors errors = {0};
    CU_ASSERT_EQUAL(wn_job_read(&job, test_path("none.yaml"), NULL, 0, &errors), WN_NO_INPUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "none.yaml"));
    CU_ASSERT_EQUAL(wn_job_read(&job, test_path(""), NULL, 0, &errors), WN_NO_INPUT);
    CU_ASSERT_EQUAL(errors.n, 0);
}

static void a_file_over_1_mib_is_refused(void)
{
    wn_job *job = NULL;
    wn_job_errors errors = {0};
    char *text = malloc((1 << 20) + 2);
    memset(text, ' ', (1 << 20) + 1);
    text[(1 << 20) + 1] = 0;
    text[0] = '#';
    CU_ASSERT_EQUAL(wn_job_read(&job, write_file("large.yaml", text), NULL, 0, &errors), WN_BAD_JOB);
    CU_ASSERT_EQUAL(errors.n, 1);
    CU_ASSERT_TRUE(errors.n == 1 && strstr(errors.text[0], "large.yaml:1:1: is larger than 1 MiB"));
    wn_job_errors_clear(&errors);
    free(text);
}

static void deep_nesting_is_refused(void)
{
    char text[4096] = "input: ";
    wn_job *job = NULL;
    wn_job_errors errors = {0};
    for (int i = 0; i < 1000; i++)
        strcat(text, "[");
    CU_ASSERT_EQUAL(wn_job_read(&job, write_file("deep.yaml", text), NULL, 0, &errors), WN_BAD_JOB);
    CU_ASSERT_TRUE(errors.n == 1 && strstr(errors.text[0], "is nested too deeply"));
    wn_job_errors_clear(&errors);
}

static void settings_need_a_key_and_a_value(void)
{
    static const char *const wrong[] = {"train.epochs", "=3", "a..b=3", ".a=3", "a.=3"};
    const char *path = write_file("right.yaml", FILES);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        wn_job *job = NULL;
        wn_job_errors errors = {0};
        CU_ASSERT_EQUAL(wn_job_read(&job, path, &wrong[i], 1, &errors), WN_USAGE);
        wn_job_errors_clear(&errors);
    }
}

/* The linker puts these in the place of the library's (CMakeLists.txt): as in a build that lacks one. */
static bool lacks_stemmer;
wn_status __real_wn_stemmer_check(const char *stem);
wn_status __wrap_wn_stemmer_check(const char *stem);

wn_status __wrap_wn_stemmer_check(const char *stem)
{
    if (lacks_stemmer)
        return wn_fail(WN_UNAVAILABLE, "needs libstemmer-dev");
    return __real_wn_stemmer_check(stem);
}

/* It is no error of the job, unless there are others. */
static void what_is_not_built_in_is_told(void)
{
    static const char right[] = FILES "extract: {text: {method: tf, stem: german}}\n", *const wrong[] = {"seed=x"};
    const char *path = write_file("words.yaml", right);
    for (int n_wrong = 0; n_wrong < 2; n_wrong++) {
        wn_job *job = NULL;
        wn_job_errors errors = {0};
        int64_t n_rows;
        size_t n_columns;
        lacks_stemmer = true;
        wn_status status = wn_job_read(&job, path, wrong, (size_t)n_wrong, &errors);
        CU_ASSERT_EQUAL(status, n_wrong > 0 ? WN_BAD_JOB : WN_UNAVAILABLE);
        CU_ASSERT_EQUAL(errors.n, 1 + (size_t)n_wrong);
        CU_ASSERT(errors.n > 0 && strstr(errors.text[0], "2:36: extract.text.stem: needs libstemmer-dev") != NULL);
        wn_job_errors_clear(&errors);
        CU_ASSERT_EQUAL(wn_job_check(path, wrong, (size_t)n_wrong, &errors, &n_rows, &n_columns), status);
        lacks_stemmer = false;
        wn_job_errors_clear(&errors);
    }
}

static void allocation_failures(void)
{
    const wrong_job *wrong = &wrong_jobs[0];
    const char *path = write_file("wrong.yaml", wrong->text);
    size_t used = wn_memory_used();
    bool is_done = false;
    for (int64_t nth = 1; !is_done && nth < 100000; nth++) {
        wn_job *job = NULL;
        wn_job_errors errors = {0};
        wn_memory_fail_at(nth);
        wn_status status = wn_job_read(&job, path, NULL, 0, &errors);
        is_done = wn_memory_fail_at(0) < nth;
        CU_ASSERT_EQUAL(status, is_done ? WN_BAD_JOB : WN_NO_MEMORY);
        wn_job_errors_clear(&errors);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
    }
    CU_ASSERT_TRUE(is_done);
}

static const wn_test tests[] = {{"all errors are told, with their places", all_errors_are_told},
                                {"what is not UTF-8 is told", what_is_not_utf8_is_told},
                                {"files that cannot be read", files_that_cannot_be_read},
                                {"a file over 1 MiB is refused", a_file_over_1_mib_is_refused},
                                {"deep nesting is refused", deep_nesting_is_refused},
                                {"what is not built in is told", what_is_not_built_in_is_told},
                                {"allocation failures", allocation_failures},
                                {"settings need a key and a value", settings_need_a_key_and_a_value}};
TEST_MAIN("job errors", tests)
