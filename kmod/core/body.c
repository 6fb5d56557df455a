// SPDX-License-Identifier: GPL-2.0-only
/*
 * body.c - finding the session description in a body, MIME-aware.
 *
 * Multipart is walked by its boundary lines, one level at a time and never
 * recursively. Parts with a transfer encoding that hides their text, and
 * encoded bodies, are opaque.
 */
#include "body.h"
#include "param.h"

enum {
	MAX_DEPTH = 3,		/* multipart inside multipart */
	MAX_PARTS = 32,		/* parts of one multipart */
};

/* One part: where it is, and what its own headers say. */
struct part {
	struct span text;
	struct span type;
	struct span length;
	struct span encoding;
};

/* A delimiter line: --boundary or --boundary-- */
struct delimiter {
	u32 at;
	u32 next;
	bool last;
};

/* Type or subtype token at @from? Return: offset behind it and LWS, or 0. */
static u32 match_token(const struct sip_buf *b, u32 from, u32 end,
		       const char *word, u32 len)
{
	if (!span_starts(b, from, end, word))
		return 0;
	return span_skip_lws(b, from + len, end);
}

static bool is_sdp(const struct sip_buf *b, struct span type)
{
	u32 end = span_end(type);
	u32 pos, sub;

	/* nearly all there are: exactly this */
	if (type.len == 15 &&
	    span_word(b, type.off, 8) ==
	    SPAN_WORD('a', 'p', 'p', 'l', 'i', 'c', 'a', 't') &&
	    span_word(b, type.off + 7, 8) ==
	    SPAN_WORD('t', 'i', 'o', 'n', '/', 's', 'd', 'p'))
		return true;
	pos = match_token(b, type.off, end, "application", 11);
	if (!pos || pos >= end || b->data[pos] != '/')
		return false;
	sub = span_skip_lws(b, pos + 1, end);
	pos = match_token(b, sub, end, "sdp", 3);
	return pos && (pos > sub + 3 || pos == end || b->data[pos] == ';');
}

static bool is_multipart(const struct sip_buf *b, struct span type)
{
	u32 end = span_end(type);
	u32 pos = match_token(b, type.off, end, "multipart", 9);

	return pos && pos < end && b->data[pos] == '/';
}

static struct span find_boundary(const struct sip_buf *b, struct span type)
{
	u32 end = span_end(type);
	u32 semi = span_find(b, type.off, end, ';');
	struct span v = sip_param_find(b, span_make(semi, end), "boundary");

	if (v.len >= 2 && b->data[v.off] == '"')
		return span_make(v.off + 1u, span_end(v) - 1);
	return v;
}

/* Is the line [from, eol), which begins with "--", a delimiter? */
static bool is_delimiter(const struct sip_buf *b, u32 from, u32 eol,
			 struct span boundary, struct delimiter *d)
{
	u32 rest = from + 2 + boundary.len;

	if (rest > eol ||
	    memcmp(b->data + from + 2, b->data + boundary.off, boundary.len))
		return false;
	d->last = rest + 2 <= eol && b->data[rest] == '-' &&
		  b->data[rest + 1] == '-';
	if (!d->last && span_skip_lws(b, rest, eol) != eol)
		return false;
	d->at = from;
	return true;
}

/* The next delimiter line at or after @from, which begins a line. */
static bool find_delimiter(const struct sip_buf *b, u32 from, u32 end,
			   struct span boundary, struct delimiter *d)
{
	u32 eol;

	for (; from < end; from = eol + 1) {
		eol = span_seek(b, from, end, '\n');
		if (b->data[from] != '-' || from + 2 >= eol ||
		    b->data[from + 1] != '-')
			continue;
		d->next = eol < end ? eol + 1 : end;
		if (is_delimiter(b, from, eol, boundary, d))
			return true;
	}
	return false;
}

static void read_part_header(const struct sip_buf *b, u32 from, u32 end,
			     struct part *part)
{
	u32 colon = span_find(b, from, end, ':');
	struct span name = span_make(from, span_trim_lws(b, from, colon));
	struct span value;

