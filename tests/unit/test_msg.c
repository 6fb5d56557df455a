// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_msg.c - start line, header index, border to the body, and the grammar
 * gate in front of everything (msg.h; SEC-3, SEC-15, SEC-20).
 */
#include <stdlib.h>
#include "msg.h"
#include "name.h"
#include "text.h"
#include "unit.h"

#define REQ	"OPTIONS sip:h SIP/2.0\r\n"
#define RSP	"SIP/2.0 200 OK\r\n"
#define VIA	"Via: SIP/2.0/UDP h;branch=b\r\n"
#define FROM	"From: <sip:a@h>;tag=f\r\n"
#define TO	"To: <sip:b@h>\r\n"
#define CID	"Call-ID: c@h\r\n"
#define CSEQ	"CSeq: 7 OPTIONS\r\n"
#define END	"\r\n"
#define ALL	VIA FROM TO CID CSEQ

static const struct {
	const char *in;
	int err;
} gate[] = {
	{ REQ ALL END, 0 },
	{ RSP ALL END, 0 },
	/* not SIP at all */
	{ "", -ENOENT },
	{ "\r\n\r\n", -ENOENT },
	{ "\r\n", -ENOENT },
	{ "x", -ENOENT },
	{ "GET / HTTP/1.1\r\nHost: h\r\n\r\n", -ENOENT },
	{ "HTTP/1.1 200 OK\r\n\r\n", -ENOENT },
	{ "\x16\x03\x01", -ENOENT },
	{ "jaK", -ENOENT },
	/* each single header is needed */
	{ REQ FROM TO CID CSEQ END, -EBADMSG },
	{ REQ VIA TO CID CSEQ END, -EBADMSG },
	{ REQ VIA FROM CID CSEQ END, -EBADMSG },
	{ REQ VIA FROM TO CSEQ END, -EBADMSG },
	{ REQ VIA FROM TO CID END, -EBADMSG },
	{ REQ "Contact: <sip:a@h>\r\n" END, -EBADMSG },
	/* exactly once; compact names are the same header */
	{ REQ ALL FROM END, -EBADMSG },
	{ REQ ALL "f: <sip:a@h>\r\n" END, -EBADMSG },
	{ REQ ALL TO END, -EBADMSG },
	{ REQ ALL "t: <sip:a@h>\r\n" END, -EBADMSG },
	{ REQ ALL CID END, -EBADMSG },
	{ REQ ALL "i: x\r\n" END, -EBADMSG },
	{ REQ ALL CSEQ END, -EBADMSG },
	{ REQ ALL "Content-Length: 0\r\nl: 0\r\n" END, -EBADMSG },
	{ REQ ALL "Expires: 1\r\nExpires: 2\r\n" END, -EBADMSG },
	{ REQ ALL "c: a/b\r\nContent-Type: a/b\r\n" END, -EBADMSG },
	{ REQ ALL VIA VIA END, 0 },
	/* CSeq */
	{ REQ VIA FROM TO CID "CSeq: 7 INVITE\r\n" END, -EBADMSG },
	{ REQ VIA FROM TO CID "CSeq: 7 options\r\n" END, -EBADMSG },
	{ REQ VIA FROM TO CID "CSeq: OPTIONS\r\n" END, -EBADMSG },
	{ REQ VIA FROM TO CID "CSeq: 7OPTIONS\r\n" END, -EBADMSG },
	{ REQ VIA FROM TO CID "CSeq: 7 OPTIONS x\r\n" END, -EBADMSG },
	{ REQ VIA FROM TO CID "CSeq: 4294967296 OPTIONS\r\n" END, -EBADMSG },
	/* Content-Length */
	{ REQ ALL "Content-Length: 0\r\n" END, 0 },
	{ REQ ALL "Content-Length: 3\r\n" END "abc", 0 },
	{ REQ ALL "Content-Length: 2\r\n" END "abc", 0 },
	{ REQ ALL "Content-Length: 4\r\n" END "abc", -EBADMSG },
	{ REQ ALL "Content-Length : 4\r\n" END "abc", -EBADMSG },
	{ REQ ALL "Content-Type : a/b\r\nc\t: a/b\r\n" END, -EBADMSG },
	{ REQ ALL "Content-Length: 99999999999999999999\r\n" END, -EBADMSG },
	{ REQ ALL "Content-Length: -1\r\n" END "abc", -EBADMSG },
	{ REQ ALL "Content-Length: 3x\r\n" END "abc", -EBADMSG },
	{ REQ ALL "Content-Length:\r\n" END "abc", -EBADMSG },
	{ REQ ALL "Content-Length: 0 3\r\n" END "abc", -EBADMSG },
	/* start lines */
	{ "OPTIONS  sip:h SIP/2.0\r\n" ALL END, -EBADMSG },
	{ "OPTIONS sip:h  SIP/2.0\r\n" ALL END, -EBADMSG },
	{ "OPTIONS sip:h SIP/2.0 \r\n" ALL END, -EBADMSG },
	{ " OPTIONS sip:h SIP/2.0\r\n" ALL END, -ENOENT },
	{ "OPTIONS SIP/2.0\r\n" ALL END, -EBADMSG },
	{ "OPTIONS sip:h SIP/7.0\r\n" ALL END, -EBADMSG },
	{ "SIP/2.0 99 x\r\n" ALL END, -EBADMSG },
	{ "SIP/2.0 700 x\r\n" ALL END, -EBADMSG },
	{ "SIP/2.0 2000 x\r\n" ALL END, -EBADMSG },
	{ "SIP/2.0 20 x\r\n" ALL END, -EBADMSG },
	{ "SIP/2.0  200 OK\r\n" ALL END, -EBADMSG },
	{ "SIP/2.0-200 OK\r\n" ALL END, -EBADMSG },
	{ "SIP/2.0 200OK\r\n" ALL END, -EBADMSG },
	{ "SIP/2.0\r\n" ALL END, -EBADMSG },
	{ "OPTI(NS sip:h SIP/2.0\r\n" VIA FROM TO CID
	  "CSeq: 7 OPTI(NS\r\n" END, -EBADMSG },
	{ "OPTIONS\tsip:h SIP/2.0\r\n" ALL END, -EBADMSG },
	{ "OPTIONS 1sip:h SIP/2.0\r\n" ALL END, -EBADMSG },
	/* methods that nobody knows */
	{ "X-.!%*_+`'~z9 sip:h SIP/2.0\r\n" VIA FROM TO CID
	  "CSeq: 7 X-.!%*_+`'~z9\r\n" END, 0 },
	{ "FOO sip:h SIP/2.0\r\n" VIA FROM TO CID "CSeq: 7 FOO\r\n" END, 0 },
	{ "FOO sip:h SIP/2.0\r\n" VIA FROM TO CID "CSeq: 7 BAR\r\n" END,
	  -EBADMSG },
	{ "FOO sip:h SIP/2.0\r\n" ALL END, -EBADMSG },
	{ REQ VIA FROM TO CID "CSeq: 7 FOO\r\n" END, -EBADMSG },
	{ "SIP/2.0 200\r\n" ALL END, 0 },
	{ "SIP/2.0 200 \r\n" ALL END, 0 },
	/* lines that two parsers could read in two ways */
	{ REQ ALL "No colon here\r\n" END, -EBADMSG },
	{ REQ ALL ": no name\r\n" END, -EBADMSG },
	{ REQ " folded\r\n" ALL END, -EBADMSG },
	/* no end of headers */
	{ REQ ALL, -EBADMSG },
	{ REQ VIA FROM TO CID "CSeq: 7 OPTIONS", -EBADMSG },
	{ "OPTIONS sip:h SIP/2.0", -EBADMSG },
};

