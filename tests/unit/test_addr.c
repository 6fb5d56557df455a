// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_addr.c - addresses as text, and back (addr.h).
 */
#include "addr.h"
#include "alg.h"
#include "text.h"
#include "unit.h"

static const char * const hosts[] = {
	"0.0.0.0", "1.2.3.4", "9.10.99.100", "192.168.1.10",
	"255.255.255.255", "101.1.10.200",
};

START_TEST(render_and_parse)
{
	struct sip_buf b = guard_buf(hosts[_i]);
	struct alg_ep ep = text_ep(hosts[_i]);
	struct addr_text t;
	u32 v4;

	addr_render(&ep, &t);
	ck_assert_uint_eq(t.len, b.len);
	ck_assert_mem_eq(t.text, b.data, b.len);
	ck_assert(addr_is(&b, guard_all(&b), &t));
	ck_assert_int_eq(addr_parse4(&b, guard_all(&b), &v4), 0);
	ck_assert_mem_eq(&v4, ep.ip, 4);
	guard_buf_free(&b);
}
END_TEST

static const char * const strangers[] = {
	"192.168.1.1", "192.168.1.100", "192.168.1.10.", "192.168.001.10",
	"192.168.1.1O", "92.168.1.10", "292.168.1.10", "", "192.168.1.11",
	"192.168.1.10.example.net",
};

START_TEST(is_not)
{
	struct sip_buf b = guard_buf(strangers[_i]);
	struct alg_ep ep = text_ep("192.168.1.10");
	struct addr_text t;

	addr_render(&ep, &t);
	ck_assert(!addr_is(&b, guard_all(&b), &t));
	guard_buf_free(&b);
}
END_TEST

static const char * const no_literals[] = {
	"", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.", ".1.2.3",
	"1..2.3", "1.2.3.4x", "a.b.c.d", "example.net", "[::1]", "::1",
	"1.2.3.4567", "-1.2.3.4", "1.2.3.4 ",
};

START_TEST(parse_none)
{
	struct sip_buf b = guard_buf(no_literals[_i]);
	u32 v4;

	ck_assert_int_eq(addr_parse4(&b, guard_all(&b), &v4), -ENOENT);
	guard_buf_free(&b);
}
END_TEST

START_TEST(every_port)
{
	char want[8], out[ADDR_PORT_MAX];
	u32 port, n;

	for (port = 0; port <= 65535; port++) {
		snprintf(want, sizeof(want), "%u", port);
		n = addr_put_port(out, port);
		ck_assert_uint_eq(n, strlen(want));
		ck_assert_mem_eq(out, want, n);
	}
}
END_TEST

static const struct {
	const char *host;
	bool private;
} ranges[] = {
	{ "9.255.255.255", false }, { "10.0.0.0", true },
	{ "10.255.255.255", true }, { "11.0.0.0", false },
	{ "172.15.255.255", false }, { "172.16.0.0", true },
	{ "172.31.255.255", true }, { "172.32.0.0", false },
	{ "192.167.255.255", false }, { "192.168.0.0", true },
	{ "192.168.255.255", true }, { "192.169.0.0", false },
	{ "100.63.255.255", false }, { "100.64.0.0", true },
	{ "100.127.255.255", true }, { "100.128.0.0", false },
	{ "127.0.0.1", true }, { "128.0.0.1", false },
	{ "169.253.255.255", false }, { "169.254.0.1", true },
	{ "169.255.0.0", false }, { "52.0.0.10", false },
};

START_TEST(private_ranges)
{
	struct alg_ep ep = text_ep(ranges[_i].host);

	ck_assert_int_eq(addr_is_private4(ep.v4), ranges[_i].private);
}
END_TEST

struct Suite *suite_addr(void)
{
	struct Suite *s = suite_create("addr");
	TCase *tc = tcase_create("addr");

	unit_add_table(tc, render_and_parse, hosts);
	unit_add_table(tc, is_not, strangers);
	unit_add_table(tc, parse_none, no_literals);
	tcase_add_test(tc, every_port);
	unit_add_table(tc, private_ranges, ranges);
	suite_add_tcase(s, tc);
	return s;
}
