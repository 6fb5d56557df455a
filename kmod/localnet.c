// SPDX-License-Identifier: GPL-2.0-only
/*
 * localnet.c - `localnet`: the networks of the house.
 *
 * A flow with both ends in them that NAT does not translate is local: nothing
 * in it may be touched, its messages are only counted. hook.c also asks which
 * end of a flow that is translated twice is the inside. A request with many
 * networks is carried out whole, or not at all.
 */
#include <linux/ip.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/ip.h>

#include "sipalg.h"

enum { PEEK = 256 };	/* bytes looked at for a start line */

/**
 * sipalg_is_local() - is this an address of the house?
 * @sn: namespace; locked, or under RCU
 * @addr: IPv4 address
 */
bool sipalg_is_local(const struct sipalg_net *sn, __be32 addr)
{
	const struct sipalg_inside *in;

	/* before what it holds; sipalg_inside_swap() */
	in = smp_load_acquire(&sn->lan.inside);
	return sipalg_prefix_of4(&in->localnets, addr);
}

/* A start line that does not end within PEEK bytes counts as none. */
static bool has_sip(const struct sk_buff *skb)
{
	unsigned int off = skb_network_offset(skb) + ip_hdrlen(skb) +
			   sizeof(struct udphdr);
	char room[PEEK];
	const char *data;
	u32 len;

	if (skb->len <= off)
		return false;
	len = min_t(u32, skb->len - off, PEEK);
	data = skb_header_pointer(skb, off, len, room);
	return data && sipalg_is_sip(data, len);
}

/**
 * sipalg_local_count() - count a message that stays in the house
 * @sn: namespace
 * @skb: a packet of a SIP flow
 * @ct: its flow, which no helper of ours touches
 */
void sipalg_local_count(struct sipalg_net *sn, const struct sk_buff *skb,
			const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *t =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;

	if (!(ct->status & IPS_NAT_MASK) &&
	    sipalg_is_local(sn, t->src.u3.ip) &&
	    sipalg_is_local(sn, t->dst.u3.ip) && has_sip(skb))
		sipalg_count(sn, ALG_REASON_SAME_LOCAL);
}

/* What is staged is told of when it is in force. */
static void tell(struct sipalg_net *sn, const struct sipalg_inside *in,
		 const struct sipalg_cidr *net, enum sipalg_event event)
{
	sn->generation++;
	if (in == sn->lan.inside)
		sipalg_event_localnet(sn, net, event);
}

/* sn->lock is held for all below. */
static void enlist(struct sipalg_net *sn, struct sipalg_inside *in,
		   struct sipalg_netlist *l, unsigned int i)
{
	sipalg_prefix_add(&in->localnets, l->entry[i], &l->net[i]);
	l->entry[i] = NULL;
	in->nlocal++;
	tell(sn, in, &l->net[i], SIPALG_EVENT_NEW);
}

static void unlist(struct sipalg_net *sn, struct sipalg_inside *in,
		   struct sipalg_prefix *p)
{
	tell(sn, in, &p->net, SIPALG_EVENT_END);
	sipalg_prefix_del(&in->localnets, p);
	in->nlocal--;
	kfree_rcu(p, rcu);
}

static struct sipalg_prefix *find(const struct sipalg_inside *in,
				  const struct sipalg_cidr *net)
{
	return sipalg_prefix_find(&in->localnets, net);
}

/*
 * All of them are new, and there is room: known before the first is listed.
 * In a configuration that is staged one may be named again.
 */
static int add_all(struct sipalg_net *sn, struct sipalg_inside *in,
		   struct sipalg_netlist *l)
{
	unsigned int i;

	if (in->nlocal + l->n > SIPALG_MAX_LOCALNETS)
		return -ENOSPC;
	for (l->bad = 0; l->bad < l->n; l->bad++)
		if (in == sn->lan.inside && find(in, &l->net[l->bad]))
			return -EEXIST;
	for (i = 0; i < l->n; i++)
		if (!find(in, &l->net[i]))
			enlist(sn, in, l, i);
	return 0;
}

static int del_all(struct sipalg_net *sn, struct sipalg_inside *in,
		   struct sipalg_netlist *l)
{
	unsigned int i;

	for (l->bad = 0; l->bad < l->n; l->bad++)
		if (!find(in, &l->net[l->bad]))
			return -ENOENT;
	for (i = 0; i < l->n; i++)
		unlist(sn, in, find(in, &l->net[i]));
	return 0;
}

