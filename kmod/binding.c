// SPDX-License-Identifier: GPL-2.0-only
/*
 * binding.c - LAN address:port <-> WAN address:port, the one authority.
 *
 * Registrations, dialogs and media lines hold references; lookup.c asks here
 * on the first packet of a flow, host.c when a message names an address. A
 * binding without references stays listed for a while: a signalling one for
 * the length of a transaction, a media one so that its port rests. The ports
 * of RTP and RTCP are mostly an even one and the next, and come and go
 * together: their bindings are one object, listed once, by the even port; who
 * looks for an odd one looks there too. This file must never pick an address:
 * it comes from conntrack (law 6).
 */
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/route.h>

#include "compat.h"
#include "sipalg.h"

SIPALG_KEYED(struct sipalg_binding, by_lan, lan);
SIPALG_KEYED(struct sipalg_binding, by_wan, wan);

int sipalg_binding_init(struct sipalg_net *sn)
{
	int err;

	err = sipalg_table_init(&sn->by_lan, &sn->lock);
	if (err)
		return err;
	err = sipalg_table_init(&sn->by_wan, &sn->lock);
	if (err)
		sipalg_table_exit(&sn->by_lan);
	return err;
}

void sipalg_binding_exit(struct sipalg_net *sn)
{
	sipalg_table_exit(&sn->by_wan);
	sipalg_table_exit(&sn->by_lan);
}

static struct sipalg_binding *of_lan(struct sipalg_node *n)
{
	return container_of(n, struct sipalg_binding, by_lan);
}

static struct sipalg_binding *of_wan(struct sipalg_node *n)
{
	return container_of(n, struct sipalg_binding, by_wan);
}

/* May a pair have the binding of this port? Its key is in @even then. */
static bool may_be_second(const struct sipalg_key *key,
			  struct sipalg_key *even)
{
	*even = *key;
	even->port--;
	return key->port & 1;
}

/* The first one by this key; with @second of those that are a pair. */
static struct sipalg_binding *find_lan(struct sipalg_net *sn,
				       const struct sipalg_key *key,
				       bool second, int oif,
				       const struct sipalg_key *wan)
{
	struct sipalg_node *n = sipalg_table_find(&sn->by_lan, key->word);
	struct sipalg_binding *b;

	for (; n; n = sipalg_table_again(&sn->by_lan, n)) {
		b = of_lan(n);
		if ((!second || b->paired) && (!oif || b->oif == oif) &&
		    (!wan || sipalg_key_same_ip(&b->wan, wan)))
			return b + second;
	}
	return NULL;
}

/**
 * sipalg_binding_by_lan() - the binding of a LAN address and port
 * @sn: namespace
 * @lan: LAN address
 * @oif: device towards the WAN, 0 = any
 * @wan: the WAN address that it must have (its port does not matter), or NULL
 *
 * Under sn->lock. Return: the binding or NULL.
 */
struct sipalg_binding *sipalg_binding_by_lan(struct sipalg_net *sn,
					     const struct sipalg_key *lan,
					     int oif,
					     const struct sipalg_key *wan)
{
	struct sipalg_binding *b = find_lan(sn, lan, false, oif, wan);
	struct sipalg_key even;

	if (!b && may_be_second(lan, &even))
		b = find_lan(sn, &even, true, oif, wan);
	return b;
}

/**
 * sipalg_binding_alone() - the same, but not as the second one of a pair
 * @sn: namespace, locked
 * @lan: LAN address; the port below has no binding
 * @wan: the WAN address that it must have
 *
 * Return: the binding or NULL.
 */
struct sipalg_binding *sipalg_binding_alone(struct sipalg_net *sn,
					    const struct sipalg_key *lan,
					    const struct sipalg_key *wan)
{
	return find_lan(sn, lan, false, 0, wan);
}

static unsigned int rank(const struct sipalg_binding *b,
			 const struct sipalg_key *far)
{
	if (!b)
		return 0;
	if (!b->refs)
		return 1;
	return sipalg_key_same_ip(&b->peer, far) &&
	       b->peer.port == far->port ? 3 : 2;
}

