/* Words as /bin/sh reads them back. */
#include "winnow/shell_word.h"

#include "testing.h"
#include "winnow/memory.h"

#include <stdio.h>
#include <string.h>

static void words_that_need_nothing_stay(void)
{
    static const char *const words[] = {"runs/x", "train.epochs=3", "/a/b-c_d.yaml", "a@b:1,2+3%"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char *quoted = NULL;
        if (CHECK_OK(wn_shell_word(&quoted, words[i])))
            CU_ASSERT_STRING_EQUAL(quoted, words[i]);
        wn_free(quoted);
    }
}

static void a_shell_reads_them_back(void)
{
    static const char *const words[] = {"",
                                        "a b",
                                        "it's",
                                        "''",
                                        "$HOME `id` $(id)",
                                        "a;b&c|d>e<f(g)",
                                        "\\n\\",
                                        "*?[a]",
                                        "~root",
                                        "#comment",
                                        "\"x\"",
                                        "[300, 100]",
                                        "!!",
                                        "{a,b}",
                                        "\xc3\xbc"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char *quoted = NULL, *command = NULL, got[256] = "";
        if (!CHECK_OK(wn_shell_word(&quoted, words[i])) ||
            !CHECK_OK(wn_string_format(&command, "printf %%s %s", quoted)))
            continue;
        FILE *shell = popen(command, "r");
        CU_ASSERT_PTR_NOT_NULL(shell);
        if (shell) {
            got[fread(got, 1, sizeof got - 1, shell)] = '\0';
            CU_ASSERT_EQUAL(pclose(shell), 0);
        }
        CU_ASSERT_STRING_EQUAL(got, words[i]);
        wn_free(command);
        wn_free(quoted);
    }
}

static void memory_that_ends_leaks_nothing(void)
{
    char *quoted = NULL;
    size_t before = wn_memory_used();
    wn_memory_fail_at(1);
    CU_ASSERT_EQUAL(wn_shell_word(&quoted, "a b"), WN_NO_MEMORY);
    wn_memory_fail_at(0);
    CU_ASSERT_PTR_NULL(quoted);
    CU_ASSERT_EQUAL(wn_memory_used(), before);
}

static const wn_test tests[] = {{"words that need nothing stay", words_that_need_nothing_stay},
                                {"a shell reads them back", a_shell_reads_them_back},
                                {"memory that ends leaks nothing", memory_that_ends_leaks_nothing}};
TEST_MAIN("base/shell_word", tests)
