// SPDX-License-Identifier: GPL-2.0-only
/*
 * genl_fill.c - one registration, dialog or media line as netlink attributes,
 * for dumps and events alike.
 *
 * Not in the packet's way. Must never send a password: URIs pass put_uri().
 */
#include <linux/jiffies.h>
#include <linux/string.h>

#include "genl.h"

enum {
	/* packets one way (a second of audio) that make none the other way
	 * worth telling
	 */
	FILL_AUDIBLE = 50,
};

static_assert((int)ALG_REG_ACTIVE == (int)SIPALG_REG_ACTIVE);
static_assert((int)ALG_CALL_EARLY == (int)SIPALG_CALL_EARLY);
static_assert((int)ALG_CALL_CONFIRMED == (int)SIPALG_CALL_CONFIRMED);
static_assert((int)ALG_CALL_HELD == (int)SIPALG_CALL_HELD);
static_assert((int)ALG_CALL_ENDED == (int)SIPALG_CALL_ENDED);
static_assert((int)ALG_MEDIA_RTP == (int)SIPALG_MEDIA_RTP);
static_assert((int)ALG_MEDIA_RTCP == (int)SIPALG_MEDIA_RTCP);
static_assert((int)ALG_MEDIA_MUX == (int)SIPALG_MEDIA_MUX);
static_assert((int)ALG_MEDIA_UDPTL == (int)SIPALG_MEDIA_UDPTL);
static_assert((int)ALG_MEDIA_OTHER == (int)SIPALG_MEDIA_OTHER);

/* A string attribute from text without NUL. */
static int put_text(struct sk_buff *skb, int attr, const char *text,
		    size_t len)
{
	struct nlattr *nla = nla_reserve(skb, attr, len + 1);
	char *out;

	if (!nla)
		return -EMSGSIZE;
	out = nla_data(nla);
	memcpy(out, text, len);
	out[len] = '\0';
	return 0;
}

/* Where the userinfo of a URI, or of a bare user@host, begins. */
static size_t user_offset(const char *uri, size_t len)
{
	if (len > 4 && !strncasecmp(uri, "sip:", 4))
		return 4;
	if (len > 5 && !strncasecmp(uri, "sips:", 5))
		return 5;
	return 0;
}

/* user:password@host (RFC 3261 19.1.1) leaves as user@host (SEC-22). */
static int put_uri(struct sk_buff *skb, int attr, const char *uri, size_t len)
{
	size_t from = user_offset(uri, len);
	const char *at = memchr(uri + from, '@', len - from);
	const char *colon = NULL;
	struct nlattr *nla;
	size_t head, tail;
	char *out;

	if (!at && len >= SIPALG_TEXT)
		at = uri + len;		/* it was cut before the host */
	if (at)
		colon = memchr(uri + from, ':', at - uri - from);
	if (!colon)
		return put_text(skb, attr, uri, len);

	head = colon - uri;
	tail = uri + len - at;
	nla = nla_reserve(skb, attr, head + tail + 1);
	if (!nla)
		return -EMSGSIZE;
	out = nla_data(nla);
	memcpy(out, uri, head);
	memcpy(out + head, at, tail);
	out[head + tail] = '\0';
	return 0;
}

