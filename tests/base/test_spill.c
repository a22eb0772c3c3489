#include "winnow/spill.h"

#include "testing.h"
#include "winnow/memory.h"

#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

enum { N_BYTES = 10000 };

static unsigned char byte_at(int64_t offset)
{
    return (unsigned char)(offset * 37 + offset / 251);
}

/* In steps of 1, 2, 3, ... bytes. */
static wn_status append_all(wn_spill *spill)
{
    wn_status status = WN_OK;
    unsigned char part[256];
    size_t step = 1;
    for (size_t n = 0; n < N_BYTES; n += step, step = step % 200 + 1) {
        step = N_BYTES - n < step ? N_BYTES - n : step;
        for (size_t i = 0; i < step; i++)
            part[i] = byte_at((int64_t)(n + i));
        TRY(wn_spill_append(spill, part, step));
        CU_ASSERT_EQUAL(wn_spill_size(spill), (int64_t)(n + step));
    }
    TRY(wn_spill_flush(spill));
done:
    return status;
}

static size_t count_files(void)
{
    size_t n = 0;
    DIR *directory = opendir(test_path("."));
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
        n += entry->d_name[0] != '.';
    if (directory != NULL)
        closedir(directory);
    return n;
}

/* Reads 13 bytes and passes over `step`, again and again. */
static void check_reader(const wn_spill *spill, int64_t begin, int64_t end, size_t room, size_t step)
{
    unsigned char buffer[512], got[13];
    size_t wrong = 0;
    int64_t at = begin;
    wn_spill_reader reader = wn_spill_reader_of(spill, begin, end, buffer, room);
    while (at + (int64_t)(sizeof got + step) <= end) {
        if (!CHECK_OK(wn_spill_reader_read(&reader, got, sizeof got)))
            return;
        for (size_t i = 0; i < sizeof got; i++)
            wrong += got[i] != byte_at(at + (int64_t)i);
        wn_spill_reader_skip(&reader, step);
        at += (int64_t)(sizeof got + step);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(wn_spill_reader_is_done(&reader), at == end);
    CU_ASSERT_EQUAL(wn_spill_reader_read(&reader, got, (size_t)(end - at) + 1), WN_INTERNAL);
    wn_spill_reader_skip(&reader, (size_t)(end - at));
    CU_ASSERT(wn_spill_reader_is_done(&reader));
}

static void test_read(void)
{
    static const size_t ROOMS[] = {1, 7, 64, 100000};
    unsigned char got[100];
    for (size_t r = 0; r < 4; r++) {
        wn_spill *spill = NULL;
        size_t wrong = 0;
        if (!CHECK_OK(wn_spill_open(&spill, test_path("."), ROOMS[r])))
            return;
        CHECK_OK(append_all(spill));
        CU_ASSERT_EQUAL(count_files(), 0); /* it has no name */
        CHECK_OK(wn_spill_read(spill, 777, got, sizeof got));
        for (size_t i = 0; i < sizeof got; i++)
            wrong += got[i] != byte_at(777 + (int64_t)i);
        CU_ASSERT_EQUAL(wrong, 0);
        for (size_t step = 0; step < 40; step += 13)
            for (size_t room = 1; room <= 512; room *= 8)
                check_reader(spill, 5 + (int64_t)room, N_BYTES - 3, room, step);
        check_reader(spill, 40, 40, 1, 0);
        CU_ASSERT_EQUAL(wn_spill_read(spill, N_BYTES - 10, got, 11), WN_IO);
        wn_spill_close(spill);
    }
}

static void test_disk_full(void)
{
    struct rlimit before, small;
    wn_spill *spill = NULL;
    CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    small = (struct rlimit){.rlim_cur = N_BYTES / 2, .rlim_max = before.rlim_max};
    CHECK_OK(wn_spill_open(&spill, test_path("."), 100));
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &small), 0);
    CU_ASSERT_EQUAL(append_all(spill), WN_IO);
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), "cannot be written"));
    wn_spill_close(spill);
}

static void test_refused(void)
{
    wn_spill *spill = NULL;
    size_t used = wn_memory_used();
    CU_ASSERT_EQUAL(wn_spill_open(&spill, test_path("none"), 100), WN_CANT_CREATE);
    for (int64_t nth = 1; nth <= 3; nth++) {
        wn_memory_fail_at(nth);
        CU_ASSERT_EQUAL(wn_spill_open(&spill, test_path("."), 100), WN_NO_MEMORY);
    }
    wn_memory_fail_at(0);
    CU_ASSERT(spill == NULL && wn_memory_used() == used);
}

static const wn_test tests[] = {
    {"parts are read again", test_read}, {"a full disk", test_disk_full}, {"it cannot be opened", test_refused}};
TEST_MAIN("base/spill", tests)
