// SPDX-License-Identifier: GPL-2.0-only
/*
 * via.c - the topmost Via.
 */
#include "via.h"
#include "param.h"

/* One token; then white space. Return: the offset of what follows. */
static u32 skip_token(const struct sip_buf *b, u32 from, u32 end)
{
	while (from < end && b->data[from] != '/' &&
	       !span_is_lws(b->data[from]))
		from++;
	return span_skip_lws(b, from, end);
}

/* sent-protocol: name / version / transport. Return: start of sent-by. */
static u32 skip_protocol(const struct sip_buf *b, u32 from, u32 end,
			 struct sip_via *via)
{
	u32 next;
	u32 i;

	for (i = 0; i < 2; i++) {
		next = skip_token(b, from, end);
		if (next == from || next == end || b->data[next] != '/')
			return end;
		from = span_skip_lws(b, next + 1, end);
	}
	via->default_port = span_starts(b, from, end, "tls") ? 5061 : 5060;
	via->port_num = via->default_port;
	next = skip_token(b, from, end);
	return next > from && span_is_lws(b->data[next - 1]) ? next : end;
}

static bool ends_host(char c)
{
	return c == ':' || c == ';' || c == ',' || span_is_lws(c);
}

/* sent-by: host [ : port ]. Return: what follows it, or -EBADMSG. */
static int read_sent_by(const struct sip_buf *b, u32 from, u32 end,
			struct sip_via *via)
{
	u32 to = from;
	u32 port;

	if (from < end && b->data[from] == '[')
		to = span_find(b, from, end, ']');
	while (to < end && !ends_host(b->data[to]))
		to++;
	via->host = span_make(from, to);
	via->port = (struct span){ 0, 0 };
	if (!via->host.len)
		return -EBADMSG;
	to = span_skip_lws(b, to, end);
	if (to == end || b->data[to] != ':')
		return (int)to;
	from = span_skip_lws(b, to + 1, end);
	to = span_digits(b, from, end);
	via->port = span_make(from, to);
	if (span_u32(b, via->port, 65535, &port))
		return -EBADMSG;
	via->port_num = (u16)port;
	return (int)span_skip_lws(b, to, end);
}

static void keep_param(const struct sip_buf *b, const struct sip_param *param,
		       struct sip_via *via)
{
	switch (b->data[param->name.off] | 0x20) {
	case 'b':
		if (span_is(b, param->name, "branch"))
			via->branch = param->value;
		break;
	case 'm':
		if (span_is(b, param->name, "maddr"))
			via->maddr = param->value;
		break;
	case 'r':
		if (span_is(b, param->name, "received"))
			via->received = param->value;
		else if (span_is(b, param->name, "rport"))
			via->rport = param->value;
		break;
	}
}

int sip_via_parse(const struct sip_buf *b, struct span value,
		  struct sip_via *via)
{
	u32 end = span_end(value);
	struct sip_param param;
	struct span list;
	u32 pos;
	int at;

	memset(via, 0, sizeof(*via));
	pos = skip_protocol(b, span_skip_lws(b, value.off, end), end, via);
	at = read_sent_by(b, pos, end, via);
	if (at < 0)
		return at;
	if ((u32)at < end && b->data[at] != ';' && b->data[at] != ',')
		return -EBADMSG;
	pos = (u32)at;
	list = span_make(pos, end);
	while (sip_param_next(b, list, &pos, &param)) {
		if (param.name.len)
			keep_param(b, &param, via);
	}
	return 0;
}
