#include "captured.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int kept = -1, reader = -1; /* the former stderr; where to read what was printed */

static int open_terminal(void)
{
    reader = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (reader < 0 || grantpt(reader) != 0 || unlockpt(reader) != 0)
        return -1;
    return open(ptsname(reader), O_RDWR | O_NOCTTY);
}

static int open_file(void)
{
    FILE *file = tmpfile();
    if (file == NULL)
        return -1;
    reader = dup(fileno(file));
    int writer = dup(fileno(file));
    fclose(file);
    return writer;
}

bool captured_begin(bool is_terminal)
{
    int writer = is_terminal ? open_terminal() : open_file();
    if (writer < 0)
        return false;
    fflush(stderr);
    kept = dup(STDERR_FILENO);
    dup2(writer, STDERR_FILENO);
    close(writer);
    return true;
}

const char *captured_end(void)
{
    static char text[65536];
    size_t n = 0;
    ssize_t got;
    fflush(stderr);
    lseek(reader, 0, SEEK_SET); /* no effect on a terminal */
    while (n < sizeof text - 1 && (got = read(reader, text + n, sizeof text - 1 - n)) > 0)
        n += (size_t)got;
    text[n] = '\0';
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(reader);
    return text;
}

int captured_count(const char *text, const char *piece)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, piece)) != NULL; at += strlen(piece))
        n++;
    return n;
}
