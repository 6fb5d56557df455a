// SPDX-License-Identifier: GPL-2.0-only
/*
 * inside.c - modes of hosts and local networks as one piece of configuration:
 * made, exchanged with a staged one, freed.
 *
 * Not in the packet's way. Look-ups take the pointer once, under RCU; what was
 * in force is freed after a grace period. Must never touch a live flow.
 */
#include <linux/slab.h>

#include "sipalg.h"

static void free_mode(struct sipalg_prefix *p)
{
	kfree(container_of(p, struct sipalg_lanmode, net));
}

static void free_net(struct sipalg_prefix *p)
{
	kfree(p);
}

/* Nobody reads it any more. */
static void empty(struct sipalg_prefixes *set,
		  void (*free)(struct sipalg_prefix *p))
{
	struct sipalg_place at = { 0, 0 };
	struct sipalg_node *n;

	spin_lock_bh(set->table.lock);
	while ((n = sipalg_table_at(&set->table, &at))) {
		sipalg_prefix_del(set, sipalg_prefix_of(n));
		free(sipalg_prefix_of(n));
		at.nth = 0;
	}
	spin_unlock_bh(set->table.lock);
	sipalg_prefixes_exit(set);
}

/* No message and no request has it any more; NULL is nothing. */
void sipalg_inside_free(struct sipalg_inside *in)
{
	if (!in)
		return;
	empty(&in->modes, free_mode);
	empty(&in->localnets, free_net);
	kfree(in);
}

/**
 * sipalg_inside_make() - room for modes and local networks, empty
 * @sn: namespace
 *
 * Return: it, or NULL without memory.
 */
struct sipalg_inside *sipalg_inside_make(struct sipalg_net *sn)
{
	struct sipalg_inside *in = kzalloc(sizeof(*in), GFP_KERNEL_ACCOUNT);

	if (!in)
		return NULL;
	if (sipalg_prefixes_init(&in->modes, &sn->lock))
		goto free;
	if (sipalg_prefixes_init(&in->localnets, &sn->lock))
		goto modes;
	return in;

modes:
	sipalg_prefixes_exit(&in->modes);
free:
	kfree(in);
	return NULL;
}

/* Exchanges what is in force and what is staged; sn->lock held. */
void sipalg_inside_swap(struct sipalg_net *sn, struct sipalg_inside **staged)
{
	struct sipalg_inside *in = sn->lan.inside;

	/* behind what it holds: look-ups only have RCU */
	smp_store_release(&sn->lan.inside, *staged);
	*staged = in;
}

/**
 * struct difference - entries of one configuration that another has not
 * @sn: namespace
 * @with: the other one
 * @event: what became of them
 */
struct difference {
	struct sipalg_net *sn;
	struct sipalg_inside *with;
	enum sipalg_event event;
};

static struct sipalg_lanmode *mode_of(struct sipalg_prefix *p)
{
	return container_of(p, struct sipalg_lanmode, net);
}

static bool tell_mode(struct sipalg_node *n, void *data)
{
	struct sipalg_lanmode *m = mode_of(sipalg_prefix_of(n));
	const struct difference *d = data;
	struct sipalg_prefix *p = sipalg_prefix_find(&d->with->modes,
						     &m->net.net);

	if (!p)
		sipalg_event_host(d->sn, m, d->event);
	else if (d->event == SIPALG_EVENT_NEW &&
		 (m->mode != mode_of(p)->mode || mode_of(p)->until))
		sipalg_event_host(d->sn, m, SIPALG_EVENT_UPDATE);
	return false;
}

static bool tell_net(struct sipalg_node *n, void *data)
{
	const struct sipalg_prefix *p = sipalg_prefix_of(n);
	const struct difference *d = data;

	if (!sipalg_prefix_find(&d->with->localnets, &p->net))
		sipalg_event_localnet(d->sn, &p->net, d->event);
	return false;
}

/**
 * sipalg_inside_tell() - another configuration is in force
 * @sn: namespace
 * @old: what was in force before. Process context.
 */
void sipalg_inside_tell(struct sipalg_net *sn, struct sipalg_inside *old)
{
	struct sipalg_inside *in = sn->lan.inside;
	struct difference ended = { sn, in, SIPALG_EVENT_END };
	struct difference begun = { sn, old, SIPALG_EVENT_NEW };

	sipalg_table_each(&old->modes.table, tell_mode, &ended);
	sipalg_table_each(&in->modes.table, tell_mode, &begun);
	sipalg_table_each(&old->localnets.table, tell_net, &ended);
	sipalg_table_each(&in->localnets.table, tell_net, &begun);
	if (READ_ONCE(in->npassive))
		sipalg_passive_adopt(sn);
	sipalg_lanmode_look(sn);
}

int sipalg_inside_init(struct sipalg_net *sn)
{
	sipalg_lanmode_init(sn);
	sn->lan.inside = sipalg_inside_make(sn);
	if (!sn->lan.inside)
		return -ENOMEM;
	if (!sipalg_localnet_initial(sn, sn->lan.inside))
		return 0;
	sipalg_inside_free(sn->lan.inside);
	return -ENOMEM;
}

/* The namespace goes; its hooks are out, and nobody is told any more. */
void sipalg_inside_exit(struct sipalg_net *sn)
{
	cancel_delayed_work_sync(&sn->lan.expire);
	sipalg_inside_free(sn->lan.inside);
	kvfree(sn->lan.mappings);
}
