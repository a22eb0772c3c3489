#include "verbs.h"

#include "arguments.h"
#include "session.h"
#include "winnow/convert.h"
#include "winnow/memory.h"
#include "winnow/node.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum { HEADER = 256, DELIMITER };

typedef struct {
    wn_cli_texts sources;
    const char *output;
    wn_convert_options options;
    wn_log_level level;
} convert_arguments;

static const struct argp_option options[] = {
    {NULL, 0, NULL, 0, NULL, 1},
    {"output", 'o', "TABLE.h5", 0, "File to write (required)", 1},
    {NULL, 0, NULL, 0, "CSV:", 2},
    {"header", HEADER, "yes|no", 0, "Whether the first line names the columns; default: as it looks", 2},
    {"delimiter", DELIMITER, "CHARACTER", 0, "Between fields, or the word tab; default: found among , ; tab |", 2},
    {0}};

static error_t set_header(convert_arguments *arguments, const char *value, struct argp_state *state)
{
    bool is_yes = strcmp(value, "yes") == 0;
    if (!is_yes && strcmp(value, "no") != 0) {
        argp_error(state, "--header is yes or no, not '%s'", value);
        return EINVAL;
    }
    arguments->options.csv.header = is_yes ? WN_CSV_HEADER_YES : WN_CSV_HEADER_NO;
    return 0;
}

static error_t set_delimiter(convert_arguments *arguments, const char *value, struct argp_state *state)
{
    bool is_tab = strcmp(value, "tab") == 0 || strcmp(value, "\\t") == 0;
    char c = is_tab ? '\t' : value[0];
    if ((!is_tab && strlen(value) != 1) || strchr("\"\r\n.+-", c) != NULL || isalnum((unsigned char)c) ||
        (unsigned char)c >= 0x80) {
        argp_error(state, "--delimiter is one character that is no part of a number, a quote or a letter, not '%s'",
                   value);
        return EINVAL;
    }
    arguments->options.csv.delimiter = c;
    return 0;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    convert_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        wn_cli_begin(state, &arguments->level);
        return 0;
    case 'o':
        arguments->output = value;
        return 0;
    case HEADER:
        return set_header(arguments, value, state);
    case DELIMITER:
        return set_delimiter(arguments, value, state);
    case ARGP_KEY_ARG:
        return wn_cli_texts_add(&arguments->sources, value) == WN_OK ? 0 : ENOMEM;
    case ARGP_KEY_END:
        if (arguments->sources.n > 0 && arguments->output)
            return 0;
        argp_error(state, arguments->output ? "a source is missing" : "-o TABLE.h5 is missing");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {options,
                                   parse,
                                   "SOURCE...",
                                   "Makes one HDF5 table of CSV files with equal columns or of JSON lines (.jsonl, "
                                   ".ndjson) or of svmlight (.svm, .svmlight, .libsvm), the rows of one file after "
                                   "the other, of NumPy's arrays (.npy), each "
                                   "a dataset of its name, or of IDX files (MNIST's format): images become /px, "
                                   "labels /label; all also with .gz. Equal sources make equal bytes at any number of "
                                   "ranks.",
                                   wn_cli_messages,
                                   NULL,
                                   NULL};

static wn_status convert_among(convert_arguments *arguments)
{
    wn_ranks ranks;
    wn_convert_options *choices = &arguments->options;
    wn_status status = wn_session_open(&ranks, arguments->level);
    if (status != WN_OK)
        return status;
    status = wn_node_threads(&ranks, &choices->csv.n_threads);
    if (status == WN_OK)
        status = wn_convert(&ranks, arguments->sources.text, arguments->sources.n, arguments->output, choices);
    return wn_session_close(&ranks, status);
}

static wn_status convert_alone(convert_arguments *arguments)
{
    wn_ranks ranks;
    wn_convert_options *choices = &arguments->options;
    wn_session_open_alone(&ranks, arguments->level);
    choices->csv.n_threads = wn_node_threads_among(1);
    wn_status status = wn_convert(&ranks, arguments->sources.text, arguments->sources.n, arguments->output, choices);
    return wn_session_close(&ranks, status);
}

wn_status wn_verb_convert(int argc, char **argv)
{
    convert_arguments arguments = {.level = WN_LOG_NORMAL};
    wn_status status = wn_cli_parse(&parser, argc, argv, &arguments);
    if (status == WN_OK)
        status = wn_session_is_launched() ? convert_among(&arguments) : convert_alone(&arguments);
    wn_free(arguments.sources.text);
    return status;
}
