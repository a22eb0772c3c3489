/* The whole of compression on small tasks: the same bytes and report at every rank count and speed of the thread, what
 * the plan, the tolerance and protection say, and the distance against its definition. */
#include "testing.h"

#include "rows_of_numbers.h"

#include "winnow/log.h"
#include "winnow/prune.h"

#include <stdlib.h>

/* A file's bytes; new. */
static unsigned char *read_bytes(const char *path, size_t *n)
{
    unsigned char *bytes = NULL;
    FILE *file = fopen(path, "rb");
    *n = 0;
    if (file == NULL)
        return NULL;
    if (wn_new(&bytes, 1 << 20) == WN_OK)
        *n = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return bytes;
}

static void check_same_file(const char *a, const char *b)
{
    size_t n_a, n_b;
    unsigned char *x = read_bytes(a, &n_a), *y = read_bytes(b, &n_b);
    CU_ASSERT_TRUE(x != NULL && y != NULL && n_a == n_b && n_a > 100 && memcmp(x, y, n_a) == 0);
    wn_free(x);
    wn_free(y);
}

/* Everything but seconds. */
static void check_same_report(const wn_compress_report *a, const wn_compress_report *b)
{
    CU_ASSERT_EQUAL(a->n_snapshots, b->n_snapshots);
    CU_ASSERT_EQUAL(a->n_decisions, b->n_decisions);
    CU_ASSERT_EQUAL(a->n_trials, b->n_trials);
    CU_ASSERT_EQUAL(a->accepted_trial, b->accepted_trial);
    CU_ASSERT_EQUAL(a->accepted, b->accepted);
    CU_ASSERT_STRING_EQUAL(a->stopped_by, b->stopped_by);
    CU_ASSERT_TRUE(a->metric_dense == b->metric_dense && a->metric_compressed == b->metric_compressed);
    CU_ASSERT_TRUE(a->n_bytes == b->n_bytes && a->n_parameters_kept == b->n_parameters_kept);
    CU_ASSERT_EQUAL(wn_hash_compare(a->mask_hash, b->mask_hash), 0);
    CU_ASSERT_EQUAL(a->mask_decision, b->mask_decision);
    for (int64_t i = 0; i < a->n_decisions && i < b->n_decisions; i++)
        CU_ASSERT_EQUAL(a->applied_at_step[i], b->applied_at_step[i]);
    for (size_t i = 0; i < a->n_trials && i < b->n_trials; i++) {
        const wn_compress_trial *x = &a->trials[i], *y = &b->trials[i];
        CU_ASSERT_STRING_EQUAL(x->plan, y->plan);
        CU_ASSERT_TRUE(x->n_bytes == y->n_bytes && x->metric == y->metric && x->objective == y->objective);
    }
}

/* Collective. The task on some ranks. */
static bool run(wn_ranks ranks, const wn_compress_options *options, const char *path, wn_compress_report *report)
{
    task t;
    bool done = CHECK_OK(task_open(&t, ranks)) && CHECK_OK(task_compress(&t, options, 6, path, report));
    task_clear(&t);
    return done;
}

/* What one rank alone makes, on rank 0; the others wait. */
static bool run_alone(const wn_compress_options *options, const char *path, wn_compress_report *report)
{
    bool done = true;
    if (test_ranks.rank == 0)
        done = run(wn_ranks_of(MPI_COMM_SELF), options, path, report);
    MPI_Barrier(MPI_COMM_WORLD);
    return done;
}

static void check_report(const wn_compress_report *report)
{
    CU_ASSERT_TRUE(report->accepted);
    CU_ASSERT_TRUE(report->n_trials >= 3 && report->accepted_trial < report->n_trials);
    CU_ASSERT_TRUE(report->n_decisions > 3 && report->mask_decision < (size_t)report->n_decisions);
    CU_ASSERT_TRUE(report->n_snapshots > report->n_decisions);
    CU_ASSERT_TRUE(report->seconds > 0 && report->hidden_seconds >= 0 && report->hidden_seconds <= report->seconds);
    CU_ASSERT_TRUE(report->metric_dense - report->metric_compressed <= 0.02 + 1e-9);
    CU_ASSERT_TRUE(report->metric_dense > 0.8);
    for (int64_t i = 1; i < report->n_decisions; i++)
        CU_ASSERT_TRUE(report->applied_at_step[i] >= report->applied_at_step[i - 1]);
    for (size_t i = 0; i < report->n_trials; i++) {
        const wn_compress_trial *trial = &report->trials[i];
        bool is_within = report->metric_dense - trial->metric <= 0.02 + 1e-9;
        CU_ASSERT_TRUE(!is_within || trial->n_bytes >= report->n_bytes);
        CU_ASSERT_TRUE(trial->objective >= 0);
    }
}

