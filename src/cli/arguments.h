/* arguments.h - what the verbs share: reading options with argp, and saying what went wrong.
 * Before MPI is up, a process started by a launcher knows its rank from the environment: only rank 0 speaks. */
#ifndef WINNOW_CLI_ARGUMENTS_H
#define WINNOW_CLI_ARGUMENTS_H

#include "winnow/log.h"
#include "winnow/status.h"

#include <argp.h>
#include <stdbool.h>

/* Local. Whether this process is rank 0 of its launcher, or was started without one. */
bool wn_cli_is_speaker(void);

/* Local. "winnow: ..." and a hint at --help on stderr; returns WN_USAGE. */
wn_status wn_cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Local. "winnow: cause", the last message, on stderr where status is not WN_OK; returns it. */
wn_status wn_cli_fail(wn_status status);

/* Local. Writes out stdout; WN_IO, told, where that fails (a full disk, say). */
wn_status wn_cli_flush(void);

/* Local. argp_parse for a verb: --help ends the process with status 0, a usage error, told, is WN_USAGE. Parsers report
 * by argp_error and then return EINVAL, and call wn_cli_quieten on ARGP_KEY_INIT. */
wn_status wn_cli_parse(const struct argp *argp, int argc, char **argv, void *input);
void wn_cli_quieten(struct argp_state *state);

/* The options -q and -v, as the children of a verb's parser. */
extern const struct argp_child wn_cli_messages[];

/* Local. In place of wn_cli_quieten in parsers with wn_cli_messages, which set *level. */
void wn_cli_begin(struct argp_state *state, wn_log_level *level);

/* Texts that an option gathers; borrowed from argv, freed by the caller with wn_free. */
typedef struct {
    const char **text;
    size_t n;
} wn_cli_texts;

/* Local. Fails: WN_NO_MEMORY. */
WN_MUST_USE wn_status wn_cli_texts_add(wn_cli_texts *texts, const char *text);

#endif
