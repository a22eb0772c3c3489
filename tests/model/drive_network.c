/* drive_network.c - a program for the oracle test: reads a problem as numbers on stdin, prints results as numbers.
 *   gradient TASK N_LAYERS WIDTH... N_ROWS parameters... x... targets...   ->  loss gradient...
 *   metrics TASK N_CLASSES N_ROWS outputs... targets...                    ->  the metrics in the order of wn_metrics
 * TASK is wn_task's number. */
#include "winnow/evaluation.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double next(void)
{
    double value;
    if (scanf("%lf", &value) != 1) {
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

static wn_status drive_gradient(void)
{
    wn_status status = WN_OK;
    wn_network *network = NULL;
    wn_workspace *workspace = NULL;
    float *x = NULL, *targets = NULL, *gradient = NULL;
    size_t widths[8], n_layers, n_rows;
    wn_task task = (wn_task)next();

    n_layers = (size_t)next();
    for (size_t i = 0; i <= n_layers && i < 8; i++)
        widths[i] = (size_t)next();
    n_rows = (size_t)next();
    TRY(wn_network_new(&network, task, widths, n_layers));
    TRY(wn_workspace_new(&workspace, network, n_rows));
    TRY(wn_new(&x, n_rows * widths[0]));
    TRY(wn_new(&targets, n_rows));
    TRY(wn_new(&gradient, network->n_parameters));
    next_floats(network->parameters, network->n_parameters);
    next_floats(x, n_rows * widths[0]);
    next_floats(targets, n_rows);
    printf("%.17g\n",
           wn_network_gradient(network, workspace, x, targets, n_rows, n_rows, (wn_dropout_draw){0, 0, 0}, gradient));
    for (size_t i = 0; i < network->n_parameters; i++)
        printf("%.9g\n", (double)gradient[i]);
done:
    wn_free(gradient);
    wn_free(targets);
    wn_free(x);
    wn_workspace_free(workspace);
    wn_network_free(network);
    return status;
}

static void print_metrics(const wn_metrics *metrics)
{
    printf("%.17g\n", metrics->loss);
    if (metrics->task == WN_TASK_REGRESSION) {
        printf("%.17g %.17g %.17g %.17g\n", metrics->mse, metrics->rmse, metrics->mae, metrics->r2);
        return;
    }
    printf("%.17g %.17g %.17g %.17g\n", metrics->accuracy, metrics->precision, metrics->recall, metrics->f1);
    for (size_t c = 0; c < metrics->n_classes; c++)
        printf("%.17g %.17g %.17g\n", metrics->class_precision[c], metrics->class_recall[c], metrics->class_f1[c]);
    for (size_t i = 0; i < metrics->n_classes * metrics->n_classes; i++)
        printf("%lld\n", (long long)metrics->confusion[i]);
}

static wn_status drive_metrics(void)
{
    wn_status status = WN_OK;
    wn_evaluation *evaluation = NULL;
    wn_metrics metrics = {0};
    float *outputs = NULL, *targets = NULL;
    wn_labels labels = {.task = (wn_task)next()};
    labels.n_classes = (size_t)next();
    size_t n_rows = (size_t)next(), n_outputs = labels.n_classes > 0 ? labels.n_classes : 1;

    TRY(wn_evaluation_new(&evaluation, &labels));
    TRY(wn_new(&outputs, n_rows * n_outputs));
    TRY(wn_new(&targets, n_rows));
    next_floats(outputs, n_rows * n_outputs);
    next_floats(targets, n_rows);
    wn_evaluation_add(evaluation, outputs, targets, n_rows);
    TRY(wn_evaluation_finish(evaluation, &metrics));
    print_metrics(&metrics);
done:
    wn_metrics_clear(&metrics);
    wn_free(targets);
    wn_free(outputs);
    wn_evaluation_free(evaluation);
    return status;
}

int main(int argc, char **argv)
{
    wn_status status = WN_USAGE;
    if (argc == 2 && strcmp(argv[1], "gradient") == 0)
        status = drive_gradient();
    else if (argc == 2 && strcmp(argv[1], "metrics") == 0)
        status = drive_metrics();
    if (status != WN_OK)
        fprintf(stderr, "%s\n", wn_status_message());
    return (int)status;
}
