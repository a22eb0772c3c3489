/* Epochs; what baseline, full and compressed model reach, overall and by class. */
#include "sections.h"
#include "table.h"

#include <stdio.h>

enum { N_MODELS = 3 };
static const char *const models[N_MODELS] = {"baseline", "dense", "compressed"};
static const char *const model_names[N_MODELS] = {"Baseline", "Full model", "Compressed model"};

static const char *const metric_keys[] = {"rows", "accuracy", "precision", "recall", "f1", "auc",
                                          "loss", "mse",      "rmse",      "mae",    "r2"};
enum { N_METRICS = sizeof metric_keys / sizeof *metric_keys };

/* The metrics that an object has, as headings behind the first. */
static size_t list_metrics(const json_t *object, const char **names)
{
    size_t n = 0;
    for (size_t i = 0; i < N_METRICS; i++)
        if (json_object_get(object, metric_keys[i]))
            names[n++] = metric_keys[i];
    return n;
}

static void add_metrics(wn_html *html, const json_t *metrics, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        wn_table_json(html, json_object_get(metrics, names[i]));
}

static void add_epochs(wn_html *html, const json_t *epochs)
{
    const char *headings[N_METRICS + 3] = {"Epoch", "training loss", "seconds"};
    size_t i = 0, n_epochs = json_array_size(epochs);
    size_t n = list_metrics(json_object_get(json_array_get(epochs, 0), "validation"), headings + 3);
    json_t *epoch = NULL;
    wn_html_note(html, "Behind training loss and seconds, the metrics of the validation rows.");
    wn_table_begin(html, "Epochs", headings, n + 3);
    json_array_foreach(epochs, i, epoch)
    {
        if (i + WN_TABLE_ROWS < n_epochs)
            continue; /* the last ones tell most */
        wn_table_row_number(html, json_number_value(json_object_get(epoch, "epoch")));
        wn_table_json(html, json_object_get(epoch, "loss"));
        wn_table_json(html, json_object_get(epoch, "seconds"));
        add_metrics(html, json_object_get(epoch, "validation"), headings + 3, n);
        wn_table_row_end(html);
    }
    wn_table_end(html);
    wn_table_left_out(html, n_epochs, "epochs, the first ones,", "run.json, train.epochs");
}

void wn_section_training(wn_html *html, const wn_run_files *files)
{
    const json_t *train = wn_summary_get(files, "train");
    wn_html_section_begin(html, "training", "Training");
    if (train) {
        wn_facts_begin(html);
        wn_fact_json(html, "Parameters", json_object_get(train, "parameters"));
        wn_fact_format(html, "Epochs", "%zu", json_array_size(json_object_get(train, "epochs")));
        wn_facts_end(html);
        if (json_array_size(json_object_get(train, "epochs")) > 0) {
            wn_html_details_begin(html, "Epochs");
            add_epochs(html, json_object_get(train, "epochs"));
            wn_html_details_end(html);
        }
    } else {
        wn_section_absent(html, files);
    }
    wn_html_section_end(html);
}

static void add_overview(wn_html *html, const json_t *metrics)
{
    const char *headings[N_METRICS + 1] = {"Model"};
    size_t n = 0;
    for (size_t k = 0; k < N_MODELS && n == 0; k++)
        n = list_metrics(json_object_get(metrics, models[k]), headings + 1);
    wn_table_begin(html, "Metrics", headings, n + 1);
    for (size_t k = 0; k < N_MODELS; k++) {
        const json_t *model = json_object_get(metrics, models[k]);
        if (!model)
            continue;
        wn_table_row(html, model_names[k]);
        add_metrics(html, model, headings + 1, n);
        wn_table_row_end(html);
    }
    wn_table_end(html);
}

/* Its label, where the recipe tells it. */
static void class_label(const wn_run_files *files, size_t k, char text[WN_CLASS_TEXT_SIZE])
{
    if (files->recipe && k < files->recipe->labels.n_classes)
        wn_labels_text(&files->recipe->labels, k, text);
    else
        snprintf(text, WN_CLASS_TEXT_SIZE, "%zu", k);
}

static void add_classes(wn_html *html, const wn_run_files *files, const json_t *per_class)
{
    static const char *const headings[] = {"Class", "precision", "recall", "f1"};
    char name[WN_CLASS_TEXT_SIZE];
    size_t k = 0;
    json_t *entry = NULL;
    wn_table_begin(html, "Metrics by class", headings, 4);
    json_array_foreach(per_class, k, entry)
    {
        class_label(files, k, name);
        wn_table_row(html, name);
        add_metrics(html, entry, headings + 1, 3);
        wn_table_row_end(html);
    }
    wn_table_end(html);
}

/* Classes are at most a hundred, here as in the table above: no row is left out. */
static void add_confusion(wn_html *html, const wn_run_files *files, const json_t *confusion)
{
    char labels[WN_MAX_CLASSES][WN_CLASS_TEXT_SIZE + 3], name[WN_CLASS_TEXT_SIZE];
    const char *headings[WN_MAX_CLASSES + 1] = {"Class"};
    size_t i = 0, k = 0, n = json_array_size(confusion);
    json_t *row = NULL, *count = NULL;
    for (k = 0; k < n && k < WN_MAX_CLASSES; k++) {
        class_label(files, k, name);
        snprintf(labels[k], sizeof labels[k], "as %s", name);
        headings[k + 1] = labels[k];
    }
    wn_table_begin(html, "Confusion", headings, k + 1);
    json_array_foreach(confusion, i, row)
    {
        class_label(files, i, name);
        wn_table_row(html, name);
        json_array_foreach(row, k, count)
        {
            wn_table_json(html, count);
        }
        wn_table_row_end(html);
    }
    wn_table_end(html);
}

static void add_model(wn_html *html, const wn_run_files *files, const json_t *model, const char *name)
{
    char summary[64];
    const json_t *per_class = json_object_get(model, "per_class"), *confusion = json_object_get(model, "confusion");
    if (json_array_size(per_class) == 0 && json_array_size(confusion) == 0)
        return;
    snprintf(summary, sizeof summary, "%s by class", name);
    wn_html_details_begin(html, summary);
    add_classes(html, files, per_class);
    wn_html_note(html, "Rows of each class, by the class that was predicted:");
    add_confusion(html, files, confusion);
    wn_html_details_end(html);
}

void wn_section_metrics(wn_html *html, const wn_run_files *files)
{
    const json_t *metrics = wn_summary_get(files, "metrics");
    const char *rows = json_string_value(json_object_get(metrics, "rows"));
    wn_html_section_begin(html, "metrics", "Metrics");
    if (metrics) {
        wn_html_note(html, "Of the %s rows. The baseline predicts the same for every row.", rows ? rows : "unknown");
        add_overview(html, metrics);
        for (size_t k = 0; k < N_MODELS; k++)
            add_model(html, files, json_object_get(metrics, models[k]), model_names[k]);
    } else {
        wn_section_absent(html, files);
    }
    wn_html_section_end(html);
}
