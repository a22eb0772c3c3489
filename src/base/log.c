#include "winnow/log.h"

#include "winnow/json_text.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static struct {
    bool is_speaker, has_colour, is_terminal;
    wn_log_level level;
    json_t *warnings;
    pthread_mutex_t lock; /* guards the lines and the warnings */
} speaker = {.is_speaker = true, .level = WN_LOG_NORMAL, .lock = PTHREAD_MUTEX_INITIALIZER};

void wn_log_setup(bool is_speaker, wn_log_level level)
{
    speaker.is_speaker = is_speaker;
    speaker.level = level;
    speaker.is_terminal = isatty(STDERR_FILENO) == 1;
    speaker.has_colour = speaker.is_terminal && getenv("NO_COLOR") == NULL;
}

bool wn_log_speaks(void)
{
    return speaker.is_speaker && speaker.level > WN_LOG_QUIET;
}

/* One line, whole: "HH:MM:SS word: text". */
static void say(const char *colour, const char *word, const char *format, va_list arguments)
{
    char text[WN_MESSAGE_SIZE], stamp[16];
    time_t now = time(NULL);
    struct tm parts;
    localtime_r(&now, &parts);
    strftime(stamp, sizeof stamp, "%H:%M:%S", &parts);
    vsnprintf(text, sizeof text, format, arguments);
    bool paints = speaker.has_colour && colour[0] != '\0';
    pthread_mutex_lock(&speaker.lock);
    fprintf(stderr, "%s%s %s%s%s%s\n", speaker.is_terminal ? "\r\033[K" : "", stamp, paints ? colour : "", word, text,
            paints ? "\033[0m" : "");
    pthread_mutex_unlock(&speaker.lock);
}

void wn_log_info(const char *format, ...)
{
    va_list arguments;
    if (!speaker.is_speaker || speaker.level < WN_LOG_NORMAL)
        return;
    va_start(arguments, format);
    say("", "", format, arguments);
    va_end(arguments);
}

void wn_log_detail(const char *format, ...)
{
    va_list arguments;
    if (!speaker.is_speaker || speaker.level < WN_LOG_VERBOSE)
        return;
    va_start(arguments, format);
    say("", "", format, arguments);
    va_end(arguments);
}

static void keep_warning(const char *format, va_list arguments)
{
    char text[WN_MESSAGE_SIZE];
    vsnprintf(text, sizeof text, format, arguments);
    pthread_mutex_lock(&speaker.lock);
    if (speaker.warnings == NULL)
        speaker.warnings = json_array();
    json_array_append_new(speaker.warnings, wn_json_text(text));
    pthread_mutex_unlock(&speaker.lock);
}

void wn_log_warning(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    keep_warning(format, arguments);
    va_end(arguments);
    if (!speaker.is_speaker)
        return;
    va_start(arguments, format);
    say("\033[33m", "warning: ", format, arguments);
    va_end(arguments);
}

const json_t *wn_log_warnings(void)
{
    return speaker.warnings;
}
