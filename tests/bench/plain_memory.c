/* In the place of store/memory.c: SQLite's and libcrypto's own allocators, which wipe and lock
 * nothing. All else is set up in the same way, so that wiping is the only difference. */
#include "store/memory.h"

#include <sqlcipher/sqlite3.h>

#include "store/libcrypto.h"

int memory_install(void)
{
	static bool installed;
	int rc;

	if (installed)
		return SQLITE_OK;
	installed = true;
	libcrypto_start();
	rc = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (rc == SQLITE_OK)
		rc = sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
	return rc;
}

bool memory_is_locked(void)
{
	return false;
}

void memory_lock_again(void)
{
}

bool memory_reserve(size_t size)
{
	(void)size;
	return true;
}

bool memory_ran_out(void)
{
	return false;
}
