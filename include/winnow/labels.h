/* labels.h - what is to be predicted: the classes of a classification, or a real target. */
#ifndef WINNOW_LABELS_H
#define WINNOW_LABELS_H

#include "winnow/rows.h"

typedef enum { WN_TASK_AUTO, WN_TASK_CLASSIFICATION, WN_TASK_REGRESSION } wn_task;

/* The word of each task, in files. */
extern const char *const wn_task_words[3];

enum { WN_MAX_CLASSES = 100 };

typedef struct {
    wn_task task;     /* never AUTO when found */
    size_t n_classes; /* 0 for regression */
    double *classes;  /* (n_classes) ascending label values; row labels become their index */
} wn_labels;

/* Collective. The distinct labels of the training and validation and test rows decide: AUTO means booleans and integers
 * of at most 100 values classify, the rest is regression. Fails: WN_BAD_DATA (classification with one class only, or
 * more than 100; no row has a label). The caller clears it. */
WN_MUST_USE wn_status wn_labels_find(const wn_pass *pass, const wn_rows *rows, wn_task wanted, wn_labels *labels);
void wn_labels_clear(wn_labels *labels);

/* Local. Adds another's classes to those of a classification; there may then be more than WN_MAX_CLASSES. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_labels_join(wn_labels *labels, const wn_labels *other);

/* Local. The index of the class of a label value; -1 if there is none. */
int wn_labels_class(const wn_labels *labels, double value);

/* Local. Whether there are classes, all of them whole numbers that int64 holds: then tables say them so. */
bool wn_labels_are_integers(const wn_labels *labels);

#endif
