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
 * struct name - one header name in the table
 * @head: its first eight letters
 * @tail: its last eight letters, if it has more than eight
 * @len: its length
 * @dash: offset of a '-' in it: folding turns CR into '-' as well
 * @id: enum sip_hdr_id
 */
struct name {
	char head[8];
	char tail[8];
	u8 len;
	u8 dash;
	u8 id;
};

enum { NAME_BITS = 5 };

/* An odd number that gives every name below a place of its own. */
#define NAME_MAGIC	0x9c7d498a8f76dc87ULL

static const struct name names[1 << NAME_BITS] = {
	[1] = { "authoriz", "rization", 13, 0, SIP_HDR_AUTHORIZATION },
	[2] = { "route", "", 5, 0, SIP_HDR_ROUTE },
	[3] = { "content-", "t-length", 14, 7, SIP_HDR_CONTENT_LENGTH },
	[4] = { "c", "", 1, 0, SIP_HDR_CONTENT_TYPE },
	[5] = { "record-r", "rd-route", 12, 6, SIP_HDR_RECORD_ROUTE },
	[6] = { "via", "", 3, 0, SIP_HDR_VIA },
	[7] = { "m", "", 1, 0, SIP_HDR_CONTACT },
	[10] = { "content-", "encoding", 16, 7, SIP_HDR_CONTENT_ENCODING },
	[11] = { "e", "", 1, 0, SIP_HDR_CONTENT_ENCODING },
	[13] = { "cseq", "", 4, 0, SIP_HDR_CSEQ },
	[14] = { "to", "", 2, 0, SIP_HDR_TO },
	[15] = { "from", "", 4, 0, SIP_HDR_FROM },
	[16] = { "t", "", 1, 0, SIP_HDR_TO },
	[19] = { "expires", "", 7, 0, SIP_HDR_EXPIRES },
	[20] = { "l", "", 1, 0, SIP_HDR_CONTENT_LENGTH },
	[21] = { "proxy-au", "rization", 19, 5, SIP_HDR_PROXY_AUTHORIZATION },
	[23] = { "v", "", 1, 0, SIP_HDR_VIA },
	[24] = { "contact", "", 7, 0, SIP_HDR_CONTACT },
	[25] = { "i", "", 1, 0, SIP_HDR_CALL_ID },
	[27] = { "call-id", "", 7, 4, SIP_HDR_CALL_ID },
	[28] = { "content-", "ent-type", 12, 7, SIP_HDR_CONTENT_TYPE },
	[30] = { "f", "", 1, 0, SIP_HDR_FROM },
};

/* @w: the eight bytes at the name's beginning; @len is not 0. */
static inline enum sip_hdr_id find_name(const struct sip_buf *b, u32 from,
					u32 len, u64 w)
{
	const struct name *n;

	w |= SPAN_FOLD;
	if (len < 8)
		w = span_keep(w, len);
	n = &names[(w + len) * NAME_MAGIC >> (64 - NAME_BITS)];
	if (port_load64(n->head) != w || n->len != len)
		return SIP_HDR_OTHER;
	if (len > 8 &&
	    (port_load64(b->data + from + len - 8) | SPAN_FOLD) !=
	    port_load64(n->tail))
		return SIP_HDR_OTHER;
	if (n->dash && b->data[from + n->dash] != '-')
		return SIP_HDR_OTHER;
	return (enum sip_hdr_id)n->id;
}

enum sip_hdr_id sip_hdr_find(const struct sip_buf *b, struct span s)
{
	if (!s.len)
		return SIP_HDR_OTHER;
	return find_name(b, s.off, s.len, span_load64(b, s.off));
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
	struct sip_hdr *h = &msg->hdr[msg->nhdr];

