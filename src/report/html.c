#include "html.h"

#include "winnow/memory.h"
#include "winnow/number_text.h"
#include "winnow/utf8.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_CHARACTER "\xef\xbf\xbd" /* U+FFFD */
#define DASH "\xe2\x80\x93"

static void add(wn_html *html, const char *bytes, size_t n)
{
    if (html->status != WN_OK)
        return;
    if (html->n + n + 1 > html->capacity) {
        size_t capacity = 2 * (html->n + n + 4096);
        html->status = wn_resize(&html->bytes, capacity);
        if (html->status != WN_OK)
            return;
        html->capacity = capacity;
    }
    memcpy(html->bytes + html->n, bytes, n);
    html->n += n;
    html->bytes[html->n] = 0;
}

void wn_html_markup(wn_html *html, const char *markup)
{
    add(html, markup, strlen(markup));
}

/* What HTML cannot hold, and what would turn the direction of a text so that it reads as another one. */
static bool is_control(const unsigned char *c, size_t n)
{
    if (n == 1)
        return (*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7f;
    bool is_c1 = n == 2 && c[0] == 0xc2 && c[1] < 0xa0;
    bool is_direction =
        n == 3 && c[0] == 0xe2 &&
        ((c[1] == 0x80 && c[2] >= 0xaa && c[2] <= 0xae) || (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
    bool is_noncharacter = n == 3 && c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe;
    return is_c1 || is_direction || is_noncharacter;
}

static const char *entity(unsigned char byte)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void wn_html_text(wn_html *html, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        size_t n = wn_utf8_length((const char *)c, strnlen((const char *)c, 4));
        const char *escaped = entity(*c);
        if (escaped)
            wn_html_markup(html, escaped);
        else if (n == 0 || is_control(c, n))
            wn_html_markup(html, NO_CHARACTER);
        else
            add(html, (const char *)c, n);
        c += n == 0 ? 1 : n;
    }
}

static void add_format(wn_html *html, const char *format, va_list arguments)
{
    va_list again;
    char *text = NULL;
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (n < 0 || html->status != WN_OK)
        return;
    html->status = wn_new(&text, (size_t)n + 1);
    if (html->status != WN_OK)
        return;
    vsnprintf(text, (size_t)n + 1, format, arguments);
    wn_html_text(html, text);
    wn_free(text);
}

void wn_html_format(wn_html *html, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_format(html, format, arguments);
    va_end(arguments);
}

/* What is read, and what is exact where they differ. */
static void add_data(wn_html *html, const char *exact, const char *read)
{
    bool is_same = strcmp(exact, read) == 0;
    if (!is_same) {
        wn_html_markup(html, "<data value=\"");
        wn_html_text(html, exact);
        wn_html_markup(html, "\">");
    }
    wn_html_text(html, read);
    if (!is_same)
        wn_html_markup(html, "</data>");
}

void wn_html_real(wn_html *html, double value)
{
    char exact[WN_NUMBER_TEXT_SIZE], read[WN_NUMBER_TEXT_SIZE];
    if (isnan(value)) {
        wn_html_markup(html, DASH);
        return;
    }
    if (isinf(value)) {
        wn_html_markup(html, value < 0 ? "\xe2\x88\x92\xe2\x88\x9e" : "\xe2\x88\x9e");
        return;
    }
    wn_number_text(value, exact);
    snprintf(read, sizeof read, "%.6g", value);
    add_data(html, exact, strtod(read, NULL) == value ? exact : read);
}

void wn_html_integer(wn_html *html, int64_t value)
{
    char text[WN_NUMBER_TEXT_SIZE];
    snprintf(text, sizeof text, "%lld", (long long)value);
    wn_html_text(html, text);
}

void wn_html_bytes(wn_html *html, double value)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    char exact[WN_NUMBER_TEXT_SIZE], read[WN_NUMBER_TEXT_SIZE];
    size_t unit = 0;
    double scaled = value;
    while (fabs(scaled) >= 999.5 && unit + 1 < sizeof units / sizeof *units) {
        scaled /= 1000;
        unit++;
    }
    snprintf(exact, sizeof exact, "%.0f", value);
    snprintf(read, sizeof read, unit > 0 && fabs(scaled) < 99.95 ? "%.1f %s" : "%.0f %s", scaled, units[unit]);
    add_data(html, exact, read);
}

static void add_list(wn_html *html, const json_t *list)
{
    size_t i = 0;
    json_t *value = NULL;
    json_array_foreach(list, i, value)
    {
        if (i > 0)
            wn_html_markup(html, ", ");
        wn_html_json(html, value);
    }
    if (json_array_size(list) == 0)
        wn_html_markup(html, DASH);
}

static void add_object(wn_html *html, const json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);
    if (text)
        wn_html_text(html, text);
    else if (html->status == WN_OK)
        html->status = wn_fail(WN_NO_MEMORY, "out of memory for report.html");
    free(text);
}

void wn_html_json(wn_html *html, const json_t *value)
{
    if (!value)
        wn_html_markup(html, DASH);
    else if (json_is_null(value))
        wn_html_markup(html, "not finite");
    else if (json_is_integer(value))
        wn_html_integer(html, json_integer_value(value));
    else if (json_is_real(value))
        wn_html_real(html, json_real_value(value));
    else if (json_is_string(value))
        wn_html_text(html, json_string_value(value));
    else if (json_is_boolean(value))
        wn_html_markup(html, json_is_true(value) ? "yes" : "no");
    else if (json_is_array(value))
        add_list(html, value);
    else
        add_object(html, value);
}

void wn_html_section_begin(wn_html *html, const char *id, const char *title)
{
    wn_html_markup(html, "<section id=\"");
    wn_html_text(html, id);
    wn_html_markup(html, "\">\n<h2>");
    wn_html_text(html, title);
    wn_html_markup(html, "</h2>\n");
}

void wn_html_section_end(wn_html *html)
{
    wn_html_markup(html, "</section>\n");
}

void wn_html_note(wn_html *html, const char *format, ...)
{
    va_list arguments;
    wn_html_markup(html, "<p>");
    va_start(arguments, format);
    add_format(html, format, arguments);
    va_end(arguments);
    wn_html_markup(html, "</p>\n");
}

void wn_html_details_begin(wn_html *html, const char *summary)
{
    wn_html_markup(html, "<details><summary>");
    wn_html_text(html, summary);
    wn_html_markup(html, "</summary>\n");
}

void wn_html_details_end(wn_html *html)
{
    wn_html_markup(html, "</details>\n");
}

wn_status wn_html_finish(wn_html *html, char **bytes, size_t *n)
{
    wn_status status = html->status;
    if (status == WN_OK) {
        *bytes = html->bytes;
        *n = html->n;
    } else {
        wn_free(html->bytes);
    }
    *html = (wn_html){0};
    return status;
}
