// SPDX-License-Identifier: GPL-2.0-only
/*
 * remap.c - the port outside of a new signalling flow (law 6, RFC 4787 REQ-1).
 *
 * hook.c asks behind NAT, on the first packet that a LAN host sends in a SIP
 * flow. The rules of the admin's have chosen the WAN address, and that stands;
 * the port becomes that of the LAN port's binding with this address, so that
 * every far end sees the same one, and is never one that another binding or a
 * program on the router has: what the far end sends to it would reach the
 * wrong host. The mapping of a SIP port is listed even when no text names it:
 * a phone may have learned it by STUN. This file must never choose an address.
 */
#include <linux/ip.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "sipalg.h"

static void mangle_source(struct sk_buff *skb, struct udphdr *uh, __be16 port)
{
	if (uh->check || skb->ip_summed == CHECKSUM_PARTIAL) {
		inet_proto_csum_replace2(&uh->check, skb, uh->source, port,
					 false);
		if (!uh->check)
			uh->check = CSUM_MANGLED_0;
	}
	uh->source = port;
}

/*
 * Until it is confirmed a conntrack is in no table, and the tuple in which
 * its answers come is free to change (as nf_conntrack_alter_reply() has it).
 */
static int set_port(struct sk_buff *skb, struct nf_conn *ct, u16 port)
{
	struct nf_conntrack_tuple reply = ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	unsigned int off = skb_network_offset(skb) + ip_hdrlen(skb);

	reply.dst.u.udp.port = htons(port);
	if (nf_conntrack_tuple_taken(&reply, ct))
		return -EBUSY;
	if (skb_ensure_writable(skb, off + sizeof(struct udphdr)))
		return -ENOMEM;
	mangle_source(skb, (struct udphdr *)(skb->data + off), htons(port));
	ct->tuplehash[IP_CT_DIR_REPLY].tuple = reply;
	return 0;
}

/* Another binding's port, or that of a program, is not for this flow. */
static u16 pick(struct sipalg_net *sn, const struct sipalg_key *lan,
		const struct sipalg_key *wan, int ifindex)
{
	struct sipalg_key other = *wan;

	if (sipalg_port_free(sn, wan, ifindex))
		return wan->port;
	if (sipalg_port_pick(sn, lan, &other, ifindex, false))
		return wan->port;
	return other.port;
}

/* Nobody else gets this mapping while a flow of it lives. */
static struct sipalg_binding *reserve(struct sipalg_net *sn,
				      const struct sipalg_key *lan,
				      const struct sipalg_key *wan)
{
	struct sipalg_binding *b;

	if (!test_bit(lan->port, sn->udp_ports))
		return NULL;
	b = sipalg_binding_new(sn, lan, wan, SIPALG_BINDING_SIP);
	return IS_ERR(b) ? NULL : b;
}

static void remap(struct sipalg_net *sn, struct sk_buff *skb,
		  struct nf_conn *ct, const struct alg_pkt *pkt)
{
	int ifindex = sn->work->txn.oif;
	struct sipalg_key lan, wan;
	struct sipalg_binding *b;
	u16 port;

	sipalg_key_from_ep(&lan, &pkt->lan, pkt->proto);
	sipalg_key_from_ep(&wan, &pkt->wan, pkt->proto);
	b = sipalg_binding_by_lan(sn, &lan, 0, &wan);
	if (b && b->kind != SIPALG_BINDING_SIP)
		return;
	port = b ? b->wan.port : pick(sn, &lan, &wan, ifindex);
	if (port != wan.port && set_port(skb, ct, port))
		return;
	wan.port = port;
	if (!b)
		b = reserve(sn, &lan, &wan);
	if (b && !b->told) {
		sipalg_binding_signal(b, pkt);
		sipalg_binding_touch(b);
	}
}

/**
 * sipalg_remap() - a new signalling flow gets the port that its LAN port has
 * @sn: namespace
 * @skb: its first packet, behind source NAT, at the network header
 * @ct: the flow, not confirmed yet
 * @out: the device by which it leaves
 * @pkt: its addresses
 *
 * When that port is taken towards this far end the flow keeps the one that
 * NAT chose.
 */
void sipalg_remap(struct sipalg_net *sn, struct sk_buff *skb,
		  struct nf_conn *ct, const struct net_device *out,
		  const struct alg_pkt *pkt)
{
	if (!(ct->status & IPS_SRC_NAT))
		return;
	spin_lock_bh(&sn->lock);
	sipalg_host_begin(sn, ct, out->ifindex);
	remap(sn, skb, ct, pkt);
	spin_unlock_bh(&sn->lock);
}
