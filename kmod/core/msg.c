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

/**
 * struct name - the name of a header as its line begins
 * @head: its first letters and the ':', eight at most, in lower case
 * @fold: what makes the letters in @head small
 * @mask: which bytes of a line @head is compared with
 * @tail: the last eight up to the ':' of a name that is longer, else 0
 * @len: letters of the name
 * @id: enum sip_hdr_id
 * @other: another name with the same first two letters, or NULL
 */
struct name {
	u64 head;
	u64 fold;
	u64 mask;
	u64 tail;
	u8 len;
	u8 id;
	const struct name *other;
};

enum {
	NAME_NONE,
	NAME_VIA, NAME_V, NAME_FROM, NAME_F, NAME_TO, NAME_T, NAME_CALL_ID,
	NAME_I, NAME_CSEQ, NAME_CONTACT, NAME_M, NAME_ROUTE, NAME_RECORD_ROUTE,
	NAME_EXPIRES, NAME_CONTENT_LENGTH, NAME_L, NAME_CONTENT_TYPE, NAME_C,
	NAME_CONTENT_ENCODING, NAME_E, NAME_AUTHORIZATION,
	NAME_PROXY_AUTHORIZATION, NAMES,
};

/* The letters of a word, not its '-' and ':'. */
#define LETTERS(word)	((word) >> 1 & SPAN_FOLD)

