/* status.h - what a fallible call returns, and the message of its cause.
 * Every fallible function returns a wn_status; the message is written by wn_fail where the fault is seen and kept for
 * the calling thread. How ranks come to one status is in ranks.h. */
#ifndef WINNOW_STATUS_H
#define WINNOW_STATUS_H

#include <stddef.h>

/* The values are the program's exit statuses; of several the largest wins. */
typedef enum {
    WN_OK = 0,
    WN_USAGE = 2,
    WN_BAD_DATA = 65,
    WN_NO_INPUT = 66,
    WN_UNAVAILABLE = 69,
    WN_INTERNAL = 70,
    WN_NO_MEMORY = 71,
    WN_CANT_CREATE = 73,
    WN_IO = 74,
    WN_STOPPED = 75,
    WN_HUNG = 76,
    WN_BAD_JOB = 78
} wn_status;

#define WN_MUST_USE __attribute__((warn_unused_result))

enum { WN_MESSAGE_SIZE = 1024 };

/* Jumps to `done:` of the calling function when a call fails; the function declares `wn_status status = WN_OK`. */
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        status = (call);                                                                                               \
        if (status != WN_OK)                                                                                           \
            goto done;                                                                                                 \
    } while (0)

/* Local. Keeps the message for the calling thread (cut at WN_MESSAGE_SIZE - 1 bytes) and returns `status`, so that
 * `return wn_fail(WN_IO, "%s: %s", path, strerror(errno));` says both. */
WN_MUST_USE wn_status wn_fail(wn_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Local. Puts "prefix: " before the message of the last failure and returns `status`. */
WN_MUST_USE wn_status wn_fail_prefix(wn_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Local. The calling thread's last message, "" before any failure. Owned by the thread; the next wn_fail overwrites it.
 */
const char *wn_status_message(void);

/* Local. A static word for a status: "bad data". */
const char *wn_status_name(wn_status status);

#endif
