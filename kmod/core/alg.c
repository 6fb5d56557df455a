// SPDX-License-Identifier: GPL-2.0-only
/*
 * alg.c - [3] what happens to one message, from parse to edit list.
 */
#include "dialog.h"
#include "plan.h"
#include "start.h"
#include "uri.h"

enum { MAX_DATAGRAM = 65507 };		/* UDP payload over IPv4 */

static u8 raw_reason(int rc)
{
	switch (rc) {
	case -E2BIG:
		return ALG_REASON_RAW_LIMIT;
	case -ENOSPC:
		return ALG_REASON_RAW_TABLE_FULL;
	case -ENOMEM:
		return ALG_REASON_RAW_NO_MEMORY;
	case -EBADMSG:
		return ALG_REASON_RAW_MALFORMED;
	}
	return ALG_REASON_RAW_REFUSED;
}

static enum alg_verdict leave(struct alg_ctx *ctx, enum alg_verdict verdict,
			      u8 reason)
{
	ctx->verdict = (u8)verdict;
	ctx->reason = reason;
	return verdict;
}

/* As it came, with nothing opened and nothing remembered (laws 2 and 3). */
static enum alg_verdict leave_raw(struct alg_ctx *ctx, int rc)
{
	edit_reset(&ctx->edits);
	ctx->step.what = ALG_STEP_NONE;
	return leave(ctx, ALG_RAW, raw_reason(rc));
}

static void reset(struct alg_ctx *ctx)
{
	const struct alg_pkt *pkt = ctx->pkt;

	edit_reset(&ctx->edits);
	ctx->nkept = 0;
	ctx->step.what = ALG_STEP_NONE;
	ctx->call = NULL;
	ctx->bind_port = ALG_NO_PORT;
	ctx->nown = 0;
	ctx->digest = false;
	ctx->in_dialog = false;
	ctx->from_tag = 0;
	ctx->to_tag = 0;
	ctx->branch = (struct span){ 0, 0 };
	ctx->via_port = pkt->lan.port;
	ctx->wrote = 0;
	ctx->own = pkt->dir == ALG_OUT ? pkt->lan_text : pkt->wan_text;
	ctx->other = pkt->dir == ALG_OUT ? pkt->wan_text : pkt->lan_text;
}

/*
 * Content-Length += what the body grew; none stays none (RFC 3261 18.3).
 * @i: its reserved edit
 */
static int plan_length(struct alg_ctx *ctx, u32 i, s32 delta)
{
	char *room = edit_room(&ctx->edits);
	u32 len = 0;

	if (!room)
		return -E2BIG;
	if (delta)
		len = addr_put_port(room, (u32)(ctx->msg.body.len + delta));
	edit_settle(&ctx->edits, i, len);
	return 0;
}

/* The body, and what its header says about its length. */
static int plan_body(struct alg_ctx *ctx)
{
	const struct edit_why why = { ALG_FIELD_CONTENT_LENGTH,
				      ALG_REASON_BODY_LENGTH };
	const struct sip_msg *msg = &ctx->msg;
	s32 before = ctx->edits.delta;
	int i, rc;

	if (!sip_msg_has(msg, SIP_HDR_CONTENT_LENGTH))
		return plan_sdp(ctx);
	i = edit_reserve(&ctx->edits,
			 sip_msg_value(msg, SIP_HDR_CONTENT_LENGTH), why);
	if (i < 0)
		return i;
	rc = plan_sdp(ctx);
	if (rc)
		return rc;
	return plan_length(ctx, (u32)i, ctx->edits.delta - before);
}

/* Is there a binding of this flow that what the LAN host wrote made? */
static bool has_written(struct alg_ctx *ctx)
{
	const u8 ours = ALG_BIND_VIA_OURS | ALG_BIND_CONTACT_OURS |
			ALG_BIND_ROUTE_OURS;
	struct alg_bind bind;

	return !ctx->host->bind_in(ctx, &ctx->pkt->wan, &bind) &&
	       bind.flags & ours;
}

/*
 * Law 1 at its cheapest: the LAN host's address stands nowhere in this
 * INVITE, so that nothing in it is ours. Where it does stand, the first Via
 * begins with it nearly always.
 */
static bool is_public(struct alg_ctx *ctx, u32 headers)
{
	const u32 via = headers + sizeof("Via: SIP/2.0/UDP ") - 1;
	const u32 len = ctx->pkt->len;

	return ctx->pkt->dir == ALG_OUT &&
	       ctx->msg.method == SIP_METHOD_INVITE &&
	       !(ctx->flags & ALG_CTX_NOTES) &&
	       !addr_at(&ctx->msg.buf, via, len, ctx->own) &&
	       addr_find(&ctx->msg.buf, headers, len, ctx->own) == len &&
	       !has_written(ctx);
}

/* Plan it all. @sdp: does anything change in the body? */
static int plan(struct alg_ctx *ctx, bool *sdp)
{
	u16 n;
	int rc;

	dialog_step(ctx);
	rc = plan_sip(ctx);
	if (rc)
		return rc;
	n = ctx->edits.n;
	ctx->has_sdp = false;
	if (ctx->msg.body.len && dialog_has_sdp(&ctx->msg))
		rc = plan_body(ctx);
	if (rc)
		return rc;
	*sdp = ctx->edits.n > n;
	if ((s32)ctx->msg.buf.len + ctx->edits.delta > MAX_DATAGRAM)
		return -E2BIG;
	return edit_check(&ctx->edits, ctx->msg.buf.len);
}

enum alg_verdict alg_run(struct alg_ctx *ctx)
{
	bool sdp = false;
	u32 headers;
	int rc;

	reset(ctx);
	rc = sip_msg_begin(&ctx->msg, ctx->pkt->data, ctx->pkt->len, &headers);
	if (rc == -ENOENT)
		return leave(ctx, ALG_PASS, ALG_REASON_NONE);
	if (rc)
		return leave_raw(ctx, rc);
	if (is_public(ctx, headers))
		return leave(ctx, ALG_SAME, ALG_REASON_SAME_PUBLIC);
	rc = sip_msg_finish(&ctx->msg, headers);
	if (!rc)
		rc = plan(ctx, &sdp);
	if (rc)
		return leave_raw(ctx, rc);
	dialog_finish(ctx);
	if (sdp)
		return leave(ctx, ALG_REWRITE, ALG_REASON_EDIT_SDP);
	if (ctx->edits.n)
		return leave(ctx, ALG_REWRITE,
			     sip_msg_is_request(&ctx->msg) ?
			     ALG_REASON_EDIT_REQUEST :
			     ALG_REASON_EDIT_RESPONSE);
	if (ctx->digest)
		return leave(ctx, ALG_RAW, ALG_REASON_RAW_DIGEST);
	return leave(ctx, ALG_SAME, ALG_REASON_SAME_PUBLIC);
}

bool alg_request_is_for(const char *data, u32 len, const struct alg_ep *wan,
			struct span *user)
{
	struct sip_buf b = { .data = data, .len = len };
	struct addr_text text;
	struct sip_start start;
	struct sip_uri uri;

	if (len > ALG_MAX_MSG || sip_start_parse(&b, &start) || start.status ||
	    sip_uri_parse(&b, start.ruri, &uri) ||
	    uri.scheme == SIP_SCHEME_OTHER || uri.port_num != wan->port)
		return false;
	if (user)
		*user = uri.user;
	addr_render(wan, &text);
	return addr_is(&b, uri.host, &text);
}
