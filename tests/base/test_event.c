#include "winnow/log.h"

#include "testing.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { N_THREADS = 8, N_EVENTS = 200, LINE_SIZE = 4096 };

/* The lines of a file as an array of objects; a line that is not JSON is null. The caller's. */
static json_t *lines_of(const char *path)
{
    char line[LINE_SIZE];
    json_t *all = json_array();
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        json_t *object = strchr(line, '\n') != NULL ? json_loads(line, 0, NULL) : NULL;
        json_array_append_new(all, object != NULL ? object : json_null());
    }
    if (file != NULL)
        fclose(file);
    return all;
}

static const json_t *pair(const json_t *lines, size_t i, const char *key)
{
    return json_object_get(json_array_get(lines, i), key);
}

static void test_kinds(void)
{
    const char *path = test_path("kinds");
    json_t *shared = json_pack("[i, i]", 1, 2);
    CHECK_OK(wn_events_open(path));
    wn_event("all", "{s:s, s:i, s:I, s:f, s:b, s:b, s:o, s:O}", "text", "a \"b\"\n", "int", -3, "long",
             (json_int_t)1 << 60, "real", 0.1, "yes", 1, "no", 0, "given", json_string("ours"), "shared", shared);
    wn_event("none", "{}");
    wn_events_close();
    json_t *lines = lines_of(path);
    CU_ASSERT_EQUAL(json_array_size(lines), 2);
    CU_ASSERT_EQUAL(strlen(json_string_value(pair(lines, 0, "time"))), strlen("2026-01-31T12:00:00Z"));
    CU_ASSERT_STRING_EQUAL(json_string_value(pair(lines, 0, "event")), "all");
    CU_ASSERT_STRING_EQUAL(json_string_value(pair(lines, 0, "text")), "a \"b\"\n");
    CU_ASSERT_EQUAL(json_integer_value(pair(lines, 0, "int")), -3);
    CU_ASSERT_EQUAL(json_integer_value(pair(lines, 0, "long")), (json_int_t)1 << 60);
    CU_ASSERT_EQUAL(json_real_value(pair(lines, 0, "real")), 0.1);
    CU_ASSERT(json_is_true(pair(lines, 0, "yes")) && json_is_false(pair(lines, 0, "no")));
    CU_ASSERT_STRING_EQUAL(json_string_value(pair(lines, 0, "given")), "ours");
    CU_ASSERT(json_equal(pair(lines, 0, "shared"), shared));
    CU_ASSERT_EQUAL(json_object_size(json_array_get(lines, 1)), 2);
    CU_ASSERT_EQUAL(shared->refcount, 1);
    json_decref(shared);
    json_decref(lines);
}

/* A value that JSON cannot hold does not cost the event, nor the pairs after it. */
static void test_what_json_cannot_hold(void)
{
    const char *path = test_path("odd");
    CHECK_OK(wn_events_open(path));
    wn_event("odd", "{s:f, s:f, s:s, s:s, s:i}", "nan", (double)NAN, "infinite", -(double)INFINITY, "bytes", "caf\xe9",
             "missing", NULL, "last", 5);
    wn_events_close();
    json_t *lines = lines_of(path);
    CU_ASSERT_EQUAL(json_array_size(lines), 1);
    CU_ASSERT(json_is_null(pair(lines, 0, "nan")) && json_is_null(pair(lines, 0, "infinite")));
    CU_ASSERT_STRING_EQUAL(json_string_value(pair(lines, 0, "bytes")), "caf?");
    CU_ASSERT(json_is_null(pair(lines, 0, "missing")));
    CU_ASSERT_EQUAL(json_integer_value(pair(lines, 0, "last")), 5);
    json_decref(lines);
}

static void test_append(void)
{
    const char *path = test_path("append");
    for (int round = 0; round < 3; round++) {
        CHECK_OK(wn_events_open(path));
        wn_event("round", "{s:i}", "round", round);
        json_t *lines = lines_of(path); /* there at once, not only when closed */
        CU_ASSERT_EQUAL(json_array_size(lines), (size_t)round + 1);
        CU_ASSERT_EQUAL(json_integer_value(pair(lines, (size_t)round, "round")), round);
        json_decref(lines);
    }
    wn_events_close();
    wn_events_close();
}

