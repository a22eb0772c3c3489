#include "line_reader.h"

#include "winnow/gzip_reader.h"
#include "winnow/memory.h"

#include <string.h>

enum { FIRST_BYTES = 1 << 20 };

struct wn_line_reader {
    wn_gzip_reader *file; /* owned */
    char *bytes;          /* (room) owned; begin .. end are read and not yet handed on */
    size_t room, begin, end;
    int64_t number;
    bool is_at_end; /* of the file: nothing comes behind `end` */
};

wn_status wn_line_reader_open(wn_line_reader **reader, const char *path)
{
    wn_status status = WN_OK;
    wn_line_reader *made = NULL;
    TRY(wn_new(&made, 1));
    TRY(wn_new(&made->bytes, FIRST_BYTES));
    made->room = FIRST_BYTES;
    TRY(wn_gzip_reader_open(&made->file, path));
    *reader = made;
    made = NULL;
done:
    wn_line_reader_close(made);
    return status;
}

void wn_line_reader_close(wn_line_reader *reader)
{
    if (reader == NULL)
        return;
    wn_gzip_reader_close(reader->file);
    wn_free(reader->bytes);
    wn_free(reader);
}

/* Moves what is left to the front, or doubles the room, and reads on. */
static wn_status read_on(wn_line_reader *reader)
{
    wn_status status = WN_OK;
    size_t left = reader->end - reader->begin;
    if (reader->begin > 0)
        memmove(reader->bytes, reader->bytes + reader->begin, left);
    else if (reader->end == reader->room) {
        TRY(wn_resize(&reader->bytes, 2 * reader->room));
        reader->room *= 2;
    }
    reader->begin = 0;
    reader->end = left;
    size_t wanted = reader->room - left, n = 0;
    TRY(wn_gzip_reader_read(reader->file, reader->bytes + left, wanted, &n));
    reader->end += n;
    reader->is_at_end = n < wanted;
done:
    return status;
}

/* The next line, whatever it holds; false at the end. */
static wn_status take(wn_line_reader *reader, wn_line *line, bool *is_there)
{
    wn_status status = WN_OK;
    const char *end = NULL;
    size_t seen = 0; /* bytes that have no end of a line */
    while (true) {
        size_t left = reader->end - reader->begin;
        end = memchr(reader->bytes + reader->begin + seen, '\n', left - seen);
        if (end != NULL || reader->is_at_end)
            break;
        seen = left;
        TRY(read_on(reader));
    }
    const char *text = reader->bytes + reader->begin;
    size_t n = end != NULL ? (size_t)(end - text) : reader->end - reader->begin;
    *is_there = end != NULL || n > 0;
    reader->begin += n + (end != NULL);
    *line = (wn_line){text, n > 0 && text[n - 1] == '\r' ? n - 1 : n, ++reader->number};
    if (line->number == 1 && line->n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        line->text += 3;
        line->n -= 3;
    }
done:
    return status;
}

static bool is_blank(const wn_line *line)
{
    for (size_t i = 0; i < line->n; i++)
        if (line->text[i] != ' ' && line->text[i] != '\t' && line->text[i] != '\r')
            return false;
    return true;
}

wn_status wn_line_reader_next(wn_line_reader *reader, wn_line *line, bool *is_there)
{
    wn_status status = WN_OK;
    do
        TRY(take(reader, line, is_there));
    while (*is_there && is_blank(line));
done:
    return status;
}
