// SPDX-License-Identifier: GPL-2.0-only
/*
 * edit.c - [8] the edit list: kept in order, checked, and applied to a copy.
 */
#include "edit.h"

#define FIELD_NAME(id, name)	name,

static const char * const field_names[] = { ALG_FIELDS(FIELD_NAME) };

const char *alg_field_name(unsigned int field)
{
	return field < ARRAY_SIZE(field_names) ? field_names[field] : "";
}

void edit_insert(struct edit_list *l, const struct edit *e)
{
	const struct edit late = *e;
	u32 i = l->n;

	for (; i && l->edit[i - 1].at.off > late.at.off; i--)
		l->edit[i] = l->edit[i - 1];
	l->edit[i] = late;
	if ((i && span_end(l->edit[i - 1].at) > late.at.off) ||
	    (i < l->n && span_end(late.at) > l->edit[i + 1].at.off))
		l->overlap = true;
}

void edit_remove(struct edit_list *l, u32 i)
{
	l->n--;
	memmove(&l->edit[i], &l->edit[i + 1], (l->n - i) * sizeof(l->edit[i]));
}

int edit_replace(const struct sip_buf *b, struct edit_list *l, struct span at,
		 const char *text, struct edit_why why)
{
	char *room = edit_room(l);
	u32 len = 0;

	if (!room)
		return -E2BIG;
	for (; text[len]; len++) {
		if (len == EDIT_TEXT_ONE)
			return -E2BIG;
		room[len] = text[len];
	}
	edit_commit(b, l, at, len, why);
	return 0;
}

s32 edit_delta(const struct edit_list *l, struct span where)
{
	const struct edit *e = l->edit;
	const struct edit *end = e + l->n;
	s32 delta = 0;

	for (; e < end; e++) {
		if (e->at.off >= where.off &&
		    span_end(e->at) <= span_end(where))
			delta += (s32)e->len - e->at.len;
	}
	return delta;
}

/* Most texts are an address: sixteen bytes, where there is room for them. */
static inline void put_text(char *to, const char *text, u32 len,
			    const char *last)
{
	if (likely(len <= EDIT_TEXT_COPY && to <= last))
		memcpy(to, text, EDIT_TEXT_COPY);
	else
		memcpy(to, text, len);
}

int edit_apply(const char *in, u32 len, const struct edit_list *l, char *out,
	       u32 cap)
{
	const struct edit *end = l->edit + l->n;
	const char *last = out + cap - EDIT_TEXT_COPY;
	const char *from = in;
	const struct edit *e;
	char *to = out;
	size_t gap;
	u32 n;

	if ((s64)len + l->delta > cap)
		return -ENOSPC;
	for (e = l->edit; e < end; e++) {
		gap = (size_t)(in + e->at.off - from);
		memcpy(to, from, gap);
		to += gap;
		from += gap + e->at.len;
		n = e->len;
		put_text(to, e->text, n, last);
		to += n;
	}
	gap = (size_t)(in + len - from);
	memcpy(to, from, gap);
	return (int)(to - out + gap);
}
