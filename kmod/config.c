// SPDX-License-Identifier: GPL-2.0-only
/*
 * config.c - a staged configuration and the moment in which it is put in
 * force.
 *
 * Not in the packet's way. Every kind of object has a row in @kinds, which
 * exchanges its table in struct sipalg_net with the staged one; doing it twice
 * undoes it. The exchange happens under sn->lock, so no message sees half of
 * it. Must never leave anything changed when it fails.
 */
#include <linux/bitmap.h>
#include <linux/netlink.h>
#include <linux/slab.h>

#include "config.h"
#include "genl.h"

/**
 * struct kind - one kind of configured object
 * @init: makes the staged table, empty; may be NULL
 * @exchange: exchanges it with the one in force; sn->lock held, cannot fail
 * @tell: sends the events of what differs from @old, once it is in force
 * @free: frees the table in a configuration; may be NULL
 */
struct kind {
	int (*init)(struct sipalg_config *c);
	void (*exchange)(struct sipalg_net *sn, struct sipalg_config *c);
	void (*tell)(struct sipalg_net *sn, const struct sipalg_config *old);
	void (*free)(struct sipalg_config *c);
};

static int init_ports(struct sipalg_config *c)
{
	c->udp_ports = bitmap_zalloc(SIPALG_PORTS, GFP_KERNEL_ACCOUNT);
	c->tcp_ports = bitmap_zalloc(SIPALG_PORTS, GFP_KERNEL_ACCOUNT);
	return c->udp_ports && c->tcp_ports ? 0 : -ENOMEM;
}

/* Who read the old pointer is under RCU and done before it is freed. */
static void swap_ports(struct sipalg_net *sn, struct sipalg_config *c)
{
	unsigned long *udp = sn->udp_ports, *tcp = sn->tcp_ports;

	/* the bits of a map are there before the pointer to it */
	smp_store_release(&sn->udp_ports, c->udp_ports);
	/* and those of this one */
	smp_store_release(&sn->tcp_ports, c->tcp_ports);
	c->udp_ports = udp;
	c->tcp_ports = tcp;
}

/* Ports of @from that are not in @to. */
static void tell_map(struct sipalg_net *sn, u8 proto,
		     const unsigned long *from, const unsigned long *to,
		     enum sipalg_event event)
{
	unsigned int port;

	for_each_set_bit(port, from, SIPALG_PORTS) {
		if (!test_bit(port, to))
			sipalg_event_port(sn, proto, port, event);
	}
}

static void tell_ports(struct sipalg_net *sn, const struct sipalg_config *old)
{
	tell_map(sn, IPPROTO_UDP, old->udp_ports, sn->udp_ports,
		 SIPALG_EVENT_END);
	tell_map(sn, IPPROTO_TCP, old->tcp_ports, sn->tcp_ports,
		 SIPALG_EVENT_END);
	tell_map(sn, IPPROTO_UDP, sn->udp_ports, old->udp_ports,
		 SIPALG_EVENT_NEW);
	tell_map(sn, IPPROTO_TCP, sn->tcp_ports, old->tcp_ports,
		 SIPALG_EVENT_NEW);
}

static void free_ports(struct sipalg_config *c)
{
	bitmap_free(c->udp_ports);
	bitmap_free(c->tcp_ports);
}

static int init_tunables(struct sipalg_config *c)
{
	sipalg_tunables_init(&c->tunables);
	return 0;
}

static void swap_tunables(struct sipalg_net *sn, struct sipalg_config *c)
{
	sipalg_tunables_swap(&sn->tunables, &c->tunables);
}

static void tell_tunables(struct sipalg_net *sn,
			  const struct sipalg_config *old)
{
	char was[SIPALG_TUNABLE_TEXT], is[SIPALG_TUNABLE_TEXT];
	const char *key, *initial;
	unsigned int i;

	for (i = 0;; i++) {
		key = sipalg_tunable_show(&old->tunables, i, was, &initial);
		if (!key)
			return;
		sipalg_tunable_show(&sn->tunables, i, is, &initial);
		if (strcmp(was, is))
			sipalg_event_setting(sn, key, is);
	}
}

static int init_inside(struct sipalg_config *c)
{
	c->inside = sipalg_inside_make(c->sn);
	return c->inside ? 0 : -ENOMEM;
}

static void swap_inside(struct sipalg_net *sn, struct sipalg_config *c)
{
	sipalg_inside_swap(sn, &c->inside);
}

static void tell_inside(struct sipalg_net *sn, const struct sipalg_config *old)
{
	sipalg_inside_tell(sn, old->inside);
}

static void free_inside(struct sipalg_config *c)
{
	sipalg_inside_free(c->inside);
}

static const struct kind kinds[] = {
	{ init_ports, swap_ports, tell_ports, free_ports },
	{ init_tunables, swap_tunables, tell_tunables, NULL },
	{ init_inside, swap_inside, tell_inside, free_inside },
};

static void free_config(struct sipalg_config *c)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].free)
			kinds[i].free(c);
	}
	kfree(c);
}

