// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_framing.c - libFuzzer target: where does a message end, and where does
 * its body begin?
 *
 * The input is one datagram. A reader of this file's own, byte by byte, finds
 * the empty line and Content-Length; what the core says must be the same, and
 * must not depend on what stands in the body or behind it.
 */
#include <stdlib.h>
#include <strings.h>
#include "body.h"
#include "fuzz.h"
#include "laws.h"

enum { MORE = 64 };		/* bytes added behind a message */

static struct sip_msg msg, again;

/* A header section as a plain reader sees it. */
struct section {
	size_t body;		/* where the body begins, 0 = nowhere */
	unsigned int lines;	/* headers */
	unsigned int vias;
	const char *length;	/* value of Content-Length */
	size_t length_len;
};

static bool is_name(const char *line, const char *end, const char *name)
{
	size_t len = strlen(name);

	if ((size_t)(end - line) < len || strncasecmp(line, name, len))
		return false;
	for (line += len; line < end && (*line == ' ' || *line == '\t'); line++)
		;
	return line < end && *line == ':';
}

static void trim(const char **from, const char **to)
{
	while (*from < *to && strchr(" \t\r\n", **from))
		++*from;
	while (*to > *from && strchr(" \t\r\n", (*to)[-1]))
		--*to;
}

/* One header with its folded lines: [line, end) */
static void look_at(struct section *s, const char *line, const char *end)
{
	const char *colon = memchr(line, ':', (size_t)(end - line));

	s->lines++;
	if (!colon)
		return;
	if (is_name(line, end, "Via") || is_name(line, end, "v"))
		s->vias++;
	if (!is_name(line, end, "Content-Length") && !is_name(line, end, "l"))
		return;
	colon++;
	trim(&colon, &end);
	s->length = colon;
	s->length_len = (size_t)(end - colon);
}

static const char *line_end(const char *p, const char *end)
{
	const char *eol = memchr(p, '\n', (size_t)(end - p));

	return eol ? eol + 1 : end;
}

static bool is_empty(const char *p, const char *end)
{
	return p < end && (*p == '\n' ||
			   (end - p > 1 && p[0] == '\r' && p[1] == '\n'));
}

static struct section read_section(const char *data, size_t size)
{
	struct section s = { .body = 0 };
	const char *p = data, *end = data + size, *next;

	while (is_empty(p, end))
		p = line_end(p, end);
	p = line_end(p, end);
	while (p < end && !is_empty(p, end)) {
		next = line_end(p, end);
		while (next < end && (*next == ' ' || *next == '\t'))
			next = line_end(next, end);
		look_at(&s, p, next);
		p = next;
	}
	if (p < end)
		s.body = (size_t)(line_end(p, end) - data);
	return s;
}

static size_t read_number(const struct section *s)
{
	size_t n = 0, i;

	for (i = 0; i < s->length_len; i++) {
		law(s->length[i] >= '0' && s->length[i] <= '9',
		    "a Content-Length that is no number is accepted");
		n = n * 10 + (size_t)(s->length[i] - '0');
		law(n <= SIP_MAX_LEN, "a Content-Length above any message");
	}
	law(s->length_len, "an empty Content-Length is accepted");
	return n;
}

static unsigned int count(const struct sip_msg *m, enum sip_hdr_id id)
{
	unsigned int n = 0;
	u32 i;

	for (i = m->first[id]; i != SIP_NO_HEADER; i = m->hdr[i].next) {
		law(i < m->nhdr && m->hdr[i].next > i, "the index is broken");
		n++;
	}
	return n;
}

static void check_border(const char *data, size_t size)
{
	struct section s = read_section(data, size);
	u32 i, at = 0;

	law(s.body, "a message without an empty line is accepted");
	law(msg.body.off == s.body, "the body begins elsewhere");
	law(msg.nlines == s.lines, "headers are counted otherwise");
	law(count(&msg, SIP_HDR_VIA) == s.vias, "Vias are found otherwise");
	law(sip_msg_has(&msg, SIP_HDR_CONTENT_LENGTH) == !!s.length,
	    "Content-Length is found otherwise");
	law(msg.body.len == (s.length ? read_number(&s) : size - s.body),
	    "the body ends elsewhere");
	law(s.body + msg.body.len <= size, "the body ends behind the datagram");
	for (i = 0; i < msg.nhdr; i++) {
		if (!msg.hdr[i].value.len)
			continue;
		law(msg.hdr[i].value.off > at, "headers out of order");
		at = span_end(msg.hdr[i].value);
		law(at < s.body, "a header value outside of its section");
	}
}

