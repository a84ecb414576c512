#include "base/landlock.h"

#ifdef __linux__

#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

/* linux/landlock.h of an older system lacks what came later; a kernel takes a longer struct whose
 * additions it does not know when they are zero. */
struct ruleset {
	uint64_t files;   /* each since ABI 1 */
	uint64_t network; /* 4 */
	uint64_t scopes;  /* 6 */
};

#define FILES_ABI_1 ((UINT64_C(1) << 13) - 1) /* execute … make a symbolic link */
#define FILES_REFER (UINT64_C(1) << 13)       /* 2: move or link between folders */
#define FILES_TRUNCATE (UINT64_C(1) << 14)    /* 3 */
#define FILES_IOCTL (UINT64_C(1) << 15)       /* 5: of devices */
#define NETWORK_TCP UINT64_C(3)               /* bind and connect */
#define SCOPES UINT64_C(3)                    /* abstract sockets, signals */

_Static_assert(LANDLOCK_EXECUTE == LANDLOCK_ACCESS_FS_EXECUTE &&
                       LANDLOCK_READ_FILE == LANDLOCK_ACCESS_FS_READ_FILE &&
                       LANDLOCK_READ_FOLDER == LANDLOCK_ACCESS_FS_READ_DIR &&
                       LANDLOCK_REMOVE_FILE == LANDLOCK_ACCESS_FS_REMOVE_FILE,
               "Landlock's numbers");

#ifndef SYS_landlock_create_ruleset /* one number on every architecture */
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

/* Everything that this ABI can forbid. */
static struct ruleset all_of(int abi)
{
	return (struct ruleset){
		.files = FILES_ABI_1 | (abi >= 2 ? FILES_REFER : 0) |
	                 (abi >= 3 ? FILES_TRUNCATE : 0) | (abi >= 5 ? FILES_IOCTL : 0),
		.network = abi >= 4 ? NETWORK_TCP : 0,
		.scopes = abi >= 6 ? SCOPES : 0,
	};
}

int landlock_enter(const struct landlock_rule *rules, size_t count)
{
	int abi =
		(int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	const struct ruleset forbidden = all_of(abi);
	CLOSE_AUTO int set = -1;

	if (abi < 1)
		return 0;
	set = (int)syscall(SYS_landlock_create_ruleset, &forbidden, sizeof(forbidden), 0);
	if (set < 0)
		return 0;
	for (size_t i = 0; i < count; i++) {
		const struct landlock_path_beneath_attr below = {rules[i].allowed, rules[i].folder};

		if (rules[i].folder >= 0)
			syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &below, 0);
	}
	return syscall(SYS_landlock_restrict_self, set, 0) == 0 ? abi : 0;
}

#else

int landlock_enter(const struct landlock_rule *rules, size_t count)
{
	(void)rules;
	(void)count;
	return 0;
}

#endif
