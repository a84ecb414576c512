/*
 * Keys and slots: from what a person presents to the volume key, and from there to the subkeys.
 */
#include "vault/internal.h"

#include <string.h>
#include <time.h>

#include "crypto/kdf.h"

int64_t now_seconds(void)
{
	return (int64_t)time(NULL);
}

int keys_set(struct vault *vault, const unsigned char volume_key[VOLUME_KEY_BYTES],
             struct error *err)
{
	struct secret *memory = NULL;
	struct keys *keys;
	int r = secret_new(&memory, sizeof(struct keys), err);

	if (r < 0)
		return r;
	keys = (struct keys *)(void *)memory->bytes; /* bytes only: no alignment to keep */
	memcpy(keys->volume, volume_key, VOLUME_KEY_BYTES);
	subkey_derive(keys->database, SUBKEY_DATABASE, volume_key);
	subkey_derive(keys->header, SUBKEY_HEADER, volume_key);
	subkey_derive(keys->digest, SUBKEY_DIGEST, volume_key);
	subkey_derive(keys->witness, SUBKEY_WITNESS, volume_key);
	keys_forget(vault);
	vault->key_memory = memory;
	vault->keys = keys;
	return 0;
}

void keys_forget(struct vault *vault)
{
	secret_free(vault->key_memory);
	vault->key_memory = NULL;
	vault->keys = NULL;
	vault->has_master = false;
}

void keys_remember(struct vault *vault, const struct credential *credential, int slot)
{
	vault->slot = slot;
	if (credential->type == KEY_FILE)
		return;
	fingerprint_password(vault->keys->master, credential->password, vault->keys->fingerprint);
	vault->has_master = true;
}

/* What enters the KDF: see the table in docs/FORMAT.md. */
static int kdf_input(const struct credential *credential, struct secret **ret_input,
                     struct error *err)
{
	unsigned char hash[HASH_BYTES];
	SECRET_AUTO *input = NULL;
	bool file = credential->type == KEY_FILE || credential->type == KEY_PASSWORD_AND_FILE;
	bool password = credential->type != KEY_FILE;
	int r;

	if ((file && !credential->key_file) || (password && !credential->password))
		return error_set(err, VAULT_USAGE, "a %s is needed",
		                 key_type_name(credential->type));
	if (credential->type == KEY_RECOVERY_CODE)
		return recovery_code_read(credential->password, ret_input, err);
	r = secret_new(&input, HASH_BYTES + (password ? credential->password->length : 0), err);
	if (r == 0 && file) {
		hash_bytes(hash, credential->key_file->bytes, credential->key_file->length, NULL);
		r = secret_append(input, hash, sizeof(hash), err);
		secret_wipe(hash, sizeof(hash));
	}
	if (r == 0 && password)
		r = secret_append(input, credential->password->bytes, credential->password->length,
		                  err);
	if (r < 0)
		return r;
	*ret_input = input;
	input = NULL;
	return 0;
}

/* Gives KDF_OUTPUT_BYTES: the wrapping key, then the commitment. */
static int derive(const struct slot *slot, const struct credential *credential,
                  struct secret **ret_output, struct error *err)
{
	SECRET_AUTO *input = NULL, *output = NULL;
	int r = kdf_input(credential, &input, err);

	if (r == 0)
		r = secret_new(&output, KDF_OUTPUT_BYTES, err);
	if (r == 0)
		r = kdf_derive(input->bytes, input->length, slot->salt, &slot->cost, output->bytes,
		               err);
	if (r < 0)
		return r;
	*ret_output = output;
	output = NULL;
	return 0;
}

int slot_seal(struct header *header, unsigned index, const struct credential *credential,
              const struct kdf_cost *cost, const char *label,
              const unsigned char volume_key[VOLUME_KEY_BYTES], struct error *err)
{
	struct slot *slot = &header->slots[index], fresh = {.used = true, .type = credential->type};
	unsigned char ad[SLOT_AD_BYTES];
	SECRET_AUTO *output = NULL;
	int r;

	if (label && strlen(label) > KEY_LABEL_MAX)
		return error_set(err, VAULT_USAGE, "a label holds %d bytes at most", KEY_LABEL_MAX);
	if (label)
		memcpy(fresh.label, label, strlen(label));
	fresh.cost = cost ? *cost : (struct kdf_cost){0};
	r = kdf_calibrate(&fresh.cost, err);
	if (r < 0)
		return r;
	fresh.cost.milliseconds = 0;
	fresh.created = now_seconds();
	crypto_random(fresh.salt, sizeof(fresh.salt));
	crypto_random(fresh.nonce, sizeof(fresh.nonce));
	r = derive(&fresh, credential, &output, err);
	if (r < 0)
		return r;
	memcpy(fresh.commitment, output->bytes + SEAL_KEY_BYTES, HASH_BYTES);
	*slot = fresh;
	slot_associated_data(ad, header, index);
	seal_close(slot->sealed, volume_key, VOLUME_KEY_BYTES, ad, sizeof(ad), slot->nonce,
	           output->bytes);
	return 0;
}

int slot_open(const struct header *header, unsigned index, const struct credential *credential,
              unsigned char ret_volume_key[VOLUME_KEY_BYTES], struct error *err)
{
	const struct slot *slot = &header->slots[index];
	unsigned char ad[SLOT_AD_BYTES];
	SECRET_AUTO *output = NULL;
	int r = derive(slot, credential, &output, err);

	if (r < 0)
		return r;
	/* The commitment tells a wrong password from a changed slot, and ties one key to one
	 * password. */
	if (!hash_equal(output->bytes + SEAL_KEY_BYTES, slot->commitment, HASH_BYTES))
		return VAULT_WRONG_KEY;
	slot_associated_data(ad, header, index);
	if (seal_open(ret_volume_key, slot->sealed, sizeof(slot->sealed), ad, sizeof(ad),
	              slot->nonce, output->bytes) != 0)
		return error_set(
			err, VAULT_DAMAGED,
			"key slot %u was changed from outside: the header is not the vault's own",
			index);
	return 0;
}
