/* Which files are read, and which are not. */
#include "audit/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Where programs keep passwords, below the home folder. */
static const char *const places[] = {
	".authinfo",
	".aws/credentials",
	".bash_history",
	".bashrc",
	".config/BraveSoftware/Brave-Browser/*/Login Data",
	".config/chromium/*/Login Data",
	".config/environment.d/*",
	".config/fish/config.fish",
	".config/gh/hosts.yml",
	".config/git/credentials",
	".config/google-chrome/*/Login Data",
	".config/isyncrc",
	".config/microsoft-edge/*/Login Data",
	".config/msmtp/config",
	".config/mutt/muttrc",
	".config/neomutt/neomuttrc",
	".config/rclone/rclone.conf",
	".curlrc",
	".docker/config.json",
	".env",
	".fetchmailrc",
	".getmail/getmailrc",
	".git-credentials",
	".gradle/gradle.properties",
	".local/share/fish/fish_history",
	".m2/settings.xml",
	".mbsyncrc",
	".msmtprc",
	".mutt/muttrc",
	".muttrc",
	".my.cnf",
	".mysql_history",
	".netrc",
	".npmrc",
	".offlineimaprc",
	".pgpass",
	".profile",
	".psql_history",
	".purple/accounts.xml",
	".pypirc",
	".python_history",
	".s3cfg",
	".smbcredentials",
	".ssh/config",
	".wgetrc",
	".zsh_history",
	".zshenv",
	".zshrc",
	"snap/chromium/common/chromium/*/Login Data",
};

/* Folders of profiles: where they are put by themselves, by snap and by Flatpak. */
static const char *const profiles[] = {
	".config/mozilla/firefox/*",
	".librewolf/*",
	".mozilla/firefox/*",
	".thunderbird/*",
	".var/app/io.gitlab.librewolf-community/.librewolf/*",
	".var/app/org.mozilla.[Tt]hunderbird/.thunderbird/*",
	".var/app/org.mozilla.firefox/.mozilla/firefox/*",
	".var/app/org.mozilla.firefox/config/mozilla/firefox/*",
	"snap/firefox/common/.mozilla/firefox/*",
	"snap/thunderbird/common/.thunderbird/*",
};

