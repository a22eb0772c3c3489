#include "arguments.h"

#include "winnow/memory.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool wn_cli_is_speaker(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *rank = getenv(names[i]);
        if (rank && *rank)
            return strtol(rank, NULL, 10) == 0;
    }
    return true;
}

/* Clears what a progress bar left on a terminal's line. */
static void begin_line(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

wn_status wn_cli_usage(const char *format, ...)
{
    if (!wn_cli_is_speaker())
        return WN_USAGE;
    va_list arguments;
    va_start(arguments, format);
    begin_line();
    fputs("winnow: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\nTry 'winnow --help'.\n", stderr);
    va_end(arguments);
    return WN_USAGE;
}

wn_status wn_cli_fail(wn_status status)
{
    if (status == WN_OK || !wn_cli_is_speaker())
        return status;
    begin_line();
    fprintf(stderr, "winnow: %s\n", *wn_status_message() ? wn_status_message() : wn_status_name(status));
    return status;
}

wn_status wn_cli_flush(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return WN_OK;
    return wn_cli_fail(wn_fail(WN_IO, "cannot write to stdout: %s", strerror(errno)));
}

void wn_cli_quieten(struct argp_state *state)
{
    if (wn_cli_is_speaker())
        return;
    FILE *nowhere = fopen("/dev/null", "w");
    if (!nowhere)
        return;
    state->out_stream = nowhere;
    state->err_stream = nowhere;
}

static error_t take_message(int key, char *value, struct argp_state *state)
{
    wn_log_level *level = state->input;
    (void)value;
    if (key != 'q' && key != 'v')
        return ARGP_ERR_UNKNOWN;
    *level = key == 'q' ? WN_LOG_QUIET : WN_LOG_VERBOSE;
    return 0;
}

static const struct argp_option message_options[] = {
    {"quiet", 'q', NULL, 0, "Only warnings and errors", 0}, {"verbose", 'v', NULL, 0, "Also details", 0}, {0}};

static const struct argp messages = {message_options, take_message, NULL, NULL, NULL, NULL, NULL};

const struct argp_child wn_cli_messages[] = {{&messages, 0, "Messages:", 9}, {0}};

void wn_cli_begin(struct argp_state *state, wn_log_level *level)
{
    wn_cli_quieten(state);
    state->child_inputs[0] = level;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-?") == 0 || strcmp(argv[i], "--usage") == 0)
            return true;
    return false;
}

wn_status wn_cli_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    bool is_help = asks_for_help(argc, argv);
    if (is_help && !wn_cli_is_speaker())
        exit(0); /* as argp does on the rank that prints it */
    unsigned flags = wn_cli_is_speaker() ? ARGP_NO_EXIT : ARGP_NO_ERRS;
    error_t error = argp_parse(argp, argc, argv, is_help ? 0 : flags, NULL, input);
    if (error == ENOMEM)
        return wn_cli_fail(wn_fail(WN_NO_MEMORY, "out of memory"));
    return error == 0 ? WN_OK : WN_USAGE;
}

wn_status wn_cli_texts_add(wn_cli_texts *texts, const char *text)
{
    wn_status status = wn_resize(&texts->text, texts->n + 1);
    if (status == WN_OK)
        texts->text[texts->n++] = text;
    return status;
}
