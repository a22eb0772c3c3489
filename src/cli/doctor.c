#include "verbs.h"

#include "arguments.h"
#include "session.h"
#include "winnow/doctor.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static error_t parse(int key, char *value, struct argp_state *state)
{
    (void)value;
    switch (key) {
    case ARGP_KEY_INIT:
        wn_cli_quieten(state);
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "doctor takes no arguments");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {NULL,
                                   parse,
                                   NULL,
                                   "Tells versions and settings of what Winnow works with, then lets 2 ranks (those of "
                                   "mpirun or srun, if it was started "
                                   "by one) write a file in the working directory and sum integers, and ends with a "
                                   "verdict.\vExit status: 0 ready; 69 "
                                   "something is missing; 70 a sum is wrong; 74 a file cannot be written or read back.",
                                   NULL,
                                   NULL,
                                   NULL};

/* Why mpirun cannot be asked for 2 ranks; NULL where it can. */
static const char *refusal(void)
{
    if (geteuid() == 0 &&
        (getenv("OMPI_ALLOW_RUN_AS_ROOT") == NULL || getenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM") == NULL))
        return "mpirun refuses root unless OMPI_ALLOW_RUN_AS_ROOT=1 and OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 are set";
    return NULL;
}

/* The same under mpirun; false where that cannot be started. */
static bool run_on_two(int *end)
{
    char program[4096];
    pid_t child;
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n < 0)
        return false;
    program[n] = '\0';
    char *arguments[] = {"mpirun", "--oversubscribe", "-n", "2", program, "doctor", NULL};
    fflush(stdout);
    if (posix_spawnp(&child, "mpirun", NULL, NULL, arguments, environ) != 0)
        return false;
    while (waitpid(child, end, 0) < 0)
        if (errno != EINTR)
            return false;
    return true;
}

static wn_status run_here(int problems)
{
    wn_ranks ranks;
    wn_status status = wn_session_open(&ranks, WN_LOG_NORMAL);
    if (status != WN_OK)
        return status;
    status = wn_doctor_run(&ranks, problems, stdout);
    if (ranks.rank == 0 && status != WN_OK)
        status = wn_fail(status, "doctor: there are problems");
    return wn_session_close(&ranks, status);
}

wn_status wn_verb_doctor(int argc, char **argv)
{
    int end = 0;
    wn_status status = wn_cli_parse(&parser, argc, argv, NULL);
    if (status != WN_OK)
        return status;
    if (wn_session_is_launched())
        return run_here(0);
    const char *why = refusal();
    if (why == NULL && run_on_two(&end) && WIFEXITED(end))
        return (wn_status)WEXITSTATUS(end);
    if (why != NULL) {
        printf("%-10s problem: %s\n", "launcher", why);
        return run_here(1);
    }
    printf("%-10s problem: mpirun cannot be started: is it on the PATH?\n%-10s 1 problem\n", "launcher", "verdict");
    return wn_cli_fail(wn_fail(WN_UNAVAILABLE, "doctor: there are problems"));
}
