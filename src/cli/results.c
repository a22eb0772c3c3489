#include "results.h"

#include <string.h>

typedef struct {
    const char *key, *path, *unit;
} result;

static const result results[] = {
    {"rows_read", "rows.read", "rows"},
    {"rows_kept", "rows.kept", "rows"},
    {"accuracy", "metrics.dense.accuracy", "fraction"},
    {"r2", "metrics.dense.r2", "fraction"},
    {"accuracy_compressed", "metrics.compressed.accuracy", "fraction"},
    {"r2_compressed", "metrics.compressed.r2", "fraction"},
    {"compressed_bytes", "compression.compressed_bytes", "bytes"},
    {"ratio", "compression.ratio", "x"},
    {"seconds", "seconds", "s"},
    {"peak_rss", "peak_rss_bytes", "bytes"},
};

static const json_t *value_at(const json_t *object, const char *path)
{
    char name[64];
    while (object && *path) {
        size_t n = strcspn(path, ".");
        snprintf(name, sizeof name, "%.*s", (int)n, path);
        object = json_object_get(object, name);
        path += n + (path[n] == '.');
    }
    return object;
}

void wn_results_print(const json_t *summary, const char *report, FILE *out)
{
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        const json_t *value = value_at(summary, results[i].path);
        if (json_is_integer(value))
            fprintf(out, "RESULT %s=%lld %s\n", results[i].key, (long long)json_integer_value(value), results[i].unit);
        else if (json_is_real(value))
            fprintf(out, "RESULT %s=%.10g %s\n", results[i].key, json_real_value(value), results[i].unit);
    }
    fprintf(out, "RESULT report=%s path\n", report);
}
