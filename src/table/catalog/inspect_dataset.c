#include "inspection.h"

#include "member_storage.h"

#include <string.h>

static void print_shape(const hsize_t *dims, int rank, FILE *out)
{
    for (int i = 0; i < rank; i++)
        fprintf(out, "%s%llu", i > 0 ? " x " : "", (unsigned long long)dims[i]);
}

static void print_filters(hid_t creation, FILE *out)
{
    int n = H5Pget_nfilters(creation);
    for (int i = 0; i < n; i++) {
        char name[32];
        unsigned flags;
        size_t n_values = 0;
        H5Z_filter_t filter = H5Pget_filter2(creation, (unsigned)i, &flags, &n_values, NULL, 0, NULL, NULL);
        wn_filter_name(filter, name, sizeof name);
        fprintf(out, "%s%s", i > 0 ? "+" : ", ", name);
    }
}

static void print_layout(hid_t creation, FILE *out)
{
    hsize_t chunk[H5S_MAX_RANK];
    int rank;
    switch (H5Pget_layout(creation)) {
    case H5D_CHUNKED:
        rank = H5Pget_chunk(creation, H5S_MAX_RANK, chunk);
        fputs("chunks of ", out);
        print_shape(chunk, rank, out);
        print_filters(creation, out);
        break;
    case H5D_CONTIGUOUS:
        fputs(H5Pget_external_count(creation) > 0 ? "in another file" : "contiguous", out);
        break;
    case H5D_COMPACT:
        fputs("compact", out);
        break;
    case H5D_VIRTUAL:
        fputs("virtual", out);
        break;
    default:
        fputs("unknown layout", out);
        break;
    }
}

static void print_columns(const wn_member *member, FILE *out)
{
    enum { MOST = 8 };
    if (member->column_names == NULL)
        return;
    fputs("      columns: ", out);
    for (size_t i = 0; i < member->width && i < MOST; i++)
        fprintf(out, "%s%s", i > 0 ? ", " : "", member->column_names[i]);
    fprintf(out, "%s\n", member->width > MOST ? ", ..." : "");
}

void wn_inspect_dataset(const wn_member *member, hid_t dataset, FILE *out)
{
    char type_name[64];
    hsize_t dims[H5S_MAX_RANK];
    hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset), creation = H5Dget_create_plist(dataset);
    int rank = space < 0 ? 0 : H5Sget_simple_extent_dims(space, dims, NULL);
    wn_cell_type_name(type, type_name, sizeof type_name);
    fprintf(out, "  %-24s %-20s ", member->path, type_name);
    if (rank > 0)
        print_shape(dims, rank, out);
    else
        fputs("scalar", out);
    fputs("  ", out);
    print_layout(creation, out);
    if (member->has_fill)
        fprintf(out, ", fill value %.17g is missing", member->fill);
    fputc('\n', out);
    print_columns(member, out);
    if (member->problem != WN_OK)
        fprintf(out, "      cannot be read: %s\n", member->problem_text);
    wn_hdf5_release(creation);
    wn_hdf5_release(space);
    wn_hdf5_release(type);
}
