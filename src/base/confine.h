/* What a program may do that looks at bytes from strangers, and may be taken over by them. */
#ifndef BASE_CONFINE_H
#define BASE_CONFINE_H

/* From here on this process, and what it becomes, can read what the system has installed, compute,
 * and use the descriptors that it has. It can write no file, not even a temporary one, read none of
 * the user's, make no connection (the agent would trust it), look into no other process, and take
 * 1 GiB of memory and 20 s at most. For a child before execve(2). What the kernel does not have of
 * this is left out. */
void process_confine(void);

/* The environment to start it with. */
extern const char *const process_confined_environment[];

#endif