/* The header section says the same in both messages. */
static bool is_same_head(void)
{
	return msg.nhdr == again.nhdr && msg.nlines == again.nlines &&
	       msg.method == again.method && msg.status == again.status &&
	       msg.cseq == again.cseq && msg.body.off == again.body.off &&
	       !memcmp(msg.first, again.first, sizeof(msg.first)) &&
	       !memcmp(msg.hdr, again.hdr, msg.nhdr * sizeof(msg.hdr[0]));
}

static int parse_again(const char *data, size_t size)
{
	char *copy = laws_copy(data, size);
	int rc = sip_msg_parse(&again, copy, (u32)size);

	free(copy);
	return rc;
}

/* Behind the end of the body there may be anything. */
static void check_behind(const char *data, size_t size)
{
	bool counted = sip_msg_has(&msg, SIP_HDR_CONTENT_LENGTH);
	char *more;

	if (size + MORE > SIP_MAX_LEN)
		return;
	more = malloc(size + MORE);
	if (!more)
		abort();
	memcpy(more, data, size);
	memset(more + size, '\n', MORE);
	memcpy(more + size + 2, "Via: x\r\n\r\nBYE sip:a SIP/2.0\r\n", 29);
	law(!parse_again(more, size + MORE) && is_same_head(),
	    "what stands behind a message changes its headers");
	law(again.body.len == msg.body.len + (counted ? 0 : MORE),
	    "what stands behind a message changes its length");
	/* nor does it matter what the body says */
	memset(more + msg.body.off, ':', size - msg.body.off);
	law(!parse_again(more, size) && is_same_head(),
	    "what stands in the body changes the headers");
	free(more);
}

static void check_short(const char *data)
{
	bool counted = sip_msg_has(&msg, SIP_HDR_CONTENT_LENGTH);
	size_t end = span_end(msg.body), cut;

	law(!parse_again(data, end) && is_same_head() &&
	    again.body.len == msg.body.len, "a message is more than itself");
	if (msg.body.len && counted)
		law(parse_again(data, end - 1) == -EBADMSG,
		    "a body that is cut is accepted");
	for (cut = 1; cut < msg.body.off; cut *= 2)
		law(parse_again(data, msg.body.off - cut),
		    "a header section that is cut is accepted");
}

static void check_description(const char *data)
{
	struct sip_body body;
	int rc = sip_body_find_sdp(&msg, &body);

	law(!rc || rc == -E2BIG, "another answer than 0 and E2BIG");
	if (rc || !body.sdp.len)
		return;
	law(laws_inside(body.sdp, msg.body), "a description outside the body");
	law(laws_inside(body.part_length, msg.body),
	    "a length of a part outside the body");
	if (body.sdp.off == msg.body.off) {
		law(body.sdp.len == msg.body.len, "a part of a plain body");
		return;
	}
	law(!body.part_length.len ||
	    span_end(body.part_length) < body.sdp.off,
	    "a length of a part behind its headers");
	law(data[body.sdp.off - 1] == '\n', "a part begins within a line");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *copy = laws_copy(data, size);
	int rc = sip_msg_parse(&msg, copy, (u32)size);

	law(!rc || rc == -ENOENT || rc == -EBADMSG || rc == -E2BIG,
	    "an answer that msg.h does not know");
	if (size && (data[0] < 4 || data[0] > 126))
		law(rc == -ENOENT || size > SIP_MAX_LEN,
		    "STUN or RTP is taken for SIP");
	if (!rc) {
		check_border(copy, size);
		check_behind(copy, size);
		check_short(copy);
		check_description(copy);
	}
	free(copy);
	return 0;
}
