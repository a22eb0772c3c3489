/* The file is the state in memory, byte for byte: a head, then sections, each with a head of its own. */
#include "winnow/checkpoint.h"

#include "winnow/durable.h"
#include "winnow/hash.h"
#include "winnow/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME_SIZE = 48, PAD = 16 };

static const char magic[16] = "winnow state 1\n";

typedef struct {
    char magic[16];
    uint64_t n_bytes, unused; /* of the whole file */
    wn_hash hash;             /* of all that follows, seeded with n_bytes */
} head;

typedef struct {
    char name[NAME_SIZE]; /* zeros after its end */
    uint64_t n, padded;   /* bytes of the section; with zeros up to a multiple of PAD */
} section;

struct wn_checkpoint {
    unsigned char *bytes; /* (n) the file; capacity is larger */
    size_t n, capacity;
};

static wn_status reserve(wn_checkpoint *checkpoint, size_t n)
{
    wn_status status = WN_OK;
    if (n <= checkpoint->capacity)
        return WN_OK;
    size_t capacity = n > 2 * checkpoint->capacity ? n : 2 * checkpoint->capacity;
    TRY(wn_resize(&checkpoint->bytes, capacity));
    checkpoint->capacity = capacity;
done:
    return status;
}

wn_status wn_checkpoint_new(wn_checkpoint **checkpoint)
{
    wn_status status = WN_OK;
    wn_checkpoint *made = NULL;
    TRY(wn_new(&made, 1));
    TRY(reserve(made, sizeof(head)));
    made->n = sizeof(head);
    *checkpoint = made;
    made = NULL;
done:
    wn_checkpoint_free(made);
    return status;
}

void wn_checkpoint_free(wn_checkpoint *checkpoint)
{
    if (checkpoint == NULL)
        return;
    wn_free(checkpoint->bytes);
    wn_free(checkpoint);
}

wn_status wn_checkpoint_put(wn_checkpoint *checkpoint, const char *name, const void *bytes, size_t n)
{
    wn_status status = WN_OK;
    section about = {.n = n, .padded = (n + PAD - 1) / PAD * PAD};
    snprintf(about.name, sizeof about.name, "%s", name);
    TRY(reserve(checkpoint, checkpoint->n + sizeof about + about.padded));
    unsigned char *at = checkpoint->bytes + checkpoint->n;
    memcpy(at, &about, sizeof about);
    memset(at + sizeof about, 0, about.padded);
    if (n > 0)
        memcpy(at + sizeof about, bytes, n);
    checkpoint->n += sizeof about + about.padded;
done:
    return status;
}

const void *wn_checkpoint_find(const wn_checkpoint *checkpoint, const char *name, size_t *n)
{
    section about;
    for (size_t at = sizeof(head); at < checkpoint->n; at += sizeof about + about.padded) {
        memcpy(&about, checkpoint->bytes + at, sizeof about);
        if (strcmp(about.name, name) != 0)
            continue;
        *n = about.n;
        return checkpoint->bytes + at + sizeof about;
    }
    return NULL;
}

wn_status wn_checkpoint_get(const wn_checkpoint *checkpoint, const char *name, void *bytes, size_t n)
{
    size_t found = 0;
    const void *from = wn_checkpoint_find(checkpoint, name, &found);
    if (from == NULL || found != n)
        return wn_fail(WN_IO, "the checkpoint's section %s has %zu bytes instead of %zu", name, found, n);
    if (n > 0)
        memcpy(bytes, from, n);
    return WN_OK;
}

static head head_of(const wn_checkpoint *checkpoint)
{
    head made = {.n_bytes = checkpoint->n};
    memcpy(made.magic, magic, sizeof magic);
    made.hash = wn_hash_bytes(checkpoint->bytes + sizeof made, checkpoint->n - sizeof made, checkpoint->n);
    return made;
}

