#include "inspection.h"

#include "child.h"
#include "object_list.h"

#include <stdbool.h>

static wn_status print_object(wn_hdf5_file *file, const char *path, FILE *out)
{
    wn_status status = WN_OK;
    wn_member member = {0};
    hid_t object = -1;
    TRY(wn_hdf5_open_object(file, path, &object));
    if (object < 0 || H5Iget_type(object) != H5I_DATASET)
        goto done;
    TRY(wn_member_read(&member, file, path, object));
    wn_inspect_dataset(&member, object, out);
done:
    wn_member_clear(&member);
    wn_hdf5_release(object);
    return status;
}

static wn_status print_file(const char *path, FILE *out)
{
    wn_status status = WN_OK;
    wn_hdf5_file file = {.id = -1, .links = -1};
    wn_object_list objects = {0};
    TRY(wn_hdf5_open(&file, path));
    TRY(wn_object_list_all(&objects, &file));
    fprintf(out, "%s (%lld bytes)\n", path, (long long)file.n_bytes);
    for (size_t i = 0; i < objects.n; i++)
        TRY(print_object(&file, objects.paths[i], out));
    fputc('\n', out);
done:
    wn_object_list_clear(&objects);
    wn_hdf5_close(&file);
    return status;
}

typedef struct {
    const char *const *paths;
    size_t n;
} path_array;

static wn_status inspect(void *context, FILE *out)
{
    const path_array *files = context;
    wn_status status = WN_OK;
    for (size_t i = 0; i < files->n; i++)
        TRY(print_file(files->paths[i], out));
    TRY(wn_inspect_section(files->paths, files->n, out));
done:
    return status;
}

wn_status wn_inspect(const char *const *paths, size_t n_paths, FILE *out)
{
    path_array files = {.paths = paths, .n = n_paths};
    if (n_paths == 0)
        return wn_fail(WN_NO_INPUT, "no file to look at");
    return wn_child_run(inspect, &files, out);
}

static wn_status try_catalog(void *context, FILE *out)
{
    (void)out;
    wn_catalog *catalog = NULL;
    wn_status status = wn_catalog_read(&catalog, context);
    wn_catalog_free(catalog);
    return status;
}

wn_status wn_catalog_try(const wn_input *input)
{
    wn_input copy = *input;
    return wn_child_run(try_catalog, &copy, NULL);
}
