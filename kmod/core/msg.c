// SPDX-License-Identifier: GPL-2.0-only
/*
 * msg.c - [4] one pass over the header section; the grammar gate.
 *
 * Line ends are found eight bytes at a time, names by their length and the
 * letters that tell them apart. Nothing behind the empty line is looked at
 * here.
 */
#include "msg.h"
#include "cseq.h"
#include "start.h"

#define FOLD8	0x2020202020202020ULL

/* A word of up to eight lower-case letters as span_load64() gives it. */
#define W(a, b, c, d, e, f, g, h)					       \
	((u64)(a) | (u64)(b) << 8 | (u64)(c) << 16 | (u64)(d) << 24 |	       \
	 (u64)(e) << 32 | (u64)(f) << 40 | (u64)(g) << 48 | (u64)(h) << 56)

static inline u64 keep_bytes(u64 w, u32 n)
{
	return w & (~0ULL >> (64 - 8 * n));
}

static enum sip_hdr_id find_compact(char c)
{
	switch (c | 0x20) {
	case 'v':
		return SIP_HDR_VIA;
	case 'f':
		return SIP_HDR_FROM;
	case 't':
		return SIP_HDR_TO;
	case 'i':
		return SIP_HDR_CALL_ID;
	case 'm':
		return SIP_HDR_CONTACT;
	case 'c':
		return SIP_HDR_CONTENT_TYPE;
	case 'l':
		return SIP_HDR_CONTENT_LENGTH;
	case 'e':
		return SIP_HDR_CONTENT_ENCODING;
	}
	return SIP_HDR_OTHER;
}

/* Names of 2 to 7 letters; @w is folded and cut to them. */
static enum sip_hdr_id find_short(const char *name, u64 w)
{
	switch (w) {
	case W('v', 'i', 'a', 0, 0, 0, 0, 0):
		return SIP_HDR_VIA;
	case W('t', 'o', 0, 0, 0, 0, 0, 0):
		return SIP_HDR_TO;
	case W('f', 'r', 'o', 'm', 0, 0, 0, 0):
		return SIP_HDR_FROM;
	case W('c', 's', 'e', 'q', 0, 0, 0, 0):
		return SIP_HDR_CSEQ;
	case W('r', 'o', 'u', 't', 'e', 0, 0, 0):
		return SIP_HDR_ROUTE;
	case W('c', 'o', 'n', 't', 'a', 'c', 't', 0):
		return SIP_HDR_CONTACT;
	case W('e', 'x', 'p', 'i', 'r', 'e', 's', 0):
		return SIP_HDR_EXPIRES;
	case W('c', 'a', 'l', 'l', '-', 'i', 'd', 0):
		/* folding turns CR into '-' as well */
		return name[4] == '-' ? SIP_HDR_CALL_ID : SIP_HDR_OTHER;
	}
	return SIP_HDR_OTHER;
}

/* The longer ones, by length: few headers of a message get this far. */
static enum sip_hdr_id find_long(const struct sip_buf *b, struct span s)
{
	switch (s.len) {
	case 12:
		if (span_is(b, s, "record-route"))
			return SIP_HDR_RECORD_ROUTE;
		if (span_is(b, s, "content-type"))
			return SIP_HDR_CONTENT_TYPE;
		break;
	case 13:
		if (span_is(b, s, "authorization"))
			return SIP_HDR_AUTHORIZATION;
		break;
	case 14:
		if (span_is(b, s, "content-length"))
			return SIP_HDR_CONTENT_LENGTH;
		break;
	case 16:
		if (span_is(b, s, "content-encoding"))
			return SIP_HDR_CONTENT_ENCODING;
		break;
	case 19:
		if (span_is(b, s, "proxy-authorization"))
			return SIP_HDR_PROXY_AUTHORIZATION;
		break;
	}
	return SIP_HDR_OTHER;
}

enum sip_hdr_id sip_hdr_find(const struct sip_buf *b, struct span s)
{
	u64 w;

