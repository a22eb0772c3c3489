/* texts.h - cells of string columns: runs of bytes that lie elsewhere. Numbers are in cells.h. */
#ifndef WINNOW_TEXTS_H
#define WINNOW_TEXTS_H

#include <stddef.h>

/* A string cell: UTF-8 as the file has it, not terminated, borrowed. An empty one is missing. */
typedef struct {
    const char *data;
    size_t n_bytes;
} wn_text;

/* Local. -1, 0 or 1: the order of bytes, a text before those it begins. */
int wn_text_compare(wn_text a, wn_text b);

#endif
