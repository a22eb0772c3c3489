#include "winnow/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char message[WN_MESSAGE_SIZE];

wn_status wn_fail(wn_status status, const char *format, ...)
{
    char text[WN_MESSAGE_SIZE]; /* an argument may be the old message */
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    memcpy(message, text, sizeof message);
    return status;
}

wn_status wn_fail_prefix(wn_status status, const char *format, ...)
{
    char prefix[WN_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(prefix, sizeof prefix, format, arguments);
    va_end(arguments);
    return wn_fail(status, "%s: %s", prefix, message);
}

const char *wn_status_message(void)
{
    return message;
}

const char *wn_status_name(wn_status status)
{
    switch (status) {
    case WN_OK:
        return "done";
    case WN_USAGE:
        return "usage";
    case WN_BAD_DATA:
        return "bad data";
    case WN_NO_INPUT:
        return "no input";
    case WN_UNAVAILABLE:
        return "unavailable";
    case WN_INTERNAL:
        return "internal error";
    case WN_NO_MEMORY:
        return "out of memory";
    case WN_CANT_CREATE:
        return "cannot create";
    case WN_IO:
        return "input/output error";
    case WN_STOPPED:
        return "stopped";
    case WN_HUNG:
        return "a rank hung";
    case WN_BAD_JOB:
        return "bad job";
    }
    return "unknown";
}
