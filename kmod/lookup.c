// SPDX-License-Identifier: GPL-2.0-only
/*
 * lookup.c - the NAT look-ups: the first packet of every new flow, before any
 * rule of the admin's.
 *
 * PRE_ROUTING and LOCAL_OUT put our helper on SIP flows. A packet to a
 * binding's WAN address is sent on to its LAN address, and is RELATED to the
 * signalling. POST_ROUTING lets a packet from a binding's LAN address leave
 * from its WAN port, whichever side sends first; of a SIP flow NAT chooses
 * the address before remap.c sees to the port. Established flows never come
 * here. No address may be chosen here that is not in the table.
 */
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/netfilter_ipv4.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_nat.h>
#include <net/route.h>

#include "compat.h"
#include "sipalg.h"

static bool is_sip_port(const struct sipalg_net *sn,
			const struct nf_conntrack_tuple *t)
{
	return test_bit(ntohs(t->dst.u.all), sn->udp_ports) ||
	       test_bit(ntohs(t->src.u.all), sn->udp_ports);
}

static unsigned int set_nat(struct nf_conn *ct, const struct sipalg_key *to,
			    enum nf_nat_manip_type manip)
{
	struct nf_nat_range2 range = {
		.flags = NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED,
		.min_addr.ip = to->v4,
		.max_addr.ip = to->v4,
		.min_proto.udp.port = htons(to->port),
		.max_proto.udp.port = htons(to->port),
	};

	return nf_nat_setup_info(ct, &range, manip);
}

/*
 * nf_nat does not look whether a range of one port is taken, and the packet
 * would be dropped when it is confirmed. So look first.
 */
static bool would_clash(struct nf_conn *ct, const struct sipalg_key *to,
			enum nf_nat_manip_type manip)
{
	struct nf_conntrack_tuple reply =
		ct->tuplehash[IP_CT_DIR_REPLY].tuple;

	if (manip == NF_NAT_MANIP_DST) {
		reply.src.u3.ip = to->v4;
		reply.src.u.all = htons(to->port);
	} else {
		reply.dst.u3.ip = to->v4;
		reply.dst.u.all = htons(to->port);
	}
	return nf_conntrack_tuple_taken(&reply, ct);
}

/*
 * The conntrack of the signalling, with a reference. A flow that has a master
 * itself stands for that, or for nothing once it is gone: no chain of masters
 * can grow.
 */
static struct nf_conn *find_master(const struct sipalg_binding *b,
				   const struct nf_conn *ct)
{
	struct nf_conn *found = sipalg_binding_flow(b, nf_ct_zone(ct));
	struct nf_conn *root;

	if (!found)
		return NULL;
	root = found->master;
	if (!root)
		return found;
	if (nf_ct_is_dying(root))
		root = NULL;
	else
		nf_conntrack_get(&root->ct_general);
	nf_ct_put(found);
	return root;
}

static void relate(struct sipalg_binding *b, struct nf_conn *ct,
		   struct sk_buff *skb)
{
	struct nf_conn *master;

	if (ct->master)
		return;
	master = find_master(b, ct);
	if (!master)
		return;
	ct->master = master;	/* put when ct is destroyed */
	conntrack_inherit(ct, master);
	__set_bit(IPS_EXPECTED_BIT, &ct->status);
	nf_ct_set(skb, ct, IP_CT_RELATED);
}

/*
 * The LAN host may have a flow to this far end already, with another mapping
 * than the one that it announced since. The announced one stands.
 */
static bool make_way(struct sipalg_binding *b, struct nf_conn *ct,
		     const struct sipalg_key *src)
{
	if (!would_clash(ct, &b->lan, NF_NAT_MANIP_DST))
		return true;
	sipalg_flow_purge(b, &b->lan, src);
	return !would_clash(ct, &b->lan, NF_NAT_MANIP_DST);
}

/* A packet to @b's WAN address goes to its LAN address. sn->lock is held. */
static unsigned int admit_in(struct sipalg_binding *b, struct nf_conn *ct,
			     struct sk_buff *skb)
{
	struct nf_conntrack_tuple *t =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	struct sipalg_key src;

