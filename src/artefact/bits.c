#include "bits.h"

#include "winnow/memory.h"

#include <string.h>

wn_status wn_bytes_append(wn_bytes *bytes, const void *data, size_t n)
{
    if (n > bytes->capacity - bytes->n) {
        size_t capacity = 2 * (bytes->n + n) + 64;
        wn_status status = wn_resize(&bytes->data, capacity);
        if (status != WN_OK)
            return status;
        bytes->capacity = capacity;
    }
    if (n > 0)
        memcpy(bytes->data + bytes->n, data, n);
    bytes->n += n;
    return WN_OK;
}

void wn_bytes_clear(wn_bytes *bytes)
{
    wn_free(bytes->data);
    *bytes = (wn_bytes){0};
}

wn_status wn_bits_put(wn_bit_writer *writer, uint32_t value, unsigned n)
{
    writer->pending = writer->pending << n | value;
    writer->n_pending += n;
    while (writer->n_pending >= 8) {
        writer->n_pending -= 8;
        unsigned char byte = (unsigned char)(writer->pending >> writer->n_pending);
        wn_status status = wn_bytes_append(writer->out, &byte, 1);
        if (status != WN_OK)
            return status;
    }
    return WN_OK;
}

wn_status wn_bits_flush(wn_bit_writer *writer)
{
    return writer->n_pending == 0 ? WN_OK : wn_bits_put(writer, 0, 8 - writer->n_pending);
}

wn_bit_reader wn_bits_reader(const unsigned char *data, size_t n_bytes)
{
    return (wn_bit_reader){.data = data, .n_bits = n_bytes * 8};
}

uint32_t wn_bits_get(wn_bit_reader *reader, unsigned n)
{
    if (n > reader->n_bits - reader->position) {
        reader->is_short = true;
        reader->position = reader->n_bits;
        return 0;
    }
    uint32_t value = 0;
    for (unsigned i = 0; i < n; i++, reader->position++)
        value = value << 1 | ((uint32_t)reader->data[reader->position / 8] >> (7 - reader->position % 8) & 1u);
    return value;
}

bool wn_bits_end(wn_bit_reader *reader, size_t *n_bytes)
{
    unsigned n_rest = (unsigned)((8 - reader->position % 8) % 8);
    if (wn_bits_get(reader, n_rest) != 0 || reader->is_short)
        return false;
    *n_bytes = reader->position / 8;
    return true;
}
