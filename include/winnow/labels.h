/* labels.h - what is to be predicted: the classes of a classification, or a real target. */
#ifndef WINNOW_LABELS_H
#define WINNOW_LABELS_H

#include "winnow/hash.h"
#include "winnow/label_words.h"
#include "winnow/rows.h"

typedef enum { WN_TASK_AUTO, WN_TASK_CLASSIFICATION, WN_TASK_REGRESSION } wn_task;

/* The word of each task, in files. */
extern const char *const wn_task_words[3];

enum { WN_MAX_CLASSES = 100 };

typedef struct {
    wn_task task;     /* never AUTO when found */
    size_t n_classes; /* 0 for regression */
    double *classes;  /* (n_classes) ascending label values; row labels become their index */
    char **names;     /* (n_classes) of a label of strings, ascending by bytes: then the values are numbers of the words
                       * that the reader was told, and mean nothing elsewhere. NULL: the values are the label */
} wn_labels;

/* Collective. The distinct labels of the training and validation and test rows decide: AUTO means strings, booleans and
 * integers of at most 100 values classify, the rest is regression. words: of a label of strings, whose numbers the
 * labels are; else NULL. Fails: WN_BAD_DATA (classification with one class only, or more than 100; no row has a label;
 * a regression of strings). The caller clears it. */
WN_MUST_USE wn_status wn_labels_find(const wn_pass *pass, const wn_rows *rows, wn_task wanted,
                                     const wn_label_words *words, wn_labels *labels);
void wn_labels_clear(wn_labels *labels);

/* Local. A copy. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_labels_copy(wn_labels *labels, const wn_labels *from);

/* Local. Names (n, copied) as classes, their values 0, 1, ... Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_labels_set_names(wn_labels *labels, char *const *names, size_t n);

/* Local. Bytes of the longest name; 0 where the classes are numbers. The names of n classes into texts of that length,
 * the shorter ones ended by zero bytes; -1 (no class) is empty. */
size_t wn_labels_longest(const wn_labels *labels);
void wn_labels_spell(const wn_labels *labels, const int *classes, size_t n, char *texts);

/* Local. Adds what tells the classes, values or names, to a hash. */
void wn_labels_hash(const wn_labels *labels, wn_hasher *hasher);

enum { WN_CLASS_TEXT_SIZE = 64 };

/* Local. What a class is called in messages and reports, cut where it is long. */
void wn_labels_text(const wn_labels *labels, size_t class, char text[WN_CLASS_TEXT_SIZE]);

/* Local. Adds another's classes to those of a classification; there may then be more than WN_MAX_CLASSES. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_labels_join(wn_labels *labels, const wn_labels *other);

/* Local. The index of the class of a label value; -1 if there is none. */
int wn_labels_class(const wn_labels *labels, double value);

/* Local. Whether there are classes, all of them whole numbers that int64 holds: then tables say them so. */
bool wn_labels_are_integers(const wn_labels *labels);

#endif
