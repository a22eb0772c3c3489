#include "npy_table.h"

#include "npy.h"
#include "winnow/memory.h"
#include "winnow/stop.h"

#include <string.h>
#include <strings.h>

enum { BUFFER_BYTES = 4 << 20, COMPRESSION = 4 };

/* Bytes of the path without its ending; 0 where it is another. */
static size_t stem_end(const char *path)
{
    size_t n = strlen(path);
    if (n > 3 && strcasecmp(path + n - 3, ".gz") == 0)
        n -= 3;
    return n > 4 && strncasecmp(path + n - 4, ".npy", 4) == 0 ? n - 4 : 0;
}

bool wn_npy_is_source(const char *path)
{
    return stem_end(path) > 0;
}

/* The file's name without folder and ending; the caller frees it. */
static wn_status name_of(const char *path, char **name)
{
    size_t end = stem_end(path), begin = end;
    while (begin > 0 && path[begin - 1] != '/')
        begin--;
    if (begin == end || (end - begin == 1 && path[begin] == '.'))
        return wn_fail(WN_BAD_DATA, "%s: its name gives the dataset none", path);
    return wn_string_format(name, "%.*s", (int)(end - begin), path + begin);
}

static wn_status name_sources(const char *const *paths, size_t n, char **names)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n; i++) {
        TRY(name_of(paths[i], &names[i]));
        for (size_t j = 0; j < i; j++)
            if (strcmp(names[i], names[j]) == 0)
                TRY(wn_fail(WN_BAD_DATA, "%s and %s would both be the dataset %s", paths[j], paths[i], names[i]));
    }
done:
    return status;
}

static wn_status open_sources(wn_npy **sources, const char *const *paths, size_t n)
{
    wn_status status = WN_OK;
    for (size_t i = 0; i < n; i++) {
        TRY(wn_npy_open(&sources[i], paths[i]));
        if (wn_npy_rows(sources[i]) != wn_npy_rows(sources[0]))
            TRY(wn_fail(WN_BAD_DATA, "%s has %zu rows, %s has %zu", paths[i], wn_npy_rows(sources[i]), paths[0],
                        wn_npy_rows(sources[0])));
    }
done:
    return status;
}

static wn_status copy_rows(wn_table_writer *writer, size_t dataset, wn_npy *source)
{
    wn_status status = WN_OK;
    unsigned char *cells = NULL;
    size_t row_bytes = wn_npy_row_bytes(source);
    size_t slice = row_bytes < BUFFER_BYTES ? BUFFER_BYTES / row_bytes : 1;
    TRY(wn_new(&cells, slice * row_bytes));
    for (size_t row = 0; row < wn_npy_rows(source); row += slice) {
        size_t left = wn_npy_rows(source) - row, n = left < slice ? left : slice;
        if (wn_stop_requested())
            TRY(wn_fail(WN_STOPPED, "stopped while a table was converted; what was written is removed"));
        TRY(wn_npy_read(source, cells, n));
        TRY(wn_table_writer_append(writer, dataset, cells, n));
    }
    TRY(wn_npy_check_end(source));
done:
    wn_free(cells);
    return status;
}

static wn_status copy_source(wn_table_writer *writer, const char *name, wn_npy *source)
{
    wn_status status = WN_OK;
    size_t n_dims, dataset;
    const size_t *dims = wn_npy_dims(source, &n_dims);
    TRY(wn_table_writer_add_dataset(writer, name, wn_npy_type(source), dims, n_dims, COMPRESSION, &dataset));
    TRY(copy_rows(writer, dataset, source));
done:
    return status;
}

static void close_sources(wn_npy **sources, char **names, size_t n)
{
    for (size_t i = 0; sources != NULL && i < n; i++)
        wn_npy_close(sources[i]);
    for (size_t i = 0; names != NULL && i < n; i++)
        wn_free(names[i]);
    wn_free(sources);
    wn_free(names);
}

wn_status wn_npy_convert(const char *const *sources, size_t n_sources, const char *output)
{
    wn_status status = WN_OK;
    wn_npy **npy = NULL;
    char **names = NULL;
    wn_table_writer *writer = NULL;
    TRY(wn_new(&npy, n_sources));
    TRY(wn_new(&names, n_sources));
    TRY(name_sources(sources, n_sources, names));
    TRY(open_sources(npy, sources, n_sources));
    for (size_t i = 0; i < n_sources; i++)
        TRY(wn_table_writer_refuse(output, sources[i]));
    TRY(wn_table_writer_open_ordered(&writer, output));
    for (size_t i = 0; i < n_sources; i++)
        TRY(copy_source(writer, names[i], npy[i]));
    TRY(wn_table_writer_finish(writer));
done:
    wn_table_writer_close(writer);
    close_sources(npy, names, n_sources);
    return status;
}
