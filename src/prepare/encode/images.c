#include "images.h"

#include "encoder.h"

#include "winnow/image_orientations.h"
#include "winnow/memory.h"

#include <math.h>

enum { N_FACTS = 5 }; /* height, width, channels, cell, bins */

/* The pixels are the columns from the encoder's on. */
typedef struct {
    char *name;
    wn_image_shape shape;
    wn_orientations *orientations; /* NULL: edges */
    size_t cell, bins;             /* of orientations; 0 of edges */
    double greatest;
} image;

static void image_free(void *state)
{
    image *made = state;
    if (made == NULL)
        return;
    wn_orientations_free(made->orientations);
    wn_free(made->name);
    wn_free(made);
}

static size_t image_width(const void *state)
{
    const image *made = state;
    return made->shape.height * made->shape.width * made->shape.channels;
}

static size_t image_size(const void *state)
{
    const image *made = state;
    size_t down, along, bins;
    if (made->orientations == NULL)
        return made->shape.height * made->shape.width;
    wn_orientations_shape(made->orientations, &down, &along, &bins);
    return down * along * bins;
}

static double image_greatest(const void *state)
{
    return ((const image *)state)->greatest;
}

static wn_status image_name(const wn_encoder *encoder, const wn_recipe *recipe, size_t i, char **name)
{
    const image *made = encoder->state;
    size_t down, along, bins;
    (void)recipe;
    if (made->orientations == NULL)
        return wn_string_format(name, "%s:edge[%zu,%zu]", made->name, i / made->shape.width, i % made->shape.width);
    wn_orientations_shape(made->orientations, &down, &along, &bins);
    return wn_string_format(name, "%s:orientation[%zu,%zu,%zu]", made->name, i / bins / along, i / bins % along,
                            i % bins);
}

static wn_status image_apply(const wn_encoder *encoder, const wn_recipe *recipe, const wn_raw_rows *rows, double *out,
                             size_t stride)
{
    wn_status status = WN_OK;
    const image *made = encoder->state;
    const wn_recipe_column *columns = &recipe->columns[encoder->column];
    double *pixels = NULL, *scratch = NULL;
    size_t n = image_width(made);
    TRY(wn_new(&pixels, n));
    TRY(wn_new(&scratch, wn_image_scratch_size(made->shape)));
    for (size_t i = 0; i < rows->n_rows; i++) {
        for (size_t k = 0; k < n; k++)
            pixels[k] = wn_recipe_clean_cell(&columns[k], wn_raw_cell(rows, i, &columns[k]));
        if (made->orientations == NULL)
            wn_image_edges(pixels, made->shape, scratch, out + i * stride);
        else
            wn_orientations_apply(made->orientations, pixels, scratch, out + i * stride);
    }
done:
    wn_free(pixels);
    wn_free(scratch);
    return status;
}

static void list_facts(const image *made, int64_t facts[N_FACTS])
{
    const size_t from[N_FACTS] = {made->shape.height, made->shape.width, made->shape.channels, made->cell, made->bins};
    for (size_t i = 0; i < N_FACTS; i++)
        facts[i] = (int64_t)from[i];
}

static wn_status image_write(const void *state, const wn_recipe_file *file, const char *group)
{
    wn_status status = WN_OK;
    const image *made = state;
    char *greatest = NULL;
    const size_t one = 1;
    int64_t facts[N_FACTS];
    list_facts(made, facts);
    TRY(wn_recipe_file_put_text(file, group, "image", made->name));
    TRY(wn_recipe_file_put_integers(file, group, "shape", facts, 3));
    TRY(wn_recipe_file_put_integers(file, group, "cell", &facts[3], 1));
    TRY(wn_recipe_file_put_integers(file, group, "bins", &facts[4], 1));
    TRY(wn_string_format(&greatest, "%s/greatest", group));
    TRY(wn_recipe_file_put(file, greatest, H5T_NATIVE_DOUBLE, 1, &one, &made->greatest));
done:
    wn_free(greatest);
    return status;
}

static wn_status new_image(image **made, const wn_image_rule *rule)
{
    wn_status status = WN_OK;
    image *new = NULL;
    TRY(wn_new(&new, 1));
    *new = (image){.shape = rule->shape, .cell = rule->cell, .bins = rule->bins};
    TRY(wn_string_copy(&new->name, rule->name));
    if (rule->bins > 0)
        TRY(wn_orientations_new(&new->orientations, rule->shape, rule->cell, rule->bins));
    *made = new;
    new = NULL;
done:
    image_free(new);
    return status;
}

