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

	if (!addr_is(&ctx->msg.buf, maddr, ctx->own))
		return 0;
	rc = literal_claim(ctx, lit);
	if (rc <= 0)
		return rc;
	return literal_replace_ip(ctx, maddr, lit->field);
}

/*
 * Does our address stand at @from? Read its port as well, that of the flow
 * mostly. @lit: @default_port is set; host and port are the result.
 *
 * Return: where what follows begins; 0 when it is another address, or white
 * space or anything else unusual follows.
 */
static inline port_inline u32
read_literal(const struct alg_ctx *ctx, u32 from, u32 end, struct literal *lit)
{
	const struct sip_buf *b = &ctx->msg.buf;
	u32 pos = from + ctx->own->len;
	u32 port;
	int at;

	lit->host = span_make(from, pos);
	lit->port_num = ctx->own->port;
	lit->port = true;
	if (likely(addr_port_at(b, from, end, ctx->own))) {
		pos = from + ctx->own->all;
	} else if (!addr_at(b, from, end, ctx->own)) {
		return 0;
	} else if (pos < end && b->data[pos] == ':') {
		at = span_number(b, pos + 1, end, 65535, &port);
		if (at < 0 || !port)
			return 0;
		lit->port_num = (u16)port;
		pos = (u32)at;
	} else {
		lit->port_num = lit->default_port;
		lit->port = false;
	}
	lit->at = span_make(from, pos);
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
	ALG_FIELD_ROUTE, ALG_BIND_ROUTE_NOPORT, true
};

static const struct field record_route_field = {
	ALG_FIELD_RECORD_ROUTE, ALG_BIND_ROUTE_NOPORT, true
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

	return addr_find(&b, 0, text.len, ctx->own) < text.len ? -EBADMSG : 0;
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
	lit.at = sip_uri_hostport(&uri);
	lit.port = uri.port.len;
	lit.port_num = uri.port_num;
	if (addr_is(b, uri.host, ctx->own))
		mapped = literal_map(ctx, &lit);
	else
		literal_pass(ctx, &lit);
	if (mapped < 0 || !uri.params.len || !field->maddr)
		return mapped;
	rc = map_maddr(ctx, sip_param_find(b, uri.params, "maddr"), &lit);
	return rc ? rc : mapped;
}

/*
 * Of several contacts of ours in a REGISTER one that is not removed, and of
 * those the one of this flow's port; in its answer the one that lives longest:
 * a phone that restarted has left older ones behind. @c: the other one.
 */
static bool is_better(const struct alg_ctx *ctx, const struct reg_contact *c,
		      const struct reg_contact *own)
{
	if (!own->found)
		return true;
	if (!sip_msg_is_request(&ctx->msg))
		return c->has_expires &&
		       (!own->has_expires || c->expires > own->expires);
	if (c->has_expires && !c->expires)
		return false;
	if (own->has_expires && !own->expires)
		return true;
	return ctx->bind.lan.port == ctx->pkt->lan.port;
}

/* Our contact of a REGISTER: its URI, and what stands behind that. */
static void keep_contact(struct alg_ctx *ctx, struct span uri,
			 struct span params, struct reg_contact *own)
{
	struct reg_contact c = { .expires = 0 };

	c.has_expires = params.len && !sip_contact_expires(&ctx->msg.buf,
							   params, &c.expires);
	if (!is_better(ctx, &c, own))
		return;
	own->uri = uri;
	own->expires = c.expires;
	own->has_expires = c.has_expires;
	own->found = true;
	own->lan = ctx->bind.lan;
	own->wan = ctx->bind.wan;
}

/*
 * Where our address comes next in [from, end), @end if nowhere. For notes
 * every address is looked at.
 */
static inline u32 find_own(const struct alg_ctx *ctx, u32 from, u32 end)
{
	if (unlikely(ctx->flags & ALG_CTX_NOTES))
		return from;
	return addr_find(&ctx->msg.buf, from, end, ctx->own);
}

