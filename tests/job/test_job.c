#include "job_file.h"
#include "winnow/hash.h"
#include "winnow/memory.h"

#include <stdlib.h>
#include <string.h>

static const char minimal[] = "input: {files: [a.h5]}\n";

static const char full[] =
    "name: sensors\nseed: 7\nmemory: 2GiB\n"
    "input:\n"
    "  files: [measurements/*.h5, \"b \\\"c\\\".h5\"]\n"
    "  table: /group\n"
    "  label: fault\n"
    "  label_missing: [-1]\n"
    "  task: classification\n"
    "  columns: {include: [\"acc_*\", px], exclude: [\"*_raw\"]}\n"
    "  types: {px: {image: [28, 28]}, line: numeric}\n"
    "  missing_values: [-9999, 1.0e+37]\n"
    "  weight: none\n"
    "  split: {validation: 0.1, test: 0.2, by: machine}\n"
    "  allow_external: false\n"
    "clean:\n"
    "  missing: {constant: 2.5}\n"
    "  indicators: false\n"
    "  outliers: {rule: iqr, action: missing}\n"
    "  duplicates: {columns: [a, \"id*\"]}\n"
    "  infinite: missing\n"
    "  overrides: {temp: {missing: mean, outliers: {rule: none}}, \"acc*\": {missing: drop_row}}\n"
    "normalize: {method: standard, overrides: {\"acc*\": none, x: [standard], z: [log, robust], w: log}}\n"
    "extract: {categorical: {method: none}}\n"
    "rank: {methods: [variance, mutual_information], bins: 16, keep: 1, always: [temp], never: "
    "[px], consensus: borda, folds: 4, correlated: 0.9}\n"
    "reduce: {method: pca, components: 1.0, solver: scalapack, append: true, shrinkage: 0}\n"
    "train:\n"
    "  model: {type: mlp, hidden: [300, 100], activation: relu, dropout: 0.25}\n"
    "  optimizer: {type: sgd, learning_rate: 1e-2, momentum: 0.9, schedule: cosine, "
    "weight_decay: 0.001}\n"
    "  penalty: {l1: 0.0, group: 0}\n"
    "  batch: 96\n  epochs: 7\n  lanes: 12\n  class_weight: none\n  early_stopping: none\n"
    "  tune: {}\n"
    "compress:\n"
    "  while_training: false\n  metric: f1\n  tolerance: 0\n  lambda: 0.5\n"
    "  plan: [{prune: {method: magnitude, sparsity: 0.75}}, {quantize: {type: int8}}, "
    "{entropy: {coder: huffman}}]\n"
    "  trials: 3\n  protect: [input/temp, layer1]\n  tolerance_per_class: none\n"
    "evaluate: {groups: none}\n"
    "output: {directory: out/x, data: false, tensorboard: false}\n";

/* Reads a right job, or fails and tells why. */
static wn_job *read_right(const char *text, const char *const *settings, size_t n)
{
    wn_job_errors errors = {0};
    wn_job *job = read_text(text, settings, n, &errors);
    CU_ASSERT_PTR_NOT_NULL(job);
    for (size_t i = 0; i < errors.n; i++)
        fprintf(stderr, "%s\n", errors.text[i]);
    wn_job_errors_clear(&errors);
    return job;
}

static void defaults(void)
{
    wn_job *job = read_right(minimal, NULL, 0);
    if (!job)
        return;
    CU_ASSERT_STRING_EQUAL(job->name, "job");
    CU_ASSERT_STRING_EQUAL(job->output.directory, "runs/job");
    CU_ASSERT_EQUAL(job->seed, 0);
    CU_ASSERT_EQUAL(job->memory, 0);
    CU_ASSERT_EQUAL(job->input.files.n, 1);
    CU_ASSERT_PTR_NULL(job->input.label);
    CU_ASSERT_PTR_NULL(job->input.table);
    CU_ASSERT_EQUAL(job->input.task, WN_TASK_AUTO);
    CU_ASSERT_EQUAL(job->input.split_validation, 0);
    CU_ASSERT_EQUAL(job->input.split_test, 0);
    CU_ASSERT_FALSE(job->has_clean || job->has_normalize || job->has_rank || job->has_reduce || job->has_train ||
                    job->has_compress);
    wn_job_free(job);
}

