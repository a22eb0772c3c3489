#include "lock_holder.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* Field 22 of /proc/PID/stat: when the process was started; 0 when that cannot be told. *is_dead where it has ended and
 * only its parent has not taken notice. */
static long long started_at(long long process, bool *is_dead)
{
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%lld/stat", process);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    size_t n = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[n] = 0;
    const char *field = strrchr(line, ')');
    *is_dead = field && field[1] == ' ' && (field[2] == 'Z' || field[2] == 'X');
    for (int i = 2; field && i < 22; i++)
        field = strchr(field + 1, ' ');
    return field ? strtoll(field, NULL, 10) : 0;
}

static void space_of_processes(char *space, size_t size)
{
    char boot[64] = "", name_space[64] = "";
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");
    if (file) {
        if (!fgets(boot, sizeof boot, file))
            *boot = 0;
        fclose(file);
    }
    boot[strcspn(boot, "\n")] = 0;
    ssize_t n = readlink("/proc/self/ns/pid", name_space, sizeof name_space - 1);
    name_space[n > 0 ? n : 0] = 0;
    snprintf(space, size, "%s %s", boot, name_space);
}

wn_lock_holder wn_lock_holder_self(void)
{
    wn_lock_holder self = {.process = (long long)getpid()};
    unsigned char random[(WN_LOCK_TOKEN_SIZE - 1) / 2] = {0};
    if (getrandom(random, sizeof random, 0) < 0)
        memcpy(random, &self.process, sizeof self.process);
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(self.token + 2 * i, 3, "%02x", random[i]);
    gethostname(self.host, sizeof self.host - 1);
    space_of_processes(self.space, sizeof self.space);
    const char *job = getenv("SLURM_JOB_ID");
    snprintf(self.job, sizeof self.job, "%s", job ? job : "");
    const char *restart = getenv("SLURM_RESTART_COUNT");
    self.restart = restart ? strtoll(restart, NULL, 10) : 0;
    self.started = started_at(self.process, &(bool){false});
    return self;
}

bool wn_lock_holder_write(const wn_lock_holder *holder, int descriptor)
{
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "token", holder->token, "host", holder->host,
                             "space", holder->space, "job", holder->job, "restart", (json_int_t)holder->restart,
                             "process", (json_int_t)holder->process, "started", (json_int_t)holder->started);
    char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;
    size_t n = text ? strlen(text) : 0;
    bool is_written = n > 0 && write(descriptor, text, n) == (ssize_t)n && fsync(descriptor) == 0;
    free(text);
    json_decref(json);
    return is_written;
}

bool wn_lock_holder_read(wn_lock_holder *holder, const char *path)
{
    const char *token = "", *host = "", *space = "", *job = "";
    json_int_t restart = 0, process = 0, started = 0;
    *holder = (wn_lock_holder){0};
    json_t *json = json_load_file(path, 0, NULL);
    bool is_read =
        json && json_unpack(json, "{s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "token", &token, "host", &host, "space",
                            &space, "job", &job, "restart", &restart, "process", &process, "started", &started) == 0;
    if (is_read) {
        snprintf(holder->token, sizeof holder->token, "%s", token);
        snprintf(holder->host, sizeof holder->host, "%s", host);
        snprintf(holder->space, sizeof holder->space, "%s", space);
        snprintf(holder->job, sizeof holder->job, "%s", job);
        holder->restart = restart;
        holder->process = process;
        holder->started = started;
    }
    json_decref(json);
    return is_read;
}

bool wn_lock_holder_is_gone(const wn_lock_holder *holder)
{
    wn_lock_holder self = wn_lock_holder_self();
    if (*self.job && strcmp(holder->job, self.job) == 0 && holder->restart < self.restart)
        return true;
    if (!*holder->host || strcmp(holder->host, self.host) != 0 || strcmp(holder->space, self.space) != 0)
        return false;
    if (holder->process <= 0)
        return false;
    if (kill((pid_t)holder->process, 0) != 0 && errno == ESRCH)
        return true;
    bool is_dead = false;
    long long started = started_at(holder->process, &is_dead);
    if (is_dead)
        return true;
    return started != 0 && holder->started != 0 && started != holder->started;
}
