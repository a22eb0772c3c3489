#include "names.h"

#include "winnow/memory.h"
#include "winnow/utf8.h"

#include <stdlib.h>
#include <string.h>

static wn_csv_field strip(wn_csv_field field)
{
    for (; field.n > 0 && (*field.text == ' ' || *field.text == '\t'); field.n--)
        field.text++;
    while (field.n > 0 && (field.text[field.n - 1] == ' ' || field.text[field.n - 1] == '\t'))
        field.n--;
    return field;
}

static wn_status name_column(char **name, const wn_csv_field *fields, size_t i)
{
    if (fields == NULL)
        return wn_string_format(name, "column%zu", i);
    wn_csv_field field = strip(fields[i]);
    if (!wn_utf8_is_valid(field.text, field.n))
        return wn_fail(WN_BAD_DATA, "the name of column %zu is not UTF-8", i + 1);
    if (field.n == 0)
        return wn_string_format(name, "Unnamed: %zu", i);
    wn_status status = wn_string_format(name, "%.*s", (int)field.n, field.text);
    for (char *c = status == WN_OK ? *name : ""; *c != '\0'; c++) {
        if (*c == '/' || (c == *name && strcmp(c, ".") == 0))
            *c = '_';
    }
    return status;
}

typedef struct {
    char **name;
} entry;

/* Equal names in the order of their columns. */
static int compare(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    int order = strcmp(*x->name, *y->name);
    return order != 0 ? order : (x->name > y->name) - (x->name < y->name);
}

/* Renames all but the first of each name; a new name may meet another, so until there is nothing to do. */
static wn_status part_once(entry *entries, size_t n, bool *is_done)
{
    wn_status status = WN_OK;
    size_t n_same = 0;
    qsort(entries, n, sizeof *entries, compare);
    *is_done = true;
    const char *first = n > 0 ? *entries[0].name : "";
    for (size_t i = 1; i < n && status == WN_OK; i++) {
        char *own = *entries[i].name;
        if (strcmp(own, first) != 0) {
            first = own;
            n_same = 0;
            continue;
        }
        status = wn_string_format(entries[i].name, "%s.%zu", own, ++n_same);
        *is_done = false;
        if (status == WN_OK)
            wn_free(own);
    }
    return status;
}

static wn_status part(char **names, size_t n)
{
    wn_status status = WN_OK;
    entry *entries = NULL;
    bool is_done = false;
    TRY(wn_new(&entries, n));
    for (size_t i = 0; i < n; i++)
        entries[i].name = &names[i];
    while (!is_done)
        TRY(part_once(entries, n, &is_done));
done:
    wn_free(entries);
    return status;
}

wn_status wn_csv_names_new(char ***names, const wn_csv_field *fields, size_t n)
{
    wn_status status = WN_OK;
    char **made = NULL;
    TRY(wn_new(&made, n));
    for (size_t i = 0; i < n; i++)
        TRY(name_column(&made[i], fields, i));
    TRY(part(made, n));
    *names = made;
    made = NULL;
done:
    wn_csv_names_free(made, n);
    return status;
}

void wn_csv_names_free(char **names, size_t n)
{
    for (size_t i = 0; names != NULL && i < n; i++)
        wn_free(names[i]);
    wn_free(names);
}
