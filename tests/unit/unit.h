/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unit.h - the suites of build/unit/unit, one a file of the core, and the
 * loop that every table of {input, expected} uses.
 */
#ifndef SIPALG_TESTS_UNIT_H
#define SIPALG_TESTS_UNIT_H

#include <check.h>

Suite *suite_addr(void);
Suite *suite_body(void);
Suite *suite_contact(void);
Suite *suite_corpora(void);
Suite *suite_cseq(void);
Suite *suite_dialog(void);
Suite *suite_edit(void);
Suite *suite_golden(void);
Suite *suite_hostile(void);
Suite *suite_messages(void);
Suite *suite_msg(void);
Suite *suite_plan(void);
Suite *suite_route(void);
Suite *suite_sdp(void);
Suite *suite_span(void);
Suite *suite_uri(void);
Suite *suite_via(void);

/* A test that runs once for every row of @table. */
#define unit_add_table(tc, test, table) \
	tcase_add_loop_test(tc, test, 0, (int)ARRAY_SIZE(table))

#endif /* SIPALG_TESTS_UNIT_H */