static int put_ep(struct sk_buff *skb, int attr, const struct alg_ep *ep)
{
	struct nlattr *nest;
	int err;

	if (!ep->family)
		return 0;
	nest = nla_nest_start(skb, attr);
	if (!nest)
		return -EMSGSIZE;
	if (ep->family == 4)
		err = nla_put_in_addr(skb, SIPALG_EP_IP4,
				      (__force __be32)ep->v4);
	else
		err = nla_put(skb, SIPALG_EP_IP6, sizeof(ep->ip), ep->ip);
	if (err || nla_put_u16(skb, SIPALG_EP_PORT, ep->port))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* One transport address; nothing when there is none. */
int sipalg_fill_key(struct sk_buff *skb, int attr, const struct sipalg_key *k)
{
	struct alg_ep ep;

	sipalg_key_to_ep(k, &ep);
	return put_ep(skb, attr, &ep);
}

int sipalg_fill_reg(struct sk_buff *skb, const struct sipalg_reg *r)
{
	const struct sipalg_binding *b = r->binding;
	char contact[SIPALG_TEXT];
	struct sipalg_key peer;

	sipalg_key_v4(&peer, r->peer, htons(r->peer_port), b->lan.proto);
	if (put_uri(skb, SIPALG_A_AOR, r->text, r->aor_len) ||
	    put_uri(skb, SIPALG_A_CONTACT, contact,
		    sipalg_regtext_contact(r, contact)) ||
	    sipalg_fill_key(skb, SIPALG_A_LAN, &b->lan) ||
	    sipalg_fill_key(skb, SIPALG_A_WAN, &b->wan) ||
	    sipalg_fill_key(skb, SIPALG_A_PEER, &peer) ||
	    nla_put_u8(skb, SIPALG_A_PROTO, b->lan.proto) ||
	    nla_put_u32(skb, SIPALG_A_EXPIRES, sipalg_reg_left(r)) ||
	    nla_put_u8(skb, SIPALG_A_REG_STATE, r->state))
		return -EMSGSIZE;
	return 0;
}

static int put_packets(struct sk_buff *skb, const struct sipalg_binding *b)
{
	u64 packets[2] = { 0, 0 };
	bool used;

	sipalg_flow_packets(b, packets);
	used = packets[ALG_IN] || packets[ALG_OUT] || sipalg_flow_live(b);
	if (nla_put_u8(skb, SIPALG_A_MEDIA_STATE,
		       used ? SIPALG_MEDIA_USED : SIPALG_MEDIA_OPEN) ||
	    nla_put_u64_64bit(skb, SIPALG_A_PACKETS_IN, packets[ALG_IN],
			      SIPALG_A_PAD) ||
	    nla_put_u64_64bit(skb, SIPALG_A_PACKETS_OUT, packets[ALG_OUT],
			      SIPALG_A_PAD))
		return -EMSGSIZE;
	return 0;
}

static int put_media(struct sk_buff *skb, const struct sipalg_media *m,
		     bool rtcp)
{
	const struct sipalg_binding *b = rtcp ? m->rtcp : m->rtp;
	struct sipalg_key remote = m->remote;

	if (!b)
		return -ENOENT;
	if (rtcp)
		remote.port = m->remote_rtcp;
	if (!remote.port)
		remote.family = 0;	/* not said by the far end */
	if (nla_put_u8(skb, SIPALG_A_KIND,
		       rtcp ? SIPALG_MEDIA_RTCP : m->kind) ||
	    sipalg_fill_key(skb, SIPALG_A_LAN, &b->lan) ||
	    sipalg_fill_key(skb, SIPALG_A_WAN, &b->wan) ||
	    sipalg_fill_key(skb, SIPALG_A_REMOTE, &remote) ||
	    put_packets(skb, b))
		return -EMSGSIZE;
	return 0;
}

int sipalg_fill_media(struct sk_buff *skb, const struct sipalg_call *c,
		      const struct sipalg_media *m, bool rtcp)
{
	if (put_text(skb, SIPALG_A_CALL_ID, c->text, c->call_id_len))
		return -EMSGSIZE;
	return put_media(skb, m, rtcp);
}

static int put_item(struct sk_buff *skb, const struct sipalg_media *m,
		    bool rtcp)
{
	struct nlattr *nest;
	int err;

	nest = nla_nest_start(skb, SIPALG_A_MEDIA_ITEM);
	if (!nest)
		return -EMSGSIZE;
	err = put_media(skb, m, rtcp);
	if (err == -ENOENT) {
		nla_nest_cancel(skb, nest);
		return 0;
	}
	nla_nest_end(skb, nest);
	return err;
}

static int put_media_list(struct sk_buff *skb, const struct sipalg_call *c)
{
	const struct sipalg_media *m;
	struct nlattr *nest;

	nest = nla_nest_start(skb, SIPALG_A_MEDIA_LIST);
	if (!nest)
		return -EMSGSIZE;
	list_for_each_entry(m, &c->media, node) {
		if (put_item(skb, m, false) || put_item(skb, m, true))
			return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* The leg on which nothing was heard while the other one was. */
static u8 find_silent(const struct sipalg_call *c)
{
	const struct sipalg_media *m;
	u64 packets[2], sum[2] = { 0, 0 };

	if (c->alg.state != ALG_CALL_CONFIRMED)
		return SIPALG_SILENT_NONE;
	list_for_each_entry(m, &c->media, node) {
		if (!m->rtp)
			continue;
		packets[ALG_IN] = 0;
		packets[ALG_OUT] = 0;
		sipalg_flow_packets(m->rtp, packets);
		sum[ALG_IN] += packets[ALG_IN];
		sum[ALG_OUT] += packets[ALG_OUT];
	}
	if (!sum[ALG_IN] && sum[ALG_OUT] >= FILL_AUDIBLE)
		return SIPALG_SILENT_IN;
	if (!sum[ALG_OUT] && sum[ALG_IN] >= FILL_AUDIBLE)
		return SIPALG_SILENT_OUT;
	return SIPALG_SILENT_NONE;
}

int sipalg_fill_call(struct sk_buff *skb, const struct sipalg_call *c)
{
	const char *from = c->text + c->call_id_len;
	u32 age = sipalg_seconds() - c->created;

	if (put_text(skb, SIPALG_A_CALL_ID, c->text, c->call_id_len) ||
	    nla_put_u8(skb, SIPALG_A_CALL_STATE, c->alg.state) ||
	    put_uri(skb, SIPALG_A_FROM, from, c->from_len) ||
	    put_uri(skb, SIPALG_A_TO, from + c->from_len, c->to_len) ||
	    sipalg_fill_key(skb, SIPALG_A_LAN, &c->lan) ||
	    sipalg_fill_key(skb, SIPALG_A_PEER, &c->peer) ||
	    nla_put_u32(skb, SIPALG_A_CREATED, age) ||
	    nla_put_u8(skb, SIPALG_A_SILENT, find_silent(c)))
		return -EMSGSIZE;
	return put_media_list(skb, c);
}
