// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan_via.c - [6] the topmost Via: the LAN host's own on the way out, and
 * what came back of it.
 */
#include "plan.h"
#include "literal.h"
#include "param.h"
#include "via.h"

/* Are these the digits of our own port? They are in our rendered address. */
static inline bool is_own_port(const struct alg_ctx *ctx, struct span digits)
{
	const struct addr_text *own = ctx->own;

	/* at most five digits, and lines of the message behind them */
	return own->len && digits.len == own->all - own->len - 1 &&
	       !span_keep(span_load64(&ctx->msg.buf, digits.off) ^
			  port_load64(own->text + own->len + 1), digits.len);
}

/* rport of a response: the LAN host's port, when it is ours (F6). */
static port_noinline int map_other_rport(struct alg_ctx *ctx,
					 const struct sip_via *via)
{
	const struct alg_pkt *pkt = ctx->pkt;
	u32 port;
	int rc;

	if (!via->rport.len ||
	    span_u32(&ctx->msg.buf, via->rport, 65535, &port))
		return 0;
	if (port == pkt->wan.port && port == pkt->lan.port)
		return 0;
	if (port == pkt->wan.port)
		return literal_replace_port(ctx, via->rport, pkt->lan.port,
					    ALG_FIELD_VIA);
	rc = literal_bind(ctx, (u16)port);
	if (rc)
		return rc == -ENOENT ? 0 : rc;
	return literal_replace_port(ctx, via->rport, ctx->bind.lan.port,
				    ALG_FIELD_VIA);
}

/* The same on both sides, mostly. */
static inline int map_rport(struct alg_ctx *ctx, const struct sip_via *via)
{
	const struct alg_pkt *pkt = ctx->pkt;

	if (likely(pkt->wan.port == pkt->lan.port &&
		   is_own_port(ctx, via->rport)))
		return 0;
	return map_other_rport(ctx, via);
}

/*
 * received and rport of a response, as the LAN host would have them. With a
 * name in sent-by they are ours if anything else that it writes is.
 */
static int map_received(struct alg_ctx *ctx, const struct sip_via *via,
			bool ours)
{
	const struct literal lit = {
		.port_num = ctx->pkt->wan.port,
		.ours = ALG_BIND_VIA_OURS | ALG_BIND_CONTACT_OURS,
	};
	const struct sip_buf *b = &ctx->msg.buf;
	int rc;

	if (!addr_is(b, via->received, ctx->own))
		return ours ? map_rport(ctx, via) : 0;
	if (!ours) {
		if (addr_is(b, via->host, ctx->own))
			return 0;
		rc = literal_claim(ctx, &lit);
		if (rc <= 0)
			return rc;
	}
	rc = literal_replace_ip(ctx, via->received, ALG_FIELD_VIA);
	return rc ? rc : map_rport(ctx, via);
}

/*
 * The parameters of a Via. The branch is what register_step() asks for. @ours:
 * sent-by was mapped.
 */
static int map_via_params(struct alg_ctx *ctx, struct sip_via *via,
			  const struct literal *lit, bool ours)
{
	const struct sip_buf *b = &ctx->msg.buf;
	struct span params = via->params;
	u32 from;
	int rc;

	if (ctx->pkt->dir == ALG_IN) {
		sip_via_params(b, via);
		ctx->branch = via->branch;
		rc = 0;
		if (unlikely(via->maddr.len))
			rc = literal_map_maddr(ctx, via->maddr, lit);
		return rc < 0 ? rc : map_received(ctx, via, ours);
	}
	from = params.off;
	if (ctx->msg.method == SIP_METHOD_REGISTER) {
		ctx->branch = sip_via_branch(b, params);
		/* mostly the first: what is in it is no address of ours */
		if (ctx->branch.off == from + sizeof("branch="))
			from = span_end(ctx->branch);
	}
	if (literal_find(ctx, from, span_end(params)) == span_end(params))
		return 0;
	rc = literal_map_maddr(ctx, sip_param_find(b, params, "maddr"), lit);
	return rc < 0 ? rc : 0;
}

/* sent-by, whatever it looks like. Return: as literal_map(). */
static int map_any_via(struct alg_ctx *ctx, struct span value,
		       struct sip_via *via, struct literal *lit)
{
	const struct sip_buf *b = &ctx->msg.buf;

	if (sip_via_sent_by(b, value, via))
		return -EBADMSG;
	lit->host = via->host;
	lit->at = sip_via_hostport(via);
	lit->port = via->port.len;
	lit->port_num = via->port_num;
	lit->default_port = via->default_port;
	if (addr_is(b, via->host, ctx->own))
		return literal_map(ctx, lit);
	literal_pass(ctx, lit);
	return 0;
}

/* The usual Via: our literal behind "SIP/2.0/UDP ". */
static inline bool read_usual_via(const struct alg_ctx *ctx,
				  struct span value, struct sip_via *via,
				  struct literal *lit)
{
	u32 from = sip_via_host(&ctx->msg.buf, value);
	u32 end = span_end(value);
	u32 at;

	lit->default_port = ALG_SIP_PORT;
	if (!from)
		return false;
	at = literal_read(ctx, from, end, lit);
	if (!at)
		return false;
	via->host = lit->host;
	via->params = span_make(at, end);
	return true;
}

int plan_via(struct alg_ctx *ctx)
{
	struct span value = sip_msg_needed(&ctx->msg, SIP_HDR_VIA);
	struct literal lit = {
		.noport = ALG_BIND_VIA_NOPORT,
		.ours = ALG_BIND_VIA_OURS,
		.learns = true,
		.field = ALG_FIELD_VIA,
	};
	struct sip_via via;
	int ours;

	if (likely(read_usual_via(ctx, value, &via, &lit)))
		ours = literal_map(ctx, &lit);
	else
		ours = map_any_via(ctx, value, &via, &lit);
	if (ours < 0)
		return ours;
	if (ours)
		ctx->via_port = ctx->bind.lan.port;
	return map_via_params(ctx, &via, &lit, ours);
}
