// SPDX-License-Identifier: GPL-2.0-only
/*
 * inplace.c - [9] the edit list carried out where the message stands.
 *
 * What stands between two edits moves by what the edits before it grew. What
 * moves down goes first to last, what moves up last to first, and then the
 * new texts fill the gaps: so nothing is overwritten before it has moved.
 * Words are moved, not strings: most moves are short, and a string
 * instruction takes long to start.
 */
#include "edit.h"

#define WORD	sizeof(u64)

/* The same bytes in the same order on every machine: no value is looked at. */
static inline void move_word(char *to, const char *from)
{
	u64 v;

	memcpy(&v, from, WORD);
	memcpy(to, &v, WORD);
}

static inline void move_half(char *to, const char *from)
{
	u32 v;

	memcpy(&v, from, sizeof(v));
	memcpy(to, &v, sizeof(v));
}

static void move_down(char *to, const char *from, u32 len)
{
	u64 a, b, c, d;

	for (; len >= 4 * WORD; len -= 4 * WORD) {
		memcpy(&a, from, WORD);
		memcpy(&b, from + WORD, WORD);
		memcpy(&c, from + 2 * WORD, WORD);
		memcpy(&d, from + 3 * WORD, WORD);
		memcpy(to, &a, WORD);
		memcpy(to + WORD, &b, WORD);
		memcpy(to + 2 * WORD, &c, WORD);
		memcpy(to + 3 * WORD, &d, WORD);
		from += 4 * WORD;
		to += 4 * WORD;
	}
	for (; len >= WORD; len -= WORD) {
		move_word(to, from);
		from += WORD;
		to += WORD;
	}
	if (len & 4) {
		move_half(to, from);
		from += 4;
		to += 4;
	}
	for (len &= 3; len; len--)
		*to++ = *from++;
}

static void move_up(char *to, const char *from, u32 len)
{
	u64 a, b, c, d;

	from += len;
	to += len;
	for (; len >= 4 * WORD; len -= 4 * WORD) {
		from -= 4 * WORD;
		to -= 4 * WORD;
		memcpy(&a, from, WORD);
		memcpy(&b, from + WORD, WORD);
		memcpy(&c, from + 2 * WORD, WORD);
		memcpy(&d, from + 3 * WORD, WORD);
		memcpy(to, &a, WORD);
		memcpy(to + WORD, &b, WORD);
		memcpy(to + 2 * WORD, &c, WORD);
		memcpy(to + 3 * WORD, &d, WORD);
	}
	for (; len >= WORD; len -= WORD) {
		from -= WORD;
		to -= WORD;
		move_word(to, from);
	}
	if (len & 4) {
		from -= 4;
		to -= 4;
		move_half(to, from);
	}
	for (len &= 3; len; len--)
		*--to = *--from;
}

/* A text of the pool, and not a byte more. */
static inline void put_text(char *to, const char *text, u32 len)
{
	if (len > 2 * WORD) {
		memcpy(to, text, len);
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

/* What stands behind the edits and moves down; true: something moves up. */
static bool move_down_all(char *data, u32 len, const struct edit_list *l)
{
	const struct edit *e = l->edit, *end = e + l->n;
	bool up = false;
	s32 shift = 0;
	u32 from, to;

	for (; e < end; e++) {
		shift += (s32)e->len - e->at.len;
		from = span_end(e->at);
		to = e + 1 < end ? e[1].at.off : len;
		if (shift < 0)
			move_down(data + from + shift, data + from, to - from);
		up |= shift > 0;
	}
	return up;
}

static void move_up_all(char *data, u32 len, const struct edit_list *l)
{
	const struct edit *e = l->edit + l->n;
	s32 shift = l->delta;
	u32 from, to = len;

	while (e-- > l->edit) {
		from = span_end(e->at);
		if (shift > 0)
			move_up(data + from + shift, data + from, to - from);
		to = e->at.off;
		shift -= (s32)e->len - e->at.len;
	}
}

void edit_inplace(char *data, u32 len, const struct edit_list *l)
{
	const struct edit *e = l->edit, *end = e + l->n;
	s32 shift = 0;

	if (move_down_all(data, len, l))
		move_up_all(data, len, l);
	for (; e < end; e++) {
		put_text(data + e->at.off + shift, edit_text(e), e->len);
		shift += (s32)e->len - e->at.len;
	}
}
