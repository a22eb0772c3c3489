#include "verbs.h"

#include "arguments.h"
#include "winnow/convert.h"
#include "winnow/memory.h"

#include <errno.h>

typedef struct {
    wn_cli_texts sources;
    const char *output;
} convert_arguments;

static const struct argp_option options[] = {{"output", 'o', "TABLE.h5", 0, "File to write (required)", 0}, {0}};

static error_t parse(int key, char *value, struct argp_state *state)
{
    convert_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        wn_cli_quieten(state);
        return 0;
    case 'o':
        arguments->output = value;
        return 0;
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
                                   "Makes one HDF5 table of IDX files (MNIST's format, also .gz) with equally many "
                                   "rows: images become /px, labels /label.",
                                   NULL,
                                   NULL,
                                   NULL};

wn_status wn_verb_convert(int argc, char **argv)
{
    convert_arguments arguments = {0};
    wn_status status = wn_cli_parse(&parser, argc, argv, &arguments);
    if (status == WN_OK)
        status = wn_cli_fail(wn_convert(arguments.sources.text, arguments.sources.n, arguments.output));
    wn_free(arguments.sources.text);
    return status;
}
