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
#include "literal.h"
#include "param.h"
#include "register.h"
#include "uri.h"
#include "via.h"

enum { TO_OURS = 3 };		/* from ALG_BIND_*_NOPORT to ALG_BIND_*_OURS */

/* maddr says where to send instead of host: it is ours as host would be. */
static int map_maddr(struct alg_ctx *ctx, struct span maddr,
		     const struct literal *lit)
{
	int rc;

	if (!addr_is(&ctx->msg.buf, maddr, &ctx->own))
		return 0;
	rc = literal_claim(ctx, lit);
	if (rc <= 0)
		return rc;
	return literal_replace_ip(ctx, maddr, lit->field);
}

/*
 * Our address stands at @from: read its port. @lit: @default_port is set;
 * host and port are the result.
 *
 * Return: where what follows begins; 0 when white space or anything else
 * unusual follows.
 */
static inline u32 read_usual_literal(const struct alg_ctx *ctx, u32 from,
				     u32 end, struct literal *lit)
{
	const struct sip_buf *b = &ctx->msg.buf;
	u32 pos = from + ctx->own.len;
	u32 port;
	int at;

	lit->host = span_make(from, pos);
	lit->port = (struct span){ 0, 0 };
	lit->port_num = lit->default_port;
	if (pos < end && b->data[pos] == ':') {
		at = span_number(b, pos + 1, end, 65535, &port);
		if (at < 0 || !port)
			return 0;
		lit->port = span_make(pos + 1, (u32)at);
		lit->port_num = (u16)port;
		pos = (u32)at;
	}
	if (pos == end || b->data[pos] == ';' || b->data[pos] == '>' ||
	    b->data[pos] == ',' || b->data[pos] == '?')
		return pos;
	return 0;
}

/**
 * struct field - what a header does with the literals in it
 * @id: enum alg_field
 * @noport: ALG_BIND_*_NOPORT
 * @maddr: a maddr in it may be ours
 */
struct field {
	u8 id;
	u8 noport;
	bool maddr;
};

static const struct field ruri_field = {
	ALG_FIELD_REQUEST_URI, ALG_BIND_CONTACT_NOPORT, true
};

static const struct field contact_field = {
	ALG_FIELD_CONTACT, ALG_BIND_CONTACT_NOPORT, true
};

static const struct field route_field = {
	ALG_FIELD_ROUTE, ALG_BIND_ROUTE_NOPORT, false
};

static const struct field record_route_field = {
	ALG_FIELD_RECORD_ROUTE, ALG_BIND_ROUTE_NOPORT, false
};

static inline void begin_literal(struct literal *lit,
				 const struct field *field, u8 scheme)
{
	lit->default_port = sip_scheme_port(scheme);
	lit->noport = field->noport;
	lit->ours = (u8)(field->noport << TO_OURS);
	lit->field = field->id;
}

/*
 * Something that cannot be read. If our address is nowhere in it, it is the
 * far end's affair, and stays as it is.
 */
static int judge_unreadable(const struct alg_ctx *ctx, struct span text)
{
	const struct sip_buf b = {
		.data = ctx->msg.buf.data + text.off, .len = text.len,
	};

	return addr_occurs(&b, &ctx->own) ? -EBADMSG : 0;
}

/* One URI, read as a whole. Return: 1 when it is ours, 0 when not; error. */
static int map_uri(struct alg_ctx *ctx, struct span text,
		   const struct field *field)
{
	const struct sip_buf *b = &ctx->msg.buf;
	struct literal lit;
	struct sip_uri uri;
	int mapped = 0;
	int rc;

	if (sip_uri_parse(b, text, &uri))
		return judge_unreadable(ctx, text);
	if (uri.scheme == SIP_SCHEME_OTHER)
		return 0;
	begin_literal(&lit, field, uri.scheme);
	lit.host = uri.host;
	lit.port = uri.port;
	lit.port_num = uri.port_num;
	if (addr_is(b, uri.host, &ctx->own))
		mapped = literal_map(ctx, &lit);
	else
		literal_pass(ctx, &lit);
	if (mapped < 0 || !uri.params.len || !field->maddr)
		return mapped;
	rc = map_maddr(ctx, sip_param_find(b, uri.params, "maddr"), &lit);
	return rc ? rc : mapped;
}

/* The host is not ours. Is there really nothing for us in this address? */
static inline bool is_foreign(const struct alg_ctx *ctx, u32 host, u32 end,
			      const struct field *field)
{
	const struct sip_buf *b = &ctx->msg.buf;

	if (addr_at(b, host, end, &ctx->other) || ctx->flags & ALG_CTX_NOTES)
		return false;
	return !field->maddr || !sip_param_maybe(b, span_make(host, end), 'm', '>');
}

