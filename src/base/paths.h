/*
 * Where things are, after the XDG Base Directory Specification: an unset, empty or relative
 * variable means the default below $HOME; $HOME unset means the password database's home.
 */
#ifndef BASE_PATHS_H
#define BASE_PATHS_H

#include <vault/error.h>

/* $XDG_DATA_HOME/vault/default.vault (default ~/.local/share). Gives; free(3). */
int paths_default_vault(char **ret_path, struct error *err);

/* $XDG_DATA_HOME/vault/NAME (default ~/.local/share). Gives; free(3). */
int paths_data(const char *name, char **ret_path, struct error *err);

/* $XDG_STATE_HOME/vault/NAME (default ~/.local/state). Gives; free(3). */
int paths_state(const char *name, char **ret_path, struct error *err);

/* $XDG_CONFIG_HOME/vault/NAME (default ~/.config). Gives; free(3). */
int paths_config(const char *name, char **ret_path, struct error *err);

/* The home folder in place of "~" in front of "/"; any other path as it is. Gives; free(3). */
int paths_expand(const char *path, char **ret_path, struct error *err);

/* The folder for sockets: $XDG_RUNTIME_DIR/vault (default /run/user/UID). Where what it is in is no
 * folder of this user that nobody else can write to: paths_state("agent"). It need not exist.
 * Gives; free(3). */
int paths_runtime(char **ret_path, struct error *err);

/* The program `name` of ours: beside the running one, so that a build folder or a moved
 * installation has its own; else in `folder` (NULL: nowhere else). Never by PATH: no variable can
 * put another one in its place. Gives; free(3). VAULT_NOT_FOUND (> 0, message set): there is
 * none. */
int paths_program(const char *name, const char *folder, char **ret_path, struct error *err);

#endif
