// SPDX-License-Identifier: GPL-2.0-only
/*
 * genl.c - the generic netlink family "sipalg": requests of sipalgctl.
 *
 * Not in the packet's way. Every request, dumps too, needs CAP_NET_ADMIN in
 * the user namespace that owns the network namespace. Each command has a
 * policy of its own and takes no attribute beside it; every refusal says why
 * and names the attribute. Must never change anything before all of a request
 * is known to be good.
 */
#include <linux/module.h>

#include "config.h"
#include "genl.h"

static const struct nla_policy enable_policy[] = {
	[SIPALG_A_ENABLED] = NLA_POLICY_MAX(NLA_U8, 1),
};

static const struct nla_policy port_policy[] = {
	[SIPALG_A_PROTO] = { .type = NLA_U8 },
	[SIPALG_A_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
};

static const struct nla_policy aor_policy[] = {
	[SIPALG_A_AOR] = { .type = NLA_NUL_STRING, .len = SIPALG_MAX_AOR },
};

static const struct nla_policy call_policy[] = {
	[SIPALG_A_CALL_ID] = { .type = NLA_NUL_STRING,
			       .len = SIPALG_MAX_CALL_ID },
};

static const struct nla_policy set_policy[] = {
	[SIPALG_A_KEY] = { .type = NLA_NUL_STRING, .len = SIPALG_MAX_WORD },
	[SIPALG_A_VALUE] = { .type = NLA_NUL_STRING, .len = SIPALG_MAX_WORD },
};

static struct sipalg_net *net_of(struct genl_info *info)
{
	return sipalg_pernet(genl_info_net(info));
}

/* What this sender has staged, or NULL: then what it says is in force. */
static struct sipalg_config *staged(struct genl_info *info)
{
	return sipalg_config_staged(net_of(info), info->snd_portid);
}

/* An attribute that has to be there. */
static int need(struct genl_info *info, int attr)
{
	if (!GENL_REQ_ATTR_CHECK(info, attr))
		return 0;
	GENL_SET_ERR_MSG(info, "an attribute is missing");
	return -EINVAL;
}

/* A reason that came without one is about attribute @attr. */
static int refuse(struct genl_info *info, int attr, int err)
{
	if (err && !info->extack->bad_attr)
		NL_SET_BAD_ATTR(info->extack, info->attrs[attr]);
	return err;
}

static int put_status(struct sk_buff *skb, struct sipalg_net *sn)
{
	struct sipalg_stats *sum;
	u64 memory, intree;
	u32 media;
	int err;

	sum = kzalloc(sizeof(*sum), GFP_KERNEL);
	if (!sum)
		return -ENOMEM;
	sipalg_stats_sum(sn, sum);
	intree = sum->intree;
	kfree(sum);
	spin_lock_bh(&sn->lock);
	memory = sn->memory;
	media = sn->nmedia;
	spin_unlock_bh(&sn->lock);

	err = nla_put_u8(skb, SIPALG_A_ENABLED, READ_ONCE(sn->enabled)) ||
	      nla_put_string(skb, SIPALG_A_VERSION, SIPALG_VERSION) ||
	      nla_put_u32(skb, SIPALG_A_REGISTRATIONS,
			  READ_ONCE(sn->regs.count)) ||
	      nla_put_u32(skb, SIPALG_A_CALLS,
			  READ_ONCE(sn->calls.count)) ||
	      nla_put_u32(skb, SIPALG_A_MEDIA, media) ||
	      nla_put_u64_64bit(skb, SIPALG_A_MEMORY, memory, SIPALG_A_PAD) ||
	      nla_put_u64_64bit(skb, SIPALG_A_INTREE_FLOWS, intree,
				SIPALG_A_PAD);
	return err ? -EMSGSIZE : 0;
}

static int do_status(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	void *hdr;
	int err;

	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &sipalg_genl_family, 0,
				SIPALG_CMD_STATUS_GET);
	err = hdr ? put_status(reply, net_of(info)) : -EMSGSIZE;
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

static int do_enable(struct sk_buff *skb, struct genl_info *info)
{
	struct sipalg_net *sn = net_of(info);
	bool on, before = READ_ONCE(sn->enabled);
	struct sipalg_config *c = staged(info);
	int err;

	err = need(info, SIPALG_A_ENABLED);
	if (err)
		return err;
	on = nla_get_u8(info->attrs[SIPALG_A_ENABLED]);
	if (c) {
		c->enabled = on;
		return 0;
	}
	err = sipalg_enable(sn, on, info->extack);
	if (!err && on != before)
		sipalg_event_enabled(sn, on);
	return refuse(info, SIPALG_A_ENABLED, err);
}

static int read_port(struct genl_info *info, u8 *proto, u16 *port)
{
	int err;

	err = need(info, SIPALG_A_PROTO) ?: need(info, SIPALG_A_PORT);
	if (err)
		return err;
	*proto = nla_get_u8(info->attrs[SIPALG_A_PROTO]);
	*port = nla_get_u16(info->attrs[SIPALG_A_PORT]);
	if (*proto == IPPROTO_UDP || *proto == IPPROTO_TCP)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[SIPALG_A_PROTO],
			    "the protocol is neither UDP nor TCP");
	return -EINVAL;
}

