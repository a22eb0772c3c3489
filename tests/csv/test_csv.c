#include "winnow/csv.h"

#include "source.h"
#include "testing.h"
#include "winnow/log.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a conversion came to: a status and its message, or the bytes of a table. */
typedef struct {
    wn_status status;
    char message[WN_MESSAGE_SIZE];
    char *bytes;
    size_t n;
} outcome;

static uint64_t state;

static uint64_t next(uint64_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % n;
}

static void write_file(const char *path, const char *text, size_t n)
{
    FILE *file = test_ranks.rank == 0 ? fopen(path, "wb") : NULL;
    if (file != NULL) {
        CU_ASSERT_EQUAL(fwrite(text, 1, n, file), n);
        fclose(file);
    }
    MPI_Barrier(test_ranks.comm);
}

static char *read_file(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    *n = 0;
    if (file == NULL)
        return NULL;
    fseek(file, 0, SEEK_END);
    *n = (size_t)ftell(file);
    rewind(file);
    if (wn_new(&bytes, *n) == WN_OK && fread(bytes, 1, *n, file) != *n)
        *n = 0;
    fclose(file);
    return bytes;
}

/* The message without the rank that it came from. */
static void keep_message(outcome *out)
{
    const char *message = wn_status_message();
    int skip = 0;
    if (sscanf(message, "rank %*d: %n", &skip) != 0 || skip == 0)
        skip = 0;
    snprintf(out->message, sizeof out->message, "%s", message + skip);
}

/* Collective. By pieces of so many bytes; the bytes are read on rank 0. */
static outcome convert(const char *source, size_t piece, size_t n_threads)
{
    outcome out = {0};
    char path[512];
    const wn_csv_options options = {.n_threads = n_threads, .header = WN_CSV_HEADER_NO};
    snprintf(path, sizeof path, "%s", test_path("out.h5"));
    wn_log_setup(false, WN_LOG_QUIET);
    wn_csv_piece_bytes(piece);
    out.status = wn_csv_convert(&test_ranks, &source, 1, path, &options);
    wn_csv_piece_bytes(0);
    if (out.status != WN_OK)
        keep_message(&out);
    if (test_ranks.rank == 0) {
        CU_ASSERT((access(path, F_OK) == 0) == (out.status == WN_OK));
        out.bytes = read_file(path, &out.n);
        unlink(path);
    }
    return out;
}

static bool is_same(const outcome *a, const outcome *b)
{
    return a->status == b->status && strcmp(a->message, b->message) == 0 && a->n == b->n &&
           (a->n == 0 || memcmp(a->bytes, b->bytes, a->n) == 0);
}

/* However the file is cut. */
static void check_pieces(const char *text, size_t n)
{
    static const size_t pieces[] = {1, 2, 3, 5, 16, 61, 257};
    static const size_t threads[] = {0, 1, 3};
    char source[512];
    snprintf(source, sizeof source, "%s", test_path("in.csv"));
    write_file(source, text, n);
    size_t used = wn_memory_used();
    outcome whole = convert(source, 0, 0);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        outcome cut = convert(source, pieces[i], threads[next(3)]);
        CU_ASSERT(is_same(&whole, &cut));
        if (!is_same(&whole, &cut))
            fprintf(stderr, "rank %d: pieces of %zu: %d %s, whole: %d %s, of: %.*s\n", test_ranks.rank, pieces[i],
                    (int)cut.status, cut.message, (int)whole.status, whole.message, (int)n, text);
        wn_free(cut.bytes);
    }
    wn_free(whole.bytes);
    CU_ASSERT_EQUAL(wn_memory_used(), used);
}

static size_t add(char *text, size_t at, const char *more)
{
    return at + (size_t)sprintf(text + at, "%s", more);
}

/* A field that says one of many things, in quotes or not. */
static size_t add_field(char *text, size_t at, bool is_number)
{
    static const char *const fields[] = {"NA",         "x",        "\"a,b\"",  "\"\"\"\"", "\"two\nlines\"",
                                         "\"\r\n\"",   "5\" pipe", "\"x\"y\"", "true",     "9999999999999999999",
                                         "\"1.5\"",    " ?",       "-0",       "1e400",    "\xC3\xA9\xC3\xA9",
                                         "\"\n\n\n\"", "\",\"",    "inf",      "007"};
    if (!is_number && next(3) > 0)
        return add(text, at, fields[next(sizeof fields / sizeof *fields)]);
    if (next(20) == 0)
        return at;
    return at + (size_t)sprintf(text + at, next(2) ? "%ld" : "%ld.25", (long)next(1000) - 500);
}

