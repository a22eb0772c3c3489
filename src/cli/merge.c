#include "winnow/merge.h"

#include "arguments.h"
#include "session.h"
#include "verbs.h"
#include "winnow/memory.h"

#include <errno.h>

typedef struct {
    wn_cli_texts recipes;
    const char *output;
    wn_log_level level;
} merge_arguments;

static const struct argp_option options[] = {{"output", 'o', "RECIPE.h5", 0, "Where to write the recipe of all", 0},
                                             {0}};

static error_t check_complete(const merge_arguments *arguments, struct argp_state *state)
{
    if (arguments->recipes.n > 1 && arguments->output != NULL)
        return 0;
    argp_error(state, "two or more recipes and -o RECIPE.h5 are needed");
    return EINVAL;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    merge_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        wn_cli_begin(state, &arguments->level);
        return 0;
    case 'o':
        arguments->output = value;
        return 0;
    case ARGP_KEY_ARG:
        return wn_cli_texts_add(&arguments->recipes, value) == WN_OK ? 0 : ENOMEM;
    case ARGP_KEY_END:
        return check_complete(arguments, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {options,
                                   parse,
                                   "RECIPE RECIPE...",
                                   "Adds the profiles of disjoint files: counts, moments, least and greatest, levels "
                                   "and terms are, bit by bit, those of one run over all the files; quantiles are "
                                   "left out. A recipe is a run's directory, its recipe.h5, or what was merged "
                                   "before, of jobs with the same input, clean, normalize and extract but for the "
                                   "files, without split, duplicates, rank, reduce, outlier rules and what fills or "
                                   "scales by quantiles.",
                                   wn_cli_messages,
                                   NULL,
                                   NULL};

/* Small work: one process does it, however many were started. */
wn_status wn_verb_merge(int argc, char **argv)
{
    merge_arguments arguments = {.level = WN_LOG_NORMAL};
    wn_ranks ranks;
    wn_status status = wn_cli_parse(&parser, argc, argv, &arguments);
    if (status == WN_OK && wn_session_is_launched())
        status = wn_session_open(&ranks, arguments.level);
    else if (status == WN_OK)
        wn_session_open_alone(&ranks, arguments.level);
    if (status == WN_OK) {
        if (ranks.rank == 0)
            status = wn_merge(arguments.recipes.text, arguments.recipes.n, arguments.output);
        status = wn_session_close(&ranks, status);
    }
    wn_free(arguments.recipes.text);
    return status;
}
