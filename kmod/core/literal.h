/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * literal.h - one IP literal in a header: is it ours, and what stands for it
 * on the other side?
 *
 * The one place where a literal is claimed and replaced (law 4).
 */
#ifndef SIPALG_CORE_LITERAL_H
#define SIPALG_CORE_LITERAL_H

#include "alg.h"

/**
 * struct literal - host and port somewhere in a header
 * @host: the host
 * @at: host and port
 * @port_num: the port, or its default
 * @default_port: what a missing port means
 * @noport: ALG_BIND_*_NOPORT of this header
 * @ours: ALG_BIND_*_OURS of this header
 * @learns: the LAN host writes of itself here: how it does is remembered
 * @field: enum alg_field
 * @port: it has a port
 */
struct literal {
	struct span host;
	struct span at;
	u16 port_num;
	u16 default_port;
	u8 noport;
	u8 ours;
	u8 field;
	bool learns;
	bool port;
};

/**
 * literal_bind() - the binding of one port, asked of the host once
 * @ctx: context; the binding is in ctx->bind
 * @port: LAN port on the way out, outside port on the way in
 *
 * Return: 0 or what the host answered.
 */
int __must_check literal_bind(struct alg_ctx *ctx, u16 port);

/**
 * literal_claim() - the binding behind a literal with our address
 * @ctx: context
 * @lit: the literal
 *
 * Return: 1 when it is ours, ctx->bind tells which; 0 when not; or an error
 * of the host.
 */
int __must_check literal_claim(struct alg_ctx *ctx, const struct literal *lit);

/**
 * literal_map() - claim a literal with our address and plan its edit
 * Return: as literal_claim(), or -E2BIG.
 */
int __must_check literal_map(struct alg_ctx *ctx, const struct literal *lit);

/**
 * literal_pass() - a literal that is not ours
 * @ctx: context
 * @lit: the literal
 *
 * A LAN host that writes our outside address in a field has learnt it: what
 * comes back there is left alone from now on.
 */
void literal_pass(struct alg_ctx *ctx, const struct literal *lit);

/**
 * literal_replace_ip() - an address alone, by that of ctx->bind
 * @ctx: context
 * @at: the address
 * @field: enum alg_field
 *
 * Return: 0 or -E2BIG.
 */
int __must_check literal_replace_ip(struct alg_ctx *ctx, struct span at,
				    u8 field);

/**
 * literal_replace_port() - a port alone
 * Return: 0 or -E2BIG.
 */
int __must_check literal_replace_port(struct alg_ctx *ctx, struct span at,
				      u16 port, u8 field);

/**
 * literal_map_maddr() - maddr says where to send instead of host
 * @ctx: context
 * @maddr: its value
 * @lit: the host that it stands for: it is ours as that would be
 *
 * Return: as literal_map().
 */
int __must_check literal_map_maddr(struct alg_ctx *ctx, struct span maddr,
				   const struct literal *lit);

/**
 * literal_find() - where our address comes next in [from, end)
 * Return: its offset, @end if it is nowhere. For notes every address is
 * looked at: then it is @from.
 */
static inline u32 literal_find(const struct alg_ctx *ctx, u32 from, u32 end)
{
	if (unlikely(ctx->flags & ALG_CTX_NOTES))
		return from;
	if (end - from < ctx->own->len)
		return end;
	return addr_find(&ctx->msg.buf, from, end, ctx->own);
}

/**
 * literal_read() - our address, if it stands at @from, and its port
 * @ctx: context
 * @from: where a host begins
 * @end: limit
 * @lit: @default_port is set; host and port are the result
 *
 * Return: where what follows begins; 0 when it is another address, or white
 * space or anything else unusual follows.
 */
static inline port_inline u32
literal_read(const struct alg_ctx *ctx, u32 from, u32 end, struct literal *lit)
{
	const struct sip_buf *b = &ctx->msg.buf;
	u32 pos = from + ctx->own->len;
	u32 port;
	int at;

	lit->host = span_make(from, pos);
	lit->port_num = ctx->own->port;
	lit->port = true;
	if (likely(addr_port_at(b, from, end, ctx->own))) {
		pos = from + ctx->own->all;
	} else if (!addr_at(b, from, end, ctx->own)) {
		return 0;
	} else if (pos < end && b->data[pos] == ':') {
		at = span_number(b, pos + 1, end, 65535, &port);
		if (at < 0 || !port)
			return 0;
		lit->port_num = (u16)port;
		pos = (u32)at;
	} else {
		lit->port_num = lit->default_port;
		lit->port = false;
	}
	lit->at = span_make(from, pos);
	if (pos == end || b->data[pos] == ';' || b->data[pos] == '>' ||
	    b->data[pos] == ',' || b->data[pos] == '?')
		return pos;
	return 0;
}

#endif /* SIPALG_CORE_LITERAL_H */
