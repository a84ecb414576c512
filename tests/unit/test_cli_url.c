/* Addresses to open: what passes, what is made of it, what never does. */
#include "unit.h"

#include "cli/url.h"

static void assert_url(const char *address, const char *expected)
{
	URL_AUTO url = {0};

	assert_done(url_read(address, &url, err));
	assert_string_equal(url.text, expected);
}

static void assert_refused(const char *address, const char *why)
{
	URL_AUTO url = {0};

	assert_fails(url_read(address, &url, err), VAULT_REFUSED, why);
	assert_null(url.text);
}

static void web_addresses_pass(void **state)
{
	(void)state;
	assert_url("https://example.org", "https://example.org");
	assert_url("http://example.org/a?b=c&d=e#f", "http://example.org/a?b=c&d=e#f");
	assert_url("HTTPS://Example.org/A", "https://Example.org/A");
	assert_url("ftp://files.example:2121/", "ftp://files.example:2121/");
	assert_url("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x");
}

static void without_a_scheme_it_is_https(void **state)
{
	(void)state;
	assert_url("example.org", "https://example.org");
	assert_url("example.org/login", "https://example.org/login");
	assert_url("//example.org/x", "https://example.org/x");
	assert_url("localhost:8080", "https://localhost:8080");
	assert_url("example.org:8443/x", "https://example.org:8443/x");
	assert_url("example.org:8443?x", "https://example.org:8443?x");
}

static void other_schemes_are_refused(void **state)
{
	static const char *const addresses[] = {
		"javascript:alert(1)",  "JavaScript:alert(1)",    "file:///etc/passwd",
		"data:text/html,x",     "ssh://-oProxyCommand=x", "mailto:a@example.org",
		"vbscript:x",           "view-source:https://x",  "x-scheme.with+all:y",
		"httpsx://example.org", "javascript:1+alert(1)",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		assert_refused(addresses[i], "only http, https, ftp and ftps are opened");
}

static void what_names_no_host_is_refused(void **state)
{
	static const char *const addresses[] = {"",           "/etc/passwd", "https:",
	                                        "https://",   "https:///x",  "https:example.org",
	                                        "?x",         "#x",          "https://user@",
	                                        "https://:80"};

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		assert_refused(addresses[i], "names no host");
}

static void what_steers_is_refused_or_encoded(void **state)
{
	(void)state;
	assert_refused("https://example.org/\nx", "control character");
	assert_refused("https://example.org/\x7f", "control character");
	assert_refused("https://good.example\\@evil.example/", "backslash");
	assert_url("https://example.org/a b\"`<>^{|}",
	           "https://example.org/a%20b%22%60%3C%3E%5E%7B%7C%7D");
	assert_url("https://b\u00fccher.example/\u00e4", "https://b%C3%BCcher.example/%C3%A4");
	assert_url("https://example.org/%20$(id);'x'", "https://example.org/%20$(id);'x'");
	assert_url("-x.example", "https://-x.example"); /* never an option */
	assert_url("example.org/\xff", "https://example.org/%FF");
}

static void user_and_password_are_left_out(void **state)
{
	URL_AUTO url = {0}, plain = {0};

	(void)state;
	assert_done(url_read("https://joe:secret@example.org:8443/a@b", &url, err));
	assert_string_equal(url.text, "https://example.org:8443/a@b");
	assert_string_equal(url.host, "example.org:8443");
	assert_true(url.credentials);
	assert_done(url_read("https://example.org/a@b", &plain, err));
	assert_string_equal(plain.host, "example.org");
	assert_false(plain.credentials);
	assert_url("https://a@b@example.org", "https://example.org");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(web_addresses_pass),
		cmocka_unit_test(without_a_scheme_it_is_https),
		cmocka_unit_test(other_schemes_are_refused),
		cmocka_unit_test(what_names_no_host_is_refused),
		cmocka_unit_test(what_steers_is_refused_or_encoded),
		cmocka_unit_test(user_and_password_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
