#include "winnow/labels.h"

#include "winnow/memory.h"

#include <math.h>
#include <string.h>

const char *const wn_task_words[3] = {"auto", "classification", "regression"};

/* Distinct values, ascending; n_values stops at WN_MAX_CLASSES + 1, which means too many. */
typedef struct {
    size_t n_values;
    double value[WN_MAX_CLASSES + 1];
} distinct;

static size_t lower_bound(const double *sorted, size_t n, double value)
{
    size_t low = 0;
    while (n > 0) {
        size_t half = n / 2;
        if (sorted[low + half] < value) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

static void distinct_add(distinct *set, double value)
{
    size_t at = lower_bound(set->value, set->n_values, value);
    if (at < set->n_values && set->value[at] == value)
        return;
    if (set->n_values == WN_MAX_CLASSES + 1)
        return;
    memmove(set->value + at + 1, set->value + at, (set->n_values - at) * sizeof *set->value);
    set->value[at] = value + 0.0; /* -0 becomes 0 */
    set->n_values++;
}

static bool is_kept(unsigned char status)
{
    return status == WN_ROW_TRAIN || status == WN_ROW_VALIDATION || status == WN_ROW_TEST;
}

/* Adds the labels of this rank's kept rows. */
static wn_status distinct_read(distinct *set, wn_reader *reader, const wn_rows *rows)
{
    wn_status status = WN_OK;
    double *labels = NULL;
    TRY(wn_new(&labels, wn_reader_block_capacity(reader)));
    for (int64_t index = rows->blocks.first; index < rows->blocks.last; index++) {
        wn_block_extent extent = wn_catalog_block(rows->catalog, index);
        const unsigned char *statuses = rows->status + (extent.first_row - rows->first_row);
        TRY(wn_reader_read_labels(reader, index, labels));
        for (size_t i = 0; i < extent.n_rows; i++)
            if (is_kept(statuses[i]) && !isnan(labels[i]))
                distinct_add(set, labels[i]);
    }
done:
    wn_free(labels);
    return status;
}

/* Collective. The distinct values of all ranks. */
static wn_status distinct_share(const wn_ranks *ranks, distinct *set)
{
    wn_status status = WN_OK;
    void *all = NULL;
    size_t n_all = 0;
    TRY(wn_ranks_gather_all(ranks, set->value, set->n_values, sizeof *set->value, &all, &n_all));
    const double *values = all;
    for (size_t i = 0; i < n_all; i++)
        distinct_add(set, values[i]);
done:
    wn_free(all);
    return status;
}

/* Whole numbers by their type in the file; a real label with whole values is still a quantity. */
static bool label_is_discrete(const wn_catalog *catalog)
{
    return catalog->datasets[catalog->label.dataset].kind != WN_CELL_FLOAT32 &&
           catalog->datasets[catalog->label.dataset].kind != WN_CELL_FLOAT64;
}

static wn_status decide(const wn_catalog *catalog, const distinct *set, wn_task wanted, wn_labels *labels)
{
    const char *name = catalog->label.name;
    wn_status status = WN_OK;
    bool is_class = wanted == WN_TASK_CLASSIFICATION ||
                    (wanted == WN_TASK_AUTO && label_is_discrete(catalog) && set->n_values <= WN_MAX_CLASSES);
    if (set->n_values == 0)
        return wn_fail(WN_BAD_DATA, "label %s: no row has one", name);
    if (!is_class) {
        *labels = (wn_labels){.task = WN_TASK_REGRESSION};
        return WN_OK;
    }
    if (set->n_values == 1)
        return wn_fail(WN_BAD_DATA, "label %s: all rows have the one class %.17g; a classification needs two", name,
                       set->value[0]);
    if (set->n_values > WN_MAX_CLASSES)
        return wn_fail(WN_BAD_DATA, "label %s: more than %d distinct values; a classification has at most %d classes",
                       name, WN_MAX_CLASSES, WN_MAX_CLASSES);
    double *classes = NULL;
    TRY(wn_new(&classes, set->n_values));
    memcpy(classes, set->value, set->n_values * sizeof *classes);
    *labels = (wn_labels){WN_TASK_CLASSIFICATION, set->n_values, classes};
done:
    return status;
}

wn_status wn_labels_find(const wn_pass *pass, const wn_rows *rows, wn_task wanted, wn_labels *labels)
{
    wn_status status = WN_OK;
    distinct set = {0};
    wn_labels found = {.task = WN_TASK_AUTO};
    if (!rows->catalog->has_label)
        return wn_fail(WN_BAD_DATA, "the input has no label, so that there is nothing to predict");
    TRY(wn_ranks_agree(pass->ranks, distinct_read(&set, pass->reader, rows)));
    TRY(distinct_share(pass->ranks, &set));
    TRY(wn_ranks_agree(pass->ranks, decide(rows->catalog, &set, wanted, &found)));
    *labels = found;
    found.classes = NULL;
done:
    wn_labels_clear(&found);
    return status;
}

void wn_labels_clear(wn_labels *labels)
{
    wn_free(labels->classes);
    labels->classes = NULL;
    labels->n_classes = 0;
}

int wn_labels_class(const wn_labels *labels, double value)
{
    size_t at = lower_bound(labels->classes, labels->n_classes, value);
    return at < labels->n_classes && labels->classes[at] == value ? (int)at : -1;
}

bool wn_labels_are_integers(const wn_labels *labels)
{
    for (size_t k = 0; k < labels->n_classes; k++) {
        if (labels->classes[k] != floor(labels->classes[k]) || fabs(labels->classes[k]) > 9e15)
            return false;
    }
    return labels->n_classes > 0;
}

wn_status wn_labels_join(wn_labels *labels, const wn_labels *other)
{
    wn_status status = WN_OK;
    size_t n = labels->n_classes;
    TRY(wn_resize(&labels->classes, n + other->n_classes));
    for (size_t i = 0; i < other->n_classes; i++) {
        size_t at = lower_bound(labels->classes, n, other->classes[i]);
        if (at < n && labels->classes[at] == other->classes[i])
            continue;
        memmove(labels->classes + at + 1, labels->classes + at, (n - at) * sizeof *labels->classes);
        labels->classes[at] = other->classes[i];
        n++;
    }
    labels->n_classes = n;
done:
    return status;
}
