#include "candidate.h"

#include "member_attributes.h"
#include "selection.h"
#include "winnow/memory.h"
#include "winnow/nearest_name.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    char **items;
    size_t n, capacity;
} path_list;

static void path_list_clear(path_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        wn_free(list->items[i]);
    wn_free(list->items);
}

static wn_status path_list_add(path_list *list, const char *path)
{
    wn_status status = WN_OK;
    if (list->n == list->capacity) {
        TRY(wn_resize(&list->items, 2 * list->capacity + 8));
        list->capacity = 2 * list->capacity + 8;
    }
    TRY(wn_string_copy(&list->items[list->n], path));
    list->n++;
done:
    return status;
}

typedef struct {
    path_list paths;
    bool only_groups;
    wn_status status;
} visit;

static herr_t add_object(hid_t object, const char *name, const H5O_info_t *info, void *context)
{
    (void)object;
    visit *v = context;
    char path[WN_MEMBER_NAME_SIZE];
    bool is_wanted = info->type == H5O_TYPE_GROUP || (info->type == H5O_TYPE_DATASET && !v->only_groups);
    if (!is_wanted || (size_t)snprintf(path, sizeof path, "/%s", strcmp(name, ".") == 0 ? "" : name) >= sizeof path)
        return 0;
    v->status = path_list_add(&v->paths, path);
    return v->status == WN_OK ? 0 : -1;
}

/* Every group (and dataset) of the file once, by hard links. */
static wn_status visit_file(visit *v, const wn_hdf5_file *file)
{
    if (H5Ovisit(file->id, H5_INDEX_NAME, H5_ITER_INC, add_object, v) >= 0)
        return WN_OK;
    return v->status != WN_OK ? v->status : wn_hdf5_fail(file, NULL, "truncated or damaged");
}

typedef struct {
    path_list tables;
    wn_status problem; /* why the first dataset that could not be one was not */
    char text[256];
} search;

static bool is_numeric(const wn_member *member)
{
    return member->type.problem == NULL && member->n_rows >= 0;
}

static bool is_considered(const wn_member *member, const wn_input *input)
{
    if (input->label != NULL && strcmp(member->name, input->label) == 0)
        return false;
    return member->n_rows < 0 || wn_selection_wants(member, input);
}

static void keep_problem(search *s, const wn_member *member)
{
    if (s->problem != WN_OK || member->problem == WN_OK)
        return;
    s->problem = member->problem;
    snprintf(s->text, sizeof s->text, "%.100s %.150s", member->path, member->problem_text);
}

static wn_status add_datasets(search *s, const wn_members *members, const wn_input *input)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < members->n && status == WN_OK; i++) {
        const wn_member *member = &members->items[i];
        if (member->rank > 1 && is_numeric(member) && is_considered(member, input))
            status = path_list_add(&s->tables, member->path);
    }
    return status;
}

/* A group of equal lengths is a table; else its datasets of more than one dimension are; else its columns differ in
 * length, which the layout then tells. */
static wn_status judge_group(search *s, const char *group, const wn_members *members, const wn_input *input)
{
    size_t n_numeric = 0, n_matrices = 0;
    int64_t n_rows = -1;
    bool is_equal = true;
    for (size_t i = 0; i < members->n; i++) {
        const wn_member *member = &members->items[i];
        if (!is_considered(member, input))
            continue;
        keep_problem(s, member);
        n_numeric += is_numeric(member);
        n_matrices += is_numeric(member) && member->rank > 1;
        is_equal = is_equal && (member->n_rows < 0 || n_rows < 0 || member->n_rows == n_rows);
        n_rows = member->n_rows < 0 ? n_rows : member->n_rows;
    }
    if (n_numeric == 0)
        return WN_OK;
    if (!is_equal && n_matrices > 0)
        return add_datasets(s, members, input);
    return path_list_add(&s->tables, group);
}

static wn_status search_group(search *s, wn_hdf5_file *file, const char *group, const wn_input *input)
{
    wn_status status = WN_OK;
    wn_members members = {0};
    TRY(wn_members_read(&members, file, group));
    TRY(judge_group(s, group, &members, input));
done:
    wn_members_clear(&members);
    return status;
}

static wn_status fail_several(const search *s, const wn_hdf5_file *file)
{
    enum { MOST = 6 };
    char names[512] = "";
    size_t at = 0;
    for (size_t i = 0; i < s->tables.n && i < MOST; i++)
        at += (size_t)snprintf(names + at, sizeof names - at, "%s%.60s", i > 0 ? ", " : "", s->tables.items[i]);
    return wn_fail(WN_BAD_DATA, "%s: has more than one candidate table (%s%s): say which by input.table", file->path,
                   names, s->tables.n > MOST ? ", ..." : "");
}

static wn_status choose(char **table, search *s, const wn_hdf5_file *file)
{
    if (s->tables.n > 1)
        return fail_several(s, file);
    if (s->tables.n == 0 && s->problem != WN_OK)
        return wn_fail(s->problem, "%s: has no table that can be read: %s", file->path, s->text);
    if (s->tables.n == 0)
        return wn_fail(WN_BAD_DATA, "%s: has no table: no dataset with rows of numbers", file->path);
    *table = s->tables.items[0];
    s->tables.items[0] = NULL;
    return WN_OK;
}

wn_status wn_candidate_find(char **table, wn_hdf5_file *file, const wn_input *input)
{
    wn_status status = WN_OK;
    visit groups = {.only_groups = true};
    search s = {0};
    TRY(visit_file(&groups, file));
    for (size_t i = 0; i < groups.paths.n; i++) {
        TRY(wn_candidate_check_format(file, groups.paths.items[i]));
        TRY(search_group(&s, file, groups.paths.items[i], input));
    }
    TRY(choose(table, &s, file));
done:
    path_list_clear(&groups.paths);
    path_list_clear(&s.tables);
    return status;
}

wn_status wn_candidate_check_format(wn_hdf5_file *file, const char *group)
{
    static const char *const marks[][3] = {{"pandas_type", "", "a pandas frame"},
                                           {"h5sparse_format", "", "a sparse matrix"},
                                           {"encoding-type", "csr_matrix", "a sparse matrix"},
                                           {"encoding-type", "csc_matrix", "a sparse matrix"},
                                           {"encoding-type", "anndata", "an AnnData file"},
                                           {"encoding-type", "dataframe", "an AnnData frame"}};
    hid_t object = -1;
    wn_status status = wn_hdf5_open_object(file, group, &object);
    for (size_t i = 0; object >= 0 && status == WN_OK && i < sizeof marks / sizeof *marks; i++) {
        if (wn_has_text_attribute(object, marks[i][0], marks[i][1]))
            status = wn_fail(WN_UNAVAILABLE,
                             "%s: %s is %s, which is not built yet; a dataset in it can be named by "
                             "input.table",
                             file->path, group, marks[i][2]);
    }
    wn_hdf5_release(object);
    return status;
}

wn_status wn_candidate_suggest(wn_hdf5_file *file, const char *table, char *text, size_t n)
{
    wn_status status = WN_OK;
    visit all = {0};
    const char *nearest = NULL;
    text[0] = '\0';
    TRY(visit_file(&all, file));
    nearest = wn_nearest_name(table, (const char *const *)all.paths.items, all.paths.n);
    if (nearest != NULL)
        snprintf(text, n, "; did you mean '%s'?", nearest);
done:
    path_list_clear(&all.paths);
    return status;
}