static void defaults_of_sections(void)
{
    wn_job *job = read_right("input: {files: [a], label: y, split: {validation: 0.1}}\n"
                             "clean: {}\nnormalize: {}\nrank: {}\nreduce: {}\ntrain: {epochs: 5}\ncompress: {}\n",
                             NULL, 0);
    if (!job)
        return;
    CU_ASSERT_TRUE(job->has_clean && job->has_normalize && job->has_rank && job->has_reduce && job->has_train &&
                   job->has_compress);
    CU_ASSERT_EQUAL(job->clean.missing, WN_MISSING_ERROR);
    CU_ASSERT_EQUAL(job->clean.rule, WN_OUTLIERS_NONE);
    CU_ASSERT_FALSE(job->clean.drop_duplicates || job->clean.infinite_is_missing);
    CU_ASSERT_EQUAL(job->normalize.how.method, WN_NORMALIZE_NONE);
    CU_ASSERT_TRUE(job->rank.use[WN_RANK_VARIANCE] && !job->rank.use[WN_RANK_ANOVA]);
    CU_ASSERT_TRUE(job->rank.keep.count == 0 && job->rank.keep.share == 1);
    CU_ASSERT_EQUAL(job->reduce.method, WN_REDUCE_NONE);
    CU_ASSERT_EQUAL(job->train.model, WN_MODEL_MLP);
    CU_ASSERT_TRUE(job->train.hidden.n == 1 && job->train.hidden.value[0] == 100);
    CU_ASSERT_EQUAL(job->train.optimizer.type, WN_OPTIMIZER_ADAM);
    CU_ASSERT_EQUAL(job->train.optimizer.learning_rate, 0.001);
    CU_ASSERT_EQUAL(job->train.batch, 512);
    CU_ASSERT_EQUAL(job->train.lanes, 8);
    CU_ASSERT_TRUE(job->compress.while_training && job->compress.is_auto && job->compress.metric_by_task);
    CU_ASSERT_EQUAL(job->compress.epochs, job->train.epochs);
    wn_job_free(job);
}

static void every_value(void)
{
    wn_job *job = read_right(full, NULL, 0);
    if (!job)
        return;
    CU_ASSERT_STRING_EQUAL(job->name, "sensors");
    CU_ASSERT_EQUAL(job->memory, 2LL << 30);
    CU_ASSERT_STRING_EQUAL(job->input.files.text[1], "b \"c\".h5");
    CU_ASSERT_EQUAL(job->input.include.n, 4); /* acc_*, and px as globs of one to three digits */
    CU_ASSERT_STRING_EQUAL(job->input.include.text[3], "px[0-9][0-9][0-9]");
    CU_ASSERT_TRUE(job->input.n_types == 2 && job->input.types[0].word == WN_TYPE_IMAGE &&
                   job->input.types[1].word == WN_TYPE_NUMERIC);
    CU_ASSERT_EQUAL(job->input.missing_values.value[1], 1e37);
    CU_ASSERT_TRUE(job->clean.missing == WN_MISSING_CONSTANT && job->clean.constant == 2.5);
    CU_ASSERT_TRUE(job->clean.rule == WN_OUTLIERS_IQR && job->clean.limit == 1.5);
    CU_ASSERT_EQUAL(job->clean.action, WN_OUTLIER_MISSING);
    CU_ASSERT_TRUE(job->clean.drop_duplicates && job->clean.infinite_is_missing);
    CU_ASSERT_EQUAL(job->clean.n_overrides, 2);
    CU_ASSERT_TRUE(job->clean.overrides[0].has_missing && job->clean.overrides[0].has_outliers);
    CU_ASSERT_TRUE(job->clean.overrides[1].has_missing && !job->clean.overrides[1].has_outliers);
    CU_ASSERT_EQUAL(job->normalize.overrides[1].how.method, WN_NORMALIZE_STANDARD);
    CU_ASSERT_EQUAL(job->normalize.overrides[2].how.method, WN_NORMALIZE_ROBUST);
    CU_ASSERT_EQUAL(job->normalize.overrides[2].how.transform, WN_TRANSFORM_LOG);
    CU_ASSERT_EQUAL(job->normalize.overrides[3].how.transform, WN_TRANSFORM_LOG);
    CU_ASSERT_EQUAL(job->clean.duplicate_columns.n, 2);
    CU_ASSERT_STRING_EQUAL(job->input.split_by, "machine");
    CU_ASSERT_TRUE(job->rank.keep.count == 1 && job->rank.keep.share == 0);
    CU_ASSERT_TRUE(job->reduce.components.count == 0 && job->reduce.components.share == 1.0);
    CU_ASSERT_EQUAL(job->reduce.solver, WN_SOLVER_SCALAPACK);
    CU_ASSERT_EQUAL(job->train.optimizer.momentum, 0.9);
    CU_ASSERT_EQUAL(job->train.optimizer.schedule, WN_SCHEDULE_COSINE);
    CU_ASSERT_EQUAL(job->train.dropout, 0.25);
    CU_ASSERT_TRUE(!job->compress.is_auto && job->compress.int8 && job->compress.sparsity == 0.75);
    CU_ASSERT_TRUE(!job->compress.metric_by_task && job->compress.metric == WN_METRIC_F1);
    CU_ASSERT_EQUAL(job->compress.epochs, job->train.epochs);
    CU_ASSERT_STRING_EQUAL(job->output.directory, "out/x");
    wn_job_free(job);
}

