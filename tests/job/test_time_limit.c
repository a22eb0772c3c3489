/* When a run has to stop: every form of squeue's answer, an answer that never comes, the earliest of several limits. */
#include "time_limit.h"

#include "testing.h"
#include "winnow/clock.h"
#include "winnow/log.h"

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

static void test_durations(void)
{
    static const struct {
        double seconds;
        const char *text;
    } forms[] = {
        {0, "0 s"},           {3.6e-6, "0 s"},     {0.36, "0.4 s"},        {7.5, "7.5 s"},        {9.97, "10 s"},
        {59.4, "59 s"},       {59.6, "1 min 0 s"}, {725, "12 min 5 s"},    {3599, "59 min 59 s"}, {3599.7, "1 h 0 min"},
        {5400, "1 h 30 min"}, {7199, "2 h 0 min"}, {108900, "30 h 15 min"}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char text[WN_DURATION_SIZE];
        wn_duration_text(forms[i].seconds, text);
        CU_ASSERT_STRING_EQUAL(text, forms[i].text);
    }
}

/* Whether the last warning says all of this; one more was told than before. */
static void check_warning(size_t before, const char *cause, const char *holds)
{
    size_t n = json_array_size(wn_log_warnings());
    const char *text = json_string_value(json_array_get(wn_log_warnings(), n - 1));
    CU_ASSERT_EQUAL(n, before + 1);
    CU_ASSERT(text != NULL && strstr(text, cause) != NULL && strstr(text, holds) != NULL);
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
    size_t n = json_array_size(wn_log_warnings());
    put_squeue("echo UNLIMITED");
    CU_ASSERT_EQUAL(wn_time_limit_seconds(0, &source), INFINITY);
    CU_ASSERT_EQUAL(json_array_size(wn_log_warnings()), n); /* no limit is an answer */
    put_squeue("echo INVALID");
    CU_ASSERT_EQUAL(wn_time_limit_seconds(0, &source), INFINITY);
    check_warning(n, "squeue answers INVALID", "only when it gets USR1 or TERM");
    put_squeue("exit 1");
    CU_ASSERT_EQUAL(wn_time_limit_seconds(2, &source), 7200);
    check_warning(n + 1, "did not answer", "--max-hours holds, 2 h 0 min");
    setenv("SLURM_JOB_ID", "4711; reboot", 1); /* no job's name */
    put_squeue("echo 1:00:00");
    CU_ASSERT_EQUAL(wn_time_limit_seconds(0, &source), INFINITY);
    check_warning(n + 2, "no job's number", "USR1");
    forget_slurm();
}

/* One that never answers costs ten seconds, not the run. */
static void test_silent_squeue(void)
{
    const char *source = "";
    double start = wn_clock_seconds();
    size_t n = json_array_size(wn_log_warnings());
    forget_slurm();
    setenv("SLURM_JOB_ID", "4711", 1);
    put_squeue("exec sleep 60");
    CU_ASSERT_EQUAL(wn_time_limit_seconds(0, &source), INFINITY);
    CU_ASSERT(wn_clock_seconds() - start < 30);
    check_warning(n, "did not answer", "USR1");
    forget_slurm();
}

static const wn_test tests[] = {{"squeue's forms", test_parse}, {"durations", test_durations},
                                {"options", test_options},      {"end time", test_end_time},
                                {"squeue", test_squeue},        {"silent squeue", test_silent_squeue}};

TEST_MAIN("job/time_limit", tests)
