/* In the place of store/memory.c: SQLite's own allocator, which wipes and locks nothing. */
#include "store/memory.h"

#include <sqlcipher/sqlite3.h>

int memory_install(void)
{
	static bool installed;

	if (installed)
		return SQLITE_OK;
	installed = true;
	return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* as the wiping one has it */
}

bool memory_is_locked(void)
{
	return false;
}

void memory_lock_again(void)
{
}
