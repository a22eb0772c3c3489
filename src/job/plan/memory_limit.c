#include "memory_limit.h"

#include "winnow/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static const double SHARE = 0.8;

/* The least of two limits, where 0 is none. */
static int64_t least(int64_t a, int64_t b)
{
    if (a <= 0 || b <= 0)
        return a > b ? a : b;
    return a < b ? a : b;
}

/* Slurm's figures are MiB unless they end with K, G or T. */
static int64_t slurm_bytes(const char *text)
{
    if (!text)
        return 0;
    char *end = NULL;
    long long value = strtoll(text, &end, 10);
    int shift = *end == 'K' ? 10 : *end == 'G' ? 30 : *end == 'T' ? 40 : 20;
    return end == text || value <= 0 || value > INT64_MAX >> shift ? 0 : (int64_t)value << shift;
}

int64_t wn_memory_limit_slurm(void)
{
    int64_t node = slurm_bytes(getenv("SLURM_MEM_PER_NODE"));
    if (node > 0)
        return node;
    const char *cpus = getenv("SLURM_CPUS_ON_NODE");
    int64_t n_cpus = cpus ? strtol(cpus, NULL, 10) : 0, all;
    bool fits = !__builtin_mul_overflow(n_cpus, slurm_bytes(getenv("SLURM_MEM_PER_CPU")), &all);
    return fits && all > 0 ? all : 0;
}

/* The number in a file; 0 for "max", none, or one so large that it means none. */
static int64_t limit_in(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    long long value = 0;
    bool is_number = fscanf(file, "%lld", &value) == 1;
    fclose(file);
    return is_number && value > 0 && value < (1LL << 60) ? value : 0;
}

/* The least limit of a group and of all groups around it. */
static int64_t limit_of_groups(const char *root, const char *mount, const char *group, const char *file)
{
    char path[PATH_SIZE], around[PATH_SIZE];
    int64_t limit = 0;
    snprintf(around, sizeof around, "%s", group);
    for (;;) {
        int n = snprintf(path, sizeof path, "%s%s%s/%s", root, mount, strcmp(around, "/") == 0 ? "" : around, file);
        if (n > 0 && (size_t)n < sizeof path)
            limit = least(limit, limit_in(path));
        char *last = strrchr(around, '/');
        if (!last || !*around)
            return limit;
        *last = 0;
    }
}

int64_t wn_memory_limit_group(const char *root)
{
    char path[PATH_SIZE], line[PATH_SIZE];
    int64_t limit = 0;
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        char *controllers = strchr(line, ':');
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group)
            continue;
        *group++ = 0;
        if (!controllers[1])
            limit = least(limit, limit_of_groups(root, "/sys/fs/cgroup", group, "memory.max"));
        else if (strstr(controllers + 1, "memory"))
            limit = least(limit, limit_of_groups(root, "/sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
    }
    fclose(file);
    return limit;
}

int64_t wn_job_memory_default(int ranks_on_node)
{
    int64_t physical = (int64_t)sysconf(_SC_PHYS_PAGES) * (int64_t)sysconf(_SC_PAGE_SIZE);
    int64_t limit = least(least(physical, wn_memory_limit_slurm()), wn_memory_limit_group(""));
    return (int64_t)(SHARE * (double)limit) / (ranks_on_node > 0 ? ranks_on_node : 1);
}
