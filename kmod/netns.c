// SPDX-License-Identifier: GPL-2.0-only
/*
 * netns.c - one network namespace: its tables, its ports, on and off.
 *
 * enable registers the hooks, disable takes them out and forgets what is in
 * the tables. Established flows keep their NAT mapping in conntrack either
 * way (law 11); nothing here may delete one.
 */
#include <linux/in.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "config.h"
#include "sipalg.h"

unsigned int sipalg_net_id;

struct sipalg_net *sipalg_pernet(struct net *net)
{
	return net_generic(net, sipalg_net_id);
}

static int start(struct sipalg_net *sn, struct netlink_ext_ack *extack)
{
	int err;

	sn->work = kvzalloc(sizeof(*sn->work), GFP_KERNEL_ACCOUNT);
	if (!sn->work)
		return -ENOMEM;
	sipalg_host_init(sn);
	sipalg_due_init(sn);
	err = sipalg_hook_register(sn);
	if (err) {
		NL_SET_ERR_MSG(extack, "cannot register the packet hooks");
		goto free;
	}
	err = sipalg_lookup_register(sn);
	if (err) {
		NL_SET_ERR_MSG(extack, "cannot register the NAT look-ups");
		goto hook;
	}
	WRITE_ONCE(sn->enabled, true);
	sipalg_adopt(sn);
	return 0;

hook:
	sipalg_hook_unregister(sn);
	synchronize_net();
free:
	kvfree(sn->work);
	sn->work = NULL;
	return err;
}

static void stop(struct sipalg_net *sn)
{
	WRITE_ONCE(sn->enabled, false);
	sipalg_lookup_unregister(sn);
	sipalg_hook_unregister(sn);
	synchronize_net();	/* no packet is inside a hook of ours */
	sipalg_call_flush(sn, false);
	sipalg_reg_flush(sn);
	sipalg_binding_flush(sn);
	sipalg_due_exit(sn);
	sipalg_pinhole_flush(sn);
	kvfree(sn->work);
	sn->work = NULL;
}

int sipalg_switch(struct sipalg_net *sn, bool on,
		  struct netlink_ext_ack *extack)
{
	if (on && !sn->enabled)
		return start(sn, extack);
	if (!on && sn->enabled)
		stop(sn);
	return 0;
}

int sipalg_enable(struct sipalg_net *sn, bool on,
		  struct netlink_ext_ack *extack)
{
	int err;

	mutex_lock(&sn->config_mutex);
	err = sipalg_switch(sn, on, extack);
	mutex_unlock(&sn->config_mutex);
	return err;
}

static unsigned long *port_map(struct sipalg_net *sn, u8 proto)
{
	return proto == IPPROTO_TCP ? sn->tcp_ports : sn->udp_ports;
}

/**
 * sipalg_port_add() - inspect flows to or from a port
 * @sn: namespace
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 * @port: host byte order, 1-65535
 * @extack: names the conflict
 *
 * Return: 0, or -EEXIST.
 */
int sipalg_port_add(struct sipalg_net *sn, u8 proto, u16 port,
		    struct netlink_ext_ack *extack)
{
	int err = 0;

	mutex_lock(&sn->config_mutex);
	if (test_and_set_bit(port, port_map(sn, proto))) {
		NL_SET_ERR_MSG(extack, "this port is inspected already");
		err = -EEXIST;
	}
	sn->generation++;
	if (!err && sn->enabled)
		sipalg_adopt(sn);
	mutex_unlock(&sn->config_mutex);
	return err;
}

/**
 * sipalg_port_del() - inspect flows of a port no longer
 * @sn: namespace
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 * @port: host byte order
 * @extack: says so when the port is not inspected
 *
 * Return: 0, or -ENOENT.
 */
int sipalg_port_del(struct sipalg_net *sn, u8 proto, u16 port,
		    struct netlink_ext_ack *extack)
{
	int err = 0;

	mutex_lock(&sn->config_mutex);
	if (!test_and_clear_bit(port, port_map(sn, proto))) {
		NL_SET_ERR_MSG(extack, "this port is not inspected");
		err = -ENOENT;
	}
	sn->generation++;
	mutex_unlock(&sn->config_mutex);
	return err;
}

