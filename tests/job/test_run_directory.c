#include "directories.h"
#include "job_file.h"
#include "winnow/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const wn_hash key_a = {1, 2}, key_b = {3, 4};

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL(file);
    if (file) {
        fputs(text, file);
        fclose(file);
    }
}

/* Finishes a stage of the directory `name` with one file, result {"x": 0.1}. */
static void finish(wn_run_directory *directory, const char *name, const char *stage, wn_hash key, const char *file)
{
    json_t *result = json_pack("{s:f}", "x", 0.1);
    if (is_root())
        put(below(name, file), "some bytes of a result\n");
    CHECK_OK(wn_run_directory_finish_stage(&test_ranks, directory, stage, key, &file, 1, result));
    json_decref(result);
}

/* The words why a stage is not there, "" when it is, with its result. */
static const char *why_not(wn_run_directory *directory, const char *stage, wn_hash key)
{
    static char words[300];
    json_t *result = NULL;
    const char *why = NULL;
    if (!CHECK_OK(wn_run_directory_find_stage(&test_ranks, directory, stage, key, &result, &why)))
        return "failed";
    snprintf(words, sizeof words, "%s", why);
    CU_ASSERT_EQUAL(result == NULL, *words != 0);
    if (result)
        CU_ASSERT_EQUAL(json_real_value(json_object_get(result, "x")), 0.1);
    json_decref(result);
    return words;
}

static void stages_are_found_again(void)
{
    wn_run_directory *directory = NULL;
    if (!CHECK_OK(open_directory(&directory, "new/with/parents", WN_RESUME_AUTO)))
        return;
    CU_ASSERT_EQUAL(wn_run_directory_attempts(directory), 1);
    CU_ASSERT_STRING_EQUAL(why_not(directory, "recipe", key_a), "new");
    finish(directory, "new/with/parents", "recipe", key_a, "recipe.h5");
    CU_ASSERT_STRING_EQUAL(why_not(directory, "recipe", key_a), "");
    CU_ASSERT_STRING_EQUAL(why_not(directory, "recipe", key_b), "its input changed");
    wn_run_directory_close(directory);
    barrier();
    CU_ASSERT_FALSE(exists(below("new/with/parents", "lock")));

    if (!CHECK_OK(open_directory(&directory, "new/with/parents", WN_RESUME_AUTO)))
        return;
    CU_ASSERT_EQUAL(wn_run_directory_attempts(directory), 2);
    CU_ASSERT_STRING_EQUAL(why_not(directory, "recipe", key_a), "");
    finish(directory, "new/with/parents", "recipe", key_b, "recipe.h5");
    CU_ASSERT_STRING_EQUAL(why_not(directory, "recipe", key_b), "");
    CU_ASSERT_STRING_EQUAL(why_not(directory, "recipe", key_a), "its input changed");
    wn_run_directory_close(directory);
}

static void damage_is_found(void)
{
    wn_run_directory *directory = NULL;
    if (!CHECK_OK(open_directory(&directory, "damage", WN_RESUME_AUTO)))
        return;
    finish(directory, "damage", "recipe", key_a, "recipe.h5");
    finish(directory, "damage", "train", key_a, "model.h5");
    finish(directory, "damage", "other", key_a, "other.h5");
    if (is_root()) {
        put(below("damage", "recipe.h5"), "some bytes of a resulT\n");
        put(below("damage", "model.h5"), "some bytes\n");
        CU_ASSERT_EQUAL(unlink(below("damage", "other.h5")), 0);
    }
    barrier();
    CU_ASSERT_STRING_EQUAL(why_not(directory, "recipe", key_a), "recipe.h5 is damaged");
    CU_ASSERT_STRING_EQUAL(why_not(directory, "train", key_a), "model.h5 is damaged");
    CU_ASSERT_STRING_EQUAL(why_not(directory, "other", key_a), "other.h5 is missing");
    wn_run_directory_close(directory);
}

static void foreign_directories_are_refused(void)
{
    wn_run_directory *directory = NULL;
    if (is_root()) {
        mkdir(test_path("foreign"), 0777);
        put(below("foreign", "thesis.txt"), "years of work");
        put(test_path("a_file"), "no directory");
        mkdir(test_path("broken"), 0777);
        put(below("broken", "manifest.json"), "{\"name\": \"of another program\"}");
    }
    barrier();
    CU_ASSERT_EQUAL(open_directory(&directory, "foreign", WN_RESUME_AUTO), WN_CANT_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "not a run directory"));
    CU_ASSERT_EQUAL(open_directory(&directory, "foreign", WN_RESUME_NEVER), WN_CANT_CREATE);
    CU_ASSERT_EQUAL(open_directory(&directory, "a_file", WN_RESUME_AUTO), WN_CANT_CREATE);
    CU_ASSERT_EQUAL(open_directory(&directory, "a_file/below", WN_RESUME_AUTO), WN_CANT_CREATE);
    CU_ASSERT_EQUAL(open_directory(&directory, "broken", WN_RESUME_NEVER), WN_CANT_CREATE);
    CU_ASSERT_PTR_NULL(directory);
    CU_ASSERT_TRUE(exists(below("foreign", "thesis.txt")) && exists(below("broken", "manifest.json")));
    CU_ASSERT_FALSE(exists(below("foreign", "lock")) || exists(below("foreign", "manifest.json")));
}

static void an_empty_directory_is_taken(void)
{
    wn_run_directory *directory = NULL;
    if (is_root())
        mkdir(test_path("empty"), 0777);
    barrier();
    if (CHECK_OK(open_directory(&directory, "empty", WN_RESUME_NEVER)))
        wn_run_directory_close(directory);
}

