/* The event sink: one JSON object a line. */
#include "winnow/clock.h"
#include "winnow/json_text.h"
#include "winnow/log.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *sink;
static int lost_by;                                      /* errno of the first write that failed; 0: none */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards both */

/* A run that was killed may have left half a line: the next event begins its own. */
static void end_last_line(FILE *file)
{
    bool is_whole = fseek(file, -1, SEEK_END) != 0 || fgetc(file) == '\n';
    fseek(file, 0, SEEK_END);
    if (!is_whole)
        fputc('\n', file);
}

static void set_sink(FILE *file)
{
    pthread_mutex_lock(&lock);
    if (sink != NULL && fclose(sink) != 0 && lost_by == 0)
        lost_by = errno;
    sink = file;
    pthread_mutex_unlock(&lock);
}

wn_status wn_events_open(const char *path)
{
    FILE *opened = fopen(path, "a+");
    if (opened == NULL)
        return wn_fail(WN_IO, "%s: %s", path, strerror(errno));
    end_last_line(opened);
    set_sink(opened);
    return WN_OK;
}

/* The results are whole without events: what was lost is told and no more. */
void wn_events_close(void)
{
    set_sink(NULL);
    if (lost_by != 0)
        wn_log_warning("events.jsonl lacks events: writing it failed: %s", strerror(lost_by));
    lost_by = 0;
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* The value of a pair: a kind of wn_event's format, a pointer because the list goes on after it. */
static json_t *next_value(char kind, va_list *arguments)
{
    switch (kind) {
    case 's':
        return wn_json_text(va_arg(*arguments, const char *));
    case 'i':
        return json_integer(va_arg(*arguments, int));
    case 'I':
        return json_integer(va_arg(*arguments, json_int_t));
    case 'f':
        return number(va_arg(*arguments, double));
    case 'b':
        return json_boolean(va_arg(*arguments, int) != 0);
    case 'o':
        return va_arg(*arguments, json_t *);
    case 'O':
        return json_incref(va_arg(*arguments, json_t *));
    default:
        return NULL;
    }
}

static const char *skip_punctuation(const char *format)
{
    while (ispunct((unsigned char)*format) || isspace((unsigned char)*format))
        format++;
    return format;
}

/* Adds the pairs of "{s:i, s:f}" up to the first kind that is none of ours. */
static void add_pairs(json_t *event, const char *format, va_list *arguments)
{
    for (format = skip_punctuation(format); *format == 's'; format = skip_punctuation(format + 1)) {
        const char *key = va_arg(*arguments, const char *);
        format = skip_punctuation(format + 1);
        if (strchr("siIfboO", *format) == NULL || *format == '\0')
            return;
        json_object_set_new(event, key, next_value(*format, arguments));
    }
}

static void write_line(const json_t *event)
{
    char *line = json_dumps(event, JSON_COMPACT);
    pthread_mutex_lock(&lock);
    if (sink != NULL && line != NULL) {
        bool is_written = fprintf(sink, "%s\n", line) > 0;
        if ((fflush(sink) != 0 || !is_written) && lost_by == 0)
            lost_by = errno;
    }
    pthread_mutex_unlock(&lock);
    free(line);
}

void wn_event(const char *name, const char *format, ...)
{
    char time[WN_CLOCK_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    json_t *event = json_object();
    wn_clock_text(time);
    json_object_set_new(event, "time", json_string(time));
    json_object_set_new(event, "event", wn_json_text(name));
    add_pairs(event, format, &arguments);
    va_end(arguments);
    write_line(event);
    json_decref(event);
}
