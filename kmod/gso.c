// SPDX-License-Identifier: GPL-2.0-only
/*
 * gso.c - several datagrams of one flow in one packet (UDP GSO and GRO).
 *
 * Each is a message of its own and may need another length, so they part
 * before they are inspected, and each goes on from the hook that met them.
 * Without memory the packet passes as it came. Must never reorder them.
 */
#include <linux/netdevice.h>
#include <linux/netfilter.h>

#include "compat.h"
#include "sipalg.h"

/* Where a hook function stands among those of this packet's way, or -1. */
static int find_hook(const struct nf_hook_entries *e, nf_hookfn *fn)
{
	unsigned int i;

	for (i = 0; e && i < e->num_hook_entries; i++)
		if (e->hooks[i].hook == fn)
			return i;
	return -1;
}

/**
 * sipalg_gso_split() - take the datagrams of a packet apart
 * @skb: a GSO packet of IPv4, at its network header; RCU is held
 * @state: of the hook that met it
 * @fn: its function, which each datagram meets next
 *
 * Return: NF_STOLEN, or NF_ACCEPT when it stays as it is, counted.
 */
unsigned int sipalg_gso_split(struct sk_buff *skb,
			      const struct nf_hook_state *state, nf_hookfn *fn)
{
	struct sipalg_net *sn = sipalg_pernet(state->net);
	const struct nf_hook_entries *e =
		rcu_dereference(state->net->nf.hooks_ipv4[state->hook]);
	struct nf_hook_state onwards = *state;
	struct sk_buff *segs, *seg, *next;
	int at = find_hook(e, fn);

	if (at < 0 || !(skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4)) {
		sipalg_count(sn, ALG_REASON_RAW_LIMIT);
		return NF_ACCEPT;	/* one datagram, larger than any */
	}
	segs = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(segs)) {
		sipalg_count(sn, ALG_REASON_RAW_NO_MEMORY);
		return NF_ACCEPT;
	}
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		if (nf_hook_slow(seg, &onwards, e, at) == 1)
			onwards.okfn(onwards.net, onwards.sk, seg);
	}
	consume_skb(skb);
	return NF_STOLEN;
}
