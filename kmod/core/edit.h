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
	EDIT_TEXT_COPY	= 16,	/* what most texts are copied as */
};

#define ALG_FIELDS(X)							       \
	X(REQUEST_URI, "Request-URI")					       \
	X(VIA, "Via")							       \
	X(CONTACT, "Contact")						       \
	X(ROUTE, "Route")						       \
	X(RECORD_ROUTE, "Record-Route")					       \
	X(PATH, "Path")							       \
	X(SERVICE_ROUTE, "Service-Route")				       \
	X(REFER_TO, "Refer-To")						       \
	X(REFERRED_BY, "Referred-By")					       \
	X(REPLY_TO, "Reply-To")						       \
	X(P_ASSERTED_IDENTITY, "P-Asserted-Identity")			       \
	X(P_PREFERRED_IDENTITY, "P-Preferred-Identity")			       \
	X(REMOTE_PARTY_ID, "Remote-Party-ID")				       \
	X(DIVERSION, "Diversion")					       \
	X(HISTORY_INFO, "History-Info")					       \
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
 * struct edit - replace the bytes of @at by a text
 * @at: bytes of the original message; len 0 inserts before @at.off
 * @len: length of the new text
 * @why: for explain
 * @text: the new text: in the pool, or the rendered address of a packet
 */
struct edit {
	struct span at;
	u8 len;
	struct edit_why why;
	const char *text;
};

/**
 * struct edit_list - all edits of one message
 * @n: how many
 * @used: bytes of @text in use
 * @delta: length of the message afterwards minus before
 * @overlap: two of them want the same bytes
 * @edit: ordered by edit.at.off
 * @text: the pool
 */
struct edit_list {
	u16 n;
	u16 used;
	s32 delta;
	bool overlap;
	struct edit edit[EDIT_MAX];
	char text[EDIT_TEXT + EDIT_TEXT_COPY];
};

static inline void edit_reset(struct edit_list *l)
{
	l->n = 0;
	l->used = 0;
	l->delta = 0;
	l->overlap = false;
}

/* The new bytes of edit @e. */
static inline const char *edit_text(const struct edit *e)
{
	return e->text;
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

/* edit_link() where edits behind @at, or in it, were there before */
void edit_insert(struct edit_list *l, const struct edit *e);

/**
 * edit_link() - replace @at by a text that stays where it is
 * @l: list with room for one more
 * @at: what is replaced
 * @text: the new text, another one; it must live as long as the list
 * @len: its length, at most EDIT_TEXT_ONE
 * @why: for explain
 */
static inline void edit_link(struct edit_list *l, struct span at,
			     const char *text, u32 len, struct edit_why why)
{
	struct edit *e = &l->edit[l->n];

	*e = (struct edit){
		.at = at, .len = (u8)len, .why = why, .text = text,
	};
	l->delta += (s32)len - at.len;
	if (unlikely(l->n && span_end(e[-1].at) > at.off))
		edit_insert(l, e);
	l->n++;
}

/* Is @text what stands at @at already? */
static inline bool edit_is_same(const struct sip_buf *b, struct span at,
				const char *text, u32 len)
{
	return unlikely(len == at.len) &&
	       !memcmp(b->data + at.off, text, len);
}

/**
 * edit_put() - edit_link(), unless the text is what stands there already
 * @b: the message
 *
 * Return: 0; -E2BIG when the list is full.
 */
static inline int __must_check edit_put(const struct sip_buf *b,
					struct edit_list *l, struct span at,
					const char *text, u32 len,
					struct edit_why why)
{
	if (unlikely(l->n >= EDIT_MAX))
		return -E2BIG;
	if (!edit_is_same(b, at, text, len))
		edit_link(l, at, text, len, why);
	return 0;
}

/**
 * edit_add() - replace @at by the @len bytes written to edit_room()
 * @l: list
 * @at: what is replaced; its text is another one
 * @len: bytes written, at most EDIT_TEXT_ONE
 * @why: for explain
 */
static inline void edit_add(struct edit_list *l, struct span at, u32 len,
			    struct edit_why why)
{
	edit_link(l, at, l->text + l->used, len, why);
	l->used = (u16)(l->used + len);
}

/**
 * edit_commit() - the same, unless the text is what stands there already
 * @b: the message
 */
static inline void edit_commit(const struct sip_buf *b, struct edit_list *l,
			       struct span at, u32 len, struct edit_why why)
{
	if (!edit_is_same(b, at, l->text + l->used, len))
		edit_add(l, at, len, why);
}

/**
 * edit_reserve() - begin an edit whose text comes later
 * @l: list
 * @at: what is replaced; edits that come before the text are behind it
 * @why: for explain
 *
 * Content-Length stands before the body whose length it says: its edit is
 * begun before those of the body, which then need not be moved.
 *
 * Return: its number, for edit_settle(); -E2BIG when the list is full.
 */
static inline int __must_check edit_reserve(struct edit_list *l,
					    struct span at,
					    struct edit_why why)
{
	u32 i = l->n;

	if (unlikely(i >= EDIT_MAX))
		return -E2BIG;
	edit_link(l, at, NULL, 0, why);
	l->delta += at.len;
	while (unlikely(l->edit[i].at.off != at.off))
		i--;
	return (int)i;
}

/* edit_settle() without a text */
void edit_remove(struct edit_list *l, u32 i);

/**
 * edit_settle() - the text of a reserved edit, or none
 * @l: list
 * @i: what edit_reserve() returned
 * @len: bytes written to edit_room(); 0: there is nothing to replace
 */
static inline void edit_settle(struct edit_list *l, u32 i, u32 len)
{
	struct edit *e = &l->edit[i];

	if (!len) {
		edit_remove(l, i);
		return;
	}
	e->text = l->text + l->used;
	e->len = (u8)len;
	l->used = (u16)(l->used + len);
	l->delta += (s32)len - e->at.len;
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
static inline int __must_check edit_check(const struct edit_list *l, u32 len)
{
	if (unlikely(l->overlap || (l->n && span_end(l->edit[l->n - 1].at) >
				    len)))
		return -EBADMSG;
	return 0;
}

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

/**
 * edit_inplace() - change the message where it stands
 * @data: the message; behind it is room for @l->delta bytes more
 * @len: its length
 * @l: list that edit_check() accepts
 *
 * The same bytes as edit_apply() writes.
 */
void edit_inplace(char *data, u32 len, const struct edit_list *l);

#endif /* SIPALG_CORE_EDIT_H */
