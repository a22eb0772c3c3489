#include "verbs.h"

#include "arguments.h"
#include "winnow/compare.h"

#include <errno.h>

typedef struct {
    const char *runs[2];
    size_t n;
} compare_arguments;

static error_t parse(int key, char *value, struct argp_state *state)
{
    compare_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        wn_cli_quieten(state);
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->n < 2)
            arguments->runs[arguments->n] = value;
        arguments->n++;
        return 0;
    case ARGP_KEY_END:
        if (arguments->n == 2)
            return 0;
        argp_error(state, "two run directories are wanted");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    NULL,
    parse,
    "RUN RUN",
    "Compares two runs: their fingerprints, the first number that differs in statistics, "
    "recipe, model or compressed model, and the metrics that differ.\vExit status: 0 all "
    "is equal; 65 something differs, or a file is damaged; 66 there is no such run, or it "
    "has no run.json or no result; 73 it is not a run of Winnow; 74 input/output error.",
    NULL,
    NULL,
    NULL};

wn_status wn_verb_compare(int argc, char **argv)
{
    compare_arguments arguments = {0};
    bool is_equal = false;
    wn_status status = wn_cli_parse(&parser, argc, argv, &arguments);
    if (status != WN_OK)
        return status;
    status = wn_compare(arguments.runs[0], arguments.runs[1], stdout, &is_equal);
    wn_status flushed = wn_cli_flush();
    if (status != WN_OK || flushed != WN_OK)
        return status != WN_OK ? wn_cli_fail(status) : flushed;
    return is_equal ? WN_OK : wn_cli_fail(wn_fail(WN_BAD_DATA, "the runs differ"));
}
