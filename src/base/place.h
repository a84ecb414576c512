/*
 * Where sockets are: in the folder that paths_runtime names. The folder is this user's alone (0700,
 * no symbolic link); whoever is served or believed is found out at the socket all the same.
 *
 * The socket is addressed through the folder's descriptor: what was examined is what is used, and a
 * long path does not matter (an address has 108 bytes).
 */
#ifndef BASE_PLACE_H
#define BASE_PLACE_H

#include <stdbool.h>
#include <sys/un.h>

#include <vault/error.h>

/* Opens the folder; with `make` it is created where it is missing. Gives a descriptor.
 * VAULT_NOT_FOUND (> 0, no message) when it is missing. Failure when it is not this user's. */
int place_open(bool make, int *ret_folder, struct error *err);

/* The address of the socket of that name, while the folder is open. */
void place_address(int folder, const char *name, struct sockaddr_un *ret_address);

/* Makes that socket and listens there, non-blocking; one that is there already is removed, so be
 * sure that nobody is behind it. Gives the descriptor. */
int place_listen(int folder, const char *name, int waiting, int *ret_socket, struct error *err);

/* Does the process at the other end of the socket belong to this user? Nobody else counts, the
 * superuser neither. */
bool place_same_user(int socket);

#endif
