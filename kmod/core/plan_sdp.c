// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan_sdp.c - [7] the session description and its pinholes.
 *
 * What goes out: every media line at the LAN host's own address gets an
 * outside port, and m=, c=, o=, a=rtcp and the default candidates follow it
 * as one. What comes in is read, never edited.
 */
#include "plan.h"
#include "body.h"
#include "dialog.h"

enum {
	DISCARD_PORT	= 9,	/* a placeholder, RFC 4145 and RFC 8840 */
	MAX_COUNT	= 8,	/* ports a media line, m=audio 49170/2 */
};

/* One planned media line: which, and what its host got for it. */
struct line {
	const struct sdp_media *m;
	struct alg_media media;
};

static bool is_own(const struct alg_ctx *ctx, struct span addr)
{
	return addr_is(&ctx->msg.buf, addr, ctx->own);
}

/* SPEC: lines without a pinhole by rule keep their m= and c=. */
static bool needs_pinhole(const struct alg_ctx *ctx,
			  const struct sdp_media *m)
{
	return m->port_num >= ALG_MIN_PORT && m->proto != SDP_PROTO_TCP &&
	       is_own(ctx, sdp_media_addr(&ctx->sdp, m));
}

/*
 * Where RTCP comes to: a=rtcp says it (RFC 3605), else the next port. 0 when
 * it shares the port, is somewhere else, or there is none.
 */
static u16 rtcp_port(const struct sip_buf *b, const struct sdp_media *m,
		     const struct addr_text *own)
{
	if (m->proto != SDP_PROTO_RTP)
		return 0;
	if (!m->rtcp.len)
		return (u16)(m->port_num + 1);
	if (m->rtcp_addr.len && !addr_is(b, m->rtcp_addr, own))
		return 0;
	return m->rtcp_num == m->port_num ? 0 : m->rtcp_num;
}

/*
 * Has a=rtcp-mux settled that RTCP shares the port? An answer has, while an
 * offer may still be answered without (RFC 5761 5.1.1).
 */
static bool is_muxed(const struct alg_ctx *ctx, const struct sdp_media *m)
{
	return m->flags & SDP_MEDIA_MUX && !m->rtcp.len &&
	       (ctx->msg.status || ctx->msg.method == SIP_METHOD_ACK);
}

static u8 media_kind(const struct sdp_media *m)
{
	switch (m->proto) {
	case SDP_PROTO_RTP:
		return m->flags & SDP_MEDIA_MUX ? ALG_MEDIA_MUX :
						  ALG_MEDIA_RTP;
	case SDP_PROTO_UDPTL:
		return ALG_MEDIA_UDPTL;
	}
	return ALG_MEDIA_OTHER;
}

/* The further ports of m=audio P/N: each must follow outside as inside. */
static port_noinline int
open_more(struct alg_ctx *ctx, const struct line *l)
{
	struct alg_media media;
	u32 i;
	int rc;

	if (l->m->count > MAX_COUNT || l->m->port_num + 2 * l->m->count > 65535)
		return -E2BIG;
	for (i = 1; i < l->m->count; i++) {
		media = l->media;
		media.lan.port = (u16)(media.lan.port + 2 * i);
		if (media.lan_rtcp_port)
			media.lan_rtcp_port = (u16)(media.lan_rtcp_port +
						    2 * i);
		rc = ctx->host->media_open(ctx, &media);
		if (rc)
			return rc;
		if (media.wan.port != l->media.wan.port + 2 * i)
			return -ENOSPC;
	}
	return 0;
}

static int open_line(struct alg_ctx *ctx, struct line *l, u32 index)
{
	struct alg_media *media = &l->media;
	int rc;

	media->lan = ctx->pkt->lan;
	media->lan.port = l->m->port_num;
	media->lan_rtcp_port = 0;
	if (!is_muxed(ctx, l->m))
		media->lan_rtcp_port = rtcp_port(&ctx->msg.buf, l->m,
						 ctx->own);
	if (media->lan_rtcp_port < ALG_MIN_PORT)
		media->lan_rtcp_port = 0;
	media->wan = ctx->pkt->wan;
	media->wan.port = 0;
	media->wan_rtcp_port = 0;
	media->index = (u8)index;
	media->kind = media_kind(l->m);
	rc = ctx->host->media_open(ctx, media);
	if (rc || l->m->count < 2)
		return rc;
	return open_more(ctx, l);
}

