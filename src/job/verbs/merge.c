#include "winnow/merge.h"

#include "job_profile.h"
#include "winnow/fingerprint.h"
#include "winnow/log.h"
#include "winnow/memory.h"
#include "winnow/profile_sums.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* One recipe and where it comes from. */
typedef struct {
    char *path;
    wn_recipe *recipe;
} source;

static bool is_directory(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

/* The recipe of a run is the one that its run.json tells of. */
static wn_status check_run(const char *run, const source *from)
{
    wn_status status = WN_OK;
    json_t *summary = NULL;
    wn_hash hash;
    TRY(wn_fingerprint_summary(&summary, run));
    TRY(wn_recipe_hash(from->recipe, &hash));
    TRY(wn_fingerprint_check(summary, "recipe", hash, from->path));
done:
    json_decref(summary);
    return status;
}

static wn_status open_source(source *from, const char *name)
{
    wn_status status = WN_OK;
    bool is_run = is_directory(name);
    TRY(wn_string_format(&from->path, is_run ? "%s/recipe.h5" : "%s", name));
    TRY(wn_recipe_read(&from->recipe, from->path));
    if (is_run)
        TRY(check_run(name, from));
    TRY(wn_profile_sums_read(from->recipe, from->path));
    const char *refusal = wn_profile_sums_refusal(from->recipe->sums);
    if (refusal != NULL)
        status = wn_fail(WN_BAD_DATA, "%s: its profile cannot be merged: %s", from->path, refusal);
done:
    return status;
}

static void close_source(source *from)
{
    wn_recipe_free(from->recipe);
    wn_free(from->path);
}

/* The files are another matter. */
static bool is_of_files(const char *line)
{
    return strncmp(line, "  files:", strlen("  files:")) == 0;
}

/* Line by line: the first that differs is told. */
static wn_status compare_options(const source *a, const source *b)
{
    const char *one = wn_profile_sums_options(a->recipe->sums), *two = wn_profile_sums_options(b->recipe->sums);
    while (*one != '\0' || *two != '\0') {
        size_t n_one = strcspn(one, "\n"), n_two = strcspn(two, "\n");
        bool is_equal = n_one == n_two && memcmp(one, two, n_one) == 0;
        if (!is_equal && !(is_of_files(one) && is_of_files(two)))
            return wn_fail(WN_BAD_DATA, "%s and %s are of other options: '%.*s' and '%.*s'", a->path, b->path,
                           (int)n_one, one, (int)n_two, two);
        one += n_one + (one[n_one] != '\0');
        two += n_two + (two[n_two] != '\0');
    }
    return WN_OK;
}

static wn_status read_options(const source *from, wn_job **job)
{
    wn_job_errors errors = {0};
    wn_status status = wn_job_read_text(job, wn_profile_sums_options(from->recipe->sums), from->path, &errors);
    wn_job_errors_clear(&errors);
    return status == WN_BAD_JOB ? wn_fail(WN_BAD_DATA, "%s: its options are of another version of Winnow", from->path)
                                : status;
}

/* The options say of which files they are. */
static wn_status add_files(wn_job *job, const source *from)
{
    wn_status status = WN_OK;
    wn_job *other = NULL;
    wn_text_list *files = &job->input.files;
    TRY(read_options(from, &other));
    TRY(wn_resize(&files->text, files->n + other->input.files.n));
    for (size_t i = 0; i < other->input.files.n; i++) {
        files->text[files->n] = NULL;
        TRY(wn_string_copy(&files->text[files->n], other->input.files.text[i]));
        files->n++;
    }
done:
    wn_job_free(other);
    return status;
}

/* What is there already must be a recipe. */
static wn_status check_output(const char *output)
{
    static const char mark[] = "winnow recipe";
    char head[sizeof mark - 1] = "";
    struct stat facts;
    if (stat(output, &facts) != 0)
        return errno == ENOENT ? WN_OK : wn_fail(WN_CANT_CREATE, "%s: %s", output, strerror(errno));
    FILE *file = S_ISREG(facts.st_mode) ? fopen(output, "rb") : NULL;
    bool is_recipe =
        file != NULL && fread(head, 1, sizeof head, file) == sizeof head && memcmp(head, mark, sizeof head) == 0;
    if (file != NULL)
        fclose(file);
    return is_recipe ? WN_OK : wn_fail(WN_CANT_CREATE, "%s: is there already, and is no recipe", output);
}

/* Adds all sources to the first. */
static wn_status add_all(const char *const *names, size_t n, source *first, wn_job **job)
{
    wn_status status = WN_OK;
    source next = {0};
    TRY(open_source(first, names[0]));
    TRY(read_options(first, job));
    TRY(wn_job_column_rules(*job, first->recipe));
    for (size_t i = 1; i < n; i++) {
        TRY(open_source(&next, names[i]));
        TRY(compare_options(first, &next));
        TRY(wn_profile_add(first->recipe, first->path, next.recipe, next.path));
        TRY(add_files(*job, &next));
        close_source(&next);
        next = (source){0};
    }
done:
    close_source(&next);
    return status;
}

wn_status wn_merge(const char *const *sources, size_t n, const char *output)
{
    wn_status status = WN_OK;
    source first = {0};
    wn_job *job = NULL;
    char *options = NULL;
    TRY(check_output(output));
    TRY(add_all(sources, n, &first, &job));
    TRY(wn_profile_fit(first.recipe));
    TRY(wn_job_profile_text(job, &options));
    TRY(wn_profile_sums_set_options(first.recipe->sums, options));
    TRY(wn_recipe_write(first.recipe, output));
    wn_log_info("%s: %lld rows read, %lld of them profiled", output, (long long)first.recipe->ledger.read,
                (long long)first.recipe->ledger.train);
done:
    wn_free(options);
    close_source(&first);
    wn_job_free(job);
    return status;
}