/**
 * struct list - a header with addresses
 * @value: its value
 * @field: what is done with them
 * @own: where our contact is kept, NULL when nobody asks for it
 */
struct list {
	struct span value;
	const struct field *field;
	struct reg_contact *own;
};

/* Behind the ',' that ends the address whose URI ends at @pos. */
static inline u32 next_address(const struct sip_buf *b, u32 pos, u32 end)
{
	if (pos < end && b->data[pos] != ',')
		pos = span_find_unquoted(b, pos, end, ',', ',');
	if (++pos < end && unlikely((u8)b->data[pos] <= ' '))
		pos = span_skip_lws(b, pos, end);
	return pos;
}

/*
 * The address at @pos is <sip:user@HOST> with our address as its host, at
 * @host, and nowhere else in the URI. Return: where its URI ends; 0 when it is
 * to be read as a whole; or an error.
 */
static inline int map_usual(struct alg_ctx *ctx, const struct list *l, u32 pos,
			    u32 host)
{
	const struct sip_buf *b = &ctx->msg.buf;
	u32 end = span_end(l->value);
	bool maddr = false;
	bool expires;
	struct literal lit;
	u32 at, comma;
	int rc;

	begin_literal(&lit, l->field, SIP_SCHEME_SIP);
	at = read_literal(ctx, host, end, &lit);
	/* no URI in <> has a ',' there */
	if (!at || (at < end && unlikely(b->data[at] == ',')))
		return 0;
	if (at < end && b->data[at] != '>')
		at = sip_params_skip(b, at, end, '>', 'm', &maddr);
	if (at == end || (maddr && l->field->maddr))
		return 0;
	rc = literal_map(ctx, &lit);
	if (rc < 0)
		return rc;
	if (!rc || !l->own)
		return (int)at + 1;
	comma = sip_params_skip(b, at + 1, end, ',', 'e', &expires);
	keep_contact(ctx, span_make(pos + 1, at),
		     span_make(at + 1, expires ? end : at + 1), l->own);
	return (int)(comma < end ? at + 1 : end);
}

/*
 * The address at @pos, whatever it looks like. Return: where it ends; 0 when
 * there is none, or none that can be read; or an error.
 */
static port_noinline int map_any(struct alg_ctx *ctx, const struct list *l,
				 u32 pos)
{
	const struct sip_buf *b = &ctx->msg.buf;
	struct sip_addr addr;
	int rc;

	rc = sip_addr_next(b, l->value, &pos, &addr);
	if (rc < 0)
		return judge_unreadable(ctx, span_make(pos, span_end(l->value)));
	if (!rc)
		return 0;
	rc = map_uri(ctx, addr.uri, l->field);
	if (rc > 0 && l->own)
		keep_contact(ctx, addr.uri, addr.params, l->own);
	return rc < 0 ? rc : (int)pos;
}

/* A list in which our address stands at @next, or is to be looked for. */
static port_noinline int map_addresses(struct alg_ctx *ctx,
				       const struct list *l, u32 next)
{
	const struct sip_buf *b = &ctx->msg.buf;
	u32 end = span_end(l->value);
	u32 pos = l->value.off;
	int rc;

	do {
		rc = 0;
		if (next < end && sip_addr_host(b, pos, end) == next)
			rc = map_usual(ctx, l, pos, next);
		if (!rc)
			rc = map_any(ctx, l, pos);
		if (rc <= 0)
			return rc;
		if (next < (u32)rc)
			next = find_own(ctx, (u32)rc, end);
		if (next >= end)
			return 0;
		pos = next_address(b, (u32)rc, end);
	} while (pos < end);
	return 0;
}

/*
 * What the LAN host has learnt of itself is a matter for literal_pass(); in
 * Route it repeats what others wrote.
 */
static inline bool may_have_learnt(const struct alg_ctx *ctx,
				   const struct field *field)
{
	return ctx->pkt->dir == ALG_OUT && field->id != ALG_FIELD_ROUTE &&
	       !(ctx->wrote & field->noport << TO_OURS);
}

