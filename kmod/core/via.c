// SPDX-License-Identifier: GPL-2.0-only
/*
 * via.c - the topmost Via.
 */
#include "via.h"
#include "param.h"

/* What nearly every Via begins with. */
#define SIP_2_0	SPAN_WORD('s', 'i', 'p', '/', '2', '.', '0', '/')
#define UDP	SPAN_WORD('u', 'd', 'p', ' ', 0, 0, 0, 0)

/* One token; then white space. Return: the offset of what follows. */
static u32 skip_token(const struct sip_buf *b, u32 from, u32 end)
{
	while (from < end && b->data[from] != '/' &&
	       !span_is_lws(b->data[from]))
		from++;
	return span_skip_lws(b, from, end);
}

/* name / version / with legal white space. Return: start of transport. */
static u32 skip_version(const struct sip_buf *b, u32 from, u32 end)
{
	u32 next;
	u32 i;

	for (i = 0; i < 2; i++) {
		next = skip_token(b, from, end);
		if (next == from || next == end || b->data[next] != '/')
			return end;
		from = span_skip_lws(b, next + 1, end);
	}
	return from;
}

/* sent-protocol: name / version / transport. Return: start of sent-by. */
static u32 skip_protocol(const struct sip_buf *b, u32 from, u32 end,
			 struct sip_via *via)
{
	u32 next;

	if (from + 8 < end && span_word(b, from, 8) == SIP_2_0 &&
	    !span_is_lws(b->data[from + 8]))
		from += 8;
	else
		from = skip_version(b, from, end);
	via->default_port = 5060;
	via->port_num = 5060;
	if (from + 4 < end && span_word(b, from, 4) == UDP)
		return span_skip_lws(b, from + 4, end);
	if (span_starts(b, from, end, "tls"))
		via->default_port = 5061;
	via->port_num = via->default_port;
	next = skip_token(b, from, end);
	return next > from && span_is_lws(b->data[next - 1]) ? next : end;
}

/* sent-by: host [ : port ]. Return: what follows it, or -EBADMSG. */
static int read_sent_by(const struct sip_buf *b, u32 from, u32 end,
			struct sip_via *via)
{
	u32 to = from;
	u32 port;
	int at;

	if (from < end && b->data[from] == '[')
		to = span_find(b, from, end, ']');
	to = span_host_end(b, to, end);
	via->host = span_make(from, to);
	via->port = (struct span){ 0, 0 };
	if (!via->host.len)
		return -EBADMSG;
	to = span_skip_lws(b, to, end);
	if (to == end || b->data[to] != ':')
		return (int)to;
	from = span_skip_lws(b, to + 1, end);
	at = span_number(b, from, end, 65535, &port);
	if (at < 0 || !port)
		return -EBADMSG;
	via->port = span_make(from, (u32)at);
	via->port_num = (u16)port;
	return (int)span_skip_lws(b, (u32)at, end);
}

void sip_via_params(const struct sip_buf *b, struct sip_via *via)
{
	struct sip_params p = sip_params_from(via->params);
	u32 name;

	via->branch = (struct span){ 0, 0 };
	via->received = (struct span){ 0, 0 };
	via->rport = (struct span){ 0, 0 };
	via->maddr = (struct span){ 0, 0 };

	while ((name = sip_params_next(b, &p)) < p.end) {
		switch (b->data[name] | 0x20) {
		case 'b':
			if (sip_param_is(b, name, p.end, PARAM_BRANCH, 6))
				via->branch = sip_param_value(b, name + 6,
							      p.end);
			break;
		case 'm':
			if (sip_param_is(b, name, p.end, PARAM_MADDR, 5))
				via->maddr = sip_param_value(b, name + 5,
							     p.end);
			break;
		case 'r':
			if (sip_param_is(b, name, p.end, PARAM_RPORT, 5))
				via->rport = sip_param_value(b, name + 5,
							     p.end);
			else if (sip_param_is(b, name, p.end,
					      PARAM_RECEIVED, 8))
				via->received = sip_param_value(b, name + 8,
								p.end);
			break;
		}
	}
}

int sip_via_sent_by(const struct sip_buf *b, struct span value,
		    struct sip_via *via)
{
	u32 end = span_end(value);
	u32 pos = skip_protocol(b, value.off, end, via);
	int at = read_sent_by(b, pos, end, via);

	via->params = (struct span){ 0, 0 };
	if (at < 0)
		return at;
	pos = (u32)at;
	if (pos == end || b->data[pos] == ',')
		return 0;
	if (b->data[pos] != ';')
		return -EBADMSG;
	via->params = span_make(pos, end);
	return 0;
}

int sip_via_parse(const struct sip_buf *b, struct span value,
		  struct sip_via *via)
{
	int rc = sip_via_sent_by(b, value, via);

	if (!rc)
		sip_via_params(b, via);
	return rc;
}
