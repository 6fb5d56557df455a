// SPDX-License-Identifier: GPL-2.0-only
/*
 * dialog.c - [5] INVITE dialogs advance.
 *
 * A message changes state only when Call-ID, tags, CSeq and direction fit
 * (SEC-18); one that does not is still rewritten. Nothing is stored here.
 */
#include "dialog.h"
#include "route.h"

#define METHOD(name)	(1u << SIP_METHOD_##name)

/* Call-ID and LAN address; a tag makes a key of it. */
static inline u64 call_base(const struct sip_buf *b, struct span call_id,
			    const struct alg_ep *lan, u64 seed)
{
	return span_hash(b, call_id, span_mix(seed ^ lan->w[0], lan->w[1]));
}

u64 alg_call_key(const struct sip_buf *b, struct span call_id,
		 struct span caller_tag, u8 dir, const struct alg_pkt *pkt)
{
	return span_mix(call_base(b, call_id, &pkt->lan, pkt->seed) + dir,
			span_hash(b, caller_tag, pkt->seed));
}

/* Which side sent the request of this transaction? */
static u8 request_dir(const struct alg_ctx *ctx)
{
	u8 dir = ctx->pkt->dir;

	return sip_msg_is_request(&ctx->msg) ? dir : !dir;
}

bool dialog_has_sdp(const struct sip_msg *msg)
{
	if (msg->status >= 300)
		return false;
	return 1u << msg->method & (METHOD(INVITE) | METHOD(ACK) |
				    METHOD(PRACK) | METHOD(UPDATE));
}

static inline u64 hash_tag(const struct alg_ctx *ctx, enum sip_hdr_id id)
{
	const struct sip_msg *msg = &ctx->msg;
	struct span tag = sip_addr_tag(&msg->buf, sip_msg_needed(msg, id));

	return tag.len ? span_hash(&msg->buf, tag, ctx->pkt->seed) : 0;
}

/* Can this message change a dialog, or carry its session description? */
static inline bool matters(const struct sip_msg *msg)
{
	u32 method = 1u << msg->method;

	if (!(method & (METHOD(INVITE) | METHOD(BYE) | METHOD(UPDATE) |
			METHOD(ACK) | METHOD(PRACK))))
		return false;
	if (method & (METHOD(ACK) | METHOD(PRACK)))
		return msg->body.len;
	return msg->status != 100 || msg->method != SIP_METHOD_INVITE;
}

/* The caller's tag is in From, or in To of what the callee sends. */
static void find_call(struct alg_ctx *ctx)
{
	const struct sip_msg *msg = &ctx->msg;
	const struct alg_host *host = ctx->host;
	u64 base = call_base(&msg->buf, sip_msg_needed(msg, SIP_HDR_CALL_ID),
			     &ctx->pkt->lan, ctx->pkt->seed);
	u8 dir = request_dir(ctx);
	u64 key;

	ctx->from_tag = hash_tag(ctx, SIP_HDR_FROM);
	ctx->to_tag = hash_tag(ctx, SIP_HDR_TO);
	key = span_mix(base + dir, ctx->from_tag);
	ctx->step.call.key = key;
	ctx->call = host->call_find(ctx, key);
	if (ctx->call || !ctx->to_tag)
		return;
	key = span_mix(base + !dir, ctx->to_tag);
	ctx->call = host->call_find(ctx, key);
}

/* Do tags and direction fit the dialog that was found? RFC 3261 12.2.2 */
static bool fits_call(const struct alg_ctx *ctx)
{
	const struct alg_call *call = ctx->call;
	u8 dir = request_dir(ctx);
	u64 other;

	if (ctx->from_tag == call->caller_tag && dir == call->dir)
		other = ctx->to_tag;
	else if (ctx->to_tag == call->caller_tag && dir != call->dir)
		other = ctx->from_tag;
	else
		return false;
	/* until the 2xx every branch of a forked call has its own tag */
	return call->state == ALG_CALL_EARLY || !call->callee_tag ||
	       other == call->callee_tag;
}

/* A bit for a hash: few branches seldom share one. */
static u64 hash_bit(u64 hash)
{
	return 1ULL << (hash & 63);
}

static u32 count_bits(u64 bits)
{
	u32 n = 0;

	for (; bits; bits &= bits - 1)
		n++;
	return n;
}

/*
 * The same INVITE by another branch is a fork of a proxy's to another contact
 * of this LAN host; a retransmission has the same Via to the byte.
 */
static void note_branch(struct alg_ctx *ctx, u8 dir)
{
	const struct sip_msg *msg = &ctx->msg;
	struct alg_call *call = &ctx->step.call;

	if (dir != ALG_IN)
		return;
	call->branches |= hash_bit(span_hash(&msg->buf,
					     sip_msg_value(msg, SIP_HDR_VIA),
					     ctx->pkt->seed));
}