static int put_port(struct alg_ctx *ctx, struct span at, u32 old, u32 port,
		    struct edit_why why)
{
	char *room = edit_room(&ctx->edits);

	if (old == port)
		return 0;
	if (!room)
		return -E2BIG;
	edit_add(&ctx->edits, at, addr_put_port(room, port), why);
	return 0;
}

static int put_addr(struct alg_ctx *ctx, struct span at,
		    const struct alg_ep *ep, u8 field)
{
	const struct edit_why why = { field, ALG_REASON_LAN_TO_WAN };

	return plan_put_ip(ctx, at, ep, why);
}

/* RTCP is not one port above RTP outside: say so in a line of its own. */
static int insert_rtcp(struct alg_ctx *ctx, const struct line *l)
{
	static const char text[] = "\r\na=rtcp:";
	const struct edit_why why = { ALG_FIELD_SDP_RTCP,
				      ALG_REASON_RTCP_PORT };
	u32 tail = sdp_media_tail(&ctx->msg.buf, &ctx->sdp, l->media.index);
	bool bare = tail < ctx->msg.buf.len &&
		    ctx->msg.buf.data[tail] == '\n';
	u32 skip = bare ? 1 : 0;
	char *room = edit_room(&ctx->edits);
	u32 len = sizeof(text) - 1 - skip;

	if (!room)
		return -E2BIG;
	memcpy(room, text + skip, len);
	len += addr_put_port(room + len, l->media.wan_rtcp_port);
	edit_add(&ctx->edits, span_make(tail, tail), len, why);
	return 0;
}

static int plan_rtcp(struct alg_ctx *ctx, const struct line *l)
{
	const struct edit_why why = { ALG_FIELD_SDP_RTCP,
				      ALG_REASON_MEDIA_PORT };
	const struct edit_why kept = { ALG_FIELD_SDP_RTCP,
				       ALG_REASON_KEPT_NO_PINHOLE };
	const struct sdp_media *m = l->m;
	u16 port = l->media.wan_rtcp_port;
	int rc;

	if (!m->rtcp.len) {
		if (port && port != l->media.wan.port + 1)
			return insert_rtcp(ctx, l);
		return 0;
	}
	if (m->rtcp_addr.len && !is_own(ctx, m->rtcp_addr))
		return 0;
	if (m->rtcp_num == m->port_num)
		port = l->media.wan.port;
	if (!port) {
		plan_note_private(ctx, m->rtcp_addr, kept);
		return 0;
	}
	rc = put_port(ctx, m->rtcp, m->rtcp_num, port, why);
	if (rc || !m->rtcp_addr.len)
		return rc;
	return put_addr(ctx, m->rtcp_addr, &l->media.wan, ALG_FIELD_SDP_RTCP);
}

/* Which outside port has this candidate? 0: not a default destination. */
static u16 candidate_port(const struct line *l, const struct sdp_cand *c)
{
	if (c->port_num == l->media.lan.port)
		return l->media.wan.port;
	if (c->port_num && c->port_num == l->media.lan_rtcp_port)
		return l->media.wan_rtcp_port;
	return 0;
}

/* RFC 8839 4.2: the default destination and its candidate are one address. */
static int plan_candidate(struct alg_ctx *ctx, const struct line *l,
			  const struct sdp_cand *c)
{
	const struct edit_why why = { ALG_FIELD_SDP_CANDIDATE,
				      ALG_REASON_DEFAULT_CANDIDATE };
	const struct edit_why kept = { ALG_FIELD_SDP_CANDIDATE,
				       ALG_REASON_KEPT_CANDIDATE };
	u16 port = candidate_port(l, c);
	struct span at = c->addr;
	char *room;
	u32 len;

	if (!port || !is_own(ctx, c->addr)) {
		plan_note_private(ctx, c->addr, kept);
		return 0;
	}
	if (port == c->port_num)
		return put_addr(ctx, at, &l->media.wan, ALG_FIELD_SDP_CANDIDATE);
	room = edit_room(&ctx->edits);
	if (!room)
		return -E2BIG;
	len = plan_write_ip(ctx, &l->media.wan, room);
	room[len++] = ' ';
	len += addr_put_port(room + len, port);
	at = span_make(at.off, span_end(c->port));
	edit_commit(&ctx->msg.buf, &ctx->edits, at, len, why);
	return 0;
}

