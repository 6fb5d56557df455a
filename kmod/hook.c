// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook.c - [1] a packet leaves the router; is it SIP? [2] its payload and its
 * addresses before and after NAT; [10] the verdict, counted.
 *
 * The hooks stand behind NAT and before the packet is confirmed, so conntrack
 * has chosen every address. Anything that is not SIP leaves at the first
 * test. No packet is dropped here for being odd (law 3).
 */
#include <linux/ip.h>
#include <linux/netfilter_ipv4.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "compat.h"
#include "sipalg.h"

static bool is_sip_tuple(const struct sipalg_net *sn,
			 const struct nf_conntrack_tuple *t)
{
	return test_bit(ntohs(t->dst.u.all), sn->udp_ports) ||
	       test_bit(ntohs(t->src.u.all), sn->udp_ports);
}

/*
 * With our helper: yes. Without any: a flow from before `enable`, judged by
 * its ports. With another's: it is left to that.
 */
static bool is_sip_flow(const struct sipalg_net *sn, const struct nf_conn *ct)
{
	if (nf_ct_protonum(ct) != IPPROTO_UDP)
		return false;
	if (sipalg_attached(ct))
		return true;
	return !has_helper(ct) &&
	       is_sip_tuple(sn, &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple);
}

/* What makes it an IPv4 address stands there already: init_pkt(). */
static void set_ep(struct alg_ep *ep, __be32 ip, __be16 port)
{
	ep->v4 = (__force u32)ip;
	ep->port = ntohs(port);
}

/*
 * Which side of the flow is behind NAT? With both translated it is the one
 * whose address is local; with two of them the flow stays in the house.
 */
static __always_inline int inside_of(const struct sipalg_net *sn,
				     const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *orig =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_conntrack_tuple *reply =
		&ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	bool from, to;

	switch (ct->status & IPS_NAT_MASK) {
	case IPS_SRC_NAT:
		return IP_CT_DIR_ORIGINAL;
	case IPS_DST_NAT:
		return IP_CT_DIR_REPLY;
	case IPS_NAT_MASK:
		from = sipalg_is_local(sn, orig->src.u3.ip);
		to = sipalg_is_local(sn, reply->src.u3.ip);
		if (from != to)
			return from ? IP_CT_DIR_ORIGINAL : IP_CT_DIR_REPLY;
		return -1;
	default:
		return -1;
	}
}

/* [2] lan, wan and peer as NAT made them */
static void set_addresses(struct alg_pkt *pkt, const struct nf_conn *ct,
			  int inside)
{
	const struct nf_conntrack_tuple *in, *out;

	in = &ct->tuplehash[inside].tuple;	/* as the inside host sends */
	out = &ct->tuplehash[!inside].tuple;	/* as the far end sends */
	set_ep(&pkt->lan, in->src.u3.ip, in->src.u.all);
	set_ep(&pkt->wan, out->dst.u3.ip, out->dst.u.all);
	set_ep(&pkt->peer, out->src.u3.ip, out->src.u.all);
}

/* What is the same for every packet of a namespace. */
static void init_pkt(struct alg_pkt *pkt, u64 seed)
{
	*pkt = (struct alg_pkt){
		.lan.family = 4,
		.wan.family = 4,
		.peer.family = 4,
		.proto = IPPROTO_UDP,
		.seed = seed,
	};
}

/*
 * [2] The datagram in one piece. Return: its payload's length, which is the
 * UDP header's; -ENOMEM or -EBADMSG.
 */
static int straighten(struct sk_buff *skb, unsigned int protoff)
{
	const struct udphdr *uh;
	unsigned int len;

	if (skb_linearize(skb))
		return -ENOMEM;
	if (skb->len < protoff + sizeof(*uh))
		return -EBADMSG;
	uh = (const struct udphdr *)(skb->data + protoff);
	len = ntohs(uh->len);
	if (len < sizeof(*uh) || len > skb->len - protoff)
		return -EBADMSG;
	return len - sizeof(*uh);
}

static u8 payload_reason(int err)
{
	return err == -ENOMEM ? ALG_REASON_RAW_NO_MEMORY :
				ALG_REASON_RAW_MALFORMED;
}

/* The binding that owns the flow's outside address; mostly the message named
 * it.
 */
static struct sipalg_binding *find_binding(struct sipalg_net *sn)
{
	struct sipalg_binding *b = sn->work->txn.bind;
	const struct alg_ep *ep = &sn->work->pkt.wan;
	struct sipalg_key wan;

	if (b && b->wan.v4 == (__force __be32)ep->v4 && b->wan.port == ep->port)
		return b;
	sipalg_key_from_ep(&wan, ep, IPPROTO_UDP);
	return sipalg_binding_by_wan(sn, &wan);
}

