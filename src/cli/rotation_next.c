/* Whose password is to change next. */
#include <vault/breach.h>
#include <vault/incident.h>
#include <vault/plan.h>

#include "incidents.h"
#include "report.h"
#include "results.h"
#include "rotation.h"

/* As 'audit' looks at them unasked: 40 µs each. */
#define WEIGHED 10000

/* The first of the plan. */
static int plan_next(struct session *session, char **ret_name, struct error *err)
{
	BREACHES_AUTO *breaches = NULL;
	struct plan_wanted wanted = {.strength_most = WEIGHED};
	int r = 0;

	if (session->config.breaches)
		r = breaches_open(session->config.breaches, &breaches, err);
	wanted.breaches = breaches;
	if (r < 0)
		return error_context(err, "the passwords could not be checked against leaked ones");
	return plan_first(session->vault, &wanted, ret_name, err);
}

int rotation_next(struct session *session, char **ret_name, struct error *err)
{
	unsigned number = 0;
	int r = session_unlock(session, 0, err);

	if (r != 0)
		return r;
	r = incident_next(session, &number, ret_name, NULL, err);
	if (r == VAULT_NOT_FOUND)
		r = plan_next(session, ret_name, err);
	if (r == VAULT_NOT_FOUND)
		error_set(err, VAULT_NOT_FOUND,
		          "nothing is to be changed: no incident is open, and 'vault audit' "
		          "finds nothing");
	if (r == 0 && number > 0)
		report_note("'%s' is next, for incident %u.", *ret_name, number);
	else if (r == 0)
		report_note("'%s' is next: see 'vault audit'.", *ret_name);
	return r;
}