/* What was written is believed when it reads back the same. */
static wn_status verify(const wn_checkpoint *checkpoint, const char *path)
{
    wn_checkpoint *found = NULL;
    wn_status status = wn_checkpoint_read(&found, path);
    if (status == WN_BAD_DATA || status == WN_NO_INPUT)
        return wn_fail_prefix(WN_IO, "reading back what was written");
    if (status == WN_OK && (found->n != checkpoint->n || memcmp(found->bytes, checkpoint->bytes, found->n) != 0))
        status = wn_fail(WN_IO, "%s: reads back other than it was written", path);
    wn_checkpoint_free(found);
    return status;
}

wn_status wn_checkpoint_write(const wn_checkpoint *checkpoint, const char *path)
{
    wn_status status = WN_OK;
    char *beside = NULL;
    head made = head_of(checkpoint);
    memcpy(checkpoint->bytes, &made, sizeof made);
    TRY(wn_string_format(&beside, "%s.part", path));
    TRY(wn_durable_write(beside, checkpoint->bytes, checkpoint->n));
    TRY(verify(checkpoint, beside));
    TRY(wn_durable_rename(beside, path));
done:
    if (status != WN_OK && beside != NULL)
        unlink(beside);
    wn_free(beside);
    return status;
}

static wn_status read_bytes(wn_checkpoint *checkpoint, FILE *file, const char *path)
{
    wn_status status = WN_OK;
    head found;
    bool has_head = fread(&found, 1, sizeof found, file) == sizeof found;
    if (!has_head && ferror(file))
        return wn_fail(WN_IO, "%s: cannot be read: %s", path, strerror(errno));
    if (!has_head || memcmp(found.magic, magic, sizeof magic) != 0)
        return wn_fail(WN_BAD_DATA, "%s: is no checkpoint of this version of Winnow, or is damaged", path);
    fseek(file, 0, SEEK_END);
    if ((uint64_t)ftell(file) != found.n_bytes)
        return wn_fail(WN_BAD_DATA, "%s: is damaged: its length is not what its head says", path);
    TRY(reserve(checkpoint, found.n_bytes));
    checkpoint->n = found.n_bytes;
    rewind(file);
    if (fread(checkpoint->bytes, 1, checkpoint->n, file) != checkpoint->n)
        TRY(wn_fail(WN_IO, "%s: cannot be read", path));
    head wanted = head_of(checkpoint);
    if (memcmp(&wanted, checkpoint->bytes, sizeof wanted) != 0)
        status = wn_fail(WN_BAD_DATA, "%s: is damaged: its bytes are not those that were written", path);
done:
    return status;
}

wn_status wn_checkpoint_read(wn_checkpoint **checkpoint, const char *path)
{
    wn_status status = WN_OK;
    wn_checkpoint *made = NULL;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return wn_fail(errno == ENOENT ? WN_NO_INPUT : WN_IO, "%s: %s", path, strerror(errno));
    TRY(wn_checkpoint_new(&made));
    TRY(read_bytes(made, file, path));
    *checkpoint = made;
    made = NULL;
done:
    wn_checkpoint_free(made);
    fclose(file);
    return status;
}

wn_status wn_checkpoint_share(const wn_ranks *ranks, wn_checkpoint **checkpoint)
{
    wn_status status = WN_OK;
    uint64_t n = ranks->rank == 0 && *checkpoint != NULL ? (*checkpoint)->n : 0;
    TRY(wn_ranks_broadcast(ranks, 0, &n, sizeof n));
    if (n == 0)
        goto done;
    if (ranks->rank != 0) {
        status = wn_checkpoint_new(checkpoint);
        if (status == WN_OK)
            status = reserve(*checkpoint, n);
        if (status == WN_OK)
            (*checkpoint)->n = n;
    }
    TRY(wn_ranks_agree(ranks, status));
    TRY(wn_ranks_broadcast(ranks, 0, (*checkpoint)->bytes, n));
done:
    if (status != WN_OK && ranks->rank != 0) {
        wn_checkpoint_free(*checkpoint);
        *checkpoint = NULL;
    }
    return status;
}
