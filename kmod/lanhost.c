// SPDX-License-Identifier: GPL-2.0-only
/*
 * lanhost.c - how much one LAN address holds: registrations, dialogs, ports.
 *
 * Limits a host want one count for all of its ports. An entry lives while it
 * counts anything. Everything here wants the namespace's lock.
 */
#include <linux/slab.h>

#include "sipalg.h"

SIPALG_KEYED(struct sipalg_lanhost, node, addr);

int sipalg_lanhost_init(struct sipalg_net *sn)
{
	return sipalg_table_init(&sn->hosts, &sn->lock);
}

void sipalg_lanhost_exit(struct sipalg_net *sn)
{
	sipalg_table_exit(&sn->hosts);
}

static struct sipalg_lanhost *make(struct sipalg_net *sn,
				   const struct sipalg_key *lan)
{
	struct sipalg_lanhost *h;

	h = kzalloc(sizeof(*h), GFP_ATOMIC);
	if (!h)
		return NULL;
	h->addr.v4 = lan->v4;
	h->addr.family = lan->family;
	INIT_LIST_HEAD(&h->early[ALG_OUT]);
	INIT_LIST_HEAD(&h->early[ALG_IN]);
	sipalg_table_add(&sn->hosts, &h->node);
	sn->memory += sizeof(*h);
	return h;
}

/* The entry of a LAN host that holds anything, or NULL. */
struct sipalg_lanhost *sipalg_lanhost_find(struct sipalg_net *sn,
					   const struct sipalg_key *lan)
{
	struct sipalg_key addr = { .v4 = lan->v4, .family = lan->family };
	struct sipalg_node *n;

	if (sn->host && sn->host->addr.word == addr.word)
		return sn->host;
	n = sipalg_table_find(&sn->hosts, addr.word);
	if (!n)
		return NULL;
	sn->host = container_of(n, struct sipalg_lanhost, node);
	return sn->host;
}

/**
 * sipalg_lanhost_get() - count one more object of a LAN host
 * @sn: namespace, locked
 * @lan: its address; port and protocol do not matter
 * @what: enum sipalg_lanhost_what
 * @max: how many it may have
 * @out: the entry, or NULL
 *
 * Return: 0, -ENOMEM, or -ENOSPC at the limit.
 */
int sipalg_lanhost_get(struct sipalg_net *sn, const struct sipalg_key *lan,
		       enum sipalg_lanhost_what what, u32 max,
		       struct sipalg_lanhost **out)
{
	struct sipalg_lanhost *h;

	h = sipalg_lanhost_find(sn, lan);
	if (!max || (h && h->count[what] >= max))
		return -ENOSPC;
	if (!h)
		h = make(sn, lan);
	if (!h)
		return -ENOMEM;
	h->count[what]++;
	if (out)
		*out = h;
	return 0;
}

/* One of its objects ends; the last one takes the entry with it. */
void sipalg_lanhost_put(struct sipalg_net *sn, const struct sipalg_key *lan,
			enum sipalg_lanhost_what what)
{
	struct sipalg_lanhost *h = sipalg_lanhost_find(sn, lan);

	h->count[what]--;
	if (h->count[SIPALG_HOST_REGS] || h->count[SIPALG_HOST_CALLS] ||
	    h->count[SIPALG_HOST_BINDINGS])
		return;
	sipalg_table_del(&sn->hosts, &h->node);
	sn->memory -= sizeof(*h);
	sn->host = NULL;
	kfree(h);
}
