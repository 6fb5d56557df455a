// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_contact.c - what Contact adds to an address: "*" and expires
 * (contact.h, RFC 3261 20.10).
 */
#include "contact.h"
#include "text.h"
#include "unit.h"

static const struct {
	const char *in;
	bool star;
} stars[] = {
	{ "*", true },
	{ "<sip:*>", false },
	{ "*x", false },
	{ "", false },
	{ "<sip:a>", false },
};

START_TEST(contact_star)
{
	struct sip_buf b = guard_buf(stars[_i].in);

	ck_assert_int_eq(sip_contact_is_star(&b, guard_all(&b)),
			 stars[_i].star);
	guard_buf_free(&b);
}
END_TEST

static const struct {
	const char *in;
	int err;
	u32 expires;
} contacts[] = {
	{ "<sip:a>;expires=60", 0, 60 },
	{ "<sip:a>;q=1;EXPIRES=0", 0, 0 },
	{ "<sip:a>; expires = 3600", 0, 3600 },
	{ "<sip:a;expires=5>", -ENOENT, 0 },
	{ "<sip:a>", -ENOENT, 0 },
	{ "<sip:a>;expires", -ENOENT, 0 },
	{ "<sip:a>;expires=x", -ENOENT, 0 },
	{ "<sip:a>;expires=2147483647", 0, 2147483647U },
	{ "<sip:a>;expires=4294967296", 0, 2147483647U },
	{ "<sip:a>;expires=99999999999999999999", 0, 2147483647U },
	{ "sip:a@b;expires=7", 0, 7 },
	{ "<sip:a>;expiresx=1;expires=2", 0, 2 },
};

START_TEST(contact_expires)
{
	struct sip_buf b = guard_buf(contacts[_i].in);
	struct sip_addr a;
	u32 pos = 0, expires = 0;

	ck_assert_int_eq(sip_addr_next(&b, guard_all(&b), &pos, &a), 1);
	ck_assert_int_eq(sip_contact_expires(&b, a.params, &expires),
			 contacts[_i].err);
	if (!contacts[_i].err)
		ck_assert_uint_eq(expires, contacts[_i].expires);
	guard_buf_free(&b);
}
END_TEST

static const struct {
	const char *in;
	int err;
	u32 seconds;
} deltas[] = {
	{ "3600", 0, 3600 },
	{ "0", 0, 0 },
	{ "4294967295", 0, 2147483647U },
	{ "Thu, 01 Dec 1994 16:00:00 GMT", -ENOENT, 0 },
	{ "", -ENOENT, 0 },
	{ "-5", -ENOENT, 0 },
};

START_TEST(expires_header)
{
	struct sip_buf b = guard_buf(deltas[_i].in);
	u32 seconds = 0;

	ck_assert_int_eq(sip_expires_parse(&b, guard_all(&b), &seconds),
			 deltas[_i].err);
	if (!deltas[_i].err)
		ck_assert_uint_eq(seconds, deltas[_i].seconds);
	guard_buf_free(&b);
}
END_TEST

struct Suite *suite_contact(void)
{
	struct Suite *s = suite_create("contact");
	TCase *tc = tcase_create("contact");

	unit_add_table(tc, contact_star, stars);
	unit_add_table(tc, contact_expires, contacts);
	unit_add_table(tc, expires_header, deltas);
	suite_add_tcase(s, tc);
	return s;
}
