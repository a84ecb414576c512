/*
 * Every state that a power failure may leave behind, opened by the library and compared with what
 * was promised.
 *
 *     crashstates BASE RECORDING MODEL END SCRATCH STATES SEED JOBS [SAMPLES]
 *
 * BASE is the folder as it was before, END as it is after the recording: replaying all of it must
 * give END byte by byte, or something went by unrecorded. MODEL is a folder:
 *     vault          path of the vault below BASE; the witness' folder is "state"
 *     N.password     what opens the vault after N acknowledged steps, and
 *     N.contents     what is in it then (contents.h); both are missing when there is no vault yet
 *     N.refused      what must not open it from then on; it may be missing
 * After N marks of the recording and before N + 1, N and N + 1 are both allowed; once N + 1 was
 * acknowledged, N is a lost write. STATES different ones are verified, or as many as there are;
 * SAMPLES of them that need recovery are copied into SCRATCH/samples, so that a second crash,
 * during recovery, can be tried. Exit status: 0 all is well, 1 something was lost, 3 the test
 * itself failed.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contents.h"
#include "disk.h"
#include "folder.h"

#define STEPS_MAX 64
#define RANDOM_PER_POINT \
	2 /* random states at one crash point in one pass: all points get their share */
#define PASSES_MAX 20000
#define IDLE_PASSES 400 /* passes without a new state, after which there are no more */
#define CHECK_EVERY 64  /* one state in so many also gets the full check */
#define FAILURES_MAX 5  /* per process; then it stops */

struct shared {
	unsigned long states, points, failures, old, new, samples;
	unsigned long passes;
};

struct job {
	const char *base, *recording, *scratch;
	char vault[256];
	struct side steps[STEPS_MAX];
	unsigned n_steps;
	unsigned long wanted, samples;
	uint64_t seed;
	unsigned jobs, number;
	char root[512], path[1024];
	uint64_t *seen; /* hashes of states that were looked at; 0 is free */
	size_t seen_count, seen_room;
	unsigned long failed;
	struct shared *shared;
};

static unsigned long count(unsigned long *counter)
{
	return __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
}

/* ---- what was seen already ---------------------------------------------------------- */

static bool insert(uint64_t *table, size_t room, uint64_t hash)
{
	size_t at = hash & (room - 1);

	while (table[at] && table[at] != hash)
		at = (at + 1) & (room - 1);
	if (table[at])
		return false;
	table[at] = hash;
	return true;
}

/* True the first time. */
static bool is_new(struct job *job, uint64_t hash)
{
	hash += !hash;
	if (2 * job->seen_count >= job->seen_room) {
		size_t room = job->seen_room ? job->seen_room * 2 : 1 << 16;
		uint64_t *table = calloc(room, sizeof(*table));

		if (!table)
			err(3, "memory");
		for (size_t i = 0; i < job->seen_room; i++)
			if (job->seen[i])
				insert(table, room, job->seen[i]);
		free(job->seen);
		job->seen = table;
		job->seen_room = room;
	}
	if (!insert(job->seen, job->seen_room, hash))
		return false;
	job->seen_count++;
	return true;
}

/* ---- one state ---------------------------------------------------------------------- */

static void report(struct job *job, const struct disk *disk, const struct image *image,
                   const char *why)
{
	char what[512], saved[1024];

	job->failed++;
	count(&job->shared->failures);
	disk_describe(disk, what, sizeof(what));
	snprintf(saved, sizeof(saved), "%s/failed-%u-%lu", job->scratch, job->number, job->failed);
	image_write(image, saved);
	printf("# power lost after %s, %u steps acknowledged\n# %s\n# kept: %s\n", what,
	       disk_marks(disk), why, saved);
	fflush(stdout);
}

/* A journal that SQLite will play back: its header is complete and counts pages (SQLite's file
 * format, section 3). */