/* What is on disk predicts as the report says, and keeps as many parameters. */
static void check_artefact(wn_ranks ranks, const char *path, const wn_compress_report *report)
{
    task t;
    wn_artefact *artefact = NULL;
    wn_metrics metrics = {0};
    size_t n_stored = 0;
    if (!CHECK_OK(task_open(&t, ranks)))
        return;
    if (CHECK_OK(wn_ranks_agree(&ranks, wn_artefact_read(&artefact, path)))) {
        wn_dataset *judge = t.judge;
        size_t p = artefact->recipe->n_selected;
        float *narrow = NULL;
        CHECK_OK(wn_new(&narrow, judge->n_rows * p));
        for (size_t i = 0; i < judge->n_rows; i++)
            for (size_t j = 0; j < p; j++)
                narrow[i * p + j] =
                    judge->features[i * TASK_COLUMNS + strtoul(artefact->recipe->columns[j].name + 1, NULL, 10)];
        wn_free(judge->features);
        judge->features = narrow;
        judge->n_features = p;
        CHECK_OK(wn_metrics_of(&ranks, artefact->network, &t.labels, judge, &metrics));
        CHECK_CLOSE(metrics.accuracy, report->metric_compressed, 1e-12);
        for (size_t l = 0; l < artefact->network->n_layers; l++) {
            const wn_layer *layer = &artefact->network->layers[l];
            for (size_t i = 0; i < layer->n_in * layer->n_out; i++)
                n_stored += artefact->coding->layers[l].mask[i];
            n_stored += layer->n_out;
        }
        CU_ASSERT_EQUAL((int64_t)n_stored, report->n_parameters_kept);
        CU_ASSERT_EQUAL(artefact->n_bytes, report->n_bytes);
    }
    wn_metrics_clear(&metrics);
    wn_artefact_free(artefact);
    task_clear(&t);
}

static void test_same_everywhere(void)
{
    wn_compress_options options = task_options();
    wn_compress_report alone = {0}, all = {0};
    const char *one = test_path("one.wnm"), *many = test_path("many.wnm");
    bool done = run_alone(&options, one, &alone);
    done = run(test_ranks, &options, many, &all) && done;
    if (done) {
        check_report(&all);
        if (test_ranks.rank == 0) {
            check_same_report(&alone, &all);
            check_same_file(one, many);
        }
        check_artefact(test_ranks, many, &all);
    }
    wn_compress_report_clear(&alone);
    wn_compress_report_clear(&all);
}

/* A slow thread, and none at all. */
static void test_speed_changes_nothing(void)
{
    wn_compress_options options = task_options(), inline_options = task_options();
    wn_compress_report fast = {0}, slow = {0}, without = {0};
    const char *a = test_path("fast.wnm"), *b = test_path("slow.wnm"), *c = test_path("without.wnm");
    options.n_epochs = inline_options.n_epochs = 4;
    inline_options.while_training = false;
    bool done = run(test_ranks, &options, a, &fast);
    wn_background_slow_down(0.03);
    done = run(test_ranks, &options, b, &slow) && done;
    wn_background_slow_down(0);
    done = run(test_ranks, &inline_options, c, &without) && done;
    if (done) {
        check_same_report(&fast, &slow);
        check_same_report(&fast, &without);
        CU_ASSERT_EQUAL(without.hidden_seconds, 0);
        if (test_ranks.rank == 0) {
            check_same_file(a, b);
            check_same_file(a, c);
        }
    }
    wn_compress_report_clear(&fast);
    wn_compress_report_clear(&slow);
    wn_compress_report_clear(&without);
}

/* Without a stage beside training, and without fine-tuning. */
static void test_afterwards(void)
{
    for (int64_t n_epochs = 0; n_epochs <= 2; n_epochs += 2) {
        task t;
        wn_compress_options options = task_options();
        wn_compress_report report = {0};
        const char *path = test_path("after.wnm");
        options.n_epochs = n_epochs;
        options.tolerance = 0.1;
        if (CHECK_OK(task_open(&t, test_ranks)) && CHECK_OK(task_train_full(&t, &options, 6)) &&
            CHECK_OK(wn_background_close(t.background, NULL)) &&
            CHECK_OK(wn_compress_run(&t.ranks, &options, &t.lanes, t.features, t.judge, &t.labels, t.recipe, t.network,
                                     NULL, NULL, path, &report))) {
            CU_ASSERT_TRUE(report.accepted && report.n_decisions > 0);
            CU_ASSERT_FALSE(report.judged_on_training_rows);
            check_artefact(test_ranks, path, &report);
        }
        wn_compress_report_clear(&report);
        task_clear(&t);
    }
}

