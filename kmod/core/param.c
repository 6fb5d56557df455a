// SPDX-License-Identifier: GPL-2.0-only
/*
 * param.c - ;name=value lists of Via, name-addr, URI and MIME.
 */
#include "param.h"

struct span sip_param_value(const struct sip_buf *b, u32 from, u32 end)
{
	u32 to;

	from = span_skip_lws(b, from, end);
	if (from >= end || b->data[from] != '=')
		return (struct span){ 0, 0 };
	from = span_skip_lws(b, from + 1, end);
	if (from < end && b->data[from] == '"')
		to = span_skip_quoted(b, from, end);
	else
		to = span_find2(b, from, end, ';', ',');
	return span_make(from, span_trim_lws(b, from, to));
}

struct span sip_param_search(const struct sip_buf *b, struct span list,
			     u64 word, u32 len)
{
	struct sip_params p = sip_params_from(list);
	u32 name;

	while ((name = sip_params_next(b, &p)) < p.end) {
		if (sip_param_is(b, name, p.end, word, len))
			return sip_param_value(b, name + len, p.end);
	}
	return (struct span){ 0, 0 };
}
