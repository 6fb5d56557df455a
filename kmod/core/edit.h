/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * edit.h - what is to be changed in a message: an ordered list of
 * replacements and the pool of their new texts.
 *
 * The planners fill it, alg.c completes it with Content-Length, rewrite.c (or
 * edit_apply() in user space) carries it out. Edits are kept in the order of
 * the message and never overlap. The message itself is not touched here.
 */
#ifndef SIPALG_CORE_EDIT_H
#define SIPALG_CORE_EDIT_H

#include "span.h"

enum edit_limit {
	EDIT_MAX	= 256,	/* 32 media lines with everything they have */
	EDIT_TEXT	= 4096,	/* bytes of new text a message */
	EDIT_TEXT_ONE	= 64,	/* the longest single text */
};

#define ALG_FIELDS(X)							       \
	X(REQUEST_URI, "Request-URI")					       \
	X(VIA, "Via")							       \
	X(CONTACT, "Contact")						       \
	X(ROUTE, "Route")						       \
	X(RECORD_ROUTE, "Record-Route")					       \
	X(FROM, "From")							       \
	X(TO, "To")							       \
	X(CALL_ID, "Call-ID")						       \
	X(AUTHORIZATION, "Authorization")				       \
	X(CONTENT_LENGTH, "Content-Length")				       \
	X(SDP_ORIGIN, "o=")						       \
	X(SDP_CONNECTION, "c=")						       \
	X(SDP_MEDIA, "m=")						       \
	X(SDP_RTCP, "a=rtcp")						       \
	X(SDP_CANDIDATE, "a=candidate")

#define ALG_FIELD_ENUM(id, name)	ALG_FIELD_##id,

enum alg_field {
	ALG_FIELDS(ALG_FIELD_ENUM)
	ALG_FIELD_MAX,
};

/**
 * alg_field_name() - "Via", "Contact", "m=": as people write it
 * Return: never NULL, "" for an unknown number.
 */
const char *alg_field_name(unsigned int field);

/**
 * struct edit_why - what an edit is for
 * @field: enum alg_field
 * @reason: enum alg_reason
 */
struct edit_why {
	u8 field;
	u8 reason;
};

/**
 * struct edit - replace the bytes of @at by a text of the pool
 * @at: bytes of the original message; len 0 inserts before @at.off
 * @text: offset of the new text in edit_list.text
 * @len: its length
 * @why: for explain
 */
struct edit {
	struct span at;
	u16 text;
	u8 len;
	struct edit_why why;
};

/**
 * struct edit_list - all edits of one message
 * @n: how many
 * @used: bytes of @text in use
 * @delta: length of the message afterwards minus before
 * @edit: ordered by edit.at.off
 * @text: the pool
 */
struct edit_list {
	u16 n;
	u16 used;
	s32 delta;
	struct edit edit[EDIT_MAX];
	char text[EDIT_TEXT];
};

static inline void edit_reset(struct edit_list *l)
{
	l->n = 0;
	l->used = 0;
	l->delta = 0;
}

/* The new bytes of edit @e. */
static inline const char *edit_text(const struct edit_list *l,
				    const struct edit *e)
{
	return l->text + e->text;
}

/**
 * edit_room() - where the text of the next edit is written
 * @l: list
 *
 * Return: EDIT_TEXT_ONE bytes to write to, then call edit_commit(); NULL
 * when the list is full.
 */
static inline char *edit_room(struct edit_list *l)
{
	if (unlikely(l->n >= EDIT_MAX ||
		     l->used + EDIT_TEXT_ONE > EDIT_TEXT))
		return NULL;
	return l->text + l->used;
}

/* edit_commit() for the two rare cases: the same length, and out of order */
void edit_commit_rare(const struct sip_buf *b, struct edit_list *l,
		      struct span at, u32 len, struct edit_why why);

/**
 * edit_commit() - replace @at by the @len bytes written to edit_room()
 * @b: the message; text that is the same already makes no edit
 * @l: list
 * @at: what is replaced
 * @len: bytes written, at most EDIT_TEXT_ONE
 * @why: for explain
 */
static inline void edit_commit(const struct sip_buf *b, struct edit_list *l,
			       struct span at, u32 len, struct edit_why why)
{
	struct edit *e = &l->edit[l->n];

	if (unlikely(len == at.len || (l->n && e[-1].at.off > at.off))) {
		edit_commit_rare(b, l, at, len, why);
		return;
	}
	e->at = at;
	e->text = l->used;
	e->len = (u8)len;
	e->why = why;
	l->n++;
	l->used = (u16)(l->used + len);
	l->delta += (s32)len - at.len;
}

/**
 * edit_again() - replace @at by a text that is in the pool already
 * @l: list
 * @at: what is replaced, behind all edits so far
 * @text: offset in the pool
 * @len: its length, other than that of @at
 * @why: for explain
 *
 * Return: false when it must be written again.
 */
static inline bool edit_again(struct edit_list *l, struct span at, u16 text,
			      u8 len, struct edit_why why)
{
	struct edit *e = &l->edit[l->n];

	if (l->n >= EDIT_MAX || len == at.len ||
	    (l->n && e[-1].at.off > at.off))
		return false;
	e->at = at;
	e->text = text;
	e->len = len;
	e->why = why;
	l->n++;
	l->delta += (s32)len - at.len;
	return true;
}

/**
 * edit_replace() - replace @at by a text
 * @b: the message
 * @l: list
 * @at: what is replaced; len 0 inserts
 * @text: new text that ends with NUL, at most EDIT_TEXT_ONE bytes
 * @why: for explain
 *
 * Return: 0; -E2BIG when the list is full.
 */
int __must_check edit_replace(const struct sip_buf *b, struct edit_list *l,
			      struct span at, const char *text,
			      struct edit_why why);

/**
 * edit_delta() - how much longer the bytes of @where become
 * @l: list
 * @where: part of the message
 */
s32 edit_delta(const struct edit_list *l, struct span where);

/**
 * edit_check() - are the edits ordered, apart and inside a message of @len?
 * Return: 0 or -EBADMSG.
 */
int __must_check edit_check(const struct edit_list *l, u32 len);

/**
 * edit_apply() - write the changed message
 * @in: the message
 * @len: its length
 * @l: list that edit_check() accepts
 * @out: where the new message goes, apart from @in
 * @cap: room there
 *
 * Return: the new length, or -ENOSPC when @cap is too small.
 */
int __must_check edit_apply(const char *in, u32 len, const struct edit_list *l,
			    char *out, u32 cap);

#endif /* SIPALG_CORE_EDIT_H */
