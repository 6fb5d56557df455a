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
#define PARAM_EXPIRES	SPAN_WORD('e', 'x', 'p', 'i', 'r', 'e', 's', 0)
#define PARAM_MADDR	SPAN_WORD('m', 'a', 'd', 'd', 'r', 0, 0, 0)
#define PARAM_RECEIVED	SPAN_WORD('r', 'e', 'c', 'e', 'i', 'v', 'e', 'd')
#define PARAM_RPORT	SPAN_WORD('r', 'p', 'o', 'r', 't', 0, 0, 0)

/**
 * struct sip_params - a walk over a parameter list
 * @name: offset of this parameter's name
 * @end: where this parameter ends
 * @list_end: end of the list; moves to the ',' that ends it
 * @base: offset of the eight bytes that are looked at
 * @hits: separators in them that were not seen yet
 */
struct sip_params {
	u32 name;
	u32 end;
	u32 list_end;
	u32 base;
	u64 hits;
};

/* Go to the next ';' outside quotes, or to the end of the list. */
static inline void sip_params_seek(const struct sip_buf *b,
				   struct sip_params *p)
{
	u64 w;

	for (;;) {
		while (!p->hits) {
			p->base += 8;
			if (p->base >= p->list_end) {
				p->end = p->list_end;
				return;
			}
			w = span_load64(b, p->base);
			p->hits = (((w ^ ';' * SPAN_ONES) - SPAN_ONES) |
				   ((w ^ ',' * SPAN_ONES) - SPAN_ONES) |
				   ((w ^ '"' * SPAN_ONES) - SPAN_ONES)) &
				  0x80 * SPAN_ONES;
		}
		p->end = p->base + port_ctz64(p->hits) / 8;
		p->hits &= p->hits - 1;
		if (p->end >= p->list_end) {
			p->end = p->list_end;
			return;
		}
		/* letters beyond ASCII make false hits */
		switch (b->data[p->end]) {
		case ',':
			p->list_end = p->end;
			return;
		case ';':
			return;
		case '"':
			p->base = span_skip_quoted(b, p->end, p->list_end) - 8;
			p->hits = 0;
			break;
		}
	}
}

/**
 * sip_params_begin() - begin a walk
 * @b: the message
 * @list: parameters; what stands before the first ';' is skipped
 */
static inline struct sip_params sip_params_begin(const struct sip_buf *b,
						 struct span list)
{
	struct sip_params p = {
		.base = list.off - 8u, .list_end = span_end(list),
	};

	sip_params_seek(b, &p);
	return p;
}

/**
 * sip_params_next() - go to the next parameter
 * @b: the message
 * @p: the walk; p->name and p->end are set
 *
 * Return: false after the last one.
 */
static inline bool sip_params_next(const struct sip_buf *b,
				   struct sip_params *p)
{
	u32 name = p->end + 1;

	if (name >= p->list_end)
		return false;
	if (unlikely((u8)b->data[name] <= ' '))
		name = span_skip_lws(b, name, p->list_end);
	p->name = name;
	sip_params_seek(b, p);
	return true;
}

/**
 * sip_params_is() - has this parameter this name?
 * @b: the message
 * @p: the walk
 * @word: PARAM_*
 * @len: its length
 */
static inline bool sip_params_is(const struct sip_buf *b,
				 const struct sip_params *p, u64 word, u32 len)
{
	u32 end = p->name + len;

	return span_word(b, p->name, len) == word &&
	       (end == p->end || (end < p->end && (b->data[end] == '=' ||
						   span_is_lws(b->data[end]))));
}

/* A value with white space around it, or without '='. */
struct span sip_params_value_slow(const struct sip_buf *b, u32 from, u32 end);

/**
 * sip_params_value() - the value of this parameter
 * @b: the message
 * @p: the walk
 * @len: length of its name
 *
 * Return: the value with quotes, {0, 0} when it has none.
 */
static inline struct span sip_params_value(const struct sip_buf *b,
					   const struct sip_params *p, u32 len)
{
	u32 from = p->name + len;

	if (likely(from + 1 < p->end && b->data[from] == '=' &&
		   (u8)b->data[from + 1] > ' ' &&
		   (u8)b->data[p->end - 1] > ' '))
		return span_make(from + 1, p->end);
	return sip_params_value_slow(b, from, p->end);
}

/* sip_param_find() once it may be there, and its name is a word */
struct span sip_param_search(const struct sip_buf *b, struct span list,
			     u64 word, u32 len);

/**
 * sip_param_maybe() - may this list have a parameter that begins with @c?
 * @b: the message
 * @list: parameters
 * @c: lower case
 * @stop: ends the list, '>' or ','
 *
 * Quotes are not looked at: mostly nothing begins so anywhere.
 */
static inline bool sip_param_maybe(const struct sip_buf *b, struct span list,
				   char c, char stop)
{
	u32 end = span_end(list);
	u64 w, hits;
	u32 i, at;

	for (i = list.off; i < end; i += 8) {
		w = span_load64(b, i);
		hits = (((w ^ ';' * SPAN_ONES) - SPAN_ONES) |
			((w ^ (u8)stop * SPAN_ONES) - SPAN_ONES)) &
		       0x80 * SPAN_ONES;
		for (; hits; hits &= hits - 1) {
			at = i + port_ctz64(hits) / 8;
			if (at + 1 >= end || b->data[at] == stop)
				return false;
			at++;
			if ((b->data[at] | 0x20) == c ||
			    (u8)b->data[at] <= ' ')
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

	if (!sip_param_maybe(b, list, name[0], '\0'))
		return (struct span){ 0, 0 };
	memcpy(word, name, len);
	return sip_param_search(b, list, port_load64(word), len);
}

#endif /* SIPALG_CORE_PARAM_H */
