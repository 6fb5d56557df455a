// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_hostile.c - limits (SEC-15) and messages that are made to be slow:
 * whatever they say, they come out whole, and quickly.
 */
#include <stdlib.h>
#include "hostile.h"
#include "props.h"
#include "text.h"
#include "unit.h"

static struct fakehost fh, before;
static struct alg_ctx ctx;

static void run(char *data, size_t len, enum alg_dir dir)
{
	struct alg_pkt pkt = text_pkt(dir, data, len);

	fakehost_init(&fh);
	before = fh;
	ctx.flags = ALG_CTX_NOTES;
	fakehost_run(&fh, &ctx, &pkt);
	ck_assert_msg(!props_check(&ctx, &fh, &before), "%s",
		      props_check(&ctx, &fh, &before));
}

static const size_t sizes[] = { 1000, 1500, 8000, 25000, 65000 };

/* Every kind in every size, both ways: a verdict, and all laws hold. */
START_TEST(hostile_kinds)
{
	char *text = text_room(70000), *copy;
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		n = hostile_make((enum hostile_kind)_i, sizes[i], text);
		copy = guard_copy(text, n);
		run(copy, n, ALG_OUT);
		ck_assert(ctx.verdict == ALG_REWRITE ||
			  ctx.verdict == ALG_RAW);
		run(copy, n, ALG_IN);
		guard_free(copy, n);
	}
	free(text);
}
END_TEST

static unsigned int run_kind(enum hostile_kind kind, size_t size)
{
	char *text = text_room(70000);
	size_t n = hostile_make(kind, size, text);
	char *copy = guard_copy(text, n);

	run(copy, n, ALG_OUT);
	guard_free(copy, n);
	free(text);
	return ctx.reason;
}

/* What is above a limit leaves as it came, under its own counter. */
START_TEST(hostile_limits)
{
	ck_assert_uint_eq(run_kind(HOSTILE_HEADERS, 3000),
			  ALG_REASON_RAW_LIMIT);
	ck_assert_uint_eq(run_kind(HOSTILE_MEDIA, 3000),
			  ALG_REASON_RAW_LIMIT);
	ck_assert_uint_eq(run_kind(HOSTILE_CANDIDATES, 8000),
			  ALG_REASON_RAW_LIMIT);
	ck_assert_uint_eq(run_kind(HOSTILE_CONTACTS, 25000),
			  ALG_REASON_RAW_LIMIT);
	ck_assert_uint_eq(fh.nbind, 0);
	ck_assert_uint_eq(fh.nmedia, 0);
}
END_TEST

/* 40 Contacts are many, but legal: all of them are mapped. */
START_TEST(forty_contacts)
{
	char text[4096];
	char *copy;
	size_t n;
	int i;

	n = (size_t)sprintf(text, "REGISTER sip:52.0.0.10 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK-1\r\n"
		"From: <sip:100@52.0.0.10>;tag=a\r\n"
		"To: <sip:100@52.0.0.10>\r\nCall-ID: 1\r\n"
		"CSeq: 1 REGISTER\r\n");
	for (i = 0; i < 40; i++)
		n += (size_t)sprintf(text + n,
				     "m: <sip:%d@192.168.1.10:5060>\r\n", i);
	n += (size_t)sprintf(text + n, "\r\n");
	copy = guard_copy(text, n);
	run(copy, n, ALG_OUT);
	ck_assert_uint_eq(ctx.verdict, ALG_REWRITE);
	ck_assert_uint_eq(ctx.edits.n, 41);
	guard_free(copy, n);
}
END_TEST

START_TEST(longer_than_a_datagram)
{
	size_t n = 70000;
	char *text = text_room(n), *copy;
	struct alg_pkt pkt;

	memset(text, 'x', n);
	hostile_make(HOSTILE_VALUE, 60000, text);
	copy = guard_copy(text, n);
	pkt = text_pkt(ALG_OUT, copy, n);
	fakehost_init(&fh);
	fakehost_run(&fh, &ctx, &pkt);
	ck_assert_uint_eq(ctx.verdict, ALG_RAW);
	ck_assert_uint_eq(ctx.reason, ALG_REASON_RAW_LIMIT);
	guard_free(copy, n);
	free(text);
}
END_TEST

struct Suite *suite_hostile(void)
{
	struct Suite *s = suite_create("hostile");
	TCase *tc = tcase_create("hostile");

	tcase_add_loop_test(tc, hostile_kinds, 0, HOSTILE_KINDS);
	tcase_add_test(tc, hostile_limits);
	tcase_add_test(tc, forty_contacts);
	tcase_add_test(tc, longer_than_a_datagram);
	suite_add_tcase(s, tc);
	return s;
}
