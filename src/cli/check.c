#include "verbs.h"

#include "arguments.h"
#include "winnow/job.h"
#include "winnow/memory.h"

#include <errno.h>

enum { KEY_SET = 256 };

typedef struct {
    const char *job;
    wn_cli_texts settings;
} check_arguments;

static const struct argp_option options[] = {
    {"set", KEY_SET, "KEY=VALUE", 0, "Override a key of the job; VALUE is YAML. May be given again", 0}, {0}};

static error_t parse(int key, char *value, struct argp_state *state)
{
    check_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        wn_cli_quieten(state);
        return 0;
    case KEY_SET:
        return wn_cli_texts_add(&arguments->settings, value) == WN_OK ? 0 : ENOMEM;
    case ARGP_KEY_ARG:
        if (!arguments->job) {
            arguments->job = value;
            return 0;
        }
        argp_error(state, "one job file is enough");
        return EINVAL;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a job file is missing");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {options,
                                   parse,
                                   "JOB.yaml",
                                   "Tells every error in a job and its inputs at once, as FILE:LINE:COLUMN: KEY: what "
                                   "is wrong, what is allowed.",
                                   NULL,
                                   NULL,
                                   NULL};

static wn_status check(const check_arguments *arguments)
{
    wn_job_errors errors = {0};
    int64_t n_rows = 0;
    size_t n_columns = 0;
    wn_status status =
        wn_job_check(arguments->job, arguments->settings.text, arguments->settings.n, &errors, &n_rows, &n_columns);
    for (size_t i = 0; i < errors.n; i++)
        printf("%s\n", errors.text[i]);
    if (status == WN_OK)
        printf("%s: right; its inputs have %lld rows of %zu columns\n", arguments->job, (long long)n_rows, n_columns);
    wn_job_errors_clear(&errors);
    wn_status flushed = wn_cli_flush();
    return status != WN_OK ? wn_cli_fail(status) : flushed;
}

wn_status wn_verb_check(int argc, char **argv)
{
    check_arguments arguments = {0};
    wn_status status = wn_cli_parse(&parser, argc, argv, &arguments);
    if (status == WN_OK)
        status = check(&arguments);
    wn_free(arguments.settings.text);
    return status;
}
