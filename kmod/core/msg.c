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

enum {
	NAME_BITS = 5,
	NAME_SLOTS = 1 << NAME_BITS,
	NAME_CALL_ID = 30,
};

/* An odd number that gives every short name a slot of its own. */
#define NAME_MAGIC	0x75950e8655bb6485ULL

/* Names of less than eight letters, each in its slot; none has no letter. */
static const char name_text[NAME_SLOTS][8] = {
	[0] = ":", [2] = "m", [6] = "v", [7] = "i", [8] = "t", [10] = "route",
	[12] = "e", [14] = "cseq", [15] = "c", [19] = "l", [22] = "contact",
	[23] = "from", [26] = "via", [27] = "f", [29] = "to",
	[NAME_CALL_ID] = "call-id", [31] = "expires",
};

static const u8 name_id[NAME_SLOTS] = {
	[2] = SIP_HDR_CONTACT, [6] = SIP_HDR_VIA, [7] = SIP_HDR_CALL_ID,
	[8] = SIP_HDR_TO, [10] = SIP_HDR_ROUTE,
	[12] = SIP_HDR_CONTENT_ENCODING, [14] = SIP_HDR_CSEQ,
	[15] = SIP_HDR_CONTENT_TYPE, [19] = SIP_HDR_CONTENT_LENGTH,
	[22] = SIP_HDR_CONTACT, [23] = SIP_HDR_FROM, [26] = SIP_HDR_VIA,
	[27] = SIP_HDR_FROM, [29] = SIP_HDR_TO,
	[NAME_CALL_ID] = SIP_HDR_CALL_ID, [31] = SIP_HDR_EXPIRES,
};

/**
 * struct long_name - a name of more than eight letters
 * @head: its first eight
 * @tail: its last eight
 * @len: its length
 * @dash: offset of a '-' in it: folding turns CR into '-' as well
 * @id: enum sip_hdr_id
 */
struct long_name {
	char head[8];
	char tail[8];
	u8 len;
	u8 dash;
	u8 id;
};

static const struct long_name long_names[] = {
	{ "content-", "t-length", 14, 7, SIP_HDR_CONTENT_LENGTH },
	{ "content-", "ent-type", 12, 7, SIP_HDR_CONTENT_TYPE },
	{ "record-r", "rd-route", 12, 6, SIP_HDR_RECORD_ROUTE },
	{ "proxy-au", "rization", 19, 5, SIP_HDR_PROXY_AUTHORIZATION },
	{ "authoriz", "rization", 13, 0, SIP_HDR_AUTHORIZATION },
	{ "content-", "encoding", 16, 7, SIP_HDR_CONTENT_ENCODING },
};

/* Their first letters: nothing else is looked at any further. */
#define LONG_LETTERS	(1u << ('c' & 31) | 1u << ('r' & 31) |		       \
			 1u << ('p' & 31) | 1u << ('a' & 31))

/*
 * The name of eight letters and more that stands at @p, with a ':' or a blank
 * behind it before @eol. @w: its first eight letters, folded.
 */
static const struct long_name *find_long(const char *p, const char *eol, u64 w)
{
	const struct long_name *n = long_names;
	const char *tail;

	for (; n < long_names + ARRAY_SIZE(long_names); n++) {
		if (port_load64(n->head) != w || eol - p <= n->len)
			continue;
		tail = p + n->len - 8;
		if ((port_load64(tail) | SPAN_FOLD) == port_load64(n->tail) &&
		    (tail[8] == ':' || span_is_blank(tail[8])) &&
		    (!n->dash || p[n->dash] == '-'))
			return n;
	}
	return NULL;
}

/*
 * Names of one to seven letters; @w are these, folded, and zeros. Return: its
 * slot, or NAME_SLOTS.
 */
static inline u32 find_short(const char *name, u64 w)
{
	u32 slot = w * NAME_MAGIC >> (64 - NAME_BITS);

	if (port_load64(name_text[slot]) != w)
		return NAME_SLOTS;
	/* folding turns CR into '-' as well */
	if (unlikely(slot == NAME_CALL_ID && name[4] != '-'))
		return NAME_SLOTS;
	return slot;
}