	if (s.len >= 8)
		return find_long(b, s);
	if (s.len == 1)
		return find_compact(b->data[s.off]);
	if (!s.len)
		return SIP_HDR_OTHER;
	w = keep_bytes(span_load64(b, s.off) | FOLD8, s.len);
	return find_short(b->data + s.off, w);
}

enum sip_method sip_method_find(const struct sip_buf *b, struct span s)
{
	u64 w;

	if (s.len == 9 && !memcmp(b->data + s.off, "SUBSCRIBE", 9))
		return SIP_METHOD_SUBSCRIBE;
	if (!s.len || s.len > 8)
		return SIP_METHOD_OTHER;
	w = keep_bytes(span_load64(b, s.off), s.len);
	switch (w) {
	case W('I', 'N', 'V', 'I', 'T', 'E', 0, 0):
		return SIP_METHOD_INVITE;
	case W('A', 'C', 'K', 0, 0, 0, 0, 0):
		return SIP_METHOD_ACK;
	case W('B', 'Y', 'E', 0, 0, 0, 0, 0):
		return SIP_METHOD_BYE;
	case W('C', 'A', 'N', 'C', 'E', 'L', 0, 0):
		return SIP_METHOD_CANCEL;
	case W('R', 'E', 'G', 'I', 'S', 'T', 'E', 'R'):
		return SIP_METHOD_REGISTER;
	case W('O', 'P', 'T', 'I', 'O', 'N', 'S', 0):
		return SIP_METHOD_OPTIONS;
	case W('P', 'R', 'A', 'C', 'K', 0, 0, 0):
		return SIP_METHOD_PRACK;
	case W('U', 'P', 'D', 'A', 'T', 'E', 0, 0):
		return SIP_METHOD_UPDATE;
	case W('I', 'N', 'F', 'O', 0, 0, 0, 0):
		return SIP_METHOD_INFO;
	case W('R', 'E', 'F', 'E', 'R', 0, 0, 0):
		return SIP_METHOD_REFER;
	case W('N', 'O', 'T', 'I', 'F', 'Y', 0, 0):
		return SIP_METHOD_NOTIFY;
	case W('P', 'U', 'B', 'L', 'I', 'S', 'H', 0):
		return SIP_METHOD_PUBLISH;
	case W('M', 'E', 'S', 'S', 'A', 'G', 'E', 0):
		return SIP_METHOD_MESSAGE;
	}
	return SIP_METHOD_OTHER;
}

/* Headers that a message has once at most. */
static bool is_single(enum sip_hdr_id id)
{
	return 1u << id & (1u << SIP_HDR_FROM | 1u << SIP_HDR_TO |
			   1u << SIP_HDR_CALL_ID | 1u << SIP_HDR_CSEQ |
			   1u << SIP_HDR_EXPIRES | 1u << SIP_HDR_CONTENT_TYPE |
			   1u << SIP_HDR_CONTENT_LENGTH);
}

static int add_header(struct sip_msg *msg, enum sip_hdr_id id, u32 name,
		      struct span value)
{
	struct sip_hdr *h = &msg->hdr[msg->nhdr];

	h->value = value;
	h->name = (u16)name;
	h->id = (u8)id;
	h->next = SIP_NO_HEADER;
	if (msg->first[id] == SIP_NO_HEADER)
		msg->first[id] = msg->nhdr;
	else if (is_single(id))
		return -EBADMSG;
	else
		msg->hdr[msg->last[id]].next = msg->nhdr;
	msg->last[id] = msg->nhdr++;
	return 0;
}

/* One header, [from, end) with its folded lines, without the last LF. */
static int read_header(struct sip_msg *msg, u32 from, u32 end)
{
	const struct sip_buf *b = &msg->buf;
	u32 colon = span_find(b, from, end, ':');
	u32 name_end = colon;
	enum sip_hdr_id id;

	if (colon == end || colon == from)
		return -EBADMSG;
	while (span_is_blank(b->data[name_end - 1]) && name_end > from + 1)
		name_end--;
	id = sip_hdr_find(b, span_make(from, name_end));
	if (id == SIP_HDR_OTHER)
		return 0;
	end = span_trim_lws(b, colon + 1, end);
	return add_header(msg, id, from,
			  span_make(span_skip_lws(b, colon + 1, end), end));
}

