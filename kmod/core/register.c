// SPDX-License-Identifier: GPL-2.0-only
/*
 * register.c - [5] registrations advance.
 *
 * Only a 2xx that belongs to the newest REGISTER - same Call-ID, CSeq and
 * branch - makes one active, for the time that it grants (SEC-6). A refresh
 * that is challenged or refused takes nothing away.
 */
#include "register.h"
#include "contact.h"
#include "uri.h"

/* What a REGISTER asks that says nothing: RFC 3261 10.2.1.1 leaves it open. */
enum { DEFAULT_EXPIRES = 3600 };

u64 alg_reg_key(const struct sip_buf *b, struct span aor,
		const struct alg_pkt *pkt, u16 port)
{
	u64 who = pkt->lan.w[0] ^ (pkt->peer.w[0] << 32 | pkt->peer.w[0] >> 32);

	return span_hash(b, aor, span_mix(pkt->seed ^ who,
					  pkt->lan.w[1] + port));
}

/* The To URI, whatever it looks like. */
static int read_aor(const struct sip_buf *b, struct span to,
		    struct sip_uri *uri)
{
	struct sip_addr addr;
	u32 pos = to.off;

	if (sip_addr_next(b, to, &pos, &addr) != 1 ||
	    sip_uri_parse(b, addr.uri, uri) ||
	    uri->scheme == SIP_SCHEME_OTHER)
		return -ENOENT;
	return 0;
}

/* The '<' of a To, behind a name in quotes without escapes mostly. */
static inline u32 find_uri(const struct sip_buf *b, struct span to)
{
	u32 end = span_end(to);
	u32 at = to.off;

	if (b->data[at] == '"') {
		at = span_seek(b, at + 1, end, '"');
		if (at + 3 < end && b->data[at - 1] != '\\' &&
		    b->data[at + 1] == ' ')
			at += 2;
	}
	return at < end && b->data[at] == '<' ? at :
	       span_rfind(b, to.off, end, '<');
}

/*
 * The usual one: "Name" <sip:user@host>, without password and port. Return:
 * user@host, {0, 0} for any other.
 */
static inline struct span read_usual_aor(const struct sip_buf *b,
					 struct span to)
{
	u32 from = find_uri(b, to) + 5;
	const char *p = b->data + from;
	const char *end = b->data + span_end(to);
	u64 hits;

	if (unlikely(p >= end || span_end(to) + 8 > b->len ||
		     !sip_uri_is_sip(b, from - 4)))
		return (struct span){ 0, 0 };
	for (; p < end; p += 8) {
		/* ':' ';' '>' or '?', which differ in two bits */
		hits = (((port_load64(p) | 5 * SPAN_ONES) ^ '?' * SPAN_ONES) -
			SPAN_ONES) & 0x80 * SPAN_ONES;
		if (!hits)
			continue;
		p += port_ctz64(hits) / 8;
		if (p < end && (*p == '>' || *p == ';'))
			return span_make(from, (u32)(p - b->data));
		break;
	}
	return (struct span){ 0, 0 };
}

/* The AOR of the To URI, for the key and for people. */
static int find_aor(struct alg_ctx *ctx, u64 *key)
{
	const struct sip_buf *b = &ctx->msg.buf;
	struct span to = sip_msg_needed(&ctx->msg, SIP_HDR_TO);
	struct span aor = read_usual_aor(b, to);
	struct sip_uri uri;

	ctx->step.aor = aor;
	if (!aor.len) {
		if (read_aor(b, to, &uri))
			return -ENOENT;
		aor = uri.host;
		if (uri.user.len)
			aor = span_make(uri.user.off, span_end(uri.host));
		/* never show a password (SEC-22) */
		ctx->step.aor = uri.password ? uri.host : aor;
	}
	/* the answer may come by another flow, to the port of the Via */
	*key = alg_reg_key(b, aor, ctx->pkt, ctx->via_port);
	return 0;
}