static void begin_call(struct alg_ctx *ctx, u8 state)
{
	struct alg_call *call = &ctx->step.call;
	u8 dir = request_dir(ctx);
	u64 key = call->key;

	memset(call, 0, sizeof(*call));
	call->key = key;
	call->caller_tag = ctx->from_tag;
	call->callee_tag = ctx->to_tag;
	call->dir = dir;
	call->state = state;
	if (ctx->msg.method == SIP_METHOD_INVITE)
		call->invite_cseq[dir] = ctx->msg.cseq;
	if (sip_msg_is_request(&ctx->msg))
		note_branch(ctx, dir);
	if (sip_msg_is_request(&ctx->msg) && ctx->msg.body.len)
		call->offer = (u8)(1 << dir);
	ctx->step.what = ALG_STEP_CALL_NEW;
	ctx->in_dialog = true;
}

int dialog_adopt(struct alg_ctx *ctx)
{
	u16 status = ctx->msg.status;

	if (ctx->call || !ctx->to_tag)
		return -ENOENT;
	begin_call(ctx, status && status < 200 ? ALG_CALL_EARLY :
						 ALG_CALL_CONFIRMED);
	return 0;
}

/* Did the newest INVITE or UPDATE of this side bring an offer? RFC 3264 */
static void note_offer(struct alg_ctx *ctx, u8 bit)
{
	struct alg_call *call = &ctx->step.call;

	call->offer = (u8)(ctx->msg.body.len ? call->offer | bit :
					       call->offer & ~bit);
}

/* A branch was refused. Were there others? */
static bool is_ringing(struct alg_ctx *ctx)
{
	struct alg_call *call = &ctx->step.call;

	call->refused |= hash_bit(ctx->to_tag);
	return count_bits(call->refused) < count_bits(call->branches);
}

static u8 invite_offer(u8 dir)
{
	return (u8)(1 << dir);
}

static u8 update_offer(u8 dir)
{
	return (u8)(4 << dir);
}

static void take_request(struct alg_ctx *ctx, u8 dir)
{
	struct alg_call *call = &ctx->step.call;
	u32 cseq = ctx->msg.cseq;

	switch (ctx->msg.method) {
	case SIP_METHOD_INVITE:
		/* an older one is a retransmission that lost its way */
		if (cseq < call->invite_cseq[dir])
			break;
		if (cseq > call->invite_cseq[dir]) {
			call->branches = 0;
			call->refused = 0;
		}
		call->invite_cseq[dir] = cseq;
		note_branch(ctx, dir);
		note_offer(ctx, invite_offer(dir));
		break;
	case SIP_METHOD_UPDATE:
		note_offer(ctx, update_offer(dir));
		break;
	case SIP_METHOD_BYE:
		/* an early dialog ends with its INVITE, RFC 3261 15 */
		if (call->state == ALG_CALL_EARLY)
			break;
		call->bye |= (u8)(1 << dir);
		call->bye_cseq[dir] = cseq;
		break;
	}
}

/* RFC 3261 12.2.1.2: these say that the other side has no such dialog. */
static bool is_gone(u16 status)
{
	return status == 481 || status == 408;
}

static u8 answer_invite(struct alg_ctx *ctx, u8 dir)
{
	struct alg_call *call = &ctx->step.call;
	u16 status = ctx->msg.status;
	bool offered = call->offer & invite_offer(dir);

	if (status < 200) {
		if (call->state == ALG_CALL_EARLY && !call->callee_tag)
			call->callee_tag = ctx->to_tag;
		return ALG_STEP_NONE;
	}
	if (status < 300) {
		if (call->state == ALG_CALL_EARLY) {
			call->callee_tag = ctx->to_tag;
			call->state = ALG_CALL_CONFIRMED;
		}
		/* without an offer this brings one, and ACK the answer */
		return offered ? ALG_STEP_CALL_ANSWER : ALG_STEP_NONE;
	}
	if (call->state == ALG_CALL_EARLY)
		return is_ringing(ctx) ? ALG_STEP_NONE : ALG_STEP_CALL_END;
	if (is_gone(status))
		return ALG_STEP_CALL_END;
	return offered ? ALG_STEP_CALL_REJECT : ALG_STEP_NONE;
}

static u8 answer_update(struct alg_ctx *ctx, u8 dir)
{
	bool offered = ctx->step.call.offer & update_offer(dir);
	u16 status = ctx->msg.status;

	if (status < 200)
		return ALG_STEP_NONE;
	if (status < 300)
		return offered ? ALG_STEP_CALL_ANSWER : ALG_STEP_NONE;
	if (is_gone(status) && ctx->step.call.state != ALG_CALL_EARLY)
		return ALG_STEP_CALL_END;
	return offered ? ALG_STEP_CALL_REJECT : ALG_STEP_NONE;
}

