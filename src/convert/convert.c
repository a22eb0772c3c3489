#include "winnow/convert.h"

#include "idx_table.h"
#include "json_lines.h"
#include "npy_table.h"
#include "svmlight.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool ends_with(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n > m && strcasecmp(path + n - m, ending) == 0;
}

/* Formats of the plan that this build does not read, by their usual endings, also of compressed files. */
static wn_status check_ending(const char *path)
{
    static const char *const later[] = {".npz", ".json", ".parquet"};
    static const char *const packed[] = {".csv.zst", ".tsv.zst", ".csv.bz2", ".tsv.bz2", ".csv.xz", ".tsv.xz"};
    char name[32];
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        snprintf(name, sizeof name, "%s.gz", later[i]);
        if (ends_with(path, later[i]) || ends_with(path, name))
            return wn_fail(
                WN_UNAVAILABLE,
                "%s: converting from %s is not built yet; CSV, JSON lines, svmlight, .npy and IDX (also .gz) are", path,
                later[i]);
    }
    for (size_t i = 0; i < sizeof packed / sizeof *packed; i++) {
        if (ends_with(path, packed[i]))
            return wn_fail(WN_UNAVAILABLE, "%s: of compressed CSV only .gz is built: uncompress it first", path);
    }
    return WN_OK;
}

typedef enum { CSV, JSON_LINES, SVMLIGHT, NPY, IDX } format;

static format format_of(const char *path)
{
    if (wn_csv_is_source(path))
        return CSV;
    if (wn_json_lines_is_source(path))
        return JSON_LINES;
    if (wn_svmlight_is_source(path))
        return SVMLIGHT;
    return wn_npy_is_source(path) ? NPY : IDX;
}

/* Formats that one rank reads. */
static wn_status convert_alone(format of, const char *const *sources, size_t n_sources, const char *output)
{
    switch (of) {
    case JSON_LINES:
        return wn_json_lines_convert(sources, n_sources, output);
    case SVMLIGHT:
        return wn_svmlight_convert(sources, n_sources, output);
    case NPY:
        return wn_npy_convert(sources, n_sources, output);
    default:
        return wn_idx_convert(sources, n_sources, output);
    }
}

static wn_status check_sources(const char *const *sources, size_t n)
{
    wn_status status = WN_OK;
    if (n == 0)
        return wn_fail(WN_NO_INPUT, "nothing to convert");
    for (size_t i = 0; i < n; i++) {
        TRY(check_ending(sources[i]));
        if (format_of(sources[i]) != format_of(sources[0]))
            return wn_fail(WN_USAGE, "%s and %s are not of one format", sources[0], sources[i]);
    }
done:
    return status;
}

wn_status wn_convert(const wn_ranks *ranks, const char *const *sources, size_t n_sources, const char *output,
                     const wn_convert_options *options)
{
    wn_status status = check_sources(sources, n_sources);
    if (status != WN_OK)
        return status;
    format of = format_of(sources[0]);
    if (of == CSV)
        return wn_csv_convert(ranks, sources, n_sources, output, &options->csv);
    if (ranks->rank == 0)
        status = convert_alone(of, sources, n_sources, output);
    return wn_ranks_agree(ranks, status);
}