/* A tolerance that nothing meets: the full model, every number. */
static void test_not_met(void)
{
    task t;
    wn_compress_options options = task_options();
    wn_compress_report report = {0};
    wn_artefact *artefact = NULL;
    wn_network *wide = NULL;
    const char *path = test_path("full.wnm");
    options.tolerance = -2;
    options.n_epochs = 2;
    if (CHECK_OK(task_open(&t, test_ranks)) && CHECK_OK(task_compress(&t, &options, 2, path, &report)) &&
        CHECK_OK(wn_artefact_read(&artefact, path)) &&
        CHECK_OK(wn_network_with_projection(&wide, t.network, t.recipe))) {
        CU_ASSERT_FALSE(report.accepted);
        CU_ASSERT_EQUAL(report.accepted_trial, SIZE_MAX);
        CU_ASSERT_EQUAL(report.mask_decision, SIZE_MAX);
        CU_ASSERT_TRUE(report.metric_compressed == report.metric_dense);
        CU_ASSERT_EQUAL(artefact->network->n_parameters, wide->n_parameters);
        CU_ASSERT_EQUAL(memcmp(artefact->network->parameters, wide->parameters, wide->n_parameters * sizeof(float)), 0);
        CU_ASSERT_EQUAL(report.n_parameters_kept, (int64_t)wide->n_parameters);
        CU_ASSERT_TRUE(json_array_size(wn_log_warnings()) > 0);
    }
    wn_network_free(wide);
    wn_artefact_free(artefact);
    wn_compress_report_clear(&report);
    task_clear(&t);
}

static void test_protect(void)
{
    wn_compress_options options = task_options();
    wn_compress_report report = {0};
    wn_artefact *artefact = NULL;
    const char *path = test_path("protect.wnm"), *protect[] = {"input/x19"};
    bool found = false;
    options.protect = protect;
    options.n_protect = 1;
    options.is_auto = false;
    options.sparsity = 0.9;
    options.tolerance = 1;
    options.n_epochs = 2;
    if (run(test_ranks, &options, path, &report) && CHECK_OK(wn_artefact_read(&artefact, path))) {
        const wn_layer *first = &artefact->network->layers[0];
        for (size_t c = 0; c < first->n_in; c++)
            if (strcmp(artefact->recipe->columns[c].name, "x19") == 0)
                for (size_t o = 0; o < first->n_out; o++)
                    found = artefact->coding->layers[0].mask[o * first->n_in + c] == 1 && (found || o == 0);
        CU_ASSERT_TRUE(found);
        CU_ASSERT_TRUE(first->n_in < TASK_COLUMNS);
        CU_ASSERT_STRING_EQUAL(report.stopped_by, "plan");
        CU_ASSERT_TRUE(fabs(report.trials[0].sparsity - 0.9) < 0.01);
    }
    wn_artefact_free(artefact);
    wn_compress_report_clear(&report);
    const char *wrong[] = {"input/x20"};
    task t;
    options.protect = wrong;
    if (CHECK_OK(task_open(&t, test_ranks)))
        CU_ASSERT_EQUAL(task_compress(&t, &options, 1, path, &report), WN_BAD_JOB);
    task_clear(&t);
}

/* Every rank ends with the status of the one that could not write. */
static void test_cannot_write(void)
{
    task t;
    wn_compress_options options = task_options();
    wn_compress_report report = {0};
    options.n_epochs = 1;
    options.tolerance = 1;
    if (CHECK_OK(task_open(&t, test_ranks)))
        CU_ASSERT_EQUAL(task_compress(&t, &options, 2, test_path("no/such/directory.wnm"), &report), WN_CANT_CREATE);
    CU_ASSERT_PTR_NULL(report.trials);
    task_clear(&t);
}

/* Four rows on a line, three features that say the same, on the first rank's lane. */
static wn_status line_rows(task *t)
{
    wn_status status = WN_OK;
    int64_t rows[] = {0, 1, 2, 3}, lane[] = {0};
    size_t n = t->lanes.mine.first < t->lanes.mine.last ? 4 : 0, first[] = {0, n};
    TRY(task_rows(&t->features, rows, n, n > 0, first, lane));
    t->features->n_features = 3;
    for (size_t i = 0; i < n; i++) {
        t->features->targets[i] = (float)i + 1.5f;
        for (size_t j = 0; j < 3; j++)
            t->features->features[i * 3 + j] = ((float)i - 1.5f) / 1.1180340f;
    }
done:
    return status;
}

