// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_route.c - lists of name-addr and addr-spec, tags (route.h, param.h).
 */
#include "param.h"
#include "route.h"
#include "text.h"
#include "unit.h"

/* Each list as "uri|params" joined by newlines; "!" where it must fail. */
static const struct {
	const char *in;
	const char *want;
} lists[] = {
	{ "<sip:a>", "sip:a|\n" },
	{ "<sip:a;lr>;x=1", "sip:a;lr|;x=1\n" },
	{ "sip:a@b;tag=1", "sip:a@b|;tag=1\n" },
	{ "<sip:a>,<sip:b>", "sip:a|\nsip:b|\n" },
	{ "<sip:a> , sip:b ,<sip:c>;q=1", "sip:a|\nsip:b|\nsip:c|;q=1\n" },
	{ "\"x, <sip:no>\" <sip:a>, Bob <sip:b>", "sip:a|\nsip:b|\n" },
	{ "\"q\\\", <sip:no>\" <sip:a>", "sip:a|\n" },
	{ "Bob Smith <sip:a>", "sip:a|\n" },
	{ "Bob<sip:a>", "sip:a|\n" },
	{ "<sip:a,b;c=d,e>;x", "sip:a,b;c=d,e|;x\n" },
	{ "<sip:a>;x=\",<sip:no>\", <sip:b>", "sip:a|;x=\",<sip:no>\"\nsip:b|\n" },
	{ "\r\n <sip:a>\r\n ,\r\n\t<sip:b>", "sip:a|\nsip:b|\n" },
	{ "<sip:a", "!" },
	{ "\"open <sip:a>", "!" },
};

static void walk_list(const struct sip_buf *b, char *out, size_t size)
{
	struct sip_addr a;
	u32 pos = 0;
	size_t n = 0;
	int more;

	while ((more = sip_addr_next(b, guard_all(b), &pos, &a)) > 0) {
		u32 end = span_trim_lws(b, a.params.off, span_end(a.params));
		struct span params = span_make(a.params.off, end);

		n += (size_t)snprintf(out + n, size - n, "%s|%s\n",
				      text_span(b, a.uri), params.len ?
				      text_span(b, params) : "");
		ck_assert_uint_lt(n, size);
	}
	if (more)
		snprintf(out + n, size - n, "!");
	else
		out[n] = 0;
}

START_TEST(addr_lists)
{
	struct sip_buf b = guard_buf(lists[_i].in);
	char out[512];

	walk_list(&b, out, sizeof(out));
	ck_assert_str_eq(out, lists[_i].want);
	guard_buf_free(&b);
}
END_TEST

static const struct {
	const char *in;
	const char *tag;
} tags[] = {
	{ "<sip:a>;tag=x", "x" },
	{ "sip:a@b;tag=x", "x" },
	{ "<sip:a;tag=no>", "-" },
	{ "<sip:a;tag=no>;q=1;tag=yes", "yes" },
	{ "\";tag=no\" <sip:a>;tag=yes", "yes" },
	{ "<sip:a>;TAG=x", "x" },
	{ "<sip:a> ; tag = x", "x" },
	{ "<sip:a>;tagx=no", "-" },
	{ "<sip:a>", "-" },
};

START_TEST(addr_tag)
{
	struct sip_buf b = guard_buf(tags[_i].in);

	ck_assert_str_eq(text_span(&b, sip_addr_tag(&b, guard_all(&b))),
			 tags[_i].tag);
	guard_buf_free(&b);
}
END_TEST

static const struct {
	const char *in, *name, *value;
} params[] = {
	{ ";a=1;b=2", "b", "2" },
	{ ";a;b", "a", "-" },
	{ ";a=\"x;b=3\";b=4", "b", "4" },
	{ " ; A = 1 ; B = 2 ", "a", "1" },
	{ ";a=1;a=2", "a", "1" },
	{ ";;a=1", "a", "1" },
	{ ";aa=1", "a", "-" },
	{ "", "a", "-" },
	{ ";a=", "a", "-" },
};

START_TEST(param_find)
{
	struct sip_buf b = guard_buf(params[_i].in);
	struct span v = sip_param_find(&b, guard_all(&b), params[_i].name);

	ck_assert_str_eq(v.len ? text_span(&b, v) : "-", params[_i].value);
	guard_buf_free(&b);
}
END_TEST

struct Suite *suite_route(void)
{
	struct Suite *s = suite_create("route");
	TCase *tc = tcase_create("route");

	unit_add_table(tc, addr_lists, lists);
	unit_add_table(tc, addr_tag, tags);
	unit_add_table(tc, param_find, params);
	suite_add_tcase(s, tc);
	return s;
}