void sipalg_port_flush(struct sipalg_net *sn)
{
	mutex_lock(&sn->config_mutex);
	bitmap_zero(sn->udp_ports, SIPALG_PORTS);
	bitmap_zero(sn->tcp_ports, SIPALG_PORTS);
	sn->generation++;
	mutex_unlock(&sn->config_mutex);
}

void sipalg_stats_sum(struct sipalg_net *sn, struct sipalg_stats *sum)
{
	unsigned int i;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct sipalg_stats *s = per_cpu_ptr(sn->stats, cpu);

		for (i = 0; i < ARRAY_SIZE(sum->count); i++)
			sum->count[i] += READ_ONCE(s->count[i]);
		sum->intree += READ_ONCE(s->intree);
	}
}

/* A packet that counts at the same moment may be lost; that is what reset
 * means.
 */
void sipalg_stats_reset(struct sipalg_net *sn)
{
	int cpu;

	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(sn->stats, cpu), 0, sizeof(*sn->stats));
}

static void free_plain(struct sipalg_net *sn)
{
	free_percpu(sn->stats);
	bitmap_free(sn->udp_ports);
	bitmap_free(sn->tcp_ports);
}

static int init_plain(struct sipalg_net *sn, struct net *net)
{
	sn->net = net;
	mutex_init(&sn->config_mutex);
	spin_lock_init(&sn->lock);
	INIT_LIST_HEAD(&sn->staged);
	INIT_LIST_HEAD(&sn->early[ALG_OUT]);
	INIT_LIST_HEAD(&sn->early[ALG_IN]);
	get_random_bytes(&sn->seed, sizeof(sn->seed));
	sipalg_tunables_init(&sn->tunables);
	sn->udp_ports = bitmap_zalloc(SIPALG_PORTS, GFP_KERNEL);
	sn->tcp_ports = bitmap_zalloc(SIPALG_PORTS, GFP_KERNEL);
	sn->stats = alloc_percpu(struct sipalg_stats);
	if (!sn->udp_ports || !sn->tcp_ports || !sn->stats) {
		free_plain(sn);
		return -ENOMEM;
	}
	set_bit(ALG_SIP_PORT, sn->udp_ports);
	set_bit(ALG_SIP_PORT, sn->tcp_ports);
	return 0;
}

static int __net_init net_init(struct net *net)
{
	struct sipalg_net *sn = sipalg_pernet(net);
	int err;

	err = init_plain(sn, net);
	if (err)
		return err;
	err = sipalg_binding_init(sn);
	if (err)
		goto plain;
	err = sipalg_lanhost_init(sn);
	if (err)
		goto binding;
	err = sipalg_reg_init(sn);
	if (err)
		goto lanhost;
	err = sipalg_call_init(sn);
	if (err)
		goto reg;
	err = sipalg_inside_init(sn);
	if (err)
		goto call;
	return 0;

call:
	sipalg_call_exit(sn);
reg:
	sipalg_reg_exit(sn);
lanhost:
	sipalg_lanhost_exit(sn);
binding:
	sipalg_binding_exit(sn);
plain:
	free_plain(sn);
	return err;
}

/* Before conntrack waits for its last entry to go: ours are put here. */
static void __net_exit net_pre_exit(struct net *net)
{
	sipalg_enable(sipalg_pernet(net), false, NULL);
}

static void __net_exit net_exit(struct net *net)
{
	struct sipalg_net *sn = sipalg_pernet(net);

	sipalg_config_flush(sn);
	sipalg_inside_exit(sn);
	sipalg_call_exit(sn);
	sipalg_reg_exit(sn);
	sipalg_lanhost_exit(sn);
	sipalg_binding_exit(sn);
	free_plain(sn);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &sipalg_net_id,
	.size = sizeof(struct sipalg_net),
};

int sipalg_netns_init(void)
{
	return register_pernet_subsys(&net_ops);
}

void sipalg_netns_exit(void)
{
	unregister_pernet_subsys(&net_ops);
}
