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
 * @noport: ALG_BIND_*_NOPORT of this header
 * @ours: ALG_BIND_*_OURS of this header
 * @field: enum alg_field
 */
struct literal {
	struct span host;
	struct span port;
	u16 port_num;
	u16 default_port;
	u8 noport;
	u8 ours;
	u8 field;
};

enum { TO_OURS = 3 };		/* from ALG_BIND_*_NOPORT to ALG_BIND_*_OURS */

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

/* Remember how the LAN host wrote this field, if it matters. */
static void set_flags(struct alg_ctx *ctx, const struct literal *lit)
{
	struct alg_bind *bind = &ctx->bind;
	u8 flags = bind->flags | lit->ours;

	if (bind->wan.port != lit->default_port)
		flags = (u8)(lit->port.len ? flags & ~lit->noport :
					     flags | lit->noport);
	if (flags == bind->flags)
		return;
	ctx->host->bind_flags(ctx, bind, flags);
	bind->flags = flags;
}

/* The LAN host has learnt its outside address and writes that from now on. */
static void clear_ours(struct alg_ctx *ctx, const struct literal *lit)
{
	struct alg_ep ep = ctx->pkt->wan;
	struct alg_bind bind;

	ep.port = lit->port_num;
	if (ctx->host->bind_in(ctx, &ep, &bind) || !(bind.flags & lit->ours))
		return;
	ctx->host->bind_flags(ctx, &bind, bind.flags & (u8)~lit->ours);
	ctx->bind_port = ALG_NO_PORT;
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

u32 plan_put_other_ip(const struct alg_ep *ep, char *room)
{
	struct addr_text text;

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

/* The port's digits, those of the message where they say the same. */
static inline u32 put_port(const struct alg_ctx *ctx,
			   const struct literal *lit, u32 port, char *room)
{
	const struct sip_buf *b = &ctx->msg.buf;

	if (port != lit->port_num || !lit->port.len || lit->port.len > 8 ||
	    lit->port.off + 8u > b->len)
		return addr_put_port(room, port);
	memcpy(room, b->data + lit->port.off, 8);
	return lit->port.len;
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
		len += put_port(ctx, lit, ep->port, room + len);
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
 * The binding behind a literal with our address. Return: 1 when the literal
 * is ours (ctx->bind tells which), 0 when not, or an error of the host.
 */
static int claim(struct alg_ctx *ctx, const struct literal *lit)
{
	bool in = ctx->pkt->dir == ALG_IN;
	int rc = find_bind(ctx, lit->port_num);

	if (rc)
		return rc == -ENOENT && in ? 0 : rc;
	if (in && !(ctx->bind.flags & lit->ours))
		return 0;
	ctx->nown++;
	if (!in)
		set_flags(ctx, lit);
	return 1;
}

/* A literal that is not the one we look for. */
static void pass_literal(struct alg_ctx *ctx, const struct literal *lit)
{
	const struct edit_why kept = { lit->field, ALG_REASON_KEPT_NOT_OURS };

	if (ctx->pkt->dir == ALG_OUT &&
	    addr_is(&ctx->msg.buf, lit->host, &ctx->other))
		clear_ours(ctx, lit);
	plan_note_private(ctx, lit->host, kept);
}

/* Map one literal. Return: as claim(). */
static int map_literal(struct alg_ctx *ctx, const struct literal *lit)
{
	int rc;

	if (!addr_is(&ctx->msg.buf, lit->host, &ctx->own)) {
		pass_literal(ctx, lit);
		return 0;
	}
	rc = claim(ctx, lit);
	if (rc <= 0)
		return rc;
	rc = replace_literal(ctx, lit);
	return rc ? rc : 1;
}

/* maddr says where to send instead of host: it is ours as host would be. */
static int map_maddr(struct alg_ctx *ctx, struct span maddr,
		     const struct literal *lit)
{
	int rc;

	if (!addr_is(&ctx->msg.buf, maddr, &ctx->own))
		return 0;
	rc = claim(ctx, lit);
	if (rc <= 0)
		return rc;
	return replace_ip(ctx, maddr, lit->field);
}

/* One URI. Return: as claim(). */
static int map_uri(struct alg_ctx *ctx, struct span text, u8 field, u8 noport)
{
	const struct sip_buf *b = &ctx->msg.buf;
	struct literal lit;
	struct sip_uri uri;
	struct span maddr;
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
	lit.ours = (u8)(noport << TO_OURS);
	lit.field = field;
	mapped = map_literal(ctx, &lit);
	if (mapped < 0 || !uri.params.len)
		return mapped;
	maddr = sip_param_find(b, uri.params, "maddr");
	if (likely(!maddr.len))
		return mapped;
	rc = map_maddr(ctx, maddr, &lit);
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
	struct literal lit = {
		.ours = ALG_BIND_VIA_OURS | ALG_BIND_CONTACT_OURS,
	};
	int rc;

	if (!via->received.len ||
	    !addr_is(&ctx->msg.buf, via->received, &ctx->own))
		return ours ? map_rport(ctx, via) : 0;
	/* a Via with a name: ours if what else it writes is */
	if (!ours) {
		lit.port_num = ctx->pkt->wan.port;
		rc = claim(ctx, &lit);
		if (rc <= 0)
			return rc;
	}
	rc = replace_ip(ctx, via->received, ALG_FIELD_VIA);
	return rc ? rc : map_rport(ctx, via);
}

static int plan_via(struct alg_ctx *ctx, struct span value)
{
	struct sip_via via;
	struct literal lit;
	int ours, rc;

	if (sip_via_sent_by(&ctx->msg.buf, value, &via))
		return -EBADMSG;
	lit.host = via.host;
	lit.port = via.port;
	lit.port_num = via.port_num;
	lit.default_port = via.default_port;
	lit.noport = ALG_BIND_VIA_NOPORT;
	lit.ours = ALG_BIND_VIA_OURS;
	lit.field = ALG_FIELD_VIA;
	ours = map_literal(ctx, &lit);
	if (ours < 0)
		return ours;
	if (ctx->pkt->dir == ALG_OUT &&
	    ctx->msg.method != SIP_METHOD_REGISTER)
		return map_maddr(ctx, sip_param_find(&ctx->msg.buf, via.params,
						     "maddr"), &lit);
	sip_via_params(&ctx->msg.buf, &via);
	ctx->branch = via.branch;
	rc = map_maddr(ctx, via.maddr, &lit);
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

/* The value of uri in a digest, without its quotes. */
static struct span find_digest_uri(const struct sip_buf *b, struct span value)
{
	u32 end = span_end(value);
	u32 from = span_find(b, value.off, end, ' ');
	struct span s;
	u32 to;

	for (; from < end; from = to + 1) {
		to = span_find_unquoted(b, from, end, ',', ',');
		from = span_skip_lws(b, from, to);
		if (!sip_param_is(b, from, to, PARAM_URI, 3))
			continue;
		s = sip_param_value(b, from + 3, to);
		if (s.len > 2 && b->data[s.off] == '"')
			s = span_make(s.off + 1u, span_end(s) - 1);
		return s;
	}
	return (struct span){ 0, 0 };
}

/* Does a digest cover our address? Its verifier compares the two (F5). */
static bool digest_names_us(const struct alg_ctx *ctx, struct span value)
{
	const struct sip_buf *b = &ctx->msg.buf;
	struct sip_uri uri;

	return !sip_uri_parse(b, find_digest_uri(b, value), &uri) &&
	       uri.scheme != SIP_SCHEME_OTHER &&
	       addr_is(b, uri.host, &ctx->own);
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
