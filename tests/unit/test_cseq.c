// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_cseq.c - CSeq (cseq.h, RFC 3261 20.16).
 */
#include "cseq.h"
#include "text.h"
#include "unit.h"

static const struct {
	const char *in;
	int err;
	u32 number;
	const char *method;
} values[] = {
	{ "1 INVITE", 0, 1, "INVITE" },
	{ "0009  INVITE", 0, 9, "INVITE" },
	{ "2147483647 X", 0, 2147483647U, "X" },
	{ "4294967295 BYE", 0, 4294967295U, "BYE" },
	{ "7\r\n OPTIONS", 0, 7, "OPTIONS" },
	{ "4294967296 BYE", -EBADMSG, 0, "" },
	{ "36893488147419103232 REGISTER", -EBADMSG, 0, "" },
	{ "1", -EBADMSG, 0, "" },
	{ "1 ", -EBADMSG, 0, "" },
	{ "INVITE", -EBADMSG, 0, "" },
	{ "1INVITE", -EBADMSG, 0, "" },
	{ "-1 INVITE", -EBADMSG, 0, "" },
	{ "", -EBADMSG, 0, "" },
};

START_TEST(cseq_values)
{
	struct sip_buf b = guard_buf(values[_i].in);
	struct span method;
	u32 number;

	ck_assert_int_eq(sip_cseq_parse(&b, guard_all(&b), &number, &method),
			 values[_i].err);
	if (!values[_i].err) {
		ck_assert_uint_eq(number, values[_i].number);
		ck_assert_str_eq(text_span(&b, method), values[_i].method);
	}
	guard_buf_free(&b);
}
END_TEST

struct Suite *suite_cseq(void)
{
	struct Suite *s = suite_create("cseq");
	TCase *tc = tcase_create("cseq");

	unit_add_table(tc, cseq_values, values);
	suite_add_tcase(s, tc);
	return s;
}
