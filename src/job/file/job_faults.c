#include "job_reader.h"

#include "text.h"
#include "winnow/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool wn_job_reader_keep(wn_job_reader *reader, wn_status status)
{
    if (status != WN_OK && reader->status == WN_OK)
        reader->status = status;
    return status == WN_OK;
}

static wn_status fault_text(const wn_job_reader *reader, const wn_yaml *place, const char *key, const char *what,
                            char **text)
{
    wn_text_buffer line = {0};
    if (place && place->setting)
        wn_text_add(&line, "--set %s: ", place->setting);
    else
        wn_text_add(&line, "%s:%zu:%zu: ", reader->file, place ? place->line : 1, place ? place->column : 1);
    wn_text_add(&line, "%s%s%s", key, *key ? ": " : "", what);
    return wn_text_finish(&line, text);
}

static void add(wn_job_reader *reader, const wn_yaml *place, const char *key, const char *what)
{
    wn_status status = WN_OK;
    wn_job_fault fault = {.is_setting = place && place->setting,
                          .is_input = strncmp(key, "input", 5) == 0 || !*key,
                          .line = place ? place->line : 1,
                          .column = place ? place->column : 1,
                          .order = reader->n_faults};
    TRY(fault_text(reader, place, key, what, &fault.text));
    TRY(wn_string_copy(&fault.key, key));
    TRY(wn_resize(&reader->faults, reader->n_faults + 1));
    reader->faults[reader->n_faults++] = fault;
    return;
done:
    wn_free(fault.text);
    wn_free(fault.key);
    wn_job_reader_keep(reader, status);
}

void wn_job_fault_add(wn_job_reader *reader, const wn_yaml *place, const char *key, const char *format, ...)
{
    char *what = NULL;
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (n < 0 || !wn_job_reader_keep(reader, wn_new(&what, (size_t)n + 1)))
        return;
    va_start(arguments, format);
    vsnprintf(what, (size_t)n + 1, format, arguments);
    va_end(arguments);
    add(reader, place, key, what);
    wn_free(what);
}

/* The node of a path, or of its nearest section that is there. */
static const wn_yaml *nearest(const wn_yaml *root, const char *path)
{
    char outer[WN_YAML_PATH_SIZE];
    snprintf(outer, sizeof outer, "%s", path);
    for (;;) {
        const wn_yaml *node = wn_yaml_at(root, outer);
        char *point = strrchr(outer, '.');
        if (node || !*outer)
            return node;
        *(point ? point : outer) = 0;
    }
}

void wn_job_fault_at(wn_job_reader *reader, const char *key, const char *format, ...)
{
    char what[512];
    if (!wn_job_reader_is_sound(reader, key))
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    add(reader, nearest(reader->root, key), key, what);
}

void wn_job_fault_of(wn_job_reader *reader, const char *key, wn_status status)
{
    size_t n_before = reader->n_faults;
    wn_job_fault_at(reader, key, "%s", wn_status_message());
    if (status == WN_UNAVAILABLE)
        reader->n_unavailable += reader->n_faults - n_before;
}

wn_status wn_job_reader_verdict(const wn_job_reader *reader)
{
    if (reader->n_faults == 0)
        return WN_OK;
    return reader->n_faults == reader->n_unavailable ? WN_UNAVAILABLE : WN_BAD_JOB;
}

bool wn_job_reader_is_sound(const wn_job_reader *reader, const char *path)
{
    for (size_t i = 0; i < reader->n_faults; i++)
        if (strcmp(reader->faults[i].key, path) == 0)
            return false;
    return true;
}

static int compare_sizes(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_faults(const void *left, const void *right)
{
    const wn_job_fault *a = left, *b = right;
    if (a->is_setting != b->is_setting)
        return a->is_setting ? 1 : -1;
    if (!a->is_setting && a->line != b->line)
        return compare_sizes(a->line, b->line);
    if (!a->is_setting && a->column != b->column)
        return compare_sizes(a->column, b->column);
    return compare_sizes(a->order, b->order);
}

wn_status wn_job_reader_errors(wn_job_reader *reader, wn_job_errors *errors)
{
    wn_job_errors made = {0};
    wn_status status = WN_OK;
    if (reader->n_faults > 0)
        qsort(reader->faults, reader->n_faults, sizeof *reader->faults, compare_faults);
    TRY(wn_new(&made.text, reader->n_faults));
    for (; made.n < reader->n_faults; made.n++)
        TRY(wn_string_copy(&made.text[made.n], reader->faults[made.n].text));
    wn_job_errors_clear(errors);
    *errors = made;
    return WN_OK;
done:
    wn_job_errors_clear(&made);
    return status;
}

void wn_job_errors_clear(wn_job_errors *errors)
{
    for (size_t i = 0; i < errors->n; i++)
        wn_free(errors->text[i]);
    wn_free(errors->text);
    *errors = (wn_job_errors){0};
}