START_TEST(msg_gate)
{
	struct sip_buf b = guard_buf(gate[_i].in);
	struct sip_msg msg;

	ck_assert_int_eq(sip_msg_parse(&msg, b.data, b.len), gate[_i].err);
	guard_buf_free(&b);
}
END_TEST

/* A NUL anywhere in the headers; one in the body is the body's affair. */
START_TEST(msg_nul)
{
	static const char text[] = REQ ALL END "body";
	size_t len = sizeof(text) - 1, i, body = len - 4;
	struct sip_msg msg;
	char *copy;
	int err;

	for (i = 0; i < len; i++) {
		copy = guard_copy(text, len);
		copy[i] = 0;
		err = sip_msg_parse(&msg, copy, (u32)len);
		if (i < body)
			ck_assert_int_ne(err, 0);
		guard_free(copy, len);
	}
}
END_TEST

/* A message that is cut anywhere: an error or a shorter body, no more. */
START_TEST(msg_truncated)
{
	static const char text[] = REQ ALL "Content-Length: 4\r\n" END "body";
	size_t len = sizeof(text) - 1, n;
	struct sip_msg msg;
	char *copy;
	int err;

	for (n = 0; n < len; n++) {
		copy = guard_copy(text, n);
		err = sip_msg_parse(&msg, copy, (u32)n);
		ck_assert_int_ne(err, 0);
		guard_free(copy, n);
	}
}
END_TEST

