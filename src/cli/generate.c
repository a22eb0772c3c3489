#include "generate_settings.h"

#include "arguments.h"
#include "session.h"
#include "verbs.h"
#include "winnow/memory.h"

#include <errno.h>

typedef struct {
    wn_generate_texts texts;
    wn_generate_options options;
    double *priors;
    wn_log_level level;
} generate_arguments;

static const struct argp_option options[] = {
    {NULL, 0, NULL, 0, "What is made:", 1},
    {"output", 'o', "DIR", 0, "Directory to write, new or empty (required)", 1},
    {"rows", WN_GENERATE_ROWS, "N", 0, "Rows (required)", 1},
    {"columns", WN_GENERATE_COLUMNS, "P", 0, "Columns of numbers x0, x1, ... (required)", 1},
    {"seed", WN_GENERATE_SEED, "SEED", 0, "Another seed is another table; default 0", 1},
    {"order", WN_GENERATE_ORDER, "sorted|shuffled", 0, "By the label, or (default) a permutation of that", 1},
    {NULL, 0, NULL, 0, "The label:", 2},
    {"classes", WN_GENERATE_CLASSES, "K", 0, "Classes 0 to K-1; default 2", 2},
    {"priors", WN_GENERATE_PRIORS, "W,W,...", 0, "Shares of the classes, in proportion; default equal", 2},
    {"separation", WN_GENERATE_SEPARATION, "D", 0,
     "How far the classes' means lie from their mean, in deviations within a class (root mean square); default 2", 2},
    {"regression", WN_GENERATE_REGRESSION, NULL, 0, "A standard normal label instead of classes", 2},
    {"noise", WN_GENERATE_NOISE, "SHARE", 0,
     "Share of rows whose label tells nothing; of a regression, of the label's variance. Default 0.05", 2},
    {NULL, 0, NULL, 0, "The columns:", 3},
    {"informative", WN_GENERATE_INFORMATIVE, "COUNT", 0, "Columns that tell of the label; default P/4, at most 32", 3},
    {"factors", WN_GENERATE_FACTORS, "COUNT", 0, "Hidden factors that informative columns share; default 4", 3},
    {"redundant", WN_GENERATE_REDUNDANT, "COUNT", 0, "Columns that follow an informative one; default P/8, at most 16",
     3},
    {"correlation", WN_GENERATE_CORRELATION, "R", 0, "Of a redundant column with that one; default 0.9", 3},
    {"categories", WN_GENERATE_CATEGORIES, "COUNTxLEVELS", 0,
     "Also COUNT columns category0, ... of LEVELS each; every second one tells of the label", 3},
    {"category-type", WN_GENERATE_CATEGORY_TYPE, "code|text", 0,
     "Integer codes from 0 (default), or the texts c0, c1, ...", 3},
    {NULL, 0, NULL, 0, "Faults, each a share from 0 (default) to below 1:", 4},
    {"missing", WN_GENERATE_MISSING, "SHARE", 0, "Of the cells (NaN, else a declared fill value)", 4},
    {"outliers", WN_GENERATE_OUTLIERS, "SHARE", 0, "Of the numbers: 15 deviations and more from the middle", 4},
    {"duplicates", WN_GENERATE_DUPLICATES, "SHARE", 0, "Of the rows, that repeat another row in every cell", 4},
    {NULL, 0, NULL, 0, "Files:", 5},
    {"files", WN_GENERATE_FILES, "COUNT", 0, "Files of equally many rows; default as many as make 256 MiB each", 5},
    {"type", WN_GENERATE_TYPE, "TYPE", 0, "float32 (default), float64, int8, int16, int32, int64 or uint8", 5},
    {"layout", WN_GENERATE_LAYOUT, "contiguous|chunked", 0, "Default contiguous, or chunked with --chunk or --filter",
     5},
    {"chunk", WN_GENERATE_CHUNK, "ROWS", 0, "Rows of a chunk; default near 512 KiB", 5},
    {"filter", WN_GENERATE_FILTER, "none|gzip|gzip+shuffle", 0, "Of chunks; default none", 5},
    {"level", WN_GENERATE_LEVEL, "1-9", 0, "Of gzip; default 4", 5},
    {0}};

static error_t settle(generate_arguments *arguments, struct argp_state *state)
{
    wn_status status = wn_generate_settle(&arguments->texts, &arguments->options, &arguments->priors);
    if (status == WN_NO_MEMORY)
        return ENOMEM;
    if (status == WN_OK)
        return 0;
    argp_error(state, "%s", wn_status_message());
    return EINVAL;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    generate_arguments *arguments = state->input;
    if (key >= WN_GENERATE_ROWS && key < WN_GENERATE_END) {
        arguments->texts.given[key - WN_GENERATE_ROWS] = value ? value : "";
        return 0;
    }
    switch (key) {
    case ARGP_KEY_INIT:
        wn_cli_begin(state, &arguments->level);
        return 0;
    case 'o':
        arguments->texts.output = value;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "generate takes options alone, not '%s'", value);
        return EINVAL;
    case ARGP_KEY_END:
        return settle(arguments, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {options,
                                   parse,
                                   NULL,
                                   "Makes a table of any size whose truth is known, and DIR/truth.json, which tells "
                                   "it: informative, redundant and noise columns, gaps, outliers, duplicates. Equal "
                                   "options make equal bytes at any number of ranks; each rank writes whole files.",
                                   wn_cli_messages,
                                   NULL,
                                   NULL};

wn_status wn_verb_generate(int argc, char **argv)
{
    generate_arguments arguments = {.level = WN_LOG_NORMAL};
    wn_ranks ranks;
    wn_status status = wn_cli_parse(&parser, argc, argv, &arguments);
    if (status == WN_OK) {
        status = wn_session_open(&ranks, arguments.level);
        if (status == WN_OK)
            status = wn_session_close(&ranks, wn_generate(&ranks, &arguments.options));
    }
    wn_free(arguments.priors);
    return status;
}
