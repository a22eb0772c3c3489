/* log.h - messages for people on stderr and events for programs in events.jsonl.
 * Results never go here: they are printed to stdout by the verbs. Only rank 0 prints; the others are silent. */
#ifndef WINNOW_LOG_H
#define WINNOW_LOG_H

#include "winnow/status.h"

#include <jansson.h>
#include <stdbool.h>

typedef enum { WN_LOG_QUIET, WN_LOG_NORMAL, WN_LOG_VERBOSE } wn_log_level;

/* Local. Sets who speaks: `is_speaker` is true on rank 0. Colour is used on a terminal unless NO_COLOR is set. */
void wn_log_setup(bool is_speaker, wn_log_level level);

/* Local. Whether this process is the one that speaks, and not told to be quiet. */
bool wn_log_speaks(void);

/* Local. One line "HH:MM:SS message" on stderr, at NORMAL and VERBOSE. */
void wn_log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Local. The same at VERBOSE only. */
void wn_log_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Local. The same at every level, as a warning; kept too, see wn_log_warnings. */
void wn_log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Local. The warnings told so far on this rank, an array of strings. Borrowed. */
const json_t *wn_log_warnings(void);

/* Local. Long work: tells `done` of `total` units of `what` ("rows"). On a terminal a bar with units/s and time left;
 * otherwise time-stamped lines whose intervals double up to a minute. A call is cheap; total = done ends the work. */
void wn_log_progress(const char *stage, const char *what, double done, double total);

/* Local. Opens the event sink (appends; a last line that a kill cut short is ended first). Without one, events are
 * dropped. Fails: WN_IO. */
WN_MUST_USE wn_status wn_events_open(const char *path);

/* Local. Closes the event sink, if there is one; warns where an event could not be written. */
void wn_events_close(void);

/* Local. Writes one line: {"time": ..., "event": name, ...} with pairs as in
 * wn_event("epoch", "{s:i, s:f}", "epoch", 3, "loss", 0.31). Keys are s; values are s, i, I, f, b, o and O as
 * json_pack has them, not nested. What is not finite becomes null, bytes that are not UTF-8 become '?'. Writes nothing
 * without a sink; may be called by any thread. */
void wn_event(const char *name, const char *format, ...);

#endif
