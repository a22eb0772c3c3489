#include "job_rules.h"

#include "values.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

/* A name of an image stands for its cells' columns NAME0 .. NAMEn-1; in lists of columns it becomes one glob for each
 * number of digits: px[0-9], px[0-9][0-9], ... */

int64_t wn_job_image_cells(const wn_column_type *type)
{
    return type->height * type->width * type->channels;
}

static size_t n_digits(const wn_column_type *type)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%lld", (long long)(wn_job_image_cells(type) - 1));
    return (size_t)n;
}

static const wn_column_type *image_of(const wn_job *job, const char *name)
{
    for (size_t i = 0; i < job->input.n_types; i++)
        if (job->input.types[i].word == WN_TYPE_IMAGE && strcmp(job->input.types[i].name, name) == 0)
            return &job->input.types[i];
    return NULL;
}

static wn_status glob_of(const char *name, size_t digits, char **glob)
{
    char tail[8 * 16];
    size_t n = 0;
    for (size_t i = 0; i < digits && n + 6 < sizeof tail; i++)
        n += (size_t)snprintf(tail + n, sizeof tail - n, "[0-9]");
    return wn_string_format(glob, "%s%s", name, tail);
}

static wn_status insert_text(wn_text_list *list, size_t position, char *text)
{
    wn_status status = wn_resize(&list->text, list->n + 1);
    if (status != WN_OK)
        return status;
    memmove(&list->text[position + 1], &list->text[position], (list->n - position) * sizeof *list->text);
    list->text[position] = text;
    list->n++;
    return WN_OK;
}

static wn_status expand_list(const wn_job *job, wn_text_list *list)
{
    wn_status status = WN_OK;
    char *glob = NULL;
    for (size_t i = 0; i < list->n; i++) {
        const wn_column_type *image = image_of(job, list->text[i]);
        if (!image)
            continue;
        size_t digits = n_digits(image);
        for (size_t d = digits; d > 1; d--) {
            TRY(glob_of(image->name, d, &glob));
            TRY(insert_text(list, i + 1, glob));
            glob = NULL;
        }
        TRY(glob_of(image->name, 1, &glob));
        wn_free(list->text[i]);
        list->text[i] = glob;
        glob = NULL;
        i += digits - 1;
    }
done:
    wn_free(glob);
    return status;
}

bool wn_job_image_has(const wn_job *job, const char *name, const char *column)
{
    const wn_column_type *image = image_of(job, name);
    size_t n = strlen(name);
    int64_t cell = 0;
    if (!image || strncmp(column, name, n) != 0 || !wn_value_integer(column + n, &cell))
        return false;
    return cell >= 0 && cell < wn_job_image_cells(image);
}

bool wn_job_encodes_pixel(const wn_job *job, const char *column)
{
    bool is_pixel = false;
    for (size_t i = 0; i < job->input.n_types && job->has_extract && job->extract.image.method != WN_IMAGE_NONE; i++)
        is_pixel |= wn_job_image_has(job, job->input.types[i].name, column);
    return is_pixel;
}

/* What is ignored is excluded, once. */
static wn_status exclude_ignored(wn_job *job)
{
    wn_status status = WN_OK;
    wn_text_list *exclude = &job->input.exclude;
    char *copy = NULL;
    for (size_t i = 0; i < job->input.n_types && status == WN_OK; i++) {
        const wn_column_type *type = &job->input.types[i];
        bool is_there = type->word != WN_TYPE_IGNORE;
        for (size_t k = 0; k < exclude->n; k++)
            is_there = is_there || strcmp(exclude->text[k], type->name) == 0;
        if (is_there)
            continue;
        status = wn_string_copy(&copy, type->name);
        if (status == WN_OK)
            status = insert_text(exclude, exclude->n, copy);
        if (status != WN_OK)
            wn_free(copy);
        copy = NULL;
    }
    return status;
}

void wn_job_reader_expand_images(wn_job_reader *reader)
{
    wn_job *job = reader->job;
    if (!wn_job_reader_keep(reader, exclude_ignored(job)))
        return;
    wn_text_list *lists[] = {&job->input.include, &job->input.exclude, &job->rank.always, &job->rank.never};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (!wn_job_reader_keep(reader, expand_list(job, lists[i])))
            return;
}