static unsigned long *staged_map(struct sipalg_config *c, u8 proto)
{
	return proto == IPPROTO_TCP ? c->tcp_ports : c->udp_ports;
}

static int do_port_add(struct sk_buff *skb, struct genl_info *info)
{
	struct sipalg_config *c = staged(info);
	struct sipalg_net *sn = net_of(info);
	u16 port;
	u8 proto;
	int err;

	err = read_port(info, &proto, &port);
	if (err)
		return err;
	if (c) {
		set_bit(port, staged_map(c, proto));
		return 0;
	}
	err = sipalg_port_add(sn, proto, port, info->extack);
	if (!err)
		sipalg_event_port(sn, proto, port, SIPALG_EVENT_NEW);
	return refuse(info, SIPALG_A_PORT, err);
}

static int do_port_del(struct sk_buff *skb, struct genl_info *info)
{
	struct sipalg_config *c = staged(info);
	struct sipalg_net *sn = net_of(info);
	u16 port;
	u8 proto;
	int err;

	err = read_port(info, &proto, &port);
	if (err)
		return err;
	if (c) {
		clear_bit(port, staged_map(c, proto));
		return 0;
	}
	err = sipalg_port_del(sn, proto, port, info->extack);
	if (!err)
		sipalg_event_port(sn, proto, port, SIPALG_EVENT_END);
	return refuse(info, SIPALG_A_PORT, err);
}

/* Requests of the family are taken one at a time: the bitmaps stand still. */
static int do_port_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct sipalg_config *c = staged(info);
	struct sipalg_net *sn = net_of(info);
	unsigned int port;

	if (c) {
		bitmap_zero(c->udp_ports, SIPALG_PORTS);
		bitmap_zero(c->tcp_ports, SIPALG_PORTS);
		return 0;
	}
	for_each_set_bit(port, sn->udp_ports, SIPALG_PORTS)
		sipalg_event_port(sn, IPPROTO_UDP, port, SIPALG_EVENT_END);
	for_each_set_bit(port, sn->tcp_ports, SIPALG_PORTS)
		sipalg_event_port(sn, IPPROTO_TCP, port, SIPALG_EVENT_END);
	sipalg_port_flush(sn);
	return 0;
}

static int do_reg_del(struct sk_buff *skb, struct genl_info *info)
{
	const char *aor;
	int err;

	err = need(info, SIPALG_A_AOR);
	if (err)
		return err;
	aor = nla_data(info->attrs[SIPALG_A_AOR]);
	if (sipalg_reg_del(net_of(info), aor, strlen(aor)))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[SIPALG_A_AOR],
			    "there is no registration of this AOR");
	return -ENOENT;
}

static int do_reg_flush(struct sk_buff *skb, struct genl_info *info)
{
	sipalg_reg_flush(net_of(info));
	return 0;
}

