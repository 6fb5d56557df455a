// SPDX-License-Identifier: GPL-2.0-only
/*
 * flow.c - the conntracks that a media binding made.
 *
 * They are remembered with a reference, so that they can be counted while the
 * call lasts and deleted when it ends: a pinhole that outlives its call is a
 * hole (the in-tree helper leaves it open). Everything here wants the
 * namespace's lock. It must never touch a packet.
 */
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg.h"

/*
 * Until it is confirmed a conntrack belongs to the CPU that carries its first
 * packet, and its extensions may move.
 */
static u64 counted(const struct nf_conn *ct, enum ip_conntrack_dir dir)
{
	const struct nf_conn_acct *acct;

	if (!nf_ct_is_confirmed(ct))
		return 0;
	acct = nf_conn_acct_find(ct);
	return acct ? atomic64_read(&acct->counter[dir].packets) : 0;
}

static void add_packets(const struct sipalg_flow *f, u64 packets[2])
{
	packets[f->dir] += counted(f->ct, IP_CT_DIR_ORIGINAL) + f->uncounted;
	packets[!f->dir] += counted(f->ct, IP_CT_DIR_REPLY);
}

static void forget(struct sipalg_binding *b, struct sipalg_flow *f)
{
	add_packets(f, b->packets);
	b->used |= nf_ct_is_confirmed(f->ct);
	hlist_del(&f->node);
	b->nflows--;
	nf_ct_put(f->ct);
	kmem_cache_free(sipalg_cache[SIPALG_CACHE_FLOW], f);
}

/* A packet that was dropped on its way leaves a conntrack that never lived. */
static bool is_live(const struct nf_conn *ct)
{
	return nf_ct_is_confirmed(ct) && !nf_ct_is_dying(ct);
}

/* Not confirmed yet: on its way, or lost on it. */
static bool is_gone(const struct sipalg_flow *f)
{
	if (nf_ct_is_confirmed(f->ct))
		return nf_ct_is_dying(f->ct);
	return time_after(jiffies, f->born + SIPALG_STRAY_S * HZ);
}

/* Dead conntracks are let go: conntrack counts them while we hold them. */
void sipalg_flow_prune(struct sipalg_binding *b)
{
	struct sipalg_flow *f;
	struct hlist_node *next;

	hlist_for_each_entry_safe(f, next, &b->flows, node)
		if (is_gone(f))
			forget(b, f);
}

/* Counters without the nf_conntrack_acct sysctl; only before confirmation. */
static bool add_accounting(struct sipalg_binding *b, struct nf_conn *ct)
{
	if (!READ_ONCE(b->sn->tunables.accounting) || nf_conn_acct_find(ct))
		return false;
	return nf_ct_ext_add(ct, NF_CT_EXT_ACCT, GFP_ATOMIC);
}

/**
 * sipalg_flow_admit() - a media binding makes this conntrack
 * @b: media binding
 * @ct: unconfirmed
 * @dir: who sent its first packet
 * @early: conntrack has not counted that packet yet
 *
 * Without memory it is admitted all the same, and counted: it outlives its
 * call until it is idle, but nobody is unheard (law 3).
 *
 * Return: false when it cannot be followed because there are too many.
 */
bool sipalg_flow_admit(struct sipalg_binding *b, struct nf_conn *ct,
		       enum alg_dir dir, bool early)
{
	bool had = nf_conn_acct_find(ct);
	struct sipalg_flow *f;

	if (b->nflows >= SIPALG_MAX_FLOWS)
		sipalg_flow_prune(b);
	if (b->nflows >= SIPALG_MAX_FLOWS)
		return false;
	f = kmem_cache_alloc(sipalg_cache[SIPALG_CACHE_FLOW], GFP_ATOMIC);
	if (!f) {
		sipalg_count(b->sn, ALG_REASON_RAW_NO_MEMORY);
		b->used = 1;
		return true;
	}
	nf_conntrack_get(&ct->ct_general);
	f->ct = ct;
	f->born = jiffies;
	f->dir = dir;
	f->uncounted = add_accounting(b, ct) && !had && !early;
	hlist_add_head(&f->node, &b->flows);
	b->nflows++;
	return true;
}

/**
 * sipalg_flow_release() - the binding lets its conntracks go
 * @b: media binding
 * @kill: they end now; otherwise they live on until they are idle
 */
void sipalg_flow_release(struct sipalg_binding *b, bool kill)
{
	struct sipalg_flow *f;
	struct hlist_node *next;

	hlist_for_each_entry_safe(f, next, &b->flows, node) {
		if (kill && is_live(f->ct))
			nf_ct_delete(f->ct, 0, 0);
		forget(b, f);
	}
}

/**
 * sipalg_flow_packets() - what went through a binding so far
 * @b: media binding
 * @packets: out, by enum alg_dir
 */
