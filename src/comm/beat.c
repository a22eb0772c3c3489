#include "beat.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void wn_beat_write(const char *path, const char text[WN_BEAT_SIZE])
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return;
    ssize_t n = write(descriptor, text, WN_BEAT_SIZE);
    (void)n; /* the next beat tries again */
    close(descriptor);
}

bool wn_beat_read(const char *path, char text[WN_BEAT_SIZE])
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    ssize_t n = read(descriptor, text, WN_BEAT_SIZE - 1);
    close(descriptor);
    text[n > 0 ? n : 0] = '\0';
    return n > 0;
}

static bool is_number(const char *name)
{
    return *name != '\0' && name[strspn(name, "0123456789")] == '\0';
}

void wn_beat_remove_all(const char *directory)
{
    char path[WN_BEAT_SIZE];
    DIR *stream = opendir(directory);
    for (const struct dirent *entry = stream != NULL ? readdir(stream) : NULL; entry != NULL; entry = readdir(stream)) {
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (is_number(entry->d_name))
            unlink(path);
    }
    if (stream != NULL)
        closedir(stream);
}
