// SPDX-License-Identifier: GPL-2.0-only
/*
 * reglist.c - the registrations of one binding.
 *
 * A phone has one or a few, and they are a list, the newest first. A PBX has
 * thousands on one port: then they are spread by the user of their Contact,
 * so that a request for one of them finds it at once. Everything here wants
 * the namespace's lock. It must never end a registration.
 */
#include <linux/list.h>
#include <linux/slab.h>

#include "sipalg.h"

static struct hlist_head *list_of(const struct sipalg_binding *b, u32 user)
{
	if (b->crowded)		/* the upper bits of a hash are its best */
		return &b->crowd->part[user >> (32 - SIPALG_PARTS_LOG)];
	return (struct hlist_head *)&b->regs;
}

static bool is_long(const struct hlist_head *list)
{
	const struct hlist_node *n = list->first;
	unsigned int i;

	for (i = 0; n && i < SIPALG_MAX_WALK; i++)
		n = n->next;
	return i == SIPALG_MAX_WALK;
}

/* Without memory they stay a list. */
static void spread(struct sipalg_binding *b)
{
	struct sipalg_crowd *crowd = kzalloc(sizeof(*crowd),
					     GFP_ATOMIC | __GFP_NOWARN);
	struct hlist_head list = b->regs;
	struct sipalg_reg *r;
	struct hlist_node *next;

	if (!crowd)
		return;
	b->crowd = crowd;
	b->crowded = 1;
	hlist_for_each_entry_safe(r, next, &list, of_binding)
		hlist_add_head(&r->of_binding, list_of(b, r->user));
	b->sn->memory += sizeof(*crowd);
}

/* One more registration of a binding that is in use. */
void sipalg_reglist_add(struct sipalg_binding *b, struct sipalg_reg *r)
{
	if (!b->crowded && is_long(&b->regs))
		spread(b);
	hlist_add_head(&r->of_binding, list_of(b, r->user));
}

/* It was granted just now. */
void sipalg_reglist_newest(struct sipalg_binding *b, struct sipalg_reg *r)
{
	struct hlist_head *list = list_of(b, r->user);

	if (list->first == &r->of_binding)
		return;
	hlist_del(&r->of_binding);
	hlist_add_head(&r->of_binding, list);
}

/*
 * Conntracks of a binding are kept alive to the end of its last registration;
 * of a PBX with many it may be that of one which ended earlier. Nearly always
 * another one ends at the same time or later.
 */
void sipalg_reglist_settle(struct sipalg_binding *b)
{
	const struct sipalg_reg *r;
	unsigned int n = 0;
	u32 until = 0;

	if (b->crowded)
		return;
	hlist_for_each_entry(r, &b->regs, of_binding) {
		if (r->state == ALG_REG_ACTIVE)
			until = max(until, sipalg_reg_over(b->sn, r));
		if (until == b->until || ++n == SIPALG_MAX_WALK)
			return;
	}
	b->until = until;
}

/* The binding has no user any more. */
void sipalg_reglist_close(struct sipalg_binding *b)
{
	if (!b->crowded)
		return;
	kfree(b->crowd);
	b->sn->memory -= sizeof(*b->crowd);
	b->crowded = 0;
	INIT_HLIST_HEAD(&b->regs);
}

/**
 * sipalg_is_contact() - is this user registered with the binding as Contact?
 * @b: signalling binding; its namespace is locked
 * @user: hash of the user part, as in struct sipalg_reg
 */
bool sipalg_is_contact(const struct sipalg_binding *b, u32 user)
{
	const struct sipalg_reg *r;

	if (!b->refs)
		return false;
	hlist_for_each_entry(r, list_of(b, user), of_binding)
		if (r->user == user && r->state == ALG_REG_ACTIVE)
			return true;
	return false;
}

/* One of the first @n of a list. */
static bool has_registrar(const struct hlist_head *list, __be32 src,
			  unsigned int n)
{
	const struct sipalg_reg *r;

	hlist_for_each_entry(r, list, of_binding) {
		if (r->state == ALG_REG_ACTIVE && r->peer == src)
			return true;
		if (!--n)
			break;
	}
	return false;
}

/**
 * sipalg_is_registrar() - did this far end grant a registration?
 * @b: signalling binding; its namespace is locked
 * @src: the far end's address
 *
 * Of a PBX with many registrations the newest ones tell.
 */
bool sipalg_is_registrar(const struct sipalg_binding *b, __be32 src)
{
	unsigned int i;

	if (!b->refs)
		return false;
	if (!b->crowded)
		return has_registrar(&b->regs, src, SIPALG_MAX_WALK);
	for (i = 0; i < ARRAY_SIZE(b->crowd->part); i++)
		if (has_registrar(&b->crowd->part[i], src, 2))
			return true;
	return false;
}
