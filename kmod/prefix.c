// SPDX-License-Identifier: GPL-2.0-only
/*
 * prefix.c - sets of networks, and the longest prefix of an address.
 *
 * THEORY OF OPERATION
 *
 * One hash table holds networks of all lengths; which lengths occur is known,
 * so that a look-up asks once for each of these, the longest first. What
 * people configure has two or three, however many networks there are. Changes
 * want the table's lock, look-ups only RCU. Nothing here is in the way of a
 * packet while a set is empty: the callers ask for that first.
 */
#include <linux/bitops.h>
#include <linux/inetdevice.h>
#include <linux/string.h>

#include "sipalg.h"
#include "prefix.h"

SIPALG_KEYED(struct sipalg_prefix, node, key);

int sipalg_prefixes_init(struct sipalg_prefixes *set, spinlock_t *lock)
{
	memset(set, 0, sizeof(*set));
	return sipalg_table_init(&set->table, lock);
}

/* It is empty. */
void sipalg_prefixes_exit(struct sipalg_prefixes *set)
{
	sipalg_table_exit(&set->table);
}

/* Networks of IPv4 have keys of their own, those of IPv6 nearly always. */
static u64 key_of(const struct sipalg_cidr *net)
{
	u64 head = (u64)net->family << 56 | (u64)net->len << 48;

	if (net->family == 4)
		return head | (__force u32)net->v4;
	return span_mix(span_mix(head, net->w[0]), net->w[1]);
}

/* Keeps @net->len bits of an IPv6 address. */
static void cut6(struct sipalg_cidr *net)
{
	unsigned int i, bits = net->len;

	for (i = 0; i < sizeof(net->ip); i++) {
		u8 keep = bits >= 8 ? 8 : bits;

		net->ip[i] &= (u8)(0xff00 >> keep);
		bits -= keep;
	}
}

/**
 * sipalg_cidr_valid() - is this a network?
 * @net: family, address and length of it
 *
 * Return: false when bits are set behind the prefix, or it is too long.
 */
bool sipalg_cidr_valid(const struct sipalg_cidr *net)
{
	struct sipalg_cidr cut = *net;

	if (net->family == 4) {
		if (net->len >= SIPALG_LEN4)
			return false;
		cut.v4 &= inet_make_mask(net->len);
	} else {
		if (net->len >= SIPALG_LEN6)
			return false;
		cut6(&cut);
	}
	return sipalg_cidr_same(net, &cut);
}

/**
 * sipalg_prefix_find() - a network of a set, by its name
 * @set: set; its lock is held, or RCU
 * @net: network
 *
 * Return: the entry or NULL.
 */
struct sipalg_prefix *sipalg_prefix_find(const struct sipalg_prefixes *set,
					 const struct sipalg_cidr *net)
{
	struct sipalg_node *n = sipalg_table_find(&set->table, key_of(net));

	for (; n; n = sipalg_table_again(&set->table, n))
		if (sipalg_cidr_same(&sipalg_prefix_of(n)->net, net))
			return sipalg_prefix_of(n);
	return NULL;
}

/**
 * sipalg_prefix_of4() - the longest prefix of an IPv4 address
 * @set: set; its lock is held, or RCU
 * @addr: address
 *
 * Return: the entry or NULL.
 */
struct sipalg_prefix *sipalg_prefix_of4(const struct sipalg_prefixes *set,
					__be32 addr)
{
	struct sipalg_cidr net = { .family = 4 };
	struct sipalg_node *n;
	unsigned long len = SIPALG_LEN4, last;

	for (;;) {
		last = len;
		len = find_last_bit(set->used4, last);
		if (len >= last)
			return NULL;
		net.len = (u8)len;
		net.v4 = addr & inet_make_mask(len);
		n = sipalg_table_find(&set->table, key_of(&net));
		if (n)
			return sipalg_prefix_of(n);
	}
}

/**
 * sipalg_prefix_of6() - the longest prefix of an IPv6 address
 * @set: set; its lock is held, or RCU
 * @addr: 16 bytes
 *
 * Return: the entry or NULL.
 */
struct sipalg_prefix *sipalg_prefix_of6(const struct sipalg_prefixes *set,
					const u8 addr[16])
{
	struct sipalg_cidr net = { .family = 6 };
	unsigned long len = SIPALG_LEN6, last;
	struct sipalg_prefix *p;

	memcpy(net.ip, addr, sizeof(net.ip));
	for (;;) {
		last = len;
		len = find_last_bit(set->used6, last);
		if (len >= last)
			return NULL;
		net.len = (u8)len;
		cut6(&net);
		p = sipalg_prefix_find(set, &net);
		if (p)
			return p;
	}
}

/**
 * sipalg_prefix_add() - put a network into a set
 * @set: set, locked; it has not got this network
 * @p: the entry, of the caller's
 * @net: its network, a valid one
 */
void sipalg_prefix_add(struct sipalg_prefixes *set, struct sipalg_prefix *p,
		       const struct sipalg_cidr *net)
{
	p->net = *net;
	p->key = key_of(net);
	sipalg_table_add(&set->table, &p->node);
	if (net->family == 4) {
		set->count4[net->len]++;
		set_bit(net->len, set->used4);
	} else {
		set->count6[net->len]++;
		set_bit(net->len, set->used6);
	}
}

/* It leaves the set; readers may hold it for an RCU grace period. */
void sipalg_prefix_del(struct sipalg_prefixes *set, struct sipalg_prefix *p)
{
	const struct sipalg_cidr *net = &p->net;

	sipalg_table_del(&set->table, &p->node);
	if (net->family == 4) {
		if (!--set->count4[net->len])
			clear_bit(net->len, set->used4);
	} else if (!--set->count6[net->len]) {
		clear_bit(net->len, set->used6);
	}
}