	sipalg_key_v4(&src, t->src.u3.ip, t->src.u.all, IPPROTO_UDP);
	if (b->kind == SIPALG_BINDING_MEDIA ? !b->open :
	    !sipalg_admits(b, &src, skb))
		return NF_ACCEPT;
	if (sipalg_port_served(b->sn, &b->wan, skb->skb_iif) ||
	    !make_way(b, ct, &src))
		return NF_ACCEPT;
	if (b->kind == SIPALG_BINDING_SIP)
		sipalg_attach(ct);
	else if (!sipalg_flow_admit(b, ct, ALG_IN, false))
		return NF_ACCEPT;
	relate(b, ct, skb);
	return set_nat(ct, &b->lan, NF_NAT_MANIP_DST);
}

/*
 * The LAN host sends media to the address that the far end announced: also
 * when the way in was closed because nothing came for long.
 */
static void admit_out(struct sipalg_binding *b, struct nf_conn *ct,
		      struct sk_buff *skb)
{
	const struct nf_conntrack_tuple *t =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;

	if (b->kind == SIPALG_BINDING_MEDIA && b->refs &&
	    b->peer.family == 4 && b->peer.v4 == t->dst.u3.ip &&
	    htons(b->peer.port) == t->dst.u.all)
		relate(b, ct, skb);
}

/* The conntrack of a UDP flow's first packet, or NULL. */
static struct nf_conn *new_udp(const struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	if (!ct || nf_ct_is_confirmed(ct) || nf_ct_protonum(ct) != IPPROTO_UDP)
		return NULL;
	return ct;
}

static void attach(struct sipalg_net *sn, struct nf_conn *ct,
		   const struct nf_conntrack_tuple *t)
{
	if (is_sip_port(sn, t) && !sipalg_attach(ct) && nfct_help(ct))
		this_cpu_inc(sn->stats->intree);
}

static unsigned int look_in(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	struct sipalg_net *sn = sipalg_pernet(state->net);
	struct nf_conn *ct = new_udp(skb);
	unsigned int verdict = NF_ACCEPT;
	struct nf_conntrack_tuple *t;
	struct sipalg_binding *b;
	struct sipalg_key key, far;

	if (!ct)
		return NF_ACCEPT;
	t = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	attach(sn, ct, t);
	sipalg_key_v4(&key, t->dst.u3.ip, t->dst.u.all, IPPROTO_UDP);
	if (sipalg_binding_by_wan(sn, &key)) {
		spin_lock_bh(&sn->lock);
		b = sipalg_binding_by_wan(sn, &key);
		if (b)
			verdict = admit_in(b, ct, skb);
		spin_unlock_bh(&sn->lock);
		return verdict;
	}
	sipalg_key_v4(&key, t->src.u3.ip, t->src.u.all, IPPROTO_UDP);
	sipalg_key_v4(&far, t->dst.u3.ip, t->dst.u.all, IPPROTO_UDP);
	if (sipalg_binding_towards(sn, &key, 0, &far)) {
		spin_lock_bh(&sn->lock);
		b = sipalg_binding_towards(sn, &key, 0, &far);
		if (b)
			admit_out(b, ct, skb);
		spin_unlock_bh(&sn->lock);
	}
	return NF_ACCEPT;
}

static unsigned int look_local(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	struct nf_conn *ct = new_udp(skb);

	if (ct)
		attach(sipalg_pernet(state->net), ct,
		       &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple);
	return NF_ACCEPT;
}

/* The address that masquerade would take on this device. */
static __be32 masq_address(const struct sk_buff *skb,
			   const struct net_device *out)
{
	const struct rtable *rt = skb_rtable(skb);

	return inet_select_addr(out, rt_nexthop(rt, ip_hdr(skb)->daddr),
				RT_SCOPE_UNIVERSE);
}

