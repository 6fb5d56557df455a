// SPDX-License-Identifier: GPL-2.0-only
/*
 * props.c - the laws of the core as checks on a finished run.
 *
 * Knows nothing of what a message says; only that what leaves must be true.
 */
#include <stdlib.h>
#include "body.h"
#include "props.h"
#include "text.h"

enum { PROPS_MAX = 80000 };

size_t props_output(const struct alg_ctx *ctx, const struct alg_pkt *pkt,
		    char *out, size_t size)
{
	int n;

	if (ctx->verdict != ALG_REWRITE) {
		if (pkt->len > size)
			return 0;
		memcpy(out, pkt->data, pkt->len);
		return pkt->len;
	}
	n = edit_apply(pkt->data, pkt->len, &ctx->edits, out, (u32)size);
	return n < 0 ? 0 : (size_t)n;
}

static bool has_prefix(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

/* Verdict and counter tell the same story. */
static const char *check_reason(const struct alg_ctx *ctx)
{
	const char *name = alg_reason_name(ctx->reason);

	if (ctx->verdict == ALG_PASS)
		return ctx->reason == ALG_REASON_NONE ? NULL :
			"a reason for what is no SIP";
	if (!ctx->reason || ctx->reason >= ALG_COUNTER_MAX)
		return "a message without a counter";
	if (ctx->verdict == ALG_SAME && !has_prefix(name, "same_"))
		return "SAME with another counter";
	if (ctx->verdict == ALG_REWRITE && !has_prefix(name, "edit_"))
		return "REWRITE with another counter";
	if (ctx->verdict == ALG_RAW && !has_prefix(name, "raw_"))
		return "RAW with another counter";
	if (ctx->verdict == ALG_DROP)
		return "dropped (law 3)";
	return NULL;
}

/* An address, a port, ':' and blanks: law 4 edits nothing else. */
static bool is_literal(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!strchr("0123456789.: \t\r\n", s[i]) || !s[i])
			return false;
	return true;
}

/* The one text that is ever inserted: where RTCP went (RFC 3605). */
static bool is_rtcp_line(const char *s, size_t len)
{
	size_t skip = *s == '\r' ? 2 : 1;

	return len > skip + 7 && !memcmp(s + skip, "a=rtcp:", 7) &&
	       span_is_digit(s[skip + 7]);
}

static const char *check_edits(const struct alg_ctx *ctx)
{
	const struct edit_list *l = &ctx->edits;
	const char *data = ctx->pkt->data;
	u32 end = 0;
	s32 delta = 0;
	unsigned int i;

	if (ctx->verdict == ALG_REWRITE ? !l->n : l->n)
		return "edits without REWRITE, or the reverse";
	for (i = 0; i < l->n; i++) {
		const struct edit *e = &l->edit[i];
		const char *text = edit_text(e);

		if (e->at.off < end || span_end(e->at) > ctx->pkt->len)
			return "edits out of order, overlapping or outside";
		end = span_end(e->at);
		delta += e->len - e->at.len;
		if (!is_literal(data + e->at.off, e->at.len))
			return "something else than an address is replaced";
		if (!is_literal(text, e->len) &&
		    !(e->at.len == 0 && is_rtcp_line(text, e->len)))
			return "something else than an address is written";
		if (e->at.len == e->len &&
		    !memcmp(data + e->at.off, text, e->len))
			return "an edit that changes nothing";
	}
	if (delta != l->delta)
		return "delta is not the sum of the edits";
	return NULL;
}

/* Content-Length of the output is true if that of the input was. */
static const char *check_length(const struct sip_msg *in,
				const struct sip_msg *out)
{
	struct span v = sip_msg_value(out, SIP_HDR_CONTENT_LENGTH);
	u32 said, rest;

	if (!sip_msg_has(out, SIP_HDR_CONTENT_LENGTH))
		return NULL;
	if (span_u32(&out->buf, v, SIP_MAX_LEN, &said))
		return "Content-Length cannot be read any more";
	if (said != out->body.len)
		return "Content-Length is not the body";
	rest = out->buf.len - span_end(out->body);
	if (rest != in->buf.len - span_end(in->body))
		return "Content-Length ends elsewhere than before";
	return NULL;
}

/* Changed where it stands, it is the same message. */
static bool is_same_inplace(const struct alg_ctx *ctx, const char *out,
			    size_t len)
{
	size_t room = len > ctx->pkt->len ? len : ctx->pkt->len;
	char *text = guard_room(room);
	bool same;

	memcpy(text, ctx->pkt->data, ctx->pkt->len);
	edit_inplace(text, ctx->pkt->len, &ctx->edits);
	same = !memcmp(text, out, len);
	guard_free(text, room);
	return same;
}

