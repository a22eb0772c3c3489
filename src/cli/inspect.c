#include "verbs.h"

#include "arguments.h"
#include "winnow/inspect.h"
#include "winnow/memory.h"

#include <errno.h>

static error_t parse(int key, char *value, struct argp_state *state)
{
    wn_cli_texts *files = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        wn_cli_quieten(state);
        return 0;
    case ARGP_KEY_ARG:
        return wn_cli_texts_add(files, value) == WN_OK ? 0 : ENOMEM;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a file is missing");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {NULL,
                                   parse,
                                   "FILE...",
                                   "Shows the tables, columns, types, rows, chunks and filters of HDF5 files, and an "
                                   "input: section to paste into a job.",
                                   NULL,
                                   NULL,
                                   NULL};

wn_status wn_verb_inspect(int argc, char **argv)
{
    wn_cli_texts files = {0};
    wn_status status = wn_cli_parse(&parser, argc, argv, &files);
    if (status == WN_OK) {
        status = wn_inspect(files.text, files.n, stdout);
        wn_status flushed = wn_cli_flush();
        status = status != WN_OK ? wn_cli_fail(status) : flushed;
    }
    wn_free(files.text);
    return status;
}