enum sip_hdr_id sip_hdr_find(const struct sip_buf *b, struct span s)
{
	const struct long_name *n = long_names;
	u32 slot;

	for (; s.len > 8 && n < long_names + ARRAY_SIZE(long_names); n++) {
		if (s.len == n->len &&
		    span_word(b, s.off, 8) == port_load64(n->head) &&
		    span_word(b, span_end(s) - 8, 8) == port_load64(n->tail) &&
		    (!n->dash || b->data[s.off + n->dash] == '-'))
			return (enum sip_hdr_id)n->id;
	}
	if (!s.len || s.len >= 8)
		return SIP_HDR_OTHER;
	slot = find_short(b->data + s.off, span_word(b, s.off, s.len));
	if (slot == NAME_SLOTS)
		return SIP_HDR_OTHER;
	return (enum sip_hdr_id)name_id[slot];
}

/* Headers that a message has once at most. */
static bool is_single(enum sip_hdr_id id)
{
	return 1u << id & (1u << SIP_HDR_FROM | 1u << SIP_HDR_TO |
			   1u << SIP_HDR_CALL_ID | 1u << SIP_HDR_CSEQ |
			   1u << SIP_HDR_EXPIRES | 1u << SIP_HDR_CONTENT_TYPE |
			   1u << SIP_HDR_CONTENT_LENGTH);
}

static inline int add_header(struct sip_msg *msg, enum sip_hdr_id id,
			     u32 name, struct span value)
{
	u32 n = msg->nhdr++;
	struct sip_hdr *h = &msg->hdr[n];

	h->value = value;
	h->name = (u16)name;
	h->id = (u8)id;
	h->next = SIP_NO_HEADER;
	if (likely(msg->first[id] == SIP_NO_HEADER)) {
		msg->first[id] = (u8)n;
	} else {
		if (is_single(id))
			return -EBADMSG;
		msg->hdr[msg->last[id]].next = (u8)n;
	}
	msg->last[id] = (u8)n;
	return 0;
}

/*
 * The value in [p, end) without the white space around it: one space and CR
 * mostly.
 */
static inline struct span trim_value(const struct sip_buf *b, const char *p,
				     const char *end)
{
	u32 from, to;

	/* p[1] is neither CR nor LF then, so that it comes before end[-1] */
	if (likely(p[0] == ' ' && (u8)p[1] > ' ' && end[-1] == '\r' &&
		   (u8)end[-2] > ' '))
		return span_make((u32)(p + 1 - b->data),
				 (u32)(end - 1 - b->data));
	from = (u32)(p - b->data);
	to = span_trim_lws(b, from, (u32)(end - b->data));
	return span_make(span_skip_lws(b, from, to), to);
}

/* Any header, whatever it looks like. */
static int read_any_header(struct sip_msg *msg, const char *p, const char *eol)
{
	const struct sip_buf *b = &msg->buf;
	u32 from = (u32)(p - b->data);
	u32 end = (u32)(eol - b->data);
	u32 colon = span_seek(b, from, end, ':');
	u32 name_end = colon;
	enum sip_hdr_id id;

	if (colon == end || colon == from)
		return -EBADMSG;
	/* RFC 3261 25.1: HCOLON = *( SP / HTAB ) ":" SWS */
	while (span_is_blank(b->data[name_end - 1]) && name_end > from + 1)
		name_end--;
	id = sip_hdr_find(b, span_make(from, name_end));
	if (id == SIP_HDR_OTHER)
		return 0;
	return add_header(msg, id, from,
			  trim_value(b, b->data + colon + 1, eol));
}

/* Eight letters at @p, and no colon in them, @w: a header all the same? */
static inline bool is_dull(const char *p, const char *eol, u64 w)
{
	return !((w - 0x21 * SPAN_ONES) & 0x80 * SPAN_ONES) && eol - p >= 16 &&
	       span_zero_bytes(port_load64(p + 8) ^ ':' * SPAN_ONES);
}

