// SPDX-License-Identifier: GPL-2.0-only
/*
 * lanmode.c - `host`: how far the LAN hosts of a network are helped.
 *
 * hook.c asks for each message, admit.c and lookup.c on the first packet of a
 * flow; the longest prefix wins, and who is in none is active. A mode says
 * what becomes of the next message: no flow that lives is touched when one
 * changes (law 11). A temporary mode goes back to what was before by itself.
 */
#include <linux/math64.h>
#include <linux/slab.h>

#include "sipalg.h"

static struct sipalg_lanmode *mode_of(struct sipalg_prefix *p)
{
	return container_of(p, struct sipalg_lanmode, net);
}

/**
 * sipalg_lanmode_find() - how far is this LAN host helped?
 * @sn: namespace; locked, or under RCU
 * @addr: its IPv4 address
 *
 * Return: enum sipalg_mode.
 */
u8 sipalg_lanmode_find(const struct sipalg_net *sn, __be32 addr)
{
	const struct sipalg_inside *in;
	struct sipalg_prefix *p;

	/* before what it holds; sipalg_inside_swap() */
	in = smp_load_acquire(&sn->lan.inside);
	if (!READ_ONCE(in->nmodes))
		return SIPALG_MODE_ACTIVE;
	p = sipalg_prefix_of4(&in->modes, addr);
	return p ? READ_ONCE(mode_of(p)->mode) : SIPALG_MODE_ACTIVE;
}

/* Seconds until it goes back, at least 1; 0 when it does not. */
u32 sipalg_lanmode_left(const struct sipalg_lanmode *m)
{
	u64 now = get_jiffies_64();

	if (!m->until)
		return 0;
	if (m->until <= now)
		return 1;
	return (u32)div_u64(m->until - now + HZ - 1, HZ);
}

static void change_mode(struct sipalg_inside *in, struct sipalg_lanmode *m,
			u8 mode)
{
	u32 passive = in->npassive;

	passive += mode == SIPALG_MODE_PASSIVE;
	passive -= m->mode == SIPALG_MODE_PASSIVE;
	WRITE_ONCE(in->npassive, passive);
	WRITE_ONCE(m->mode, mode);
}

static void unlist(struct sipalg_net *sn, struct sipalg_inside *in,
		   struct sipalg_lanmode *m)
{
	sn->generation++;
	change_mode(in, m, SIPALG_MODE_UNSPEC);
	sipalg_prefix_del(&in->modes, &m->net);
	WRITE_ONCE(in->nmodes, in->nmodes - 1);
	kfree_rcu(m, net.rcu);
}

/* What is staged is told of when it is in force. */
static void tell(struct sipalg_net *sn, const struct sipalg_inside *in,
		 const struct sipalg_lanmode *m, enum sipalg_event event)
{
	if (in == sn->lan.inside)
		sipalg_event_host(sn, m, event);
}

/**
 * struct expiry - one look at the temporary modes
 * @sn: namespace
 * @now: jiffies64
 * @next: when the next one of them ends, 0 = there is none
 */
struct expiry {
	struct sipalg_net *sn;
	u64 now;
	u64 next;
};

static bool expire_one(struct sipalg_node *n, void *data)
{
	struct sipalg_lanmode *m = mode_of(sipalg_prefix_of(n));
	struct expiry *x = data;

	if (!m->until)
		return false;
	if (m->until > x->now) {
		if (!x->next || m->until < x->next)
			x->next = m->until;
		return false;
	}
	m->until = 0;
	if (m->back == SIPALG_MODE_UNSPEC) {
		sipalg_event_host(x->sn, m, SIPALG_EVENT_EXPIRE);
		unlist(x->sn, x->sn->lan.inside, m);
	} else {
		change_mode(x->sn->lan.inside, m, m->back);
		x->sn->generation++;
		sipalg_event_host(x->sn, m, SIPALG_EVENT_UPDATE);
	}
	return true;
}

/* Ends what is over and looks again when the next one is. */
static void expire(struct work_struct *work)
{
	struct sipalg_lan *lan = container_of(to_delayed_work(work),
					      struct sipalg_lan, expire);
	struct sipalg_net *sn = container_of(lan, struct sipalg_net, lan);
	struct expiry x = { .sn = sn };
	u64 wait;

	mutex_lock(&sn->config_mutex);
	x.now = get_jiffies_64();
	sipalg_table_each(&lan->inside->modes.table, expire_one, &x);
	if (x.next) {
		wait = min_t(u64, x.next - x.now, 3600 * HZ);
		mod_delayed_work(system_wq, &lan->expire, wait);
	}
	mutex_unlock(&sn->config_mutex);
}

/* Looks for what expires, now and when it is time. Process context. */
void sipalg_lanmode_look(struct sipalg_net *sn)
{
	mod_delayed_work(system_wq, &sn->lan.expire, 0);
}

/* What an entry is from now on; @seconds 0 = for good. sn->lock is held. */
static void apply(struct sipalg_inside *in, struct sipalg_lanmode *m, u8 mode,
		  u32 seconds)
{
	if (!m->until)
		m->back = m->mode;	/* what a temporary one goes back to */
	m->until = seconds ? get_jiffies_64() + (u64)seconds * HZ : 0;
	change_mode(in, m, mode);
}

