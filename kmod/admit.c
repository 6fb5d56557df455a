// SPDX-License-Identifier: GPL-2.0-only
/*
 * admit.c - who may open a flow to a signalling binding (SEC-6).
 *
 * Whom the LAN host talks to, and a registrar that granted it a registration.
 * Anybody else only with a request whose Request-URI is the registered
 * contact, or with a message of a live dialog. lookup.c asks on the first
 * packet of a flow, under the namespace's lock. No state is made here.
 */
#include <linux/ip.h>
#include <linux/udp.h>
#include <net/ip.h>

#include "dialog.h"
#include "route.h"
#include "sipalg.h"

/* The datagram, in the room for one message when it is not in one piece. */
static const char *peek(struct sipalg_net *sn, const struct sk_buff *skb,
			u32 *len)
{
	unsigned int off = skb_network_offset(skb) + ip_hdrlen(skb) +
			   sizeof(struct udphdr);

	if (skb->len <= off)
		return NULL;
	*len = min_t(u32, skb->len - off, ALG_MAX_MSG);
	return skb_header_pointer(skb, off, *len, sn->work->payload);
}

/* The Request-URI is a registered contact: its user, our host and port. */
static bool names_contact(const struct sipalg_binding *b, const char *data,
			  u32 len)
{
	struct sipalg_net *sn = b->sn;
	struct sip_buf buf = { .data = data, .len = len };
	struct alg_ep wan;
	struct span user;

	if (READ_ONCE(sn->tunables.reg_source) == SIPALG_SOURCE_REGISTRAR)
		return false;
	sipalg_key_to_ep(&b->wan, &wan);
	if (!alg_request_is_for(data, len, &wan, &user))
		return false;
	return sipalg_is_contact(b, (u32)span_hash(&buf, user, sn->seed));
}

/* Call-ID and one of the tags are those of a dialog of this LAN host. */
static bool names_dialog(const struct sipalg_binding *b, const char *data,
			 u32 len)
{
	static const enum sip_hdr_id tagged[] = { SIP_HDR_FROM, SIP_HDR_TO };
	struct sipalg_net *sn = b->sn;
	struct sip_msg *msg = &sn->work->ctx.msg;
	struct alg_pkt pkt = { .seed = sn->seed };
	struct span tag, call_id;
	unsigned int i;
	u64 key;
	u8 dir;

	if (!b->ncalls || sip_msg_parse(msg, data, len))
		return false;
	sipalg_key_to_ep(&b->lan, &pkt.lan);
	dir = sip_msg_is_request(msg) ? ALG_IN : ALG_OUT;
	call_id = sip_msg_value(msg, SIP_HDR_CALL_ID);
	for (i = 0; i < ARRAY_SIZE(tagged); i++) {
		tag = sip_addr_tag(&msg->buf, sip_msg_value(msg, tagged[i]));
		if (!tag.len)
			continue;
		key = alg_call_key(&msg->buf, call_id, tag,
				   tagged[i] == SIP_HDR_FROM ? dir : !dir,
				   &pkt);
		if (sipalg_call_find(sn, key))
			return true;
	}
	return false;
}

/**
 * sipalg_admits() - may this packet open a flow to the LAN host?
 * @b: signalling binding; its namespace is locked
 * @src: where the packet comes from
 * @skb: the packet, at its network header
 */
bool sipalg_admits(const struct sipalg_binding *b,
		   const struct sipalg_key *src, const struct sk_buff *skb)
{
	const char *data;
	u32 len;

	if (sipalg_lanmode_find(b->sn, b->lan.v4) == SIPALG_MODE_BYPASS)
		return false;
	if (sipalg_key_same_ip(&b->peer, src) || sipalg_is_registrar(b, src->v4))
		return true;
	if (!b->refs)
		return false;
	data = peek(b->sn, skb, &len);
	return data && (names_contact(b, data, len) ||
			names_dialog(b, data, len));
}
