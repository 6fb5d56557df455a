// SPDX-License-Identifier: GPL-2.0-only
/*
 * msg.c - [4] one pass over the header section; the grammar gate.
 *
 * Line ends are found eight bytes at a time, names by name.c. Nothing behind
 * the empty line is looked at here.
 */
#include "msg.h"
#include "cseq.h"
#include "name.h"

/* Headers that a message has once at most. */
static bool is_single(u32 id)
{
	return 1u << id & (1u << SIP_HDR_FROM | 1u << SIP_HDR_TO |
			   1u << SIP_HDR_CALL_ID | 1u << SIP_HDR_CSEQ |
			   1u << SIP_HDR_EXPIRES | 1u << SIP_HDR_CONTENT_TYPE |
			   1u << SIP_HDR_CONTENT_LENGTH);
}

/* A header that came before. Return: as add_header(). */
static long add_further(struct sip_msg *msg, u32 id, long n)
{
	if (is_single(id))
		return -EBADMSG;
	if (msg->hdr[msg->first[id]].next == SIP_NO_HEADER)
		msg->hdr[msg->first[id]].next = (u32)n;
	else
		msg->hdr[msg->last[id]].next = (u32)n;
	msg->last[id] = (u8)n;
	return n + 1;
}

/* Header number @n. Return: the number of the next one, or an error. */
static inline long add_header(struct sip_msg *msg, long n, u32 id,
			      struct span value)
{
	msg->hdr[n].value = value;
	msg->hdr[n].next = SIP_NO_HEADER;
	if (unlikely(msg->first[id] != SIP_NO_HEADER))
		return add_further(msg, id, n);
	msg->first[id] = (u8)n;
	return n + 1;
}

/* A value in [p, eol) without the white space around it. */
static struct span trim_value(struct sip_msg *msg, u32 id, const char *p,
			      const char *eol)
{
	const struct sip_buf *b = &msg->buf;
	u32 from = (u32)(p - b->data);
	u32 to = span_trim_lws(b, from, (u32)(eol - b->data));

	if (to == from && id < SIP_HDR_NEEDED)
		msg->empty = true;
	return span_make(span_skip_lws(b, from, to), to);
}

/* The same: around a value are one space and CR, mostly. */
static inline struct span read_value(struct sip_msg *msg, u32 id,
				     const char *p, const char *eol)
{
	const char *data = msg->buf.data;

	/* p[1] comes before the CR then, too */
	if (unlikely(p[0] != ' ' || (u8)p[1] <= ' ' || eol[-1] != '\r' ||
		     (u8)eol[-2] <= ' '))
		return trim_value(msg, id, p, eol);
	return span_make((u32)(p + 1 - data), (u32)(eol - 1 - data));
}

/* read_line() for any header, whatever it looks like. */
static port_noinline long read_any_line(struct sip_msg *msg, long n,
					const char *p, const char *eol)
{
	const struct sip_buf *b = &msg->buf;
	u32 from = (u32)(p - b->data);
	u32 to = (u32)(eol - b->data);
	u32 colon = span_find(b, from, to, ':');
	u32 end = colon;
	u32 id;

	if (colon == to || colon == from)
		return -EBADMSG;
	/* RFC 3261 25.1: HCOLON = *( SP / HTAB ) ":" SWS */
	while (span_is_blank(b->data[end - 1]) && end > from + 1)
		end--;
	id = sip_name_find(b, span_make(from, end));
	if (id == SIP_HDR_OTHER)
		return n;
	return add_header(msg, n, id, trim_value(msg, id, b->data + colon + 1,
						 eol));
}

/* A ':' is among these eight bytes, or a letter beyond ASCII. */
static inline u64 colon_bytes(u64 w)
{
	return ((w ^ ':' * SPAN_ONES) - SPAN_ONES) & 0x80 * SPAN_ONES;
}

/*
 * Another header than ours? It is, if its colon is among the first sixteen
 * letters and no blank before that. @w: the first eight letters. What stands
 * before the line is a line feed.
 */
static inline bool is_other(const char *p, const char *eol, u64 w)
{
	u64 hits = colon_bytes(w);

	if (!hits) {
		if (eol - p < 16)
			return false;
		p += 8;
		hits = colon_bytes(port_load64(p));
		if (!hits)
			return false;
	}
	p += port_ctz64(hits) / 8;
	return p < eol && *p == ':' && (u8)p[-1] > ' ';
}

/*
 * One header, from @p to its last line feed. @n: the number of the next one
 * that is known; @w: its first eight bytes. Return: as add_header().
 */
static inline long read_line(struct sip_msg *msg, long n, const char *p,
			     const char *eol, u64 w)
{
	const struct sip_name *name = sip_name_match(p, eol, w);

	if (name)
		return add_header(msg, n, name->id,
				  read_value(msg, name->id,
					     p + name->len + 1, eol));
	if (likely(is_other(p, eol, w)))
		return n;
	return read_any_line(msg, n, p, eol);
}

/*
 * The end of the line at @p, wherever that is: with the lines behind it that
 * begin with a blank, which belong to it (RFC 3261 7.3.1). @eol: its first
 * line feed, NULL if it was not found. *body becomes the offset of the body if
 * the empty line follows, or an error. Return: the last line feed.
 */
