// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan_sip.c - [6] which header literals change, and into what.
 *
 * Only an IP literal that is the LAN host's own address (on the way out) or
 * a binding of its (on the way in) is ever replaced. Never a name, a user
 * part, a tag, a Call-ID, a digest field; From and To stay as they are.
 */
#include "plan.h"
#include "contact.h"
#include "param.h"
#include "register.h"
#include "uri.h"
#include "via.h"

/**
 * struct literal - host and port somewhere in a header
 * @host: the host
 * @port: digits of the port, {0, 0} without one
 * @port_num: the port, or its default
 * @default_port: what a missing port means
 * @noport: enum alg_bind_flag that belongs to this header
 * @field: enum alg_field
 */
struct literal {
	struct span host;
	struct span port;
	u16 port_num;
	u16 default_port;
	u8 noport;
	u8 field;
};

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

static struct span hostport(const struct literal *lit)
{
	return span_make(lit->host.off, lit->port.len ? span_end(lit->port) :
							span_end(lit->host));
}

/* The binding of one port, asked of the host once. */
static int find_bind(struct alg_ctx *ctx, u16 port)
{
	struct alg_ep ep;
	int rc;

	if (ctx->bind_port == port)
		return 0;
	if (ctx->pkt->dir == ALG_OUT) {
		ep = ctx->pkt->lan;
		ep.port = port;
		rc = ctx->host->bind_out(ctx, &ep, &ctx->bind);
	} else {
		ep = ctx->pkt->wan;
		ep.port = port;
		rc = ctx->host->bind_in(ctx, &ep, &ctx->bind);
	}
	ctx->bind_port = rc ? ALG_NO_PORT : port;
	return rc;
}

/* Remember that the LAN host wrote no port where one is written now. */
static void set_noport(struct alg_ctx *ctx, const struct literal *lit)
{
	struct alg_bind *bind = &ctx->bind;
	u8 flags = (u8)(lit->port.len ? bind->flags & ~lit->noport :
					bind->flags | lit->noport);

	if (bind->wan.port == lit->default_port || flags == bind->flags)
		return;
	ctx->host->bind_flags(ctx, bind, flags);
	bind->flags = flags;
}

/* Does the text for this literal carry a port? Law 4. */
static bool wants_port(const struct alg_ctx *ctx, const struct literal *lit)
{
	const struct alg_bind *bind = &ctx->bind;

	if (ctx->pkt->dir == ALG_OUT)
		return lit->port.len || bind->wan.port != lit->default_port;
	if (bind->lan.port != lit->default_port)
		return true;
	if (bind->wan.port == lit->default_port)
		return lit->port.len;
	return !(bind->flags & lit->noport);
}

static const struct alg_ep *far_ep(const struct alg_ctx *ctx)
{
	return ctx->pkt->dir == ALG_OUT ? &ctx->bind.wan : &ctx->bind.lan;
}

u32 plan_put_ip(const struct alg_ctx *ctx, const struct alg_ep *ep,
		char *room)
{
	const struct alg_pkt *pkt = ctx->pkt;
	const struct alg_ep *usual;
	struct addr_text text;

	usual = pkt->dir == ALG_OUT ? &pkt->wan : &pkt->lan;
	if (likely(alg_ip_equal(ep, usual))) {
		memcpy(room, ctx->other.text, ADDR_TEXT_MAX);
		return ctx->other.len;
	}
	addr_render(ep, &text);
	memcpy(room, text.text, ADDR_TEXT_MAX);
	return text.len;
}

static struct edit_why why_edit(const struct alg_ctx *ctx, u8 field)
{
	return (struct edit_why){
		.field = field,
		.reason = ctx->pkt->dir == ALG_OUT ?
			  ALG_REASON_LAN_TO_WAN : ALG_REASON_WAN_TO_LAN,
	};
}