/*
 * Of several contacts of ours in a REGISTER one that is not removed, and of
 * those the one of this flow's port; in its answer the one that lives longest:
 * a phone that restarted has left older ones behind.
 */
static bool is_better(const struct alg_ctx *ctx, struct span expires,
		      const struct reg_contact *own)
{
	u32 value;
	bool said = !sip_expires_parse(&ctx->msg.buf, expires, &value);

	if (!own->found)
		return true;
	if (!sip_msg_is_request(&ctx->msg))
		return said && (!own->has_expires || value > own->expires);
	if (said && !value)
		return false;
	if (own->has_expires && !own->expires)
		return true;
	return ctx->bind.lan.port == ctx->pkt->lan.port;
}

/* Our contact of a REGISTER. */
static void keep_contact(struct alg_ctx *ctx, struct span uri,
			 struct span expires, struct reg_contact *own)
{
	if (!is_better(ctx, expires, own))
		return;
	own->bind = ctx->bind;
	own->uri = uri;
	own->has_expires = !sip_expires_parse(&ctx->msg.buf, expires,
					      &own->expires);
	own->found = true;
}

/*
 * May what follows the port at @at stay unread? Not if a maddr may be in it,
 * and not if the '<' at @pos is never closed: nobody can read that.
 */
static inline bool may_skip(const struct sip_buf *b, u32 pos, u32 at, u32 end,
			    const struct field *field)
{
	if (likely(at < end && b->data[at] == '>'))
		return true;
	if (b->data[pos] == '<' && span_seek(b, at, end, '>') == end)
		return false;
	return !field->maddr ||
	       !sip_param_maybe(b, span_make(at, end), 'm', '>');
}

/*
 * The usual address that is ours, at @pos with its host at @host: what stands
 * behind host and port may stay unread, unless its parameters are asked for.
 * *pos goes behind what was read. Return: 1 when it was dealt with; 0 when it
 * is not the usual one; or an error.
 */
static inline port_inline int
map_usual(struct alg_ctx *ctx, u32 *pos, u32 host, u32 end,
	  const struct field *field, struct reg_contact *own)
{
	const struct sip_buf *b = &ctx->msg.buf;
	struct span uri, expires;
	struct literal lit;
	u32 at, gt;
	int rc;

	begin_literal(&lit, field, SIP_SCHEME_SIP);
	at = read_usual_literal(ctx, host, end, &lit);
	if (!at)
		return 0;
	if (!may_skip(b, *pos, at, end, field))
		return 0;
	if (own) {
		gt = span_seek(b, at, end, '>');
		if (gt == end)
			return 0;
		uri = span_make(*pos + 1, gt);
		at = sip_contact_params(b, gt + 1, end, &expires);
	}
	*pos = at;
	rc = literal_map(ctx, &lit);
	if (rc > 0 && own)
		keep_contact(ctx, uri, expires, own);
	return rc < 0 ? rc : 1;
}

/* Behind the ',' that ends the address at @pos. */
static inline u32 skip_rest(const struct sip_buf *b, u32 pos, u32 end)
{
	if (pos < end && b->data[pos] == '>')
		pos++;
	if (pos < end && b->data[pos] != ',')
		pos = span_find_unquoted(b, pos, end, ',', ',');
	pos++;
	if (pos < end && (u8)b->data[pos] <= ' ')
		pos = span_skip_lws(b, pos, end);
	return pos;
}

/*
 * A list of addresses. @own: where our contact is kept, NULL when nobody asks
 * for it. Usual addresses are told by their host; all others are read.
 */
static int map_list(struct alg_ctx *ctx, struct span value,
		    const struct field *field, struct reg_contact *own)
{
	const struct sip_buf *b = &ctx->msg.buf;
	u32 end = span_end(value);
	u32 pos = value.off;
	struct sip_addr addr;
	struct span expires;
	u32 host;
	int rc;

	while (pos < end) {
		host = sip_addr_host(b, pos, end);
		rc = 0;
		if (host && addr_at(b, host, end, &ctx->own)) {
			rc = map_usual(ctx, &pos, host, end, field, own);
		} else if (host && is_foreign(ctx, host, end, field)) {
			pos = host;
			rc = 1;
		}
		if (rc < 0)
			return rc;
		if (rc) {
			pos = skip_rest(b, pos, end);
			continue;
		}
		rc = sip_addr_next(b, value, &pos, &addr);
		if (rc <= 0)
			return rc ? judge_unreadable(ctx, value) : 0;
		rc = map_uri(ctx, addr.uri, field);
		if (rc < 0)
			return rc;
		if (rc && own) {
			sip_contact_params(b, addr.params.off,
					   span_end(addr.params), &expires);
			keep_contact(ctx, addr.uri, expires, own);
		}
	}
	return 0;
}