static bool is_hot(const struct image_file *file)
{
	static const unsigned char magic[8] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7},
				   none[4];

	return strstr(file->path, "-journal") && file->size > 512 &&
	       memcmp(file->bytes, magic, sizeof(magic)) == 0 &&
	       memcmp(file->bytes + sizeof(magic), none, sizeof(none)) != 0;
}

/* Would opening it have something to repair? Then it is worth a second crash. */
static void keep_sample(struct job *job, const struct image *image, unsigned marks)
{
	char path[1024];
	bool hot = false;

	if (job->shared->samples >= job->samples || marks >= job->n_steps || image->hash % 5 != 0)
		return;
	for (size_t i = 0; i < image->count; i++)
		hot |= is_hot(&image->files[i]);
	if (!hot)
		return;
	snprintf(path, sizeof(path), "%s/samples/%lu-%u", job->scratch,
	         count(&job->shared->samples), marks);
	image_write(image, path);
}

static void try_state(struct job *job, struct disk *disk, struct image *image, enum crash how,
                      struct chance *chance)
{
	unsigned marks = disk_marks(disk);
	char why[4096];
	int side;

	disk_crash(disk, how, chance, image);
	if (image->hash % job->jobs != job->number ||
	    !is_new(job, image->hash ^ (marks + 1) * 0x9e3779b97f4a7c15ULL))
		return;
	keep_sample(job, image, marks);
	image_write(image, job->root);
	side = verify_sides(job->path, job->steps + marks, marks + 1 < job->n_steps ? 2 : 1,
	                    job->seen_count % CHECK_EVERY == 0 ? VERIFY_CHECK : VERIFY_QUICK, why,
	                    sizeof(why));
	count(&job->shared->states);
	if (side >= 0 && job->steps[marks].refused &&
	    !is_refused(job->path, job->steps[marks].refused, why, sizeof(why)))
		side = -1;
	if (side < 0)
		report(job, disk, image, why);
	else
		count(side == 0 ? &job->shared->old : &job->shared->new);
}

/* ---- all states --------------------------------------------------------------------- */

static bool is_finished(const struct job *job)
{
	return job->failed >= FAILURES_MAX ||
	       __atomic_load_n(&job->shared->states, __ATOMIC_SEQ_CST) >= job->wanted;
}

/* Every crash point once, in the order of the recording. */
static void pass(struct job *job, unsigned number, struct image *image)
{
	struct disk *disk = disk_new(job->base, job->recording);
	bool more = true;

	for (; more && (number == 0 || !is_finished(job)); more = disk_next(disk)) {
		struct chance chance = {job->seed ^ ((uint64_t)number << 32 | disk_position(disk)) *
		                                            0x9e3779b97f4a7c15ULL};

		if (number == 0) {
			if (job->number == 0)
				count(&job->shared->points);
			try_state(job, disk, image, CRASH_NOTHING, &chance);
			try_state(job, disk, image, CRASH_ALL, &chance);
		}
		for (int i = 0; i < RANDOM_PER_POINT && !disk_is_settled(disk) && !is_finished(job);
		     i++)
			try_state(job, disk, image, CRASH_RANDOM, &chance);
	}
	disk_free(disk);
}

static void work(struct job *job)
{
	struct image image = {0};
	unsigned idle = 0;
	char state[600];

	snprintf(job->root, sizeof(job->root), "%s/disk-%u", job->scratch, job->number);
	snprintf(job->path, sizeof(job->path), "%s/%s", job->root, job->vault);
	snprintf(state, sizeof(state), "%s/state", job->root);
	if (setenv("XDG_STATE_HOME", state, 1) < 0)
		err(3, "environment");
	for (unsigned i = 0; i < PASSES_MAX && idle < IDLE_PASSES; i++) {
		size_t before = job->seen_count;

		pass(job, i, &image);
		idle = job->seen_count > before ? 0 : idle + 1;
		if (job->number == 0)
			count(&job->shared->passes);
		if (is_finished(job))
			break;
	}
	image_done(&image);
	free(job->seen);
}

