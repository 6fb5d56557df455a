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

/* sent-protocol, whatever it looks like. Return: start of sent-by. */
static u32 skip_protocol(const struct sip_buf *b, u32 from, u32 end,
			 struct sip_via *via)
{
	u32 next;

	from = skip_version(b, from, end);
	if (span_starts(b, from, end, "tls"))
		via->default_port = 5061;
	next = skip_token(b, from, end);
	return next > from && span_is_lws(b->data[next - 1]) ? next : end;
}

/* LWS is legal before and after the colon, and nobody writes it. */
static inline u32 skip_rare_lws(const struct sip_buf *b, u32 from, u32 end)
{
	if (unlikely(from < end && (u8)b->data[from] <= ' '))
		return span_skip_lws(b, from, end);
	return from;
}

/* sent-by: host [ : port ]. Return: what follows it, or -EBADMSG. */
static inline int read_sent_by(const struct sip_buf *b, u32 from, u32 end,
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
	via->port_num = via->default_port;
	if (to == from)
		return -EBADMSG;
	to = skip_rare_lws(b, to, end);
	if (to == end || b->data[to] != ':')
		return (int)to;
	from = skip_rare_lws(b, to + 1, end);
	at = span_number(b, from, end, 65535, &port);
	if (at < 0 || !port)
		return -EBADMSG;
	via->port = span_make(from, (u32)at);
	via->port_num = (u16)port;
	return (int)skip_rare_lws(b, (u32)at, end);
}

#define BRANCH		SPAN_WORD('b', 'r', 'a', 'n', 'c', 'h', '=', 0)
#define MADDR		SPAN_WORD('m', 'a', 'd', 'd', 'r', '=', 0, 0)
#define RPORT		SPAN_WORD('r', 'p', 'o', 'r', 't', '=', 0, 0)
#define RECEIVED	SPAN_WORD('r', 'e', 'c', 'e', 'i', 'v', 'e', 'd')

/*
 * The usual parameter: nothing stands around its '='. Its first letter tells
 * which one it can be.
 */
static port_noinline void take_usual(const struct sip_buf *b,
				     const char *name, const char *end,
				     struct sip_via *via)
{
	u64 w = port_load64(name) | SPAN_FOLD;
	struct span *value = NULL;
	u32 len = 0;

	switch (*name | 0x20) {
	case 'r':
		if (span_keep(w, 6) == RPORT) {
			value = &via->rport;
			len = 6;
		} else if (w == RECEIVED && name[8] == '=') {
			value = &via->received;
			len = 9;
		}
		break;
	case 'b':
		if (span_keep(w, 7) == BRANCH) {
			value = &via->branch;
			len = 7;
		}
		break;
	case 'm':
		if (span_keep(w, 6) == MADDR) {
			value = &via->maddr;
			len = 6;
		}
		break;
	}
	if (value && name + len < end)
		*value = span_make((u32)(name + len - b->data),
				   (u32)(end - b->data));
}

/*
 * The parameters, if there is nothing in them but names, '=' and tokens: false
 * at a blank, a quote, a further Via, a letter beyond ASCII, or near the end
 * of the message.
 */
static inline bool read_usual(const struct sip_buf *b, struct sip_via *via)
{
	const char *name = b->data + via->params.off + 1;
	const char *end = name - 1 + via->params.len;
	const char *p = name;
	const char *at;
	u64 w, hits;

	if (span_end(via->params) + 16 > b->len || name[-1] != ';')
		return false;
	for (;; p += 8) {
		w = port_load64(p);
		hits = (((w ^ ';' * SPAN_ONES) - SPAN_ONES) |
			(w - '-' * SPAN_ONES)) & 0x80 * SPAN_ONES;
		for (; hits; hits &= hits - 1) {
			at = p + port_ctz64(hits) / 8;
			if (at >= end) {
				take_usual(b, name, end, via);
				return true;
			}
			if (*at != ';')
				return false;
			take_usual(b, name, at, via);
			name = at + 1;
		}
	}
}

static inline void take_param(const struct sip_buf *b,
			      const struct sip_params *p, struct sip_via *via)
{
	if (sip_params_is(b, p, PARAM_BRANCH, 6))
		via->branch = sip_params_value(b, p, 6);
	else if (sip_params_is(b, p, PARAM_MADDR, 5))
		via->maddr = sip_params_value(b, p, 5);
	else if (sip_params_is(b, p, PARAM_RPORT, 5))
		via->rport = sip_params_value(b, p, 5);
	else if (sip_params_is(b, p, PARAM_RECEIVED, 8))
		via->received = sip_params_value(b, p, 8);
}

static void clear_params(struct sip_via *via)
{
	via->branch = (struct span){ 0, 0 };
	via->received = (struct span){ 0, 0 };
	via->rport = (struct span){ 0, 0 };
	via->maddr = (struct span){ 0, 0 };
}

void sip_via_params(const struct sip_buf *b, struct sip_via *via)
{
	struct sip_params p;

	clear_params(via);
	if (!via->params.len || likely(read_usual(b, via)))
		return;
	clear_params(via);
	p = sip_params_begin(b, via->params);
	while (sip_params_next(b, &p))
		take_param(b, &p, via);
}

#define BRANCH_FIRST	SPAN_WORD(';', 'b', 'r', 'a', 'n', 'c', 'h', '=')

struct span sip_via_branch(const struct sip_buf *b, struct span params)
{
	const char *from = b->data + params.off + 8;
	const char *end = b->data + span_end(params);
	const char *p = from;
	u64 w, hits;

	if (params.len <= 8 || span_end(params) + 8 > b->len ||
	    (port_load64(from - 8) | SPAN_FOLD) != BRANCH_FIRST)
		return sip_param_search(b, params, PARAM_BRANCH, 6);
	for (; p < end; p += 8) {
		w = port_load64(p);
		hits = (((w ^ ';' * SPAN_ONES) - SPAN_ONES) |
			(w - '-' * SPAN_ONES)) & 0x80 * SPAN_ONES;
		if (!hits)
			continue;
		p += port_ctz64(hits) / 8;
		/* a blank, a further Via, anything unusual */
		if (p < end && *p != ';')
			return sip_param_search(b, params, PARAM_BRANCH, 6);
		break;
	}
	return span_make(params.off + 8u,
			 (u32)((p < end ? p : end) - b->data));
}

int sip_via_sent_by(const struct sip_buf *b, struct span value,
		    struct sip_via *via)
{
	u32 end = span_end(value);
	u32 from;
	int at;

	via->params = (struct span){ 0, 0 };
	via->default_port = 5060;
	from = sip_via_host(b, value);
	if (likely(from))
		from = skip_rare_lws(b, from, end);
	else
		from = skip_protocol(b, value.off, end, via);
	at = read_sent_by(b, from, end, via);
	if (at < 0)
		return at;
	from = (u32)at;
	if (from == end || b->data[from] == ',')
		return 0;
	if (b->data[from] != ';')
		return -EBADMSG;
	via->params = span_make(from, end);
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
