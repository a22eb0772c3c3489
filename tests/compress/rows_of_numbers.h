/* rows_of_numbers.h - a small task made of random numbers, spread over ranks as a run would: three classes that a few
 * of the features tell apart, or a line. Every number is a function of its row. */
#ifndef WINNOW_TESTS_COMPRESS_ROWS_OF_NUMBERS_H
#define WINNOW_TESTS_COMPRESS_ROWS_OF_NUMBERS_H

#include "winnow/background.h"
#include "winnow/memory.h"
#include "winnow/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TASK_COLUMNS = 20, TASK_COMPONENTS = 6, TASK_ROWS = 600, TASK_JUDGED = 250, TASK_BLOCK = 40, TASK_BATCH = 64 };

typedef struct {
    wn_ranks ranks;
    wn_recipe *recipe;
    wn_labels labels;
    wn_lanes lanes;
    wn_dataset *features, *components, *judge, *sample; /* components of the training rows */
    wn_network *network;
    wn_background *background;
} task;

static inline double task_number(uint64_t what, int64_t row, size_t k)
{
    return wn_random_normal((wn_random){17, WN_RANDOM_TEST, what * 1000 + k}, (uint64_t)row);
}

/* Nine of the features mean something. */
static inline float task_features(int64_t row, float *features)
{
    double score[3] = {0};
    for (size_t k = 0; k < TASK_COLUMNS; k++) {
        double x = task_number(1, row, k);
        features[k] = (float)x;
        if (k < 9)
            score[k % 3] += x;
    }
    return score[0] > score[1] ? (score[0] > score[2] ? 0.0f : 2.0f) : (score[1] > score[2] ? 1.0f : 2.0f);
}

static inline wn_status task_rows(wn_dataset **dataset, const int64_t *rows, size_t n, size_t n_pieces,
                                  const size_t *first, const int64_t *lane)
{
    wn_status status = WN_OK;
    wn_dataset *made = NULL;
    TRY(wn_new(&made, 1));
    made->n_rows = n;
    made->n_features = TASK_COLUMNS;
    made->n_pieces = n_pieces;
    TRY(wn_new(&made->features, n * TASK_COLUMNS));
    TRY(wn_new(&made->targets, n));
    TRY(wn_new(&made->rows, n));
    TRY(wn_new(&made->piece_first, n_pieces + 1));
    TRY(wn_new(&made->piece_block, n_pieces));
    TRY(wn_new(&made->piece_lane, n_pieces));
    for (size_t i = 0; i < n; i++) {
        made->rows[i] = rows[i];
        made->targets[i] = task_features(rows[i], made->features + i * TASK_COLUMNS);
    }
    memcpy(made->piece_first, first, (n_pieces + 1) * sizeof *first);
    for (size_t p = 0; p < n_pieces; p++) {
        made->piece_lane[p] = lane[p];
        made->piece_block[p] = rows[first[p]] / TASK_BLOCK;
    }
    *dataset = made;
    made = NULL;
done:
    wn_dataset_free(made);
    return status;
}

/* Rows of this rank's lanes, cut where a block ends. */
static inline wn_status task_train(task *t)
{
    int64_t rows[TASK_ROWS], lane[TASK_ROWS];
    size_t first[TASK_ROWS + 1], n = 0, n_pieces = 0;
    for (int64_t l = t->lanes.mine.first; l < t->lanes.mine.last; l++) {
        int64_t last = (l + 1) * TASK_ROWS / t->lanes.n_lanes;
        for (int64_t row = l * TASK_ROWS / t->lanes.n_lanes; row < last; row++) {
            if (n_pieces == 0 || lane[n_pieces - 1] != l || row % TASK_BLOCK == 0) {
                lane[n_pieces] = l;
                first[n_pieces++] = n;
            }
            rows[n++] = row;
        }
    }
    first[n_pieces] = n;
    return task_rows(&t->features, rows, n, n_pieces, first, lane);
}

/* Blocks of other rows. */
static inline wn_status task_judge(task *t)
{
    int64_t rows[TASK_JUDGED], lane[TASK_JUDGED] = {0};
    size_t first[TASK_JUDGED + 1], n = 0, n_pieces = 0;
    int64_t n_blocks = (TASK_JUDGED + TASK_BLOCK - 1) / TASK_BLOCK;
    wn_range blocks = wn_range_part(n_blocks, t->ranks.size, t->ranks.rank);
    for (int64_t b = blocks.first; b < blocks.last; b++) {
        first[n_pieces++] = n;
        for (int64_t row = b * TASK_BLOCK; row < (b + 1) * TASK_BLOCK && row < TASK_JUDGED; row++)
            rows[n++] = 10000 + row;
    }
    first[n_pieces] = n;
    return task_rows(&t->judge, rows, n, n_pieces, first, lane);
}