/* A better one than @found from @n on; with @second of pairs. */
static struct sipalg_binding *better(const struct sipalg_net *sn,
				     struct sipalg_node *n, bool second,
				     int oif, const struct sipalg_key *far,
				     struct sipalg_binding *found)
{
	struct sipalg_binding *b;

	for (; n; n = sipalg_table_again(&sn->by_lan, n)) {
		b = of_lan(n);
		if ((!oif || b->oif == oif) && (!second || b->paired) &&
		    rank(b + second, far) > rank(found, far))
			found = b + second;
	}
	return found;
}

/**
 * sipalg_binding_towards() - the binding of a LAN address and port
 * @sn: namespace
 * @lan: LAN address
 * @oif: device towards the WAN, 0 = any
 * @far: where a packet goes
 *
 * With several WAN addresses it is the one whose far end this is, else one
 * that is in use, else any.
 *
 * Under RCU. Return: the binding or NULL.
 */
struct sipalg_binding *sipalg_binding_towards(struct sipalg_net *sn,
					      const struct sipalg_key *lan,
					      int oif,
					      const struct sipalg_key *far)
{
	struct sipalg_node *n, *second = NULL;
	struct sipalg_binding *b;
	struct sipalg_key even;
	unsigned int seq;

	do {
		seq = read_seqcount_begin(&sn->by_lan.moved);
		n = sipalg_table_find(&sn->by_lan, lan->word);
		if (may_be_second(lan, &even))
			second = sipalg_table_find(&sn->by_lan, even.word);
		if (!n && !second)
			return NULL;
		b = better(sn, n, false, oif, far, NULL);
		b = better(sn, second, true, oif, far, b);
	} while (!b && read_seqcount_retry(&sn->by_lan.moved, seq));
	return b;
}

/**
 * sipalg_binding_by_wan() - the binding behind a WAN address and port
 * @sn: namespace
 * @wan: WAN address
 *
 * Under RCU. Return: the binding or NULL.
 */
struct sipalg_binding *sipalg_binding_by_wan(struct sipalg_net *sn,
					     const struct sipalg_key *wan)
{
	struct sipalg_node *n = sipalg_table_find(&sn->by_wan, wan->word);
	struct sipalg_binding *b;
	struct sipalg_key even;

	if (n)
		return of_wan(n);
	if (!may_be_second(wan, &even))
		return NULL;
	n = sipalg_table_find(&sn->by_wan, even.word);
	b = n ? of_wan(n) : NULL;
	return b && b->paired ? b + 1 : NULL;
}

/* On no wheel it has no registrations either, and the other way round. */
static_assert(offsetof(struct sipalg_binding, due) ==
	      offsetof(struct sipalg_binding, regs));
/* What it holds leaves slot and kind alone; sipalg_due_set() writes the rest. */
static_assert(offsetofend(struct sipalg_binding, ncalls) <=
	      offsetof(struct sipalg_binding, due.slot));

static size_t size_of(const struct sipalg_binding *b)
{
	return b->kind == SIPALG_BINDING_SIP ?
		offsetof(struct sipalg_binding, exp) : sizeof(*b) << b->paired;
}

static struct kmem_cache *cache_for(u8 kind)
{
	static const u8 caches[] = {
		[SIPALG_BINDING_SIP] = SIPALG_CACHE_SIP,
		[SIPALG_BINDING_MEDIA] = SIPALG_CACHE_PORT,
		[SIPALG_BINDING_PAIR] = SIPALG_CACHE_PAIR,
	};

	return sipalg_cache[caches[kind]];
}

static struct kmem_cache *cache_of(const struct sipalg_binding *b)
{
	return cache_for(b->paired ? SIPALG_BINDING_PAIR : b->kind);
}

static int list_binding(struct sipalg_net *sn, struct sipalg_binding *b)
{
	int err;

	err = sipalg_lanhost_get(sn, &b->lan, SIPALG_HOST_BINDINGS,
				 SIPALG_MAX_BINDINGS, NULL);
	if (err == -ENOSPC)
		sipalg_event_exhausted(sn, SIPALG_FULL_PORTS_HOST, &b->lan);
	if (err)
		return err;
	if (b->kind == SIPALG_BINDING_SIP &&
	    sipalg_binding_by_wan(sn, &b->wan)) {
		sipalg_lanhost_put(sn, &b->lan, SIPALG_HOST_BINDINGS);
		return -EEXIST;
	}
	sipalg_table_add(&sn->by_wan, &b->by_wan);
	sipalg_table_add(&sn->by_lan, &b->by_lan);
	sn->memory += size_of(b);
	return 0;
}