static int do_call_flush(struct sk_buff *skb, struct genl_info *info)
{
	sipalg_call_flush(net_of(info), true);
	return 0;
}

static int do_media_flush(struct sk_buff *skb, struct genl_info *info)
{
	sipalg_media_flush(net_of(info));
	return 0;
}

static int do_stats_reset(struct sk_buff *skb, struct genl_info *info)
{
	sipalg_stats_reset(net_of(info));
	return 0;
}

static int do_set(struct sk_buff *skb, struct genl_info *info)
{
	struct sipalg_config *c = staged(info);
	struct sipalg_net *sn = net_of(info);
	struct nlattr **attrs = info->attrs;
	int ret;

	ret = need(info, SIPALG_A_KEY) ?: need(info, SIPALG_A_VALUE);
	if (ret)
		return ret;
	mutex_lock(&sn->config_mutex);
	ret = sipalg_tunable_set(c ? &c->tunables : &sn->tunables,
				 attrs[SIPALG_A_KEY], attrs[SIPALG_A_VALUE],
				 sn->net->user_ns == &init_user_ns,
				 info->extack);
	mutex_unlock(&sn->config_mutex);
	if (ret <= 0 || c)
		return min(ret, 0);
	sipalg_event_setting(sn, nla_data(attrs[SIPALG_A_KEY]),
			     nla_data(attrs[SIPALG_A_VALUE]));
	return 0;
}

static int do_config_begin(struct sk_buff *skb, struct genl_info *info)
{
	return sipalg_config_begin(net_of(info), info->snd_portid,
				   info->extack);
}

static int do_config_commit(struct sk_buff *skb, struct genl_info *info)
{
	return sipalg_config_commit(net_of(info), info->snd_portid,
				    info->extack);
}

static int do_config_abort(struct sk_buff *skb, struct genl_info *info)
{
	sipalg_config_abort(net_of(info), info->snd_portid);
	return 0;
}