void sipalg_flow_packets(const struct sipalg_binding *b, u64 packets[2])
{
	const struct sipalg_flow *f;

	packets[ALG_OUT] = b->packets[ALG_OUT];
	packets[ALG_IN] = b->packets[ALG_IN];
	hlist_for_each_entry(f, &b->flows, node)
		add_packets(f, packets);
}

/* Is one of its conntracks alive? */
bool sipalg_flow_live(const struct sipalg_binding *b)
{
	const struct sipalg_flow *f;

	hlist_for_each_entry(f, &b->flows, node)
		if (is_live(f->ct) && !nf_ct_is_expired(f->ct))
			return true;
	return false;
}

/* Did a packet ever go through? Accounting may be off. */
bool sipalg_flow_used(const struct sipalg_binding *b)
{
	const struct sipalg_flow *f;

	hlist_for_each_entry(f, &b->flows, node)
		if (nf_ct_is_confirmed(f->ct))
			return true;
	return b->used;
}

/**
 * sipalg_flow_extend() - a conntrack lives at least so long
 * @ct: conntrack
 * @life: jiffies from now
 *
 * Not while the conntrack table is half full: others need it too.
 */
void sipalg_flow_extend(struct nf_conn *ct, u64 life)
{
	u32 left = min_t(u64, life, (u64)SIPALG_MAX_KEEP_S * HZ);

	if (nf_ct_is_confirmed(ct))
		left += nfct_time_stamp;
	if ((s32)(left - READ_ONCE(ct->timeout)) <= 0)
		return;
	if (nf_conntrack_max &&
	    nf_conntrack_count(nf_ct_net(ct)) > nf_conntrack_max / 2)
		return;
	WRITE_ONCE(ct->timeout, left);
}

static bool is_key(const struct sipalg_key *k, __be32 ip, __be16 port)
{
	return k->v4 == ip && htons(k->port) == port;
}

/* Does the flow join the binding's LAN address to its WAN address? */
static bool is_mapped(const struct sipalg_binding *b, const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *orig =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_conntrack_tuple *reply =
		&ct->tuplehash[IP_CT_DIR_REPLY].tuple;

	return (is_key(&b->lan, orig->src.u3.ip, orig->src.u.all) &&
		is_key(&b->wan, reply->dst.u3.ip, reply->dst.u.all)) ||
	       (is_key(&b->wan, orig->dst.u3.ip, orig->dst.u.all) &&
		is_key(&b->lan, reply->src.u3.ip, reply->src.u.all));
}

/**
 * sipalg_flow_purge() - end a flow that does not follow the binding
 * @b: binding; its namespace is locked
 * @src: who sent its first packet
 * @dst: to whom
 *
 * A phone that re-uses a port may have left such a flow behind: its packets
 * would go on leaving from the old port.
 *
 * Return: true when there was a flow, whichever.
 */
bool sipalg_flow_purge(struct sipalg_binding *b, const struct sipalg_key *src,
		       const struct sipalg_key *dst)
{
	struct nf_conntrack_tuple t = {};
	struct nf_conntrack_tuple_hash *h;
	struct nf_conn *ct;

	t.src.l3num = AF_INET;
	t.src.u3.ip = src->v4;
	t.src.u.udp.port = htons(src->port);
	t.dst.u3.ip = dst->v4;
	t.dst.u.udp.port = htons(dst->port);
	t.dst.protonum = IPPROTO_UDP;
	t.dst.dir = IP_CT_DIR_ORIGINAL;
	h = nf_conntrack_find_get(b->sn->net, &nf_ct_zone_dflt, &t);
	if (!h)
		return false;
	ct = nf_ct_tuplehash_to_ctrack(h);
	if (NF_CT_DIRECTION(h) == IP_CT_DIR_ORIGINAL && !is_mapped(b, ct))
		nf_ct_delete(ct, 0, 0);
	nf_ct_put(ct);
	return true;
}

/**
 * sipalg_flow_stray() - is this a datagram of a media flow that went astray?
 * @sn: namespace
 * @skb: a packet for the router itself
 * @ct: its flow, UDP, confirmed, not answered yet
 *
 * A far end that sent before its port was open made a flow to the router, and
 * its packets would go on to follow that. The flow is ended; the next packet
 * is the first one of a new flow, which the binding admits.
 *
 * Return: true when the flow is no more.
 */
bool sipalg_flow_stray(struct sipalg_net *sn, const struct sk_buff *skb,
		       struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *t =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	struct sipalg_binding *b;
	struct sipalg_key wan;
	bool open;

	sipalg_key_v4(&wan, t->dst.u3.ip, t->dst.u.all, IPPROTO_UDP);
	if (ct->status & IPS_NAT_MASK || !sipalg_binding_by_wan(sn, &wan) ||
	    sipalg_port_served(sn, &wan, skb->skb_iif))
		return false;
	spin_lock_bh(&sn->lock);
	b = sipalg_binding_by_wan(sn, &wan);
	open = b && b->kind == SIPALG_BINDING_MEDIA && b->open;
	spin_unlock_bh(&sn->lock);
	return open && nf_ct_delete(ct, 0, 0);
}