/* Replace one literal by what @ctx->bind says. */
static int replace_literal(struct alg_ctx *ctx, const struct literal *lit)
{
	const struct alg_ep *ep = far_ep(ctx);
	char *room = edit_room(&ctx->edits);
	u32 len;

	if (!room)
		return -E2BIG;
	len = plan_put_ip(ctx, ep, room);
	if (wants_port(ctx, lit)) {
		room[len++] = ':';
		len += addr_put_port(room + len, ep->port);
	}
	edit_commit(&ctx->msg.buf, &ctx->edits, hostport(lit), len,
		    why_edit(ctx, lit->field));
	return 0;
}

/* The address alone, without port: maddr and received. */
static int replace_ip(struct alg_ctx *ctx, struct span at, u8 field)
{
	char *room = edit_room(&ctx->edits);

	if (!room)
		return -E2BIG;
	edit_commit(&ctx->msg.buf, &ctx->edits, at,
		    plan_put_ip(ctx, far_ep(ctx), room), why_edit(ctx, field));
	return 0;
}

/*
 * Map one literal, if it is ours. Return: 1 when it is (ctx->bind tells
 * which), 0 when not, or an error of the host.
 */
static int map_literal(struct alg_ctx *ctx, const struct literal *lit)
{
	struct edit_why kept = { lit->field, ALG_REASON_KEPT_NOT_OURS };
	int rc;

	if (!addr_is(&ctx->msg.buf, lit->host, &ctx->own)) {
		plan_note_private(ctx, lit->host, kept);
		return 0;
	}
	rc = find_bind(ctx, lit->port_num);
	if (rc == -ENOENT && ctx->pkt->dir == ALG_IN)
		return 0;
	if (rc)
		return rc;
	ctx->nown++;
	if (ctx->pkt->dir == ALG_OUT)
		set_noport(ctx, lit);
	rc = replace_literal(ctx, lit);
	return rc ? rc : 1;
}

/* maddr says where to send instead of host: it is ours as host would be. */
static int map_maddr(struct alg_ctx *ctx, struct span maddr, u16 port,
		     u8 field)
{
	int rc;

	if (!maddr.len || !addr_is(&ctx->msg.buf, maddr, &ctx->own))
		return 0;
	rc = find_bind(ctx, port);
	if (rc)
		return rc == -ENOENT && ctx->pkt->dir == ALG_IN ? 0 : rc;
	ctx->nown++;
	return replace_ip(ctx, maddr, field);
}

static int map_uri(struct alg_ctx *ctx, struct span text, u8 field, u8 noport)
{
	const struct sip_buf *b = &ctx->msg.buf;
	struct literal lit;
	struct sip_uri uri;
	int mapped, rc;

	if (sip_uri_parse(b, text, &uri))
		return -EBADMSG;
	if (uri.scheme == SIP_SCHEME_OTHER)
		return 0;
	lit.host = uri.host;
	lit.port = uri.port;
	lit.port_num = uri.port_num;
	lit.default_port = sip_scheme_port(uri.scheme);
	lit.noport = noport;
	lit.field = field;
	mapped = map_literal(ctx, &lit);
	if (mapped < 0 || !uri.params.len)
		return mapped;
	rc = map_maddr(ctx, sip_param_find(b, uri.params, "maddr"),
		       uri.port_num, field);
	return rc ? rc : mapped;
}

/* rport of a response: the LAN host's port, when it is ours (F6). */
static int map_rport(struct alg_ctx *ctx, const struct sip_via *via)
{
	const struct alg_pkt *pkt = ctx->pkt;
	struct edit_why why = why_edit(ctx, ALG_FIELD_VIA);
	char *room = edit_room(&ctx->edits);
	u32 port;
	int rc;

	if (!room)
		return -E2BIG;
	if (!via->rport.len ||
	    span_u32(&ctx->msg.buf, via->rport, 65535, &port))
		return 0;
	if (port == pkt->wan.port) {
		port = pkt->lan.port;
	} else {
		rc = find_bind(ctx, (u16)port);
		if (rc)
			return rc == -ENOENT ? 0 : rc;
		port = ctx->bind.lan.port;
	}
	edit_commit(&ctx->msg.buf, &ctx->edits, via->rport,
		    addr_put_port(room, port), why);
	return 0;
}

