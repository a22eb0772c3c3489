/* texts.h - cells of string columns: runs of bytes that lie elsewhere. Numbers are in cells.h. */
#ifndef WINNOW_TEXTS_H
#define WINNOW_TEXTS_H

#include <stddef.h>

/* A string cell: UTF-8 as the file has it, not terminated, borrowed. An empty one is missing. */
typedef struct {
    const char *data;
    size_t n_bytes;
} wn_text;

#endif
