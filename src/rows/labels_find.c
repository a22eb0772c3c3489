/* The classes that the labels of kept rows make, over all ranks. */
#include "winnow/labels.h"

#include "sorted_values.h"

#include "winnow/long_integers.h"
#include "winnow/memory.h"

#include <math.h>
#include <string.h>

/* Distinct values, ascending; n_values stops at WN_MAX_CLASSES + 1, which means too many. */
typedef struct {
    size_t n_values;
    double value[WN_MAX_CLASSES + 1];
} distinct;

static void distinct_add(distinct *set, double value)
{
    size_t at = wn_sorted_place(set->value, set->n_values, value);
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
    return catalog->label_kind != WN_CELL_FLOAT32 && catalog->label_kind != WN_CELL_FLOAT64;
}

/* The names of the values that occur. */
static wn_status name_classes(const wn_label_words *words, wn_labels *labels)
{
    wn_status status = WN_OK;
    TRY(wn_new(&labels->names, labels->n_classes));
    for (size_t k = 0; k < labels->n_classes; k++)
        TRY(wn_string_copy(&labels->names[k], words->words[(size_t)labels->classes[k]]));
done:
    return status;
}

static wn_status fail_single(const char *name, const distinct *set, const wn_label_words *words)
{
    if (words != NULL)
        return wn_fail(WN_BAD_DATA, "label %s: all rows have the one class '%s'; a classification needs two", name,
                       words->words[(size_t)set->value[0]]);
    return wn_fail(WN_BAD_DATA, "label %s: all rows have the one class %.17g; a classification needs two", name,
                   set->value[0]);
}

/* Classes that are integers are told from each other. */
static wn_status check_classes(const wn_catalog *catalog, const distinct *set)
{
    wn_status status = WN_OK;
    for (size_t k = 0; k < set->n_values && status == WN_OK; k++)
        if (wn_long_integer_is_shared(catalog->label.is_long, set->value[k]))
            status = wn_long_integer_refuse(catalog->label.name, set->value[k], "a label of such classes");
    return status;
}

static wn_status decide(const wn_catalog *catalog, const distinct *set, wn_task wanted, const wn_label_words *words,
                        wn_labels *labels)
{
    const char *name = catalog->label.name;
    wn_status status = WN_OK;
    bool is_class = wanted == WN_TASK_CLASSIFICATION ||
                    (wanted == WN_TASK_AUTO && label_is_discrete(catalog) && set->n_values <= WN_MAX_CLASSES);
    if (set->n_values == 0)
        return wn_fail(WN_BAD_DATA, "label %s: no row has one", name);
    if (!is_class && words != NULL)
        return wn_fail(WN_BAD_DATA, "label %s: has strings, which are classes; input.task: regression wants numbers",
                       name);
    if (!is_class) {
        *labels = (wn_labels){.task = WN_TASK_REGRESSION};
        return WN_OK;
    }
    TRY(check_classes(catalog, set));
    if (set->n_values == 1)
        return fail_single(name, set, words);
    if (set->n_values > WN_MAX_CLASSES)
        return wn_fail(WN_BAD_DATA, "label %s: more than %d distinct values; a classification has at most %d classes",
                       name, WN_MAX_CLASSES, WN_MAX_CLASSES);
    TRY(wn_new(&labels->classes, set->n_values));
    labels->task = WN_TASK_CLASSIFICATION;
    labels->n_classes = set->n_values;
    memcpy(labels->classes, set->value, set->n_values * sizeof *set->value);
    if (words != NULL)
        TRY(name_classes(words, labels));
done:
    return status;
}

wn_status wn_labels_find(const wn_pass *pass, const wn_rows *rows, wn_task wanted, const wn_label_words *words,
                         wn_labels *labels)
{
    wn_status status = WN_OK;
    distinct set = {0};
    wn_labels found = {.task = WN_TASK_AUTO};
    if (!rows->catalog->has_label)
        return wn_fail(WN_BAD_DATA, "the input has no label, so that there is nothing to predict");
    TRY(wn_ranks_agree(pass->ranks, distinct_read(&set, pass->reader, rows)));
    TRY(distinct_share(pass->ranks, &set));
    TRY(wn_ranks_agree(pass->ranks, decide(rows->catalog, &set, wanted, words, &found)));
    *labels = found;
    found = (wn_labels){0};
done:
    wn_labels_clear(&found);
    return status;
}
