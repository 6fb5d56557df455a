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
};

/* An odd number that gives every short name a slot of its own. */
#define NAME_MAGIC	0x9c7d498a8f76dc87ULL

/* Names of less than eight letters, each in its slot. */
static const char name_text[NAME_SLOTS][8] = {
	[2] = "route", [4] = "c", [6] = "via", [7] = "m", [11] = "e",
	[13] = "cseq", [14] = "to", [15] = "from", [16] = "t",
	[19] = "expires", [20] = "l", [23] = "v", [24] = "contact",
	[25] = "i", [27] = "call-id", [30] = "f",
};

static const u8 name_id[NAME_SLOTS] = {
	[2] = SIP_HDR_ROUTE, [4] = SIP_HDR_CONTENT_TYPE, [6] = SIP_HDR_VIA,
	[7] = SIP_HDR_CONTACT, [11] = SIP_HDR_CONTENT_ENCODING,
	[13] = SIP_HDR_CSEQ, [14] = SIP_HDR_TO, [15] = SIP_HDR_FROM,
	[16] = SIP_HDR_TO, [19] = SIP_HDR_EXPIRES,
	[20] = SIP_HDR_CONTENT_LENGTH, [23] = SIP_HDR_VIA,
	[24] = SIP_HDR_CONTACT, [25] = SIP_HDR_CALL_ID,
	[27] = SIP_HDR_CALL_ID, [30] = SIP_HDR_FROM,
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

static enum sip_hdr_id find_long(const struct sip_buf *b, struct span s)
{
	const struct long_name *n = long_names;
	u64 head = span_word(b, s.off, 8);
	u64 tail = span_word(b, span_end(s) - 8, 8);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(long_names); i++, n++) {
		if (tail == port_load64(n->tail) && s.len == n->len &&
		    head == port_load64(n->head) &&
		    (!n->dash || b->data[s.off + n->dash] == '-'))
			return (enum sip_hdr_id)n->id;
	}
	return SIP_HDR_OTHER;
}

/* Names of one to seven letters; @w is what @name begins with. */
static inline enum sip_hdr_id find_short(const char *name, u32 len, u64 w)
{
	u32 slot;

	w = span_keep(w | SPAN_FOLD, len);
	slot = (w + len) * NAME_MAGIC >> (64 - NAME_BITS);
	if (port_load64(name_text[slot]) != w)
		return SIP_HDR_OTHER;
	/* folding turns CR into '-' as well */
	if (unlikely(len == 7 && name_id[slot] == SIP_HDR_CALL_ID &&
		     name[4] != '-'))
		return SIP_HDR_OTHER;
	return (enum sip_hdr_id)name_id[slot];
}

enum sip_hdr_id sip_hdr_find(const struct sip_buf *b, struct span s)
{
	if (s.len >= 8)
		return find_long(b, s);
	if (!s.len)
		return SIP_HDR_OTHER;
	return find_short(b->data + s.off, s.len, span_load64(b, s.off));
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
	if (likely(msg->first[id] == SIP_NO_HEADER))
		msg->first[id] = (u8)n;
	else if (is_single(id))
		return -EBADMSG;
	else
		msg->hdr[msg->last[id]].next = (u8)n;
	msg->last[id] = (u8)n;
	return 0;
}

/* The value without the white space around it: one space and CR mostly. */
static inline struct span trim_value(const struct sip_buf *b, u32 from,
				     u32 end)
{
	const char *data = b->data;

	if (likely(from + 2 < end && data[from] == ' ' &&
		   (u8)data[from + 1] > ' ' && data[end - 1] == '\r' &&
		   (u8)data[end - 2] > ' '))
		return span_make(from + 1, end - 1);
	end = span_trim_lws(b, from, end);
	return span_make(span_skip_lws(b, from, end), end);
}

/* A name that is not within the first eight bytes, or has blanks behind it. */
static int read_long_header(struct sip_msg *msg, u32 from, u32 end)
{
	const struct sip_buf *b = &msg->buf;
	u32 colon = span_find(b, from, end, ':');
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
	return add_header(msg, id, from, trim_value(b, colon + 1, end));
}

