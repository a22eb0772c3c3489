#include "time_limit.h"

#include "winnow/clock.h"
#include "winnow/log.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static const double MARGIN = 60, MARGIN_SHARE = 0.1, PATIENCE = 10;

/* Digits up to one of `ends`; -1 where there are none. */
static long take_number(const char **text, const char *ends)
{
    char *end;
    if (!isdigit((unsigned char)**text))
        return -1;
    long number = strtol(*text, &end, 10);
    if (*end != '\0' && strchr(ends, *end) == NULL)
        return -1;
    *text = end;
    return number;
}

bool wn_time_limit_parse(const char *text, double *seconds)
{
    double days = 0, total = 0;
    if (strcmp(text, "UNLIMITED") == 0) {
        *seconds = INFINITY;
        return true;
    }
    const char *dash = strchr(text, '-');
    if (dash != NULL) {
        days = (double)take_number(&text, "-");
        text = dash + 1;
    }
    for (int parts = 0; parts < 3 && days >= 0; parts++) {
        long part = take_number(&text, ":");
        if (part < 0)
            return false;
        total = 60 * total + (double)part;
        if (*text == '\0') {
            *seconds = 86400 * days + total;
            return true;
        }
        text++;
    }
    return false;
}

/* What a child prints until it ends, or until patience does. */
static size_t read_patiently(int from, char *text, size_t size)
{
    size_t n = 0;
    double end = wn_clock_seconds() + PATIENCE;
    struct pollfd wait = {.fd = from, .events = POLLIN};
    while (n + 1 < size) {
        double left = end - wn_clock_seconds();
        if (left <= 0 || poll(&wait, 1, (int)(1000 * left) + 1) == 0)
            break;
        ssize_t got = read(from, text + n, size - 1 - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    text[n] = '\0';
    return n;
}

/* squeue's answer for a job; false where there is none in time. It is killed if it still runs then. */
static bool ask_squeue(const char *job, char *text, size_t size)
{
    int ends[2];
    pid_t child = 0;
    char *arguments[] = {"squeue", "-h", "-j", (char *)(uintptr_t)job, "-o", "%L", NULL};
    posix_spawn_file_actions_t actions;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    bool runs = posix_spawnp(&child, "squeue", &actions, NULL, arguments, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    size_t n = runs ? read_patiently(ends[0], text, size) : 0;
    close(ends[0]);
    if (runs) {
        kill(child, SIGKILL); /* what has printed is done, what has not is late */
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    text[strcspn(text, " \n")] = '\0';
    return n > 0;
}

/* What then applies, so that nobody relies on a checkpoint before a limit that is not known. */
static void warn(const char *fault, double mine)
{
    char limit[WN_DURATION_SIZE];
    if (isfinite(mine)) {
        wn_duration_text(mine, limit);
        wn_log_warning("Slurm's time limit is not known (%s): only --max-hours holds, %s", fault, limit);
    } else {
        wn_log_warning("Slurm's time limit is not known (%s): without --max-hours the run stops at a checkpoint only "
                       "when it gets USR1 or TERM",
                       fault);
    }
}

/* squeue's word for a job; INFINITY where it says that there is no limit, or nothing that can be used. */
static double squeue_seconds(const char *job, double mine)
{
    char text[64] = "", fault[128];
    double seconds;
    if (job[strspn(job, "0123456789_")] != '\0') {
        warn("SLURM_JOB_ID is no job's number", mine);
        return INFINITY;
    }
    if (!ask_squeue(job, text, sizeof text)) {
        warn("squeue is not there, or did not answer", mine);
        return INFINITY;
    }
    if (wn_time_limit_parse(text, &seconds))
        return seconds;
    snprintf(fault, sizeof fault, "squeue answers %s", text);
    warn(fault, mine);
    return INFINITY;
}

/* Seconds until Slurm ends the job; INFINITY where it does not, or does not say. */
static double slurm_seconds(double mine, const char **source)
{
    const char *end = getenv("SLURM_JOB_END_TIME"), *job = getenv("SLURM_JOB_ID");
    char *rest;
    if (end != NULL && *end != '\0') {
        long long moment = strtoll(end, &rest, 10);
        *source = "SLURM_JOB_END_TIME";
        if (*rest == '\0' && moment > 0)
            return (double)(moment - (long long)time(NULL));
    }
    if (job == NULL || *job == '\0')
        return INFINITY;
    *source = "squeue";
    return squeue_seconds(job, mine);
}

double wn_time_limit_seconds(double max_hours, const char **source)
{
    double mine = max_hours > 0 ? 3600 * max_hours : INFINITY, slurm = slurm_seconds(mine, source);
    if (isfinite(slurm))
        slurm = fmax(0, slurm - fmin(MARGIN, MARGIN_SHARE * slurm));
    if (mine >= slurm)
        return slurm;
    *source = "--max-hours";
    return mine;
}

void wn_duration_text(double seconds, char text[WN_DURATION_SIZE])
{
    if (seconds >= 0.05 && seconds < 9.95) {
        snprintf(text, WN_DURATION_SIZE, "%.1f s", seconds);
    } else if (seconds < 59.5) {
        snprintf(text, WN_DURATION_SIZE, "%.0f s", seconds);
    } else if (seconds < 3599.5) {
        int whole = (int)(seconds + 0.5);
        snprintf(text, WN_DURATION_SIZE, "%d min %d s", whole / 60, whole % 60);
    } else {
        double minutes = floor(seconds / 60 + 0.5);
        snprintf(text, WN_DURATION_SIZE, "%.0f h %.0f min", floor(minutes / 60), fmod(minutes, 60));
    }
}
