/* The frame around the sections, and the file's bytes. */
#include "sections.h"

#include "winnow/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

/* magic (4), version (1), 3 zero bytes, total length (8), checksum of these 16 bytes (8) */
enum { HEAD = 24, VERSION = 5 };

/* tag (4), length (4), checksum of tag, length and bytes (8) */
enum { SECTION_HEAD = 16 };

static const char magic[4] = {'W', 'N', 'M', '\n'};

static void put_number(unsigned char *at, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

static uint64_t get_number(const unsigned char *at, size_t n)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++)
        value |= (uint64_t)at[i] << 8 * i;
    return value;
}

static uint64_t section_checksum(const unsigned char *head, const unsigned char *data, size_t n)
{
    return XXH3_64bits_withSeed(data, n, XXH3_64bits(head, 8));
}

static wn_status put_section(wn_bytes *out, const char *tag, const wn_bytes *section)
{
    wn_status status = WN_OK;
    unsigned char head[SECTION_HEAD];
    if (section->n > UINT32_MAX)
        return wn_fail(WN_UNAVAILABLE, "section %s of the artefact exceeds 4 GiB", tag);
    memcpy(head, tag, 4);
    put_number(head + 4, section->n, 4);
    put_number(head + 8, section_checksum(head, section->data, section->n), 8);
    TRY(wn_bytes_append(out, head, sizeof head));
    TRY(wn_bytes_append(out, section->data, section->n));
done:
    return status;
}

static wn_status put_sections(const wn_artefact *artefact, wn_bytes *out)
{
    wn_status status = WN_OK;
    wn_bytes section = {0};
    TRY(wn_section_pack_names(&section, artefact->recipe));
    TRY(put_section(out, "NAME", &section));
    section.n = 0;
    TRY(wn_section_pack_columns(&section, artefact->recipe));
    TRY(wn_section_pack_encoders(&section, artefact->recipe));
    TRY(put_section(out, "COLS", &section));
    for (size_t l = 0; l < artefact->network->n_layers; l++) {
        section.n = 0;
        TRY(wn_section_pack_layer(&section, artefact, l));
        TRY(put_section(out, "LAYR", &section));
    }
done:
    wn_bytes_clear(&section);
    return status;
}

wn_status wn_artefact_encode(const wn_artefact *artefact, wn_bytes *out)
{
    wn_status status = WN_OK;
    unsigned char head[HEAD] = {0};
    size_t first = out->n;
    TRY(wn_bytes_append(out, head, HEAD));
    TRY(put_sections(artefact, out));
    memcpy(head, magic, sizeof magic);
    head[4] = VERSION;
    put_number(head + 8, out->n - first, 8);
    put_number(head + 16, XXH3_64bits(head, 16), 8);
    memcpy(out->data + first, head, HEAD);
done:
    return status;
}

static wn_status check_head(wn_cursor *cursor)
{
    const unsigned char *head = cursor->data;
    size_t n = cursor->n;
    if (n < HEAD || memcmp(head, magic, sizeof magic) != 0)
        return wn_fail(WN_BAD_DATA, "not a compressed model of Winnow's");
    if (XXH3_64bits(head, 16) != get_number(head + 16, 8))
        return wn_fail(WN_BAD_DATA, "the header is damaged");
    if (head[4] != VERSION)
        return wn_fail(WN_BAD_DATA, "format version %d is not known to this program", head[4]);
    if (get_number(head + 8, 8) != n)
        return wn_fail(WN_BAD_DATA, "the file has %zu bytes, its header says %llu", n,
                       (unsigned long long)get_number(head + 8, 8));
    *cursor = (wn_cursor){head + HEAD, n - HEAD};
    return WN_OK;
}

/* The next section, which must have this tag. */
static wn_status next_section(wn_cursor *cursor, const char *tag, wn_cursor *section)
{
    const unsigned char *head = cursor->data;
    if (cursor->n < SECTION_HEAD || memcmp(head, tag, 4) != 0)
        return wn_fail(WN_BAD_DATA, "section %s is missing", tag);
    size_t n = get_number(head + 4, 4);
    if (n > cursor->n - SECTION_HEAD)
        return wn_fail(WN_BAD_DATA, "section %s is cut off", tag);
    if (section_checksum(head, head + SECTION_HEAD, n) != get_number(head + 8, 8))
        return wn_fail(WN_BAD_DATA, "section %s is damaged", tag);
    *section = (wn_cursor){head + SECTION_HEAD, n};
    *cursor = (wn_cursor){head + SECTION_HEAD + n, cursor->n - SECTION_HEAD - n};
    return WN_OK;
}

/* Sections LAYR to the end; *n_layers counts also those begun before a failure. */
static wn_status read_layers(wn_cursor *cursor, size_t n_inputs, wn_read_layer *layers, size_t *n_layers)
{
    wn_status status = WN_OK;
    size_t n_in = n_inputs, n_weights = 0;
    while (cursor->n > 0) {
        wn_cursor section;
        if (*n_layers == WN_MAX_LAYERS)
            return wn_fail(WN_BAD_DATA, "more than %d sections LAYR", WN_MAX_LAYERS);
        TRY(next_section(cursor, "LAYR", &section));
        wn_read_layer *layer = &layers[(*n_layers)++];
        status = wn_section_unpack_layer(&section, n_in, layer);
        if (status != WN_OK)
            return wn_fail_prefix(status, "section LAYR %zu", *n_layers);
        n_weights += n_in * layer->n_out;
        if (n_weights > WN_MAX_WEIGHTS)
            return wn_fail(WN_BAD_DATA, "section LAYR %zu: too large", *n_layers);
        n_in = layer->n_out;
    }
done:
    return status;
}

