/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prefix.h - a set of networks, IPv4 and IPv6, asked for the longest one that
 * an address is in. prefix.c has the theory.
 *
 * What is in a set embeds a struct sipalg_prefix.
 */
#ifndef SIPALG_PREFIX_H
#define SIPALG_PREFIX_H

#include <linux/bitmap.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "table.h"

enum {
	SIPALG_LEN4	= 33,	/* lengths that an IPv4 prefix can have */
	SIPALG_LEN6	= 129,
};

/**
 * struct sipalg_cidr - a network
 * @ip: network order; IPv4 uses the first four bytes, the rest is 0
 * @v4: the same of IPv4
 * @len: bits of the prefix; those behind it are 0
 * @family: 4 or 6
 */
struct sipalg_cidr {
	union {
		u8 ip[16];
		__be32 v4;
		u64 w[2];
	};
	u8 len;
	u8 family;
};

/**
 * struct sipalg_prefix - a network in a set
 * @node: in the set's table, key @key
 * @key: made from @net
 * @net: the network; does not change while it is listed
 * @rcu: once it left the table
 */
struct sipalg_prefix {
	struct sipalg_node node;
	u64 key;
	struct sipalg_cidr net;
	struct rcu_head rcu;
};

/**
 * struct sipalg_prefixes - a set of networks
 * @table: all of them
 * @used4: bit n: there is an IPv4 prefix of n bits
 * @used6: the same of IPv6
 * @count4: how many of each length
 * @count6: the same of IPv6
 */
struct sipalg_prefixes {
	struct sipalg_table table;
	DECLARE_BITMAP(used4, SIPALG_LEN4);
	DECLARE_BITMAP(used6, SIPALG_LEN6);
	u32 count4[SIPALG_LEN4];
	u32 count6[SIPALG_LEN6];
};

int sipalg_prefixes_init(struct sipalg_prefixes *set, spinlock_t *lock);
void sipalg_prefixes_exit(struct sipalg_prefixes *set);
bool sipalg_cidr_valid(const struct sipalg_cidr *net);
struct sipalg_prefix *sipalg_prefix_find(const struct sipalg_prefixes *set,
					 const struct sipalg_cidr *net);
struct sipalg_prefix *sipalg_prefix_of4(const struct sipalg_prefixes *set,
					__be32 addr);
struct sipalg_prefix *sipalg_prefix_of6(const struct sipalg_prefixes *set,
					const u8 addr[16]);
void sipalg_prefix_add(struct sipalg_prefixes *set, struct sipalg_prefix *p,
		       const struct sipalg_cidr *net);
void sipalg_prefix_del(struct sipalg_prefixes *set, struct sipalg_prefix *p);

static inline bool sipalg_cidr_same(const struct sipalg_cidr *a,
				    const struct sipalg_cidr *b)
{
	return a->w[0] == b->w[0] && a->w[1] == b->w[1] && a->len == b->len &&
	       a->family == b->family;
}

static inline struct sipalg_prefix *sipalg_prefix_of(struct sipalg_node *n)
{
	return container_of(n, struct sipalg_prefix, node);
}

#endif /* SIPALG_PREFIX_H */
