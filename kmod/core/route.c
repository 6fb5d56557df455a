// SPDX-License-Identifier: GPL-2.0-only
/*
 * route.c - lists of name-addr and addr-spec.
 */
#include "route.h"
#include "param.h"

#define TAG	SPAN_WORD(';', 't', 'a', 'g', '=', 0, 0, 0)

/* "Name" <uri> or <uri>: @lt is the '<'. Return: offset after the '>'. */
static int read_bracketed(const struct sip_buf *b, u32 lt, u32 end,
			  struct sip_addr *addr)
{
	u32 gt = span_find(b, lt, end, '>');
	u32 from;

	addr->uri.len = 0;
	if (gt >= end)
		return -EBADMSG;
	from = span_skip_lws(b, lt + 1, gt);
	addr->uri = span_make(from, span_trim_lws(b, from, gt));
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
	return (int)to;
}

/* Return: offset of the '<', or @from itself when the URI stands bare. */
static int skip_display_name(const struct sip_buf *b, u32 from, u32 end)
{
	u32 to;

	if (b->data[from] == '<')
		return (int)from;
	if (b->data[from] != '"') {
		to = span_find2(b, from, end, '<', ':');
		return (int)(to < end && b->data[to] == '<' ? to : from);
	}
	to = span_skip_lws(b, span_skip_quoted(b, from, end), end);
	return to < end && b->data[to] == '<' ? (int)to : -EBADMSG;
}

/* One address at @from. Return: the offset after its URI. */
static int read_addr(const struct sip_buf *b, u32 from, u32 end,
		     struct sip_addr *addr)
{
	int at = skip_display_name(b, from, end);

	if (at < 0)
		return at;
	if (b->data[at] == '<')
		at = read_bracketed(b, (u32)at, end, addr);
	else
		at = read_bare(b, (u32)at, end, addr);
	return addr->uri.len ? at : -EBADMSG;
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

/* The last '>' of a value: tags are short, so it is near the end. */
static u32 find_last_gt(const struct sip_buf *b, struct span value)
{
	const u64 low = 0x7f * SPAN_ONES;
	u32 at = span_end(value);
	u64 x, hits;

	while (at >= value.off + 8u) {
		x = port_load64(b->data + at - 8) ^ '>' * SPAN_ONES;
		/* exact for every byte, as the highest one counts */
		hits = ~(((x & low) + low) | x | low);
		if (hits)
			return at - 1 - port_clz64(hits) / 8;
		at -= 8;
	}
	while (at > value.off && b->data[at - 1] != '>')
		at--;
	return at > value.off ? at - 1 : span_end(value);
}

/*
 * What nearly every From and To looks like: "...>" or "...>;tag=...", and no
 * quote after that '>', so that it cannot be in quotes itself.
 *
 * Return: true when *tag is the tag, or surely none.
 */
static bool quick_tag(const struct sip_buf *b, struct span value,
		      struct span *tag)
{
	u32 end = span_end(value);
	u32 at = find_last_gt(b, value) + 1;

	*tag = (struct span){ 0, 0 };
	if (at == end)
		return true;
	if (at + 5 >= end || span_word(b, at, 5) != TAG)
		return false;
	*tag = span_make(at + 5, end);
	return span_find2(b, at + 5, end, ';', '"') == end;
}

struct span sip_addr_tag(const struct sip_buf *b, struct span value)
{
	struct sip_addr addr;
	struct span tag;
	int at;

	if (!value.len || quick_tag(b, value, &tag))
		return value.len ? tag : value;
	at = read_addr(b, value.off, span_end(value), &addr);
	if (at < 0)
		return (struct span){ 0, 0 };
	return sip_param_find(b, span_make((u32)at, span_end(value)), "tag");
}