/* A header whose name has eight letters and more, or blanks behind it. */
static int read_long_header(struct sip_msg *msg, const char *p,
			    const char *eol, u64 w)
{
	const struct long_name *n = NULL;

	if (LONG_LETTERS >> (w & 31) & 1)
		n = find_long(p, eol, w | SPAN_FOLD);
	if (!n && is_dull(p, eol, w))
		return 0;
	if (!n || p[n->len] != ':')
		return read_any_header(msg, p, eol);
	return add_header(msg, (enum sip_hdr_id)n->id,
			  (u32)(p - msg->buf.data),
			  trim_value(&msg->buf, p + n->len + 1, eol));
}

/*
 * One header, from @p to @eol with its folded lines. @w is what it begins
 * with: the first colon is in it mostly, and finds the name.
 */
static inline int read_header(struct sip_msg *msg, const char *p,
			      const char *eol, u64 w)
{
	u64 x = w ^ ':' * SPAN_ONES;
	u64 hits = (x - SPAN_ONES) & 0x80 * SPAN_ONES;
	const char *colon;
	u32 slot;

	if (!hits)
		return read_long_header(msg, p, eol, w);
	colon = p + port_ctz64(hits) / 8;
	slot = find_short(p, (w | SPAN_FOLD) & (hits ^ (hits - 1)) >> 8);
	/* letters beyond ASCII make false hits */
	if (likely(slot < NAME_SLOTS && *colon == ':'))
		return add_header(msg, (enum sip_hdr_id)name_id[slot],
				  (u32)(p - msg->buf.data),
				  trim_value(&msg->buf, colon + 1, eol));
	if (likely(colon > p && colon < eol && *colon == ':' &&
		   (u8)colon[-1] > ' '))
		return 0;
	return read_any_header(msg, p, eol);
}

/* Is the line at @p the empty one? Return: its length, else 0. */
static u32 empty_line(const char *p, const char *end)
{
	if (*p == '\n')
		return 1;
	return end - p > 1 && p[0] == '\r' && p[1] == '\n' ? 2 : 0;
}

/*
 * Lines that begin with a blank belong to the header before them. @folds: how
 * many there may still be.
 */
static const char *skip_folded(const char *eol, const char *end, u32 *folds)
{
	while (eol && eol + 1 < end && span_is_blank(eol[1]) &&
	       --*folds)
		eol = span_slow_eol(eol + 1, end);
	return eol;
}

/* The headers from @from on. Return: offset of the body, or an error. */
static int read_headers(struct sip_msg *msg, u32 from)
{
	const char *p = msg->buf.data + from;
	const char *end = msg->buf.data + msg->buf.len;
	const char *last = end - 8;
	const char *eol;
	u32 folds = SIP_MAX_HEADERS;
	u32 lines = 0;
	u32 empty = 0;
	int rc;
	u64 w;

	for (; !empty; p = eol + 1) {
		w = span_line_word(p, end);
		eol = span_quick_eol(p, last, w);
		if (unlikely(!eol))
			eol = span_slow_eol(p, end);
		if (unlikely(!eol || eol >= end - 1))
			return -EBADMSG;
		if (unlikely((u8)eol[1] <= ' ')) {
			eol = skip_folded(eol, end, &folds);
			if (!folds)
				return -E2BIG;
			if (!eol || eol + 1 >= end)
				return -EBADMSG;
			empty = empty_line(eol + 1, end);
		}
		if (unlikely(++lines > SIP_MAX_HEADERS))
			return -E2BIG;
		rc = read_header(msg, p, eol, w);
		if (unlikely(rc))
			return rc;
	}
	msg->nlines = (u8)lines;
	return (int)(p + empty - msg->buf.data);
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
	if (text.len <= 8)
		return span_keep(span_load64(b, method.off) ^
				 span_load64(b, text.off), text.len) ?
		       -EBADMSG : 0;
	return span_equal(b, method, text) ? 0 : -EBADMSG;
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
	if (check_gate(msg) || read_cseq(msg))
		return -EBADMSG;
	return read_body(msg, (u32)rc);
}

int sip_msg_parse(struct sip_msg *msg, const char *data, u32 len)
{
	u32 headers;
	int rc = sip_msg_begin(msg, data, len, &headers);

	return rc ? rc : sip_msg_finish(msg, headers);
}