static port_noinline const char *
end_line(struct sip_msg *msg, const char *p, const char *eol, int *body)
{
	const char *end = msg->buf.data + msg->buf.len;

	*body = -EBADMSG;
	for (;; eol = NULL) {
		if (!eol)
			eol = span_eol(p, end);
		if (!eol || end - eol < 2)
			return NULL;
		p = eol + 1;
		if (!span_is_blank(*p))
			break;
		if (++msg->nfolds == SIP_MAX_HEADERS) {
			*body = -E2BIG;
			return NULL;
		}
	}
	*body = 0;
	if (*p == '\n')
		*body = (int)(p + 1 - msg->buf.data);
	else if (*p == '\r' && end - p > 1 && p[1] == '\n')
		*body = (int)(p + 2 - msg->buf.data);
	return p - 1;
}

/* The headers from @from on. Return: offset of the body, or an error. */
static int read_headers(struct sip_msg *msg, u32 from)
{
	const char *p = msg->buf.data + from;
	const char *end = msg->buf.data + msg->buf.len;
	const char *sure = span_sure_line(p, end);
	int room = SIP_MAX_HEADERS;
	int body = 0;
	long n = 0;
	const char *eol;
	u64 w;

	for (;; p = eol + 1) {
		eol = likely(p <= sure) ? span_sure_eol(p) : NULL;
		if (unlikely(!eol || (u8)eol[1] <= ' ')) {
			/* behind the last header nothing is searched */
			if (body)
				break;
			if (!eol)
				eol = span_eol(p, end);
			if (likely(eol && end - eol > 2 && eol[1] == '\r' &&
				   eol[2] == '\n'))
				body = (int)(eol + 3 - msg->buf.data);
			else
				eol = end_line(msg, p, eol, &body);
			if (body < 0)
				return body;
			if (body)
				sure = NULL;
			w = span_line_word(p, end);
		} else {
			w = port_load64(p);
		}
		if (unlikely(--room < 0))
			return -E2BIG;
		n = read_line(msg, n, p, eol, w);
		if (unlikely(n < 0))
			return (int)n;
	}
	msg->nhdr = (u8)n;
	msg->nlines = (u8)(SIP_MAX_HEADERS - room);
	return body;
}

/* The CSeq method is the method; a response has no other. */
static int read_cseq(struct sip_msg *msg)
{
	const struct sip_buf *b = &msg->buf;
	struct span text = msg->method_text;
	struct span method;
	int rc;

	rc = sip_cseq_parse(b, sip_msg_needed(msg, SIP_HDR_CSEQ), &msg->cseq,
			    &method);
	if (rc)
		return rc;
	if (!sip_msg_is_request(msg)) {
		msg->method = (u8)sip_method_find(b, method);
		return 0;
	}
	if (method.len != text.len)
		return -EBADMSG;
	/* behind both there is at least a line */
	if (likely(text.len <= 8 && span_end(method) + 8 <= b->len))
		return span_keep(port_load64(b->data + method.off) ^
				 port_load64(b->data + text.off), text.len) ?
		       -EBADMSG : 0;
	return span_equal(b, method, text) ? 0 : -EBADMSG;
}

/*
 * SEC-3: what must be there, and say something, before anything makes state
 * of it. SIP_NO_HEADER has a bit that no index has.
 */
static inline bool lacks_header(const struct sip_msg *msg)
{
	u64 w = port_load64((const char *)msg->first);

	return msg->empty || w & span_keep(0x80 * SPAN_ONES, SIP_HDR_NEEDED);
}

static int read_body(struct sip_msg *msg, u32 from)
{
	u32 rest = msg->buf.len - from;
	const char *p, *end;
	struct span text;
	u32 len = 0;

	if (sip_msg_has(msg, SIP_HDR_CONTENT_LENGTH)) {
		text = sip_msg_value(msg, SIP_HDR_CONTENT_LENGTH);
		p = msg->buf.data + text.off;
		end = p + text.len;
		if (p == end)
			return -EBADMSG;
		for (; p < end; p++) {
			len = len * 10 + (u8)(*p - '0');
			if (!span_is_digit(*p) || len > rest)
				return -EBADMSG;
		}
		rest = len;
	}
	msg->body = span_make(from, from + rest);
	return 0;
}

int sip_msg_begin(struct sip_msg *msg, const char *data, u32 len,
		  u32 *headers)
{
	struct sip_start start;
	int rc;

	if (len > SIP_MAX_LEN)
		return -E2BIG;
	msg->buf.data = data;
	msg->buf.len = len;
	msg->nhdr = 0;
	msg->nlines = 0;
	msg->nfolds = 0;
	msg->empty = false;
	msg->body = span_make(len, len);
	memset(msg->first, SIP_NO_HEADER, sizeof(msg->first));
	rc = sip_start_parse(&msg->buf, &start);
	if (rc)
		return rc;
	msg->status = start.status;
	msg->method = start.method;
	msg->method_text = start.method_text;
	msg->ruri = start.ruri;
	*headers = start.next;
	return 0;
}

int sip_msg_finish(struct sip_msg *msg, u32 headers)
{
	int rc;

	/* a message without headers, or with a folded start line */
	if (headers >= msg->buf.len || (u8)msg->buf.data[headers] <= ' ')
		return -EBADMSG;
	rc = read_headers(msg, headers);
	if (rc < 0)
		return rc;
	if (lacks_header(msg) || read_cseq(msg))
		return -EBADMSG;
	return read_body(msg, (u32)rc);
}

int sip_msg_parse(struct sip_msg *msg, const char *data, u32 len)
{
	u32 headers;
	int rc = sip_msg_begin(msg, data, len, &headers);

	return rc ? rc : sip_msg_finish(msg, headers);
}