static void json_is_yaml(void)
{
    wn_job *job = read_right("{\"input\": {\"files\": [\"a\\/b.h5\"], \"label\": \"y\"},\n \"train\": {\"model\": "
                             "{\"type\": \"linear\"}}}",
                             NULL, 0);
    if (!job)
        return;
    CU_ASSERT_STRING_EQUAL(job->input.files.text[0], "a/b.h5");
    CU_ASSERT_EQUAL(job->train.model, WN_MODEL_LINEAR);
    CU_ASSERT_EQUAL(job->input.task, WN_TASK_REGRESSION);
    CU_ASSERT_EQUAL(job->train.hidden.n, 0);
    wn_job_free(job);
}

/* JSON has no words without quotes. */
static void words_may_be_quoted(void)
{
    wn_job *job =
        read_right("{\"memory\": \"auto\", \"input\": {\"files\": [\"a\"], \"task\": \"auto\"},\n"
                   " \"rank\": {\"correlated\": \"none\", \"consensus\": \"borda\"},\n"
                   " \"normalize\": {\"method\": [\"log\", \"standard\"]}, \"reduce\": {\"solver\": \"auto\"}}",
                   NULL, 0);
    if (!job)
        return;
    CU_ASSERT_EQUAL(job->rank.correlated, 0);
    CU_ASSERT_EQUAL(job->normalize.how.transform, WN_TRANSFORM_LOG);
    wn_job_free(job);
}

static void settings_override(void)
{
    static const char *const settings[] = {
        "train.epochs=3", "train.model={type: logistic}", "input.split.validation=0.25", "input.label=y",
        "train.epochs=4", "rank.methods=[anova]",         "clean.missing={constant: 1}", "output.directory=o=p",
        "name=\"a name\""};
    wn_job *job = read_right("input: {files: [a]}\nname: x\nrank: {keep: 2}\nclean: {missing: mean}\n", settings, 9);
    if (!job)
        return;
    CU_ASSERT_EQUAL(job->train.epochs, 4);
    CU_ASSERT_EQUAL(job->train.model, WN_MODEL_LOGISTIC);
    CU_ASSERT_EQUAL(job->input.task, WN_TASK_CLASSIFICATION);
    CU_ASSERT_EQUAL(job->input.split_validation, 0.25);
    CU_ASSERT_TRUE(job->rank.use[WN_RANK_ANOVA] && !job->rank.use[WN_RANK_VARIANCE] && job->rank.keep.count == 2);
    CU_ASSERT_EQUAL(job->clean.missing, WN_MISSING_CONSTANT);
    CU_ASSERT_STRING_EQUAL(job->output.directory, "o=p");
    CU_ASSERT_STRING_EQUAL(job->name, "a name");
    wn_job_free(job);
}

static void paths_expand(void)
{
    setenv("WINNOW_TEST_PLACE", "/data/$x", 1);
    setenv("HOME", "/home/someone", 1);
    wn_job *job = read_right("input: {files: [$WINNOW_TEST_PLACE/a*.h5, '~/b.h5', \"${WINNOW_TEST_PLACE}b\", c$$d]}\n"
                             "output: {directory: '~'}\n",
                             NULL, 0);
    if (!job)
        return;
    CU_ASSERT_STRING_EQUAL(job->input.files.text[0], "/data/$x/a*.h5");
    CU_ASSERT_STRING_EQUAL(job->input.files.text[1], "/home/someone/b.h5");
    CU_ASSERT_STRING_EQUAL(job->input.files.text[2], "/data/$xb");
    CU_ASSERT_STRING_EQUAL(job->input.files.text[3], "c$d");
    CU_ASSERT_STRING_EQUAL(job->output.directory, "/home/someone");
    wn_job_free(job);
}

