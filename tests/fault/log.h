/*
 * The recording: what programs did to the files below one folder, in the order they did it. Written
 * by libfault.so (preload.h), replayed by disk.c, marked by the Python drivers.
 *
 * A recording is a sequence of struct log_record, each followed by `length` and then `second`
 * bytes. Paths are relative to the recorded folder, which itself is "". Byte order and sizes are
 * this machine's: a recording never leaves the test run.
 */
#ifndef FAULT_LOG_H
#define FAULT_LOG_H

#include <stdint.h>

enum log_op {
	LOG_OPEN = 1,    /* handle · path; flags: enum log_open */
	LOG_WRITE,       /* handle · offset · data */
	LOG_TRUNCATE,    /* handle; offset is the new size */
	LOG_SYNC,        /* handle of a file */
	LOG_SYNC_FOLDER, /* path of a folder whose names were synced */
	LOG_RENAME,      /* old path · new path */
	LOG_LINK,        /* old path · new path */
	LOG_UNLINK,      /* path */
	LOG_MAKE_FOLDER, /* path */
	LOG_MARK,        /* a text of the driver's: the step before was acknowledged */
};

enum log_open {
	LOG_OPEN_CREATED = 1 << 0, /* the name was not there before */
	LOG_OPEN_WRITES = 1 << 1,  /* opened for writing */
};

struct log_record {
	uint32_t op;
	uint32_t flags;
	uint64_t handle; /* one per successful open, unique over the processes of a recording */
	uint64_t offset;
	uint32_t length; /* of the path or data that follows */
	uint32_t second; /* of the new path behind it */
};

#endif