static const char *check_output(const struct alg_ctx *ctx, const char *out,
				size_t len)
{
	static struct sip_msg msg;

	if (!len)
		return "the edits cannot be applied";
	if (len != ctx->pkt->len + (size_t)ctx->edits.delta)
		return "the output has another length than announced";
	if (!is_same_inplace(ctx, out, len))
		return "edit_inplace() writes another message";
	if (sip_msg_parse(&msg, out, (u32)len))
		return "the output is no SIP message any more";
	if (msg.nlines != ctx->msg.nlines || msg.method != ctx->msg.method ||
	    msg.status != ctx->msg.status || msg.cseq != ctx->msg.cseq)
		return "the output is another message";
	return check_length(&ctx->msg, &msg);
}

/* The same bytes come out when the same message comes in again. */
static const char *check_again(const struct alg_ctx *ctx,
			       const struct fakehost *after, const char *out,
			       size_t len)
{
	static struct fakehost fh;
	static struct alg_ctx twice;
	static char out2[PROPS_MAX];
	struct alg_pkt pkt = *ctx->pkt;

	fh = *after;
	fakehost_run(&fh, &twice, &pkt);
	if (props_output(&twice, &pkt, out2, sizeof(out2)) != len ||
	    memcmp(out, out2, len))
		return "a retransmission leaves differently";
	pkt.data = out;
	pkt.len = (u32)len;
	fh = *after;
	fakehost_run(&fh, &twice, &pkt);
	if (twice.verdict == ALG_REWRITE)
		return "the output would be rewritten again";
	return NULL;
}

/*
 * Nothing of ours is in it, so that without notes nobody reads it as a whole:
 * then it does not come out either whether it is well-formed.
 */
static bool is_unread(const struct alg_ctx *ctx, const struct alg_ctx *other)
{
	if (ctx->verdict == ALG_RAW)
		return is_unread(other, ctx);
	return ctx->reason == ALG_REASON_SAME_PUBLIC &&
	       ctx->step.what == ALG_STEP_NONE &&
	       (other->reason == ALG_REASON_RAW_MALFORMED ||
		other->reason == ALG_REASON_RAW_LIMIT);
}

/*
 * An INVITE without an address of ours is not read any further without notes,
 * so that a dialog does not hear of it; with them it may.
 */
static bool is_unheard(const struct alg_ctx *ctx, const struct alg_ctx *other)
{
	const struct alg_ctx *brief = ctx->flags & ALG_CTX_NOTES ? other : ctx;

	return ctx->reason == ALG_REASON_SAME_PUBLIC &&
	       other->reason == ALG_REASON_SAME_PUBLIC &&
	       brief->step.what == ALG_STEP_NONE &&
	       brief->msg.method == SIP_METHOD_INVITE &&
	       brief->pkt->dir == ALG_OUT;
}

/* Who asks for notes gets them, and the same message. */
static const char *check_notes(const struct alg_ctx *ctx,
			       const struct fakehost *before)
{
	static struct fakehost fh;
	static struct alg_ctx other;
	struct alg_pkt pkt = *ctx->pkt;
	const struct edit_list *a = &ctx->edits, *b = &other.edits;
	unsigned int i;

	fh = *before;
	other.flags = ctx->flags ^ ALG_CTX_NOTES;
	fakehost_run(&fh, &other, &pkt);
	if (other.verdict != ctx->verdict && is_unread(ctx, &other))
		return NULL;
	if (is_unheard(ctx, &other))
		return NULL;
	if (other.verdict != ctx->verdict || other.reason != ctx->reason ||
	    other.step.what != ctx->step.what || a->n != b->n)
		return "another plan with notes than without";
	for (i = 0; i < a->n; i++)
		if (memcmp(&a->edit[i].at, &b->edit[i].at,
			   sizeof(a->edit[i].at)) ||
		    a->edit[i].len != b->edit[i].len ||
		    memcmp(edit_text(&a->edit[i]),
			   edit_text(&b->edit[i]), a->edit[i].len))
			return "another edit with notes than without";
	return NULL;
}

/* Law 2: a message that leaves as it came has opened nothing. */
static const char *check_host(const struct alg_ctx *ctx,
			      const struct fakehost *fh,
			      const struct fakehost *before)
{
	if (fh->misuse)
		return fh->misuse;
	if (alg_keeps_step(ctx))
		return NULL;
	if (fh->nbind != before->nbind || fh->nmedia != before->nmedia ||
	    fh->nreg != before->nreg || fh->ncall != before->ncall)
		return "something stays open for an unchanged message";
	return NULL;
}

const char *props_check(const struct alg_ctx *ctx, const struct fakehost *fh,
			const struct fakehost *before)
{
	static char out[PROPS_MAX];
	const char *broken;
	size_t len;

	broken = check_host(ctx, fh, before);
	if (!broken)
		broken = check_reason(ctx);
	if (!broken)
		broken = check_edits(ctx);
	if (!broken)
		broken = check_notes(ctx, before);
	if (broken || ctx->verdict != ALG_REWRITE)
		return broken;
	len = props_output(ctx, ctx->pkt, out, sizeof(out));
	broken = check_output(ctx, out, len);
	return broken ? broken : check_again(ctx, fh, out, len);
}
