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

void edit_commit_rare(const struct sip_buf *b, struct edit_list *l,
		      struct span at, u32 len, struct edit_why why)
{
	u32 i = l->n;

	if (len == at.len &&
	    !memcmp(b->data + at.off, l->text + l->used, len))
		return;
	for (; i && l->edit[i - 1].at.off > at.off; i--)
		l->edit[i] = l->edit[i - 1];
	l->edit[i] = (struct edit){
		.at = at, .text = l->used, .len = (u8)len, .why = why,
	};
	l->n++;
	l->used = (u16)(l->used + len);
	l->delta += (s32)len - at.len;
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

int edit_check(const struct edit_list *l, u32 len)
{
	const struct edit *e = l->edit;
	const struct edit *end = e + l->n;
	u32 done = 0;

	for (; e < end; e++) {
		if (e->at.off < done)
			return -EBADMSG;
		done = span_end(e->at);
	}
	return done <= len ? 0 : -EBADMSG;
}

/* Most texts are an address: sixteen bytes, where there is room for them. */
static inline void put_text(char *to, const struct edit_list *l,
			    const struct edit *e, const char *end)
{
	if (likely(e->len <= 16 && end - to >= 16 &&
		   e->text + 16 <= EDIT_TEXT))
		memcpy(to, l->text + e->text, 16);
	else
		memcpy(to, l->text + e->text, e->len);
}

int edit_apply(const char *in, u32 len, const struct edit_list *l, char *out,
	       u32 cap)
{
	const struct edit *e = l->edit;
	const struct edit *end = e + l->n;
	char *to = out;
	u32 done = 0;

	if ((s64)len + l->delta > cap)
		return -ENOSPC;
	for (; e < end; e++) {
		memcpy(to, in + done, e->at.off - done);
		to += e->at.off - done;
		put_text(to, l, e, out + cap);
		to += e->len;
		done = span_end(e->at);
	}
	memcpy(to, in + done, len - done);
	return (int)(to - out + (len - done));
}
