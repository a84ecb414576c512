#include "keepass.h"

#include <sys/mman.h>
#include <unistd.h>

#include "unit.h"

static int put(void *context, const void *bytes, size_t length)
{
	return write(*(int *)context, bytes, length) == (ssize_t)length ? 0 : -VAULT_FAILED;
}

static void from_start(struct keepass_run *run)
{
	stream_done(&run->stream);
	assert_int_equal(lseek(run->file, 0, SEEK_SET), 0);
	assert_int_equal(stream_start(&run->stream, run->file, NULL), 0);
}

int keepass_run(struct keepass_run *run, const struct keepass_xml_how *how, const void *bytes,
                size_t length, struct error *err)
{
	struct keepass_xml *xml = NULL;
	struct emit *emit = NULL;
	int r;

	*run = (struct keepass_run){.file = memfd_create("frames", MFD_CLOEXEC)};
	assert_true(run->file >= 0);
	assert_int_equal(emit_new(&emit, put, &run->file, NULL), 0);
	assert_int_equal(keepass_xml_new(how, emit, &xml, NULL), 0);
	r = keepass_xml_feed(xml, bytes, length, err);
	if (r == 0)
		r = keepass_xml_end(xml, err);
	if (r == 0)
		r = emit_finish(emit, err);
	keepass_xml_free(xml);
	emit_free(emit);
	from_start(run);
	return r;
}

void keepass_run_done(struct keepass_run *run)
{
	stream_done(&run->stream);
	close(run->file);
}

bool keepass_run_item(struct keepass_run *run, struct item *ret_item)
{
	while (stream_next(&run->stream, &run->frame, NULL) == 0)
		if (run->frame.type == FRAME_ITEM) {
			*ret_item = run->frame.item;
			return true;
		}
	return false;
}

bool keepass_run_told(struct keepass_run *run, enum fate fate, const char *what, const char *how)
{
	from_start(run);
	while (stream_next(&run->stream, &run->frame, NULL) == 0)
		if (run->frame.type == FRAME_ACCOUNT && run->frame.fate == fate &&
		    strcmp(run->frame.what, what) == 0 && strstr(run->frame.how, how))
			return true;
	return false;
}
