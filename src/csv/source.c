#include "source.h"

#include "winnow/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEFAULT_PIECE = 1 << 20 };

static size_t piece_bytes = DEFAULT_PIECE;

void wn_csv_piece_bytes(size_t n)
{
    piece_bytes = n > 0 ? n : DEFAULT_PIECE;
}

static int64_t modified(const struct stat *info)
{
    return (int64_t)info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec;
}

wn_status wn_csv_file_open(wn_csv_file *file, const char *path, const char *plain)
{
    struct stat info;
    int descriptor = open(plain != NULL ? plain : path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *file = (wn_csv_file){.path = path, .descriptor = descriptor};
    if (file->descriptor < 0)
        return wn_fail(WN_NO_INPUT, "%s: cannot be opened: %s", path, strerror(errno));
    if (fstat(file->descriptor, &info) != 0)
        return wn_fail(WN_IO, "%s: %s", path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return wn_fail(WN_BAD_DATA, "%s: is not a regular file", path);
    file->n_bytes = info.st_size;
    file->mtime = modified(&info);
    return WN_OK;
}

wn_status wn_csv_source_open(wn_csv_source *source, const char *const *paths, char *const *plain, size_t n)
{
    wn_status status = WN_OK;
    wn_csv_source opened = {0};
    TRY(wn_new(&opened.files, n));
    for (; opened.n_files < n && status == WN_OK; opened.n_files++)
        status = wn_csv_file_open(&opened.files[opened.n_files], paths[opened.n_files], plain[opened.n_files]);
    if (status != WN_OK)
        goto done;
    *source = opened;
    opened = (wn_csv_source){0};
done:
    wn_csv_source_close(&opened);
    return status;
}

void wn_csv_source_close(wn_csv_source *source)
{
    for (size_t i = 0; i < source->n_files; i++) {
        if (source->files[i].descriptor >= 0)
            close(source->files[i].descriptor);
    }
    wn_free(source->files);
    wn_free(source->pieces);
    *source = (wn_csv_source){0};
}

static size_t count_pieces(const wn_csv_file *file)
{
    return (size_t)((file->n_bytes - file->first + (int64_t)piece_bytes - 1) / (int64_t)piece_bytes);
}

wn_status wn_csv_source_cut(wn_csv_source *source)
{
    wn_csv_piece *pieces = NULL;
    size_t n = 0, at = 0;
    for (size_t f = 0; f < source->n_files; f++)
        n += count_pieces(&source->files[f]);
    wn_status status = wn_new(&pieces, n);
    if (status != WN_OK)
        return status;
    for (size_t f = 0; f < source->n_files; f++) {
        const wn_csv_file *file = &source->files[f];
        for (int64_t first = file->first; first < file->n_bytes; first += (int64_t)piece_bytes) {
            int64_t last = first + (int64_t)piece_bytes;
            pieces[at++] =
                (wn_csv_piece){.file = f, .first = first, .last = last < file->n_bytes ? last : file->n_bytes};
        }
    }
    source->pieces = pieces;
    source->n_pieces = n;
    return WN_OK;
}

static wn_status read_bytes(const wn_csv_file *file, char *bytes, size_t n, int64_t at)
{
    while (n > 0) {
        ssize_t got = pread(file->descriptor, bytes, n < 1 << 30 ? n : 1 << 30, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return wn_fail(WN_IO, "%s: %s", file->path, strerror(errno));
        if (got == 0)
            return wn_fail(WN_IO, "%s: has become shorter while it was read", file->path);
        bytes += got;
        at += got;
        n -= (size_t)got;
    }
    return WN_OK;
}

wn_status wn_csv_window_read(wn_csv_window *window, const wn_csv_file *file, int64_t first, int64_t last)
{
    wn_status status = WN_OK;
    last = last < file->n_bytes ? last : file->n_bytes;
    size_t n = (size_t)(last - first), before = first > file->first, needed = n + 2 * (size_t)WN_CSV_SLACK;
    if (window->n_bytes < needed) {
        wn_csv_window_clear(window);
        TRY(wn_new(&window->bytes, needed));
        window->n_bytes = needed;
    }
    char *text = window->bytes + WN_CSV_SLACK;
    text[-1] = '\n';
    TRY(read_bytes(file, text - before, n + before, first - (int64_t)before));
    memset(text + n, 0, WN_CSV_SLACK);
    window->text = text;
    window->end = text + n;
    window->is_last = last == file->n_bytes;
done:
    return status;
}

void wn_csv_window_clear(wn_csv_window *window)
{
    wn_free(window->bytes);
    *window = (wn_csv_window){0};
}

wn_status wn_csv_source_check(const wn_csv_source *source)
{
    struct stat info;
    for (size_t i = 0; i < source->n_files; i++) {
        const wn_csv_file *file = &source->files[i];
        if (fstat(file->descriptor, &info) != 0 || info.st_size != file->n_bytes || modified(&info) != file->mtime)
            return wn_fail(WN_IO, "%s: has changed while it was read", file->path);
    }
    return WN_OK;
}

int64_t wn_csv_line_number(const wn_csv_file *file, int64_t at)
{
    enum { STEP = 1 << 16 };
    char bytes[STEP];
    int64_t n_lines = 1;
    bool was_carriage = false;
    for (int64_t first = 0; first < at; first += STEP) {
        size_t n = at - first < STEP ? (size_t)(at - first) : STEP;
        if (read_bytes(file, bytes, n, first) != WN_OK)
            return 0;
        for (size_t i = 0; i < n; i++) {
            n_lines += bytes[i] == '\r' || (bytes[i] == '\n' && !was_carriage);
            was_carriage = bytes[i] == '\r';
        }
    }
    return n_lines;
}