static wn_status line_recipe(task *t)
{
    wn_status status = WN_OK;
    static char a[] = "a", b[] = "b", c[] = "c";
    static wn_column columns[] = {{.name = a}, {.name = b}, {.name = c}};
    wn_catalog catalog = {.n_columns = 3, .columns = columns};
    TRY(wn_recipe_new(&t->recipe, &catalog));
    TRY(wn_string_copy(&t->recipe->label_name, "target"));
    t->labels.task = t->recipe->labels.task = WN_TASK_REGRESSION;
    for (size_t j = 0; j < 3; j++) {
        wn_recipe_column *column = &t->recipe->columns[j];
        column->rule.normalize = WN_NORMALIZE_STANDARD;
        column->center = 5.5 + (double)j;
        column->scale = sqrt(11.25);
        column->fill = (double)NAN;
        column->lower = -HUGE_VAL;
        column->upper = HUGE_VAL;
    }
done:
    return status;
}

/* A regression's two of three weights go; the one that is left, tuned, still lies on the line. */
static void test_line(void)
{
    task t = {.ranks = test_ranks};
    const size_t widths[] = {3, 1};
    wn_compress_options options = {.metric = WN_METRIC_R2,
                                   .tolerance = 0.05,
                                   .while_training = true,
                                   .sparsity = 0.6667,
                                   .n_trials = 1,
                                   .n_epochs = 50,
                                   .optimizer = {.type = WN_OPTIMIZER_SGD, .learning_rate = 0.1}};
    wn_trainer_options training = {.optimizer = options.optimizer, .n_epochs = 100, .stage = "train"};
    wn_compress_report report = {0};
    wn_artefact *artefact = NULL;
    const char *path = test_path("line.wnm");
    wn_status status = wn_lanes_deal(&test_ranks, 4, 4, 1, 1, &t.lanes);
    status = status == WN_OK ? line_recipe(&t) : status;
    status = status == WN_OK ? line_rows(&t) : status;
    status = status == WN_OK ? wn_network_new(&t.network, WN_TASK_REGRESSION, widths, 1) : status;
    if (CHECK_OK(wn_ranks_agree(&test_ranks, status)) &&
        CHECK_OK(wn_trainer_run(&test_ranks, &t.lanes, t.features, NULL, &t.labels, &training, t.network)) &&
        CHECK_OK(wn_compress_run(&test_ranks, &options, &t.lanes, t.features, t.features, &t.labels, t.recipe,
                                 t.network, NULL, NULL, path, &report)) &&
        CHECK_OK(wn_artefact_read(&artefact, path))) {
        CU_ASSERT_TRUE(report.accepted && report.judged_on_training_rows);
        CU_ASSERT_EQUAL(report.n_parameters_kept, 2);
        CU_ASSERT_EQUAL(artefact->recipe->n_columns, 1);
        CHECK_CLOSE(report.metric_compressed, 1, 1e-4);
        double feature = (13 - artefact->recipe->columns[0].center + strcmp(artefact->recipe->columns[0].name, "a")) /
                         artefact->recipe->columns[0].scale;
        CHECK_CLOSE((double)artefact->network->parameters[0] * feature + (double)artefact->network->parameters[1], 5.5,
                    0.01);
    }
    wn_artefact_free(artefact);
    wn_compress_report_clear(&report);
    t.labels = (wn_labels){0};
    task_clear(&t);
}

static void test_distance(void)
{
    task t;
    wn_network *wide = NULL, *other = NULL;
    wn_workspace *workspace = NULL;
    double found = -1, expected = 0;
    if (CHECK_OK(task_open(&t, test_ranks)) && CHECK_OK(wn_network_with_projection(&wide, t.network, t.recipe)) &&
        CHECK_OK(wn_network_copy(&other, wide)) && CHECK_OK(wn_workspace_new(&workspace, wide, 1))) {
        for (size_t i = 0; i < other->n_parameters; i += 3)
            other->parameters[i] = 0;
        CHECK_OK(wn_compress_distance(&t.ranks, wide, t.judge, other, t.judge, &found));
        for (int64_t row = 10000; row < 10000 + TASK_JUDGED; row++) {
            float x[TASK_COLUMNS], a[3];
            task_features(row, x);
            memcpy(a, wn_network_forward(wide, workspace, x, 1), sizeof a);
            const float *b = wn_network_forward(other, workspace, x, 1);
            for (size_t k = 0; k < 3; k++)
                expected += ((double)a[k] - (double)b[k]) * ((double)a[k] - (double)b[k]) / TASK_JUDGED;
        }
        CU_ASSERT_TRUE(expected > 0.01);
        CHECK_CLOSE(found / expected, 1, 1e-5);
    }
    wn_workspace_free(workspace);
    wn_network_free(other);
    wn_network_free(wide);
    task_clear(&t);
}

static const wn_test tests[] = {{"same_everywhere", test_same_everywhere},
                                {"speed_changes_nothing", test_speed_changes_nothing},
                                {"afterwards", test_afterwards},
                                {"not_met", test_not_met},
                                {"protect", test_protect},
                                {"cannot_write", test_cannot_write},
                                {"line", test_line},
                                {"distance", test_distance}};

TEST_MAIN("compress", tests)
