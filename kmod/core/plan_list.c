// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan_list.c - [6] Contact, Route and all other lists of addresses.
 *
 * Most headers have no address of ours, which one search tells. Those that do
 * are gone through address by address; the usual one is told by its host.
 */
#include "plan_list.h"
#include "contact.h"
#include "param.h"
#include "uri.h"

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

int plan_uri(struct alg_ctx *ctx, struct span text,
	     const struct plan_field *field)
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
	plan_begin(&lit, field, uri.scheme);
	lit.host = uri.host;
	lit.at = sip_uri_hostport(&uri);
	lit.port = uri.port.len;
	lit.port_num = uri.port_num;
	if (addr_is(b, uri.host, ctx->own))
		mapped = literal_map(ctx, &lit);
	else
		literal_pass(ctx, &lit);
	if (mapped < 0 || !uri.params.len)
		return mapped;
	rc = literal_map_maddr(ctx, sip_param_find(b, uri.params, "maddr"), &lit);
	return rc ? rc : mapped;
}

/*
 * Of several contacts of ours in a REGISTER one that is not removed, and of
 * those the one of this flow's port; in its answer the one that lives longest:
 * a phone that restarted has left older ones behind. Is one that says @expires
 * better than @own?
 */
static port_noinline bool is_better(const struct alg_ctx *ctx,
				    bool has_expires, u32 expires,
				    const struct reg_contact *own)
{
	if (!sip_msg_is_request(&ctx->msg))
		return has_expires &&
		       (!own->has_expires || expires > own->expires);
	if (has_expires && !expires)
		return false;
	if (own->has_expires && !own->expires)
		return true;
	return ctx->bind.lan.port == ctx->pkt->lan.port;
}

/* Our contact of a REGISTER: its URI, and what stands behind that. */
static inline void keep_contact(struct alg_ctx *ctx, struct span uri,
				struct span params, struct reg_contact *own)
{
	bool has_expires = false;
	u32 expires = 0;

	if (params.len)
		has_expires = !sip_contact_expires(&ctx->msg.buf, params,
						   &expires);
	if (own->found && !is_better(ctx, has_expires, expires, own))
		return;
	own->uri = uri;
	own->expires = expires;
	own->has_expires = has_expires;
	own->found = true;
	own->lan = ctx->bind.lan;
	own->wan = ctx->bind.wan;
}

/**
 * struct list - a header with addresses
 * @value: its value
 * @field: what is done with them
 * @own: where our contact is kept, NULL when nobody asks for it
 */