static wn_status image_read(void **state, const wn_recipe_file *file, const char *group)
{
    wn_status status = WN_OK;
    char *name = NULL, *greatest = NULL;
    image *made = NULL;
    int64_t facts[N_FACTS];
    TRY(wn_recipe_file_get_text(file, group, "image", &name));
    TRY(wn_recipe_file_get_integers(file, group, "shape", facts, 3));
    TRY(wn_recipe_file_get_integers(file, group, "cell", &facts[3], 1));
    TRY(wn_recipe_file_get_integers(file, group, "bins", &facts[4], 1));
    for (size_t i = 0; i < N_FACTS; i++)
        if (facts[i] < (i < 3) || facts[i] > WN_IMAGE_MOST)
            TRY(wn_fail(WN_BAD_DATA, "%s: not a recipe: %s has an impossible shape", file->path, group));
    wn_image_rule rule = {
        name, {(size_t)facts[0], (size_t)facts[1], (size_t)facts[2]}, (size_t)facts[3], (size_t)facts[4]};
    TRY(new_image(&made, &rule));
    TRY(wn_string_format(&greatest, "%s/greatest", group));
    TRY(wn_recipe_file_get(file, greatest, H5T_NATIVE_DOUBLE, 1, &made->greatest));
    *state = made;
    made = NULL;
done:
    image_free(made);
    wn_free(name);
    wn_free(greatest);
    return status;
}

static wn_status image_describe(const void *state, wn_encoder_facts *facts)
{
    const image *made = state;
    facts->image = (wn_image_rule){made->name, made->shape, made->cell, made->bins};
    return WN_OK;
}

static wn_status image_make(void **state, const wn_recipe_column *column, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    image *made = NULL;
    const wn_image_rule *rule = &facts->image;
    const size_t sides[] = {rule->shape.height, rule->shape.width, rule->shape.channels, rule->cell, rule->bins};
    for (size_t i = 0; i < N_FACTS; i++)
        if (sides[i] < (i < 3) || sides[i] > WN_IMAGE_MOST)
            return wn_fail(WN_BAD_DATA, "column %s: an image of an impossible shape", column->name);
    if ((rule->cell > 0) != (rule->bins > 0))
        return wn_fail(WN_BAD_DATA, "column %s: bins without cells", column->name);
    TRY(new_image(&made, rule));
    made->greatest = 1; /* statistics alone are planned by it */
    *state = made;
done:
    return status == WN_BAD_JOB ? wn_fail_prefix(WN_BAD_DATA, "column %s", column->name) : status;
}

static void image_hash(const void *state, wn_hasher *hasher)
{
    int64_t facts[N_FACTS];
    list_facts(state, facts);
    wn_hasher_add(hasher, facts, sizeof facts);
}

const wn_encoder_ops wn_image_ops = {.word = "image",
                                     .is_sampled = true,
                                     .width = image_width,
                                     .size = image_size,
                                     .name = image_name,
                                     .apply = image_apply,
                                     .greatest = image_greatest,
                                     .write = image_write,
                                     .read = image_read,
                                     .describe = image_describe,
                                     .make = image_make,
                                     .hash = image_hash,
                                     .free = image_free};

/* A derivative is at most four times the distance of two pixels, and there are two. */
static double greatest_edge(const wn_recipe_column *columns, size_t n)
{
    double low = INFINITY, high = -(double)INFINITY;
    for (size_t i = 0; i < n; i++) {
        low = fmin(low, wn_recipe_clean_cell(&columns[i], columns[i].min));
        high = fmax(high, wn_recipe_clean_cell(&columns[i], columns[i].max));
    }
    return high > low ? 4 * sqrt(2) * (high - low) : 1;
}

wn_status wn_images_fit(wn_recipe *recipe)
{
    wn_status status = WN_OK;
    image *made = NULL;
    for (size_t i = 0; i < recipe->n_cells; i++) {
        if (recipe->columns[i].image.name == NULL)
            continue;
        TRY(new_image(&made, &recipe->columns[i].image));
        made->greatest = made->bins > 0 ? 1 : greatest_edge(&recipe->columns[i], image_width(made));
        TRY(wn_recipe_add_encoder(recipe, &wn_image_ops, made, i));
        made = NULL;
    }
done:
    return status;
}
