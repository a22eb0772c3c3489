#include "inspection.h"

#include "candidate.h"
#include "layout.h"
#include "winnow/memory.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A guess at a table: what will be printed. */
typedef struct {
    wn_object_list tables;
    char *label;             /* NULL: none by that name */
    wn_object_list excluded; /* columns that cannot be read */
} guess;

static void guess_clear(guess *g)
{
    wn_object_list_clear(&g->tables);
    wn_object_list_clear(&g->excluded);
    wn_free(g->label);
}

static bool is_label_name(const char *name)
{
    static const char *const names[] = {"label", "labels", "target", "targets", "y", "class"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

static wn_status guess_label(guess *g, const wn_members *members)
{
    char buffer[WN_MEMBER_NAME_SIZE];
    for (size_t m = 0; m < members->n && g->label == NULL; m++) {
        const wn_member *member = &members->items[m];
        if (member->problem == WN_OK && member->width == 1 && is_label_name(member->name))
            return wn_string_copy(&g->label, member->name);
        for (size_t p = 0; member->column_names != NULL && p < member->width; p++) {
            const char *name = wn_member_column(member, p, buffer);
            if (is_label_name(name))
                return wn_string_copy(&g->label, name);
        }
    }
    return WN_OK;
}

static wn_status guess_excluded(guess *g, const wn_members *members)
{
    wn_status status = WN_OK;
    for (size_t m = 0; m < members->n && status == WN_OK; m++) {
        if (members->items[m].problem != WN_OK)
            status = wn_object_list_add(&g->excluded, members->items[m].name);
    }
    return status;
}

/* The columns of the first table; its own label goes before one at the root. */
static wn_status guess_columns(guess *g, wn_hdf5_file *file, const char *table)
{
    wn_status status = WN_OK;
    wn_members members = {0};
    char *root_label = g->label;
    hid_t object = -1;
    g->label = NULL;
    TRY(wn_hdf5_open_object(file, table, &object));
    if (object >= 0 && H5Iget_type(object) == H5I_DATASET)
        TRY(wn_members_read_one(&members, file, table));
    else
        TRY(wn_members_read(&members, file, table));
    TRY(guess_excluded(g, &members));
    TRY(guess_label(g, &members));
    if (g->label == NULL) {
        g->label = root_label;
        root_label = NULL;
    }
done:
    wn_free(root_label);
    wn_hdf5_release(object);
    wn_members_clear(&members);
    return status;
}

/* What the root has by a label's name is not a table of its own, unless it is all there is. */
static wn_status guess_tables(guess *g, wn_hdf5_file *file)
{
    wn_status status = WN_OK;
    wn_members root = {0};
    wn_input input = {0};
    TRY(wn_members_read(&root, file, "/"));
    TRY(guess_label(g, &root));
    input.label = g->label;
    status = wn_candidate_list(&g->tables, file, &input);
    if (status != WN_BAD_DATA || g->label == NULL)
        goto done;
    wn_free(g->label);
    g->label = NULL;
    input.label = NULL;
    TRY(wn_candidate_list(&g->tables, file, &input));
done:
    wn_members_clear(&root);
    return status;
}

static wn_status make_guess(guess *g, const char *path)
{
    wn_status status = WN_OK;
    wn_hdf5_file file = {.id = -1, .links = -1};
    TRY(wn_hdf5_open(&file, path));
    TRY(guess_tables(g, &file));
    TRY(guess_columns(g, &file, g->tables.paths[0]));
done:
    wn_hdf5_close(&file);
    return status;
}

/* JSON's quotes where a word is not plain in YAML. */
static void print_word(const char *word, FILE *out)
{
    bool is_plain = isalpha((unsigned char)word[0]) || word[0] == '/' || word[0] == '_';
    for (const char *c = word; *c != '\0'; c++)
        is_plain = is_plain && (isalnum((unsigned char)*c) || strchr("_-./", *c) != NULL);
    static const char *const reserved[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "none"};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        is_plain = is_plain && strcasecmp(word, reserved[i]) != 0;
    if (is_plain) {
        fputs(word, out);
        return;
    }
    fputc('"', out);
    for (const char *c = word; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ')
            fprintf(out, "\\x%02x", (unsigned)(unsigned char)*c);
        else
            fprintf(out, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
    }
    fputc('"', out);
}

static void print_words(const char *key, const char *const *words, size_t n, FILE *out)
{
    fputs(key, out);
    for (size_t i = 0; i < n; i++) {
        fputs(i > 0 ? ", " : "", out);
        print_word(words[i], out);
    }
}

static void print_guess(const guess *g, const char *const *paths, size_t n_paths, FILE *out)
{
    print_words("input:\n  files: [", paths, n_paths, out);
    print_words("]\n  table: ", (const char *const *)g->tables.paths, 1, out);
    fputc('\n', out);
    for (size_t i = 1; i < g->tables.n; i++)
        fprintf(out, "  # table: %s\n", g->tables.paths[i]);
    if (g->label != NULL)
        print_words("  label: ", (const char *const *)&g->label, 1, out);
    fputs(g->label != NULL ? "\n" : "  # label: NAME\n", out);
    if (g->excluded.n == 0)
        return;
    print_words("  columns: {exclude: [", (const char *const *)g->excluded.paths, g->excluded.n, out);
    fputs("]}\n", out);
}

/* Whether the files are one table as guessed; only the first file is offered where they are not. */
static wn_status try_guess(const guess *g, const char *const *paths, size_t n_paths)
{
    wn_catalog *catalog = NULL;
    const wn_input input = {.files = paths,
                            .n_files = n_paths,
                            .table = g->tables.paths[0],
                            .label = g->label,
                            .exclude = (const char *const *)g->excluded.paths,
                            .n_exclude = g->excluded.n};
    wn_status status = wn_catalog_read(&catalog, &input);
    wn_catalog_free(catalog);
    return status;
}

wn_status wn_inspect_section(const char *const *paths, size_t n_paths, FILE *out)
{
    guess g = {0};
    wn_status status = make_guess(&g, paths[0]);
    if (status == WN_BAD_DATA || status == WN_UNAVAILABLE) {
        fprintf(out, "# input: %s\n", wn_status_message());
        status = WN_OK;
    } else if (status == WN_OK) {
        if (try_guess(&g, paths, n_paths) != WN_OK) {
            fprintf(out, "# These are not one table: %s\n", wn_status_message());
            n_paths = 1;
        }
        print_guess(&g, paths, n_paths, out);
    }
    guess_clear(&g);
    return status;
}