static void lanes_divide_the_batch(void)
{
    static const struct {
        const char *batch;
        int64_t lanes;
    } cases[] = {{"1", 1}, {"63", 1}, {"64", 1}, {"512", 8}, {"1000", 10}, {"4096", 64}, {"100000", 50}, {"127", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char setting[64];
        const char *const settings[] = {setting};
        snprintf(setting, sizeof setting, "train.batch=%s", cases[i].batch);
        wn_job *job = read_right("input: {files: [a], label: y}\ntrain: {}\n", settings, 1);
        CU_ASSERT_TRUE(job && job->train.lanes == cases[i].lanes);
        wn_job_free(job);
    }
}

/* The text of a job, read back, gives the same text, and equal values where a text could hide a difference. */
static void check_round_trip(const wn_job *job)
{
    char *first = NULL, *second = NULL;
    if (!CHECK_OK(wn_job_text(job, &first)))
        return;
    wn_job *again = read_right(first, NULL, 0);
    if (again && CHECK_OK(wn_job_text(again, &second))) {
        CU_ASSERT_STRING_EQUAL(first, second);
        CU_ASSERT_EQUAL(job->train.optimizer.learning_rate, again->train.optimizer.learning_rate);
        CU_ASSERT_EQUAL(job->compress.lambda, again->compress.lambda);
        CU_ASSERT_EQUAL(job->compress.sparsity, again->compress.sparsity);
        CU_ASSERT_EQUAL(job->rank.keep.count, again->rank.keep.count);
        CU_ASSERT_EQUAL(job->rank.keep.share, again->rank.keep.share);
        CU_ASSERT_EQUAL(job->clean.constant, again->clean.constant);
        CU_ASSERT_EQUAL(job->input.task, again->input.task);
        CU_ASSERT_TRUE(memcmp(job->rank.use, again->rank.use, sizeof job->rank.use) == 0);
    }
    wn_job_free(again);
    wn_free(first);
    wn_free(second);
}

static void text_of_known_jobs(void)
{
    const char *const texts[] = {minimal, full};
    for (size_t i = 0; i < 2; i++) {
        wn_job *job = read_right(texts[i], NULL, 0);
        if (job)
            check_round_trip(job);
        wn_job_free(job);
    }
}

static unsigned long long state = 1;

static unsigned draw(unsigned n)
{
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)((state >> 33) % n);
}

static const char *pick(const char *const *words, unsigned n)
{
    return words[draw(n)];
}

#define PICK(...) pick((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static double fraction(void)
{
    return (double)draw(1000000) / 1000003.0;
}

/* A right job with values at random, some sections left out. */
static void random_job(FILE *out)
{
    const char *model = PICK("linear", "logistic", "mlp");
    fprintf(out, "name: %s\nseed: %u\nmemory: %s\n", PICK("a", "\"b c\"", "'$x'", "\"\\u00e9\""), draw(1000),
            PICK("auto", "3GiB", "123456789"));
    fprintf(out, "input: {files: [%s], label: %s, split: {validation: %.17g}, missing_values: [%.17g, -1]}\n",
            PICK("a*", "'b$$c', d", "\"e\\tf\""), PICK("y", "\"y z\"", "5"), 0.001 + fraction() / 2, fraction());
    if (draw(2))
        fprintf(out, "clean: {missing: %s, outliers: {rule: %s, limit: %.17g}, duplicates: %s, overrides: {%s}}\n",
                PICK("mean", "median", "{constant: 0.1}", "{constant: -3}", "drop_row", "error", "most_frequent"),
                PICK("none", "iqr", "zscore", "mad", "quantile"), fraction() / 3 + 0.1,
                PICK("keep", "drop", "{columns: [a, y]}"),
                PICK("", "\"x*\": {missing: {constant: 0.3}}", "a: {outliers: {rule: iqr}}, \"b\\\"\": {}"));
    if (draw(2))
        fprintf(out, "normalize: {method: %s, overrides: {%s}}\n", PICK("standard", "[log, minmax]"),
                PICK("", "x: standard, y: log"));
    if (draw(2))
        fprintf(out, "rank: {methods: [%s], keep: %s, bins: %u}\n", PICK("anova", "variance, mutual_information"),
                PICK("1", "1.0", "7", "0.30000000000000004"), 2 + draw(255));
    if (draw(2))
        fprintf(out, "reduce: {method: %s, components: %s}\n", PICK("none", "pca"), PICK("1", "1.0", "0.95"));
    fprintf(out, "train: {model: {type: %s}, optimizer: {learning_rate: %.17g}, batch: %u, epochs: %u}\n", model,
            fraction() + 1e-9, 1 + draw(5000), 1 + draw(50));
    if (draw(2))
        fprintf(out, "compress: {lambda: %.17g, plan: %s, trials: %u}\n", fraction() * 1e-6,
                PICK("auto", "[]", "[{prune: {sparsity: 0.6667}}]", "[{quantize: {}}, {entropy: {}}]"), 1 + draw(30));
}

