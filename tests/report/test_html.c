#include "table.h"
#include "testing.h"
#include "winnow/memory.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* What was built so far is as wanted; empties the html. */
static void check(wn_html *html, const char *wanted)
{
    char *page = NULL;
    size_t n = 0;
    if (!CHECK_OK(wn_html_finish(html, &page, &n)))
        return;
    CU_ASSERT_STRING_EQUAL(page, wanted);
    CU_ASSERT_EQUAL(n, strlen(wanted));
    if (strcmp(page, wanted) != 0)
        printf("\n    got    %s\n    wanted %s\n", page, wanted);
    wn_free(page);
}

static void check_text(const char *text, const char *wanted)
{
    wn_html html = {0};
    wn_html_text(&html, text);
    wn_html_markup(&html, "");
    check(&html, wanted);
}

#define LOST "\xef\xbf\xbd"

static void texts_are_escaped(void)
{
    check_text("<script>alert(\"1\" & '2')</script>",
               "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;");
    check_text("&lt;", "&amp;lt;");
    check_text("line\nand\ttab", "line\nand\ttab");
    check_text("\x01\x1b[31m\x7f", LOST LOST "[31m" LOST);
    check_text("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80", "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80");
    check_text("", "");
}

static void bytes_that_are_not_utf8_are_replaced(void)
{
    check_text("a\xff"
               "b",
               "a" LOST "b");
    check_text("\xc3<b>", LOST "&lt;b&gt;");             /* cut before markup */
    check_text("\xc0\xbcscript", LOST LOST "script");    /* overlong < */
    check_text("\xe0\x80\xbc", LOST LOST LOST);          /* overlong < */
    check_text("\xed\xa0\x80", LOST LOST LOST);          /* surrogate */
    check_text("\xf4\x90\x80\x80", LOST LOST LOST LOST); /* beyond Unicode */
    check_text("\xc2\x85x\xef\xbf\xbf", LOST "x" LOST);  /* C1 control, noncharacter */
    check_text("\xe2\x80\xaegnp.exe\xe2\x81\xa6\xe2\x80\xa9", LOST "gnp.exe" LOST "\xe2\x80\xa9"); /* U+202E, U+2066 */
    check_text("\xe2\x82", LOST LOST);                                                             /* cut at the end */
}

static void numbers_have_every_digit(void)
{
    wn_html html = {0};
    wn_html_real(&html, 0.8651);
    wn_html_real(&html, 0.1 + 0.2);
    check(&html, "0.8651<data value=\"0.30000000000000004\">0.3</data>");
    wn_html_real(&html, (double)NAN);
    wn_html_real(&html, -(double)INFINITY);
    wn_html_real(&html, (double)INFINITY);
    check(&html, "\xe2\x80\x93\xe2\x88\x92\xe2\x88\x9e\xe2\x88\x9e");
    wn_html_real(&html, DBL_MAX);
    wn_html_integer(&html, INT64_MIN);
    check(&html, "<data value=\"1.7976931348623157e+308\">1.79769e+308</data>-9223372036854775808");
}

static void bytes_have_units(void)
{
    wn_html html = {0};
    wn_html_bytes(&html, 12);
    wn_html_bytes(&html, 18928);
    wn_html_bytes(&html, 999999);
    wn_html_bytes(&html, 448270336);
    check(&html, "<data value=\"12\">12 B</data><data value=\"18928\">18.9 kB</data>"
                 "<data value=\"999999\">1.0 MB</data><data value=\"448270336\">448 MB</data>");
}

static void json_of_any_kind(void)
{
    wn_html html = {0};
    json_t *value = json_pack("[i, f, s, b, n, {s:s}, []]", 3, 0.5, "<a>", 1, "k", "<v>");
    CU_ASSERT_PTR_NOT_NULL(value);
    wn_html_json(&html, value);
    wn_html_json(&html, NULL);
    check(&html, "3, 0.5, &lt;a&gt;, yes, not finite, {&quot;k&quot;:&quot;&lt;v&gt;&quot;}, "
                 "\xe2\x80\x93\xe2\x80\x93");
    json_decref(value);
}

static void tables_say_what_they_leave_out(void)
{
    wn_html html = {0};
    wn_table_left_out(&html, WN_TABLE_ROWS, "columns", "recipe.h5");
    wn_html_markup(&html, "|");
    wn_table_left_out(&html, WN_TABLE_ROWS + 5, "columns", "recipe.h5");
    check(&html, "|<p>5 of 205 columns are left out here; all are in recipe.h5.</p>\n");
}

static void build(wn_html *html)
{
    static const char *const headings[] = {"a", "b"};
    wn_html_section_begin(html, "x", "X");
    wn_html_note(html, "%s", "note");
    wn_table_begin(html, "t", headings, 2);
    for (int i = 0; i < 500; i++) {
        wn_table_row(html, "row");
        wn_table_real(html, i / 7.0);
        wn_table_row_end(html);
    }
    wn_table_end(html);
    wn_html_section_end(html);
}

static void memory_that_ends_leaks_nothing(void)
{
    size_t before = wn_memory_used();
    wn_status status = WN_NO_MEMORY;
    int64_t nth = 0;
    while (status == WN_NO_MEMORY && nth < 1000) {
        wn_html html = {0};
        char *page = NULL;
        size_t n = 0;
        wn_memory_fail_at(++nth);
        build(&html);
        status = wn_html_finish(&html, &page, &n);
        wn_memory_fail_at(0);
        CU_ASSERT_TRUE(status == WN_OK || (status == WN_NO_MEMORY && page == NULL));
        wn_free(page);
        CU_ASSERT_EQUAL(wn_memory_used(), before);
    }
    CU_ASSERT_EQUAL(status, WN_OK);
    CU_ASSERT_TRUE(nth > 2);
}

static const wn_test tests[] = {{"texts are escaped", texts_are_escaped},
                                {"bytes that are not UTF-8 are replaced", bytes_that_are_not_utf8_are_replaced},
                                {"numbers have every digit", numbers_have_every_digit},
                                {"bytes have units", bytes_have_units},
                                {"JSON of any kind", json_of_any_kind},
                                {"tables say what they leave out", tables_say_what_they_leave_out},
                                {"memory that ends leaks nothing", memory_that_ends_leaks_nothing}};
TEST_MAIN("html", tests)
