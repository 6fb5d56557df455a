// SPDX-License-Identifier: GPL-2.0-only
/*
 * literal.c - [6] one literal: claimed through the host, replaced in the plan.
 *
 * Only an IP literal that is the LAN host's own address (on the way out) or
 * a binding of its (on the way in) is ever replaced.
 */
#include "literal.h"
#include "plan.h"

/* Ask the host for the binding of @port. */
static int find_bind(struct alg_ctx *ctx, u16 port)
{
	struct alg_ep ep;
	int rc;

	if (ctx->pkt->dir == ALG_OUT) {
		ep = ctx->pkt->lan;
		ep.port = port;
		rc = ctx->host->bind_out(ctx, &ep, &ctx->bind);
	} else {
		ep = ctx->pkt->wan;
		ep.port = port;
		rc = ctx->host->bind_in(ctx, &ep, &ctx->bind);
	}
	ctx->bind_port = rc ? ALG_NO_PORT : port;
	if (ctx->pkt->dir == ALG_OUT)
		ctx->bind_usual = alg_ip_equal(&ctx->bind.wan, &ctx->pkt->wan);
	else
		ctx->bind_usual = alg_ip_equal(&ctx->bind.lan, &ctx->pkt->lan);
	return rc;
}

int literal_bind(struct alg_ctx *ctx, u16 port)
{
	return ctx->bind_port == port ? 0 : find_bind(ctx, port);
}

/* Remember how the LAN host wrote this field, if it matters. */
static inline void set_flags(struct alg_ctx *ctx, const struct literal *lit)
{
	struct alg_bind *bind = &ctx->bind;
	u8 flags = bind->flags | lit->ours;

	if (bind->wan.port != lit->default_port)
		flags = (u8)(lit->port ? flags & ~lit->noport :
					     flags | lit->noport);
	if (flags == bind->flags)
		return;
	ctx->host->bind_flags(ctx, bind, flags);
	bind->flags = flags;
}

static inline int claim(struct alg_ctx *ctx, const struct literal *lit)
{
	bool in = ctx->pkt->dir == ALG_IN;
	int rc = literal_bind(ctx, lit->port_num);

	/* nobody sends to where a header only names us by the way */
	if (rc == -EACCES && !lit->learns)
		return 0;
	if (rc)
		return rc == -ENOENT && in ? 0 : rc;
	if (in && !(ctx->bind.flags & lit->ours))
		return 0;
	ctx->nown++;
	if (lit->learns && !in) {
		ctx->wrote |= lit->ours;
		set_flags(ctx, lit);
	}
	return 1;
}

int literal_claim(struct alg_ctx *ctx, const struct literal *lit)
{
	return claim(ctx, lit);
}

/* Does the text on the way in carry a port? As the LAN host wrote it. */
static bool wants_port_in(const struct alg_bind *bind,
			  const struct literal *lit)
{
	if (bind->lan.port != lit->default_port)
		return true;
	if (bind->wan.port == lit->default_port)
		return lit->port;
	return !(bind->flags & lit->noport);
}

u32 plan_write_other_ip(const struct alg_ep *ep, char *room)
{
	struct addr_text text;

	addr_render(ep, &text);
	memcpy(room, text.text, ADDR_TEXT_MAX);
	return text.len;
}

int plan_put_other_ip(struct alg_ctx *ctx, struct span at,
		      const struct alg_ep *ep, struct edit_why why)
{
	char *room = edit_room(&ctx->edits);

	if (!room)
		return -E2BIG;
	edit_commit(&ctx->msg.buf, &ctx->edits, at,
		    plan_write_other_ip(ep, room), why);
	return 0;
}

static inline struct edit_why why_edit(const struct alg_ctx *ctx, u8 field)
{
	return (struct edit_why){
		.field = field,
		.reason = ctx->pkt->dir == ALG_OUT ?
			  ALG_REASON_LAN_TO_WAN : ALG_REASON_WAN_TO_LAN,
	};
}

