/* captured.h - what a call prints on stderr: into a file, or onto a terminal of the test's own. */
#ifndef WINNOW_CAPTURED_H
#define WINNOW_CAPTURED_H

#include <stdbool.h>

/* Local. From now on stderr is a file, or a pseudo-terminal; false where that cannot be had. */
bool captured_begin(bool is_terminal);

/* Local. stderr is what it was; the text that came meanwhile (at most 64 KiB). Static memory. */
const char *captured_end(void);

/* Local. How often a piece occurs in a text. */
int captured_count(const char *text, const char *piece);

#endif