#define SHORT_NAME(hdr, n, word, next)					       \
	{ .head = word, .fold = LETTERS(word), .mask = ~0ULL >> (56 - 8 * (n)),\
	  .len = n, .id = SIP_HDR_##hdr, .other = next }
#define LONG_NAME(hdr, n, word, last, next)				       \
	{ .head = word, .fold = LETTERS(word), .mask = ~0ULL, .tail = last,    \
	  .len = n, .id = SIP_HDR_##hdr, .other = next }

static const struct name names[NAMES] = {
	[NAME_VIA] = SHORT_NAME(VIA, 3,
		SPAN_WORD('v', 'i', 'a', ':', 0, 0, 0, 0), NULL),
	[NAME_V] = SHORT_NAME(VIA, 1,
		SPAN_WORD('v', ':', 0, 0, 0, 0, 0, 0), NULL),
	[NAME_FROM] = SHORT_NAME(FROM, 4,
		SPAN_WORD('f', 'r', 'o', 'm', ':', 0, 0, 0), NULL),
	[NAME_F] = SHORT_NAME(FROM, 1,
		SPAN_WORD('f', ':', 0, 0, 0, 0, 0, 0), NULL),
	[NAME_TO] = SHORT_NAME(TO, 2,
		SPAN_WORD('t', 'o', ':', 0, 0, 0, 0, 0), NULL),
	[NAME_T] = SHORT_NAME(TO, 1,
		SPAN_WORD('t', ':', 0, 0, 0, 0, 0, 0), NULL),
	[NAME_CALL_ID] = SHORT_NAME(CALL_ID, 7,
		SPAN_WORD('c', 'a', 'l', 'l', '-', 'i', 'd', ':'), NULL),
	[NAME_I] = SHORT_NAME(CALL_ID, 1,
		SPAN_WORD('i', ':', 0, 0, 0, 0, 0, 0), NULL),
	[NAME_CSEQ] = SHORT_NAME(CSEQ, 4,
		SPAN_WORD('c', 's', 'e', 'q', ':', 0, 0, 0), NULL),
	[NAME_CONTACT] = SHORT_NAME(CONTACT, 7,
		SPAN_WORD('c', 'o', 'n', 't', 'a', 'c', 't', ':'),
		&names[NAME_CONTENT_LENGTH]),
	[NAME_M] = SHORT_NAME(CONTACT, 1,
		SPAN_WORD('m', ':', 0, 0, 0, 0, 0, 0), NULL),
	[NAME_ROUTE] = SHORT_NAME(ROUTE, 5,
		SPAN_WORD('r', 'o', 'u', 't', 'e', ':', 0, 0), NULL),
	[NAME_RECORD_ROUTE] = LONG_NAME(RECORD_ROUTE, 12,
		SPAN_WORD('r', 'e', 'c', 'o', 'r', 'd', '-', 'r'),
		SPAN_WORD('d', '-', 'r', 'o', 'u', 't', 'e', ':'), NULL),
	[NAME_EXPIRES] = SHORT_NAME(EXPIRES, 7,
		SPAN_WORD('e', 'x', 'p', 'i', 'r', 'e', 's', ':'), NULL),
	[NAME_CONTENT_LENGTH] = LONG_NAME(CONTENT_LENGTH, 14,
		SPAN_WORD('c', 'o', 'n', 't', 'e', 'n', 't', '-'),
		SPAN_WORD('-', 'l', 'e', 'n', 'g', 't', 'h', ':'),
		&names[NAME_CONTENT_TYPE]),
	[NAME_L] = SHORT_NAME(CONTENT_LENGTH, 1,
		SPAN_WORD('l', ':', 0, 0, 0, 0, 0, 0), NULL),
	[NAME_CONTENT_TYPE] = LONG_NAME(CONTENT_TYPE, 12,
		SPAN_WORD('c', 'o', 'n', 't', 'e', 'n', 't', '-'),
		SPAN_WORD('n', 't', '-', 't', 'y', 'p', 'e', ':'),
		&names[NAME_CONTENT_ENCODING]),
	[NAME_C] = SHORT_NAME(CONTENT_TYPE, 1,
		SPAN_WORD('c', ':', 0, 0, 0, 0, 0, 0), NULL),
	[NAME_CONTENT_ENCODING] = LONG_NAME(CONTENT_ENCODING, 16,
		SPAN_WORD('c', 'o', 'n', 't', 'e', 'n', 't', '-'),
		SPAN_WORD('n', 'c', 'o', 'd', 'i', 'n', 'g', ':'), NULL),
	[NAME_E] = SHORT_NAME(CONTENT_ENCODING, 1,
		SPAN_WORD('e', ':', 0, 0, 0, 0, 0, 0), NULL),
	[NAME_AUTHORIZATION] = LONG_NAME(AUTHORIZATION, 13,
		SPAN_WORD('a', 'u', 't', 'h', 'o', 'r', 'i', 'z'),
		SPAN_WORD('i', 'z', 'a', 't', 'i', 'o', 'n', ':'), NULL),
	[NAME_PROXY_AUTHORIZATION] = LONG_NAME(PROXY_AUTHORIZATION, 19,
		SPAN_WORD('p', 'r', 'o', 'x', 'y', '-', 'a', 'u'),
		SPAN_WORD('i', 'z', 'a', 't', 'i', 'o', 'n', ':'), NULL),
};

/*
 * Two letters, or a letter and ':', in any case: an odd number gives each of
 * them a slot of its own. Two in one slot are an error of the compiler's.
 */
#define SLOT(w)		((u32)((w) & 0x1f1f) * 0x8cfe5cd1u >> 26)
#define PAIR(a, b)	SLOT((a) | (b) << 8)

/* By how a line begins: the first name that it may be. */
static const struct name * const first_name[64] = {
	[PAIR('v', 'i')] = &names[NAME_VIA],
	[PAIR('v', ':')] = &names[NAME_V],
	[PAIR('f', 'r')] = &names[NAME_FROM],
	[PAIR('f', ':')] = &names[NAME_F],
	[PAIR('t', 'o')] = &names[NAME_TO],
	[PAIR('t', ':')] = &names[NAME_T],
	[PAIR('c', 'a')] = &names[NAME_CALL_ID],
	[PAIR('i', ':')] = &names[NAME_I],
	[PAIR('c', 's')] = &names[NAME_CSEQ],
	[PAIR('c', 'o')] = &names[NAME_CONTACT],
	[PAIR('m', ':')] = &names[NAME_M],
	[PAIR('r', 'o')] = &names[NAME_ROUTE],
	[PAIR('r', 'e')] = &names[NAME_RECORD_ROUTE],
	[PAIR('e', 'x')] = &names[NAME_EXPIRES],
	[PAIR('l', ':')] = &names[NAME_L],
	[PAIR('c', ':')] = &names[NAME_C],
	[PAIR('e', ':')] = &names[NAME_E],
	[PAIR('a', 'u')] = &names[NAME_AUTHORIZATION],
	[PAIR('p', 'r')] = &names[NAME_PROXY_AUTHORIZATION],
};

static inline bool has_head(const struct name *n, u64 w)
{
	return ((w | n->fold) & n->mask) == n->head;
}

/* @p: eight bytes that end where the ':' of the name would be */
static inline bool has_tail(const struct name *n, const char *p)
{
	return (port_load64(p) | LETTERS(n->tail)) == n->tail;
}

enum sip_hdr_id sip_hdr_find(const struct sip_buf *b, struct span s)
{
	char line[SIP_MAX_NAME + 8] = { 0 };
	const struct name *n;

	if (!s.len || s.len > SIP_MAX_NAME)
		return SIP_HDR_OTHER;
	memcpy(line, b->data + s.off, s.len);
	line[s.len] = ':';
	for (n = first_name[SLOT(port_load64(line))]; n; n = n->other) {
		if (n->len == s.len && has_head(n, port_load64(line)) &&
		    (!n->tail || has_tail(n, line + n->len - 7)))
			return (enum sip_hdr_id)n->id;
	}
	return SIP_HDR_OTHER;
}

/* Headers that a message has once at most. */
static bool is_single(u32 id)
{
	return 1u << id & (1u << SIP_HDR_FROM | 1u << SIP_HDR_TO |
			   1u << SIP_HDR_CALL_ID | 1u << SIP_HDR_CSEQ |
			   1u << SIP_HDR_EXPIRES | 1u << SIP_HDR_CONTENT_TYPE |
			   1u << SIP_HDR_CONTENT_LENGTH);
}

/* A header that came before. */
static int add_further(struct sip_msg *msg, u32 id, u32 n)
{
	if (is_single(id))
		return -EBADMSG;
	msg->hdr[msg->last[id]].next = n;
	msg->last[id] = (u8)n;
	return 0;
}

static inline int add_header(struct sip_msg *msg, u32 id, struct span value)
{
	u32 n = msg->nhdr++;

	msg->hdr[n].value = value;
	msg->hdr[n].next = SIP_NO_HEADER;
	if (unlikely(msg->first[id] != SIP_NO_HEADER))
		return add_further(msg, id, n);
	msg->first[id] = (u8)n;
	msg->last[id] = (u8)n;
	return 0;
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

/* Any header, whatever it looks like, from @p to its last line feed. */
static port_noinline int read_any_line(struct sip_msg *msg, const char *p,
				       const char *eol)
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
	id = sip_hdr_find(b, span_make(from, end));
	if (id == SIP_HDR_OTHER)
		return 0;
	return add_header(msg, id, trim_value(msg, id, b->data + colon + 1,
					      eol));
}

/* The name of ours that stands with its ':' at @p, NULL if there is none. */
static inline const struct name *match_name(const char *p, const char *eol,
					    u64 w)
{
	const struct name *n = first_name[SLOT(w)];

	for (; n; n = n->other) {
		if (has_head(n, w) &&
		    (!n->tail || (eol - p > n->len &&
				  has_tail(n, p + n->len - 7))))
			break;
	}
	return n;
}

/*
 * Another header than ours? It is, if its colon is among the first letters
 * and no blank before that. @w: the first eight letters.
 */
static inline bool is_other(const char *p, const char *eol, u64 w)
{
	u64 hits = span_zero_bytes(w ^ ':' * SPAN_ONES);
	const char *colon = p;

	if (!hits) {
		if ((w - 0x21 * SPAN_ONES) & 0x80 * SPAN_ONES || eol - p < 16)
			return false;
		colon = p + 8;
		hits = span_zero_bytes(port_load64(colon) ^ ':' * SPAN_ONES);
		if (!hits)
			return false;
	}
	colon += port_ctz64(hits) / 8;
	return colon > p && colon < eol && (u8)colon[-1] > ' ';
}

/* One header. @w: its first eight bytes. */
static inline int read_line(struct sip_msg *msg, const char *p,
			    const char *eol, u64 w)
{
	const struct name *n = match_name(p, eol, w);

	if (n)
		return add_header(msg, n->id,
				  read_value(msg, n->id, p + n->len + 1, eol));
	if (likely(is_other(p, eol, w)))
		return 0;
	return read_any_line(msg, p, eol);
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
	const char *limit = end - 1;
	u32 lines = 0;
	int body = 0;
	const char *eol;
	u64 w;

	/* behind the last header @limit is moved, and nothing found any more */
	for (;; p = eol + 1) {
		eol = span_quick_eol(p, limit);
		if (unlikely(!eol || (u8)eol[1] <= ' ')) {
			if (body)
				break;
			eol = end_line(msg, p, eol, &body);
			if (body < 0)
				return body;
			if (body)
				limit = p;
			w = span_line_word(p, end);
		} else {
			w = port_load64(p);
		}
		if (unlikely(lines++ == SIP_MAX_HEADERS))
			return -E2BIG;
		if (unlikely(read_line(msg, p, eol, w)))
			return -EBADMSG;
	}
	msg->nlines = (u8)lines;
	return body;
}

/* The CSeq method is the method; a response has no other. */
static int read_cseq(struct sip_msg *msg)
{
	const struct sip_buf *b = &msg->buf;
	struct span text = msg->method_text;
	struct span method;
	int rc;

	rc = sip_cseq_parse(b, sip_msg_value(msg, SIP_HDR_CSEQ), &msg->cseq,
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
	struct span text;
	u32 len;

	if (sip_msg_has(msg, SIP_HDR_CONTENT_LENGTH)) {
		text = sip_msg_value(msg, SIP_HDR_CONTENT_LENGTH);
		/* "0" mostly */
		if (text.len == 1 && msg->buf.data[text.off] == '0')
			len = 0;
		else if (span_u32(&msg->buf, text, rest, &len))
			return -EBADMSG;
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
