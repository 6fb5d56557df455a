// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_sdp.c - a session description as offsets (sdp.h; RFC 8866, 3605,
 * 5761, 4145, 8839).
 */
#include <stdlib.h>
#include "addr.h"
#include "sdp.h"
#include "text.h"
#include "unit.h"

#define HEAD	"v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\n"
#define CONN	"c=IN IP4 10.0.0.2\r\n"
#define TIME	"t=0 0\r\n"

/* The address that is looked for; others are read as well. */
static const struct addr_text own = { .text = "10.0.0.2", .len = 8 };

static void parse(struct sip_buf *b, const char *text, struct sdp_body *sdp)
{
	*b = guard_buf(text);
	memset(sdp, 0xa5, sizeof(*sdp));
	ck_assert_int_eq(sdp_parse(b, guard_all(b), &own, sdp), 0);
}

/* One media line each, with everything that counts for it. */
static const struct {
	const char *in;
	u16 port;
	const char *addr;	/* the c= that counts */
	u16 rtcp;
	const char *rtcp_addr;
	u8 count, proto, dir, flags;
} lines[] = {
	{ CONN "m=audio 4000 RTP/AVP 0\r\n", 4000, "10.0.0.2", 0, "-", 1,
	  SDP_PROTO_RTP, SDP_DIR_NONE, 0 },
	{ CONN "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 10.0.0.3\r\n", 4000,
	  "10.0.0.3", 0, "-", 1, SDP_PROTO_RTP, SDP_DIR_NONE, 0 },
	{ "m=audio 49170/2 RTP/AVP 31\r\nc=IN IP4 10.0.0.3\r\n", 49170,
	  "10.0.0.3", 0, "-", 2, SDP_PROTO_RTP, SDP_DIR_NONE, 0 },
	{ CONN "m=video 4002 RTP/SAVPF 96\r\na=rtcp:4010\r\na=sendonly\r\n",
	  4002, "10.0.0.2", 4010, "-", 1, SDP_PROTO_RTP, SDP_DIR_SENDONLY,
	  0 },
	{ CONN "m=video 4002 UDP/TLS/RTP/SAVPF 96\r\n"
	  "a=rtcp:4010 IN IP4 10.0.0.9\r\na=recvonly\r\n", 4002, "10.0.0.2",
	  4010, "10.0.0.9", 1, SDP_PROTO_RTP, SDP_DIR_RECVONLY, 0 },
	{ CONN "m=audio 4000 RTP/AVP 0\r\na=rtcp-mux\r\na=inactive\r\n",
	  4000, "10.0.0.2", 0, "-", 1, SDP_PROTO_RTP, SDP_DIR_INACTIVE,
	  SDP_MEDIA_MUX },
	{ CONN "m=image 4004 udptl t38\r\na=T38FaxVersion:0\r\n", 4004,
	  "10.0.0.2", 0, "-", 1, SDP_PROTO_UDPTL, SDP_DIR_NONE, 0 },
	{ CONN "m=image 4004 UDPTL t38\r\n", 4004, "10.0.0.2", 0, "-", 1,
	  SDP_PROTO_UDPTL, SDP_DIR_NONE, 0 },
	{ CONN "m=message 9 TCP/MSRP *\r\na=setup:active\r\n", 9, "10.0.0.2",
	  0, "-", 1, SDP_PROTO_TCP, SDP_DIR_NONE, SDP_MEDIA_ACTIVE },
	{ CONN "m=application 4006 UDP/BFCP *\r\na=setup:actpass\r\n", 4006,
	  "10.0.0.2", 0, "-", 1, SDP_PROTO_OTHER, SDP_DIR_NONE, 0 },
	{ CONN "m=audio 0 RTP/AVP 0\r\n", 0, "10.0.0.2", 0, "-", 1,
	  SDP_PROTO_RTP, SDP_DIR_NONE, 0 },
	{ "c=IN IP6 2001:db8::1\r\nm=audio 4000 RTP/AVP 0\r\n", 4000, "-", 0,
	  "-", 1, SDP_PROTO_RTP, SDP_DIR_NONE, 0 },
	{ "c=IN  IP4  10.0.0.3 \r\nm=audio 4000 RTP/AVP 0\r\n", 4000,
	  "10.0.0.3", 0, "-", 1, SDP_PROTO_RTP, SDP_DIR_NONE, 0 },
	{ "c=IN IP4\t 10.0.0.3\r\nm=audio 4000 RTP/AVP 0\r\n", 4000, "-", 0,
	  "-", 1, SDP_PROTO_RTP, SDP_DIR_NONE, 0 },
	{ "c=IN IP4 224.2.36.42/127/3\r\nm=audio 4000 RTP/AVP 0\r\n", 4000,
	  "224.2.36.42/127/3", 0, "-", 1, SDP_PROTO_RTP, SDP_DIR_NONE, 0 },
	{ CONN "a=sendonly\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n",
	  4000, "10.0.0.2", 0, "-", 1, SDP_PROTO_RTP, SDP_DIR_SENDRECV, 0 },
	{ CONN "a=inactive\r\nm=audio 4000 RTP/AVP 0\r\na=rtcp-muxx\r\n"
	  "a=rtcp-fb:* nack\r\na=sendonlyx\r\n",
	  4000, "10.0.0.2", 0, "-", 1, SDP_PROTO_RTP, SDP_DIR_INACTIVE, 0 },
};