	h->value = value;
	h->name = (u16)name;
	h->id = (u8)id;
	h->next = SIP_NO_HEADER;
	if (likely(msg->first[id] == SIP_NO_HEADER))
		msg->first[id] = msg->nhdr;
	else if (is_single(id))
		return -EBADMSG;
	else
		msg->hdr[msg->last[id]].next = msg->nhdr;
	msg->last[id] = msg->nhdr++;
	return 0;
}

/* The first colon of a line that begins with @w: it is in @w mostly. */
static inline u32 find_colon(const struct sip_buf *b, u32 from, u32 end, u64 w)
{
	u64 hits = span_zero_bytes(w ^ ':' * SPAN_ONES);

	if (hits)
		return from + port_ctz64(hits) / 8;
	from += 8;
	hits = span_zero_bytes(span_load64(b, from < end ? from : end) ^
			       ':' * SPAN_ONES);
	if (hits)
		return from + port_ctz64(hits) / 8;
	return span_find(b, from + 8, end, ':');
}

/* Where the value behind the colon begins: behind one space mostly. */
static inline u32 value_start(const struct sip_buf *b, u32 from, u32 end)
{
	if (likely(from < end && b->data[from] == ' '))
		from++;
	if (unlikely(from < end && (u8)b->data[from] <= ' '))
		from = span_skip_lws(b, from, end);
	return from;
}

static inline u32 value_end(const struct sip_buf *b, u32 from, u32 end)
{
	if (likely(end > from && b->data[end - 1] == '\r'))
		end--;
	if (unlikely(end > from && (u8)b->data[end - 1] <= ' '))
		end = span_trim_lws(b, from, end);
	return end;
}

/* One header, [from, end) with its folded lines, without the last LF. */
static inline int read_header(struct sip_msg *msg, u32 from, u32 end)
{
	const struct sip_buf *b = &msg->buf;
	u64 w = span_load64(b, from);
	u32 colon = find_colon(b, from, end, w);
	u32 name_end = colon;
	enum sip_hdr_id id;
	u32 value;

	if (unlikely(colon >= end || colon == from))
		return -EBADMSG;
	/* RFC 3261 25.1: HCOLON = *( SP / HTAB ) ":" SWS */
	while (unlikely(span_is_blank(b->data[name_end - 1])) &&
	       name_end > from + 1)
		name_end--;
	id = find_name(b, from, name_end - from, w);
	if (id == SIP_HDR_OTHER)
		return 0;
	value = value_start(b, colon + 1, end);
	end = value_end(b, value, end);
	return add_header(msg, id, from, span_make(value, end));
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

/* The end of the header at the search's place, with folded lines. */
static inline int header_end(const struct sip_buf *b, struct span_scan *scan)
{
	int eol;

	do {
		eol = span_next_line(b, scan);
		if (unlikely(eol < 0 || (u32)eol + 1 >= b->len))
			return -EBADMSG;
	} while (unlikely(span_is_blank(b->data[eol + 1])));
	return eol;
}

/* Return: offset of the body, or an error. */
static int read_headers(struct sip_msg *msg, u32 from)
{
	const struct sip_buf *b = &msg->buf;
	struct span_scan scan = span_scan_from(b, from, b->len);
	u32 empty;
	int eol, rc;

	if (from >= b->len || span_is_blank(b->data[from]))
		return -EBADMSG;
	for (;;) {
		if (unlikely((u8)b->data[from] <= '\r')) {
			empty = empty_line(b, from);
			if (empty)
				return (int)(from + empty);
		}
		eol = header_end(b, &scan);
		if (unlikely(eol < 0))
			return eol;
		if (unlikely(msg->nlines++ == SIP_MAX_HEADERS))
			return -E2BIG;
		rc = read_header(msg, from, (u32)eol);
		if (unlikely(rc))
			return rc;
		from = (u32)eol + 1;
	}
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
	rc = read_headers(msg, start.next);
	if (rc < 0)
		return rc;
	if (check_gate(msg) || read_cseq(msg))
		return -EBADMSG;
	return read_body(msg, (u32)rc);
}
