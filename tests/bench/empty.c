/* A program that does nothing, linked to all that vault is linked to. */
#include <vault/audit.h>
#include <vault/generate.h>
#include <vault/vault.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc < 1000)
		return 0;
	/* Never reached; it keeps the linker from leaving the libraries out. */
	return vault_open(NULL, 0, NULL, NULL) + vault_create(NULL, NULL, NULL, NULL) +
	       vault_unlock(NULL, NULL, NULL) + vault_add(NULL, NULL, NULL, NULL, NULL) +
	       vault_get(NULL, NULL, NULL, NULL) + audit_sharing(NULL, NULL, NULL, NULL, NULL) +
	       audit_strength(NULL, NULL, NULL, NULL) + generate_password(NULL, NULL, NULL, NULL);
}
