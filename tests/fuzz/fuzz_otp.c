/* What somebody pastes to set up one-time codes. What is read has one canonical form, which reads
 * as itself, and codes of the length it says. */
#include <vault/otp.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	SECRET_AUTO *text = NULL;
	SECRET_AUTO *uri = NULL;
	SECRET_AUTO *again = NULL;
	SECRET_AUTO *code = NULL;
	OTP_AUTO otp = {0};
	OTP_AUTO canonical = {0};
	uint32_t left = 0;

	if (length > PASSWORD_MAX || secret_copy(&text, bytes, length, NULL) != 0)
		return 0;
	if (otp_read(text, &otp, NULL) < 0) {
		FUZZ_REQUIRE(!otp.seed && !otp.issuer && !otp.account);
		return 0;
	}
	FUZZ_REQUIRE(otp_uri(&otp, &uri, NULL) == 0 && uri->length <= PASSWORD_MAX);
	FUZZ_REQUIRE(otp_read(uri, &canonical, NULL) == 0);
	FUZZ_REQUIRE(otp_uri(&canonical, &again, NULL) == 0 && secret_equal(uri, again));
	FUZZ_REQUIRE(otp_code(&otp, 59, &code, &left, NULL) == 0 && code->length == otp.digits);
	FUZZ_REQUIRE(left <= otp.period);
	return 0;
}