/*
 * A list of addresses: most have none of ours. @own: where our contact is
 * kept, NULL when nobody asks for it.
 */
static inline int map_list(struct alg_ctx *ctx, struct span value,
			   const struct field *field, struct reg_contact *own)
{
	const struct list l = { .value = value, .field = field, .own = own };
	u32 end = span_end(value);
	u32 next = find_own(ctx, value.off, end);

	if (next < end ||
	    (may_have_learnt(ctx, field) &&
	     addr_find(&ctx->msg.buf, value.off, end, ctx->other) < end))
		return map_addresses(ctx, &l, next);
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

	if (!addr_is(b, via->received, ctx->own))
		return ours ? map_rport(ctx, via) : 0;
	if (!ours) {
		if (addr_is(b, via->host, ctx->own))
			return 0;
		rc = literal_claim(ctx, &lit);
		if (rc <= 0)
			return rc;
	}
	rc = literal_replace_ip(ctx, via->received, ALG_FIELD_VIA);
	return rc ? rc : map_rport(ctx, via);
}

/*
 * The parameters of a Via. The branch is what register_step() asks for. @ours:
 * sent-by was mapped.
 */
static int map_via_params(struct alg_ctx *ctx, struct sip_via *via,
			  const struct literal *lit, bool ours)
{
	const struct sip_buf *b = &ctx->msg.buf;
	struct span params = via->params;
	int rc;

	if (ctx->pkt->dir == ALG_IN) {
		sip_via_params(b, via);
		ctx->branch = via->branch;
		rc = map_maddr(ctx, via->maddr, lit);
		return rc < 0 ? rc : map_received(ctx, via, ours);
	}
	if (ctx->msg.method == SIP_METHOD_REGISTER)
		ctx->branch = sip_via_branch(b, params);
	if (find_own(ctx, params.off, span_end(params)) == span_end(params))
		return 0;
	rc = map_maddr(ctx, sip_param_find(b, params, "maddr"), lit);
	return rc < 0 ? rc : 0;
}

/* sent-by, whatever it looks like. Return: as literal_map(). */
static int map_any_via(struct alg_ctx *ctx, struct span value,
		       struct sip_via *via, struct literal *lit)
{
	const struct sip_buf *b = &ctx->msg.buf;

	if (sip_via_sent_by(b, value, via))
		return -EBADMSG;
	lit->host = via->host;
	lit->at = sip_via_hostport(via);
	lit->port = via->port.len;
	lit->port_num = via->port_num;
	lit->default_port = via->default_port;
	if (addr_is(b, via->host, ctx->own))
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
	if (!from)
		return false;
	at = read_literal(ctx, from, end, lit);
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
	       addr_is(b, uri.host, ctx->own);
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
	       addr_is(b, uri.host, ctx->own);
}

/* A request from outside: our binding becomes the LAN host's contact. */
static int plan_ruri(struct alg_ctx *ctx)
{
	const struct edit_why kept = { ALG_FIELD_REQUEST_URI,
				       ALG_REASON_KEPT_DIGEST };
	const struct sip_buf *b = &ctx->msg.buf;
	struct span ruri = ctx->msg.ruri;
	u32 end = span_end(ruri);
	struct literal lit;
	u8 scheme;
	u32 at;
	int rc;

	if (unlikely(is_in_digest(ctx))) {
		ctx->digest = true;
		plan_note(ctx, ruri, kept);
		return 0;
	}
	at = sip_uri_host(b, ruri, &scheme);
	if (likely(scheme == SIP_SCHEME_SIP)) {
		begin_literal(&lit, &ruri_field, scheme);
		at = read_literal(ctx, at, end, &lit);
		if (at && find_own(ctx, at, end) == end) {
			rc = literal_map(ctx, &lit);
			return rc < 0 ? rc : 0;
		}
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