/* received and rport of a response, as the LAN host would have them. */
static int map_received(struct alg_ctx *ctx, const struct sip_via *via,
			bool ours)
{
	int rc;

	if (!via->received.len ||
	    !addr_is(&ctx->msg.buf, via->received, &ctx->own))
		return ours ? map_rport(ctx, via) : 0;
	/* a Via with a name: then only a binding of ours makes it so */
	if (!ours) {
		rc = find_bind(ctx, ctx->pkt->wan.port);
		if (rc)
			return rc == -ENOENT ? 0 : rc;
		ctx->nown++;
	}
	rc = replace_ip(ctx, via->received, ALG_FIELD_VIA);
	return rc ? rc : map_rport(ctx, via);
}

static int plan_via(struct alg_ctx *ctx, struct span value)
{
	struct sip_via via;
	struct literal lit;
	int ours, rc;

	if (sip_via_parse(&ctx->msg.buf, value, &via))
		return -EBADMSG;
	ctx->branch = via.branch;
	lit.host = via.host;
	lit.port = via.port;
	lit.port_num = via.port_num;
	lit.default_port = via.default_port;
	lit.noport = ALG_BIND_VIA_NOPORT;
	lit.field = ALG_FIELD_VIA;
	ours = map_literal(ctx, &lit);
	if (ours < 0)
		return ours;
	rc = map_maddr(ctx, via.maddr, via.port_num, ALG_FIELD_VIA);
	if (rc || ctx->pkt->dir == ALG_OUT)
		return rc;
	return map_received(ctx, &via, ours);
}

/* Our contact of a REGISTER; of several the one of this flow's port. */
static void keep_contact(struct alg_ctx *ctx, const struct sip_addr *addr,
			 struct reg_contact *own)
{
	if (ctx->msg.method != SIP_METHOD_REGISTER ||
	    (own->found && ctx->bind.lan.port != ctx->pkt->lan.port))
		return;
	own->bind = ctx->bind;
	own->uri = addr->uri;
	own->has_expires = !sip_contact_expires(&ctx->msg.buf, addr,
						&own->expires);
	own->found = true;
}

static int plan_contact(struct alg_ctx *ctx, struct span value,
			struct reg_contact *own)
{
	const struct sip_buf *b = &ctx->msg.buf;
	struct sip_addr addr;
	u32 pos = value.off;
	int more, rc;

	if (sip_contact_is_star(b, value)) {
		own->star = true;
		return 0;
	}
	while ((more = sip_addr_next(b, value, &pos, &addr)) > 0) {
		rc = map_uri(ctx, addr.uri, ALG_FIELD_CONTACT,
			     ALG_BIND_CONTACT_NOPORT);
		if (rc < 0)
			return rc;
		if (rc)
			keep_contact(ctx, &addr, own);
	}
	return more;
}

static int plan_route(struct alg_ctx *ctx, struct span value, u8 field)
{
	struct sip_addr addr;
	u32 pos = value.off;
	int more, rc;

	while ((more = sip_addr_next(&ctx->msg.buf, value, &pos, &addr)) > 0) {
		rc = map_uri(ctx, addr.uri, field, ALG_BIND_ROUTE_NOPORT);
		if (rc < 0)
			return rc;
	}
	return more;
}

/* Headers that may carry a literal of ours, by direction and kind. */
static u32 wanted_headers(const struct alg_ctx *ctx)
{
	bool request = sip_msg_is_request(&ctx->msg);

	if (request && ctx->pkt->dir == ALG_OUT)
		return 1u << SIP_HDR_VIA | 1u << SIP_HDR_CONTACT |
		       1u << SIP_HDR_ROUTE | 1u << SIP_HDR_RECORD_ROUTE;
	if (request)
		return 1u << SIP_HDR_ROUTE;
	if (ctx->pkt->dir == ALG_OUT)
		return 1u << SIP_HDR_CONTACT | 1u << SIP_HDR_RECORD_ROUTE;
	return 1u << SIP_HDR_VIA | 1u << SIP_HDR_CONTACT |
	       1u << SIP_HDR_RECORD_ROUTE;
}

