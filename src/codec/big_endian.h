/* big_endian.h - numbers in the headers of chunks. */
#ifndef WINNOW_CODEC_BIG_ENDIAN_H
#define WINNOW_CODEC_BIG_ENDIAN_H

#include <stdint.h>

static inline uint32_t read_big_32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static inline uint64_t read_big_64(const unsigned char *bytes)
{
    return (uint64_t)read_big_32(bytes) << 32 | read_big_32(bytes + 4);
}

#endif