static void free_binding(struct rcu_head *head)
{
	struct sipalg_binding *b =
		container_of(head, struct sipalg_binding, due.rcu);

	kmem_cache_free(cache_of(b), b);
}

static void let_go(struct sipalg_binding *b)
{
	sipalg_pinhole_close(b);
	sipalg_flow_release(b, false);
}

static void forget(struct sipalg_binding *b)
{
	struct sipalg_net *sn = b->sn;

	if (b->kind == SIPALG_BINDING_MEDIA)
		let_go(b);
	if (b->paired)
		let_go(b + 1);
	sipalg_lanhost_put(sn, &b->lan, SIPALG_HOST_BINDINGS);
	sipalg_table_del(&sn->by_wan, &b->by_wan);
	sipalg_table_del(&sn->by_lan, &b->by_lan);
	sn->memory -= size_of(b);
	sipalg_due_stop(sn, &b->due);
	call_rcu(&b->due.rcu, free_binding);
}

/**
 * sipalg_binding_flow() - the conntrack of a binding's signalling
 * @b: binding; its namespace is locked
 * @zone: conntrack zone
 *
 * Return: it, with a reference, or NULL.
 */
struct nf_conn *sipalg_binding_flow(const struct sipalg_binding *b,
				    const struct nf_conntrack_zone *zone)
{
	struct nf_conntrack_tuple t = {
		.src = {
			.u3.ip = b->lan.v4,
			.u.udp.port = htons(b->signal_port),
			.l3num = AF_INET,
		},
		.dst = {
			.u3.ip = b->signal.v4,
			.u.udp.port = htons(b->signal.port),
			.protonum = b->signal.proto,
		},
	};
	struct nf_conntrack_tuple_hash *h;

	h = nf_conntrack_find_get(b->sn->net, zone, &t);
	return h ? nf_ct_tuplehash_to_ctrack(h) : NULL;
}

/* The text of a flow must say the same as long as the flow lives. */
static bool is_flowing(const struct sipalg_binding *b)
{
	struct nf_conn *ct;

	if (b->kind != SIPALG_BINDING_SIP)
		return false;
	ct = sipalg_binding_flow(b, &nf_ct_zone_dflt);
	if (!ct)
		return false;
	nf_ct_put(ct);
	return true;
}

/* The one that is listed. */
static struct sipalg_binding *first_of(struct sipalg_binding *b)
{
	return b - b->second;
}

/* Does anybody use it, or the other one of its pair? */
static bool is_used(const struct sipalg_binding *first)
{
	return first->refs || (first->paired && first[1].refs);
}

/* A binding that nobody used for its time leaves the tables. */
void sipalg_binding_due(struct sipalg_binding *b)
{
	if (is_used(b))
		return;
	if (is_flowing(b))
		sipalg_binding_touch(b);
	else
		forget(b);
}

static void set_up_media(struct sipalg_net *sn, struct sipalg_binding *b,
			 const struct sipalg_key *lan,
			 const struct sipalg_key *wan)
{
	*b = (struct sipalg_binding){
		.lan = *lan,
		.wan = *wan,
		.sn = sn,
		.oif = sn->work->txn.oif,
		.kind = SIPALG_BINDING_MEDIA,
	};
}

static void set_up_sip(struct sipalg_net *sn, struct sipalg_binding *b,
		       const struct sipalg_key *lan,
		       const struct sipalg_key *wan)
{
	memset(b, 0, offsetof(struct sipalg_binding, exp));
	b->sn = sn;
	b->lan = *lan;
	b->wan = *wan;
	b->kind = SIPALG_BINDING_SIP;
	b->oif = sn->work->txn.oif;
}

/* The next port's, behind that of an even port. */
static void add_second(struct sipalg_binding *b)
{
	struct sipalg_key lan = b->lan, wan = b->wan;

	lan.port++;
	wan.port++;
	set_up_media(b->sn, b + 1, &lan, &wan);
	b[1].masq = b->masq;
	b[1].local = b->local;
	b[1].second = 1;
	b->paired = 1;
}

