// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan_sip.c - [6] which header literals change, and into what.
 *
 * Only an IP literal that is the LAN host's own address (on the way out) or
 * a binding of its (on the way in) is ever replaced. Never a name, a user
 * part, a tag, a Call-ID, a digest field; From and To stay as they are.
 */
#include "plan_list.h"
#include "param.h"
#include "uri.h"

static const struct plan_field ruri_field = {
	ALG_FIELD_REQUEST_URI, ALG_BIND_CONTACT_NOPORT, false
};

static const struct plan_field contact_field = {
	ALG_FIELD_CONTACT, ALG_BIND_CONTACT_NOPORT, true
};

static const struct plan_field route_field = {
	ALG_FIELD_ROUTE, ALG_BIND_ROUTE_NOPORT, false
};

static const struct plan_field record_route_field = {
	ALG_FIELD_RECORD_ROUTE, ALG_BIND_ROUTE_NOPORT, true
};

/*
 * Headers that name the LAN host by the way, in requests and answers of both
 * directions: one row each. Replaces and Warning are not among them: a dialog
 * identifier is opaque, and who warns is nobody to send to.
 */
static const struct {
	u8 hdr;			/* enum sip_hdr_id */
	struct plan_field field;
} rare_headers[] = {
	{ SIP_HDR_PATH,
	  { ALG_FIELD_PATH, ALG_BIND_ROUTE_NOPORT, true } },
	{ SIP_HDR_SERVICE_ROUTE,
	  { ALG_FIELD_SERVICE_ROUTE, ALG_BIND_ROUTE_NOPORT, true } },
	{ SIP_HDR_REFER_TO,
	  { ALG_FIELD_REFER_TO, ALG_BIND_CONTACT_NOPORT, false } },
	{ SIP_HDR_REFERRED_BY,
	  { ALG_FIELD_REFERRED_BY, ALG_BIND_CONTACT_NOPORT, false } },
	{ SIP_HDR_REPLY_TO,
	  { ALG_FIELD_REPLY_TO, ALG_BIND_CONTACT_NOPORT, false } },
	{ SIP_HDR_P_ASSERTED_IDENTITY,
	  { ALG_FIELD_P_ASSERTED_IDENTITY, ALG_BIND_CONTACT_NOPORT, false } },
	{ SIP_HDR_P_PREFERRED_IDENTITY,
	  { ALG_FIELD_P_PREFERRED_IDENTITY, ALG_BIND_CONTACT_NOPORT, false } },
	{ SIP_HDR_REMOTE_PARTY_ID,
	  { ALG_FIELD_REMOTE_PARTY_ID, ALG_BIND_CONTACT_NOPORT, false } },
	{ SIP_HDR_DIVERSION,
	  { ALG_FIELD_DIVERSION, ALG_BIND_CONTACT_NOPORT, false } },
	{ SIP_HDR_HISTORY_INFO,
	  { ALG_FIELD_HISTORY_INFO, ALG_BIND_CONTACT_NOPORT, false } },
};

static port_noinline int plan_rare_headers(struct alg_ctx *ctx)
{
	u32 i;
	int rc;

	for (i = 0; i < ARRAY_SIZE(rare_headers); i++) {
		rc = plan_lists(ctx, rare_headers[i].hdr,
				&rare_headers[i].field, NULL);
		if (rc)
			return rc;
	}
	return 0;
}

static int plan_contacts(struct alg_ctx *ctx, struct reg_contact *own)
{
	if (ctx->msg.method != SIP_METHOD_REGISTER)
		own = NULL;
	return plan_lists(ctx, SIP_HDR_CONTACT, &contact_field, own);
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
		rc = plan_via(ctx);
	if (!rc && request)
		rc = plan_lists(ctx, SIP_HDR_ROUTE, &route_field, NULL);
	if (!rc && (out || !request))
		rc = plan_lists(ctx, SIP_HDR_RECORD_ROUTE,
				&record_route_field, NULL);
	if (!rc && !early && (out || !request))
		rc = plan_contacts(ctx, own);
	if (!rc && unlikely(sip_msg_has_rare(msg)))
		rc = plan_rare_headers(ctx);
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

/* What may follow host and port in a Request-URI; no '>' ends one. */
static bool ends_host(const struct sip_buf *b, u32 at, u32 end)
{
	return at == end || b->data[at] == ';' || b->data[at] == '?';
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
		plan_begin(&lit, &ruri_field, scheme);
		at = literal_read(ctx, at, end, &lit);
		if (at && ends_host(b, at, end) &&
		    literal_find(ctx, at, end) == end) {
			rc = literal_map(ctx, &lit);
			return rc < 0 ? rc : 0;
		}
	}
	rc = plan_uri(ctx, ruri, &ruri_field);
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
