#include "expected.h"

#include "testing.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool run_python(const char *arguments)
{
    char command[2048];
    const char *python = getenv("WN_PYTHON");
    snprintf(command, sizeof command, "%s %s", python != NULL ? python : "/usr/bin/python3", arguments);
    return system(command) == 0;
}

bool fixtures_make(void)
{
    char arguments[1024];
    int done = 0;
    if (test_ranks.rank == 0) {
        snprintf(arguments, sizeof arguments, "%s %s", WN_FIXTURES, test_path("."));
        done = run_python(arguments);
    }
    MPI_Bcast(&done, 1, MPI_INT, 0, MPI_COMM_WORLD);
    CU_ASSERT(done);
    return done;
}

const char *fixture(const char *name)
{
    return test_path(name);
}

static bool read_names(FILE *file, expected_table *e)
{
    e->names = calloc((size_t)e->n_cols + 1, sizeof *e->names);
    for (int64_t i = 0; i < e->n_cols; i++) {
        char name[256];
        if (fgets(name, sizeof name, file) == NULL)
            return false;
        name[strcspn(name, "\n")] = '\0';
        e->names[i] = strdup(name);
    }
    return fgetc(file) == 0;
}

expected_table expected_load(const char *name)
{
    char file_name[256];
    int64_t sizes[2] = {0};
    expected_table e = {.n_rows = -1};
    snprintf(file_name, sizeof file_name, "%s.expected", name);
    FILE *file = fopen(fixture(file_name), "rb");
    bool is_read = file != NULL && fread(sizes, sizeof sizes, 1, file) == 1;
    e.n_cols = sizes[1];
    if (is_read && read_names(file, &e)) {
        size_t n = (size_t)(sizes[0] * sizes[1]);
        e.cells = calloc(n + 1, sizeof *e.cells);
        e.labels = calloc((size_t)sizes[0] + 1, sizeof *e.labels);
        if (fread(e.cells, sizeof *e.cells, n, file) == n &&
            fread(e.labels, sizeof *e.labels, (size_t)sizes[0], file) == (size_t)sizes[0])
            e.n_rows = sizes[0];
    }
    CU_ASSERT(e.n_rows >= 0);
    if (file != NULL)
        fclose(file);
    return e;
}

void expected_free(expected_table *expected)
{
    for (int64_t i = 0; expected->names != NULL && i < expected->n_cols; i++)
        free(expected->names[i]);
    free(expected->names);
    free(expected->cells);
    free(expected->labels);
}

wn_input input_of(const char *name, const char *table, const char *label)
{
    static const char *patterns[4];
    static char texts[4][512];
    static size_t next;
    size_t slot = next++ % 4;
    snprintf(texts[slot], sizeof texts[slot], "%s", fixture(name));
    patterns[slot] = texts[slot];
    return (wn_input){.files = &patterns[slot], .n_files = 1, .table = table, .label = label};
}

void check_fails(wn_status status, wn_status code, const char *words, const char *call, const char *file, int line)
{
    char text[WN_MESSAGE_SIZE + 1024];
    const char *message = status == WN_OK ? "(it succeeded)" : wn_status_message();
    bool is_right = status == code && strstr(message, words) != NULL;
    snprintf(text, sizeof text, "%s: status %d, not %d with '%s': %s", call, (int)status, (int)code, words, message);
    CU_assertImplementation(is_right, (unsigned)line, text, file, "", CU_FALSE);
}

int64_t open_handles(void)
{
    return H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL);
}
