#include "winnow/apply.h"

#include "arguments.h"
#include "results.h"
#include "session.h"
#include "verbs.h"
#include "winnow/memory.h"

#include <errno.h>
#include <string.h>

enum { KEY_MODEL = 256, KEY_ID };

typedef struct {
    wn_apply_options options;
    wn_cli_texts files, ids;
    wn_log_level level;
} apply_arguments;

static const struct argp_option options[] = {
    {"output", 'o', "OUTPUT.h5", 0, "Where to write features, predictions, probabilities and rows", 0},
    {"model", KEY_MODEL, "compressed|dense", 0, "Which model predicts; the compressed one where the run has it", 0},
    {"id", KEY_ID, "COLUMN", 0, "Pass a numeric column through as /id/COLUMN. May be given again", 0},
    {0}};

static error_t take_model(apply_arguments *arguments, struct argp_state *state, const char *value)
{
    bool is_dense = strcmp(value, "dense") == 0;
    if (!is_dense && strcmp(value, "compressed") != 0) {
        argp_error(state, "--model is compressed or dense, not %s", value);
        return EINVAL;
    }
    arguments->options.model = is_dense ? WN_APPLY_DENSE : WN_APPLY_COMPRESSED;
    arguments->options.model_given = true;
    return 0;
}

static error_t take_argument(apply_arguments *arguments, const char *value)
{
    if (arguments->options.run != NULL)
        return wn_cli_texts_add(&arguments->files, value) == WN_OK ? 0 : ENOMEM;
    arguments->options.run = value;
    return 0;
}

static error_t take_id(apply_arguments *arguments, struct argp_state *state, const char *value)
{
    for (size_t i = 0; i < arguments->ids.n; i++)
        if (strcmp(arguments->ids.text[i], value) == 0) {
            argp_error(state, "--id %s is given twice", value);
            return EINVAL;
        }
    return wn_cli_texts_add(&arguments->ids, value) == WN_OK ? 0 : ENOMEM;
}

static error_t check_complete(const apply_arguments *arguments, struct argp_state *state)
{
    if (arguments->options.run != NULL && arguments->files.n > 0 && arguments->options.output != NULL)
        return 0;
    argp_error(state, "a run (or its compressed.wnm), a file and -o OUTPUT.h5 are needed");
    return EINVAL;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    apply_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        wn_cli_begin(state, &arguments->level);
        return 0;
    case 'o':
        arguments->options.output = value;
        return 0;
    case KEY_MODEL:
        return take_model(arguments, state, value);
    case KEY_ID:
        return take_id(arguments, state, value);
    case ARGP_KEY_ARG:
        return take_argument(arguments, value);
    case ARGP_KEY_END:
        return check_complete(arguments, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {options,
                                   parse,
                                   "RUN|COMPRESSED.wnm FILE...",
                                   "Puts every row of the files through a run's recipe and model, in their order, and "
                                   "drops none. A compressed.wnm needs nothing beside it. Where the files have the "
                                   "run's label, the metrics are printed.",
                                   wn_cli_messages,
                                   NULL,
                                   NULL};

/* Collective. From the options to the RESULT lines. */
static wn_status apply(const wn_ranks *ranks, const wn_apply_options *given)
{
    wn_status status = WN_OK;
    json_t *metrics = NULL;
    int64_t n_rows = 0;
    TRY(wn_apply(ranks, given, &metrics, &n_rows));
    if (ranks->rank == 0) {
        json_t *summary =
            json_pack("{s:{s:I}, s:{s:O*}}", "rows", "read", (json_int_t)n_rows, "metrics", "dense", metrics);
        wn_results_print(summary, given->output, stdout);
        json_decref(summary);
        status = fflush(stdout) == 0 ? WN_OK : wn_fail(WN_IO, "cannot write to stdout: %s", strerror(errno));
    }
done:
    json_decref(metrics);
    return status;
}

wn_status wn_verb_apply(int argc, char **argv)
{
    apply_arguments arguments = {.level = WN_LOG_NORMAL};
    wn_ranks ranks;
    wn_status status = wn_cli_parse(&parser, argc, argv, &arguments);
    if (status == WN_OK) {
        arguments.options.files = arguments.files.text;
        arguments.options.n_files = arguments.files.n;
        arguments.options.ids = arguments.ids.text;
        arguments.options.n_ids = arguments.ids.n;
        status = wn_session_open(&ranks, arguments.level);
        if (status == WN_OK)
            status = wn_session_close(&ranks, apply(&ranks, &arguments.options));
    }
    wn_free(arguments.files.text);
    wn_free(arguments.ids.text);
    return status;
}