/* There is an entry already. sn->lock is held. */
static void change(struct sipalg_net *sn, struct sipalg_inside *in,
		   struct sipalg_lanmode *m, u8 mode, u32 seconds)
{
	if (m->mode == mode && !m->until && !seconds)
		return;
	apply(in, m, mode, seconds);
	sn->generation++;
	tell(sn, in, m, SIPALG_EVENT_UPDATE);
}

/* @m gets its mode, and is listed. sn->lock is held. */
static void enlist(struct sipalg_net *sn, struct sipalg_inside *in,
		   struct sipalg_lanmode *m, const struct sipalg_cidr *net)
{
	sipalg_prefix_add(&in->modes, &m->net, net);
	WRITE_ONCE(in->nmodes, in->nmodes + 1);
	sn->generation++;
	tell(sn, in, m, SIPALG_EVENT_NEW);
}

/* Return: 0, -ENOMEM, -ENOSPC; sn->config_mutex is held. */
static int set_mode(struct sipalg_net *sn, struct sipalg_inside *in,
		    const struct sipalg_cidr *net, u8 mode, u32 seconds)
{
	struct sipalg_lanmode *fresh = kzalloc(sizeof(*fresh),
					       GFP_KERNEL_ACCOUNT);
	struct sipalg_prefix *p;
	int err = 0;

	if (!fresh)
		return -ENOMEM;
	spin_lock_bh(&sn->lock);
	p = sipalg_prefix_find(&in->modes, net);
	if (p) {
		change(sn, in, mode_of(p), mode, seconds);
	} else if (in->nmodes < SIPALG_MAX_MODES) {
		apply(in, fresh, mode, seconds);
		enlist(sn, in, fresh, net);
		fresh = NULL;
	} else {
		err = -ENOSPC;
	}
	spin_unlock_bh(&sn->lock);
	kfree(fresh);
	return err;
}

/**
 * sipalg_lanmode_set() - the hosts of a network are helped so far
 * @sn: namespace
 * @staged: where it is noted, NULL = in force at once
 * @net: network, a valid one
 * @mode: enum sipalg_mode
 * @seconds: then it is again what it was before; 0 = for good
 *
 * Process context. Return: 0, -ENOMEM, -ENOSPC; then nothing is changed.
 */
int sipalg_lanmode_set(struct sipalg_net *sn, struct sipalg_inside *staged,
		       const struct sipalg_cidr *net, u8 mode, u32 seconds)
{
	int err = 0;

	mutex_lock(&sn->config_mutex);
	if (mode == SIPALG_MODE_PASSIVE)
		err = sipalg_passive_start(sn);
	if (!err)
		err = set_mode(sn, staged ? staged : sn->lan.inside, net, mode,
			       seconds);
	if (!err && !staged) {
		if (seconds)
			sipalg_lanmode_look(sn);
		if (mode == SIPALG_MODE_PASSIVE)
			sipalg_passive_adopt(sn);
	}
	mutex_unlock(&sn->config_mutex);
	return err;
}

/**
 * sipalg_lanmode_del() - a network has no mode of its own any more
 * @sn: namespace
 * @staged: where it is noted, NULL = in force at once
 * @net: network
 *
 * Return: 0, or -ENOENT.
 */
int sipalg_lanmode_del(struct sipalg_net *sn, struct sipalg_inside *staged,
		       const struct sipalg_cidr *net)
{
	struct sipalg_inside *in;
	struct sipalg_prefix *p;

	mutex_lock(&sn->config_mutex);
	in = staged ? staged : sn->lan.inside;
	spin_lock_bh(&sn->lock);
	p = sipalg_prefix_find(&in->modes, net);
	if (p) {
		tell(sn, in, mode_of(p), SIPALG_EVENT_END);
		unlist(sn, in, mode_of(p));
	}
	spin_unlock_bh(&sn->lock);
	mutex_unlock(&sn->config_mutex);
	return p ? 0 : -ENOENT;
}

/**
 * struct flush - all modes of one configuration go
 * @sn: namespace
 * @in: configuration
 */
struct flush {
	struct sipalg_net *sn;
	struct sipalg_inside *in;
};

static bool end_one(struct sipalg_node *n, void *data)
{
	struct sipalg_lanmode *m = mode_of(sipalg_prefix_of(n));
	const struct flush *f = data;

	tell(f->sn, f->in, m, SIPALG_EVENT_END);
	unlist(f->sn, f->in, m);
	return true;
}

void sipalg_lanmode_flush(struct sipalg_net *sn, struct sipalg_inside *staged)
{
	struct flush f = { .sn = sn };

	mutex_lock(&sn->config_mutex);
	f.in = staged ? staged : sn->lan.inside;
	sipalg_table_each(&f.in->modes.table, end_one, &f);
	mutex_unlock(&sn->config_mutex);
}

void sipalg_lanmode_init(struct sipalg_net *sn)
{
	INIT_DELAYED_WORK(&sn->lan.expire, expire);
}
