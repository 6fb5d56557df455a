/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dialog.h - INVITE dialogs (RFC 3261 12, 13, 15) as a state machine over a
 * plain struct.
 *
 * It reads a parsed message and what the host has stored, and writes
 * ctx->step. It stores nothing itself: the host carries the step out when
 * the message leaves. A retransmission makes the same step again.
 */
#ifndef SIPALG_CORE_DIALOG_H
#define SIPALG_CORE_DIALOG_H

#include "alg.h"

/**
 * alg_call_key() - key of an INVITE dialog
 * @b: the message
 * @call_id: value of Call-ID
 * @caller_tag: the caller's tag
 * @dir: direction of the initial INVITE: two phones at one LAN address that
 *	call each other by a proxy outside have two dialogs
 * @pkt: lan (its port does not count) and seed are read
 */
u64 alg_call_key(const struct sip_buf *b, struct span call_id,
		 struct span caller_tag, u8 dir, const struct alg_pkt *pkt);

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
 * dialog_finish() - settle ctx->step once everything is planned
 * @ctx: after plan_sdp()
 */
void dialog_finish(struct alg_ctx *ctx);

#endif /* SIPALG_CORE_DIALOG_H */