/* In a profile: settings, and passwords, encrypted with a key of its own. */
static const char sealed[] = "logins.json", settings[] = "prefs.js";
static const char sealed_database[] = "Login Data"; /* of Chromium and its kin */
static const char *const in_profile[] = {sealed, settings, "user.js"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Through all files; or, with `each`, through those of profiles. */
struct walk {
	struct scan *scan;
	const struct scan_call *call;
	int (*each)(void *context, const struct scan_profile *profile);
	void *context;
	dev_t device; /* of what was named */
	struct error *err;
};

static int skip(const struct walk *walk, const char *path, enum scan_why why, int error)
{
	return walk->each ? 0 : walk->call->skipped(walk->call->context, path, why, error);
}

static int open_to_read(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* The regular file beside `path`, or -1. */
static int open_beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	FREE_AUTO char *beside = NULL;
	struct stat about;
	int fd;

	if (asprintf(&beside, "%.*s%s", slash ? (int)(slash + 1 - path) : 0, path, name) < 0)
		return -1;
	fd = open_to_read(AT_FDCWD, beside);
	if (fd >= 0 &&
	    (fstat(fd, &about) < 0 || !S_ISREG(about.st_mode) || about.st_size > SCAN_FILE_MAX)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A logins.json. */
static int visit_sealed(const struct walk *walk, int fd, const char *path)
{
	struct scan_profile profile = {.path = path, .logins = fd};
	int r;

	if (!walk->each)
		return skip(walk, path, SCAN_SEALED, 0);
	profile.prefs = open_beside(path, settings);
	r = walk->each(walk->context, &profile);
	if (profile.prefs >= 0)
		close(profile.prefs);
	return r;
}

static int walk_folder(struct walk *walk, int fd, const char *path, unsigned depth);

/* Looks at what `name` is in the folder `at`; `path` is what it is called for people. */
static int visit(struct walk *walk, int at, const char *name, const char *path, unsigned depth)
{
	int fd = open_to_read(at, name);
	struct stat about;
	const char *last = strrchr(path, '/');
	int r;

	if (fd < 0)
		return skip(walk, path,
		            errno == ELOOP                      ? SCAN_LINK
		            : errno == ENXIO || errno == ENODEV ? SCAN_SPECIAL
		                                                : SCAN_UNREADABLE,
		            errno);
	if (fstat(fd, &about) < 0)
		r = skip(walk, path, SCAN_UNREADABLE, errno);
	else if (S_ISDIR(about.st_mode) && depth > 0 && about.st_dev != walk->device)
		r = skip(walk, path, SCAN_MOUNTED, 0);
	else if (S_ISDIR(about.st_mode) && depth >= SCAN_DEPTH)
		r = skip(walk, path, SCAN_DEEP, 0);
	else if (S_ISDIR(about.st_mode)) {
		walk->device = depth == 0 ? about.st_dev : walk->device;
		return walk_folder(walk, fd, path, depth);
	} else if (!S_ISREG(about.st_mode))
		r = skip(walk, path, SCAN_SPECIAL, 0);
	else if (about.st_size > SCAN_FILE_MAX)
		r = skip(walk, path, SCAN_LARGE, 0);
	else if (strcmp(last ? last + 1 : path, sealed) == 0)
		r = visit_sealed(walk, fd, path);
	else if (walk->each)
		r = 0;
	else if (strcmp(last ? last + 1 : path, sealed_database) == 0)
		r = skip(walk, path, SCAN_SEALED, 0);
	else
		r = scan_file(walk->scan, fd, path, walk->call, walk->err);
	close(fd);
	return r;
}

static int visit_all(struct walk *walk, int fd, struct dirent **entries, int count,
                     const char *path, unsigned depth)
{
	const char *joint = path[strlen(path) - 1] == '/' ? "" : "/";
	int r = 0;

	for (int i = 0; i < count && r == 0; i++) {
		const char *name = entries[i]->d_name;
		FREE_AUTO char *below = NULL;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		if (walk->each && entries[i]->d_type == DT_REG && strcmp(name, sealed) != 0)
			continue;
		if (asprintf(&below, "%s%s%s", path, joint, name) < 0)
			return error_set(walk->err, VAULT_FAILED, "out of memory");
		r = visit(walk, fd, name, below, depth + 1);
	}
	return r;
}

/* Takes the descriptor. */
static int walk_folder(struct walk *walk, int fd, const char *path, unsigned depth)
{
	struct dirent **entries = NULL;
	int count = scandirat(fd, ".", &entries, NULL, alphasort);
	int r = count < 0 ? skip(walk, path, SCAN_UNREADABLE, errno)
	                  : visit_all(walk, fd, entries, count, path, depth);

	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	close(fd);
	return r;
}

static int walk_path(struct walk *walk, const char *path)
{
	struct stat about;

	if (lstat(path, &about) < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		error_set(walk->err, VAULT_NOT_FOUND, "there is no '%s'", path);
		return VAULT_NOT_FOUND;
	}
	return visit(walk, AT_FDCWD, path, path, 0);
}

/* The pattern of a place; `home` ends with a slash, and what is special to glob(3) in it is not
 * meant. */
static char *pattern_of(const char *home, const char *place, const char *name)
{
	BUF_AUTO pattern = BUF_EMPTY;

	for (const char *p = home; *p; p++)
		buf_add_format(&pattern, "%s%c", strchr("*?[\\", *p) ? "\\" : "", *p);
	buf_add_format(&pattern, "%s%s%s", place, name ? "/" : "", name ? name : "");
	return buf_take_string(&pattern);
}

/* All files of a place; `name`: the one in these folders. */
static int walk_place(struct walk *walk, const char *home, const char *place, const char *name)
{
	FREE_AUTO char *pattern = pattern_of(home, place, name);
	glob_t found = {0};
	int r = 0;

	if (!pattern)
		return error_set(walk->err, VAULT_FAILED, "out of memory");
	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc && r == 0; i++)
			r = visit(walk, AT_FDCWD, found.gl_pathv[i], found.gl_pathv[i], 0);
	globfree(&found);
	return r;
}

int scan_path(struct scan *scan, const char *path, const struct scan_call *call, struct error *err)
{
	struct walk walk = {.scan = scan, .call = call, .err = err};

	return walk_path(&walk, path);
}

int scan_places(struct scan *scan, const struct scan_call *call, struct error *err)
{
	struct walk walk = {.scan = scan, .call = call, .err = err};
	FREE_AUTO char *home = NULL;
	int r = vault_expand_path("~/", &home, err);

	for (size_t i = 0; i < COUNT(places) && r == 0; i++)
		r = walk_place(&walk, home, places[i], NULL);
	for (size_t i = 0; i < COUNT(profiles) * COUNT(in_profile) && r == 0; i++)
		r = walk_place(&walk, home, profiles[i / COUNT(in_profile)],
		               in_profile[i % COUNT(in_profile)]);
	return r;
}

int scan_profiles(const char *path, int (*each)(void *context, const struct scan_profile *profile),
                  void *context, struct error *err)
{
	struct walk walk = {.each = each, .context = context, .err = err};
	FREE_AUTO char *home = NULL;
	int r;

	if (path)
		return walk_path(&walk, path);
	r = vault_expand_path("~/", &home, err);
	for (size_t i = 0; i < COUNT(profiles) && r == 0; i++)
		r = walk_place(&walk, home, profiles[i], sealed);
	return r;
}