/*
 * The protocol tracker has just set the flow's timeout to its usual one. A
 * flow towards a registrar lives on as long as it granted, any other one that
 * the LAN host sent on long enough for a keep-alive a minute; while a call
 * lasts call.c sees to it. Not so one that a stranger made and nobody
 * answered.
 */
static void keep_alive(struct sipalg_net *sn, struct nf_conn *ct)
{
	u32 life = SIPALG_FLOW_S, now = sipalg_seconds();
	const struct alg_pkt *pkt = &sn->work->pkt;
	struct sipalg_binding *b = find_binding(sn);

	if (b && b->kind == SIPALG_BINDING_SIP && b->refs && b->until > now &&
	    sipalg_is_registrar(b, (__force __be32)pkt->peer.v4))
		life = max(life, b->until - now);
	else if (pkt->dir == ALG_IN &&
		 !test_bit(IPS_SEEN_REPLY_BIT, &ct->status))
		return;
	sipalg_flow_extend(ct, (u64)life * HZ);
}

static bool carry_out(struct sipalg_net *sn, struct sk_buff *skb,
		      unsigned int protoff)
{
	const struct sipalg_txn *txn = &sn->work->txn;
	struct alg_ctx *ctx = &sn->work->ctx;
	int err = 0;

	if (ctx->step.what != ALG_STEP_NONE || txn->nfresh || txn->nremote)
		err = sipalg_host_prepare(sn);
	if (!err && ctx->verdict == ALG_REWRITE)
		err = sipalg_rewrite(sn, skb, protoff);
	if (!err)
		return true;
	ctx->reason = err == -ENOSPC ? ALG_REASON_RAW_TABLE_FULL :
				       ALG_REASON_RAW_NO_MEMORY;
	return false;
}

/* An address as text, rendered when another one was in its place. */
static const struct addr_text *render(struct sipalg_text *texts,
				      const struct alg_ep *ep)
{
	struct sipalg_text *t = &texts[(ep->ip[3] + ep->port) % SIPALG_TEXTS];
	u64 of = (u64)ep->port << 32 | ep->v4;

	if (t->of != of) {
		addr_render(ep, &t->text);
		t->of = of;
	}
	return &t->text;
}

/* [3]-[10] one message, under the namespace's lock */
static unsigned int run(struct sipalg_net *sn, struct sk_buff *skb,
			unsigned int protoff)
{
	struct alg_ctx *ctx = &sn->work->ctx;
	enum alg_verdict verdict = alg_run(ctx);
	bool keep = false;

	if (alg_keeps_step(ctx))
		keep = carry_out(sn, skb, protoff);
	if (keep)
		sipalg_host_commit(sn);
	else
		sipalg_host_abort(sn);
	if (verdict != ALG_PASS)
		sipalg_count(sn, ctx->reason);
	return verdict == ALG_DROP ? NF_DROP : NF_ACCEPT;
}

/*
 * To the router itself, by a flow that is older than the binding which owns
 * this address now: somebody knocked before the phone was there, and goes on
 * knocking. The flow goes, and this datagram with it, or the router would
 * answer that the port is closed; its retransmission is a new flow.
 */
static noinline unsigned int knock(struct sipalg_net *sn, struct sk_buff *skb,
				   struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *t =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	struct sipalg_key src, wan;
	struct sipalg_binding *b;
	bool stale;

	sipalg_key_v4(&wan, t->dst.u3.ip, t->dst.u.all, IPPROTO_UDP);
	if (ct->status & (IPS_NAT_MASK | IPS_SEEN_REPLY) ||
	    !nf_ct_is_confirmed(ct) || !sipalg_binding_by_wan(sn, &wan) ||
	    sipalg_port_served(sn, &wan, skb->skb_iif))
		return NF_ACCEPT;	/* nobody's, or the router's own */
	sipalg_key_v4(&src, t->src.u3.ip, t->src.u.all, IPPROTO_UDP);
	spin_lock_bh(&sn->lock);
	b = sipalg_binding_by_wan(sn, &wan);
	stale = b && b->kind == SIPALG_BINDING_SIP &&
		sipalg_admits(b, &src, skb);
	spin_unlock_bh(&sn->lock);
	if (!stale || !nf_ct_delete(ct, 0, 0))
		return NF_ACCEPT;
	sipalg_count(sn, ALG_REASON_DROP_STALE);
	return NF_DROP;
}

/* [2] to [10]: a datagram of a flow that NAT translates. */
static unsigned int inspect(struct sipalg_net *sn, struct sk_buff *skb,
			    struct nf_conn *ct, int inside, int oif)
{
	unsigned int protoff = skb_network_offset(skb) + ip_hdrlen(skb);
	struct alg_pkt *pkt = &sn->work->pkt;
	int len = straighten(skb, protoff);
	unsigned int verdict;