/* What a kill left: the half line stays one line, the next event is whole. */
static void test_after_a_kill(void)
{
    const char *path = test_path("killed");
    FILE *file = fopen(path, "w");
    CU_ASSERT(file != NULL);
    if (file == NULL)
        return;
    fputs("{\"event\":\"whole\"}\n{\"event\":\"ha", file);
    fclose(file);
    CHECK_OK(wn_events_open(path));
    wn_event("next", "{}");
    wn_events_close();
    json_t *lines = lines_of(path);
    CU_ASSERT_EQUAL(json_array_size(lines), 3);
    CU_ASSERT_STRING_EQUAL(json_string_value(pair(lines, 0, "event")), "whole");
    CU_ASSERT(json_is_null(json_array_get(lines, 1)));
    CU_ASSERT_STRING_EQUAL(json_string_value(pair(lines, 2, "event")), "next");
    json_decref(lines);
}

/* A write that fails loses an event, not the run: it is told once. */
static void test_full_device(void)
{
    if (!CHECK_OK(wn_events_open("/dev/full")))
        return;
    size_t before = json_array_size(wn_log_warnings());
    wn_event("epoch", "{s:i}", "n", 1);
    wn_event("epoch", "{s:i}", "n", 2);
    wn_events_close();
    CU_ASSERT_EQUAL(json_array_size(wn_log_warnings()), before + 1);
    const char *told = json_string_value(json_array_get(wn_log_warnings(), before));
    CU_ASSERT(told != NULL && strstr(told, "events.jsonl lacks events") != NULL);
    wn_events_close();
    CU_ASSERT_EQUAL(json_array_size(wn_log_warnings()), before + 1);
}

static void test_without_sink(void)
{
    json_t *given = json_string("given");
    json_incref(given);
    wn_event("nowhere", "{s:s, s:o}", "a", "b", "given", given);
    CU_ASSERT_EQUAL(given->refcount, 1);
    json_decref(given);
    CU_ASSERT_EQUAL(wn_events_open(test_path("no/such/folder")), WN_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "no/such/folder"));
}

static void *tell(void *thread)
{
    for (int i = 0; i < N_EVENTS; i++)
        wn_event("told", "{s:i, s:i}", "thread", *(const int *)thread, "number", i);
    return NULL;
}

/* Every line is whole, and each thread's come in its own order. */
static void test_threads(void)
{
    const char *path = test_path("threads");
    pthread_t threads[N_THREADS];
    int numbers[N_THREADS], next[N_THREADS] = {0}, wrong = 0, n = 0;
    CHECK_OK(wn_events_open(path));
    while (n < N_THREADS) {
        numbers[n] = n;
        if (pthread_create(&threads[n], NULL, tell, &numbers[n]) != 0)
            break;
        n++;
    }
    for (int t = 0; t < n; t++)
        pthread_join(threads[t], NULL);
    wn_events_close();
    json_t *lines = lines_of(path);
    CU_ASSERT_EQUAL(n, N_THREADS);
    CU_ASSERT_EQUAL(json_array_size(lines), (size_t)n * N_EVENTS);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_int_t t = json_integer_value(pair(lines, i, "thread"));
        wrong += pair(lines, i, "thread") == NULL || t < 0 || t >= n ||
                 json_integer_value(pair(lines, i, "number")) != next[t]++;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    json_decref(lines);
}

static const wn_test tests[] = {
    {"every kind of value", test_kinds},          {"what JSON cannot hold", test_what_json_cannot_hold},
    {"appended, and there at once", test_append}, {"after a kill", test_after_a_kill},
    {"on a full device", test_full_device},       {"without a sink", test_without_sink},
    {"from many threads", test_threads}};

TEST_MAIN("base/event", tests)