static void name_layer(wn_layer *to, bool has_projection, size_t l)
{
    if (has_projection && l == 0)
        snprintf(to->name, sizeof to->name, "projection");
    else
        snprintf(to->name, sizeof to->name, "layer%zu", has_projection ? l : l + 1);
}

static void move_layer(wn_artefact *artefact, wn_read_layer *from, size_t l)
{
    wn_layer *to = &artefact->network->layers[l];
    float *parameters = artefact->network->parameters;
    to->activation = from->activation;
    if (from->weight != NULL) {
        memcpy(parameters + to->weight, from->weight, to->n_in * to->n_out * sizeof *from->weight);
        memcpy(parameters + to->bias, from->bias, to->n_out * sizeof *from->bias);
    }
    artefact->coding->layers[l] = from->coded;
    from->coded = (wn_coded_layer){0};
}

static wn_status check_outputs(const wn_labels *labels, const wn_read_layer *layers, size_t n_layers)
{
    size_t n_outputs = labels->task == WN_TASK_CLASSIFICATION ? labels->n_classes : 1;
    if (n_layers == 0 || layers[n_layers - 1].n_out != n_outputs)
        return wn_fail(WN_BAD_DATA, "the layers do not end in %zu outputs", n_outputs);
    for (size_t l = 1; l < n_layers; l++)
        if (layers[l].is_projection)
            return wn_fail(WN_BAD_DATA, "section LAYR %zu: a projection behind another layer", l + 1);
    return WN_OK;
}

static wn_status assemble(wn_artefact *artefact, wn_read_layer *layers, size_t n_layers)
{
    wn_status status = WN_OK;
    size_t *widths = NULL;
    TRY(check_outputs(&artefact->recipe->labels, layers, n_layers));
    TRY(wn_new(&widths, n_layers + 1));
    widths[0] = artefact->recipe->n_selected;
    for (size_t l = 0; l < n_layers; l++)
        widths[l + 1] = layers[l].n_out;
    TRY(wn_network_new(&artefact->network, artefact->recipe->labels.task, widths, n_layers));
    TRY(wn_new(&artefact->coding, 1));
    TRY(wn_new(&artefact->coding->layers, n_layers));
    artefact->coding->n_layers = n_layers;
    for (size_t l = 0; l < n_layers; l++) {
        name_layer(&artefact->network->layers[l], layers[0].is_projection, l);
        move_layer(artefact, &layers[l], l);
    }
    TRY(wn_artefact_complete(artefact));
done:
    wn_free(widths);
    return status;
}

static wn_status read_recipe(wn_cursor *cursor, wn_recipe **recipe)
{
    wn_status status = WN_OK;
    wn_cursor section;
    TRY(next_section(cursor, "NAME", &section));
    status = wn_section_unpack_names(&section, recipe);
    if (status != WN_OK)
        return wn_fail_prefix(status, "section NAME");
    TRY(next_section(cursor, "COLS", &section));
    status = wn_section_unpack_columns(&section, *recipe);
    if (status == WN_OK)
        status = wn_section_unpack_encoders(&section, *recipe);
    if (status != WN_OK)
        return wn_fail_prefix(status, "section COLS");
done:
    return status;
}

wn_status wn_artefact_decode(wn_artefact **artefact, const unsigned char *data, size_t n)
{
    wn_status status = WN_OK;
    wn_cursor cursor = {data, n};
    wn_artefact *made = NULL;
    wn_read_layer layers[WN_MAX_LAYERS] = {0};
    size_t n_layers = 0;
    TRY(check_head(&cursor));
    TRY(wn_new(&made, 1));
    TRY(read_recipe(&cursor, &made->recipe));
    TRY(read_layers(&cursor, made->recipe->n_selected, layers, &n_layers));
    TRY(assemble(made, layers, n_layers));
    made->n_bytes = (int64_t)n;
    *artefact = made;
    made = NULL;
done:
    for (size_t l = 0; l < n_layers; l++)
        wn_read_layer_clear(&layers[l]);
    wn_artefact_free(made);
    return status;
}

static wn_status read_file(const char *path, unsigned char **data, size_t *n)
{
    wn_status status = WN_OK;
    struct stat info;
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return wn_fail(WN_NO_INPUT, "%s: %s", path, strerror(errno));
    if (fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode))
        TRY(wn_fail(WN_NO_INPUT, "%s: not a file", path));
    TRY(wn_new(data, (size_t)info.st_size));
    *n = fread(*data, 1, (size_t)info.st_size, file);
    if (ferror(file))
        TRY(wn_fail(WN_IO, "%s: %s", path, strerror(errno)));
done:
    fclose(file);
    return status;
}

wn_status wn_artefact_read(wn_artefact **artefact, const char *path)
{
    wn_status status = WN_OK;
    unsigned char *data = NULL;
    size_t n = 0;
    TRY(read_file(path, &data, &n));
    status = wn_artefact_decode(artefact, data, n);
    if (status != WN_OK)
        status = wn_fail_prefix(status, "%s", path);
done:
    wn_free(data);
    return status;
}
