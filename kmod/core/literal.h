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

#endif /* SIPALG_CORE_LITERAL_H */
