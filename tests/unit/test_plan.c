// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_plan.c - what the planners do that a golden case cannot show well:
 * requests that come before any flow, addresses that look like ours, growth
 * at the edges, and a host that fails at every single question.
 */
#include <stdlib.h>
#include "props.h"
#include "text.h"
#include "unit.h"

static const struct {
	const char *data;
	const char *user;	/* when it is for 45.0.2.2:5060 */
} firsts[] = {
	{ "INVITE sip:a:pw@45.0.2.2 SIP/2.0\r\n", "a" },
	{ "INVITE sip:45.0.2.2 SIP/2.0\r\n", "-" },
	{ "INVITE sip:a@45.0.2.2:5060;x=y SIP/2.0\r\nVia: x\r\n", "a" },
	{ "\r\n\r\nOPTIONS SIP:a@45.0.2.2?h=x SIP/2.0\r\n", "a" },
	{ "INVITE sip:a@45.0.2.2:5062 SIP/2.0\r\n", NULL },
	{ "INVITE sips:a@45.0.2.2 SIP/2.0\r\n", NULL },
	{ "INVITE sips:a@45.0.2.2:5060 SIP/2.0\r\n", "a" },
	{ "INVITE sip:a@45.0.2.20 SIP/2.0\r\n", NULL },
	{ "INVITE sip:a@45.0.2.2.example SIP/2.0\r\n", NULL },
	{ "INVITE sip:45.0.2.2@52.0.0.1 SIP/2.0\r\n", NULL },
	{ "INVITE tel:45.0.2.2 SIP/2.0\r\n", NULL },
	{ "INVITE sip:a@45.0.2.2 HTTP/1.1\r\n", NULL },
	{ "SIP/2.0 200 OK\r\n", NULL },
	{ "", NULL },
	{ "\r\n", NULL },
	{ "INVITE sip:a@45.0.2.2 SIP/2.0", NULL },
	{ "INVITE", NULL },
	{ "INVITE sip:", NULL },
};

START_TEST(request_is_for)
{
	struct sip_buf b = guard_buf(firsts[_i].data);
	struct alg_ep wan = text_ep("45.0.2.2:5060");

	struct span user;

	ck_assert_int_eq(alg_request_is_for(b.data, b.len, &wan, NULL),
			 !!firsts[_i].user);
	ck_assert_int_eq(alg_request_is_for(b.data, b.len, &wan, &user),
			 !!firsts[_i].user);
	if (firsts[_i].user)
		ck_assert_str_eq(text_span(&b, user), firsts[_i].user);
	guard_buf_free(&b);
}
END_TEST

/* A message of every header and line that is mapped, out. */
static const char full[] =
	"INVITE sip:200@52.0.0.10 SIP/2.0\r\n"
	"Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK-1;maddr=192.168.1"
	".10\r\n"
	"Record-Route: <sip:192.168.1.10:5070;lr>\r\n"
	"From: <sip:100@52.0.0.10>;tag=a\r\nTo: <sip:200@52.0.0.10>\r\n"
	"Call-ID: 1\r\nCSeq: 1 INVITE\r\n"
	"Contact: <sip:100@192.168.1.10:5060>, <sip:100@192.168.1.10:5080>"
	"\r\nContent-Type: application/sdp\r\nContent-Length: 267\r\n\r\n"
	"v=0\r\no=- 1 1 IN IP4 192.168.1.10\r\ns=-\r\n"
	"c=IN IP4 192.168.1.10\r\nt=0 0\r\n"
	"m=audio 4000 RTP/AVP 0\r\na=rtcp:4001 IN IP4 192.168.1.10\r\n"
	"a=candidate:1 1 UDP 9 192.168.1.10 4000 typ host\r\n"
	"m=video 4002 RTP/AVP 31\r\nc=IN IP4 192.168.1.10\r\n"
	"m=image 4004 udptl t38\r\na=T38FaxVersion:0\r\n";

static struct fakehost fh, before;
static struct alg_ctx ctx;

static unsigned int run_full(enum fh_op op, int err, unsigned int from)
{
	size_t n = sizeof(full) - 1;
	char *copy = guard_copy(full, n);
	struct alg_pkt pkt = text_pkt(ALG_OUT, copy, n);
	const char *broken;

	fakehost_init(&fh);
	fh.sip_offset = 1000;
	fh.media_offset = 100;
	fh.fail_err[op] = err;
	fh.fail_from[op] = from;
	before = fh;
	fakehost_run(&fh, &ctx, &pkt);
	broken = props_check(&ctx, &fh, &before);
	ck_assert_msg(!broken, "%s", broken);
	guard_free(copy, n);
	return ctx.verdict;
}

