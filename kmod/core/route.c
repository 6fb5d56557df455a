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

/*
 * The end of the address in a From or To: these have no list, so that its
 * '>' can be looked for at once. Return: 0 when it stands bare.
 */
static u32 skip_addr(const struct sip_buf *b, struct span value)
{
	u32 end = span_end(value);
	u32 at = value.off;

	if (b->data[at] == '"')
		at = span_skip_lws(b, span_skip_quoted(b, at, end), end);
	if (at == end || b->data[at] != '<')
		return 0;
	at = span_find(b, at, end, '>');
	return at < end ? at + 1 : end;
}

struct span sip_addr_tag(const struct sip_buf *b, struct span value)
{
	u32 end = span_end(value);
	struct sip_addr addr;
	u32 at;
	int to;

	if (!value.len)
		return value;
	at = skip_addr(b, value);
	if (!at) {
		to = read_addr(b, value.off, end, &addr);
		if (to < 0)
			return (struct span){ 0, 0 };
		at = (u32)to;
	}
	/* nearly always: ;tag=... and nothing else */
	if (end - at > 5 && span_word(b, at, 5) == TAG) {
		at += 5;
		return span_make(at, span_find2(b, at, end, ';', ' '));
	}
	return sip_param_find(b, span_make(at, end), "tag");
}
