/*
 * Consumers: programs and devices that have a copy of an entry's password and type it for its
 * owner. Each is a FIELD_CONSUMER of the entry, its key the time at which it was last given the
 * password. When the password changes, those whose time is earlier have to be updated.
 */
#ifndef VAULT_CONSUMER_H
#define VAULT_CONSUMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vault/entry.h>
#include <vault/error.h>
#include <vault/vault.h>

/* When it was last given the password; 0: not known. */
int64_t consumer_ticked(const struct field *consumer);

/* Does it lack the password in use, for all that is known? */
bool consumer_is_behind(const struct entry *entry, const struct field *consumer);

/* How many of the entry's consumers do. An incident need not wait for an entry that has none. */
size_t consumers_behind(const struct entry *entry);

/* Notes down a consumer that was found with the password that was in use at `ticked`, or (0) with
 * the present one. What is known of it already and is later stays. VAULT_NOT_FOUND as below. */
int consumer_record(struct vault *vault, const char *name, const char *consumer, int64_t ticked,
                    struct write_result *result, struct error *err);

/* Notes down that these consumers (NULL-terminated) have the password in use; VAULT_NOT_FOUND (> 0,
 * message set): no such entry, or it has no such consumer. Without a list (NULL): all it has. */
int consumers_tick(struct vault *vault, const char *name, const char *const *consumers,
                   struct write_result *result, struct error *err);

#endif