	if (len < 0) {
		sipalg_count(sn, payload_reason(len));
		return NF_ACCEPT;
	}
	spin_lock_bh(&sn->lock);
	set_addresses(pkt, ct, inside);
	pkt->dir = oif ? ALG_OUT : ALG_IN;
	pkt->data = (const char *)skb->data + protoff + sizeof(struct udphdr);
	pkt->len = len;
	pkt->lan_text = render(sn->work->lan_text, &pkt->lan);
	pkt->wan_text = render(sn->work->wan_text, &pkt->wan);
	sipalg_host_begin(sn, ct, oif);
	if (sn->lan.inside->nmodes && sipalg_passive_takes(sn)) {
		verdict = NF_ACCEPT;
	} else {
		verdict = run(sn, skb, protoff);
		keep_alive(sn, ct);
	}
	spin_unlock_bh(&sn->lock);
	return verdict;
}

/* The first packet of a flow that a LAN host begins; see remap.c. */
static noinline void begin_flow(struct sipalg_net *sn, struct sk_buff *skb,
				struct nf_conn *ct,
				const struct net_device *out)
{
	struct alg_pkt pkt;

	if (inside_of(sn, ct) != IP_CT_DIR_ORIGINAL)
		return;
	init_pkt(&pkt, sn->seed);
	set_addresses(&pkt, ct, IP_CT_DIR_ORIGINAL);
	if (sipalg_lanmode_find(sn, (__force __be32)pkt.lan.v4) ==
	    SIPALG_MODE_BYPASS)
		return;
	sipalg_remap(sn, skb, ct, out, &pkt);
}

static nf_hookfn packet;

/* A packet of a SIP flow. */
static noinline unsigned int sip_packet(void *priv, struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	struct sipalg_net *sn = priv;
	int inside, oif = 0;

	if (ip_is_fragment(ip_hdr(skb)))
		return NF_ACCEPT;
	if (ip_hdr(skb)->protocol != IPPROTO_UDP)
		return NF_ACCEPT;	/* an ICMP error of the flow */
	if (state->out && !nf_ct_is_confirmed(ct))
		begin_flow(sn, skb, ct, state->out);
	if (skb_is_gso(skb))
		return sipalg_gso_split(skb, state, packet);
	inside = inside_of(sn, ct);
	if (inside < 0) {
		sipalg_local_count(sn, skb, ct);
		return state->out ? NF_ACCEPT : knock(sn, skb, ct);
	}
	if (inside == CTINFO2DIR(ctinfo)) {
		if (!state->out)
			return NF_ACCEPT;	/* to the router itself */
		oif = state->out->ifindex;
	}
	return inspect(sn, skb, ct, inside, oif);
}

/* Every packet that leaves comes by, RTP too: one test, and no stack. */
static unsigned int packet(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	struct sipalg_net *sn = priv;

	if (!ct)
		return NF_ACCEPT;
	if (!is_sip_flow(sn, ct)) {
		if (READ_ONCE(sn->lan.inside->npassive) && !nf_ct_is_confirmed(ct))
			sipalg_passive_note(sn, ct);
		return NF_ACCEPT;
	}
	return sip_packet(priv, skb, state);
}

/* One for the router itself: it may be media that went astray (flow.c). */
static unsigned int arrive(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);
	struct sipalg_net *sn = priv;

	if (ct && ctinfo == IP_CT_NEW && nf_ct_is_confirmed(ct) &&
	    nf_ct_protonum(ct) == IPPROTO_UDP &&
	    sipalg_flow_stray(sn, skb, ct)) {
		sipalg_count(sn, ALG_REASON_DROP_STALE);
		return NF_DROP;
	}
	return packet(priv, skb, state);
}

/* Behind source NAT (100), before conntrack's helpers (300). */
static const struct nf_hook_ops hooks[SIPALG_HOOKS] = {
	{
		.hook = packet,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP_PRI_CONNTRACK_HELPER - 1,
	}, {
		.hook = arrive,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_CONNTRACK_HELPER - 1,
	},
};

int sipalg_hook_register(struct sipalg_net *sn)
{
	unsigned int i;
	int err;

	init_pkt(&sn->work->pkt, sn->seed);
	for (i = 0; i < SIPALG_HOOKS; i++) {
		sn->hooks[i] = hooks[i];
		sn->hooks[i].priv = sn;
	}
	err = nf_ct_netns_get(sn->net, NFPROTO_IPV4);
	if (err)
		return err;
	err = nf_register_net_hooks(sn->net, sn->hooks, SIPALG_HOOKS);
	if (err)
		nf_ct_netns_put(sn->net, NFPROTO_IPV4);
	return err;
}

void sipalg_hook_unregister(struct sipalg_net *sn)
{
	nf_unregister_net_hooks(sn->net, sn->hooks, SIPALG_HOOKS);
	nf_ct_netns_put(sn->net, NFPROTO_IPV4);
}
