/* What git says to its credential helper, and the address of an entry. A request that is taken
 * names one host, and its address reads as itself. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/git_request.h"

#include "fuzz.h"

static void require_same(const struct git_url *url)
{
	GIT_URL_AUTO again = {0};
	char *text = NULL;

	FUZZ_REQUIRE(git_url_write(url, &text, NULL) == 0);
	FUZZ_REQUIRE(git_url_read(text, &again, NULL) == 0);
	FUZZ_REQUIRE(git_url_same_host(url, &again) && strcmp(url->path, again.path) == 0);
	FUZZ_REQUIRE(git_url_above(url, &again));
	free(text);
}

static void try_request(const uint8_t *bytes, size_t length)
{
	GIT_REQUEST_AUTO request = {0};
	int fd = memfd_create("request", 0);

	FUZZ_REQUIRE(fd >= 0 && write(fd, bytes, length) == (ssize_t)length);
	FUZZ_REQUIRE(lseek(fd, 0, SEEK_SET) == 0);
	if (git_request_read(fd, &request, NULL) == 0) {
		FUZZ_REQUIRE(git_fits(request.host, strlen(request.host)));
		FUZZ_REQUIRE(!strpbrk(request.host, "/?#@\\"));
		require_same(&request.url);
	}
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	GIT_URL_AUTO url = {0};
	char *text = fuzz_string(bytes, length);

	try_request(bytes, length);
	FUZZ_REQUIRE(git_url_read(text, &url, NULL) == 0);
	require_same(&url);
	free(text);
	return 0;
}
