// SPDX-License-Identifier: GPL-2.0-only
/*
 * uri.c - sip: and sips: URIs.
 */
#include "uri.h"

/* The scheme by its first eight bytes; what follows it begins at @from. */
static inline u8 read_scheme(u64 w, u32 *from)
{
	if (likely((u32)(w | 0x202020) == 0x3a706973)) {	/* "sip:" */
		*from += 4;
		return SIP_SCHEME_SIP;
	}
	if (((w | 0x20202020) & 0xffffffffff) == 0x3a73706973) { /* "sips:" */
		*from += 5;
		return SIP_SCHEME_SIPS;
	}
	return SIP_SCHEME_OTHER;
}

/*
 * The '@' that ends the user part, or @end without one. A '"' comes before
 * it only where the '@' is in a quoted parameter.
 */
static inline u32 find_at(const struct sip_buf *b, u32 from, u32 end)
{
	u32 at = span_seek(b, from, end, '@');

	if (at < end && unlikely(span_seek(b, from, at, '"') < at))
		return end;
	return at;
}

u32 sip_uri_host(const struct sip_buf *b, struct span uri, u8 *scheme)
{
	u32 end = span_end(uri);
	u32 from = uri.off;
	u32 at;

	*scheme = read_scheme(span_load64(b, from), &from);
	if (from >= end)
		return end;
	at = find_at(b, from, end);
	return at < end ? at + 1 : from;
}

/* The user part, if there is one. Return: where the host begins. */
static inline u32 read_user(const struct sip_buf *b, u32 from, u32 end,
			    struct sip_uri *out)
{
	u32 at = find_at(b, from, end);
	u32 colon;

	out->user = (struct span){ 0, 0 };
	out->password = false;
	if (at == end)
		return from;
	colon = span_find(b, from, at, ':');
	out->user = span_make(from, colon);
	out->password = colon < at;
	return at + 1;
}

/* Return: the offset after the host, or @from when there is none. */
static inline u32 skip_host(const struct sip_buf *b, u32 from, u32 end)
{
	u32 to;

	if (from < end && b->data[from] == '[') {
		to = span_find(b, from, end, ']');
		return to < end ? to + 1 : from;
	}
	return span_host_end(b, from, end);
}

/* Return: the offset after the port, or -EBADMSG. */
static inline int read_port(const struct sip_buf *b, u32 from, u32 end,
			    struct sip_uri *out)
{
	u32 port;
	int to;

	out->port = (struct span){ 0, 0 };
	out->port_num = sip_scheme_port(out->scheme);
	if (from >= end || b->data[from] != ':')
		return (int)from;
	to = span_number(b, from + 1, end, 65535, &port);
	if (to < 0 || !port)
		return -EBADMSG;
	out->port = span_make(from + 1, (u32)to);
	out->port_num = (u16)port;
	return to;
}

int sip_uri_parse(const struct sip_buf *b, struct span uri,
		  struct sip_uri *out)
{
	u32 end = span_end(uri);
	u32 host = uri.off;
	u32 pos;
	int at;

	out->scheme = read_scheme(span_load64(b, host), &host);
	if (unlikely(out->scheme == SIP_SCHEME_OTHER || host >= end))
		return host < end ? 0 : -EBADMSG;
	host = read_user(b, host, end, out);
	pos = skip_host(b, host, end);
	out->host = span_make(host, pos);
	at = read_port(b, pos, end, out);
	if (pos == host || at < 0)
		return -EBADMSG;
	pos = (u32)at;
	out->params = (struct span){ 0, 0 };
	if (pos == end)
		return 0;
	if (b->data[pos] == ';')
		out->params = span_make(pos, span_seek(b, pos, end, '?'));
	else if (b->data[pos] != '?')
		return -EBADMSG;
	return 0;
}
