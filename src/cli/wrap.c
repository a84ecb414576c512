#include <sys/ioctl.h>

#include "wrap.h"

size_t wrap_columns(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void wrap_line(char *text, size_t columns, size_t used)
{
	char *blank = NULL;   /* the last one that may be turned */
	size_t column = used; /* of the code point at `p` */
	size_t behind = 0;    /* the column behind `blank` */
	char *p = text;

	while (*p == ' ') {
		p++;
		column++;
	}
	for (; columns > 0 && *p; p++) {
		if (((unsigned char)*p & 0xc0) == 0x80)
			continue;
		if (*p == ' ' && p[1] != '\0') {
			blank = p;
			behind = column + 1;
		} else if (*p != ' ' && column >= columns && blank) {
			*blank = '\n';
			blank = NULL;
			column -= behind;
		}
		column++;
	}
}