/* rport of a response: the LAN host's port, when it is ours (F6). */
static int map_rport(struct alg_ctx *ctx, const struct sip_via *via)
{
	const struct alg_pkt *pkt = ctx->pkt;
	u32 port;
	int rc;

	if (!via->rport.len ||
	    span_u32(&ctx->msg.buf, via->rport, 65535, &port))
		return 0;
	if (port == pkt->wan.port)
		return literal_replace_port(ctx, via->rport, pkt->lan.port,
					    ALG_FIELD_VIA);
	rc = literal_bind(ctx, (u16)port);
	if (rc)
		return rc == -ENOENT ? 0 : rc;
	return literal_replace_port(ctx, via->rport, ctx->bind.lan.port,
				    ALG_FIELD_VIA);
}

/*
 * received and rport of a response, as the LAN host would have them. With a
 * name in sent-by they are ours if anything else that it writes is.
 */
static int map_received(struct alg_ctx *ctx, const struct sip_via *via,
			bool ours)
{
	const struct literal lit = {
		.port_num = ctx->pkt->wan.port,
		.ours = ALG_BIND_VIA_OURS | ALG_BIND_CONTACT_OURS,
	};
	const struct sip_buf *b = &ctx->msg.buf;
	int rc;

	if (!addr_is(b, via->received, &ctx->own))
		return ours ? map_rport(ctx, via) : 0;
	if (!ours) {
		if (addr_is(b, via->host, &ctx->own))
			return 0;
		rc = literal_claim(ctx, &lit);
		if (rc <= 0)
			return rc;
	}
	rc = literal_replace_ip(ctx, via->received, ALG_FIELD_VIA);
	return rc ? rc : map_rport(ctx, via);
}

/* The parameters of our own Via. @ours: sent-by was mapped. */
static int map_via_params(struct alg_ctx *ctx, struct sip_via *via,
			  const struct literal *lit, bool ours)
{
	int rc;

	sip_via_params(&ctx->msg.buf, via);
	ctx->branch = via->branch;
	rc = map_maddr(ctx, via->maddr, lit);
	if (rc < 0 || ctx->pkt->dir == ALG_OUT)
		return rc;
	return map_received(ctx, via, ours);
}

/* sent-by, whatever it looks like. Return: as literal_map(). */
static int map_any_via(struct alg_ctx *ctx, struct span value,
		       struct sip_via *via, struct literal *lit)
{
	const struct sip_buf *b = &ctx->msg.buf;

	if (sip_via_sent_by(b, value, via))
		return -EBADMSG;
	lit->host = via->host;
	lit->port = via->port;
	lit->port_num = via->port_num;
	lit->default_port = via->default_port;
	if (addr_is(b, via->host, &ctx->own))
		return literal_map(ctx, lit);
	literal_pass(ctx, lit);
	return 0;
}

/* The usual Via: our literal behind "SIP/2.0/UDP ". */
static inline bool read_usual_via(const struct alg_ctx *ctx,
				  struct span value, struct sip_via *via,
				  struct literal *lit)
{
	u32 from = sip_via_host(&ctx->msg.buf, value);
	u32 end = span_end(value);
	u32 at;

	lit->default_port = ALG_SIP_PORT;
	if (!from || !addr_at(&ctx->msg.buf, from, end, &ctx->own))
		return false;
	at = read_usual_literal(ctx, from, end, lit);
	if (!at)
		return false;
	via->host = lit->host;
	via->params = span_make(at, end);
	return true;
}

static int plan_via(struct alg_ctx *ctx, struct span value)
{
	struct literal lit = {
		.noport = ALG_BIND_VIA_NOPORT,
		.ours = ALG_BIND_VIA_OURS,
		.field = ALG_FIELD_VIA,
	};
	struct sip_via via;
	int ours;

	if (likely(read_usual_via(ctx, value, &via, &lit)))
		ours = literal_map(ctx, &lit);
	else
		ours = map_any_via(ctx, value, &via, &lit);
	if (ours < 0)
		return ours;
	if (ours)
		ctx->via_port = ctx->bind.lan.port;
	/* of a request only REGISTER needs to know the branch */
	if (ctx->pkt->dir == ALG_OUT &&
	    ctx->msg.method != SIP_METHOD_REGISTER &&
	    !sip_param_maybe(&ctx->msg.buf, via.params, 'm', ','))
		return 0;
	return map_via_params(ctx, &via, &lit, ours);
}

/* All headers with one id, each a list of addresses. */
static int map_headers(struct alg_ctx *ctx, enum sip_hdr_id id,
		       const struct field *field)
{
	const struct sip_msg *msg = &ctx->msg;
	u32 i = msg->first[id];
	int rc;

	for (; i != SIP_NO_HEADER; i = msg->hdr[i].next) {
		rc = map_list(ctx, msg->hdr[i].value, field, NULL);
		if (rc)
			return rc;
	}
	return 0;
}