static size_t make_table(char *text)
{
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    const char *end = ends[next(3)];
    size_t n = 0, n_rows = 1 + next(40), n_columns = 1 + next(4), numbers = next(16);
    for (size_t row = 0; row < n_rows; row++) {
        if (next(20) == 0)
            n = add(text, n, next(2) ? "" : "  \t");
        else
            for (size_t c = 0; c < n_columns + (next(200) == 0); c++) {
                n = add(text, n, c > 0 ? "," : "");
                n = add_field(text, n, (numbers >> c & 1) != 0);
            }
        n = row + 1 < n_rows || next(2) ? add(text, n, end) : n;
    }
    return n;
}

/* Other tables at each number of ranks; fewer where ranks wait for each other. */
static int begin_tables(uint64_t seed)
{
    state = seed + (uint64_t)test_ranks.size;
    return test_ranks.size == 1 ? 60 : 20;
}

static void test_tables(void)
{
    char text[1 << 14];
    int n_tables = begin_tables(88172645463325252);
    for (int i = 0; i < n_tables; i++)
        check_pieces(text, make_table(text));
}

/* Bytes at random: mostly errors, which are the same too. */
static void test_noise(void)
{
    static const char bytes[] = "11,,\"\"\"\n\n\r ab.-e\xC3\xA9\xFF";
    char text[400];
    int n_tables = begin_tables(362436069);
    for (int i = 0; i < n_tables; i++) {
        size_t n = next(i % 3 == 0 ? 12 : sizeof text), kinds = i % 2 ? 11 : sizeof bytes - (i % 8 != 0);
        for (size_t k = 0; k < n; k++)
            text[k] = bytes[next(kinds)];
        check_pieces(text, n);
    }
}

/* Types that only a late row tells, beyond the pieces that are looked at first. */
static void test_late(void)
{
    static const char *const late[] = {"300,x,1", "1,a longer text,2", "1.5,y,3", "NA,z,4", "w,z,true", "1,z"};
    char text[1 << 14];
    state = 521288629;
    for (size_t i = 0; i < sizeof late / sizeof *late; i++) {
        size_t n = 0;
        for (int row = 0; row < 600; row++) {
            char usual[32];
            snprintf(usual, sizeof usual, "1,x,%d", row);
            n = add(text, n, row == 333 ? late[i] : usual);
            n = add(text, n, "\n");
        }
        check_pieces(text, n);
    }
}

/* Fails at every allocation in turn; alone, since other ranks would not fail at the same one. */
static void test_no_memory(void)
{
    static const char text[] =
        "1,a,2.5\n2,\"a much longer text that has a length of its own, unlike the others\",NA\n3,c,1\n";
    const wn_ranks alone = wn_ranks_of(MPI_COMM_SELF);
    char source[512], path[512];
    const char *sources[] = {source};
    wn_status status = WN_NO_MEMORY;
    snprintf(source, sizeof source, "%s", test_path("memory.csv"));
    snprintf(path, sizeof path, "%s", test_path("memory.h5"));
    write_file(source, text, sizeof text - 1);
    size_t used = wn_memory_used();
    for (int64_t nth = 1; test_ranks.rank == 0 && status == WN_NO_MEMORY && nth < 1000; nth++) {
        wn_memory_fail_at(nth);
        status = wn_csv_convert(&alone, sources, 1, path, &(wn_csv_options){0});
        wn_memory_fail_at(0);
        CU_ASSERT_EQUAL(wn_memory_used(), used);
        CU_ASSERT((access(path, F_OK) == 0) == (status == WN_OK));
    }
    if (test_ranks.rank == 0)
        CHECK_OK(status);
}

static const wn_test tests[] = {{"tables in pieces", test_tables},
                                {"noise in pieces", test_noise},
                                {"types that come late", test_late},
                                {"no memory", test_no_memory}};
TEST_MAIN("csv", tests)
