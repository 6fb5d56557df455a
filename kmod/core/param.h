/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * param.h - one ;name=value after another.
 *
 * For Via, name-addr and URI parameters and for MIME parameters. Values may
 * be missing or quoted; a ';' inside quotes separates nothing, and a ','
 * outside of them ends the list.
 */
#ifndef SIPALG_CORE_PARAM_H
#define SIPALG_CORE_PARAM_H

#include "span.h"

/* Names that the core looks for, as span_word() gives them. */
#define PARAM_BRANCH	SPAN_WORD('b', 'r', 'a', 'n', 'c', 'h', 0, 0)
#define PARAM_MADDR	SPAN_WORD('m', 'a', 'd', 'd', 'r', 0, 0, 0)
#define PARAM_RECEIVED	SPAN_WORD('r', 'e', 'c', 'e', 'i', 'v', 'e', 'd')
#define PARAM_RPORT	SPAN_WORD('r', 'p', 'o', 'r', 't', 0, 0, 0)
#define PARAM_URI	SPAN_WORD('u', 'r', 'i', 0, 0, 0, 0, 0)

/**
 * struct sip_params - a walk over a parameter list
 * @hits: separators of the current eight bytes that were not seen yet
 * @base: offset of these bytes
 * @end: end of the list; moves to the ',' that ends it
 */
struct sip_params {
	u64 hits;
	u32 base;
	u32 end;
};

static inline struct sip_params sip_params_from(struct span list)
{
	return (struct sip_params){
		.hits = 0, .base = list.off - 8u, .end = span_end(list),
	};
}

/**
 * sip_params_next() - go to the next parameter
 * @b: the message
 * @p: the walk
 *
 * Return: offset of its name, or p->end after the last one.
 */
static inline u32 sip_params_next(const struct sip_buf *b,
				  struct sip_params *p)
{
	u64 w;
	u32 at;

	for (;;) {
		while (!p->hits) {
			p->base += 8;
			if (p->base >= p->end)
				return p->end;
			w = span_load64(b, p->base);
			p->hits = span_zero_bytes(w ^ ';' * SPAN_ONES) |
				  span_zero_bytes(w ^ ',' * SPAN_ONES) |
				  span_zero_bytes(w ^ '"' * SPAN_ONES);
		}
		at = p->base + port_ctz64(p->hits) / 8;
		p->hits &= p->hits - 1;
		if (at >= p->end)
			return p->end;
		if (likely(b->data[at] == ';')) {
			for (at++; at < p->end && span_is_lws(b->data[at]); )
				at++;
			return at;
		}
		if (b->data[at] == '"') {
			p->base = span_skip_quoted(b, at, p->end) - 8;
			p->hits = 0;
		} else if (b->data[at] == ',') {
			p->end = at;
			return at;
		}
	}
}

/**
 * sip_param_is() - has the parameter at @name this name?
 * @b: the message
 * @name: its offset
 * @end: end of the list
 * @word: PARAM_*
 * @len: its length
 */
static inline bool sip_param_is(const struct sip_buf *b, u32 name, u32 end,
				u64 word, u32 len)
{
	char c;

	if (span_word(b, name, len) != word || name + len > end)
		return false;
	if (name + len == end)
		return true;
	c = b->data[name + len];
	return c == '=' || c == ';' || c == ',' || span_is_lws(c);
}

/**
 * sip_param_value() - the value behind a parameter's name
 * @b: the message
 * @from: offset after the name
 * @end: end of the list
 *
 * Return: the value with quotes, {0, 0} when it has none.
 */
struct span sip_param_value(const struct sip_buf *b, u32 from, u32 end);

/* sip_param_find() once it may be there, and its name is a word */
struct span sip_param_search(const struct sip_buf *b, struct span list,
			     u64 word, u32 len);

/**
 * sip_param_maybe() - may this list have a parameter that begins with @c?
 * @b: the message
 * @list: parameters
 * @c: lower case
 *
 * Quotes are not looked at: mostly nothing begins so anywhere.
 */
static inline bool sip_param_maybe(const struct sip_buf *b, struct span list,
				   char c)
{
	u32 end = span_end(list);
	u32 i, at;
	u64 hits;

	for (i = list.off; i < end; i += 8) {
		hits = ((span_load64(b, i) ^ ';' * SPAN_ONES) - SPAN_ONES) &
		       0x80 * SPAN_ONES;
		for (; hits; hits &= hits - 1) {
			at = i + port_ctz64(hits) / 8 + 1;
			if (at < end && ((b->data[at] | 0x20) == c ||
					 (u8)b->data[at] <= ' '))
				return true;
		}
	}
	return false;
}

/**
 * sip_param_find() - value of the first parameter with this name
 * @b: the message
 * @list: parameters
 * @name: lower case, 1 to 8 letters
 *
 * Return: its value, {0, 0} when it is not there or has none.
 */
static inline struct span sip_param_find(const struct sip_buf *b,
					 struct span list, const char *name)
{
	u32 len = (u32)strlen(name);
	char word[8] = { 0 };

	if (!sip_param_maybe(b, list, name[0]))
		return (struct span){ 0, 0 };
	memcpy(word, name, len);
	return sip_param_search(b, list, port_load64(word), len);
}

#endif /* SIPALG_CORE_PARAM_H */