/* @at becomes another literal than the flow's own. */
static int put_other(struct alg_ctx *ctx, struct span at, bool port,
		     const struct alg_ep *ep, struct edit_why why)
{
	char *room = edit_room(&ctx->edits);
	u32 len;

	if (!room)
		return -E2BIG;
	len = plan_write_ip(ctx, ep, room);
	if (port) {
		room[len++] = ':';
		len += addr_put_port(room + len, ep->port);
	}
	edit_commit(&ctx->msg.buf, &ctx->edits, at, len, why);
	return 0;
}

/* Plan what stands for @lit on the other side. Return: 0 or -E2BIG. */
static inline int put_literal(struct alg_ctx *ctx, const struct literal *lit)
{
	const struct edit_why why = why_edit(ctx, lit->field);
	const struct addr_text *other = ctx->other;
	const struct alg_bind *bind = &ctx->bind;
	const struct alg_ep *ep;
	bool port;

	if (ctx->pkt->dir == ALG_OUT) {
		ep = &bind->wan;
		port = lit->port || ep->port != lit->default_port;
	} else {
		ep = &bind->lan;
		port = wants_port_in(bind, lit);
	}
	if (unlikely(!ctx->bind_usual || (port && ep->port != other->port)))
		return put_other(ctx, lit->at, port, ep, why);
	return edit_put(&ctx->msg.buf, &ctx->edits, lit->at, other->text,
			port ? other->all : other->len, why);
}

int literal_map(struct alg_ctx *ctx, const struct literal *lit)
{
	int rc = claim(ctx, lit);

	if (rc <= 0)
		return rc;
	rc = put_literal(ctx, lit);
	return rc ? rc : 1;
}

static void clear_ours(struct alg_ctx *ctx, const struct literal *lit)
{
	struct alg_ep ep = ctx->pkt->wan;
	struct alg_bind bind;

	/* a phone may list an old public contact behind the one it uses, and
	 * send callers to its voice mail
	 */
	if (!lit->learns || ctx->wrote & lit->ours || ctx->msg.status >= 300)
		return;
	ep.port = lit->port_num;
	if (ctx->host->bind_in(ctx, &ep, &bind) || !(bind.flags & lit->ours))
		return;
	ctx->host->bind_flags(ctx, &bind, bind.flags & (u8)~lit->ours);
	ctx->bind_port = ALG_NO_PORT;
}

void literal_pass(struct alg_ctx *ctx, const struct literal *lit)
{
	const struct edit_why kept = { lit->field, ALG_REASON_KEPT_NOT_OURS };

	if (ctx->pkt->dir == ALG_OUT &&
	    addr_is(&ctx->msg.buf, lit->host, ctx->other))
		clear_ours(ctx, lit);
	plan_note_private(ctx, lit->host, kept);
}

int literal_replace_ip(struct alg_ctx *ctx, struct span at, u8 field)
{
	const struct alg_bind *bind = &ctx->bind;
	struct edit_why why = why_edit(ctx, field);

	if (likely(ctx->bind_usual))
		return edit_put(&ctx->msg.buf, &ctx->edits, at,
				ctx->other->text, ctx->other->len, why);
	return plan_put_other_ip(ctx, at, ctx->pkt->dir == ALG_OUT ?
				 &bind->wan : &bind->lan, why);
}

int literal_replace_port(struct alg_ctx *ctx, struct span at, u16 port,
			 u8 field)
{
	char *room = edit_room(&ctx->edits);

	if (!room)
		return -E2BIG;
	edit_commit(&ctx->msg.buf, &ctx->edits, at, addr_put_port(room, port),
		    why_edit(ctx, field));
	return 0;
}

int literal_map_maddr(struct alg_ctx *ctx, struct span maddr,
		      const struct literal *lit)
{
	int rc;

	if (!addr_is(&ctx->msg.buf, maddr, ctx->own))
		return 0;
	rc = literal_claim(ctx, lit);
	if (rc <= 0)
		return rc;
	return literal_replace_ip(ctx, maddr, lit->field);
}