/* Is there a colon in the second eight bytes of a line? Mostly there is. */
static inline bool has_colon(const struct sip_buf *b, u32 from, u32 end)
{
	u64 x;

	if (unlikely(from + 16 > end))
		return false;
	x = port_load64(b->data + from + 8) ^ ':' * SPAN_ONES;
	return span_zero_bytes(x);
}

/*
 * One header, [from, end) with its folded lines, without the last LF. @w is
 * what it begins with; its first colon is in it mostly.
 */
static inline int read_header(struct sip_msg *msg, u32 from, u32 end, u64 w)
{
	const char *name = msg->buf.data + from;
	u64 x = w ^ ':' * SPAN_ONES;
	u64 hits = (x - SPAN_ONES) & 0x80 * SPAN_ONES;
	enum sip_hdr_id id;
	u32 len;

	/* eight letters, and no name that we know begins so */
	if (!hits && !(LONG_LETTERS >> (w & 31) & 1) &&
	    !((w - 0x21 * SPAN_ONES) & 0x80 * SPAN_ONES) &&
	    likely(has_colon(&msg->buf, from, end)))
		return 0;
	len = hits ? port_ctz64(hits) / 8 : 0;
	/* letters beyond ASCII make false hits */
	if (!len || name[len] != ':' || (u8)name[len - 1] <= ' ')
		return read_long_header(msg, from, end);
	if (from + len >= end)
		return -EBADMSG;
	id = find_short(name, len, w);
	if (id == SIP_HDR_OTHER)
		return 0;
	return add_header(msg, id, from,
			  trim_value(&msg->buf, from + len + 1, end));
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

/*
 * The end of a header: lines that begin with a blank belong to it. A message
 * that ends here has no empty line. Return: its last LF, or SPAN_BAD_LINE.
 */
static inline u32 header_end(const struct sip_buf *b, u32 from, u64 w)
{
	u32 eol = span_line_end(b, from, b->len, w);

	while (likely(eol < b->len - 1) &&
	       unlikely((u8)b->data[eol + 1] <= ' ') &&
	       span_is_blank(b->data[eol + 1]))
		eol = span_line_end(b, eol + 1, b->len,
				    span_line_word(b, eol + 1, b->len));
	return eol < b->len - 1 ? eol : SPAN_BAD_LINE;
}

/* The headers from @from on. Return: offset of the body, or an error. */
static int read_headers(struct sip_msg *msg, u32 from)
{
	const struct sip_buf *b = &msg->buf;
	u32 lines = 0;
	u32 empty = 0;
	u32 eol;
	int rc;
	u64 w;

	while (!empty) {
		w = span_line_word(b, from, b->len);
		eol = header_end(b, from, w);
		if (unlikely(eol == SPAN_BAD_LINE))
			return -EBADMSG;
		if (unlikely(lines++ == SIP_MAX_HEADERS))
			return -E2BIG;
		rc = read_header(msg, from, eol, w);
		if (unlikely(rc))
			return rc;
		from = eol + 1;
		if (unlikely((u8)b->data[from] <= '\r'))
			empty = empty_line(b, from);
	}
	msg->nlines = (u8)lines;
	return (int)(from + empty);
}

/* The CSeq method is the method; a response has no other. */
static int read_cseq(struct sip_msg *msg)
{
	struct span method;
	u8 found;
	int rc;

	rc = sip_cseq_parse(&msg->buf, sip_msg_value(msg, SIP_HDR_CSEQ),
			    &msg->cseq, &method);
	if (rc)
		return rc;
	found = (u8)sip_method_find(&msg->buf, method);
	if (sip_msg_is_request(msg) &&
	    (found != msg->method ||
	     (!found && !span_equal(&msg->buf, method, msg->method_text))))
		return -EBADMSG;
	msg->method = found;
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
	msg->method = start.method;
	msg->method_text = start.method_text;
	msg->ruri = start.ruri;
	msg->nhdr = 0;
	msg->nlines = 0;
	memset(msg->first, SIP_NO_HEADER, sizeof(msg->first));
	/* a message without headers, or with a folded start line */
	if (start.next >= len || (u8)data[start.next] <= ' ')
		return -EBADMSG;
	rc = read_headers(msg, start.next);
	if (rc < 0)
		return rc;
	if (check_gate(msg) || read_cseq(msg))
		return -EBADMSG;
	return read_body(msg, (u32)rc);
}
