// SPDX-License-Identifier: GPL-2.0-only
/*
 * hostile.c - one repeated piece in an otherwise ordinary INVITE.
 */
#include <stdio.h>
#include <string.h>
#include "hostile.h"

#define SDP_HEAD							       \
	"v=0\r\no=- 1 1 IN IP4 192.168.1.10\r\ns=-\r\n"			       \
	"c=IN IP4 192.168.1.10\r\nt=0 0\r\n"
#define SDP_TYPE	"Content-Type: application/sdp\r\n"
#define MULTI_TYPE	"Content-Type: multipart/mixed;boundary=bbbbbbbb\r\n"

/*
 * @head: before the repeated piece in the headers; @tail ends that header
 * @body: begins the body, and the piece is repeated there
 */
static const struct {
	const char *name;
	const char *piece;
	const char *head, *tail;
	const char *type;
	const char *body;
} kinds[] = {
	[HOSTILE_LINES] = { "short lines", "a\n", "", "", SDP_TYPE,
			    SDP_HEAD },
	[HOSTILE_ATTRS] = { "near attributes", "a=r\r\na=c\r\na=s\r\n", "",
			    "", SDP_TYPE,
			    SDP_HEAD "m=audio 4000 RTP/AVP 0\r\n" },
	[HOSTILE_HEADERS] = { "short headers", "a:\n", "", "", "", NULL },
	[HOSTILE_CONTACTS] = { "contacts", ",<sip:a@192.168.1.10:5060>",
			       "Contact: <sip:a@192.168.1.10>", "\r\n", "",
			       NULL },
	[HOSTILE_COMMAS] = { "commas", ", ", "Route: <sip:a>", "\r\n", "",
			     NULL },
	[HOSTILE_QUOTES] = { "quotes", "\"\\\"\"",
			     "Contact: <sip:a@192.168.1.10>;x=", "\r\n", "",
			     NULL },
	[HOSTILE_FOLDED] = { "folded", "\n ",
			     "Contact: <sip:a@192.168.1.10>;x", "\r\n", "",
			     NULL },
	[HOSTILE_PARAMS] = { "parameters", ";b",
			     "Via: SIP/2.0/UDP 192.168.1.10", "\r\n", "",
			     NULL },
	[HOSTILE_MEDIA] = { "m= lines", "m=audio 4000 RTP/AVP 0\r\n", "", "",
			    SDP_TYPE, SDP_HEAD },
	[HOSTILE_CANDIDATES] = { "candidates",
				 "a=candidate:1 1 UDP 1 192.168.1.10 4000 typ "
				 "host\r\n", "", "", SDP_TYPE,
				 SDP_HEAD "m=audio 4000 RTP/AVP 0\r\n" },
	[HOSTILE_PARTS] = { "parts", "--bbbbbbbb\n\n", "", "", MULTI_TYPE,
			    "\r\n" },
	[HOSTILE_BOUNDARY] = { "near boundary", "\n--bbbbbbb", "", "",
			       MULTI_TYPE, "\r\n" },
	[HOSTILE_VALUE] = { "long value", "x", "Subject: ", "\r\n", "",
			    NULL },
};

const char *hostile_name(enum hostile_kind kind)
{
	return kinds[kind].name;
}

static size_t repeat(char *out, const char *piece, size_t size)
{
	size_t step = strlen(piece), n;

	for (n = 0; n + step <= size; n += step)
		memcpy(out + n, piece, step);
	return n;
}

size_t hostile_make(enum hostile_kind kind, size_t size, char *out)
{
	static const char start[] = "INVITE sip:200@52.0.0.10 SIP/2.0\r\n";
	static const char top[] =
		"Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK-1\r\n"
		"From: <sip:100@52.0.0.10>;tag=a\r\n"
		"To: <sip:200@52.0.0.10>\r\nCall-ID: 1\r\n"
		"CSeq: 1 INVITE\r\nMax-Forwards: 70\r\n";
	const char *body = kinds[kind].body;
	size_t n;

	n = (size_t)sprintf(out, "%s%s", start, kinds[kind].head);
	if (!body)
		n += repeat(out + n, kinds[kind].piece, size);
	n += (size_t)sprintf(out + n, "%s%s%s\r\n%s", kinds[kind].tail, top,
			     kinds[kind].type, body ? body : "");
	if (body)
		n += repeat(out + n, kinds[kind].piece, size);
	return n;
}
