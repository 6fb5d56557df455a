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
 * @name: this parameter's name
 * @end: where this parameter ends
 * @list_end: end of the list; moves to the ',' that ends it
 * @last: eight bytes before the end of the message
 */
struct sip_params {
	const char *name;
	const char *end;
	const char *list_end;
	const char *last;
};

/*
 * From @from to the ';' outside quotes that ends a parameter, or to the end
 * of the list. Looked at are ';' and what is below '-': ',', quotes, blanks,
 * line ends. One of these stands behind every header, and the zeros that
 * stand for what is behind the message are such.
 */
static inline void sip_params_seek(const struct sip_buf *b,
				   struct sip_params *p, const char *from)
{
	const char *at;
	u64 w, hits;

	for (;; from += 8) {
		w = likely(from <= p->last) ? port_load64(from) :
			span_load64_tail(b, (u32)(from - b->data));
		hits = (((w ^ ';' * SPAN_ONES) - SPAN_ONES) |
			(w - '-' * SPAN_ONES)) & ~w & 0x80 * SPAN_ONES;
		for (; hits; hits &= hits - 1) {
			at = from + port_ctz64(hits) / 8;
			if (at >= p->list_end) {
				p->end = p->list_end;
				return;
			}
			if (*at == ';') {
				p->end = at;
				return;
			}
			if (*at == ',') {
				p->end = at;
				p->list_end = at;
				return;
			}
			if (*at == '"') {
				from = b->data - 8 +
				       span_skip_quoted(b, (u32)(at - b->data),
							(u32)(p->list_end -
							      b->data));
				break;
			}
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
		.end = b->data + list.off,
		.list_end = b->data + span_end(list),
		.last = b->data + b->len - 8,
	};

	if (list.len && *p.end != ';')
		sip_params_seek(b, &p, p.end);
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
	p->name = p->end + 1;
	if (p->name >= p->list_end)
		return false;
	while (unlikely(span_is_lws(*p->name))) {
		if (++p->name == p->list_end)
			return false;
	}
	sip_params_seek(b, p, p->name);
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
	const char *end = p->name + len;
	u64 w = likely(p->name <= p->last) ? port_load64(p->name) :
		span_load64_tail(b, (u32)(p->name - b->data));

	return span_keep(w | SPAN_FOLD, len) == word &&
	       (end == p->end ||
		(end < p->end && (*end == '=' || span_is_lws(*end))));
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
	const char *from = p->name + len;

	if (likely(from + 1 < p->end && *from == '=' && (u8)from[1] > ' ' &&
		   (u8)p->end[-1] > ' '))
		return span_make((u32)(from + 1 - b->data),
				 (u32)(p->end - b->data));
	return sip_params_value_slow(b, (u32)(from - b->data),
				     (u32)(p->end - b->data));
}

/* sip_param_find() with the name as a word */
struct span sip_param_search(const struct sip_buf *b, struct span list,
			     u64 word, u32 len);

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

	memcpy(word, name, len);
	return sip_param_search(b, list, port_load64(word), len);
}

#endif /* SIPALG_CORE_PARAM_H */