/* Law 2: whichever question the host refuses, the message stays whole. */
START_TEST(all_or_nothing)
{
	static const struct {
		int err;
		unsigned int reason;
	} errors[] = {
		{ -ENOSPC, ALG_REASON_RAW_TABLE_FULL },
		{ -ENOMEM, ALG_REASON_RAW_NO_MEMORY },
		{ -EACCES, ALG_REASON_RAW_REFUSED },
	};
	static const enum fh_op ops[] = { FH_BIND_OUT, FH_MEDIA_OPEN };
	unsigned int asked[FH_OPS], from;
	size_t i, j;

	ck_assert_uint_eq(run_full(FH_BIND_OUT, 0, 0), ALG_REWRITE);
	ck_assert_uint_eq(ctx.reason, ALG_REASON_EDIT_SDP);
	memcpy(asked, fh.calls, sizeof(asked));
	ck_assert_uint_ge(asked[FH_BIND_OUT], 3);
	ck_assert_uint_eq(asked[FH_MEDIA_OPEN], 3);
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		for (j = 0; j < ARRAY_SIZE(errors); j++)
			for (from = 1; from <= asked[ops[i]]; from++) {
				run_full(ops[i], errors[j].err, from);
				ck_assert_uint_eq(ctx.verdict, ALG_RAW);
				ck_assert_uint_eq(ctx.reason,
						  errors[j].reason);
				ck_assert_uint_eq(ctx.edits.n, 0);
				ck_assert_uint_eq(fh.nmedia + fh.nbind, 0);
			}
}
END_TEST

/* The announced RTCP port is not the next one outside: it is said. */
START_TEST(rtcp_line_is_added)
{
	static const char text[] = "INVITE sip:200@52.0.0.10 SIP/2.0\r\n"
		"v: SIP/2.0/UDP 192.168.1.10\r\nf: <sip:a@b>;tag=a\r\n"
		"t: <sip:a@b>\r\ni: 1\r\nCSeq: 1 INVITE\r\n"
		"c: application/sdp\r\nl: 98\r\n\r\nv=0\r\n"
		"o=- 1 1 IN IP4 192.168.1.10\r\ns=-\r\n"
		"c=IN IP4 192.168.1.10\r\nt=0 0\r\n"
		"m=audio 4000 RTP/AVP 0\r\na=x\r\n";
	size_t n = sizeof(text) - 1, len;
	char *copy = guard_copy(text, n), out[1024];
	struct alg_pkt pkt = text_pkt(ALG_OUT, copy, n);

	fakehost_init(&fh);
	fh.rtcp_offset = 5;
	fakehost_run(&fh, &ctx, &pkt);
	ck_assert_uint_eq(ctx.verdict, ALG_REWRITE);
	len = props_output(&ctx, &pkt, out, sizeof(out) - 1);
	out[len] = 0;
	ck_assert_ptr_nonnull(strstr(out, "m=audio 4000 RTP/AVP 0\r\na=x\r\n"
				     "a=rtcp:4006\r\n"));
	ck_assert_ptr_nonnull(strstr(out, "\r\nl: 103\r\n"));
	guard_free(copy, n);
}
END_TEST

/* What is no URI is nobody's, whatever its beginning looks like. */
START_TEST(odd_request_uri_stays)
{
	static const char *const uris[] = {
		"sip:45.0.2.2>", "sip:45.0.2.2:5060>", "sip:a@45.0.2.2>x",
		"sip:45.0.2.2,", "sip:45.0.2.2\"",
	};
	char text[256];
	size_t n = (size_t)snprintf(text, sizeof(text), "BYE %s SIP/2.0\r\n"
		"v: SIP/2.0/UDP 52.0.0.10\r\nf: <sip:a@b>;tag=a\r\n"
		"t: <sip:a@b>\r\ni: 1\r\nCSeq: 1 BYE\r\n\r\n", uris[_i]);
	char *copy = guard_copy(text, n);
	struct alg_pkt pkt = text_pkt(ALG_IN, copy, n);

	fakehost_init(&fh);
	fakehost_bind(&fh, &pkt.lan, &pkt.wan, FH_OURS);
	fakehost_run(&fh, &ctx, &pkt);
	ck_assert_uint_ne(ctx.verdict, ALG_REWRITE);
	guard_free(copy, n);
}
END_TEST

/* What does not fit a datagram any more leaves as it came. */
START_TEST(no_growth_beyond_a_datagram)
{
	static const char head[] = "OPTIONS sip:h SIP/2.0\r\n"
		"v: SIP/2.0/UDP 10.0.0.1\r\nf: a\r\nt: b\r\ni: c\r\n"
		"CSeq: 1 OPTIONS\r\n\r\n";
	size_t n = 65507;
	char *copy = text_room(n);
	struct alg_pkt pkt;

	memset(copy, 'x', n);
	memcpy(copy, head, sizeof(head) - 1);
	pkt = text_pkt(ALG_OUT, copy, n);
	pkt.lan = text_ep("10.0.0.1:5060");
	pkt.wan = text_ep("123.123.123.123:5060");
	fakehost_init(&fh);
	fakehost_run(&fh, &ctx, &pkt);
	ck_assert_uint_eq(ctx.verdict, ALG_RAW);
	ck_assert_uint_eq(ctx.reason, ALG_REASON_RAW_LIMIT);
	pkt.len = (u32)n - 10;
	fakehost_run(&fh, &ctx, &pkt);
	ck_assert_uint_eq(ctx.verdict, ALG_REWRITE);
	free(copy);
}
END_TEST

struct Suite *suite_plan(void)
{
	struct Suite *s = suite_create("plan");
	TCase *tc = tcase_create("plan");

	unit_add_table(tc, request_is_for, firsts);
	tcase_add_test(tc, all_or_nothing);
	tcase_add_test(tc, rtcp_line_is_added);
	tcase_add_loop_test(tc, odd_request_uri_stays, 0, 5);
	tcase_add_test(tc, no_growth_beyond_a_datagram);
	suite_add_tcase(s, tc);
	return s;
}
