// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_uri.c - sip: and sips: URIs (uri.h, RFC 3261 19.1 and RFC 4475).
 */
#include "text.h"
#include "unit.h"
#include "uri.h"

static const struct {
	const char *in;
	const char *user, *host, *port, *params;
	u16 port_num;
	u8 scheme;
} good[] = {
	{ "sip:h", "-", "h", "-", "-", 5060, SIP_SCHEME_SIP },
	{ "sip:u@h", "u", "h", "-", "-", 5060, SIP_SCHEME_SIP },
	{ "SIP:u@h:5062", "u", "h", "5062", "-", 5062, SIP_SCHEME_SIP },
	{ "sips:u@h", "u", "h", "-", "-", 5061, SIP_SCHEME_SIPS },
	{ "SIPS:h:5060", "-", "h", "5060", "-", 5060, SIP_SCHEME_SIPS },
	{ "sip:u:pw@192.168.1.10:1", "u", "192.168.1.10", "1", "-", 1,
	  SIP_SCHEME_SIP },
	{ "sip:u:@h", "u", "h", "-", "-", 5060, SIP_SCHEME_SIP },
	{ "sip:u@h;lr", "u", "h", "-", ";lr", 5060, SIP_SCHEME_SIP },
	{ "sip:u@h:9;a=b;c?x=y", "u", "h", "9", ";a=b;c", 9, SIP_SCHEME_SIP },
	{ "sip:h?x=a@b", "h?x=a", "b", "-", "-", 5060, SIP_SCHEME_SIP },
	{ "sip:h;p=a@b", "h;p=a", "b", "-", "-", 5060, SIP_SCHEME_SIP },
	{ "sip:u@h;p=a@b?c=d@e", "u", "h", "-", ";p=a@b", 5060,
	  SIP_SCHEME_SIP },
	{ "sip:u@h;p=\"@192.168.1.10\"", "u", "h", "-",
	  ";p=\"@192.168.1.10\"", 5060, SIP_SCHEME_SIP },
	{ "sip:u;par=1@h", "u;par=1", "h", "-", "-", 5060, SIP_SCHEME_SIP },
	{ "sip:u?q@h", "u?q", "h", "-", "-", 5060, SIP_SCHEME_SIP },
	{ "sip:+49-30;phone-context=x@h;user=phone",
	  "+49-30;phone-context=x", "h", "-", ";user=phone", 5060,
	  SIP_SCHEME_SIP },
	{ "sip:%75%40x@h", "%75%40x", "h", "-", "-", 5060, SIP_SCHEME_SIP },
	{ "sip:[2001:db8::1]", "-", "[2001:db8::1]", "-", "-", 5060,
	  SIP_SCHEME_SIP },
	{ "sip:u@[2001:db8::1]:5070;lr", "u", "[2001:db8::1]", "5070", ";lr",
	  5070, SIP_SCHEME_SIP },
	{ "sip:192.168.1.10@52.0.0.1", "192.168.1.10", "52.0.0.1", "-", "-",
	  5060, SIP_SCHEME_SIP },
};

START_TEST(uri_good)
{
	struct sip_buf b = guard_buf(good[_i].in);
	struct sip_uri u;

	ck_assert_int_eq(sip_uri_parse(&b, guard_all(&b), &u), 0);
	ck_assert_str_eq(text_span(&b, u.user), good[_i].user);
	ck_assert_str_eq(text_span(&b, u.host), good[_i].host);
	ck_assert_str_eq(text_span(&b, u.port), good[_i].port);
	ck_assert_str_eq(u.params.len ? text_span(&b, u.params) : "-",
			 good[_i].params);
	ck_assert_uint_eq(u.port_num, good[_i].port_num);
	ck_assert_uint_eq(u.scheme, good[_i].scheme);
	guard_buf_free(&b);
}
END_TEST

static const char * const opaque[] = {
	"tel:+4930100",
	"mailto:a@192.168.1.10",
	"sipx:u@192.168.1.10",
	"nobodyKnowsThisScheme:totallyopaquecontent",
	"http://192.168.1.10:5060/",
	"sip",
};

START_TEST(uri_opaque)
{
	struct sip_buf b = guard_buf(opaque[_i]);
	struct sip_uri u;

	ck_assert_int_eq(sip_uri_parse(&b, guard_all(&b), &u), 0);
	ck_assert_uint_eq(u.scheme, SIP_SCHEME_OTHER);
	guard_buf_free(&b);
}
END_TEST

static const char * const bad[] = {
	"", "sip:@", "sip:u@", "sip:u@:5060", "sip:;lr",
	"sip:h:", "sip:h:x", "sip:h:65536", "sip:h:50 60", "sip:[2001:db8::1",
	"sip:u@[", "sip:[]x", "sip:h:-1", "sip:?x=y",
};

START_TEST(uri_bad)
{
	struct sip_buf b = guard_buf(bad[_i]);
	struct sip_uri u;

	ck_assert_int_eq(sip_uri_parse(&b, guard_all(&b), &u), -EBADMSG);
	guard_buf_free(&b);
}
END_TEST

START_TEST(uri_hostport)
{
	struct sip_buf b = guard_buf("sip:u@10.0.0.1:5062;lr");
	struct sip_uri u;

	ck_assert_int_eq(sip_uri_parse(&b, guard_all(&b), &u), 0);
	ck_assert_str_eq(text_span(&b, sip_uri_hostport(&u)),
			 "10.0.0.1:5062");
	guard_buf_free(&b);
}
END_TEST

struct Suite *suite_uri(void)
{
	struct Suite *s = suite_create("uri");
	TCase *tc = tcase_create("uri");

	unit_add_table(tc, uri_good, good);
	unit_add_table(tc, uri_opaque, opaque);
	unit_add_table(tc, uri_bad, bad);
	tcase_add_test(tc, uri_hostport);
	suite_add_tcase(s, tc);
	return s;
}