static int plan_header(struct alg_ctx *ctx, const struct sip_hdr *h,
		       struct reg_contact *own)
{
	switch (h->id) {
	case SIP_HDR_VIA:
		/* only the topmost is the LAN host's own */
		if (h != &ctx->msg.hdr[ctx->msg.first[SIP_HDR_VIA]])
			return 0;
		return plan_via(ctx, h->value);
	case SIP_HDR_CONTACT:
		return plan_contact(ctx, h->value, own);
	case SIP_HDR_ROUTE:
		return plan_route(ctx, h->value, ALG_FIELD_ROUTE);
	case SIP_HDR_RECORD_ROUTE:
		return plan_route(ctx, h->value, ALG_FIELD_RECORD_ROUTE);
	}
	return 0;
}

/* Does the uri of a digest name our address? The verifier compares (F5). */
static bool digest_names_us(const struct alg_ctx *ctx, struct span value)
{
	const struct sip_buf *b = &ctx->msg.buf;
	u32 end = span_end(value);
	u32 from = span_find(b, value.off, end, ' ');
	struct sip_uri uri;
	struct span s;
	u32 to;

	for (; from < end; from = to + 1) {
		to = span_find_unquoted(b, from, end, ',', ',');
		from = span_skip_lws(b, from, to);
		if (!span_starts(b, from, to, "uri="))
			continue;
		s = span_make(from + 4, span_trim_lws(b, from + 4, to));
		if (s.len > 2 && b->data[s.off] == '"')
			s = span_make(s.off + 1u, span_end(s) - 1);
		return !sip_uri_parse(b, s, &uri) &&
		       uri.scheme != SIP_SCHEME_OTHER &&
		       addr_is(b, uri.host, &ctx->own);
	}
	return false;
}

static bool in_digest(const struct alg_ctx *ctx, enum sip_hdr_id id)
{
	const struct sip_msg *msg = &ctx->msg;
	u32 i = msg->first[id];

	for (; i != SIP_NO_HEADER; i = msg->hdr[i].next) {
		if (digest_names_us(ctx, msg->hdr[i].value))
			return true;
	}
	return false;
}

/* A request from outside: our binding becomes the LAN host's contact. */
static int plan_ruri(struct alg_ctx *ctx)
{
	const struct edit_why kept = { ALG_FIELD_REQUEST_URI,
				       ALG_REASON_KEPT_DIGEST };
	const struct sip_buf *b = &ctx->msg.buf;
	struct span ruri = ctx->msg.ruri;
	struct sip_uri uri;
	int rc;

	if ((in_digest(ctx, SIP_HDR_AUTHORIZATION) ||
	     in_digest(ctx, SIP_HDR_PROXY_AUTHORIZATION)) &&
	    !sip_uri_parse(b, ruri, &uri) &&
	    uri.scheme != SIP_SCHEME_OTHER &&
	    addr_is(b, uri.host, &ctx->own)) {
		ctx->digest = true;
		plan_note(ctx, ruri, kept);
		return 0;
	}
	rc = map_uri(ctx, ruri, ALG_FIELD_REQUEST_URI,
		     ALG_BIND_CONTACT_NOPORT);
	return rc < 0 ? rc : 0;
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

int plan_sip(struct alg_ctx *ctx)
{
	const struct sip_msg *msg = &ctx->msg;
	u32 wanted = wanted_headers(ctx);
	struct reg_contact own;
	u32 i;
	int rc;

	own.found = false;
	own.star = false;
	own.has_expires = false;
	if (sip_msg_is_request(msg) && ctx->pkt->dir == ALG_IN) {
		rc = plan_ruri(ctx);
		if (rc)
			return rc;
	}
	for (i = 0; i < msg->nhdr; i++) {
		if (!(wanted & 1u << msg->hdr[i].id))
			continue;
		rc = plan_header(ctx, &msg->hdr[i], &own);
		if (rc)
			return rc;
	}
	if (ctx->flags & ALG_CTX_NOTES) {
		note_identity(ctx, SIP_HDR_FROM, ALG_FIELD_FROM);
		note_identity(ctx, SIP_HDR_TO, ALG_FIELD_TO);
		note_call_id(ctx);
	}
	if (msg->method == SIP_METHOD_REGISTER)
		register_step(ctx, &own);
	return 0;
}
