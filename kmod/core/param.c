// SPDX-License-Identifier: GPL-2.0-only
/*
 * param.c - ;name=value lists of Via, name-addr, URI and MIME.
 */
#include "param.h"

struct span sip_params_value_slow(const struct sip_buf *b, u32 from, u32 end)
{
	from = span_skip_lws(b, from, end);
	if (from >= end || b->data[from] != '=')
		return (struct span){ 0, 0 };
	from = span_skip_lws(b, from + 1, end);
	return span_make(from, span_trim_lws(b, from, end));
}

u32 sip_params_skip(const struct sip_buf *b, u32 from, u32 end, char stop,
		    char c, bool *maybe)
{
	const char *p = b->data + from;
	const char *limit = b->data + end;
	const char *at;
	u64 w, hits;

	*maybe = end + 8 > b->len;
	if (unlikely(*maybe))
		return span_find(b, from, end, stop);
	for (; p < limit; p += 8) {
		w = port_load64(p);
		hits = (((w ^ ';' * SPAN_ONES) - SPAN_ONES) |
			((w ^ (u8)stop * SPAN_ONES) - SPAN_ONES)) &
		       0x80 * SPAN_ONES;
		for (; hits; hits &= hits - 1) {
			at = p + port_ctz64(hits) / 8;
			if (at >= limit)
				return end;
			if (*at == stop)
				return (u32)(at - b->data);
			if ((at[1] | 0x20) == c || (u8)at[1] <= ' ')
				*maybe = true;
		}
	}
	return end;
}

struct span sip_param_search(const struct sip_buf *b, struct span list,
			     u64 word, u32 len)
{
	struct sip_params p = sip_params_begin(b, list);

	while (sip_params_next(b, &p)) {
		if (sip_params_is(b, &p, word, len))
			return sip_params_value(b, &p, len);
	}
	return (struct span){ 0, 0 };
}
