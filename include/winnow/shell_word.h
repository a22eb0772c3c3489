/* shell_word.h - a text as one word of a command line that people copy into a shell. */
#ifndef WINNOW_SHELL_WORD_H
#define WINNOW_SHELL_WORD_H

#include "winnow/status.h"

/* Local. The word as it is where a shell takes it so, else in single quotes. New, owned by the caller. Fails:
 * WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_shell_word(char **quoted, const char *word);

#endif