static u32 hash_branch(const struct alg_ctx *ctx)
{
	if (!ctx->branch.len)
		return 0;
	return (u32)span_hash(&ctx->msg.buf, ctx->branch, ctx->pkt->seed);
}

static u32 hash_call_id(const struct alg_ctx *ctx)
{
	return (u32)span_hash(&ctx->msg.buf,
			      sip_msg_needed(&ctx->msg, SIP_HDR_CALL_ID),
			      ctx->pkt->seed);
}

/* The contact's own expires, the Expires header, or @otherwise. */
static u32 find_expires(const struct alg_ctx *ctx,
			const struct reg_contact *own, u32 otherwise)
{
	struct span value = sip_msg_value(&ctx->msg, SIP_HDR_EXPIRES);
	u32 expires;

	if (own->has_expires)
		return own->expires;
	if (!sip_expires_parse(&ctx->msg.buf, value, &expires))
		return expires;
	return otherwise;
}

static void name_contact(struct alg_step *step, const struct reg_contact *own)
{
	if (own->found) {
		step->lan_contact = own->lan;
		step->wan_contact = own->wan;
		step->contact = own->uri;
		return;
	}
	memset(&step->lan_contact, 0, sizeof(step->lan_contact));
	memset(&step->wan_contact, 0, sizeof(step->wan_contact));
	step->contact = (struct span){ 0, 0 };
}

static void take_register(struct alg_ctx *ctx, const struct reg_contact *own,
			  u64 key)
{
	struct alg_reg *reg = &ctx->step.reg;
	const struct alg_reg *old;
	u32 call_id = hash_call_id(ctx);
	u32 asked = own->star ? 0 : find_expires(ctx, own, DEFAULT_EXPIRES);

	old = ctx->host->reg_find(ctx, key);
	if (!old && !asked)
		return;
	/* a REGISTER that was overtaken by a newer one */
	if (old && old->call_id == call_id && ctx->msg.cseq < old->cseq)
		return;
	if (old) {
		*reg = *old;
	} else {
		reg->expires = 0;
		reg->state = ALG_REG_PENDING;
	}
	reg->key = key;
	reg->call_id = call_id;
	reg->branch = hash_branch(ctx);
	reg->cseq = ctx->msg.cseq;
	reg->asked = asked;
	name_contact(&ctx->step, own);
	ctx->step.what = ALG_STEP_REG_PENDING;
}

/* Answers after which the phone tries again at once. */
static bool is_retried(u16 status)
{
	return status == 401 || status == 407 || status == 423 ||
	       status == 491 || status == 494;
}

static void take_answer(struct alg_ctx *ctx, const struct reg_contact *own,
			u64 key)
{
	const struct alg_reg *old = ctx->host->reg_find(ctx, key);
	struct alg_step *step = &ctx->step;
	u16 status = ctx->msg.status;

	if (!old || old->cseq != ctx->msg.cseq ||
	    old->call_id != hash_call_id(ctx) ||
	    old->branch != hash_branch(ctx))
		return;
	step->reg = *old;
	name_contact(step, own);
	if (status >= 300) {
		if (old->state == ALG_REG_PENDING && !is_retried(status))
			step->what = ALG_STEP_REG_FAILED;
		return;
	}
	/* another contact of this host may stay when one is removed */
	step->reg.expires = own->has_expires ? own->expires :
			    old->asked ? find_expires(ctx, own, old->asked) : 0;
	if (!step->reg.expires) {
		step->what = ALG_STEP_REG_END;
		return;
	}
	step->reg.state = ALG_REG_ACTIVE;
	step->what = ALG_STEP_REG_ACTIVE;
}

void register_step(struct alg_ctx *ctx, const struct reg_contact *own)
{
	u16 status = ctx->msg.status;
	u64 key;

	if (!status && ctx->pkt->dir == ALG_OUT) {
		if ((own->found || own->star) && !find_aor(ctx, &key))
			take_register(ctx, own, key);
	} else if (status >= 200 && ctx->pkt->dir == ALG_IN) {
		if (!find_aor(ctx, &key))
			take_answer(ctx, own, key);
	}
}
