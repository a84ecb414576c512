/* A list of leaked passwords, or a filter. Whatever it is, a look-up ends; and where all of it
 * verifies as a list, each of its lines is found. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audit/breaches.h"
#include "fuzz.h"

static int find_again(void *context, const struct breach_line *line, struct error *err)
{
	struct breach breach;

	(void)err;
	FUZZ_REQUIRE(breaches_find_hash(context, line->hash, &breach, NULL) == 0);
	FUZZ_REQUIRE(breach.found && breach.count == line->count);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const unsigned char hash[PLAIN_DIGEST_MAX] = {0x80};
	BREACHES_AUTO *breaches = NULL, *again = NULL;
	struct breach breach;
	char path[64];
	uint64_t lines;
	int fd = memfd_create("list", MFD_CLOEXEC);

	FUZZ_REQUIRE(fd >= 0 && write(fd, bytes, length) == (ssize_t)length);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (breaches_open(path, &breaches, NULL) == 0) {
		breaches_find_hash(breaches, hash, &breach, NULL);
		if (breaches->form == BREACH_LIST && breaches_open(path, &again, NULL) == 0 &&
		    breach_list_verify(breaches, find_again, again, &lines, NULL) == 0)
			FUZZ_REQUIRE(lines > 0);
	}
	close(fd);
	return 0;
}