static struct sipalg_binding *make(struct sipalg_net *sn,
				   const struct sipalg_key *lan,
				   const struct sipalg_key *wan, u8 kind)
{
	struct sipalg_binding *b;

	b = kmem_cache_alloc(cache_for(kind), GFP_ATOMIC);
	if (!b)
		return NULL;
	if (kind == SIPALG_BINDING_SIP)
		set_up_sip(sn, b, lan, wan);
	else
		set_up_media(sn, b, lan, wan);
	b->due.kind = SIPALG_DUE_BINDING;
	b->masq = sipalg_host_masq(sn);
	b->local = !b->masq && inet_addr_type(sn->net, wan->v4) == RTN_LOCAL;
	if (kind == SIPALG_BINDING_PAIR)
		add_second(b);
	return b;
}

/**
 * sipalg_binding_new() - list a binding; nobody holds it yet
 * @sn: namespace, locked; its transaction tells device and masquerade
 * @lan: LAN address
 * @wan: WAN address; for media sipalg_port_free() just said so
 * @kind: enum sipalg_binding_kind; of a pair these are the even ports
 *
 * Return: the binding, or an ERR_PTR: -ENOMEM, -ENOSPC, -EEXIST.
 */
struct sipalg_binding *sipalg_binding_new(struct sipalg_net *sn,
					  const struct sipalg_key *lan,
					  const struct sipalg_key *wan,
					  u8 kind)
{
	struct sipalg_binding *b;
	int err;

	b = make(sn, lan, wan, kind);
	if (!b)
		return ERR_PTR(-ENOMEM);
	err = list_binding(sn, b);
	if (err) {
		kmem_cache_free(cache_for(kind), b);
		return ERR_PTR(err);
	}
	return b;
}

/* What it was due for makes room for its registrations. */
void sipalg_binding_get(struct sipalg_binding *b)
{
	if (!b->refs++)
		sipalg_due_stop(b->sn, &first_of(b)->due);
}

/* Unused from now on: a transaction's length, or until its port has rested. */
void sipalg_binding_touch(struct sipalg_binding *b)
{
	unsigned int rest = b->kind == SIPALG_BINDING_SIP ?
		SIPALG_TRANSACTION_S : SIPALG_QUARANTINE_S;

	b = first_of(b);
	if (!is_used(b))
		sipalg_due_set(b->sn, &b->due, rest * HZ);
}

/**
 * sipalg_binding_put() - give a reference back
 * @b: binding; its namespace is locked
 * @kill_flows: if it was the last one, its conntracks end with it
 */
void sipalg_binding_put(struct sipalg_binding *b, bool kill_flows)
{
	if (--b->refs)
		return;
	if (b->kind == SIPALG_BINDING_MEDIA) {
		b->open = 0;
		b->peer.word = 0;
		sipalg_pinhole_close(b);
		sipalg_flow_release(b, kill_flows);
		b->packets[0] = 0;
		b->packets[1] = 0;
		b->used = 0;
	} else {
		sipalg_reglist_close(b);
		b->until = 0;
	}
	sipalg_binding_touch(b);
}

/* For a message that came to nothing: as if it had never been. */
void sipalg_binding_drop(struct sipalg_binding *b)
{
	if (!is_used(b))
		forget(b);
}

/**
 * sipalg_binding_signal() - where the signalling of a binding's owner goes
 * @b: binding; its namespace is locked
 * @pkt: a message of its owner's
 *
 * The flow is remembered by its addresses, not held: lookup.c looks for the
 * conntrack when a new flow wants a master.
 */
void sipalg_binding_signal(struct sipalg_binding *b, const struct alg_pkt *pkt)
{
	sipalg_key_from_ep(&b->signal, &pkt->peer, pkt->proto);
	b->signal_port = pkt->lan.port;
}

static bool forget_one(struct sipalg_node *n, void *data)
{
	forget(container_of(n, struct sipalg_binding, by_wan));
	return true;
}

/* Every binding goes; hooks are out and nobody holds one. Process context. */
void sipalg_binding_flush(struct sipalg_net *sn)
{
	sipalg_table_each(&sn->by_wan, forget_one, NULL);
}