static bool is_named(const struct sipalg_netlist *l,
		     const struct sipalg_prefix *p)
{
	unsigned int i;

	for (i = 0; i < l->n; i++)
		if (sipalg_cidr_same(&l->net[i], &p->net))
			return true;
	return false;
}

/* The first network that is not in @l, or NULL. */
static struct sipalg_prefix *find_other(const struct sipalg_inside *in,
					const struct sipalg_netlist *l)
{
	struct sipalg_place at = { 0, 0 };
	struct sipalg_node *n;

	for (; (n = sipalg_table_at(&in->localnets.table, &at)); at.nth++)
		if (!is_named(l, sipalg_prefix_of(n)))
			return sipalg_prefix_of(n);
	return NULL;
}

static int set_all(struct sipalg_net *sn, struct sipalg_inside *in,
		   struct sipalg_netlist *l)
{
	struct sipalg_prefix *p;
	unsigned int i;

	while ((p = find_other(in, l)))
		unlist(sn, in, p);
	for (i = 0; i < l->n; i++)
		if (!find(in, &l->net[i]))
			enlist(sn, in, l, i);
	return 0;
}

typedef int (*change_fn)(struct sipalg_net *sn, struct sipalg_inside *in,
			 struct sipalg_netlist *l);

static int change(struct sipalg_net *sn, struct sipalg_inside *staged,
		  struct sipalg_netlist *list, change_fn fn)
{
	int err;

	mutex_lock(&sn->config_mutex);
	spin_lock_bh(&sn->lock);
	err = fn(sn, staged ? staged : sn->lan.inside, list);
	spin_unlock_bh(&sn->lock);
	mutex_unlock(&sn->config_mutex);
	return err;
}

/**
 * sipalg_localnet_add() - more networks are local
 * @sn: namespace
 * @staged: where it is noted, NULL = in force at once
 * @list: networks, each of them once, with memory; what is used up is NULL
 *
 * Process context. Return: 0, -EEXIST, -ENOSPC; then nothing is changed.
 */
int sipalg_localnet_add(struct sipalg_net *sn, struct sipalg_inside *staged,
			struct sipalg_netlist *list)
{
	return change(sn, staged, list, add_all);
}

/**
 * sipalg_localnet_del() - networks are no longer local
 * @sn: namespace
 * @staged: where it is noted, NULL = in force at once
 * @list: networks, each of them once
 *
 * Process context. Return: 0, or -ENOENT; then nothing is changed.
 */
int sipalg_localnet_del(struct sipalg_net *sn, struct sipalg_inside *staged,
			struct sipalg_netlist *list)
{
	return change(sn, staged, list, del_all);
}

/**
 * sipalg_localnet_set() - these networks are local and no other ones
 * @sn: namespace
 * @staged: where it is noted, NULL = in force at once
 * @list: at most SIPALG_MAX_LOCALNETS networks, each of them once, with
 *	memory; what is used up is NULL
 *
 * A network that stays is not touched. Process context. Return: 0.
 */
int sipalg_localnet_set(struct sipalg_net *sn, struct sipalg_inside *staged,
			struct sipalg_netlist *list)
{
	return change(sn, staged, list, set_all);
}

void sipalg_localnet_flush(struct sipalg_net *sn,
			   struct sipalg_inside *staged)
{
	struct sipalg_netlist none = { 0 };

	change(sn, staged, &none, set_all);
}

/* RFC 1918, RFC 3927, RFC 4193, RFC 4291 2.5.6 */
static const struct sipalg_cidr initial[] = {
	{ .ip = { 10 }, .len = 8, .family = 4 },
	{ .ip = { 172, 16 }, .len = 12, .family = 4 },
	{ .ip = { 192, 168 }, .len = 16, .family = 4 },
	{ .ip = { 169, 254 }, .len = 16, .family = 4 },
	{ .ip = { 0xfc }, .len = 7, .family = 6 },
	{ .ip = { 0xfe, 0x80 }, .len = 10, .family = 6 },
};

/**
 * sipalg_localnet_initial() - what is local before anybody says so
 * @sn: namespace
 * @in: configuration, empty
 *
 * Return: 0 or -ENOMEM.
 */
int sipalg_localnet_initial(struct sipalg_net *sn, struct sipalg_inside *in)
{
	struct sipalg_prefix *p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(initial); i++) {
		p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
		if (!p)
			return -ENOMEM;
		spin_lock_bh(&sn->lock);
		sipalg_prefix_add(&in->localnets, p, &initial[i]);
		in->nlocal++;
		spin_unlock_bh(&sn->lock);
	}
	return 0;
}