START_TEST(sdp_lines)
{
	static struct sdp_body sdp;
	const struct sdp_media *m = &sdp.media[0];
	struct sip_buf b;
	struct span addr;
	char text[512];

	snprintf(text, sizeof(text), HEAD "%s", lines[_i].in);
	parse(&b, text, &sdp);
	ck_assert_str_eq(text_span(&b, sdp.origin), "10.0.0.1");
	ck_assert_uint_eq(sdp.nmedia, 1);
	ck_assert_uint_eq(m->port_num, lines[_i].port);
	addr = sdp_media_addr(&sdp, m);
	ck_assert_str_eq(text_span(&b, addr), lines[_i].addr);
	ck_assert_uint_eq(m->rtcp_num, lines[_i].rtcp);
	ck_assert_str_eq(text_span(&b, m->rtcp_addr), lines[_i].rtcp_addr);
	ck_assert_uint_eq(m->count, lines[_i].count);
	ck_assert_uint_eq(m->proto, lines[_i].proto);
	ck_assert_uint_eq(sdp_media_dir(&sdp, m), lines[_i].dir);
	ck_assert_uint_eq(m->flags,
			  lines[_i].flags);
	guard_buf_free(&b);
}
END_TEST

START_TEST(sdp_levels)
{
	static struct sdp_body sdp;
	struct sip_buf b;

	parse(&b, HEAD CONN TIME "a=rtcp:1\r\na=sendonly\r\n"
	      "m=audio 4000 RTP/AVP 0\r\nm=video 4002 RTP/AVP 31\r\n"
	      "c=IN IP4 10.0.0.3\r\na=rtcp:4003\r\n"
	      "m=text 4004 RTP/AVP 98\r\n", &sdp);
	ck_assert_uint_eq(sdp.nmedia, 3);
	ck_assert_str_eq(text_span(&b, sdp.addr), "10.0.0.2");
	ck_assert_uint_eq(sdp.dir, SDP_DIR_SENDONLY);
	ck_assert_uint_eq(sdp.media[0].addr.len, 0);
	ck_assert_uint_eq(sdp.media[0].rtcp.len, 0);
	ck_assert_str_eq(text_span(&b, sdp.media[1].addr), "10.0.0.3");
	ck_assert_str_eq(text_span(&b, sdp.media[1].rtcp), "4003");
	ck_assert_uint_eq(sdp.media[2].addr.len, 0);
	ck_assert_uint_eq(sdp.media[2].rtcp.len, 0);
	ck_assert_uint_eq(sdp_media_tail(&b, &sdp, 1), sdp.media[2].port.off -
			  (u32)strlen("\r\nm=text "));
	ck_assert_uint_eq(sdp_media_tail(&b, &sdp, 2), b.len - 2);
	guard_buf_free(&b);
}
END_TEST