/* Is the WAN address another one by now? */
static bool is_outdated(const struct sipalg_binding *b,
			const struct sk_buff *skb, const struct net_device *out)
{
	if (b->masq)
		return masq_address(skb, out) != b->wan.v4;
	return b->local && inet_addr_type(b->sn->net, b->wan.v4) != RTN_LOCAL;
}

/*
 * The far end's packets belong to this flow now; nothing is expected. It is
 * used, so it is open for the dialog, however late (media_timeout).
 */
static void sent_first(struct sipalg_binding *b, struct nf_conn *ct)
{
	__be32 daddr = ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple.dst.u3.ip;

	sipalg_flow_admit(b, ct, ALG_OUT, false);
	b->open = 1;
	if (b->peer.family == 4 && b->peer.v4 == daddr)
		sipalg_pinhole_close(b);
}

static unsigned int leave(struct sipalg_binding *b, struct nf_conn *ct,
			  struct sk_buff *skb, const struct net_device *out)
{
	if ((b->kind == SIPALG_BINDING_MEDIA && !b->refs) || /* it rests */
	    is_outdated(b, skb, out) ||
	    would_clash(ct, &b->wan, NF_NAT_MANIP_SRC)) {
		b->stray = 1;
		return NF_ACCEPT;
	}
	if (b->kind == SIPALG_BINDING_MEDIA)
		sent_first(b, ct);
	if (b->masq)
		set_masq_device(ct, out->ifindex);
	return set_nat(ct, &b->wan, NF_NAT_MANIP_SRC);
}

/*
 * Of a SIP flow NAT chooses the address first; see remap.c. A bypassed host's
 * it chooses alone, but for media of dialogs that began before.
 */
static bool is_left(const struct sipalg_binding *b, const struct nf_conn *ct)
{
	return b->kind == SIPALG_BINDING_SIP &&
	       (sipalg_attached(ct) ||
		sipalg_lanmode_find(b->sn, b->lan.v4) == SIPALG_MODE_BYPASS);
}

static unsigned int look_out(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	struct sipalg_net *sn = sipalg_pernet(state->net);
	struct nf_conn *ct = new_udp(skb);
	unsigned int verdict = NF_ACCEPT;
	struct nf_conntrack_tuple *t;
	struct sipalg_binding *b;
	struct sipalg_key lan, far;

	if (!ct)
		return NF_ACCEPT;
	if (dst_xfrm(skb_dst(skb)))
		return NF_ACCEPT;	/* an exemption of the admin's */
	if (ct->status & IPS_DST_NAT)	/* a rule of the admin's: to 5060? */
		attach(sn, ct, &ct->tuplehash[IP_CT_DIR_REPLY].tuple);
	t = &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	sipalg_key_v4(&lan, t->src.u3.ip, t->src.u.all, IPPROTO_UDP);
	sipalg_key_v4(&far, t->dst.u3.ip, t->dst.u.all, IPPROTO_UDP);
	if (!sipalg_binding_towards(sn, &lan, state->out->ifindex, &far))
		return NF_ACCEPT;
	spin_lock_bh(&sn->lock);
	b = sipalg_binding_towards(sn, &lan, state->out->ifindex, &far);
	if (b && !is_left(b, ct))
		verdict = leave(b, ct, skb, state->out);
	spin_unlock_bh(&sn->lock);
	return verdict;
}

static const struct nf_hook_ops lookups[] = {
	{
		.hook = look_in,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = INT_MIN,
	}, {
		.hook = look_local,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = INT_MIN,
	}, {
		.hook = look_out,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = INT_MIN,
	},
};

int sipalg_lookup_register(struct sipalg_net *sn)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(lookups); i++) {
		err = nf_nat_ipv4_register_fn(sn->net, &lookups[i]);
		if (err)
			goto undo;
	}
	return 0;

undo:
	while (i--)
		nf_nat_ipv4_unregister_fn(sn->net, &lookups[i]);
	return err;
}

void sipalg_lookup_unregister(struct sipalg_net *sn)
{
	unsigned int i = ARRAY_SIZE(lookups);

	while (i--)
		nf_nat_ipv4_unregister_fn(sn->net, &lookups[i]);
}
