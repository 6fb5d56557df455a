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