static int plan_contacts(struct alg_ctx *ctx, struct reg_contact *own)
{
	const struct sip_msg *msg = &ctx->msg;
	u32 i = msg->first[SIP_HDR_CONTACT];
	int rc;

	if (msg->method != SIP_METHOD_REGISTER)
		return map_headers(ctx, SIP_HDR_CONTACT, &contact_field);
	for (; i != SIP_NO_HEADER; i = msg->hdr[i].next) {
		if (sip_contact_is_star(&msg->buf, msg->hdr[i].value)) {
			own->star = true;
			continue;
		}
		rc = map_list(ctx, msg->hdr[i].value, &contact_field, own);
		if (rc)
			return rc;
	}
	return 0;
}

/*
 * The headers that may carry a literal of ours. Out: what the LAN host wrote
 * of itself. In: what came back of that. Only the topmost Via is its own.
 * They are planned in their usual order, so that edits seldom need sorting.
 */
static int plan_headers(struct alg_ctx *ctx, struct reg_contact *own)
{
	const struct sip_msg *msg = &ctx->msg;
	bool request = sip_msg_is_request(msg);
	bool out = ctx->pkt->dir == ALG_OUT;
	bool early = msg->first[SIP_HDR_CONTACT] < msg->first[SIP_HDR_VIA];
	int rc = 0;

	if (early && (out || !request))
		rc = plan_contacts(ctx, own);
	if (!rc && request == out)
		rc = plan_via(ctx, sip_msg_value(msg, SIP_HDR_VIA));
	if (!rc && request)
		rc = map_headers(ctx, SIP_HDR_ROUTE, &route_field);
	if (!rc && (out || !request))
		rc = map_headers(ctx, SIP_HDR_RECORD_ROUTE,
				 &record_route_field);
	if (!rc && !early && (out || !request))
		rc = plan_contacts(ctx, own);
	return rc;
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
		if (!span_starts(b, from, to, "uri"))
			continue;
		s = sip_params_value_slow(b, from + 3, to);
		if (!s.len)
			continue;
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

/* Is this Request-URI ours, and part of a digest? Then it stays. */
static bool is_in_digest(const struct alg_ctx *ctx)
{
	const struct sip_buf *b = &ctx->msg.buf;
	struct sip_uri uri;

	if (!sip_msg_has(&ctx->msg, SIP_HDR_AUTHORIZATION) &&
	    !sip_msg_has(&ctx->msg, SIP_HDR_PROXY_AUTHORIZATION))
		return false;
	return (in_digest(ctx, SIP_HDR_AUTHORIZATION) ||
		in_digest(ctx, SIP_HDR_PROXY_AUTHORIZATION)) &&
	       !sip_uri_parse(b, ctx->msg.ruri, &uri) &&
	       uri.scheme != SIP_SCHEME_OTHER &&
	       addr_is(b, uri.host, &ctx->own);
}

/* A request from outside: our binding becomes the LAN host's contact. */
static int plan_ruri(struct alg_ctx *ctx)
{
	const struct edit_why kept = { ALG_FIELD_REQUEST_URI,
				       ALG_REASON_KEPT_DIGEST };
	const struct sip_buf *b = &ctx->msg.buf;
	struct span ruri = ctx->msg.ruri;
	u32 pos = ruri.off;
	u8 scheme;
	u32 host;
	int rc;

	if (unlikely(is_in_digest(ctx))) {
		ctx->digest = true;
		plan_note(ctx, ruri, kept);
		return 0;
	}
	host = sip_uri_host(b, ruri, &scheme);
	if (likely(scheme == SIP_SCHEME_SIP &&
		   addr_at(b, host, span_end(ruri), &ctx->own))) {
		rc = map_usual(ctx, &pos, host, span_end(ruri), &ruri_field,
			       NULL);
		if (rc)
			return rc < 0 ? rc : 0;
	}
	rc = map_uri(ctx, ruri, &ruri_field);
	return rc < 0 ? rc : 0;
}

int plan_sip(struct alg_ctx *ctx)
{
	const struct sip_msg *msg = &ctx->msg;
	struct reg_contact own;
	int rc;

	own.found = false;
	own.star = false;
	own.has_expires = false;
	if (sip_msg_is_request(msg) && ctx->pkt->dir == ALG_IN) {
		rc = plan_ruri(ctx);
		if (rc)
			return rc;
	}
	rc = plan_headers(ctx, &own);
	if (rc)
		return rc;
	if (ctx->flags & ALG_CTX_NOTES)
		plan_note_headers(ctx);
	if (msg->method == SIP_METHOD_REGISTER)
		register_step(ctx, &own);
	return 0;
}
