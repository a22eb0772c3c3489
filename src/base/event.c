/* The event sink: one JSON object a line. */
#include "winnow/clock.h"
#include "winnow/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static FILE *sink;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

wn_status wn_events_open(const char *path)
{
    FILE *opened = fopen(path, "a");
    if (opened == NULL)
        return wn_fail(WN_IO, "%s: %s", path, strerror(errno));
    wn_events_close();
    sink = opened;
    return WN_OK;
}

void wn_events_close(void)
{
    pthread_mutex_lock(&lock);
    if (sink != NULL)
        fclose(sink);
    sink = NULL;
    pthread_mutex_unlock(&lock);
}

void wn_event(const char *name, const char *format, ...)
{
    char time[WN_CLOCK_TEXT_SIZE];
    va_list arguments;
    if (sink == NULL)
        return;
    wn_clock_text(time);
    json_t *event = json_pack("{s:s, s:s}", "time", time, "event", name);
    va_start(arguments, format);
    json_t *pairs = json_vpack_ex(NULL, 0, format, arguments);
    va_end(arguments);
    if (event != NULL && pairs != NULL && json_object_update(event, pairs) == 0) {
        pthread_mutex_lock(&lock);
        if (sink != NULL && json_dumpf(event, sink, JSON_COMPACT | JSON_PRESERVE_ORDER) == 0) {
            fputc('\n', sink);
            fflush(sink);
        }
        pthread_mutex_unlock(&lock);
    }
    json_decref(pairs);
    json_decref(event);
}
