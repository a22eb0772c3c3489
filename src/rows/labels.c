#include "winnow/labels.h"

#include "sorted_values.h"

#include "winnow/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const wn_task_words[3] = {"auto", "classification", "regression"};

void wn_labels_clear(wn_labels *labels)
{
    for (size_t k = 0; labels->names != NULL && k < labels->n_classes; k++)
        wn_free(labels->names[k]);
    wn_free(labels->names);
    wn_free(labels->classes);
    labels->names = NULL;
    labels->classes = NULL;
    labels->n_classes = 0;
}

static wn_status copy_names(wn_labels *labels, char *const *names)
{
    wn_status status = WN_OK;
    TRY(wn_new(&labels->names, labels->n_classes));
    for (size_t k = 0; k < labels->n_classes; k++)
        TRY(wn_string_copy(&labels->names[k], names[k]));
done:
    return status;
}

wn_status wn_labels_copy(wn_labels *labels, const wn_labels *from)
{
    wn_status status = WN_OK;
    wn_labels made = {.task = from->task};
    TRY(wn_new(&made.classes, from->n_classes));
    made.n_classes = from->n_classes;
    if (from->n_classes > 0)
        memcpy(made.classes, from->classes, from->n_classes * sizeof *from->classes);
    if (from->names != NULL)
        TRY(copy_names(&made, from->names));
    *labels = made;
    made = (wn_labels){0};
done:
    wn_labels_clear(&made);
    return status;
}

wn_status wn_labels_set_names(wn_labels *labels, char *const *names, size_t n)
{
    wn_status status = WN_OK;
    wn_labels made = {.task = WN_TASK_CLASSIFICATION};
    TRY(wn_new(&made.classes, n));
    made.n_classes = n;
    for (size_t k = 0; k < n; k++)
        made.classes[k] = (double)k;
    TRY(copy_names(&made, names));
    wn_labels_clear(labels);
    *labels = made;
    made = (wn_labels){0};
done:
    wn_labels_clear(&made);
    return status;
}

void wn_labels_hash(const wn_labels *labels, wn_hasher *hasher)
{
    for (size_t k = 0; k < labels->n_classes; k++) {
        if (labels->names != NULL)
            wn_hasher_add(hasher, labels->names[k], strlen(labels->names[k]) + 1);
        else
            wn_hasher_add(hasher, &labels->classes[k], sizeof labels->classes[k]);
    }
}

size_t wn_labels_longest(const wn_labels *labels)
{
    size_t longest = labels->names != NULL;
    for (size_t k = 0; labels->names != NULL && k < labels->n_classes; k++)
        longest = strlen(labels->names[k]) > longest ? strlen(labels->names[k]) : longest;
    return longest;
}

void wn_labels_spell(const wn_labels *labels, const int *classes, size_t n, char *texts)
{
    size_t longest = wn_labels_longest(labels);
    memset(texts, 0, n * longest);
    for (size_t i = 0; i < n; i++)
        if (classes[i] >= 0)
            memcpy(texts + i * longest, labels->names[classes[i]], strlen(labels->names[classes[i]]));
}

void wn_labels_text(const wn_labels *labels, size_t class, char text[WN_CLASS_TEXT_SIZE])
{
    if (labels->names != NULL)
        snprintf(text, WN_CLASS_TEXT_SIZE, "%s", labels->names[class]);
    else
        snprintf(text, WN_CLASS_TEXT_SIZE, "%.6g", labels->classes[class]);
}

int wn_labels_class(const wn_labels *labels, double value)
{
    size_t at = wn_sorted_place(labels->classes, labels->n_classes, value);
    return at < labels->n_classes && labels->classes[at] == value ? (int)at : -1;
}

bool wn_labels_are_integers(const wn_labels *labels)
{
    if (labels->names != NULL)
        return false;
    for (size_t k = 0; k < labels->n_classes; k++) {
        if (labels->classes[k] != floor(labels->classes[k]) || fabs(labels->classes[k]) > 9e15)
            return false;
    }
    return labels->n_classes > 0;
}

static wn_status join_values(wn_labels *labels, const wn_labels *other)
{
    wn_status status = WN_OK;
    size_t n = labels->n_classes;
    TRY(wn_resize(&labels->classes, n + other->n_classes));
    for (size_t i = 0; i < other->n_classes; i++) {
        size_t at = wn_sorted_place(labels->classes, n, other->classes[i]);
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

/* Both are in order. */
static wn_status join_names(wn_labels *labels, const wn_labels *other)
{
    wn_status status = WN_OK;
    char **names = NULL;
    size_t n = 0, i = 0, j = 0;
    TRY(wn_new(&names, labels->n_classes + other->n_classes));
    while (i < labels->n_classes || j < other->n_classes) {
        int order = i == labels->n_classes ? 1 : j == other->n_classes ? -1 : strcmp(labels->names[i], other->names[j]);
        names[n++] = order <= 0 ? labels->names[i] : other->names[j];
        i += order <= 0;
        j += order >= 0;
    }
    TRY(wn_labels_set_names(labels, names, n));
done:
    wn_free(names);
    return status;
}

wn_status wn_labels_join(wn_labels *labels, const wn_labels *other)
{
    if ((labels->names != NULL) != (other->names != NULL))
        return wn_fail(WN_BAD_DATA, "a label is of strings here, and of numbers there");
    return labels->names != NULL ? join_names(labels, other) : join_values(labels, other);
}