/* Is the line at @from the empty one? Return: its length, else 0. */
static u32 empty_line(const struct sip_buf *b, u32 from)
{
	if (b->data[from] == '\n')
		return 1;
	if (b->data[from] == '\r' && from + 1 < b->len &&
	    b->data[from + 1] == '\n')
		return 2;
	return 0;
}

/* Return: offset of the body, or an error. */
static int read_headers(struct sip_msg *msg, u32 from)
{
	const struct sip_buf *b = &msg->buf;
	u32 empty;
	int eol, rc;

	for (;;) {
		if (from >= b->len)
			return -EBADMSG;
		if ((u8)b->data[from] <= '\r') {
			empty = empty_line(b, from);
			if (empty)
				return (int)(from + empty);
		}
		if (span_is_blank(b->data[from]))
			return -EBADMSG;
		if (msg->nlines++ == SIP_MAX_HEADERS)
			return -E2BIG;
		eol = sip_line_end(b, from);
		while (eol >= 0 && (u32)eol + 1 < b->len &&
		       span_is_blank(b->data[eol + 1]))
			eol = sip_line_end(b, (u32)eol + 1);
		if (eol < 0)
			return eol;
		rc = read_header(msg, from, (u32)eol);
		if (rc)
			return rc;
		from = (u32)eol + 1;
	}
}

/* The CSeq method is the method; a response has no other. */
static int read_cseq(struct sip_msg *msg)
{
	struct span method;
	int rc;

	rc = sip_cseq_parse(&msg->buf, sip_msg_value(msg, SIP_HDR_CSEQ),
			    &msg->cseq, &method);
	if (rc)
		return rc;
	msg->method = (u8)sip_method_find(&msg->buf, method);
	if (sip_msg_is_request(msg) &&
	    !span_equal(&msg->buf, method, msg->method_text))
		return -EBADMSG;
	return 0;
}

/* SEC-3: what must be there before anything makes state of it. */
static int check_gate(const struct sip_msg *msg)
{
	if (!sip_msg_value(msg, SIP_HDR_VIA).len ||
	    !sip_msg_value(msg, SIP_HDR_FROM).len ||
	    !sip_msg_value(msg, SIP_HDR_TO).len ||
	    !sip_msg_value(msg, SIP_HDR_CALL_ID).len ||
	    !sip_msg_value(msg, SIP_HDR_CSEQ).len)
		return -EBADMSG;
	return 0;
}

static int read_body(struct sip_msg *msg, u32 from)
{
	u32 rest = msg->buf.len - from;
	u32 len;

	if (sip_msg_has(msg, SIP_HDR_CONTENT_LENGTH)) {
		if (span_u32(&msg->buf,
			     sip_msg_value(msg, SIP_HDR_CONTENT_LENGTH),
			     rest, &len))
			return -EBADMSG;
		rest = len;
	}
	msg->body = span_make(from, from + rest);
	return 0;
}

int sip_msg_parse(struct sip_msg *msg, const char *data, u32 len)
{
	struct sip_start start;
	int rc;

	if (len > SIP_MAX_LEN)
		return -E2BIG;
	msg->buf.data = data;
	msg->buf.len = len;
	rc = sip_start_parse(&msg->buf, &start);
	if (rc)
		return rc;
	msg->status = start.status;
	msg->method_text = start.method_text;
	msg->ruri = start.ruri;
	msg->nhdr = 0;
	msg->nlines = 0;
	memset(msg->first, SIP_NO_HEADER, sizeof(msg->first));
	rc = read_headers(msg, start.next);
	if (rc < 0)
		return rc;
	if (check_gate(msg) || read_cseq(msg))
		return -EBADMSG;
	return read_body(msg, (u32)rc);
}
