/* A KeePass document read in a test: the items and what was told, side by side as text. */
#ifndef UNIT_KEEPASS_H
#define UNIT_KEEPASS_H

#include <stdbool.h>

#include "format/keepass_xml.h"
#include "format/stream.h"

struct keepass_run {
	int file; /* the frames */
	struct stream stream;
	struct frame frame;
};

/* Reads `length` bytes and stands in front of the first frame; returns what the reader did. */
int keepass_run(struct keepass_run *run, const struct keepass_xml_how *how, const void *bytes,
                size_t length, struct error *err);
void keepass_run_done(struct keepass_run *run);

/* The next item; false: there are no more. The account's rows go by. */
bool keepass_run_item(struct keepass_run *run, struct item *ret_item);
/* Was that told? Looks from the beginning. */
bool keepass_run_told(struct keepass_run *run, enum fate fate, const char *what, const char *how);

#endif
