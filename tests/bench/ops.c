/*
 * Single operations through the library, for measuring:
 *
 *     ops fill VAULT COUNT KEY-FILE          makes a vault, and a file with its volume key in hex
 *     ops alike VAULT COUNT KEY-FILE         the same of passwords that are much alike
 *     ops insert VAULT KEY-FILE COUNT BATCH  COUNT more entries in one transaction; BATCH, a number
 *                                            that was not used before, makes their names
 *     ops get VAULT KEY-FILE NAME
 *     ops list|sharing|reuse|strengths|chain VAULT KEY-FILE   reuse: who shares, and families
 *
 * Built twice: as it is, and with SQLite's own allocator in place of the wiping one
 * (plain_memory.c).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vault/audit.h>
#include <vault/chain.h>
#include <vault/vault.h>

#define PASSWORD_LENGTH 24
#define SHARED_EVERY 100 /* 1 % of the entries have the password of the one before */
#define VARIANT_AT 50    /* and 1 % that of the one before with a digit more */

static struct error error_text;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "ops: %s: %s\n", what, error_text.message);
	exit(1);
}

static void check(int r, const char *what)
{
	if (r != 0)
		die(what);
}

/* The same entries in every run: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
static uint64_t next_number(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* How a password depends on its entry's number. */
enum kind {
	KIND_RANDOM, /* but for a few that share one, or are variants */
	KIND_ALIKE,  /* one word and a number, or one tail behind something random */
};

static void make_random(struct secret *password, uint64_t seed)
{
	password->length = PASSWORD_LENGTH;
	for (size_t i = 0; i < PASSWORD_LENGTH; i++)
		password->bytes[i] = (unsigned char)('!' + next_number(&seed) % 94);
}

/* Does it need a reason? */
static bool make_password(struct secret *password, unsigned long number, enum kind kind)
{
	static const char tail[] = "#4711-0815#!";
	unsigned long place = number % SHARED_EVERY;
	char text[32];

	make_random(password, number - (place == SHARED_EVERY - 1 || place == VARIANT_AT));
	if (kind == KIND_ALIKE && number % 2 == 0) {
		snprintf(text, sizeof(text), "Sakura%lu", number);
		password->length = 0;
		check(secret_append(password, text, strlen(text), &error_text), "password");
	} else if (kind == KIND_ALIKE) {
		memcpy(password->bytes + PASSWORD_LENGTH / 2, tail, PASSWORD_LENGTH / 2);
	} else if (place == VARIANT_AT) {
		check(secret_append(password, "7", 1, &error_text), "password");
	}
	return kind == KIND_ALIKE || place == SHARED_EVERY - 1 || place == VARIANT_AT;
}

/* One secret for all of them: getting guarded memory 100,000 times is not what is measured. */
static void add_one(struct vault *vault, unsigned long number, enum kind kind,
                    struct secret *password)
{
	const char *reason = make_password(password, number, kind) ? "measured" : NULL;
	ENTRY_AUTO *entry = NULL;
	WRITE_RESULT_AUTO result = {0};
	char text[64];

	snprintf(text, sizeof(text), "service-%06lu", number);
	check(entry_new(&entry, text, &error_text), "entry");
	snprintf(text, sizeof(text), "user%lu@example.org", number % 977);
	check(entry_set_user(entry, text, &error_text), "user");
	snprintf(text, sizeof(text), "https://service-%06lu.example.org/login", number);
	check(entry_set_text(entry, FIELD_URL, NULL, text, &error_text), "URL");
	entry->password = password;
	check(vault_add(vault, entry, reason, &result, &error_text), "add");
	entry->password = NULL;
}

static void add_many(struct vault *vault, unsigned long first, unsigned long count, enum kind kind)
{
	SECRET_AUTO *password = NULL;

	check(secret_new(&password, PASSWORD_LENGTH + 1, &error_text), "password");
	check(vault_batch_begin(vault, &error_text), "begin");
	for (unsigned long i = first; i < first + count; i++)
		add_one(vault, i, kind, password);
	check(vault_batch_end(vault, true, &error_text), "end");
}

