#include "child.h"

#include "hdf5_file.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_SIZE = 512 };

/* Memory of both processes. */
typedef struct {
    bool is_done;
    wn_status status;
    char message[WN_MESSAGE_SIZE];
    char path[PATH_SIZE];
} report;

static _Noreturn void be_child(wn_child_task task, void *context, int output, report *shared)
{
    FILE *out = fdopen(output, "w");
    wn_hdf5_note_paths(shared->path, sizeof shared->path);
    if (out == NULL)
        _exit(1);
    shared->status = task(context, out);
    if (shared->status != WN_OK)
        snprintf(shared->message, sizeof shared->message, "%s", wn_status_message());
    shared->is_done = fflush(out) == 0;
    _exit(0);
}

static void pass_on(int input, FILE *out)
{
    char bytes[4096];
    for (;;) {
        ssize_t n = read(input, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        if (out != NULL)
            fwrite(bytes, 1, (size_t)n, out);
    }
}

static wn_status judge(pid_t child, const report *shared)
{
    int end = 0;
    while (waitpid(child, &end, 0) < 0) {
        if (errno != EINTR)
            return wn_fail(WN_IO, "a child process was lost: %s", strerror(errno));
    }
    if (shared->is_done)
        return shared->status == WN_OK ? WN_OK : wn_fail(shared->status, "%s", shared->message);
    const char *how = WIFSIGNALED(end) ? strsignal(WTERMSIG(end)) : "it left in the middle";
    return wn_fail(WN_BAD_DATA, "%s: damaged: the HDF5 library crashed on it (%s)",
                   shared->path[0] != '\0' ? shared->path : "input", how);
}

static wn_status run(wn_child_task task, void *context, FILE *out, report *shared)
{
    int ends[2];
    if (pipe(ends) != 0)
        return wn_fail(WN_IO, "no child process can be started: %s", strerror(errno));
    if (out != NULL)
        fflush(out);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        be_child(task, context, ends[1], shared);
    }
    int reason = errno;
    close(ends[1]);
    if (child > 0)
        pass_on(ends[0], out);
    close(ends[0]);
    return child > 0 ? judge(child, shared) : wn_fail(WN_IO, "no child process can be started: %s", strerror(reason));
}

wn_status wn_child_run(wn_child_task task, void *context, FILE *out)
{
    report *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return wn_fail(WN_NO_MEMORY, "no memory to share with a child process");
    wn_status status = run(task, context, out, shared);
    munmap(shared, sizeof *shared);
    return status;
}