/* ---- set-up ------------------------------------------------------------------------- */

static bool read_step(const char *model, unsigned number, struct side *side)
{
	char path[512];
	size_t length;

	snprintf(path, sizeof(path), "%s/%u.absent", model, number);
	side->absent = access(path, F_OK) == 0;
	if (side->absent)
		return true;
	snprintf(path, sizeof(path), "%s/%u.password", model, number);
	if (access(path, F_OK) < 0)
		return false;
	side->password = (char *)folder_read_file(path, &length);
	side->password[length] = '\0'; /* folder_read_file leaves room for it */
	snprintf(path, sizeof(path), "%s/%u.refused", model, number);
	if (access(path, F_OK) == 0) {
		side->refused = (char *)folder_read_file(path, &length);
		side->refused[length] = '\0';
	}
	snprintf(path, sizeof(path), "%s/%u.contents", model, number);
	side->contents = (char *)folder_read_file(path, &side->length);
	return true;
}

static void read_model(struct job *job, const char *model)
{
	char path[512];
	size_t length;
	unsigned char *name;

	snprintf(path, sizeof(path), "%s/vault", model);
	name = folder_read_file(path, &length);
	snprintf(job->vault, sizeof(job->vault), "%.*s", (int)length, (char *)name);
	free(name);
	while (job->n_steps < STEPS_MAX &&
	       read_step(model, job->n_steps, &job->steps[job->n_steps]))
		job->n_steps++;
	if (job->n_steps == 0)
		errx(3, "%s: no steps", model);
}

/* The recording must be the whole truth. */
static void compare_end(const struct job *job, const char *end)
{
	struct disk *disk = disk_new(job->base, job->recording);
	struct image image = {0};
	char difference[512];

	while (disk_next(disk))
		;
	disk_crash(disk, CRASH_ALL, NULL, &image);
	if (!image_equals(&image, end, difference, sizeof(difference)))
		errx(3, "the recording is not complete: %s", difference);
	if (disk_marks(disk) + 1 > job->n_steps)
		errx(3, "the model has fewer steps than were acknowledged");
	image_done(&image);
	disk_free(disk);
}

static void run_jobs(struct job *job)
{
	int status;

	for (unsigned i = 0; i < job->jobs; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(3, "fork");
		if (pid == 0) {
			job->number = i;
			work(job);
			exit(0);
		}
	}
	for (unsigned i = 0; i < job->jobs; i++)
		if (wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
			errx(3, "a verifying process died");
}

int main(int argc, char **argv)
{
	struct job job = {0};
	char samples[512];

	if (argc < 9)
		errx(3, "usage: crashstates BASE RECORDING MODEL END SCRATCH STATES SEED JOBS"
		        " [SAMPLES]");
	job.base = argv[1];
	job.recording = argv[2];
	read_model(&job, argv[3]);
	compare_end(&job, argv[4]);
	job.scratch = argv[5];
	job.wanted = strtoul(argv[6], NULL, 10);
	job.seed = strtoull(argv[7], NULL, 10);
	job.jobs = (unsigned)strtoul(argv[8], NULL, 10);
	job.samples = argc > 9 ? strtoul(argv[9], NULL, 10) : 0;
	job.shared = mmap(NULL, sizeof(*job.shared), PROT_READ | PROT_WRITE,
	                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (job.shared == MAP_FAILED)
		err(3, "memory");
	snprintf(samples, sizeof(samples), "%s/samples", job.scratch);
	folder_empty(samples);
	run_jobs(&job);
	printf("states=%lu points=%lu passes=%lu old=%lu new=%lu failures=%lu\n",
	       job.shared->states, job.shared->points, job.shared->passes, job.shared->old,
	       job.shared->new, job.shared->failures);
	for (unsigned i = 0; i < job.n_steps; i++) {
		free(job.steps[i].password);
		free(job.steps[i].refused);
		free(job.steps[i].contents);
	}
	return job.shared->failures > 0;
}
