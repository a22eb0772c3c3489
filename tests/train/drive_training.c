/* drive_training.c - a program for the oracle test: reads a problem as numbers from a file, prints results as numbers.
 *   optimizer FILE: TYPE RATE MOMENTUM DECAY SCHEDULE N N_STEPS parameters... gradients (n_steps, n)...
 *       -> parameters (n_steps, n) after each step
 *   train FILE: TASK N_CLASSES N_LAYERS WIDTH... BATCH LANES EPOCHS TYPE RATE MOMENTUM N_ROWS features... targets...
 *       -> initial parameters, then the final ones, then loss and accuracy (or r2) of all rows
 *   sparse FILE: as train, of rows that are kept sparse
 * Types are the numbers of the headers' enumerations. */
#include "winnow/trainer.h"

#include "lane_dataset.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_LAYERS = 8 };

static FILE *input;

static double next(void)
{
    double value;
    if (fscanf(input, "%lf", &value) != 1) {
        fputs("a number is missing\n", stderr);
        exit(2);
    }
    return value;
}

static void next_floats(float *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (float)next();
}

static void print_floats(const float *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf("%.9g\n", (double)values[i]);
}

static wn_status drive_optimizer(void)
{
    wn_status status = WN_OK;
    wn_optimizer *optimizer = NULL;
    float *parameters = NULL, *gradient = NULL;
    wn_optimizer_options options = {.type = (wn_optimizer_type)next()};
    options.learning_rate = next();
    options.momentum = next();
    options.weight_decay = next();
    options.schedule = (wn_schedule)next();
    size_t n = (size_t)next();
    int64_t n_steps = (int64_t)next();

    TRY(wn_optimizer_new(&optimizer, &options, n, n_steps));
    TRY(wn_new(&parameters, n));
    TRY(wn_new(&gradient, n));
    next_floats(parameters, n);
    for (int64_t step = 0; step < n_steps; step++) {
        next_floats(gradient, n);
        wn_optimizer_step(optimizer, gradient, NULL, parameters);
        print_floats(parameters, n);
    }
done:
    wn_free(gradient);
    wn_free(parameters);
    wn_optimizer_free(optimizer);
    return status;
}

/* A training problem as read. */
typedef struct {
    wn_labels labels;
    size_t n_layers, widths[MOST_LAYERS + 1];
    int64_t batch, n_lanes, n_rows;
    wn_trainer_options options;
    float *features, *targets;
    bool is_sparse;
} problem;

static wn_status read_problem(problem *p)
{
    wn_status status = WN_OK;
    p->labels.task = (wn_task)next();
    p->labels.n_classes = (size_t)next();
    p->n_layers = (size_t)next();
    for (size_t i = 0; i <= p->n_layers && i <= MOST_LAYERS; i++)
        p->widths[i] = (size_t)next();
    p->batch = (int64_t)next();
    p->n_lanes = (int64_t)next();
    p->options.n_epochs = (int64_t)next();
    p->options.optimizer.type = (wn_optimizer_type)next();
    p->options.optimizer.learning_rate = next();
    p->options.optimizer.momentum = next();
    p->options.stage = "train";
    p->n_rows = (int64_t)next();
    TRY(wn_new(&p->features, (size_t)p->n_rows * p->widths[0]));
    TRY(wn_new(&p->targets, (size_t)p->n_rows));
    next_floats(p->features, (size_t)p->n_rows * p->widths[0]);
    next_floats(p->targets, (size_t)p->n_rows);
done:
    return status;
}

/* Collective. */
static wn_status train(const wn_ranks *ranks, const problem *p, wn_network *network, wn_metrics *metrics)
{
    wn_status status = WN_OK;
    const lane_table table = {p->n_rows, p->widths[0], p->features, p->targets, 100};
    wn_dataset *dataset = NULL;
    wn_lanes lanes;
    TRY(wn_lanes_deal(ranks, p->n_rows, p->batch, p->n_lanes, 0.5, &lanes));
    TRY(lane_dataset_new(&dataset, &table, lanes.n_lanes, lanes.mine));
    if (p->is_sparse)
        TRY(lane_dataset_sparsen(dataset));
    TRY(wn_trainer_run(ranks, &lanes, dataset, NULL, &p->labels, &p->options, network));
    TRY(wn_metrics_of(ranks, network, &p->labels, dataset, metrics));
done:
    lane_dataset_free(dataset);
    return status;
}

static wn_status drive_train(const wn_ranks *ranks, bool is_sparse)
{
    wn_status status = WN_OK;
    problem p = {.is_sparse = is_sparse};
    wn_network *network = NULL;
    wn_metrics metrics = {0};
    TRY(read_problem(&p));
    TRY(wn_network_new(&network, p.labels.task, p.widths, p.n_layers));
    wn_network_initialize(network, 1);
    if (ranks->rank == 0)
        print_floats(network->parameters, network->n_parameters);
    TRY(train(ranks, &p, network, &metrics));
    if (ranks->rank == 0) {
        print_floats(network->parameters, network->n_parameters);
        printf("%.17g %.17g\n", metrics.loss, metrics.task == WN_TASK_REGRESSION ? metrics.r2 : metrics.accuracy);
    }
done:
    wn_metrics_clear(&metrics);
    wn_network_free(network);
    wn_free(p.targets);
    wn_free(p.features);
    return status;
}

int main(int argc, char **argv)
{
    int provided = 0;
    wn_status status = WN_USAGE;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
    wn_ranks ranks = wn_ranks_of(MPI_COMM_WORLD);
    input = argc == 3 ? fopen(argv[2], "r") : NULL;
    if (input != NULL && strcmp(argv[1], "optimizer") == 0)
        status = drive_optimizer();
    else if (input != NULL && (strcmp(argv[1], "train") == 0 || strcmp(argv[1], "sparse") == 0))
        status = drive_train(&ranks, strcmp(argv[1], "sparse") == 0);
    if (status != WN_OK)
        fprintf(stderr, "%s\n", wn_status_message());
    if (input != NULL)
        fclose(input);
    MPI_Finalize();
    return (int)status;
}
