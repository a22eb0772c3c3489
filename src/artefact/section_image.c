/* An image: its name, height, width, channels, and cell and bins of orientations (0: edges). */
#include "encoder_sections.h"

#include "winnow/memory.h"

#include <string.h>

enum { N_SIDES = 5, MAX_NAME_BYTES = 1 << 16 };

wn_status wn_section_pack_image(wn_bytes *out, const wn_encoder_facts *facts)
{
    wn_status status = WN_OK;
    const wn_image_rule *image = &facts->image;
    const size_t sides[N_SIDES] = {image->shape.height, image->shape.width, image->shape.channels, image->cell,
                                   image->bins};
    for (size_t i = 0; i < N_SIDES; i++)
        TRY(wn_pack_count(out, sides[i]));
    TRY(wn_pack_count(out, strlen(image->name)));
    TRY(wn_bytes_append(out, image->name, strlen(image->name)));
done:
    return status;
}

wn_status wn_section_unpack_image(wn_cursor *cursor, wn_read_encoder *read)
{
    wn_status status = WN_OK;
    wn_image_rule *image = &read->facts.image;
    uint64_t sides[N_SIDES], n = 0;
    for (size_t i = 0; i < N_SIDES; i++)
        TRY(wn_unpack_count(cursor, WN_IMAGE_MOST, &sides[i]));
    *image = (wn_image_rule){NULL, {sides[0], sides[1], sides[2]}, sides[3], sides[4]};
    TRY(wn_unpack_count(cursor, MAX_NAME_BYTES, &n));
    TRY(wn_new(&read->bytes, n + 1));
    TRY(wn_unpack_raw(cursor, read->bytes, n));
    if (memchr(read->bytes, 0, n) != NULL)
        TRY(wn_unpack_damaged());
    image->name = (const char *)read->bytes;
done:
    return status;
}
