// SPDX-License-Identifier: GPL-2.0-only
/*
 * rewrite.c - [9] the edit list into the skb, all edits at once.
 *
 * The only place of the module that changes a byte of a packet, and it does
 * so where the message stands; then lengths and checksum follow. Every step
 * that can fail comes before the first byte is written.
 */
#include <linux/ip.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/udp.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/route.h>
#include <net/udp.h>

#include "sipalg.h"

/* The packet can be written to, and is @grow bytes longer behind its end. */
static int make_room(struct sk_buff *skb, int grow)
{
	int tail = max(grow - skb_tailroom(skb), 0);

	if (!tail && !skb_cloned(skb))
		return 0;
	return pskb_expand_head(skb, 0, tail, GFP_ATOMIC);
}

/*
 * The checksum is left to the device or to whoever sends the packet on, as
 * nf_nat leaves it; a datagram without checksum stays without.
 */
static void fix_udp(struct sk_buff *skb, unsigned int protoff)
{
	struct udphdr *uh = (struct udphdr *)(skb->data + protoff);
	const struct iphdr *iph = ip_hdr(skb);
	unsigned int len = skb->len - protoff;

	uh->len = htons(len);
	if (!uh->check && skb->ip_summed != CHECKSUM_PARTIAL)
		return;
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + protoff;
	skb->csum_offset = offsetof(struct udphdr, check);
	uh->check = ~csum_tcpudp_magic(iph->saddr, iph->daddr, len,
				       IPPROTO_UDP, 0);
}

/* Does it fit the link? Most routes have no MTU of their own. */
static bool fits(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	if (!dst)
		return true;
	if (!skb_rtable(skb)->rt_pmtu && !dst_metric_raw(dst, RTAX_MTU) &&
	    !dst->lwtstate)
		return skb->len <= READ_ONCE(dst->dev->mtu);
	return skb->len <= dst_mtu(dst);
}

/* A message that no longer fits the link may be cut into fragments. */
static noinline void let_fragment(struct sk_buff *skb, struct iphdr *iph)
{
	iph->frag_off &= ~htons(IP_DF);
	if (!iph->id)
		ip_select_ident(dev_net(skb_dst(skb)->dev), skb, NULL);
	ip_send_check(iph);
}

static void fix_ip(struct sk_buff *skb, int grow)
{
	__be16 len = htons(skb->len - skb_network_offset(skb));
	struct iphdr *iph = ip_hdr(skb);

	csum_replace2(&iph->check, iph->tot_len, len);
	iph->tot_len = len;
	if (grow > 0 && iph->frag_off & htons(IP_DF) && !fits(skb))
		let_fragment(skb, iph);
}

/**
 * sipalg_rewrite() - carry out the plan of the message at work
 * @sn: namespace, locked; its context holds the edits
 * @skb: linear; on success it carries the new message
 * @protoff: offset of the UDP header from skb->data
 *
 * Return: 0; -ENOMEM or -ENOSPC: then no byte of @skb has changed.
 */
int sipalg_rewrite(struct sipalg_net *sn, struct sk_buff *skb,
		   unsigned int protoff)
{
	const struct edit_list *edits = &sn->work->ctx.edits;
	unsigned int off = protoff + sizeof(struct udphdr);
	u32 len = sn->work->pkt.len, end = off + len + edits->delta;
	int grow = end - skb->len;	/* what followed the datagram goes */

	if (end > IP_MAX_MTU)
		return -ENOSPC;
	if (make_room(skb, grow))
		return -ENOMEM;
	__skb_set_length(skb, end);
	edit_inplace(skb->data + off, len, edits);
	fix_ip(skb, grow);
	fix_udp(skb, protoff);
	return 0;
}