static struct sipalg_config *make(struct sipalg_net *sn)
{
	struct sipalg_config *c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);
	size_t i;

	if (c)
		c->sn = sn;
	for (i = 0; c && i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].init && kinds[i].init(c)) {
			free_config(c);
			return NULL;
		}
	}
	return c;
}

/* sn->config_mutex held */
static unsigned int count(const struct sipalg_net *sn)
{
	const struct sipalg_config *c;
	unsigned int n = 0;

	list_for_each_entry(c, &sn->staged, node)
		n++;
	return n;
}

/* sn->config_mutex held */
static struct sipalg_config *find(struct sipalg_net *sn, u32 portid)
{
	struct sipalg_config *c;

	list_for_each_entry(c, &sn->staged, node) {
		if (c->portid == portid)
			return c;
	}
	return NULL;
}

struct sipalg_config *sipalg_config_staged(struct sipalg_net *sn, u32 portid)
{
	struct sipalg_config *c;

	mutex_lock(&sn->config_mutex);
	c = find(sn, portid);
	mutex_unlock(&sn->config_mutex);
	return c;
}

/* Out of the list, so that nobody else finds it. */
static struct sipalg_config *take(struct sipalg_net *sn, u32 portid)
{
	struct sipalg_config *c;

	mutex_lock(&sn->config_mutex);
	c = find(sn, portid);
	if (c)
		list_del(&c->node);
	mutex_unlock(&sn->config_mutex);
	return c;
}

int sipalg_config_begin(struct sipalg_net *sn, u32 portid,
			struct netlink_ext_ack *extack)
{
	struct sipalg_config *c;
	int err = 0;

	sipalg_config_abort(sn, portid);
	c = make(sn);
	if (!c)
		return -ENOMEM;
	c->portid = portid;
	mutex_lock(&sn->config_mutex);
	if (count(sn) < SIPALG_MAX_STAGED)
		list_add(&c->node, &sn->staged);
	else
		err = -EBUSY;
	mutex_unlock(&sn->config_mutex);
	if (!err)
		return 0;
	free_config(c);
	NL_SET_ERR_MSG(extack, "too many programs stage a configuration");
	return err;
}

void sipalg_config_abort(struct sipalg_net *sn, u32 portid)
{
	struct sipalg_config *c = take(sn, portid);

	if (c)
		free_config(c);
}

static void swap_all(struct sipalg_net *sn, struct sipalg_config *c)
{
	size_t i;

	spin_lock_bh(&sn->lock);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		kinds[i].exchange(sn, c);
	sn->generation++;
	spin_unlock_bh(&sn->lock);
}

/*
 * Nobody looks at the tables while it is disabled, so that is when they are
 * exchanged if it is to be enabled or disabled, and exchanged back if it
 * cannot be enabled. Flows of a port that is new may be there already.
 */
static int replace(struct sipalg_net *sn, struct sipalg_config *c,
		   struct netlink_ext_ack *extack)
{
	bool on = c->enabled, before = sn->enabled;
	int err;

	if (!on)
		sipalg_switch(sn, false, extack);
	swap_all(sn, c);
	c->enabled = before;
	if (on && before) {
		if (!bitmap_subset(sn->udp_ports, c->udp_ports, SIPALG_PORTS))
			sipalg_adopt(sn);
		return 0;
	}
	err = sipalg_switch(sn, on, extack);
	if (err)
		swap_all(sn, c);
	return err;
}

int sipalg_config_commit(struct sipalg_net *sn, u32 portid,
			 struct netlink_ext_ack *extack)
{
	struct sipalg_config *c = take(sn, portid);
	size_t i;
	int err;

	if (!c) {
		NL_SET_ERR_MSG(extack, "no configuration was begun");
		return -ENOENT;
	}
	mutex_lock(&sn->config_mutex);
	err = replace(sn, c, extack);
	mutex_unlock(&sn->config_mutex);
	for (i = 0; !err && i < ARRAY_SIZE(kinds); i++)
		kinds[i].tell(sn, c);
	if (!err && c->enabled != sn->enabled)
		sipalg_event_enabled(sn, sn->enabled);
	synchronize_net();
	free_config(c);
	return err;
}

/* A socket was closed. Every one of the machine comes here. */
static int notify(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct netlink_notify *n = data;
	struct sipalg_net *sn;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	sn = sipalg_pernet(n->net);
	if (!list_empty(&sn->staged))
		sipalg_config_abort(sn, n->portid);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = notify,
};

int sipalg_config_init(void)
{
	return netlink_register_notifier(&notifier);
}

/* A socket that is still open leaves nothing behind. */
void sipalg_config_flush(struct sipalg_net *sn)
{
	struct sipalg_config *c, *next;

	list_for_each_entry_safe(c, next, &sn->staged, node)
		free_config(c);
	INIT_LIST_HEAD(&sn->staged);
}

void sipalg_config_exit(void)
{
	netlink_unregister_notifier(&notifier);
}