/* The end of the last line of content, whatever follows as a line end. */
START_TEST(sdp_tail)
{
	static const char *const tails[] = {
		"", "\r\n", "\n", "\r", "\r\n\r\n", "\n\n\r\n",
	};
	static struct sdp_body sdp;
	struct sip_buf b;
	char text[512];
	u32 i, len;

	for (i = 0; i < ARRAY_SIZE(tails); i++) {
		len = (u32)snprintf(text, sizeof(text), HEAD CONN
				    "m=audio 4000 RTP/AVP 0\r\na=x");
		strcpy(text + len, tails[i]);
		parse(&b, text, &sdp);
		ck_assert_uint_eq(sdp_media_tail(&b, &sdp, 0), len);
		guard_buf_free(&b);
	}
	/* one carriage return too many is content */
	snprintf(text, sizeof(text), HEAD CONN "m=audio 4000 RTP/AVP 0\r\r");
	parse(&b, text, &sdp);
	ck_assert_uint_eq(sdp_media_tail(&b, &sdp, 0), b.len - 1);
	guard_buf_free(&b);
}
END_TEST

START_TEST(sdp_candidates)
{
	static struct sdp_body sdp;
	struct sip_buf b;

	parse(&b, HEAD CONN TIME "m=audio 4000 RTP/AVP 0\r\n"
	      "a=candidate:1 1 UDP 99 10.0.0.1 4000 typ host\r\n"
	      "a=candidate:1 2 udp 98 10.0.0.1 4001 typ host generation 0\r\n"
	      "a=candidate:2 1 UDP 97 45.0.2.2 9 typ srflx raddr 10.0.0.1 "
	      "rport 4000\r\n"
	      "a=candidate:3 1 TCP 96 10.0.0.1 9 typ host tcptype active\r\n"
	      "a=candidate:4 1 UDP 95 2001:db8::1 5 typ host\r\n"
	      "a=candidate:broken\r\na=candidate:\r\n"
	      "a=candidates:1 1 UDP 99 10.0.0.1 4000 typ host\r\n"
	      "m=video 4002 RTP/AVP 31\r\n"
	      "a=candidate:1 1 UDP 99 10.0.0.1 4002 typ host", &sdp);
	ck_assert_uint_eq(sdp.nmedia, 2);
	ck_assert_uint_ge(sdp.ncand, 3);
	ck_assert_str_eq(text_span(&b, sdp.cand[0].addr), "10.0.0.1");
	ck_assert_str_eq(text_span(&b, sdp.cand[0].port), "4000");
	ck_assert_uint_eq(sdp.cand[0].media, 0);
	ck_assert_uint_eq(sdp.cand[1].port_num, 4001);
	ck_assert_uint_eq(sdp.cand[sdp.ncand - 1].port_num, 4002);
	ck_assert_uint_eq(sdp.cand[sdp.ncand - 1].media, 1);
	guard_buf_free(&b);
}
END_TEST

/* A '!' differs from a blank by one bit; wherever it stands, it is none. */
START_TEST(sdp_candidate_words)
{
	static struct sdp_body sdp;
	struct sip_buf b;
	char text[512];
	int i;

	for (i = 1; i <= 8; i++) {
		snprintf(text, sizeof(text), HEAD CONN TIME
			 "m=audio 4000 RTP/AVP 0\r\na=candidate:%.*s 1 UDP 99 "
			 "10.0.0.1 !4000 typ host\r\n", i, "12345678");
		parse(&b, text, &sdp);
		ck_assert_uint_eq(sdp.ncand, 0);
		guard_buf_free(&b);
	}
}
END_TEST

static const char * const odd[] = {
	"v=0\no=- 1 1 IN IP4 10.0.0.1\ns=-\nc=IN IP4 10.0.0.2\nt=0 0\n"
	"m=audio 4000 RTP/AVP 0\n",
	"v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.2\r\n"
	"t=0 0\r\nm=audio 4000 RTP/AVP 0",
	"v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\nx=unknown\r\n=\r\nc\r\n\r\n"
	"c=IN IP4 10.0.0.2\r\na=\r\na=x:c=IN IP4 9.9.9.9\r\n"
	"m=audio 4000 RTP/AVP 0\r\n",
};