static inline wn_status task_recipe(task *t)
{
    wn_status status = WN_OK;
    static char names[TASK_COLUMNS][16];
    wn_column columns[TASK_COLUMNS] = {0};
    for (size_t c = 0; c < TASK_COLUMNS; c++) {
        snprintf(names[c], sizeof names[c], "x%zu", c);
        columns[c].name = names[c];
    }
    wn_catalog catalog = {.n_columns = TASK_COLUMNS, .columns = columns};
    TRY(wn_recipe_new(&t->recipe, &catalog));
    for (size_t c = 0; c < TASK_COLUMNS; c++) {
        wn_recipe_column *column = &t->recipe->columns[c];
        column->rule.normalize = WN_NORMALIZE_STANDARD;
        column->center = 3.25 * (double)c + 0.1;
        column->scale = 1.0 / ((double)c + 3);
        column->lower = -HUGE_VAL;
        column->upper = HUGE_VAL;
        column->fill = column->center;
    }
    TRY(wn_projection_new(&t->recipe->projection, "pca", TASK_COMPONENTS, TASK_COLUMNS));
    for (size_t k = 0; k < TASK_COMPONENTS; k++)
        for (size_t c = 0; c < TASK_COLUMNS; c++)
            t->recipe->projection->components[k * TASK_COLUMNS + c] =
                (c < 9 && c % TASK_COMPONENTS == k ? 0.7 : 0) + 0.05 * task_number(2, (int64_t)c, k);
    TRY(wn_new(&t->recipe->labels.classes, 3));
    for (size_t k = 0; k < 3; k++)
        t->recipe->labels.classes[k] = (double)k;
    t->recipe->labels.task = WN_TASK_CLASSIFICATION;
    t->recipe->labels.n_classes = 3;
    TRY(wn_string_copy(&t->recipe->label_name, "label"));
    t->labels = t->recipe->labels;
done:
    return status;
}

/* The training rows as the dense model sees them. */
static inline wn_status task_components(task *t)
{
    wn_status status = WN_OK;
    wn_dataset *made = NULL;
    float *components = NULL;
    size_t n = t->features->n_rows;
    TRY(wn_new(&components, n * TASK_COMPONENTS));
    TRY(wn_recipe_inputs(t->recipe, t->features->features, n, components));
    TRY(task_rows(&made, t->features->rows, n, t->features->n_pieces, t->features->piece_first,
                  t->features->piece_lane));
    wn_free(made->features);
    made->features = components;
    made->n_features = TASK_COMPONENTS;
    components = NULL;
    t->components = made;
done:
    wn_free(components);
    return status;
}

static inline void task_clear(task *t)
{
    wn_network_free(t->network);
    wn_dataset_free(t->sample);
    wn_dataset_free(t->judge);
    wn_dataset_free(t->components);
    wn_dataset_free(t->features);
    wn_recipe_free(t->recipe);
    *t = (task){0};
}

/* Collective. Everything but the training. */
static inline wn_status task_open(task *t, wn_ranks ranks)
{
    wn_status status = WN_OK;
    const size_t widths[] = {TASK_COMPONENTS, 16, 3};
    *t = (task){.ranks = ranks};
    TRY(wn_lanes_deal(&ranks, TASK_ROWS, TASK_BATCH, 8, 1, &t->lanes));
    TRY(task_recipe(t));
    TRY(task_train(t));
    TRY(task_judge(t));
    TRY(task_components(t));
    TRY(wn_dataset_sample(&t->sample, &ranks, t->judge, 200, 1));
    TRY(wn_network_new(&t->network, WN_TASK_CLASSIFICATION, widths, 2));
    wn_network_initialize(t->network, 3);
done:
    return status;
}

static inline wn_status task_before_step(void *context, int64_t step, wn_network *network)
{
    return wn_background_before_step(context, step, network);
}

/* Collective. Trains the full model, with the background stage beside it where the options say so. */
static inline wn_status task_train_full(task *t, const wn_compress_options *options, int64_t n_epochs)
{
    wn_status status = WN_OK;
    wn_trainer_options training = {.optimizer = options->optimizer, .n_epochs = n_epochs, .seed = 5, .stage = "train"};
    TRY(wn_background_open(&t->background, &t->ranks, options, t->recipe, &t->labels, t->sample, t->network,
                           n_epochs * t->lanes.n_steps));
    training.hooks = (wn_trainer_hooks){.before_step = task_before_step, .context = t->background};
    TRY(wn_trainer_run(&t->ranks, &t->lanes, t->components, NULL, &t->labels, &training, t->network));
done:
    return status;
}

/* Collective. The whole of it: train, compress, close. */
static inline wn_status task_compress(task *t, const wn_compress_options *options, int64_t n_epochs, const char *path,
                                      wn_compress_report *report)
{
    wn_status status = WN_OK, closed;
    TRY(task_train_full(t, options, n_epochs));
    TRY(wn_compress_run(&t->ranks, options, &t->lanes, t->features, t->judge, &t->labels, t->recipe, t->network,
                        t->background, NULL, path, report));
done:
    closed = wn_background_close(t->background, NULL);
    t->background = NULL;
    return status != WN_OK ? status : closed;
}

static inline wn_compress_options task_options(void)
{
    return (wn_compress_options){
        .metric = WN_METRIC_ACCURACY,
        .tolerance = 0.02,
        .lambda = 1e-6,
        .while_training = true,
        .is_auto = true,
        .int8 = true,
        .n_trials = 6,
        .n_epochs = 8,
        .optimizer = {.type = WN_OPTIMIZER_ADAM, .learning_rate = 0.01, .schedule = WN_SCHEDULE_COSINE},
        .seed = 9};
}

#endif
