// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_body.c - where the session description is, alone or in a multipart
 * (body.h; RFC 5621, RFC 2046; F8, F9).
 */
#include "body.h"
#include "text.h"
#include "unit.h"

#define SDP	"v=0\r\nm=audio 1 RTP/AVP 0\r\n"
#define XML	"<x>\r\nv=0\r\n</x>\r\n"

static const struct {
	const char *type;	/* header lines */
	const char *body;
	int err;
	const char *sdp;
	const char *part_length;
} bodies[] = {
	{ "Content-Type: application/sdp\r\n", SDP, 0, SDP, "-" },
	{ "c: APPLICATION/SDP\r\n", SDP, 0, SDP, "-" },
	{ "c: application / sdp\r\n", SDP, 0, SDP, "-" },
	{ "c: application/sdp;charset=utf-8\r\n", SDP, 0, SDP, "-" },
	{ "c: application/sdp ; x=\"y;z\"\r\n", SDP, 0, SDP, "-" },
	{ "c: application/sdpx\r\n", SDP, 0, "-", "-" },
	{ "c: xapplication/sdp\r\n", SDP, 0, "-", "-" },
	{ "c: message/sipfrag\r\n", SDP, 0, "-", "-" },
	{ "c: text/plain\r\n", SDP, 0, "-", "-" },
	{ "", SDP, 0, "-", "-" },
	{ "c: application/sdp\r\n", "", 0, "-", "-" },
	{ "c: application/sdp\r\ne: gzip\r\n", SDP, 0, "-", "-" },
	{ "c: application/sdp\r\nContent-Encoding: identity\r\n", SDP, 0, SDP,
	  "-" },
	{ "c: multipart/mixed;boundary=b\r\n",
	  "--b\r\nContent-Type: application/sdp\r\n\r\n" SDP
	  "\r\n--b\r\nContent-Type: a/b\r\n\r\n" XML "\r\n--b--\r\n",
	  0, SDP, "-" },
	{ "c: multipart/mixed; boundary=\"b c\"\r\n",
	  "preamble\r\n--b c\r\nc: a/b\r\n\r\n" XML "\r\n--b c\r\n"
	  "content-type:application/sdp\r\nContent-Length: 28\r\n\r\n" SDP
	  "\r\n--b c--\r\nepilogue", 0, SDP, "28" },
	{ "c: multipart/alternative;x=y;BOUNDARY=b\r\n",
	  "--b\r\nContent-Type: application/sdp\r\n\r\n" SDP "\r\n--b--", 0, SDP,
	  "-" },
	{ "c: multipart/mixed;boundary=b\r\n",
	  "--b\r\nc: a/b\r\n\r\n" SDP "\r\n--b--\r\n", 0, "-", "-" },
	{ "c: multipart/mixed;boundary=b\r\n",
	  "--bb\r\nContent-Type: application/sdp\r\n\r\n" SDP "\r\n--bb--\r\n", 0, "-",
	  "-" },
	{ "c: multipart/mixed\r\n",
	  "--b\r\nContent-Type: application/sdp\r\n\r\n" SDP "\r\n--b--\r\n", 0, "-",
	  "-" },
	{ "c: multipart/mixed;boundary=b\r\n",
	  "--b--\r\n--b\r\nContent-Type: application/sdp\r\n\r\n" SDP "\r\n--b--\r\n",
	  0, "-", "-" },
	{ "c: multipart/mixed;boundary=b\r\n",
	  "--b\r\nContent-Type: application/sdp\r\n\r\n" SDP
	  "\r\n--b\r\nContent-Type: application/sdp\r\n\r\n" SDP "\r\n--b--\r\n",
	  -E2BIG, "", "" },
	{ "c: multipart/mixed;boundary=b\r\n",
	  "--b\r\nContent-Transfer-Encoding: base64\r\n"
	  "Content-Type: application/sdp\r\n\r\ndj0wDQo=\r\n--b--\r\n", 0, "-", "-" },
	{ "c: multiparty/mixed;boundary=b\r\n",
	  "--b\r\nContent-Type: application/sdp\r\n\r\n" SDP "\r\n--b--",
	  0, "-", "-" },
	{ "c: multipart/mixed;boundary=b\r\n",
	  "--b-\r\n--b-x\r\n--bx\r\n-b\r\n--b \t\r\n"
	  "Content-Type: application/sdp\r\n\r\n" SDP
	  "--bx\r\n-\r\n--b--\r\n", 0, SDP "--bx\r\n-", "-" },
	{ "c: multipart/mixed;boundary=1\r\n",
	  "--1\r\nContent-Type: multipart/a;boundary=2\r\n\r\n"
	  "--2\r\nContent-Type: multipart/a;boundary=3\r\n\r\n"
	  "--3\r\nContent-Type: application/sdp\r\n\r\n" SDP "\r\n--3--"
	  "\r\n--2--\r\n--1--", 0, SDP, "-" },
	{ "c: multipart/mixed;boundary=1\r\n",
	  "--1\r\nContent-Type: multipart/a;boundary=2\r\n\r\n"
	  "--2\r\nContent-Type: multipart/a;boundary=3\r\n\r\n"
	  "--3\r\nContent-Type: multipart/a;boundary=4\r\n\r\n"
	  "--4\r\nContent-Type: multipart/a;boundary=5\r\n\r\n"
	  "--5\r\nContent-Type: application/sdp\r\n\r\n" SDP "\r\n--5--"
	  "\r\n--4--\r\n--3--\r\n--2--\r\n--1--", -E2BIG, "", "" },
	{ "c: multipart/mixed;boundary=o\r\n",
	  "--o\r\nContent-Type: multipart/alternative;boundary=i\r\n\r\n"
	  "--i\r\nContent-Type: application/sdp\r\n\r\n" SDP "\r\n--i--\r\n"
	  "\r\n--o--\r\n", 0, SDP, "-" },
};

START_TEST(body_sdp)
{
	struct sip_body body;
	struct sip_msg msg;
	struct sip_buf b;
	char text[2048];

	snprintf(text, sizeof(text), "INVITE sip:h SIP/2.0\r\nv: SIP/2.0/UDP "
		 "h\r\nf: a\r\nt: b\r\ni: c\r\nCSeq: 1 INVITE\r\n%s\r\n%s",
		 bodies[_i].type, bodies[_i].body);
	b = guard_buf(text);
	ck_assert_int_eq(sip_msg_parse(&msg, b.data, b.len), 0);
	ck_assert_int_eq(sip_body_find_sdp(&msg, &body), bodies[_i].err);
	if (!bodies[_i].err) {
		ck_assert_str_eq(body.sdp.len ? text_span(&b, body.sdp) : "-",
				 bodies[_i].sdp);
		ck_assert_str_eq(text_span(&b, body.part_length),
				 bodies[_i].part_length);
	}
	guard_buf_free(&b);
}
END_TEST

struct Suite *suite_body(void)
{
	struct Suite *s = suite_create("body");
	TCase *tc = tcase_create("body");

	unit_add_table(tc, body_sdp, bodies);
	suite_add_tcase(s, tc);
	return s;
}