/*
 * The LAN host that sends BYE has stopped, whatever is answered, unless it is
 * challenged and sends it again. A BYE from outside that the LAN host refuses
 * was not for this dialog.
 */
static u8 answer_bye(const struct alg_ctx *ctx, u8 dir)
{
	const struct alg_call *call = &ctx->step.call;
	u16 status = ctx->msg.status;

	if (status < 200 || !(call->bye & 1 << dir) ||
	    ctx->msg.cseq != call->bye_cseq[dir])
		return ALG_STEP_NONE;
	if (status < 300 || is_gone(status))
		return ALG_STEP_CALL_END;
	if (dir == ALG_OUT && status != 401 && status != 407)
		return ALG_STEP_CALL_END;
	return ALG_STEP_NONE;
}

static u8 take_response(struct alg_ctx *ctx, u8 dir)
{
	const struct alg_call *call = &ctx->step.call;
	u32 cseq = ctx->msg.cseq;

	switch (ctx->msg.method) {
	case SIP_METHOD_INVITE:
		if (cseq == call->invite_cseq[dir])
			return answer_invite(ctx, dir);
		break;
	case SIP_METHOD_UPDATE:
		return answer_update(ctx, dir);
	case SIP_METHOD_BYE:
		return answer_bye(ctx, dir);
	}
	return ALG_STEP_NONE;
}

void dialog_step(struct alg_ctx *ctx)
{
	const struct sip_msg *msg = &ctx->msg;
	u8 dir;

	if (!matters(msg))
		return;
	dir = request_dir(ctx);
	find_call(ctx);
	if (!ctx->call) {
		if (msg->method != SIP_METHOD_INVITE ||
		    !sip_msg_is_request(msg))
			return;
		/* a stranger's tag says nothing until the LAN host agrees */
		begin_call(ctx, ctx->to_tag && dir == ALG_OUT ?
				ALG_CALL_CONFIRMED : ALG_CALL_EARLY);
		return;
	}
	if (!fits_call(ctx))
		return;
	ctx->in_dialog = true;
	ctx->step.call = *ctx->call;
	if (sip_msg_is_request(msg))
		take_request(ctx, dir);
	else
		ctx->step.what = take_response(ctx, dir);
}

void dialog_hold(struct alg_ctx *ctx, bool hold)
{
	struct alg_call *call = &ctx->step.call;
	u8 bit = (u8)(4 << ctx->pkt->dir);

	if (!ctx->in_dialog)
		return;
	call->hold = (u8)(hold ? call->hold | bit : call->hold & ~bit);
	/* an answer in ACK or in the answer to PRACK */
	if (ctx->step.what == ALG_STEP_NONE &&
	    (ctx->msg.method == SIP_METHOD_ACK ||
	     (ctx->msg.method == SIP_METHOD_PRACK && ctx->msg.status)))
		ctx->step.what = ALG_STEP_CALL_ANSWER;
}

static void settle_hold(struct alg_step *step)
{
	struct alg_call *call = &step->call;

	if (step->what == ALG_STEP_CALL_REJECT) {
		call->hold &= 3;
		call->hold |= (u8)(call->hold << 2);
		return;
	}
	call->hold = (u8)((call->hold & 12) | call->hold >> 2);
	if (call->state == ALG_CALL_CONFIRMED || call->state == ALG_CALL_HELD)
		call->state = call->hold & 3 ? ALG_CALL_HELD :
					       ALG_CALL_CONFIRMED;
}

static bool has_changed(const struct alg_call *a, const struct alg_call *b)
{
	return a->callee_tag != b->callee_tag || a->state != b->state ||
	       a->hold != b->hold || a->bye != b->bye ||
	       a->offer != b->offer || a->branches != b->branches ||
	       a->refused != b->refused ||
	       a->invite_cseq[0] != b->invite_cseq[0] ||
	       a->invite_cseq[1] != b->invite_cseq[1] ||
	       a->bye_cseq[0] != b->bye_cseq[0] ||
	       a->bye_cseq[1] != b->bye_cseq[1];
}

void dialog_finish(struct alg_ctx *ctx)
{
	struct alg_step *step = &ctx->step;

	switch (step->what) {
	case ALG_STEP_CALL_NEW:
		/* law 1: a LAN host that writes public addresses is left alone */
		if (ctx->pkt->dir == ALG_OUT && !ctx->nown)
			step->what = ALG_STEP_NONE;
		break;
	case ALG_STEP_CALL_ANSWER:
	case ALG_STEP_CALL_REJECT:
		settle_hold(step);
		break;
	case ALG_STEP_CALL_END:
		step->call.state = ALG_CALL_ENDED;
		break;
	case ALG_STEP_NONE:
		if (ctx->in_dialog && ctx->call &&
		    has_changed(&step->call, ctx->call))
			step->what = ALG_STEP_CALL_UPDATE;
		break;
	}
}
