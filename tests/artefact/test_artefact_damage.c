/* Bytes that are not an artefact: every flip and every cut is told, with the section's name; and what a liar writes,
 * with checksums made right again, never crashes the reader. */
#include "testing.h"

#include "sample.h"
#include "sections.h"

#include <xxhash.h>

enum { FILE_HEAD = 24, SECTION_HEAD = 16 };

static bool encode(wn_bytes *bytes, bool int8)
{
    sample s = {0};
    wn_artefact *artefact = NULL;
    bool done = CHECK_OK(sample_fill(&s, 24, 0.4, int8)) &&
                CHECK_OK(wn_artefact_build(&artefact, s.network, s.coding, s.recipe)) &&
                CHECK_OK(wn_artefact_encode(artefact, bytes));
    wn_artefact_free(artefact);
    sample_clear(&s);
    return done;
}

/* Where a byte lies: "header", "NAME", ... as the file itself says. */
static const char *section_at(const wn_bytes *bytes, size_t at)
{
    static char tag[5];
    size_t begin = FILE_HEAD;
    while (begin < bytes->n) {
        uint32_t n;
        memcpy(&n, bytes->data + begin + 4, 4);
        if (at >= begin && at < begin + SECTION_HEAD + n) {
            memcpy(tag, bytes->data + begin, 4);
            return tag;
        }
        begin += SECTION_HEAD + n;
    }
    return "header";
}

static void check_refused(const wn_bytes *bytes, size_t n, const char *what)
{
    wn_artefact *artefact = NULL;
    wn_status status = wn_artefact_decode(&artefact, bytes->data, n);
    CU_ASSERT_EQUAL(status, WN_BAD_DATA);
    CU_ASSERT_PTR_NULL(artefact);
    if (what != NULL)
        CU_ASSERT_PTR_NOT_NULL(strstr(wn_status_message(), what));
    wn_artefact_free(artefact);
}

static void test_flips(void)
{
    wn_bytes bytes = {0};
    if (!encode(&bytes, true))
        return;
    for (size_t i = 0; i < bytes.n; i++)
        for (unsigned bit = 1; bit < 256; bit = bit * 3 + 1) {
            const char *section = section_at(&bytes, i);
            bytes.data[i] ^= (unsigned char)bit;
            check_refused(&bytes, bytes.n, i < 4 ? "not a compressed model" : section);
            bytes.data[i] ^= (unsigned char)bit;
        }
    wn_bytes_clear(&bytes);
}

static void test_cuts(void)
{
    wn_bytes bytes = {0};
    if (!encode(&bytes, false))
        return;
    for (size_t n = 0; n < bytes.n; n++)
        check_refused(&bytes, n, NULL);
    CHECK_OK(wn_bytes_append(&bytes, "x", 1));
    check_refused(&bytes, bytes.n, NULL);
    wn_bytes_clear(&bytes);
}

static void sign(wn_bytes *bytes)
{
    uint64_t n = bytes->n, checksum;
    memcpy(bytes->data + 8, &n, 8);
    checksum = XXH3_64bits(bytes->data, 16);
    memcpy(bytes->data + 16, &checksum, 8);
    for (size_t begin = FILE_HEAD; begin + SECTION_HEAD <= bytes->n;) {
        uint32_t n_section;
        memcpy(&n_section, bytes->data + begin + 4, 4);
        if (n_section > bytes->n - begin - SECTION_HEAD)
            return;
        checksum =
            XXH3_64bits_withSeed(bytes->data + begin + SECTION_HEAD, n_section, XXH3_64bits(bytes->data + begin, 8));
        memcpy(bytes->data + begin + 8, &checksum, 8);
        begin += SECTION_HEAD + n_section;
    }
}

/* Any status but a crash; what is accepted can predict. */
static void decode_lie(const wn_bytes *bytes)
{
    wn_artefact *artefact = NULL;
    wn_workspace *workspace = NULL;
    wn_status status = wn_artefact_decode(&artefact, bytes->data, bytes->n);
    CU_ASSERT_TRUE(status == WN_OK || status == WN_BAD_DATA || status == WN_NO_MEMORY);
    if (status == WN_OK && artefact->network->n_inputs < 1000) {
        float x[1000] = {0};
        CHECK_OK(wn_workspace_new(&workspace, artefact->network, 1));
        wn_network_forward(artefact->network, workspace, x, 1);
    }
    wn_workspace_free(workspace);
    wn_artefact_free(artefact);
}

static void test_lies(void)
{
    for (int int8 = 0; int8 < 2; int8++) {
        wn_bytes bytes = {0};
        if (!encode(&bytes, int8))
            return;
        wn_memory_limit(wn_memory_used() + ((size_t)64 << 20));
        for (size_t i = FILE_HEAD; i < bytes.n; i++)
            for (unsigned k = 0; k < 6; k++) {
                unsigned char kept = bytes.data[i];
                const unsigned char lies[] = {0,
                                              255,
                                              127,
                                              (unsigned char)(kept + 1),
                                              (unsigned char)(kept ^ 128),
                                              (unsigned char)wn_random_bits((wn_random){1, WN_RANDOM_TEST, i}, k)};
                bytes.data[i] = lies[k];
                sign(&bytes);
                decode_lie(&bytes);
                bytes.data[i] = kept;
            }
        wn_memory_limit(0);
        sign(&bytes);
        wn_bytes_clear(&bytes);
    }
}

static const wn_test tests[] = {{"flips", test_flips}, {"cuts", test_cuts}, {"lies", test_lies}};

TEST_MAIN("artefact_damage", tests)
