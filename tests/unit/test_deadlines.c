/* Deadlines and signals: a thousand of each, by a clock that the test sets. */
#include "unit.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "turned_agent.h"

#define TRIALS 1000 /* of each kind */

/* A whole number of milliseconds in a range, other ones each time. */
static int64_t between(int64_t lowest, int64_t highest)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return lowest + (int64_t)(state % (uint64_t)(highest - lowest + 1));
}

static void put_anew(uint32_t idle, uint32_t cap)
{
	int fd = greeted_client();

	put(fd, uuid, idle, cap);
	close(fd);
	turn();
}

/* The instant before the deadline it is held; at the deadline it is wiped, though nobody asks, and
 * refused. */
static void falls_at(int64_t deadline)
{
	turned.time = deadline - 1;
	assert_int_equal(ask_anew(MESSAGE_ASK), MESSAGE_HELD);
	assert_false(wiped());
	turned.time = deadline;
	turn();
	assert_true(wiped());
	assert_int_equal(ask_anew(MESSAGE_GET), MESSAGE_NOT_HELD);
}

static void idle_deadlines_hold(void **state)
{
	(void)state;
	for (int i = 0; i < TRIALS; i++) {
		uint32_t idle = (uint32_t)between(1, 100000);
		int64_t used = turned.time;
		put_anew(idle, 0xffffffff);
		for (int uses = (int)between(0, 3); uses > 0; uses--) {
			used = turned.time += between(0, (int64_t)idle * 1000 - 1);
			assert_int_equal(ask_anew(MESSAGE_GET), MESSAGE_KEY);
		}
		falls_at(used + (int64_t)idle * 1000);
	}
}

static void caps_hold_though_it_is_used(void **state)
{
	(void)state;
	for (int i = 0; i < TRIALS; i++) {
		uint32_t cap = (uint32_t)between(1, 100000);
		int64_t end = turned.time + (int64_t)cap * 1000;
		put_anew(0xffffffff, cap);
		turned.time += between(0, (int64_t)cap * 1000 - 1);
		assert_int_equal(ask_anew(MESSAGE_GET), MESSAGE_KEY);
		falls_at(end);
	}
}

/* The machine wakes up after the deadline: who asks first is refused, whether or not a timer went
 * off. */
static void a_late_first_request_is_refused(void **state)
{
	(void)state;
	for (int i = 0; i < TRIALS; i++) {
		int fd = greeted_client();
		uint32_t limit = (uint32_t)between(1, 4);
		put(fd, uuid, limit, i % 2 ? limit : 5);
		turned.time += between(limit * 1000, PEER_PATIENCE - 1);
		assert_int_equal(ask(fd, MESSAGE_GET), MESSAGE_NOT_HELD);
		assert_true(wiped());
		close(fd);
		turn();
	}
}

static void signals_lock(void **state)
{
	(void)state;
	for (int i = 0; i < TRIALS; i++) {
		const struct message get = request_for(MESSAGE_GET, uuid);
		int fd = greeted_client();
		put(fd, uuid, 0, 0);
		/* The signal and a request in one turn: the request comes too late. */
		assert_int_equal(message_send(fd, &get, NULL), 0);
		raise(SIGHUP);
		turn();
		assert_true(wiped());
		assert_false(turned.server.ended);
		unsigned char frame[MESSAGE_MAX];
		assert_int_equal(recv(fd, frame, sizeof(frame), MSG_DONTWAIT), MESSAGE_PREFIX);
		assert_int_equal(frame[4], MESSAGE_NOT_HELD);
		close(fd);
		turn();
	}
}

static void an_unused_agent_ends(void **state)
{
	int fd = greeted_client();

	(void)state;
	put(fd, uuid, 3600, 3600);
	close(fd);
	turned.time += 3599999;
	turn();
	assert_false(turned.server.ended);
	turned.time += 1;
	turn();
	assert_true(wiped());
	turned.time += SERVER_LINGER - 2;
	turn();
	assert_false(turned.server.ended);
	turned.time += 2;
	turn();
	assert_true(turned.server.ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(idle_deadlines_hold, turned_start, turned_stop),
		cmocka_unit_test_setup_teardown(caps_hold_though_it_is_used, turned_start,
	                                        turned_stop),
		cmocka_unit_test_setup_teardown(a_late_first_request_is_refused, turned_start,
	                                        turned_stop),
		cmocka_unit_test_setup_teardown(signals_lock, turned_start, turned_stop),
		cmocka_unit_test_setup_teardown(an_unused_agent_ends, turned_start, turned_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
