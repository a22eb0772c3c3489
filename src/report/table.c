#include "table.h"

#include "winnow/memory.h"

#include <stdarg.h>
#include <stdio.h>

void wn_table_begin(wn_html *html, const char *name, const char *const *headings, size_t n)
{
    wn_html_markup(html, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
    wn_html_text(html, name);
    wn_html_markup(html, "\">\n<table>\n<thead><tr>");
    for (size_t i = 0; i < n; i++) {
        wn_html_markup(html, "<th scope=\"col\">");
        wn_html_text(html, headings[i]);
        wn_html_markup(html, "</th>");
    }
    wn_html_markup(html, "</tr></thead>\n<tbody>\n");
}

void wn_table_end(wn_html *html)
{
    wn_html_markup(html, "</tbody>\n</table>\n</div>\n");
}

void wn_table_row(wn_html *html, const char *heading)
{
    wn_html_markup(html, "<tr><th scope=\"row\">");
    wn_html_text(html, heading);
    wn_html_markup(html, "</th>");
}

void wn_table_row_number(wn_html *html, double heading)
{
    wn_html_markup(html, "<tr><th scope=\"row\">");
    wn_html_real(html, heading);
    wn_html_markup(html, "</th>");
}

void wn_table_row_end(wn_html *html)
{
    wn_html_markup(html, "</tr>\n");
}

void wn_table_text(wn_html *html, const char *text)
{
    wn_html_markup(html, "<td class=\"text\">");
    wn_html_text(html, text);
    wn_html_markup(html, "</td>");
}

void wn_table_real(wn_html *html, double value)
{
    wn_html_markup(html, "<td>");
    wn_html_real(html, value);
    wn_html_markup(html, "</td>");
}

void wn_table_integer(wn_html *html, int64_t value)
{
    wn_html_markup(html, "<td>");
    wn_html_integer(html, value);
    wn_html_markup(html, "</td>");
}

static void add_bytes(wn_html *html, const json_t *value)
{
    if (json_is_number(value))
        wn_html_bytes(html, json_number_value(value));
    else
        wn_html_json(html, value);
}

void wn_table_bytes(wn_html *html, const json_t *value)
{
    wn_html_markup(html, "<td>");
    add_bytes(html, value);
    wn_html_markup(html, "</td>");
}

void wn_table_json(wn_html *html, const json_t *value)
{
    wn_html_markup(html, json_is_string(value) ? "<td class=\"text\">" : "<td>");
    wn_html_json(html, value);
    wn_html_markup(html, "</td>");
}

void wn_table_left_out(wn_html *html, size_t n, const char *what, const char *where)
{
    if (n > WN_TABLE_ROWS)
        wn_html_note(html, "%zu of %zu %s are left out here; all are in %s.", n - WN_TABLE_ROWS, n, what, where);
}

void wn_facts_begin(wn_html *html)
{
    wn_html_markup(html, "<dl>\n");
}

void wn_facts_end(wn_html *html)
{
    wn_html_markup(html, "</dl>\n");
}

static void begin_fact(wn_html *html, const char *name)
{
    wn_html_markup(html, "<dt>");
    wn_html_text(html, name);
    wn_html_markup(html, "</dt><dd>");
}

void wn_fact_json(wn_html *html, const char *name, const json_t *value)
{
    begin_fact(html, name);
    wn_html_json(html, value);
    wn_html_markup(html, "</dd>\n");
}

void wn_fact_bytes(wn_html *html, const char *name, const json_t *value)
{
    begin_fact(html, name);
    add_bytes(html, value);
    wn_html_markup(html, "</dd>\n");
}

void wn_fact_format(wn_html *html, const char *name, const char *format, ...)
{
    char text[WN_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    begin_fact(html, name);
    wn_html_text(html, text);
    wn_html_markup(html, "</dd>\n");
}
