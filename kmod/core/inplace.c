// SPDX-License-Identifier: GPL-2.0-only
/*
 * inplace.c - [9] the edit list carried out where the message stands.
 *
 * What stands behind an edit, up to the next one, is its gap: it moves by what
 * the message grew up to there. Gaps that move down are moved first to last,
 * gaps that move up last to first, and a text is written when the gaps on both
 * sides of it have moved: so nothing is overwritten before it was read.
 * Words are moved, not strings: most moves are short, and a string
 * instruction takes long to start.
 */
#include "edit.h"

#define WORD	((long)sizeof(u64))
#define BLOCK	(4 * WORD)

/* The same bytes in the same order on every machine: no value is looked at. */
static inline port_inline u64 get_word(const char *from)
{
	u64 v;

	memcpy(&v, from, WORD);
	return v;
}

static inline port_inline void put_word(char *to, u64 v)
{
	memcpy(to, &v, WORD);
}

static inline port_inline void move_word(char *to, const char *from)
{
	put_word(to, get_word(from));
}

static inline void move_half(char *to, const char *from)
{
	u32 v;

	memcpy(&v, from, sizeof(v));
	memcpy(to, &v, sizeof(v));
}

/* Less than a word: from its first byte if it moves down, else from its last */
static port_noinline void move_bytes(char *to, const char *from, long len)
{
	long i;

	if (to < from)
		for (i = 0; i < len; i++)
			to[i] = from[i];
	else
		while (len--)
			to[len] = from[len];
}

/* Four words from @i on, read and written first to last or last to first. */
static inline port_inline void move_4_down(char *to, const char *from, long i)
{
	move_word(to + i, from + i);
	move_word(to + i + WORD, from + i + WORD);
	move_word(to + i + 2 * WORD, from + i + 2 * WORD);
	move_word(to + i + 3 * WORD, from + i + 3 * WORD);
}

static inline port_inline void move_4_up(char *to, const char *from, long i)
{
	move_word(to + i + 3 * WORD, from + i + 3 * WORD);
	move_word(to + i + 2 * WORD, from + i + 2 * WORD);
	move_word(to + i + WORD, from + i + WORD);
	move_word(to + i, from + i);
}

/*
 * Down: @to is before @from. The last word is read first, as the words before
 * it may be written over a part of it.
 */
static inline void move_down(char *to, const char *from, long len)
{
	const long last = len - WORD;
	long i = 0;
	u64 tail;

	if (unlikely(last < 0)) {
		move_bytes(to, from, len);
		return;
	}
	tail = get_word(from + last);
	for (; i < last - 2 * BLOCK; i += 2 * BLOCK) {
		move_4_down(to, from, i);
		move_4_down(to, from, i + BLOCK);
	}
	if (i < last - BLOCK) {
		move_4_down(to, from, i);
		i += BLOCK;
	}
	for (; i < last; i += WORD)
		move_word(to + i, from + i);
	put_word(to + last, tail);
}

/* Up: @to is behind @from; the first word is read first. */
static inline void move_up(char *to, const char *from, long len)
{
	long i = len - WORD;
	u64 head;

	if (unlikely(i < 0)) {
		move_bytes(to, from, len);
		return;
	}
	head = get_word(from);
	for (; i > 2 * BLOCK; i -= 2 * BLOCK) {
		move_4_up(to, from, i - BLOCK + WORD);
		move_4_up(to, from, i - 2 * BLOCK + WORD);
	}
	if (i > BLOCK) {
		move_4_up(to, from, i - BLOCK + WORD);
		i -= BLOCK;
	}
	for (; i > 0; i -= WORD)
		move_word(to + i, from + i);
	put_word(to, head);
}

/* A text of the pool, and not a byte more. */
static inline void put_text(char *to, const char *text, u32 len)
{
	if (unlikely(len > 3 * WORD)) {
		memcpy(to, text, len);
	} else if (len > 2 * WORD) {
		move_word(to, text);
		move_word(to + WORD, text + WORD);
		move_word(to + len - WORD, text + len - WORD);
	} else if (len >= WORD) {
		move_word(to, text);
		move_word(to + len - WORD, text + len - WORD);
	} else if (len >= 4) {
		move_half(to, text);
		move_half(to + len - 4, text + len - 4);
	} else {
		while (len--)
			*to++ = *text++;
	}
}

/* Where the gap behind edit @e ends. */
static inline u32 gap_end(const struct edit *e, const struct edit *end,
			  u32 len)
{
	return e + 1 < end ? e[1].at.off : len;
}

/*
 * Gaps that move up, from the one behind @e on, and the texts before them.
 * @to: where byte 0 would be by what the message grew before @e; afterwards
 * before the edit that is returned, behind which nothing moves up.
 */
static port_noinline const struct edit *
move_up_run(char *data, u32 len, const struct edit *e, const struct edit *end,
	    char **to)
{
	const struct edit *first = e;
	const struct edit *next;
	char *base = *to;
	u32 from;

	for (; e < end && base + e->len > data + e->at.len; e++)
		base += (int)e->len - e->at.len;
	*to = base;
	next = e;
	while (e-- > first) {
		from = span_end(e->at);
		move_up(base + from, data + from, gap_end(e, end, len) - from);
		base -= (int)e->len - e->at.len;
		put_text(base + e->at.off, edit_text(e), e->len);
	}
	return next;
}

void edit_inplace(char *data, u32 len, const struct edit_list *l)
{
	const struct edit *e = l->edit, *end = e + l->n;
	char *base = data;
	size_t from;
	long grown;

	while (e < end) {
		from = span_end(e->at);
		grown = (long)e->len - e->at.len;
		if (unlikely(base + grown > data)) {
			e = move_up_run(data, len, e, end, &base);
			continue;
		}
		put_text(base + e->at.off, edit_text(e), e->len);
		base += grown;
		if (base != data)
			move_down(base + from, data + from,
				  gap_end(e, end, len) - from);
		e++;
	}
}