/* LF alone, no last line end, lines that are none: read all the same. */
START_TEST(sdp_odd_lines)
{
	static struct sdp_body sdp;
	struct sip_buf b;

	parse(&b, odd[_i], &sdp);
	ck_assert_str_eq(text_span(&b, sdp.origin), "10.0.0.1");
	ck_assert_str_eq(text_span(&b, sdp.addr), "10.0.0.2");
	ck_assert_uint_eq(sdp.nmedia, 1);
	ck_assert_str_eq(text_span(&b, sdp.media[0].port), "4000");
	guard_buf_free(&b);
}
END_TEST

/* Host names, other families and unreadable lines have no address of ours. */
static const char * const no_addr[] = {
	"c=IN IP6 2001:db8::1\r\n", "c=IN\r\n", "c=\r\n", "c=IN IP4\r\n",
	"c=IN IP4 \r\n", "c=ATM NSAP 47.0091\r\n",
};

START_TEST(sdp_no_address)
{
	static struct sdp_body sdp;
	struct sip_buf b;
	char text[256];

	snprintf(text, sizeof(text), "v=0\r\no=-\r\n%sm=audio 4000 RTP/AVP 0"
		 "\r\n", no_addr[_i]);
	parse(&b, text, &sdp);
	ck_assert_uint_eq(sdp.origin.len, 0);
	ck_assert_uint_eq(sdp.addr.len, 0);
	guard_buf_free(&b);
}
END_TEST

static const char * const bad[] = {
	"m=audio\r\n", "m=\r\n", "m=audio RTP/AVP 0\r\n",
	"m=audio 65536 RTP/AVP 0\r\n", "m=audio -1 RTP/AVP 0\r\n",
	"m=audio 4000x RTP/AVP 0\r\n", "m=audio", "m=audio 99999999999 X 0",
};

START_TEST(sdp_bad_media)
{
	static struct sdp_body sdp;
	struct sip_buf b;
	char text[256];

	snprintf(text, sizeof(text), HEAD CONN TIME "%s", bad[_i]);
	b = guard_buf(text);
	ck_assert_int_eq(sdp_parse(&b, guard_all(&b), &own, &sdp), -EBADMSG);
	guard_buf_free(&b);
}
END_TEST

static int parse_many(const char *line, unsigned int n)
{
	static struct sdp_body sdp;
	char *text = text_room(4096 + n * 80);
	struct sip_buf b;
	unsigned int i;
	int err;

	strcpy(text, HEAD CONN TIME "m=audio 4000 RTP/AVP 0\r\n");
	for (i = 0; i < n; i++)
		strcat(text, line);
	b = guard_buf(text);
	err = sdp_parse(&b, guard_all(&b), &own, &sdp);
	guard_buf_free(&b);
	free(text);
	return err;
}

START_TEST(sdp_limits)
{
	static const char m[] = "m=video 4002 RTP/AVP 31\r\n";
	static const char c[] =
		"a=candidate:1 1 UDP 99 10.0.0.1 4000 typ host\r\n";

	ck_assert_int_eq(parse_many(m, SDP_MAX_MEDIA - 1), 0);
	ck_assert_int_eq(parse_many(m, SDP_MAX_MEDIA), -E2BIG);
	ck_assert_int_eq(parse_many(c, SDP_MAX_CAND), 0);
	ck_assert_int_eq(parse_many(c, SDP_MAX_CAND + 1), -E2BIG);
	ck_assert_int_eq(parse_many(c, 1000), -E2BIG);
}
END_TEST

struct Suite *suite_sdp(void)
{
	struct Suite *s = suite_create("sdp");
	TCase *tc = tcase_create("sdp");

	unit_add_table(tc, sdp_lines, lines);
	tcase_add_test(tc, sdp_levels);
	tcase_add_test(tc, sdp_tail);
	tcase_add_test(tc, sdp_candidates);
	tcase_add_test(tc, sdp_candidate_words);
	unit_add_table(tc, sdp_odd_lines, odd);
	unit_add_table(tc, sdp_no_address, no_addr);
	unit_add_table(tc, sdp_bad_media, bad);
	tcase_add_test(tc, sdp_limits);
	suite_add_tcase(s, tc);
	return s;
}