START_TEST(msg_request)
{
	struct sip_buf b = guard_buf("INVITE sip:u@h:5;lr?a=b SIP/2.0\r\n"
		"v : SIP/2.0/UDP h;branch=b\r\nX-1: \r\n"
		"VIA:SIP/2.0/UDP i\r\nFrom:\t a \r\nto:b\r\ni:c\r\n"
		"CSeq: 42\r\n INVITE\r\nm: one\r\n\ttwo\r\nTox: <sip:x>\r\n"
		"Contact: three\r\n\r\nVia: body\r\n");
	struct sip_msg m;
	struct sip_hdr *h;

	ck_assert_int_eq(sip_msg_parse(&m, b.data, b.len), 0);
	ck_assert(sip_msg_is_request(&m));
	ck_assert_uint_eq(m.method, SIP_METHOD_INVITE);
	ck_assert_str_eq(text_span(&b, m.method_text), "INVITE");
	ck_assert_str_eq(text_span(&b, m.ruri), "sip:u@h:5;lr?a=b");
	ck_assert_uint_eq(m.cseq, 42);
	ck_assert_uint_eq(m.nlines, 10);
	ck_assert_str_eq(text_span(&b, sip_msg_value(&m, SIP_HDR_VIA)),
			 "SIP/2.0/UDP h;branch=b");
	h = &m.hdr[m.hdr[m.first[SIP_HDR_VIA]].next];
	ck_assert_str_eq(text_span(&b, h->value), "SIP/2.0/UDP i");
	ck_assert_uint_eq(h->next, SIP_NO_HEADER);
	ck_assert_str_eq(text_span(&b, sip_msg_value(&m, SIP_HDR_FROM)), "a");
	ck_assert_str_eq(text_span(&b, sip_msg_value(&m, SIP_HDR_TO)), "b");
	ck_assert_str_eq(text_span(&b, sip_msg_value(&m, SIP_HDR_CONTACT)),
			 "one\r\n\ttwo");
	ck_assert_str_eq(text_span(&b, m.hdr[m.last[SIP_HDR_CONTACT]].value),
			 "three");
	ck_assert(!sip_msg_has(&m, SIP_HDR_ROUTE));
	ck_assert_uint_eq(sip_msg_value(&m, SIP_HDR_ROUTE).len, 0);
	ck_assert_str_eq(text_span(&b, m.body), "Via: body\r\n");
	guard_buf_free(&b);
}
END_TEST

START_TEST(msg_response)
{
	struct sip_buf b = guard_buf("SIP/2.0 183 Session Progress\r\n"
		VIA FROM TO CID "CSeq: 7 PRACK\r\nl: 2\r\n\r\nabcd");
	struct sip_msg m;

	ck_assert_int_eq(sip_msg_parse(&m, b.data, b.len), 0);
	ck_assert(!sip_msg_is_request(&m));
	ck_assert_uint_eq(m.status, 183);
	ck_assert_uint_eq(m.method, SIP_METHOD_PRACK);
	ck_assert_str_eq(text_span(&b, m.body), "ab");
	guard_buf_free(&b);
}
END_TEST

static const struct {
	const char *name;
	unsigned int id;
} headers[] = {
	{ "Via", SIP_HDR_VIA }, { "v", SIP_HDR_VIA }, { "V", SIP_HDR_VIA },
	{ "From", SIP_HDR_FROM }, { "f", SIP_HDR_FROM },
	{ "To", SIP_HDR_TO }, { "t", SIP_HDR_TO },
	{ "Call-ID", SIP_HDR_CALL_ID }, { "i", SIP_HDR_CALL_ID },
	{ "CSeq", SIP_HDR_CSEQ }, { "Contact", SIP_HDR_CONTACT },
	{ "m", SIP_HDR_CONTACT }, { "Route", SIP_HDR_ROUTE },
	{ "Record-Route", SIP_HDR_RECORD_ROUTE },
	{ "Expires", SIP_HDR_EXPIRES },
	{ "Content-Type", SIP_HDR_CONTENT_TYPE },
	{ "c", SIP_HDR_CONTENT_TYPE },
	{ "Content-Length", SIP_HDR_CONTENT_LENGTH },
	{ "l", SIP_HDR_CONTENT_LENGTH },
	{ "Content-Encoding", SIP_HDR_CONTENT_ENCODING },
	{ "e", SIP_HDR_CONTENT_ENCODING },
	{ "Authorization", SIP_HDR_AUTHORIZATION },
	{ "Proxy-Authorization", SIP_HDR_PROXY_AUTHORIZATION },
	{ "CONTENT-LENGTH", SIP_HDR_CONTENT_LENGTH },
	{ "record-route", SIP_HDR_RECORD_ROUTE },
	{ "Tox", SIP_HDR_OTHER }, { "Vi", SIP_HDR_OTHER },
	{ "Vias", SIP_HDR_OTHER }, { "x", SIP_HDR_OTHER },
	{ "Content_Length", SIP_HDR_OTHER }, { "CSeqs", SIP_HDR_OTHER },
	{ "Path", SIP_HDR_PATH }, { "r", SIP_HDR_REFER_TO },
	{ "Service-Route", SIP_HDR_SERVICE_ROUTE },
	{ "Refer-To", SIP_HDR_REFER_TO },
	{ "Referred-By", SIP_HDR_REFERRED_BY }, { "B", SIP_HDR_REFERRED_BY },
	{ "Reply-To", SIP_HDR_REPLY_TO },
	{ "P-Asserted-Identity", SIP_HDR_P_ASSERTED_IDENTITY },
	{ "P-Preferred-Identity", SIP_HDR_P_PREFERRED_IDENTITY },
	{ "Remote-Party-ID", SIP_HDR_REMOTE_PARTY_ID },
	{ "Diversion", SIP_HDR_DIVERSION },
	{ "History-Info", SIP_HDR_HISTORY_INFO },
	{ "Replaces", SIP_HDR_OTHER }, { "Warning", SIP_HDR_OTHER },
	{ "Refer-Tx", SIP_HDR_OTHER }, { "Reply-T", SIP_HDR_OTHER },
	{ "n", SIP_HDR_OTHER }, { "Min-Expires", SIP_HDR_OTHER },
	{ "Fr\xefm", SIP_HDR_OTHER }, { "Call ID", SIP_HDR_OTHER },
	{ "Call-IE", SIP_HDR_OTHER }, { "", SIP_HDR_OTHER },
};

