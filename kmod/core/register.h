/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * register.h - registrations (RFC 3261 10) as a state machine over a plain
 * struct. As in dialog.h nothing is stored here.
 */
#ifndef SIPALG_CORE_REGISTER_H
#define SIPALG_CORE_REGISTER_H

#include "alg.h"

/**
 * struct reg_contact - our own Contact of a REGISTER or of its answer
 * @lan: where it leads to
 * @wan: what the registrar sees of it
 * @uri: the URI in the message
 * @expires: its expires parameter
 * @found: there is one
 * @star: Contact: *
 * @has_expires: @expires was given
 */
struct reg_contact {
	struct alg_ep lan;
	struct alg_ep wan;
	struct span uri;
	u32 expires;
	bool found;
	bool star;
	bool has_expires;
};

/**
 * alg_reg_key() - key of a registration
 * @b: the message
 * @aor: user@host of the To URI
 * @pkt: LAN host and registrar; a phone may register at two registrars
 * @port: port of the LAN host, in host byte order
 *
 * Return: 64 bits that the secret of @pkt keys.
 */
u64 alg_reg_key(const struct sip_buf *b, struct span aor,
		const struct alg_pkt *pkt, u16 port);

/**
 * register_step() - what a REGISTER or its answer does
 * @ctx: headers planned; sets ctx->step for ALG_STEP_REG_*
 * @own: our own contact in it
 */
void register_step(struct alg_ctx *ctx, const struct reg_contact *own);

#endif /* SIPALG_CORE_REGISTER_H */
