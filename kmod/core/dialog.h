/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dialog.h - registrations (RFC 3261 10) and INVITE dialogs (12, 13, 15) as
 * state machines over plain structs.
 *
 * They read a parsed message and what the host has stored, and write
 * ctx->step. They store nothing themselves: the host carries the step out
 * when the message leaves. A retransmission makes the same step again.
 */
#ifndef SIPALG_CORE_DIALOG_H
#define SIPALG_CORE_DIALOG_H

#include "alg.h"

/**
 * alg_reg_key() - key of a registration
 * @b: the message
 * @user: user part of the To URI
 * @host: host part of the To URI
 * @lan: the LAN host's side of the flow
 * @seed: secret of the host
 */
u64 alg_reg_key(const struct sip_buf *b, struct span user, struct span host,
		const struct alg_ep *lan, u64 seed);

/**
 * alg_call_key() - key of an INVITE dialog
 * @b: the message
 * @call_id: value of Call-ID
 * @caller_tag: hash of the caller's tag, 0 without one
 * @lan: the LAN host; its port does not count
 * @seed: secret of the host
 */
u64 alg_call_key(const struct sip_buf *b, struct span call_id, u64 caller_tag,
		 const struct alg_ep *lan, u64 seed);

/**
 * dialog_has_sdp() - may this message carry offer or answer of a call?
 * @msg: a parsed message
 *
 * True for INVITE, ACK, PRACK, UPDATE and their 1xx and 2xx.
 */
bool dialog_has_sdp(const struct sip_msg *msg);

/**
 * dialog_step() - the dialog of this message, and what it does to it
 * @ctx: message parsed; sets ctx->call and ctx->step for ALG_STEP_CALL_*
 */
void dialog_step(struct alg_ctx *ctx);

/**
 * dialog_adopt() - begin a dialog that was set up before we saw it
 * @ctx: no dialog found, and its session description needs pinholes
 *
 * Return: 0; -ENOENT when the message cannot belong to a dialog.
 */
int __must_check dialog_adopt(struct alg_ctx *ctx);

/**
 * dialog_hold() - the newest session description of the sender's side
 * @ctx: after dialog_step()
 * @hold: all its streams are sendonly, inactive or at 0.0.0.0
 */
void dialog_hold(struct alg_ctx *ctx, bool hold);

/**
 * struct dialog_contact - our own Contact of a REGISTER or its answer
 * @bind: its binding
 * @uri: the URI in the message
 * @expires: its expires parameter
 * @found: there is one
 * @star: Contact: *
 * @has_expires: @expires was given
 */
struct dialog_contact {
	struct alg_bind bind;
	struct span uri;
	u32 expires;
	bool found;
	bool star;
	bool has_expires;
};

/**
 * dialog_register() - what a REGISTER or its answer does
 * @ctx: after planning; sets ctx->step for ALG_STEP_REG_*
 * @own: our own contact in it
 */
void dialog_register(struct alg_ctx *ctx, const struct dialog_contact *own);

#endif /* SIPALG_CORE_DIALOG_H */
