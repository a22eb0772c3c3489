#include "verbs.h"

#include "arguments.h"
#include "results.h"
#include "session.h"
#include "winnow/log.h"
#include "winnow/memory.h"
#include "winnow/plan.h"
#include "winnow/report.h"
#include "winnow/run.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_SET = 256,
    KEY_OUT,
    KEY_RESUME,
    KEY_HELP_KEYS,
    KEY_DRY_RUN,
    KEY_RANKS,
    KEY_MAX_HOURS,
    KEY_HANG_MINUTES,
    KEY_OUTCOME
};

static const double default_hang_minutes = 10;

typedef struct {
    wn_run_options options;
    wn_cli_texts settings;
    bool prints_keys, is_dry;
    int plan_ranks; /* 0: those it runs on */
} run_arguments;

static const struct argp_option options[] = {
    {"set", KEY_SET, "KEY=VALUE", 0, "Override a key of the job; VALUE is YAML. May be given again", 0},
    {"out", KEY_OUT, "DIRECTORY", 0, "Directory of the run, instead of the job's output.directory", 0},
    {"resume", KEY_RESUME, "auto|never", 0,
     "auto (default) goes on with a run that lies in the directory; never wants a new directory or a finished run", 0},
    {"help-keys", KEY_HELP_KEYS, NULL, 0, "Print every key of a job file, and end", 0},
    {"dry-run", KEY_DRY_RUN, NULL, 0,
     "Only print the plan: passes, bytes, blocks and rows by rank, memory by purpose, lanes; nothing is written", 0},
    {"ranks", KEY_RANKS, "P", 0, "With --dry-run: plan for P ranks instead of those that it was started on", 0},
    {"max-hours", KEY_MAX_HOURS, "H", 0,
     "Stop at a checkpoint after H hours (status 75), 0 sets no limit; under Slurm the job's time limit is known "
     "without "
     "it",
     0},
    {"hang-minutes", KEY_HANG_MINUTES, "M", 0,
     "End (status 76) when a rank, a read or the run directory gives no sign of life for M minutes; default 10, 0 does "
     "not watch",
     0},
    {"outcome", KEY_OUTCOME, "FILE", 0,
     "For scripts: append one word to FILE when the run ends: done, stopped (start again to go on), standstill "
     "(stopped, "
     "and the next start begins where this one did) or failed",
     0},
    {0}};

static error_t take_ranks(run_arguments *arguments, struct argp_state *state, const char *value)
{
    char *end;
    long n = strtol(value, &end, 10);
    if (*end != '\0' || end == value || n < 1 || n > 10000000) {
        argp_error(state, "--ranks wants a number of ranks from 1 on, not %s", value);
        return EINVAL;
    }
    arguments->plan_ranks = (int)n;
    return 0;
}

/* What the options say together. */
static error_t check_end(const run_arguments *arguments, struct argp_state *state)
{
    if (arguments->plan_ranks > 0 && !arguments->is_dry) {
        argp_error(state, "--ranks is for --dry-run; a run has the ranks that mpirun or srun starts");
        return EINVAL;
    }
    if (arguments->options.job || arguments->prints_keys)
        return 0;
    argp_error(state, "a job file is missing");
    return EINVAL;
}

static error_t take_resume(run_arguments *arguments, struct argp_state *state, const char *value)
{
    if (strcmp(value, "auto") != 0 && strcmp(value, "never") != 0) {
        argp_error(state, "--resume is auto or never, not %s", value);
        return EINVAL;
    }
    arguments->options.resume = strcmp(value, "never") == 0 ? WN_RESUME_NEVER : WN_RESUME_AUTO;
    return 0;
}

/* A number of hours or minutes: finite, not negative. */
static error_t take_number(struct argp_state *state, const char *option, const char *value, double *number)
{
    char *end;
    double taken = strtod(value, &end);
    if (*end != '\0' || end == value || !isfinite(taken) || taken < 0) {
        argp_error(state, "%s wants a number from 0 on, not %s", option, value);
        return EINVAL;
    }
    *number = taken;
    return 0;
}

