// SPDX-License-Identifier: GPL-2.0-only
/*
 * due.c - when something has to be looked at again: registrations, dialogs
 * and bindings, all on one timer of their namespace.
 *
 * A wheel of slots, one a tick of about a second. To put something off, which
 * is what nearly every message does, only its time is changed: it is found
 * too early in its old slot, and moved then. Nothing is due early, and
 * nothing more than two ticks late. Everything here wants sn->lock.
 */
#include <linux/log2.h>

#include "compat.h"
#include "sipalg.h"

enum {
	TICK_SHIFT	= order_base_2(HZ),	/* jiffies a tick */
	BATCH		= 64,			/* objects a hold of the lock */
};

static u32 tick_now(void)
{
	u64 now = get_jiffies_64();

	return (u32)(now >> TICK_SHIFT);
}

static bool is_set(const struct sipalg_due *d)
{
	return d->node.pprev;
}

/* The next tick at which the wheel comes by its slot. */
static u32 next_visit(const struct sipalg_wheel *w, const struct sipalg_due *d)
{
	return w->tick + 1 + ((d->slot - w->tick - 1) % SIPALG_SLOTS);
}

static void run_on(struct sipalg_wheel *w)
{
	u32 past = (u32)get_jiffies_64() & (BIT(TICK_SHIFT) - 1);

	mod_timer(&w->timer, jiffies + BIT(TICK_SHIFT) - past);
}

static void insert(struct sipalg_wheel *w, struct sipalg_due *d)
{
	d->slot = d->at % SIPALG_SLOTS;
	hlist_add_head(&d->node, &w->slot[d->slot]);
	if (w->count++)
		return;
	w->tick = tick_now();
	run_on(w);
}

/**
 * sipalg_due_set() - look at an object in a while, not before
 * @sn: namespace, locked
 * @d: of an object that is listed
 * @delay: jiffies, less than 2^31
 */
void sipalg_due_set(struct sipalg_net *sn, struct sipalg_due *d, u32 delay)
{
	struct sipalg_wheel *w = &sn->work->wheel;

	d->at = (u32)((get_jiffies_64() + delay) >> TICK_SHIFT) + 1;
	if (is_set(d) && (s32)(d->at - next_visit(w, d)) >= 0)
		return;
	sipalg_due_stop(sn, d);
	insert(w, d);
}

/* Not to be looked at any more. */
void sipalg_due_stop(struct sipalg_net *sn, struct sipalg_due *d)
{
	if (!is_set(d))
		return;
	hlist_del_init(&d->node);
	sn->work->wheel.count--;
}

static void look_at(struct sipalg_net *sn, struct sipalg_due *d)
{
	struct sipalg_wheel *w = &sn->work->wheel;

	sipalg_due_stop(sn, d);
	if ((s32)(d->at - w->tick) > 0) {
		insert(w, d);		/* it was put off */
		return;
	}
	switch (d->kind) {
	case SIPALG_DUE_REG:
		sipalg_reg_due(container_of(d, struct sipalg_reg, due));
		break;
	case SIPALG_DUE_CALL:
		sipalg_call_due(container_of(d, struct sipalg_call, due));
		break;
	case SIPALG_DUE_BINDING:
		sipalg_binding_due(container_of(d, struct sipalg_binding, due));
		break;
	}
}

/* Some of those that are ripe. Return: are there more? */
static bool look_at_some(struct sipalg_net *sn)
{
	struct sipalg_wheel *w = &sn->work->wheel;
	unsigned int n = BATCH;

	while (n-- && !hlist_empty(&w->ripe))
		look_at(sn, hlist_entry(w->ripe.first, struct sipalg_due,
					node));
	if (!hlist_empty(&w->ripe))
		return true;
	if (w->tick == tick_now()) {
		if (w->count)
			run_on(w);
		return false;
	}
	w->tick++;
	hlist_move_list(&w->slot[w->tick % SIPALG_SLOTS], &w->ripe);
	return true;
}

static void turn(struct timer_list *t)
{
	struct sipalg_wheel *w = timer_object(w, t, timer);
	struct sipalg_net *sn = w->sn;
	bool more;

	do {
		spin_lock(&sn->lock);
		more = look_at_some(sn);
		spin_unlock(&sn->lock);
	} while (more);
}

/* Before the first hook is registered. */
void sipalg_due_init(struct sipalg_net *sn)
{
	struct sipalg_wheel *w = &sn->work->wheel;

	w->sn = sn;
	timer_setup(&w->timer, turn, 0);
}

/* Nothing is on the wheel any more; process context, without the lock. */
void sipalg_due_exit(struct sipalg_net *sn)
{
	timer_stop_sync(&sn->work->wheel.timer);
}