/* Candidates stand in the order of their media lines: one walk for all. */
static int plan_candidates(struct alg_ctx *ctx, const struct line *l,
			   u32 *next)
{
	const struct sdp_body *sdp = &ctx->sdp;
	int rc;

	for (; *next < sdp->ncand; ++*next) {
		if (sdp->cand[*next].media > l->media.index)
			break;
		if (sdp->cand[*next].media < l->media.index)
			continue;
		rc = plan_candidate(ctx, l, &sdp->cand[*next]);
		if (rc)
			return rc;
	}
	return 0;
}

/* The address in c=, and the same in a c= before it. */
static int put_connection(struct alg_ctx *ctx, struct span before,
			  struct span addr, const struct alg_ep *wan)
{
	int rc = 0;

	if (unlikely(is_own(ctx, before)))
		rc = put_addr(ctx, before, wan, ALG_FIELD_SDP_CONNECTION);
	if (rc)
		return rc;
	return put_addr(ctx, addr, wan, ALG_FIELD_SDP_CONNECTION);
}

/* m=, its own c=, a=rtcp: everything of a line but the candidates. */
static int plan_line(struct alg_ctx *ctx, const struct line *l)
{
	const struct edit_why why = { ALG_FIELD_SDP_MEDIA,
				      ALG_REASON_MEDIA_PORT };
	int rc;

	ctx->nown++;
	rc = put_port(ctx, l->m->port, l->m->port_num, l->media.wan.port,
		      why);
	if (!rc && l->m->addr.len)
		rc = put_connection(ctx, l->m->addr_before, l->m->addr,
				    &l->media.wan);
	if (!rc)
		rc = plan_rtcp(ctx, l);
	return rc;
}

/* o= and the session's c=: the address that the media lines got. */
static int plan_session(struct alg_ctx *ctx, const struct alg_ep *wan)
{
	const struct sdp_body *sdp = &ctx->sdp;
	int rc = 0;

	if (is_own(ctx, sdp->origin)) {
		ctx->nown++;
		rc = put_addr(ctx, sdp->origin, wan, ALG_FIELD_SDP_ORIGIN);
	}
	if (!rc && is_own(ctx, sdp->addr)) {
		ctx->nown++;
		rc = put_connection(ctx, sdp->addr_before, sdp->addr, wan);
	}
	return rc;
}

static void note_line(struct alg_ctx *ctx, const struct sdp_media *m)
{
	const struct edit_why kept = { ALG_FIELD_SDP_CONNECTION,
				       ALG_REASON_KEPT_NO_PINHOLE };
	const struct edit_why other = { ALG_FIELD_SDP_CONNECTION,
					ALG_REASON_KEPT_NOT_OURS };

	if (is_own(ctx, m->addr))
		plan_note_private(ctx, m->addr, kept);
	else
		plan_note_private(ctx, m->addr, other);
}

/* A pinhole belongs to a dialog: the one there is, or one from now on. */
static int need_dialog(struct alg_ctx *ctx)
{
	if (ctx->call || ctx->step.what == ALG_STEP_CALL_NEW)
		return 0;
	return dialog_adopt(ctx) ? -EACCES : 0;
}

/*
 * One line that needs a pinhole. @wan is what the session's c= says: all
 * lines that share it must get the same address; the first of them decides.
 */
static int plan_pinhole(struct alg_ctx *ctx, u32 index, struct alg_ep *wan,
			u32 *cand)
{
	struct line l = { .m = &ctx->sdp.media[index] };
	int rc;

	rc = need_dialog(ctx);
	if (!rc)
		rc = open_line(ctx, &l, index);
	if (!rc && !l.m->addr.len && !wan->family) {
		*wan = l.media.wan;
		rc = plan_session(ctx, wan);
	}
	if (rc)
		return rc;
	if (!l.m->addr.len && !alg_ip_equal(wan, &l.media.wan))
		return -EACCES;
	rc = plan_line(ctx, &l);
	return rc ? rc : plan_candidates(ctx, &l, cand);
}

