#include "layout.h"

#include <string.h>

/* The member at the same path; usually the same number. */
static const wn_member *find_member(const wn_layout *layout, const wn_member *like, size_t hint)
{
    const wn_members *members = &layout->members;
    if (hint < members->n && strcmp(members->items[hint].path, like->path) == 0)
        return &members->items[hint];
    for (size_t m = 0; m < members->n; m++) {
        if (strcmp(members->items[m].path, like->path) == 0)
            return &members->items[m];
    }
    return NULL;
}

static wn_status compare_members(const wn_member *a, const char *a_path, const wn_member *b, const char *b_path)
{
    if (a->width != b->width)
        return wn_fail(WN_BAD_DATA, "%s: %s has %zu columns, in %s it has %zu", b_path, a->path, b->width, a_path,
                       a->width);
    if ((a->type.kind == WN_CELL_STRING) != (b->type.kind == WN_CELL_STRING))
        return wn_fail(WN_BAD_DATA, "%s: %s holds %s, in %s it holds %s", b_path, a->path,
                       b->type.kind == WN_CELL_STRING ? "strings" : "numbers", a_path,
                       a->type.kind == WN_CELL_STRING ? "strings" : "numbers");
    if (a->has_fill != b->has_fill || (a->has_fill && a->fill != b->fill))
        return wn_fail(WN_UNAVAILABLE, "%s: %s has another fill value than in %s, which is not built yet", b_path,
                       a->path, a_path);
    return WN_OK;
}

/* Every member of one file is in the other. */
static wn_status find_all(const wn_layout *layout, const char *path, const wn_layout *other, const char *other_path)
{
    for (size_t m = 0; m < layout->members.n; m++) {
        const wn_member *member = &layout->members.items[m];
        const wn_member *match = find_member(other, member, m);
        if (match == NULL)
            return wn_fail(WN_BAD_DATA, "%s: lacks the column '%s' (%s) that %s has", other_path, member->name,
                           member->path, path);
        wn_status status = compare_members(member, path, match, other_path);
        if (status != WN_OK)
            return status;
    }
    return WN_OK;
}

static wn_status compare_names(const wn_layout *first, const char *first_path, const wn_layout *other,
                               const char *other_path)
{
    char buffers[2][WN_MEMBER_NAME_SIZE];
    for (size_t i = 0; i < first->n_columns; i++) {
        const wn_column *column = &first->columns[i];
        const wn_member *member = find_member(other, &first->members.items[column->dataset], column->dataset);
        const char *name = wn_member_column(member, column->position, buffers[1]);
        if (strcmp(column->name, name) != 0)
            return wn_fail(WN_BAD_DATA, "%s: column %zu of %s is '%s', in %s it is '%s'", other_path, column->position,
                           member->path, name, first_path, column->name);
    }
    return WN_OK;
}

wn_status wn_layout_compare(const wn_layout *first, const char *first_path, const wn_layout *other,
                            const char *other_path)
{
    wn_status status = WN_OK;
    TRY(find_all(first, first_path, other, other_path));
    TRY(find_all(other, other_path, first, first_path));
    TRY(compare_names(first, first_path, other, other_path));
    if (first->n_columns != other->n_columns)
        status = wn_fail(WN_BAD_DATA, "%s: has %zu columns, %s has %zu", other_path, other->n_columns, first_path,
                         first->n_columns);
    if (status == WN_OK && first->has_label &&
        (first->label.position != other->label.position ||
         strcmp(first->members.items[first->label.dataset].path, other->members.items[other->label.dataset].path) != 0))
        status = wn_fail(WN_BAD_DATA, "%s: the label lies elsewhere than in %s", other_path, first_path);
done:
    return status;
}

static void widen_type(wn_cell_type *type, const wn_cell_type *other)
{
    type->kind = other->kind > type->kind ? other->kind : type->kind;
    type->is_half |= other->is_half;
    type->is_single |= other->is_single;
    type->is_long |= other->is_long;
}

void wn_layout_widen(wn_layout *first, const wn_layout *other)
{
    first->is_float32 = first->is_float32 && other->is_float32;
    for (size_t m = 0; m < first->members.n; m++) {
        wn_member *member = &first->members.items[m];
        const wn_member *same = find_member(other, member, m);
        if (same == NULL)
            continue;
        widen_type(&member->type, &same->type);
        for (size_t k = 0; member->types != NULL && same->types != NULL && k < member->width; k++)
            widen_type(&member->types[k], &same->types[k]);
    }
}