struct list {
	struct span value;
	const struct plan_field *field;
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
 * The '>' that ends a URI, or @end: from @from on, behind our address as its
 * host. Return: 0 when that address comes again before it, as maddr perhaps,
 * or near the end of the message.
 */
static inline u32 skip_uri(const struct alg_ctx *ctx, u32 from, u32 end)
{
	const struct sip_buf *b = &ctx->msg.buf;
	const struct addr_text *own = ctx->own;
	const char *p = b->data + from;
	const char *limit = b->data + end;
	u64 w, hits;
	u32 at;

	if (unlikely(end + 8 > b->len))
		return 0;
	for (; p < limit; p += 8) {
		w = port_load64(p);
		hits = ((((w ^ own->first) |
			  (port_load64(p + 1) ^ own->second)) - SPAN_ONES) |
			((w ^ '>' * SPAN_ONES) - SPAN_ONES)) &
		       0x80 * SPAN_ONES;
		for (; hits; hits &= hits - 1) {
			at = (u32)(p - b->data) + port_ctz64(hits) / 8;
			if (at >= end)
				return end;
			if (b->data[at] == '>')
				return at;
			if (addr_at(b, at, end, own))
				return 0;
		}
	}
	return end;
}

/*
 * The ',' that ends the parameters of a contact, or @end. *expires: one of
 * them may be expires. Quotes are not looked at: both may be in them.
 */
static inline u32 skip_params(const struct sip_buf *b, u32 from, u32 end,
			      bool *expires)
{
	const char *p = b->data + from;
	const char *limit = b->data + end;
	const char *at;
	u64 w, hits;

	if (unlikely(end + 8 > b->len)) {
		*expires = true;
		return span_find(b, from, end, ',');
	}
	for (; p < limit; p += 8) {
		w = port_load64(p);
		hits = (((w ^ ';' * SPAN_ONES) - SPAN_ONES) |
			((w ^ ',' * SPAN_ONES) - SPAN_ONES)) &
		       0x80 * SPAN_ONES;
		for (; hits; hits &= hits - 1) {
			at = p + port_ctz64(hits) / 8;
			if (at >= limit)
				return end;
			if (*at == ',')
				return (u32)(at - b->data);
			if ((at[1] | 0x20) == 'e' || (u8)at[1] <= ' ')
				*expires = true;
		}
	}
	return end;
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
	struct literal lit;
	u32 at, comma;
	bool expires;
	int rc;

	plan_begin(&lit, l->field, SIP_SCHEME_SIP);
	at = literal_read(ctx, host, end, &lit);
	if (!at || at == end || b->data[at] == ',')
		return 0;
	if (b->data[at] != '>')
		at = skip_uri(ctx, at, end);
	if (!at || at == end)
		return 0;
	rc = literal_map(ctx, &lit);
	if (rc < 0)
		return rc;
	if (!rc || !l->own)
		return (int)at + 1;
	/* in a registrar's answer expires is the first, mostly */
	expires = span_load64(b, at + 1) == SIP_CONTACT_EXPIRES;
	comma = at + 1;
	if (!expires)
		comma = skip_params(b, at + 1, end, &expires);
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
	u32 end = span_end(l->value);
	struct sip_addr addr;
	int rc;

	rc = sip_addr_next(b, l->value, &pos, &addr);
	if (rc <= 0)
		return rc ? judge_unreadable(ctx, span_make(pos, end)) : 0;
	rc = plan_uri(ctx, addr.uri, l->field);
	if (rc > 0 && l->own)
		keep_contact(ctx, addr.uri, addr.params, l->own);
	return rc < 0 ? rc : (int)pos;
}

/*
 * A list from the address at @pos on, in which our address stands at @next, or
 * is to be looked for. Behind one of ours there may be another.
 */
static port_noinline int map_addresses(struct alg_ctx *ctx,
				       const struct list *l, u32 pos, u32 next)
{
	const struct sip_buf *b = &ctx->msg.buf;
	u32 end = span_end(l->value);
	u32 host;
	int rc;

	while (pos < end) {
		rc = 0;
		host = sip_addr_host(b, pos, end);
		if (host && (host == next || next < pos))
			rc = map_usual(ctx, l, pos, host);
		if (!rc && next < pos) {
			next = literal_find(ctx, pos, end);
			if (next == end)
				return 0;
		}
		if (!rc)
			rc = map_any(ctx, l, pos);
		if (rc <= 0)
			return rc;
		/* right behind it, or after more than is worth reading */
		pos = (u32)rc;
		if (next < pos && pos < end && b->data[pos] != ',')
			next = literal_find(ctx, pos, end);
		if (next == end)
			return 0;
		pos = next_address(b, pos, end);
	}
	return 0;
}

/* The addresses behind the first one, whose URI ends at @pos. */
static inline int map_rest(struct alg_ctx *ctx, const struct list *l, u32 pos)
{
	u32 end = span_end(l->value);
	u32 next = pos < end ? literal_find(ctx, pos, end) : end;

	if (likely(next == end))
		return 0;
	return map_addresses(ctx, l, next_address(&ctx->msg.buf, pos, end),
			     next);
}

/* What the LAN host has learnt of itself is a matter for literal_pass(). */
static inline bool may_have_learnt(const struct alg_ctx *ctx,
				   const struct plan_field *field)
{
	return field->learns && !(ctx->wrote & field->noport << PLAN_TO_OURS);
}

/*
 * A list of addresses on the way out: many have none of ours. @own: where our contact is
 * kept, NULL when nobody asks for it.
 */
static inline int map_list_out(struct alg_ctx *ctx, struct span value,
			       const struct plan_field *field,
			       struct reg_contact *own)
{
	const struct list l = { .value = value, .field = field, .own = own };
	const struct sip_buf *b = &ctx->msg.buf;
	u32 end = span_end(value);
	u32 next, host;
	int rc = 0;

	/* what the LAN host writes of itself begins with its address, mostly */
	if (field->learns && likely(!(ctx->flags & ALG_CTX_NOTES))) {
		host = sip_addr_host(b, value.off, end);
		if (host)
			rc = map_usual(ctx, &l, value.off, host);
		if (rc)
			return rc < 0 ? rc : map_rest(ctx, &l, (u32)rc);
	}
	next = literal_find(ctx, value.off, end);
	if (next < end || (may_have_learnt(ctx, field) &&
			   addr_find(b, value.off, end, ctx->other) < end))
		return map_addresses(ctx, &l, value.off, next);
	return 0;
}

/* What comes in has nothing of ours, mostly. */
static int map_lists_in(struct alg_ctx *ctx, u32 i,
			const struct plan_field *field,
			struct reg_contact *own)
{
	const struct sip_msg *msg = &ctx->msg;
	struct list l;
	u32 end, next;
	int rc;

	for (; i != SIP_NO_HEADER; i = msg->hdr[i].next) {
		l.value = msg->hdr[i].value;
		end = span_end(l.value);
		next = literal_find(ctx, l.value.off, end);
		if (likely(next == end))
			continue;
		l.field = field;
		l.own = own;
		rc = map_addresses(ctx, &l, l.value.off, next);
		if (rc)
			return rc;
	}
	return 0;
}

int plan_lists_from(struct alg_ctx *ctx, u32 i,
		    const struct plan_field *field, struct reg_contact *own)
{
	const struct sip_msg *msg = &ctx->msg;
	int rc;

	if (ctx->pkt->dir == ALG_IN)
		return map_lists_in(ctx, i, field, own);

	for (; i != SIP_NO_HEADER; i = msg->hdr[i].next) {
		if (own && sip_contact_is_star(&msg->buf, msg->hdr[i].value)) {
			own->star = true;
			continue;
		}
		rc = map_list_out(ctx, msg->hdr[i].value, field, own);
		if (rc)
			return rc;
	}
	return 0;
}
