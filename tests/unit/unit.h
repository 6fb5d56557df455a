/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unit.h - the suites of build/unit/unit, one a file of the core, and the
 * loop that every table of {input, expected} uses.
 */
#ifndef SIPALG_TESTS_UNIT_H
#define SIPALG_TESTS_UNIT_H

#include <check.h>

struct Suite *suite_addr(void);
struct Suite *suite_body(void);
struct Suite *suite_contact(void);
struct Suite *suite_corpora(void);
struct Suite *suite_cseq(void);
struct Suite *suite_dialog(void);
struct Suite *suite_edit(void);
struct Suite *suite_golden(void);
struct Suite *suite_hostile(void);
struct Suite *suite_messages(void);
struct Suite *suite_msg(void);
struct Suite *suite_plan(void);
struct Suite *suite_route(void);
struct Suite *suite_sdp(void);
struct Suite *suite_span(void);
struct Suite *suite_uri(void);
struct Suite *suite_via(void);

/* A test that runs once for every row of @table. */
#define unit_add_table(tc, test, table) \
	tcase_add_loop_test(tc, test, 0, (int)ARRAY_SIZE(table))

#endif /* SIPALG_TESTS_UNIT_H */
