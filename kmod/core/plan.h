/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan.h - what to change in a message, and why: between alg.c and the two
 * planners. They add edits and call the host; they never touch the message.
 */
#ifndef SIPALG_CORE_PLAN_H
#define SIPALG_CORE_PLAN_H

#include "alg.h"

/**
 * plan_sip() - plan the header edits of a parsed message
 * @ctx: after dialog_step()
 *
 * Return: 0; -EBADMSG, -E2BIG, or what the host answered.
 */
int __must_check plan_sip(struct alg_ctx *ctx);

/**
 * plan_via() - plan the topmost Via; sets ctx->via_port and ctx->branch
 * @ctx: context
 *
 * Return: 0; -EBADMSG, -E2BIG, or what the host answered.
 */
int __must_check plan_via(struct alg_ctx *ctx);

/**
 * plan_sdp() - plan the session description, with its pinholes
 * @ctx: after plan_sip(), of a message with a body
 *
 * Return: 0; -EBADMSG, -E2BIG, or what the host answered.
 */
int __must_check plan_sdp(struct alg_ctx *ctx);

/**
 * plan_note() - remember a literal that was left, if somebody asks for it
 * @ctx: context
 * @text: the literal
 * @why: field and KEPT_* reason
 */
void plan_note(struct alg_ctx *ctx, struct span text, struct edit_why why);

/**
 * plan_note_private() - the same, if the literal is a private address
 */
void plan_note_private(struct alg_ctx *ctx, struct span text,
		       struct edit_why why);

/**
 * plan_note_headers() - note what is private in From, To and Call-ID
 */
void plan_note_headers(struct alg_ctx *ctx);

/* Is this the address that the flow has on the side the message goes to? */
static inline bool plan_is_usual(const struct alg_ctx *ctx,
				 const struct alg_ep *ep)
{
	const struct alg_pkt *pkt = ctx->pkt;

	return likely(alg_ip_equal(ep, pkt->dir == ALG_OUT ? &pkt->wan :
							     &pkt->lan));
}

/* plan_write_ip() for an address that is not the flow's */
u32 plan_write_other_ip(const struct alg_ep *ep, char *room);

/**
 * plan_write_ip() - the text of an address on the side the message goes to
 * @ctx: context
 * @ep: the address
 * @room: ADDR_TEXT_MAX bytes are written
 *
 * Return: the length of the text.
 */
static inline u32 plan_write_ip(const struct alg_ctx *ctx,
				const struct alg_ep *ep, char *room)
{
	if (unlikely(!plan_is_usual(ctx, ep)))
		return plan_write_other_ip(ep, room);
	memcpy(room, ctx->other->text, ADDR_TEXT_MAX);
	return ctx->other->len;
}

/* plan_put_ip() for an address that is not the flow's */
int __must_check plan_put_other_ip(struct alg_ctx *ctx, struct span at,
				   const struct alg_ep *ep,
				   struct edit_why why);

/**
 * plan_put_ip() - replace an address
 * @ctx: context
 * @at: the address
 * @ep: the new one, on the side the message goes to
 * @why: for explain
 *
 * Return: 0; -E2BIG when the list is full.
 */
static inline int __must_check
plan_put_ip(struct alg_ctx *ctx, struct span at, const struct alg_ep *ep,
	    struct edit_why why)
{
	const struct addr_text *other = ctx->other;

	if (unlikely(!plan_is_usual(ctx, ep)))
		return plan_put_other_ip(ctx, at, ep, why);
	return edit_put(&ctx->msg.buf, &ctx->edits, at, other->text,
			other->len, why);
}

#endif /* SIPALG_CORE_PLAN_H */
