#include "job_file.h"
#include "memory_limit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void make_directories(const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        CU_ASSERT_EQUAL(mkdir(test_path(names[i]), 0777), 0);
}

static void slurm(void)
{
    unsetenv("SLURM_MEM_PER_NODE");
    unsetenv("SLURM_MEM_PER_CPU");
    unsetenv("SLURM_CPUS_ON_NODE");
    CU_ASSERT_EQUAL(wn_memory_limit_slurm(), 0);
    setenv("SLURM_MEM_PER_CPU", "2048", 1);
    CU_ASSERT_EQUAL(wn_memory_limit_slurm(), 0);
    setenv("SLURM_CPUS_ON_NODE", "4", 1);
    CU_ASSERT_EQUAL(wn_memory_limit_slurm(), 8LL << 30);
    setenv("SLURM_MEM_PER_NODE", "3G", 1);
    CU_ASSERT_EQUAL(wn_memory_limit_slurm(), 3LL << 30);
    setenv("SLURM_MEM_PER_NODE", "512", 1);
    CU_ASSERT_EQUAL(wn_memory_limit_slurm(), 512LL << 20);
    setenv("SLURM_MEM_PER_NODE", "0", 1); /* all of the node */
    CU_ASSERT_EQUAL(wn_memory_limit_slurm(), 8LL << 30);
    setenv("SLURM_MEM_PER_NODE", "2T", 1);
    CU_ASSERT_EQUAL(wn_memory_limit_slurm(), 2LL << 40);
    setenv("SLURM_MEM_PER_NODE", "4000000000T", 1); /* more than there are bytes to count */
    CU_ASSERT_EQUAL(wn_memory_limit_slurm(), 8LL << 30);
    setenv("SLURM_MEM_PER_CPU", "4000000T", 1);
    CU_ASSERT_EQUAL(wn_memory_limit_slurm(), 0);
    unsetenv("SLURM_MEM_PER_NODE");
    unsetenv("SLURM_MEM_PER_CPU");
    unsetenv("SLURM_CPUS_ON_NODE");
}

static void control_group_version_2(void)
{
    static const char *const names[] = {"v2",        "v2/proc",          "v2/proc/self",       "v2/sys",
                                        "v2/sys/fs", "v2/sys/fs/cgroup", "v2/sys/fs/cgroup/a", "v2/sys/fs/cgroup/a/b"};
    make_directories(names, sizeof names / sizeof *names);
    write_file("v2/proc/self/cgroup", "0::/a/b\n");
    CU_ASSERT_EQUAL(wn_memory_limit_group(test_path("v2")), 0);
    write_file("v2/sys/fs/cgroup/a/b/memory.max", "max\n");
    CU_ASSERT_EQUAL(wn_memory_limit_group(test_path("v2")), 0);
    write_file("v2/sys/fs/cgroup/a/memory.max", "1000000\n");
    CU_ASSERT_EQUAL(wn_memory_limit_group(test_path("v2")), 1000000);
    write_file("v2/sys/fs/cgroup/a/b/memory.max", "900000\n");
    CU_ASSERT_EQUAL(wn_memory_limit_group(test_path("v2")), 900000);
    write_file("v2/sys/fs/cgroup/memory.max", "800000\n"); /* a container's own root */
    CU_ASSERT_EQUAL(wn_memory_limit_group(test_path("v2")), 800000);
}

static void control_group_version_1(void)
{
    static const char *const names[] = {"v1",
                                        "v1/proc",
                                        "v1/proc/self",
                                        "v1/sys",
                                        "v1/sys/fs",
                                        "v1/sys/fs/cgroup",
                                        "v1/sys/fs/cgroup/memory",
                                        "v1/sys/fs/cgroup/memory/x"};
    make_directories(names, sizeof names / sizeof *names);
    write_file("v1/proc/self/cgroup", "5:cpu,cpuacct:/y\n4:memory:/x\n");
    write_file("v1/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"); /* its word for none */
    CU_ASSERT_EQUAL(wn_memory_limit_group(test_path("v1")), 0);
    write_file("v1/sys/fs/cgroup/memory/x/memory.limit_in_bytes", "4096000\n");
    CU_ASSERT_EQUAL(wn_memory_limit_group(test_path("v1")), 4096000);
    CU_ASSERT_EQUAL(wn_memory_limit_group(test_path("nowhere")), 0);
}

static void over_the_ranks_of_a_node(void)
{
    int64_t whole = wn_job_memory_default(1);
    CU_ASSERT_TRUE(whole > 0);
    CU_ASSERT_TRUE(llabs(wn_job_memory_default(4) * 4 - whole) < 4);
    setenv("SLURM_MEM_PER_NODE", "10", 1);
    CU_ASSERT_EQUAL(wn_job_memory_default(2), (int64_t)(0.8 * 10 * 1048576) / 2);
    unsetenv("SLURM_MEM_PER_NODE");
}

static const wn_test tests[] = {{"Slurm", slurm},
                                {"control group, version 2", control_group_version_2},
                                {"control group, version 1", control_group_version_1},
                                {"over the ranks of a node", over_the_ranks_of_a_node}};
TEST_MAIN("memory limit", tests)
