// SPDX-License-Identifier: GPL-2.0-only
/*
 * route.c - lists of name-addr and addr-spec.
 */
#include "route.h"
#include "param.h"

#define TAG	SPAN_WORD(';', 't', 'a', 'g', '=', 0, 0, 0)

/* "Name" <uri> or <uri>: @lt is the '<'. Return: offset after the '>'. */
static inline int read_bracketed(const struct sip_buf *b, u32 lt, u32 end,
				 struct sip_addr *addr)
{
	u32 gt = span_seek(b, lt, end, '>');
	u32 from = lt + 1;
	u32 to = gt;

	addr->uri = (struct span){ 0, 0 };
	if (gt >= end || gt == from)
		return -EBADMSG;
	if (unlikely((u8)b->data[from] <= ' ' || (u8)b->data[to - 1] <= ' ')) {
		from = span_skip_lws(b, from, to);
		to = span_trim_lws(b, from, to);
		if (to == from)
			return -EBADMSG;
	}
	addr->uri = span_make(from, to);
	return (int)gt + 1;
}

/* A bare URI: its parameters are the header's (RFC 3261 20.10). */
static int read_bare(const struct sip_buf *b, u32 from, u32 end,
		     struct sip_addr *addr)
{
	u32 to = from;

	while (to < end && b->data[to] != ';' && b->data[to] != ',' &&
	       !span_is_lws(b->data[to]))
		to++;
	addr->uri = span_make(from, to);
	return to > from ? (int)to : -EBADMSG;
}

/* Return: offset of the '<', or @from itself when the URI stands bare. */
static int skip_display_name(const struct sip_buf *b, u32 from, u32 end)
{
	u32 to;

	if (b->data[from] != '"') {
		to = span_find2(b, from, end, '<', ':');
		return (int)(to < end && b->data[to] == '<' ? to : from);
	}
	to = span_skip_lws(b, span_skip_quoted(b, from, end), end);
	return to < end && b->data[to] == '<' ? (int)to : -EBADMSG;
}

/* One address at @from. Return: the offset after its URI. */
static inline int read_addr(const struct sip_buf *b, u32 from, u32 end,
			    struct sip_addr *addr)
{
	int at = (int)from;

	if (b->data[at] != '<')
		at = skip_display_name(b, from, end);
	if (at < 0)
		return at;
	if (b->data[at] == '<')
		return read_bracketed(b, (u32)at, end, addr);
	return read_bare(b, (u32)at, end, addr);
}

int sip_addr_next(const struct sip_buf *b, struct span value, u32 *pos,
		  struct sip_addr *addr)
{
	u32 end = span_end(value);
	u32 from = *pos;
	int at;

	while (from < end &&
	       (b->data[from] == ',' || span_is_lws(b->data[from])))
		from++;
	*pos = from;
	if (from == end)
		return 0;
	at = read_addr(b, from, end, addr);
	if (at < 0)
		return at;
	if ((u32)at < end && b->data[at] != ',')
		end = span_find_unquoted(b, (u32)at, end, ',', ',');
	else
		end = (u32)at;
	addr->params = span_make((u32)at, end);
	*pos = end;
	return 1;
}

#define SIP_COLON	0x3a706973u	/* "sip:", first byte low */

u32 sip_addr_host(const struct sip_buf *b, u32 pos, u32 end)
{
	const char *p = b->data + pos;
	const char *limit = b->data + end;
	u64 w, hits;

	if (end + 8 > b->len || end - pos < 9 || *p != '<' ||
	    (u32)(port_load64(p + 1) | 0x202020) != SIP_COLON)
		return 0;
	for (p += 5; p < limit; p += 8) {
		/* the end of the user part, of the URI, or a trap */
		w = port_load64(p);
		hits = (((w ^ '@' * SPAN_ONES) - SPAN_ONES) |
			((w ^ '>' * SPAN_ONES) - SPAN_ONES) |
			((w ^ '"' * SPAN_ONES) - SPAN_ONES)) &
		       0x80 * SPAN_ONES;
		if (!hits)
			continue;
		p += port_ctz64(hits) / 8;
		if (*p == '@' && p < limit)
			return (u32)(p + 1 - b->data);
		return *p == '>' && p < limit ? pos + 5 : 0;
	}
	return 0;
}

/* The last ';' of a value that is not near its beginning, or NULL. */
static inline const char *last_semicolon(const char *from, const char *end)
{
	const u64 low = 0x7f * SPAN_ONES;
	u64 x;

	for (; end - from >= 8; end -= 8) {
		x = port_load64(end - 8) ^ ';' * SPAN_ONES;
		if (likely(!((x - SPAN_ONES) & 0x80 * SPAN_ONES)))
			continue;
		/* exact for every byte, as the highest one counts */
		x = ~(((x & low) + low) | x | low);
		if (x)
			return end - 1 - port_clz64(x) / 8;
	}
	return NULL;
}

/*
 * What nearly every From and To looks like: "...>;tag=...", where that '>' is
 * not in quotes: no quote ends behind it. Return: true when *tag is the tag.
 */
static inline bool quick_tag(const struct sip_buf *b, struct span value,
			     struct span *tag)
{
	const char *from = b->data + value.off;
	const char *end = from + value.len;
	const char *at = last_semicolon(from, end);

	if (unlikely(!at || span_end(value) + 8 > b->len || end - at <= 5 ||
		     at == from || at[-1] != '>' || end[-1] == '"' ||
		     span_keep(port_load64(at) | SPAN_FOLD, 5) != TAG))
		return false;
	*tag = span_make((u32)(at + 5 - b->data), span_end(value));
	return true;
}

/* The same for whatever else is legal. */
static port_noinline struct span read_tag(const struct sip_buf *b,
					  struct span value)
{
	struct sip_addr addr;
	int at;

	at = read_addr(b, value.off, span_end(value), &addr);
	if (at < 0)
		return (struct span){ 0, 0 };
	return sip_param_find(b, span_make((u32)at, span_end(value)), "tag");
}

struct span sip_addr_find_tag(const struct sip_buf *b, struct span value)
{
	struct span tag;

	if (likely(quick_tag(b, value, &tag)))
		return tag;
	return read_tag(b, value);
}