static void fill(const char *path, unsigned long count, const char *key_path, enum kind kind)
{
	VAULT_AUTO *vault = NULL;
	SECRET_AUTO *password = NULL, *key = NULL;
	struct vault_new how = {.cost = {.memory = 64 * 1024, .time = 3}};
	int fd = open(key_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	check(secret_copy(&password, "measured", 8, &error_text), "password");
	how.credential = (struct credential){.type = KEY_PASSWORD, .password = password};
	check(vault_create(path, &how, &vault, &error_text), path);
	check(vault_volume_key(vault, &key, &error_text), "volume key");
	if (fd < 0 || write(fd, key->bytes, key->length) != (ssize_t)key->length || close(fd) < 0)
		die(key_path);
	add_many(vault, 0, count, kind);
}

/* The key file holds 64 hexadecimal digits. */
static struct vault *unlock(const char *path, const char *key_path)
{
	struct vault *vault = NULL;
	SECRET_AUTO *hex = NULL, *key = NULL;
	int fd = open(key_path, O_RDONLY | O_CLOEXEC);

	check(secret_read_all(fd, 2 * VOLUME_KEY_BYTES, &hex, &error_text), key_path);
	check(secret_new(&key, VOLUME_KEY_BYTES, &error_text), "key");
	close(fd);
	for (size_t i = 0; i < VOLUME_KEY_BYTES; i++) {
		char digits[3] = {(char)hex->bytes[2 * i], (char)hex->bytes[2 * i + 1]};

		key->bytes[i] = (unsigned char)strtoul(digits, NULL, 16);
	}
	key->length = VOLUME_KEY_BYTES;
	check(vault_open(path, 0, &vault, &error_text), path);
	check(vault_unlock_volume_key(vault, key, &error_text), "unlock");
	return vault;
}

static int count_item(void *context, const struct list_item *item)
{
	*(size_t *)context += item->name[0] != '\0';
	return 0;
}

static int count_group(void *context, const struct audit_group *group)
{
	*(size_t *)context += group->n_uses;
	return 0;
}

static int count_family(void *context, const struct audit_family *family)
{
	*(size_t *)context += family->n_uses;
	return 0;
}

static int count_weak(void *context, const struct audit_strength_of *one)
{
	*(size_t *)context += one->strength.score <= STRENGTH_WEAK;
	return 0;
}

static int count_link(void *context, const struct chain_link *link)
{
	*(size_t *)context += link->steps;
	return 0;
}

/* A mailbox that all others are reset through, for this once. */
static size_t measure_chain(struct vault *vault)
{
	CHAIN_AUTO *chain = NULL;
	ENTRY_AUTO *entry = NULL;
	WRITE_RESULT_AUTO result = {0};
	SECRET_AUTO *password = NULL;
	size_t count = 0;

	check(entry_new(&entry, "webmail.example.org", &error_text), "entry");
	check(secret_new(&password, PASSWORD_LENGTH, &error_text), "password");
	make_random(password, UINT64_MAX / 2);
	entry_set_password(entry, &password);
	check(vault_batch_begin(vault, &error_text), "begin");
	check(vault_add(vault, entry, NULL, &result, &error_text), "add");
	check(chain_make(vault, &chain, &error_text), "chain");
	check(chain_falls(chain, chain_find(chain, entry->name), count_link, &count, &error_text),
	      "falls");
	check(vault_batch_end(vault, false, &error_text), "end");
	return count;
}

int main(int argc, char **argv)
{
	static const struct list_filter all = {0};
	const char *operation = argc > 1 ? argv[1] : "";
	VAULT_AUTO *vault = NULL;
	ENTRY_AUTO *entry = NULL;
	size_t count = 0, groups;

	if (argc == 5 && (strcmp(operation, "fill") == 0 || strcmp(operation, "alike") == 0)) {
		fill(argv[2], strtoul(argv[3], NULL, 10), argv[4],
		     operation[0] == 'a' ? KIND_ALIKE : KIND_RANDOM);
		return 0;
	}
	if (argc < 4)
		die("what?");
	vault = unlock(argv[2], argv[3]);
	if (argc == 6 && strcmp(operation, "insert") == 0) {
		count = strtoul(argv[4], NULL, 10);
		add_many(vault, 1000000 + strtoul(argv[5], NULL, 10) * count, count, KIND_RANDOM);
	} else if (argc == 5 && strcmp(operation, "get") == 0) {
		check(vault_get(vault, argv[4], &entry, &error_text), "get");
	} else if (strcmp(operation, "list") == 0) {
		check(vault_list(vault, &all, count_item, &count, &error_text), "list");
		printf("%zu\n", count);
	} else if (strcmp(operation, "sharing") == 0) {
		check(audit_sharing(vault, count_group, &count, &groups, &error_text), "sharing");
		printf("%zu %zu\n", groups, count);
	} else if (strcmp(operation, "chain") == 0) {
		printf("%zu\n", measure_chain(vault));
	} else if (strcmp(operation, "reuse") == 0) {
		check(audit_sharing(vault, count_group, &count, &groups, &error_text), "sharing");
		check(audit_families(vault, count_family, &count, &groups, &error_text),
		      "families");
		printf("%zu %zu\n", groups, count);
	} else if (strcmp(operation, "strengths") == 0) {
		check(audit_strengths(vault, 0, count_weak, &count, &groups, &error_text),
		      "strengths");
		printf("%zu %zu\n", groups, count);
	} else {
		die("what?");
	}
	return 0;
}
