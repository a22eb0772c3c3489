/* Bytes that are not an artefact: every flip and every cut is told, with the section's name; and what a liar writes,
 * with checksums made right again, never crashes the reader. */
#include "testing.h"

#include "sample.h"
#include "sections.h"

#include <xxhash.h>

enum { FILE_HEAD = 24, SECTION_HEAD = 16 };

typedef enum { NUMBERS_INT8, NUMBERS_FLOAT32, MIXED_INT8, MIXED_FLOAT32, KINDS_INT8, TEXT_INT8, N_KINDS } sample_kind;

static bool encode(wn_bytes *bytes, sample_kind kind)
{
    sample s = {0};
    wn_artefact *artefact = NULL;
    bool int8 = kind == NUMBERS_INT8 || kind == MIXED_INT8;
    wn_status filled = kind < MIXED_INT8   ? sample_fill(&s, 24, 0.4, int8)
                       : kind < KINDS_INT8 ? sample_fill_mixed(&s, int8 ? 0x1235 : 0xffff, int8)
                       : kind < TEXT_INT8  ? sample_fill_kinds(&s, 0x15551, true)
                                           : sample_fill_text(&s, 0xff, true);
    double missing[] = {-9999, 1e37}, no_label[] = {-1};
    const wn_input_rules rules = {(char[]){"/all"}, 2, 1, missing, no_label, true};
    bool has_rules = kind == NUMBERS_INT8 || kind > MIXED_INT8;
    bool done = CHECK_OK(filled) && (!has_rules || CHECK_OK(wn_input_rules_copy(&s.recipe->input, &rules))) &&
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

static void check_flips(sample_kind kind)
{
    wn_bytes bytes = {0};
    if (!encode(&bytes, kind))
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

static void test_flips(void)
{
    check_flips(NUMBERS_INT8);
    check_flips(MIXED_INT8);
    check_flips(MIXED_FLOAT32);
    check_flips(KINDS_INT8);
    check_flips(TEXT_INT8);
}

static void check_cuts(sample_kind kind)
{
    wn_bytes bytes = {0};
    if (!encode(&bytes, kind))
        return;
    for (size_t n = 0; n < bytes.n; n++)
        check_refused(&bytes, n, NULL);
    CHECK_OK(wn_bytes_append(&bytes, "x", 1));
    check_refused(&bytes, bytes.n, NULL);
    wn_bytes_clear(&bytes);
}

static void test_cuts(void)
{
    check_cuts(NUMBERS_FLOAT32);
    check_cuts(MIXED_FLOAT32);
    check_cuts(KINDS_INT8);
    check_cuts(TEXT_INT8);
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

/* The features of one raw row, of gaps and of what no level is. */
static void extract_row(const wn_recipe *recipe, float *features)
{
    double *cells = NULL;
    wn_text *texts = NULL;
    size_t n_texts = recipe->n_columns - recipe->n_cells;
    if (CHECK_OK(wn_new(&cells, recipe->n_cells)) && CHECK_OK(wn_new(&texts, n_texts))) {
        for (size_t i = 0; i < n_texts; i++)
            texts[i] = (wn_text){"B1", i % 2 == 0 ? 2 : 0};
        for (size_t i = 0; i < recipe->n_cells; i++)
            cells[i] = i % 2 == 0 ? (double)NAN : 0.1;
        const wn_raw_rows rows = {
            .cells = {.data = cells}, .texts = texts, .n_rows = 1, .n_cols = recipe->n_cells, .n_texts = n_texts};
        CHECK_OK(wn_recipe_features(recipe, &rows, features));
    }
    wn_free(texts);
    wn_free(cells);
}

/* Any status but a crash; what is accepted can predict. */
static void decode_lie(const wn_bytes *bytes)
{
    wn_artefact *artefact = NULL;
    wn_workspace *workspace = NULL;
    float x[1000] = {0};
    wn_status status = wn_artefact_decode(&artefact, bytes->data, bytes->n);
    CU_ASSERT_TRUE(status == WN_OK || status == WN_BAD_DATA || status == WN_NO_MEMORY);
    if (status == WN_OK && artefact->network->n_inputs < 1000) {
        extract_row(artefact->recipe, x);
        CHECK_OK(wn_workspace_new(&workspace, artefact->network, 1));
        wn_network_forward(artefact->network, workspace, x, 1);
    }
    wn_workspace_free(workspace);
    wn_artefact_free(artefact);
}

static void test_lies(void)
{
    for (sample_kind kind = 0; kind < N_KINDS; kind++) {
        wn_bytes bytes = {0};
        if (!encode(&bytes, kind))
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
