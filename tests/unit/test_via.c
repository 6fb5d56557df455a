// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_via.c - the topmost Via (via.h; RFC 3261 20.42, RFC 3581, RFC 4475).
 */
#include "text.h"
#include "unit.h"
#include "via.h"

static const struct {
	const char *in;
	const char *host, *port, *branch, *received, *rport, *maddr;
	u16 port_num;
} good[] = {
	{ "SIP/2.0/UDP h", "h", "-", "-", "-", "-", "-", 5060 },
	{ "SIP/2.0/UDP h:5062;branch=z9hG4bKa", "h", "5062", "z9hG4bKa", "-",
	  "-", "-", 5062 },
	{ "SIP/2.0/UDP 10.0.0.1;rport;branch=b", "10.0.0.1", "-", "b", "-",
	  "-", "-", 5060 },
	{ "SIP/2.0/UDP h;received=1.2.3.4;rport=99;branch=b", "h", "-", "b",
	  "1.2.3.4", "99", "-", 5060 },
	{ "SIP/2.0/TLS h;branch=b", "h", "-", "b", "-", "-", "-", 5061 },
	{ "SIP/2.0/TCP h;branch=b;maddr=224.0.1.75;ttl=1", "h", "-", "b", "-",
	  "-", "224.0.1.75", 5060 },
	{ "sip/2.0/udp h", "h", "-", "-", "-", "-", "-", 5060 },
	{ "SIP  / 2.0 / UDP   h : 5062 ; branch = b ; rport = 7", "h", "5062",
	  "b", "-", "7", "-", 5062 },
	{ "SIP / 2.0\r\n /UDP\r\n\th\r\n ;branch=b", "h", "-", "b", "-", "-",
	  "-", 5060 },
	{ "SIP/2.0/UDP h;BRANCH=b;Received=r;RPORT=1", "h", "-", "b", "r",
	  "1", "-", 5060 },
	{ "SIP/2.0/UDP [2001:db8::1]:5070;branch=b", "[2001:db8::1]", "5070",
	  "b", "-", "-", "-", 5070 },
	{ "SIP/2.0/UDP [2001:db8::1]", "[2001:db8::1]", "-", "-", "-", "-",
	  "-", 5060 },
	{ "SIP/2.0/UDP a;branch=1, SIP/2.0/UDP b;branch=2;received=r", "a",
	  "-", "1", "-", "-", "-", 5060 },
	{ "SIP/2.0/UDP a;x=\",;branch=no\";branch=yes", "a", "-", "yes", "-",
	  "-", "-", 5060 },
	{ "SIP/2.0/UNKNOWN-9 h;hidden;x", "h", "-", "-", "-", "-", "-",
	  5060 },
};

START_TEST(via_good)
{
	struct sip_buf b = guard_buf(good[_i].in);
	struct sip_via v;

	ck_assert_int_eq(sip_via_parse(&b, guard_all(&b), &v), 0);
	ck_assert_str_eq(text_span(&b, v.host), good[_i].host);
	ck_assert_str_eq(text_span(&b, v.port), good[_i].port);
	ck_assert_str_eq(text_span(&b, v.branch), good[_i].branch);
	ck_assert_str_eq(text_span(&b, v.received), good[_i].received);
	ck_assert_str_eq(text_span(&b, v.rport), good[_i].rport);
	ck_assert_str_eq(text_span(&b, v.maddr), good[_i].maddr);
	ck_assert_uint_eq(v.port_num, good[_i].port_num);
	guard_buf_free(&b);
}
END_TEST

static const char * const bad[] = {
	"", "SIP", "SIP/2.0", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/2.0/ h",
	"SIP/2.0/UDP ;branch=b", "SIP/2.0/UDP :5060", "SIP/2.0/UDP h:",
	"SIP/2.0/UDP h:x", "SIP/2.0/UDP h:65536", "SIP/2.0/UDP h:5060x",
	"UDP h", "SIP/2.0/UDP ,", "SIP/2.0/UDP h i", "SIP/2.0 UDP h",
};

START_TEST(via_bad)
{
	struct sip_buf b = guard_buf(bad[_i]);
	struct sip_via v;

	ck_assert_int_eq(sip_via_parse(&b, guard_all(&b), &v), -EBADMSG);
	guard_buf_free(&b);
}
END_TEST

START_TEST(via_hostport)
{
	struct sip_buf b = guard_buf("SIP/2.0/UDP 10.0.0.1 : 5062;x");
	struct sip_via v;

	ck_assert_int_eq(sip_via_parse(&b, guard_all(&b), &v), 0);
	ck_assert_str_eq(text_span(&b, sip_via_hostport(&v)),
			 "10.0.0.1 : 5062");
	guard_buf_free(&b);
}
END_TEST

struct Suite *suite_via(void)
{
	struct Suite *s = suite_create("via");
	TCase *tc = tcase_create("via");

	unit_add_table(tc, via_good, good);
	unit_add_table(tc, via_bad, bad);
	tcase_add_test(tc, via_hostport);
	suite_add_tcase(s, tc);
	return s;
}