START_TEST(header_names)
{
	struct sip_buf b = guard_buf(headers[_i].name);

	ck_assert_uint_eq(sip_name_find(&b, guard_all(&b)), headers[_i].id);
	guard_buf_free(&b);
}
END_TEST

static const struct {
	const char *name;
	unsigned int id;
} methods[] = {
	{ "INVITE", SIP_METHOD_INVITE }, { "ACK", SIP_METHOD_ACK },
	{ "BYE", SIP_METHOD_BYE }, { "CANCEL", SIP_METHOD_CANCEL },
	{ "REGISTER", SIP_METHOD_REGISTER },
	{ "OPTIONS", SIP_METHOD_OPTIONS }, { "PRACK", SIP_METHOD_PRACK },
	{ "UPDATE", SIP_METHOD_UPDATE }, { "INFO", SIP_METHOD_INFO },
	{ "REFER", SIP_METHOD_REFER }, { "NOTIFY", SIP_METHOD_NOTIFY },
	{ "SUBSCRIBE", SIP_METHOD_SUBSCRIBE },
	{ "PUBLISH", SIP_METHOD_PUBLISH },
	{ "MESSAGE", SIP_METHOD_MESSAGE },
	{ "invite", SIP_METHOD_OTHER }, { "INVITEX", SIP_METHOD_OTHER },
	{ "INVIT", SIP_METHOD_OTHER }, { "", SIP_METHOD_OTHER },
	{ "UNKNOWN", SIP_METHOD_OTHER },
};

START_TEST(method_names)
{
	struct sip_buf b = guard_buf(methods[_i].name);

	ck_assert_uint_eq(sip_method_find(&b, guard_all(&b)),
			  methods[_i].id);
	guard_buf_free(&b);
}
END_TEST

static int parse_with_headers(unsigned int n)
{
	char *text = text_room(64 + n * 8 + 256);
	struct sip_buf b;
	struct sip_msg m;
	unsigned int i;
	int err;

	strcpy(text, REQ ALL);
	for (i = 5; i < n; i++)
		strcat(text, "X: y\r\n");
	strcat(text, END);
	b = guard_buf(text);
	err = sip_msg_parse(&m, b.data, b.len);
	guard_buf_free(&b);
	free(text);
	return err;
}

START_TEST(msg_limits)
{
	ck_assert_int_eq(parse_with_headers(SIP_MAX_HEADERS), 0);
	ck_assert_int_eq(parse_with_headers(SIP_MAX_HEADERS + 1), -E2BIG);
	ck_assert_int_eq(parse_with_headers(1000), -E2BIG);
}
END_TEST

struct Suite *suite_msg(void)
{
	struct Suite *s = suite_create("msg");
	TCase *tc = tcase_create("msg");

	unit_add_table(tc, msg_gate, gate);
	tcase_add_test(tc, msg_nul);
	tcase_add_test(tc, msg_truncated);
	tcase_add_test(tc, msg_request);
	tcase_add_test(tc, msg_response);
	unit_add_table(tc, header_names, headers);
	unit_add_table(tc, method_names, methods);
	tcase_add_test(tc, msg_limits);
	suite_add_tcase(s, tc);
	return s;
}