	if (colon == end)
		return;
	from = span_skip_lws(b, colon + 1, end);
	value = span_make(from, span_trim_lws(b, from, end));
	if (span_is(b, name, "content-type"))
		part->type = value;
	else if (span_is(b, name, "content-length"))
		part->length = value;
	else if (span_is(b, name, "content-transfer-encoding"))
		part->encoding = value;
}

/* Headers of the part [from, end); its text is what follows them. */
static void read_part(const struct sip_buf *b, u32 from, u32 end,
		      struct part *part)
{
	u32 eol;

	memset(part, 0, sizeof(*part));
	while (from < end) {
		eol = span_seek(b, from, end, '\n');
		while (eol + 1 < end && span_is_blank(b->data[eol + 1]))
			eol = span_find(b, eol + 1, end, '\n');
		if (span_trim_lws(b, from, eol) == from) {
			from = eol < end ? eol + 1 : end;
			break;
		}
		read_part_header(b, from, eol, part);
		from = eol < end ? eol + 1 : end;
	}
	part->text = span_make(from, end);
}

static bool is_plain(const struct sip_buf *b, struct span encoding)
{
	return !encoding.len || span_is(b, encoding, "binary") ||
	       span_is(b, encoding, "8bit") || span_is(b, encoding, "7bit");
}

/* The line end before a delimiter belongs to the delimiter (RFC 2046 5.1). */
static u32 before_delimiter(const struct sip_buf *b, u32 from, u32 at)
{
	if (at > from && b->data[at - 1] == '\n')
		at--;
	if (at > from && b->data[at - 1] == '\r')
		at--;
	return at;
}

/*
 * Walk one multipart. *found gets the part with a session description;
 * without one, the first multipart inside. Return: 0 or -E2BIG.
 */
static int walk_parts(const struct sip_buf *b, struct span text,
		      struct span boundary, struct part *found)
{
	u32 end = span_end(text);
	struct delimiter d;
	struct part part;
	u32 sdps = 0;
	u32 parts = 0;
	u32 from;
	bool more;

	memset(found, 0, sizeof(*found));
	more = find_delimiter(b, text.off, end, boundary, &d);
	while (more && !d.last) {
		if (parts++ == MAX_PARTS)
			return -E2BIG;
		from = d.next;
		more = find_delimiter(b, from, end, boundary, &d);
		read_part(b, from,
			  more ? before_delimiter(b, from, d.at) : end, &part);
		if (!is_plain(b, part.encoding))
			continue;
		if (is_sdp(b, part.type)) {
			if (sdps++)
				return -E2BIG;
			*found = part;
		} else if (!found->text.len && is_multipart(b, part.type)) {
			*found = part;
		}
	}
	return 0;
}

/* A body that is no session description as a whole: is one in it? */
static port_noinline int find_in_parts(const struct sip_msg *msg,
				       struct sip_body *out)
{
	const struct sip_buf *b = &msg->buf;
	struct part part = {
		.text = msg->body,
		.type = sip_msg_value(msg, SIP_HDR_CONTENT_TYPE),
	};
	struct span boundary;
	u32 depth;
	int rc;

	for (depth = 0; depth < MAX_DEPTH; depth++) {
		if (!is_multipart(b, part.type))
			return 0;
		boundary = find_boundary(b, part.type);
		if (!boundary.len)
			return 0;
		rc = walk_parts(b, part.text, boundary, &part);
		if (rc)
			return rc;
		if (is_sdp(b, part.type)) {
			out->sdp = part.text;
			out->part_length = part.length;
			return 0;
		}
	}
	return is_multipart(b, part.type) ? -E2BIG : 0;
}

int sip_body_find_sdp(const struct sip_msg *msg, struct sip_body *out)
{
	const struct sip_buf *b = &msg->buf;
	struct span type = sip_msg_value(msg, SIP_HDR_CONTENT_TYPE);
	struct span encoding = sip_msg_value(msg, SIP_HDR_CONTENT_ENCODING);

	out->sdp = (struct span){ 0, 0 };
	out->part_length = (struct span){ 0, 0 };
	if (!type.len || !msg->body.len ||
	    (encoding.len && !span_is(b, encoding, "identity")))
		return 0;
	if (unlikely(!is_sdp(b, type)))
		return find_in_parts(msg, out);
	out->sdp = msg->body;
	return 0;
}
