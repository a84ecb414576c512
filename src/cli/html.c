#include "html.h"

#include <string.h>
#include <time.h>

#include "dates.h"
#include "output.h"

static const char style[] =
	"body{font:15px/1.45 system-ui,sans-serif;color:#1c2128;background:#fff;max-width:60rem;"
	"margin:2rem auto;padding:0 1rem}"
	"h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .5rem}"
	"p.when{color:#57606a;margin:.2rem 0 1.5rem}"
	"table{border-collapse:collapse;width:100%;font-size:.93rem}"
	"th{text-align:left;color:#57606a;font-weight:600}"
	"th,td{padding:.25rem .6rem .25rem 0;border-bottom:1px solid #d8dee4;vertical-align:top;"
	"overflow-wrap:anywhere}"
	"ol{padding-left:1.6rem}ol li{margin:.5rem 0}"
	"code{font:.92em ui-monospace,monospace;background:#f0f2f5;padding:.1em .3em;"
	"border-radius:3px;overflow-wrap:anywhere}"
	"figure{display:inline-block;margin:.5rem 1rem .5rem 0;vertical-align:top;max-width:100%}"
	"figcaption{color:#57606a;font-size:.85rem}svg{max-width:100%;height:auto}"
	"svg text{font:12px system-ui,sans-serif;fill:#1c2128}svg text.what{font-size:10px;"
	"fill:#57606a}"
	"@page{margin:15mm}"
	"@media print{body{font-size:10pt;margin:0;max-width:none}code{background:none;padding:0}"
	"tr,li,figure{break-inside:avoid}h2{break-after:avoid}}";

void html_text(const char *text)
{
	const char *special;

	for (; *(special = text + strcspn(text, "&<>\"'")); text = special + 1) {
		output_bytes(text, (size_t)(special - text));
		output_format("&#%d;", *special);
	}
	output_string(text);
}

void html_short(const char *text, size_t characters)
{
	char cut[1024];
	size_t length = 0;

	while (text[length] && length + 8 < sizeof(cut) && characters > 0) {
		do
			length++;
		while (((unsigned char)text[length] & 0xc0) == 0x80);
		characters--;
	}
	memcpy(cut, text, length);
	cut[length] = '\0';
	html_text(cut);
	if (text[length])
		output_string("\xe2\x80\xa6");
}

void html_page(const char *title)
{
	char day[DATE_DAY_SIZE];

	output_string("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	              "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	              "style-src 'unsafe-inline'\">\n"
	              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	              "<title>");
	html_text(title);
	output_string("</title>\n<style>");
	output_string(style);
	output_string("</style>\n</head>\n<body>\n<h1>");
	html_text(title);
	output_string("</h1>\n<p class=\"when\">");
	html_text(date_day(time(NULL), day));
	output_string("</p>\n");
}

void html_end(void)
{
	output_string("</body>\n</html>\n");
}

void html_heading(const char *text)
{
	output_string("<h2>");
	html_text(text);
	output_string("</h2>\n");
}

void html_table(const char *const *headings)
{
	output_string("<table>\n<thead><tr>");
	for (; *headings; headings++) {
		output_string("<th>");
		html_text(*headings);
		output_string("</th>");
	}
	output_string("</tr></thead>\n<tbody>\n");
}

void html_row(void)
{
	output_string("<tr>");
}

void html_cell(const char *text)
{
	output_string("<td><bdi>");
	html_text(text);
	output_string("</bdi></td>");
}

void html_row_end(void)
{
	output_string("</tr>\n");
}

void html_table_end(void)
{
	output_string("</tbody>\n</table>\n");
}
