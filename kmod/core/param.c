// SPDX-License-Identifier: GPL-2.0-only
/*
 * param.c - ;name=value lists of Via, name-addr, URI and MIME.
 */
#include "param.h"

static bool ends_name(char c)
{
	return c == '=' || c == ';' || c == ',' || span_is_lws(c);
}

/* The value behind '=' at @from; *pos goes behind it. */
static struct span read_value(const struct sip_buf *b, u32 from, u32 end,
			      u32 *pos)
{
	u32 to;

	from = span_skip_lws(b, from, end);
	if (from < end && b->data[from] == '"')
		to = span_skip_quoted(b, from, end);
	else
		to = span_find2(b, from, end, ';', ',');
	*pos = to;
	return span_make(from, span_trim_lws(b, from, to));
}

bool sip_param_next(const struct sip_buf *b, struct span list, u32 *pos,
		    struct sip_param *param)
{
	u32 end = span_end(list);
	u32 from = *pos;
	u32 to;

	while (from < end &&
	       (b->data[from] == ';' || span_is_lws(b->data[from])))
		from++;
	for (to = from; to < end && !ends_name(b->data[to]); to++)
		;
	*pos = to;
	param->name = span_make(from, to);
	param->value = (struct span){ 0, 0 };
	to = span_skip_lws(b, to, end);
	if (to < end && b->data[to] == '=')
		param->value = read_value(b, to + 1, end, pos);
	else if (param->name.len)
		*pos = span_find2(b, to, end, ';', ',');
	return *pos > from;
}

struct span sip_param_find(const struct sip_buf *b, struct span list,
			   const char *name)
{
	struct sip_param param;
	u32 pos = list.off;

	while (sip_param_next(b, list, &pos, &param)) {
		if (span_is(b, param.name, name))
			return param.value;
	}
	return (struct span){ 0, 0 };
}
