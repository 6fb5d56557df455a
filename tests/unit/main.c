// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - runs the suites of the core's tests.
 *
 * build/unit/unit            everything
 * build/unit/unit NAME       one test case: a golden case's or a table's name
 *
 * CK_RUN_CASE, CK_RUN_SUITE, CK_FORK, CK_VERBOSITY and CK_TAP_LOG_FILE_NAME
 * of Check work as ever.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "port.h"
#include "unit.h"

static struct Suite *(* const suites[])(void) = {
	suite_span, suite_uri, suite_via, suite_route, suite_contact,
	suite_cseq, suite_addr, suite_msg, suite_body, suite_sdp, suite_edit,
	suite_dialog, suite_plan, suite_hostile, suite_messages, suite_golden, suite_corpora,
};

static int run_named(SRunner *sr, const char *name)
{
	int ran;

	if (name)
		setenv("CK_RUN_CASE", name, 1);
	srunner_run_all(sr, CK_ENV);
	ran = srunner_ntests_run(sr);
	if (!ran)
		fprintf(stderr, "no test case is named %s\n",
			name ? name : "so");
	return !ran || srunner_ntests_failed(sr);
}

int main(int argc, char **argv)
{
	SRunner *sr = srunner_create(suites[0]());
	size_t i;
	int failed;

	for (i = 1; i < ARRAY_SIZE(suites); i++)
		srunner_add_suite(sr, suites[i]());
	failed = run_named(sr, argc > 1 ? argv[1] : NULL);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
