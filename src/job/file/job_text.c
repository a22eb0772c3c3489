#include "job_profile.h"
#include "keys.h"

#include "winnow/hash.h"
#include "winnow/memory.h"

#include <errno.h>
#include <string.h>

enum { DEPTH_MAX = 4 };

static bool is_absent(const wn_key *key, const wn_job *job)
{
    for (size_t i = 0; i < wn_n_job_sections; i++) {
        size_t n = strlen(wn_job_sections[i].name);
        if (strncmp(key->path, wn_job_sections[i].name, n) == 0 && key->path[n] == '.')
            return !*(const bool *)((const char *)job + wn_job_sections[i].offset);
    }
    return false;
}

/* Opens the groups of a key's path that the key before was not in: "train:" and "  model:". */
static void add_groups(wn_text_buffer *text, const char *before, const char *path)
{
    size_t depth = 0;
    for (const char *point = strchr(path, '.'); point; point = strchr(point + 1, '.'), depth++) {
        size_t n = (size_t)(point - path) + 1;
        if (strncmp(before, path, n) == 0)
            continue;
        const char *name = path;
        for (const char *c = path; c < point; c++)
            if (*c == '.')
                name = c + 1;
        wn_text_add(text, "%*s%.*s:\n", 2 * (int)depth, "", (int)(point - name), name);
    }
}

static int depth_of(const char *path)
{
    int depth = 0;
    for (const char *point = strchr(path, '.'); point; point = strchr(point + 1, '.'))
        depth++;
    return depth;
}

/* The keys that are wanted; NULL: all. */
static wn_status text_of(const wn_job *job, bool (*wants)(const wn_key *key), char **yaml)
{
    wn_text_buffer text = {0};
    const char *before = "";
    for (size_t i = 0; i < wn_n_keys && text.status == WN_OK; i++) {
        const wn_key *key = &wn_keys[i];
        wn_text_buffer value = {0};
        if (is_absent(key, job) || (wants != NULL && !wants(key)))
            continue;
        key->kind->write(key, job, &value);
        if (value.status != WN_OK)
            text.status = value.status;
        if (value.n > 0) {
            const char *name = strrchr(key->path, '.');
            add_groups(&text, before, key->path);
            wn_text_add(&text, "%*s%s: %s\n", 2 * depth_of(key->path), "", name ? name + 1 : key->path, value.bytes);
            before = key->path;
        }
        wn_text_clear(&value);
    }
    return wn_text_finish(&text, yaml);
}

wn_status wn_job_text(const wn_job *job, char **yaml)
{
    return text_of(job, NULL, yaml);
}

static bool makes_profile(const wn_key *key)
{
    static const char *const sections[] = {"input.", "clean.", "normalize.", "extract."};
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (strncmp(key->path, sections[i], strlen(sections[i])) == 0)
            return true;
    return false;
}

wn_status wn_job_profile_text(const wn_job *job, char **yaml)
{
    return text_of(job, makes_profile, yaml);
}

/* Adds "path: value" of the keys that begin with `section`, budgets apart. */
static void add_section(wn_text_buffer *text, const wn_job *job, const char *section)
{
    size_t n = strlen(section);
    for (size_t i = 0; i < wn_n_keys; i++) {
        const wn_key *key = &wn_keys[i];
        bool is_in = strncmp(key->path, section, n) == 0 && (key->path[n] == '.' || !key->path[n]);
        if (!is_in || key->is_budget || is_absent(key, job))
            continue;
        wn_text_add(text, "%s: ", key->path);
        key->kind->write(key, job, text);
        wn_text_add(text, "\n");
    }
}

wn_status wn_job_section_hash(const wn_job *job, const char *section, wn_hash *hash)
{
    wn_text_buffer text = {0};
    char *bytes = NULL;
    if (*section && !wn_key_is_group(section))
        return wn_fail(WN_INTERNAL, "the job has no section %s", section);
    add_section(&text, job, *section ? section : "seed");
    wn_status status = wn_text_finish(&text, &bytes);
    if (status == WN_OK)
        *hash = wn_hash_bytes(bytes, strlen(bytes), 0);
    wn_free(bytes);
    return status;
}

static void add_cell(wn_text_buffer *line, const char *cell)
{
    for (const char *c = cell; *c; c++)
        wn_text_add(line, *c == '|' ? "\\|" : "%c", *c);
}

static void add_key_line(wn_text_buffer *text, const wn_key *key)
{
    wn_text_buffer allowed = {0};
    key->kind->allow(key, &allowed);
    if (allowed.status != WN_OK)
        text->status = allowed.status;
    wn_text_add(text, "| `%s` | ", key->path);
    add_cell(text, allowed.bytes ? allowed.bytes : "");
    if (key->value)
        wn_text_add(text, " | `%s` | ", key->value);
    else
        wn_text_add(text, " | %s | ", key->note ? key->note : "");
    add_cell(text, key->help);
    wn_text_add(text, " |\n");
    wn_text_clear(&allowed);
}

static void add_introduction(wn_text_buffer *text)
{
    wn_text_add(text, "# The keys of a job file\n\n"
                      "Made by `winnow run --help-keys`. A section that is left out is a stage that is left out; in a "
                      "section that is there, a key that is left out has its default.\n"
                      "Paths may hold `$NAME`, `${NAME}`, `~` and `$$` for a dollar. A share is a decimal: `1` is one, "
                      "`1.0` is all.\n\n"
                      "| key | value | default | meaning |\n|---|---|---|---|\n");
}

wn_status wn_job_print_keys(FILE *out)
{
    wn_text_buffer text = {0};
    char *bytes = NULL;
    add_introduction(&text);
    for (size_t i = 0; i < wn_n_keys; i++)
        add_key_line(&text, &wn_keys[i]);
    wn_status status = wn_text_finish(&text, &bytes);
    if (status == WN_OK && (fputs(bytes, out) == EOF || fflush(out) != 0))
        status = wn_fail(WN_IO, "cannot print: %s", strerror(errno));
    wn_free(bytes);
    return status;
}
