/*
 * What every unit test includes: cmocka with the headers it needs in front of it, and checks of
 * struct error.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <vault/error.h>

#if defined(__SANITIZE_ADDRESS__)
#define UNIT_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNIT_ASAN 1
#endif
#endif

/* `call` takes `err` as its last argument, fails with `status` and says `text`. */
#define assert_fails(call, status_expected, text) \
	do { \
		struct error err_ = {0}, *err = &err_; \
		assert_int_equal(call, -(int)(status_expected)); \
		assert_int_equal(err->status, status_expected); \
		assert_non_null(strstr(err->message, text)); \
	} while (0)

/* `call` succeeds; otherwise its message is told. */
#define assert_done(call) \
	do { \
		struct error err_ = {0}, *err = &err_; \
		if ((call) != 0) \
			fail_msg("%s: %s", #call, err->message); \
	} while (0)

#endif