static void never_wants_a_finished_run(void)
{
    wn_run_directory *directory = NULL;
    if (!CHECK_OK(open_directory(&directory, "never", WN_RESUME_AUTO)))
        return;
    finish(directory, "never", "recipe", key_a, "recipe.h5");
    finish(directory, "never", "extra", key_a, "extra.h5");
    if (is_root())
        put(below("never", "events.jsonl"), "{}\n");
    wn_run_directory_close(directory);
    directory = NULL;
    barrier();
    CU_ASSERT_EQUAL(open_directory(&directory, "never", WN_RESUME_NEVER), WN_CANT_CREATE);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "unfinished"));

    if (!CHECK_OK(open_directory(&directory, "never", WN_RESUME_AUTO)))
        return;
    CHECK_OK(wn_run_directory_set_finished(directory, true));
    if (is_root())
        put(below("never", "notes.txt"), "of the user");
    wn_run_directory_close(directory);
    barrier();
    if (!CHECK_OK(open_directory(&directory, "never", WN_RESUME_NEVER)))
        return;
    CU_ASSERT_EQUAL(wn_run_directory_attempts(directory), 1);
    CU_ASSERT_STRING_EQUAL(why_not(directory, "recipe", key_a), "new");
    CU_ASSERT_FALSE(exists(below("never", "recipe.h5")) || exists(below("never", "extra.h5")) ||
                    exists(below("never", "events.jsonl")));
    CU_ASSERT_TRUE(exists(below("never", "notes.txt")));
    wn_run_directory_close(directory);
}

static void only_own_files_are_replaced(void)
{
    wn_run_directory *directory = NULL;
    if (!CHECK_OK(open_directory(&directory, "own", WN_RESUME_AUTO)))
        return;
    if (is_root()) {
        put(below("own", "notes.txt"), "of the user");
        CU_ASSERT_EQUAL(wn_run_directory_write_text(directory, "notes.txt", "x"), WN_CANT_CREATE);
        CHECK_OK(wn_run_directory_write_text(directory, "job.yaml", "first"));
        CHECK_OK(wn_run_directory_write_text(directory, "job.yaml", "second"));
        CHECK_OK(wn_run_directory_write_text(directory, "more.txt", "first"));
        CHECK_OK(wn_run_directory_write_text(directory, "more.txt", "second"));
        CU_ASSERT_FALSE(exists(below("own", "job.yaml.part")));
    }
    wn_run_directory_close(directory);
}

/* A run that was killed leaves its beats: they are ours, those of a watched run or not; what is not a beat stays. */
static void beats_are_own(void)
{
    wn_run_directory *directory = NULL;
    if (!CHECK_OK(open_directory(&directory, "beats", WN_RESUME_AUTO)))
        return;
    if (is_root()) {
        mkdir(below("beats", "ranks"), 0777);
        put(below("beats", "ranks/0"), "beat");
        put(below("beats", "ranks/notes"), "of the user");
        CHECK_OK(wn_run_directory_remove(directory, "ranks"));
        CU_ASSERT_FALSE(exists(below("beats", "ranks/0")));
        CU_ASSERT_EQUAL(unlink(below("beats", "ranks/notes")), 0);
        put(below("beats", "ranks/12"), "beat");
    }
    CHECK_OK(wn_run_directory_set_finished(directory, true));
    wn_run_directory_close(directory);
    barrier();
    if (CHECK_OK(open_directory(&directory, "beats", WN_RESUME_NEVER)))
        wn_run_directory_close(directory);
    barrier();
    CU_ASSERT_FALSE(exists(below("beats", "ranks")));
}

/* json_pack gives NULL where there is no memory: a stage that is not known to be finished is made again, one without
 * what run.json says of it would leave that out for ever. */
static void a_stage_needs_a_result(void)
{
    wn_run_directory *directory = NULL;
    json_t *result = NULL;
    const char *why = "";
    if (!CHECK_OK(open_directory(&directory, "no-result", WN_RESUME_AUTO)))
        return;
    CU_ASSERT_EQUAL(wn_run_directory_finish_stage(&test_ranks, directory, "x", key_a, NULL, 0, NULL), WN_NO_MEMORY);
    CHECK_OK(wn_run_directory_find_stage(&test_ranks, directory, "x", key_a, &result, &why));
    CU_ASSERT_PTR_NULL(result);
    json_decref(result);
    wn_run_directory_close(directory);
}

static void allocation_failures(void)
{
    size_t used = wn_memory_used();
    bool is_done = false;
    for (int64_t nth = 1; !is_done && nth < 1000; nth++) {
        wn_run_directory *directory = NULL;
        wn_memory_fail_at(is_root() ? nth : 0);
        wn_status status = open_directory(&directory, "memory", WN_RESUME_AUTO);
        int calls = (int)wn_memory_fail_at(0);
        MPI_Bcast(&calls, 1, MPI_INT, 0, test_ranks.comm);
        is_done = calls < nth;
        CU_ASSERT_EQUAL(status, is_done ? WN_OK : WN_NO_MEMORY);
        wn_run_directory_close(directory);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
        barrier();
    }
    CU_ASSERT_TRUE(is_done);
}

static const wn_test tests[] = {{"stages are found again", stages_are_found_again},
                                {"damage is found", damage_is_found},
                                {"foreign directories are refused", foreign_directories_are_refused},
                                {"an empty directory is taken", an_empty_directory_is_taken},
                                {"never wants a finished run", never_wants_a_finished_run},
                                {"only own files are replaced", only_own_files_are_replaced},
                                {"beats are own", beats_are_own},
                                {"a stage needs a result", a_stage_needs_a_result},
                                {"allocation failures", allocation_failures}};
TEST_MAIN("run directory", tests)