static error_t take_job(run_arguments *arguments, struct argp_state *state, const char *path)
{
    if (arguments->options.job) {
        argp_error(state, "one job file is enough");
        return EINVAL;
    }
    arguments->options.job = path;
    return 0;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    run_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        wn_cli_begin(state, &arguments->options.level);
        return 0;
    case KEY_SET:
        return wn_cli_texts_add(&arguments->settings, value) == WN_OK ? 0 : ENOMEM;
    case KEY_OUT:
        arguments->options.out = value;
        return 0;
    case KEY_RESUME:
        return take_resume(arguments, state, value);
    case KEY_HELP_KEYS:
        arguments->prints_keys = true;
        return 0;
    case KEY_DRY_RUN:
        arguments->is_dry = true;
        return 0;
    case KEY_RANKS:
        return take_ranks(arguments, state, value);
    case KEY_MAX_HOURS:
        return take_number(state, "--max-hours", value, &arguments->options.max_hours);
    case KEY_HANG_MINUTES:
        return take_number(state, "--hang-minutes", value, &arguments->options.hang_minutes);
    case KEY_OUTCOME:
        arguments->options.outcome = value;
        return 0;
    case ARGP_KEY_ARG:
        return take_job(arguments, state, value);
    case ARGP_KEY_END:
        return check_end(arguments, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {options,
                                   parse,
                                   "JOB.yaml",
                                   "Runs a job into its directory, alone or on many ranks (mpirun, srun). Stages whose "
                                   "result lies there are reused.",
                                   wn_cli_messages,
                                   NULL,
                                   NULL};

static wn_status print_keys(void)
{
    return wn_cli_is_speaker() ? wn_cli_fail(wn_job_print_keys(stdout)) : WN_OK;
}

/* On rank 0, however the run ended: the page of what it came to. Its own failure counts only where the run had none. */
static wn_status write_report(const char *directory, wn_status outcome)
{
    char cause[WN_MESSAGE_SIZE];
    snprintf(cause, sizeof cause, "%s", wn_status_message());
    wn_status status = wn_report_write(directory);
    return outcome != WN_OK ? wn_fail(outcome, "%s", cause) : status;
}

/* On rank 0. A script that misses the word takes the run for one that was killed. */
static void append_outcome(const char *path, wn_status status, const json_t *summary)
{
    bool is_further = json_is_true(json_object_get(summary, "came_further"));
    const char *word = status == WN_OK        ? "done"
                       : status != WN_STOPPED ? "failed"
                       : is_further           ? "stopped"
                                              : "standstill";
    FILE *file = fopen(path, "a");
    bool is_written = file && fprintf(file, "%s\n", word) > 0;
    is_written = file && fclose(file) == 0 && is_written;
    if (!is_written)
        wn_log_warning("%s: the outcome (%s) cannot be written: %s", path, word, strerror(errno));
}

static wn_status print_results(const char *directory, const json_t *summary)
{
    char report[4096];
    snprintf(report, sizeof report, "%s/report.html", directory);
    wn_results_print(summary, report, stdout);
    return fflush(stdout) == 0 ? WN_OK : wn_fail(WN_IO, "cannot write to stdout: %s", strerror(errno));
}

/* Collective. The run, its page, and the RESULT lines. */
static wn_status run_job(const wn_ranks *ranks, wn_job *job, const wn_run_options *given)
{
    json_t *summary = NULL;
    wn_status status = wn_run(ranks, job, given, &summary);
    const char *directory = given->out ? given->out : job->output.directory;
    if (summary && ranks->rank == 0)
        status = write_report(directory, status);
    if (status == WN_OK && ranks->rank == 0)
        status = print_results(directory, summary);
    if (given->outcome && ranks->rank == 0)
        append_outcome(given->outcome, status, summary);
    json_decref(summary);
    return status;
}

/* Collective. From the job file on. */
static wn_status open_and_run(const wn_ranks *ranks, const run_arguments *arguments)
{
    const wn_run_options *given = &arguments->options;
    wn_job *job = NULL;
    wn_job_errors errors = {0};
    wn_status status = wn_job_open(ranks, &job, given->job, given->settings, given->n_settings, &errors);
    for (size_t i = 0; ranks->rank == 0 && i < errors.n; i++)
        fprintf(stderr, "%s\n", errors.text[i]);
    if (status == WN_OK && arguments->is_dry)
        status = wn_plan_print(ranks, job, arguments->plan_ranks > 0 ? arguments->plan_ranks : ranks->size, stdout);
    else if (status == WN_OK)
        status = run_job(ranks, job, given);
    wn_job_errors_clear(&errors);
    wn_job_free(job);
    return status;
}

wn_status wn_verb_run(int argc, char **argv)
{
    run_arguments arguments = {.options = {.level = WN_LOG_NORMAL, .hang_minutes = default_hang_minutes}};
    wn_ranks ranks;
    wn_status status = wn_cli_parse(&parser, argc, argv, &arguments);
    if (status == WN_OK && arguments.prints_keys) {
        status = print_keys();
    } else if (status == WN_OK) {
        arguments.options.settings = arguments.settings.text;
        arguments.options.n_settings = arguments.settings.n;
        status = wn_session_open(&ranks, arguments.options.level);
        if (status == WN_OK)
            status = wn_session_close(&ranks, open_and_run(&ranks, &arguments));
    }
    wn_free(arguments.settings.text);
    return status;
}
