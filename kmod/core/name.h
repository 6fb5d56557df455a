/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * name.h - the names of the headers that the core reads, long and compact
 * (RFC 3261 7.3.3), and how a line is told by them.
 */
#ifndef SIPALG_CORE_NAME_H
#define SIPALG_CORE_NAME_H

#include "msg.h"

/**
 * struct sip_name - the name of a header as its line begins
 * @head: its first letters and the ':', eight at most, in lower case
 * @care: the bits of a line that must be as in @head
 * @tail: the last eight up to the ':' of a name that is longer, else 0
 * @other: another name with the same first two letters, or NULL
 * @len: letters of the name
 * @id: enum sip_hdr_id
 */
struct sip_name {
	u64 head;
	u64 care;
	u64 tail;
	const struct sip_name *other;
	u8 len;
	u8 id;
};

/*
 * Two letters, or a letter and ':', in any case: an odd number gives those of
 * every name a slot of their own. Two in one slot are an error of the
 * compiler's.
 */
#define SIP_NAME_SLOT(w)	((u32)((w) & 0x1f1f) * 0x8cfe5cd1u >> 26)

/* By how a line begins: the first name that it may be, or NULL. */
extern const struct sip_name * const sip_name_first[64];

/* The bits in which letters of either case differ: none of '-' and ':'. */
#define SIP_NAME_CASE(word)	((word) >> 1 & SPAN_FOLD)

/**
 * sip_name_match() - the name of ours that a line begins with
 * @p: the line
 * @eol: its end; the name may be cut there
 * @w: its first eight letters
 *
 * Return: NULL when there is none, or no ':' right behind it.
 */
static inline const struct sip_name *sip_name_match(const char *p,
						    const char *eol, u64 w)
{
	const struct sip_name *n = sip_name_first[SIP_NAME_SLOT(w)];

	for (; n; n = n->other) {
		if ((w ^ n->head) & n->care)
			continue;
		if (!n->tail ||
		    (eol - p > n->len &&
		     !((port_load64(p + n->len - 7) ^ n->tail) &
		       ~SIP_NAME_CASE(n->tail))))
			break;
	}
	return n;
}

/**
 * sip_name_find() - which header is this name (long or compact)?
 * @b: buffer
 * @s: the name without the colon and white space
 */
enum sip_hdr_id sip_name_find(const struct sip_buf *b, struct span s);

#endif /* SIPALG_CORE_NAME_H */