static int plan_offer(struct alg_ctx *ctx)
{
	const struct sdp_body *sdp = &ctx->sdp;
	struct alg_ep wan = { .family = 0 };
	u32 cand = 0;
	u32 i;
	int rc;

	for (i = 0; i < sdp->nmedia; i++) {
		if (!needs_pinhole(ctx, &sdp->media[i])) {
			note_line(ctx, &sdp->media[i]);
			continue;
		}
		rc = plan_pinhole(ctx, i, &wan, &cand);
		if (rc)
			return rc;
	}
	return wan.family ? 0 : plan_session(ctx, &ctx->pkt->wan);
}

/* Where the far end receives, for the host: nothing is edited. */
static void tell_remote(struct alg_ctx *ctx, u32 index)
{
	const struct sdp_media *m = &ctx->sdp.media[index];
	struct span addr = sdp_media_addr(&ctx->sdp, m);
	struct alg_ep remote = { .port = m->port_num, .family = 4 };
	struct addr_text text = { .len = 0 };
	u16 rtcp = 0;
	u32 v4;

	if (!m->port_num || m->port_num == DISCARD_PORT ||
	    m->proto == SDP_PROTO_TCP ||
	    addr_parse4(&ctx->msg.buf, addr, &v4) || !v4)
		return;
	remote.v4 = v4;
	if (m->rtcp_addr.len && addr.len <= ADDR_TEXT_MAX) {
		memcpy(text.text, ctx->msg.buf.data + addr.off, addr.len);
		text.len = (u8)addr.len;
	}
	if (!is_muxed(ctx, m))
		rtcp = rtcp_port(&ctx->msg.buf, m, &text);
	ctx->host->media_remote(ctx, index, &remote, rtcp);
}

static bool is_held(const struct alg_ctx *ctx, const struct sdp_media *m)
{
	static const struct addr_text nowhere = {
		.text = "0.0.0.0", .len = 7,
	};
	u8 dir = sdp_media_dir(&ctx->sdp, m);

	if (dir == SDP_DIR_SENDONLY || dir == SDP_DIR_INACTIVE)
		return true;
	return addr_is(&ctx->msg.buf, sdp_media_addr(&ctx->sdp, m), &nowhere);
}

/* Hold is when every stream that is not refused is (RFC 3264 8.4). */
static bool all_held(const struct alg_ctx *ctx)
{
	const struct sdp_body *sdp = &ctx->sdp;
	bool any = false;
	u32 i;

	for (i = 0; i < sdp->nmedia; i++) {
		if (!sdp->media[i].port_num)
			continue;
		if (!is_held(ctx, &sdp->media[i]))
			return false;
		any = true;
	}
	return any;
}

static int plan_part_length(struct alg_ctx *ctx, const struct sip_body *body)
{
	const struct edit_why why = { ALG_FIELD_CONTENT_LENGTH,
				      ALG_REASON_BODY_LENGTH };
	s32 delta = edit_delta(&ctx->edits, body->sdp);
	u32 len;

	if (!delta || span_u32(&ctx->msg.buf, body->part_length, SIP_MAX_LEN,
			       &len))
		return 0;
	/* a length that is not the part's */
	if ((s32)len + delta < 0)
		return -EBADMSG;
	return put_port(ctx, body->part_length, len, (u32)((s32)len + delta),
			why);
}

static int plan_body(struct alg_ctx *ctx, const struct sip_body *body)
{
	u32 i;
	int rc;

	rc = sdp_parse(&ctx->msg.buf, body->sdp, ctx->own, &ctx->sdp);
	if (rc)
		return rc;
	if (ctx->pkt->dir == ALG_OUT) {
		rc = plan_offer(ctx);
		if (!rc && body->part_length.len)
			rc = plan_part_length(ctx, body);
		if (rc)
			return rc;
	} else if (ctx->in_dialog) {
		for (i = 0; i < ctx->sdp.nmedia; i++)
			tell_remote(ctx, i);
	}
	if (ctx->in_dialog)
		dialog_hold(ctx, all_held(ctx));
	return 0;
}

int plan_sdp(struct alg_ctx *ctx)
{
	struct sip_body body;
	int rc;

	rc = sip_body_find_sdp(&ctx->msg, &body);
	if (rc || !body.sdp.len)
		return rc;
	ctx->has_sdp = true;
	return plan_body(ctx, &body);
}
