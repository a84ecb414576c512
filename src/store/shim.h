/*
 * The VFS shim "vault": SQLite sees the database that starts behind the header.
 *
 * Only a main database is shifted by HEADER_AREA; journals pass through. The shim offers version 1
 * of sqlite3_io_methods, so there is no memory map and no write-ahead log. Header I/O goes through
 * sqlite3_file_control on SQLite's own descriptor, because closing any other descriptor of the file
 * would drop the POSIX locks SQLite holds (fcntl(2)). A file that has lost its name to another one
 * gets no journal played back: it would be the other's.
 */
#ifndef STORE_SHIM_H
#define STORE_SHIM_H

#define SHIM_VFS "vault"

/* Opcodes for sqlite3_file_control; below 100 belongs to SQLite. */
enum shim_control {
	SHIM_HEADER_READ = 7001, /* argument: struct shim_header *; both copies */
	SHIM_HEADER_WRITE,       /* argument: struct shim_header *; copy `copy`, without sync */
	SHIM_HEADER_SYNC,        /* argument: NULL; the whole file */
	SHIM_FILE_SIZE,          /* argument: sqlite3_int64 *; header included */
	SHIM_RAW_READ,           /* argument: struct shim_raw *; header included */
	SHIM_READ_ERROR,         /* argument: int *; errno of the last failed read, once */
};

struct shim_header {
	unsigned char *bytes; /* HEADER_AREA to read, HEADER_BYTES to write; borrowed */
	unsigned copy;
};

struct shim_raw {
	void *bytes;
	int length;
	long long offset; /* in the file */
};

/* Registers the VFS once per process, over SQLite's default one. Returns an SQLite result code. */
int shim_register(void);

#endif
