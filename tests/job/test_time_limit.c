/* When a run has to stop: every form of squeue's answer, an answer that never comes, the earliest of several limits. */
#include "time_limit.h"

#include "testing.h"
#include "winnow/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static void test_parse(void)
{
    static const struct {
        const char *text;
        double seconds; /* NAN: none */
    } forms[] = {{"0:07", 7},       {"12:34", 754},
                 {"1:02:03", 3723}, {"2-03:04:05", 183845},
                 {"45", 45},        {"UNLIMITED", INFINITY},
                 {"INVALID", NAN},  {"NOT_SET", NAN},
                 {"", NAN},         {"1:2:3:4", NAN},
                 {"a-1:00", NAN},   {"-1:00", NAN},
                 {"1:", NAN},       {"1:x", NAN},
                 {"12:34 ", NAN}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        double seconds = -1;
        bool is_read = wn_time_limit_parse(forms[i].text, &seconds);
        CU_ASSERT_EQUAL(is_read, !isnan(forms[i].seconds));
        if (is_read)
            CU_ASSERT_EQUAL(seconds, forms[i].seconds);
    }
}

/* A squeue of our own, first on the PATH. */
static void put_squeue(const char *script)
{
    char path[4096];
    mkdir(test_path("bin"), 0777);
    FILE *file = fopen(test_path("bin/squeue"), "w");
    CU_ASSERT_PTR_NOT_NULL(file);
    if (file == NULL)
        return;
    fprintf(file, "#!/bin/sh\n%s\n", script);
    fclose(file);
    chmod(test_path("bin/squeue"), 0777);
    snprintf(path, sizeof path, "%s:/usr/bin:/bin", test_path("bin"));
    setenv("PATH", path, 1);
}

static void forget_slurm(void)
{
    unsetenv("SLURM_JOB_ID");
    unsetenv("SLURM_JOB_END_TIME");
}

static void test_options(void)
{
    const char *source = "";
    forget_slurm();
    CU_ASSERT_EQUAL(wn_time_limit_seconds(0, &source), INFINITY);
    CU_ASSERT_EQUAL(wn_time_limit_seconds(1.5, &source), 5400);
    CU_ASSERT_STRING_EQUAL(source, "--max-hours");
}

static void test_end_time(void)
{
    const char *source = "";
    char text[32];
    forget_slurm();
    snprintf(text, sizeof text, "%lld", (long long)time(NULL) + 7200);
    setenv("SLURM_JOB_END_TIME", text, 1);
    CU_ASSERT(fabs(wn_time_limit_seconds(0, &source) - 7140) < 10); /* a minute before */
    CU_ASSERT_STRING_EQUAL(source, "SLURM_JOB_END_TIME");
    CU_ASSERT_EQUAL(wn_time_limit_seconds(0.5, &source), 1800);
    CU_ASSERT_STRING_EQUAL(source, "--max-hours");
    snprintf(text, sizeof text, "%lld", (long long)time(NULL) + 100);
    setenv("SLURM_JOB_END_TIME", text, 1);
    CU_ASSERT(fabs(wn_time_limit_seconds(0, &source) - 90) < 10); /* a tenth before */
    setenv("SLURM_JOB_END_TIME", "1000", 1);
    CU_ASSERT_EQUAL(wn_time_limit_seconds(0, &source), 0);
    forget_slurm();
}

static void test_squeue(void)
{
    const char *source = "";
    forget_slurm();
    setenv("SLURM_JOB_ID", "4711", 1);
    put_squeue("[ \"$*\" = '-h -j 4711 -o %L' ] && echo 1:00:00");
    CU_ASSERT_EQUAL(wn_time_limit_seconds(0, &source), 3540);
    CU_ASSERT_STRING_EQUAL(source, "squeue");
    put_squeue("echo INVALID");
    CU_ASSERT_EQUAL(wn_time_limit_seconds(0, &source), INFINITY);
    put_squeue("exit 1");
    CU_ASSERT_EQUAL(wn_time_limit_seconds(2, &source), 7200);
    setenv("SLURM_JOB_ID", "4711; reboot", 1); /* no job's name */
    put_squeue("echo 1:00:00");
    CU_ASSERT_EQUAL(wn_time_limit_seconds(0, &source), INFINITY);
    forget_slurm();
}

/* One that never answers costs ten seconds, not the run. */
static void test_silent_squeue(void)
{
    const char *source = "";
    double start = wn_clock_seconds();
    forget_slurm();
    setenv("SLURM_JOB_ID", "4711", 1);
    put_squeue("exec sleep 60");
    CU_ASSERT_EQUAL(wn_time_limit_seconds(0, &source), INFINITY);
    CU_ASSERT(wn_clock_seconds() - start < 30);
    forget_slurm();
}

static const wn_test tests[] = {{"squeue's forms", test_parse},
                                {"options", test_options},
                                {"end time", test_end_time},
                                {"squeue", test_squeue},
                                {"silent squeue", test_silent_squeue}};

TEST_MAIN("job/time_limit", tests)
