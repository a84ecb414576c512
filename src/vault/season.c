/* Words that people change in a password as the year goes on. */
#include "vault/shape.h"

#include <string.h>

/* English, German, French, Spanish and Italian, without words that stand in many others ("mai",
 * "fall"). Small letters. */
static const char *const words[] = {
	"spring",
	"summer",
	"autumn",
	"winter",
	"fruehling",
	"fr\xfchling",
	"sommer",
	"herbst",
	"printemps",
	"automne",
	"hiver",
	"primavera",
	"verano",
	"invierno",
	"estate",
	"autunno",
	"inverno",
	"january",
	"february",
	"march",
	"april",
	"august",
	"september",
	"october",
	"november",
	"december",
	"januar",
	"februar",
	"m\xe4rz",
	"oktober",
	"dezember",
	"janvier",
	"fevrier",
	"f\xe9vrier",
	"avril",
	"juillet",
	"septembre",
	"octobre",
	"novembre",
	"decembre",
	"d\xe9"
	"cembre",
	"enero",
	"febrero",
	"abril",
	"agosto",
	"septiembre",
	"octubre",
	"noviembre",
	"diciembre",
	"gennaio",
	"febbraio",
	"aprile",
	"maggio",
	"giugno",
	"luglio",
	"settembre",
	"ottobre",
	"dicembre",
};

#define N_WORDS (sizeof(words) / sizeof(words[0]))

/* A word's bytes are code points: all of them are in Latin-1. */
static bool starts(const uint32_t *c, size_t n, const char *word)
{
	size_t length = strlen(word);

	if (length > n)
		return false;
	for (size_t i = 0; i < length; i++)
		if (c[i] != (unsigned char)word[i])
			return false;
	return true;
}

unsigned season_at(const uint32_t *c, size_t n, size_t *ret_length)
{
	unsigned found = 0;

	*ret_length = 0;
	/* Every one of them begins with a letter of ASCII. */
	if (n == 0 || c[0] < 'a' || c[0] > 'z')
		return 0;
	for (unsigned i = 0; i < N_WORDS; i++)
		if ((uint32_t)words[i][0] == c[0] && strlen(words[i]) > *ret_length &&
		    starts(c, n, words[i])) {
			found = i + 1;
			*ret_length = strlen(words[i]);
		}
	return found;
}