/* An entry without policy takes no attribute at all. */
static const struct genl_ops genl_ops[] = {
	{ .cmd = SIPALG_CMD_STATUS_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = do_status },
	{ .cmd = SIPALG_CMD_ENABLE, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = do_enable, .policy = enable_policy,
	  .maxattr = ARRAY_SIZE(enable_policy) - 1 },
	{ .cmd = SIPALG_CMD_PORT_ADD, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = do_port_add, .policy = port_policy,
	  .maxattr = ARRAY_SIZE(port_policy) - 1 },
	{ .cmd = SIPALG_CMD_PORT_DEL, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = do_port_del, .policy = port_policy,
	  .maxattr = ARRAY_SIZE(port_policy) - 1 },
	{ .cmd = SIPALG_CMD_PORT_FLUSH, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = do_port_flush },
	{ .cmd = SIPALG_CMD_PORT_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .dumpit = sipalg_dump_ports },
	{ .cmd = SIPALG_CMD_REG_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .start = sipalg_dump_regs_start, .dumpit = sipalg_dump_regs,
	  .done = sipalg_dump_done },
	{ .cmd = SIPALG_CMD_REG_DEL, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = do_reg_del, .policy = aor_policy,
	  .maxattr = ARRAY_SIZE(aor_policy) - 1 },
	{ .cmd = SIPALG_CMD_REG_FLUSH, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = do_reg_flush },
	{ .cmd = SIPALG_CMD_CALL_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .start = sipalg_dump_calls_start, .dumpit = sipalg_dump_calls,
	  .done = sipalg_dump_done, .policy = call_policy,
	  .maxattr = ARRAY_SIZE(call_policy) - 1 },
	{ .cmd = SIPALG_CMD_CALL_FLUSH, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = do_call_flush },
	{ .cmd = SIPALG_CMD_MEDIA_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .start = sipalg_dump_calls_start, .dumpit = sipalg_dump_media,
	  .done = sipalg_dump_done },
	{ .cmd = SIPALG_CMD_MEDIA_FLUSH, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = do_media_flush },
	{ .cmd = SIPALG_CMD_STATS_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .dumpit = sipalg_dump_stats },
	{ .cmd = SIPALG_CMD_STATS_RESET, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = do_stats_reset },
	{ .cmd = SIPALG_CMD_SET, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = do_set, .policy = set_policy,
	  .maxattr = ARRAY_SIZE(set_policy) - 1 },
	{ .cmd = SIPALG_CMD_SET_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .dumpit = sipalg_dump_settings },
	{ .cmd = SIPALG_CMD_CONFIG_BEGIN, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = do_config_begin },
	{ .cmd = SIPALG_CMD_CONFIG_COMMIT, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = do_config_commit },
	{ .cmd = SIPALG_CMD_CONFIG_ABORT, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = do_config_abort },
	{ .cmd = SIPALG_CMD_HOST_SET, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = sipalg_do_host_set, .policy = sipalg_host_policy,
	  .maxattr = ARRAY_SIZE(sipalg_host_policy) - 1 },
	{ .cmd = SIPALG_CMD_HOST_DEL, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = sipalg_do_host_del, .policy = sipalg_net_policy,
	  .maxattr = ARRAY_SIZE(sipalg_net_policy) - 1 },
	{ .cmd = SIPALG_CMD_HOST_FLUSH, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = sipalg_do_host_flush },
	{ .cmd = SIPALG_CMD_HOST_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .dumpit = sipalg_dump_hosts },
	{ .cmd = SIPALG_CMD_LOCALNET_ADD, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = sipalg_do_localnet_add, .policy = sipalg_nets_policy,
	  .maxattr = ARRAY_SIZE(sipalg_nets_policy) - 1 },
	{ .cmd = SIPALG_CMD_LOCALNET_DEL, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = sipalg_do_localnet_del, .policy = sipalg_nets_policy,
	  .maxattr = ARRAY_SIZE(sipalg_nets_policy) - 1 },
	{ .cmd = SIPALG_CMD_LOCALNET_SET, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = sipalg_do_localnet_set, .policy = sipalg_nets_policy,
	  .maxattr = ARRAY_SIZE(sipalg_nets_policy) - 1 },
	{ .cmd = SIPALG_CMD_LOCALNET_FLUSH, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = sipalg_do_localnet_flush },
	{ .cmd = SIPALG_CMD_LOCALNET_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .dumpit = sipalg_dump_localnets },
};

/* Events tell who calls whom: they need the same permission. */
static const struct genl_multicast_group genl_groups[] = {
	[SIPALG_GROUP_REG] = { .name = SIPALG_MCGRP_REG,
			       .flags = GENL_MCAST_CAP_NET_ADMIN },
	[SIPALG_GROUP_CALL] = { .name = SIPALG_MCGRP_CALL,
				.flags = GENL_MCAST_CAP_NET_ADMIN },
	[SIPALG_GROUP_MEDIA] = { .name = SIPALG_MCGRP_MEDIA,
				 .flags = GENL_MCAST_CAP_NET_ADMIN },
	[SIPALG_GROUP_CONFIG] = { .name = SIPALG_MCGRP_CONFIG,
				  .flags = GENL_MCAST_CAP_NET_ADMIN },
};

struct genl_family sipalg_genl_family __ro_after_init = {
	.name = SIPALG_GENL_NAME,
	.version = SIPALG_GENL_VERSION,
	.netnsok = true,
	.module = THIS_MODULE,
	.ops = genl_ops,
	.n_ops = ARRAY_SIZE(genl_ops),
	.mcgrps = genl_groups,
	.n_mcgrps = ARRAY_SIZE(genl_groups),
};

int __init sipalg_genl_init(void)
{
	return genl_register_family(&sipalg_genl_family);
}

void sipalg_genl_exit(void)
{
	genl_unregister_family(&sipalg_genl_family);
}

/* Who asks for the family gets the module loaded; it waits for `enable`. */
MODULE_ALIAS_GENL_FAMILY(SIPALG_GENL_NAME);