static void text_of_random_jobs(void)
{
    for (int i = 0; i < 200; i++) {
        char *text = NULL;
        size_t n = 0;
        FILE *out = open_memstream(&text, &n);
        random_job(out);
        fclose(out);
        wn_job *job = read_right(text, NULL, 0);
        if (job)
            check_round_trip(job);
        wn_job_free(job);
        free(text);
    }
}

static void section_hashes(void)
{
    static const char *const sections[] = {"", "input", "clean", "rank", "train", "compress"};
    static const char *const settings[] = {"seed=8",       "input.label=g",  "clean.missing=mean",
                                           "rank.bins=17", "train.epochs=8", "compress.trials=4"};
    wn_job *job = read_right(full, NULL, 0);
    for (size_t i = 0; job && i < 6; i++) {
        wn_job *other = read_right(full, &settings[i], 1);
        for (size_t j = 0; other && j < 6; j++) {
            wn_hash a = {0}, b = {0};
            CHECK_OK(wn_job_section_hash(job, sections[j], &a));
            CHECK_OK(wn_job_section_hash(other, sections[j], &b));
            bool is_derived = i == 4 && j == 5; /* compress.epochs follows train.epochs */
            CU_ASSERT_TRUE((wn_hash_compare(a, b) != 0) == (i == j) || is_derived);
        }
        wn_job_free(other);
    }
    wn_hash hash;
    CU_ASSERT_TRUE(job && wn_job_section_hash(job, "nothing", &hash) == WN_INTERNAL);
    wn_job_free(job);
}

static void names_and_memory_do_not_matter_for_hashes(void)
{
    static const char *const settings[] = {"name=other", "memory=3GiB", "output.directory=elsewhere"};
    wn_job *job = read_right(full, NULL, 0), *other = read_right(full, settings, 3);
    static const char *const sections[] = {"", "input", "clean", "normalize", "rank", "reduce", "train", "compress"};
    for (size_t i = 0; job && other && i < 8; i++) {
        wn_hash a = {0}, b = {1, 1};
        CHECK_OK(wn_job_section_hash(job, sections[i], &a));
        CHECK_OK(wn_job_section_hash(other, sections[i], &b));
        CU_ASSERT_EQUAL(wn_hash_compare(a, b), 0);
    }
    wn_job_free(job);
    wn_job_free(other);
}

static void allocation_failures(void)
{
    static const char *const settings[] = {"train.epochs=3", "input.table=/x"};
    const char *path = write_file("full.yaml", full);
    size_t used = wn_memory_used();
    bool is_done = false;
    for (int64_t nth = 1; !is_done && nth < 100000; nth++) {
        wn_job *job = NULL;
        wn_job_errors errors = {0};
        char *text = NULL;
        wn_memory_fail_at(nth);
        wn_status status = wn_job_read(&job, path, settings, 2, &errors);
        if (status == WN_OK)
            status = wn_job_text(job, &text);
        is_done = wn_memory_fail_at(0) < nth;
        CU_ASSERT_EQUAL(status, is_done ? WN_OK : WN_NO_MEMORY);
        wn_free(text);
        wn_job_free(job);
        wn_job_errors_clear(&errors);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
        if (wn_memory_used() != used)
            break;
    }
    CU_ASSERT_TRUE(is_done);
}

static const wn_test tests[] = {
    {"defaults", defaults},
    {"defaults of sections", defaults_of_sections},
    {"every value", every_value},
    {"JSON is YAML", json_is_yaml},
    {"words may be quoted", words_may_be_quoted},
    {"settings override", settings_override},
    {"paths expand", paths_expand},
    {"lanes divide the batch", lanes_divide_the_batch},
    {"text of known jobs", text_of_known_jobs},
    {"text of random jobs", text_of_random_jobs},
    {"hashes of sections", section_hashes},
    {"names and memory do not matter for hashes", names_and_memory_do_not_matter_for_hashes},
    {"allocation failures", allocation_failures}};
TEST_MAIN("job", tests)
