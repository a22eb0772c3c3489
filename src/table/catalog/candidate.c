#include "candidate.h"

#include "categories.h"
#include "member_attributes.h"
#include "selection.h"
#include "winnow/memory.h"
#include "winnow/nearest_name.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    wn_object_list tables;
    bool takes_texts;  /* a group of strings alone is a table too: where the file has no other */
    wn_status problem; /* why the first dataset that could not be one was not */
    char text[256];
} search;

static bool is_read(const search *s, const wn_member *member)
{
    return member->type.problem == NULL && member->n_rows >= 0 &&
           (s->takes_texts || member->type.kind != WN_CELL_STRING);
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
        if (member->rank > 1 && is_read(s, member) && is_considered(member, input))
            status = wn_object_list_add(&s->tables, member->path);
    }
    return status;
}

/* A group of equal lengths is a table; else its datasets of more than one dimension are; else its columns differ in
 * length, which the layout then tells. */
static wn_status judge_group(search *s, const char *group, const wn_members *members, const wn_input *input)
{
    size_t n_read = 0, n_matrices = 0;
    int64_t n_rows = -1;
    bool is_equal = true;
    for (size_t i = 0; i < members->n; i++) {
        const wn_member *member = &members->items[i];
        if (!is_considered(member, input))
            continue;
        keep_problem(s, member);
        n_read += is_read(s, member);
        n_matrices += is_read(s, member) && member->rank > 1;
        is_equal = is_equal && (member->n_rows < 0 || n_rows < 0 || member->n_rows == n_rows);
        n_rows = member->n_rows < 0 ? n_rows : member->n_rows;
    }
    if (n_read == 0)
        return WN_OK;
    if (!is_equal && n_matrices > 0)
        return add_datasets(s, members, input);
    return wn_object_list_add(&s->tables, group);
}

/* A column of codes is a group, and no table. */
static wn_status is_column(bool *is, wn_hdf5_file *file, const char *path)
{
    hid_t group = -1;
    wn_status status = wn_hdf5_open_object(file, path, &group);
    *is = status == WN_OK && group >= 0 && H5Iget_type(group) == H5I_GROUP && wn_categories_are_in(group);
    wn_hdf5_release(group);
    return status;
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
        at += (size_t)snprintf(names + at, sizeof names - at, "%s%.60s", i > 0 ? ", " : "", s->tables.paths[i]);
    return wn_fail(WN_BAD_DATA, "%s: has more than one candidate table (%s%s): say which by input.table", file->path,
                   names, s->tables.n > MOST ? ", ..." : "");
}

static wn_status search_groups(search *s, wn_hdf5_file *file, const wn_input *input)
{
    wn_status status = WN_OK;
    wn_object_list groups = {0};
    TRY(wn_object_list_groups(&groups, file));
    for (size_t i = 0; i < groups.n; i++) {
        bool is_no_table = false;
        TRY(is_column(&is_no_table, file, groups.paths[i]));
        if (is_no_table)
            continue;
        TRY(wn_candidate_check_format(file, groups.paths[i]));
        TRY(search_group(s, file, groups.paths[i], input));
    }
done:
    wn_object_list_clear(&groups);
    return status;
}

/* Patterns for columns that leave nothing are told better once the table is known. */
static wn_status search_file(search *s, wn_hdf5_file *file, const wn_input *input)
{
    wn_status status = WN_OK;
    const wn_input any = {.label = input->label};
    TRY(search_groups(s, file, input));
    s->takes_texts = s->tables.n == 0;
    if (s->tables.n == 0)
        TRY(search_groups(s, file, input));
    if (s->tables.n == 0)
        TRY(search_groups(s, file, &any));
    if (s->tables.n == 0 && s->problem != WN_OK)
        status = wn_fail(s->problem, "%s: has no table that can be read: %s", file->path, s->text);
    else if (s->tables.n == 0)
        status = wn_fail(WN_BAD_DATA, "%s: has no table: no dataset with rows of numbers or texts", file->path);
done:
    return status;
}

wn_status wn_candidate_list(wn_object_list *tables, wn_hdf5_file *file, const wn_input *input)
{
    search s = {0};
    wn_status status = search_file(&s, file, input);
    if (status == WN_OK)
        *tables = s.tables;
    else
        wn_object_list_clear(&s.tables);
    return status;
}

wn_status wn_candidate_find(char **table, wn_hdf5_file *file, const wn_input *input)
{
    wn_status status = WN_OK;
    search s = {0};
    TRY(search_file(&s, file, input));
    if (s.tables.n > 1) {
        status = fail_several(&s, file);
        goto done;
    }
    TRY(wn_string_copy(table, s.tables.paths[0]));
done:
    wn_object_list_clear(&s.tables);
    return status;
}

wn_status wn_candidate_check_format(wn_hdf5_file *file, const char *group)
{
    static const char *const marks[][3] = {{"pandas_type", "", "a pandas frame"},
                                           {"h5sparse_format", "", "a sparse matrix"},
                                           {"encoding-type", "csr_matrix", "a sparse matrix"},
                                           {"encoding-type", "csc_matrix", "a sparse matrix"},
                                           {"encoding-type", "anndata", "an AnnData file"}};
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
    wn_object_list all = {0};
    const char *nearest = NULL;
    text[0] = '\0';
    TRY(wn_object_list_all(&all, file));
    nearest = wn_nearest_name(table, (const char *const *)all.paths, all.n);
    if (nearest != NULL)
        snprintf(text, n, "; did you mean '%s'?", nearest);
done:
    wn_object_list_clear(&all);
    return status;
}
