// SPDX-License-Identifier: GPL-2.0-only
/*
 * note.c - literals that look private and were left, for those who ask (law
 * 9). Nothing here changes what happens to a message.
 */
#include "plan.h"
#include "route.h"
#include "uri.h"

void plan_note(struct alg_ctx *ctx, struct span text, struct edit_why why)
{
	struct alg_kept *kept;

	if (!(ctx->flags & ALG_CTX_NOTES) || ctx->nkept == ALG_MAX_KEPT)
		return;
	kept = &ctx->kept[ctx->nkept++];
	kept->text = text;
	kept->field = why.field;
	kept->reason = why.reason;
}

void plan_note_private(struct alg_ctx *ctx, struct span text,
		       struct edit_why why)
{
	u32 v4;

	if (ctx->flags & ALG_CTX_NOTES &&
	    !addr_parse4(&ctx->msg.buf, text, &v4) && addr_is_private4(v4))
		plan_note(ctx, text, why);
}

static void note_identity(struct alg_ctx *ctx, enum sip_hdr_id id, u8 field)
{
	const struct edit_why why = { field, ALG_REASON_KEPT_IDENTITY };
	struct span value = sip_msg_value(&ctx->msg, id);
	struct sip_addr addr;
	struct sip_uri uri;
	u32 pos = value.off;

	if (sip_addr_next(&ctx->msg.buf, value, &pos, &addr) == 1 &&
	    !sip_uri_parse(&ctx->msg.buf, addr.uri, &uri) &&
	    uri.scheme != SIP_SCHEME_OTHER)
		plan_note_private(ctx, uri.host, why);
}

static void note_call_id(struct alg_ctx *ctx)
{
	const struct edit_why why = { ALG_FIELD_CALL_ID,
				      ALG_REASON_KEPT_CALL_ID };
	struct span id = sip_msg_value(&ctx->msg, SIP_HDR_CALL_ID);
	u32 at = span_find(&ctx->msg.buf, id.off, span_end(id), '@');

	if (at < span_end(id))
		plan_note_private(ctx, span_make(at + 1, span_end(id)), why);
}

void plan_note_headers(struct alg_ctx *ctx)
{
	note_identity(ctx, SIP_HDR_FROM, ALG_FIELD_FROM);
	note_identity(ctx, SIP_HDR_TO, ALG_FIELD_TO);
	note_call_id(ctx);
}
