#include "verbs.h"

#include "arguments.h"
#include "winnow/report.h"

#include <errno.h>

static error_t parse(int key, char *value, struct argp_state *state)
{
    const char **run = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        wn_cli_quieten(state);
        return 0;
    case ARGP_KEY_ARG:
        if (*run) {
            argp_error(state, "one run is enough");
            return EINVAL;
        }
        *run = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a run directory is missing");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    NULL,
    parse,
    "RUN",
    "Makes RUN/report.html from the files of a run directory, also of a run that stopped, "
    "failed or is going on: then of what is finished so far. It takes no lock and replaces "
    "nothing but report.html, at once; a run makes its own when it ends.\vExit status: 0; 66 there is no such run; 73 "
    "it is not a run of Winnow, "
    "or cannot be written to; 74 input/output error.",
    NULL,
    NULL,
    NULL};

wn_status wn_verb_report(int argc, char **argv)
{
    const char *run = NULL;
    wn_status status = wn_cli_parse(&parser, argc, argv, &run);
    if (status != WN_OK)
        return status;
    status = wn_report_renew(run);
    if (status != WN_OK)
        return wn_cli_fail(status);
    printf("%s/report.html\n", run);
    return wn_cli_flush();
}
