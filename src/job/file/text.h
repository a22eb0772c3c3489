/* text.h - a text that grows. Running out of memory is remembered and told at the end, so that writers need not ask
 * after every word. */
#ifndef WINNOW_JOB_TEXT_H
#define WINNOW_JOB_TEXT_H

#include "winnow/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    char *bytes; /* NUL-terminated once something was added */
    size_t n, capacity;
    wn_status status;
} wn_text_buffer;

/* Local. Adds by printf's rules. */
void wn_text_add(wn_text_buffer *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Local. Adds a text in double quotes with the escapes that JSON and YAML share; with is_path each $ is doubled. */
void wn_text_add_quoted(wn_text_buffer *text, const char *value, bool is_path);

/* Local. Adds the shortest decimal that reads back as the same double, with a point, as YAML 1.1 wants it. */
void wn_text_add_number(wn_text_buffer *text, double value);

/* Local. The text (its new owner is the caller), or the failure on the way. The text is then empty. */
WN_MUST_USE wn_status wn_text_finish(wn_text_buffer *text, char **bytes);

/* Local. Gives the memory back; the text is then empty. */
void wn_text_clear(wn_text_buffer *text);

#endif
