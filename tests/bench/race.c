/*
 * Runs commands in turn, A B C A B C …, and tells how long each took from start to end and how much
 * memory it had:
 *
 *     race RUNS ::: [0<FILE] [3<FILE] COMMAND ARGUMENT… ::: [0<FILE] [3<FILE] COMMAND ARGUMENT…
 *
 * 0<FILE is a command's standard input, 3<FILE its descriptor 3, each one word; its output goes to
 * /dev/null. "%d" in an argument becomes the number of the round. Prints "COMMAND NANOSECONDS
 * KIBIBYTES STATUS" per run, commands counted from 0.
 *
 * It is a small program because Linux counts the memory of whoever starts a process as the
 * process's own.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS_MAX 8
#define ARGUMENTS_MAX 64
#define ARGUMENT_BYTES 512

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(2);
}

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Copies the arguments with the number in the place of %d. */
static void number_arguments(char **argv, long round, char copies[][ARGUMENT_BYTES],
                             char **ret_argv)
{
	size_t i;

	for (i = 0; argv[i] && i < ARGUMENTS_MAX - 1; i++) {
		const char *mark = strstr(argv[i], "%d");

		ret_argv[i] = argv[i];
		if (!mark)
			continue;
		snprintf(copies[i], ARGUMENT_BYTES, "%.*s%ld%s", (int)(mark - argv[i]), argv[i],
		         round, mark + 2);
		ret_argv[i] = copies[i];
	}
	ret_argv[i] = NULL;
}

/* Steps over the redirections in front of the command. */
static void redirect(posix_spawn_file_actions_t *actions, char ***argv)
{
	const char *input = "/dev/null", *key = "/dev/null";

	for (; argv[0][0] && argv[0][0][0] && argv[0][0][1] == '<'; ++*argv) {
		if (argv[0][0][0] == '0')
			input = argv[0][0] + 2;
		else
			key = argv[0][0] + 2;
	}
	posix_spawn_file_actions_init(actions);
	posix_spawn_file_actions_addopen(actions, 0, input, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(actions, 3, key, O_RDONLY, 0);
}

static void run(int number, char **argv, long round)
{
	static char copies[ARGUMENTS_MAX][ARGUMENT_BYTES];
	char *numbered[ARGUMENTS_MAX];
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	long long start, end;
	int status;
	pid_t pid;

	redirect(&actions, &argv);
	number_arguments(argv, round, copies, numbered);
	start = now();
	if (posix_spawnp(&pid, numbered[0], &actions, NULL, numbered, environ) != 0)
		die(numbered[0]);
	if (wait4(pid, &status, 0, &usage) < 0)
		die("wait4");
	end = now();
	posix_spawn_file_actions_destroy(&actions);
	printf("%d %lld %ld %d\n", number, end - start, usage.ru_maxrss,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int main(int argc, char **argv)
{
	char **commands[COMMANDS_MAX];
	int n_commands = 0;
	long runs = argc > 1 ? strtol(argv[1], NULL, 10) : 0;

	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], ":::") != 0 || n_commands == COMMANDS_MAX)
			continue;
		argv[i] = NULL;
		commands[n_commands++] = &argv[i + 1];
	}
	for (long round = 0; round < runs; round++)
		for (int i = 0; i < n_commands; i++)
			run(i, commands[i], round);
	return runs > 0 && n_commands > 0 ? 0 : 2;
}
