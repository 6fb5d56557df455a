// SPDX-License-Identifier: GPL-2.0-only
/*
 * genl_lan.c - `host` and `localnet` over netlink: requests and dumps.
 *
 * Not in the packet's way. A request that is refused has changed nothing:
 * all of its networks are read, and the memory for them is there, before the
 * first one is looked at.
 */
#include <linux/slab.h>
#include <net/sock.h>

#include "config.h"
#include "genl.h"

static const struct nla_policy net_policy[] = {
	[SIPALG_NET_IP4] = NLA_POLICY_EXACT_LEN(4),
	[SIPALG_NET_IP6] = NLA_POLICY_EXACT_LEN(16),
	[SIPALG_NET_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
};

static struct netlink_range_validation for_range = {
	.min = 1,
	.max = SIPALG_MAX_FOR_S,
};

const struct nla_policy sipalg_host_policy[SIPALG_A_MODE + 1] = {
	[SIPALG_A_NET] = NLA_POLICY_NESTED(net_policy),
	[SIPALG_A_MODE] = NLA_POLICY_RANGE(NLA_U8, SIPALG_MODE_ACTIVE,
					   SIPALG_MODE_MAX),
	[SIPALG_A_EXPIRES] = NLA_POLICY_FULL_RANGE(NLA_U32, &for_range),
};

const struct nla_policy sipalg_net_policy[SIPALG_A_NET + 1] = {
	[SIPALG_A_NET] = NLA_POLICY_NESTED(net_policy),
};

const struct nla_policy sipalg_nets_policy[SIPALG_A_NETS + 1] = {
	[SIPALG_A_NETS] = NLA_POLICY_NESTED_ARRAY(net_policy),
};

static struct sipalg_net *net_of(struct genl_info *info)
{
	return sipalg_pernet(genl_info_net(info));
}

/* What the sender stages, or NULL. */
static struct sipalg_inside *staged(struct genl_info *info)
{
	struct sipalg_config *c = sipalg_config_staged(net_of(info),
						       info->snd_portid);

	return c ? c->inside : NULL;
}

static int need(struct genl_info *info, int attr)
{
	if (!GENL_REQ_ATTR_CHECK(info, attr))
		return 0;
	GENL_SET_ERR_MSG(info, "an attribute is missing");
	return -EINVAL;
}

/* The network in @nest. Return: 0, or -EINVAL with the reason. */
static int read_net(const struct nlattr *nest, struct sipalg_cidr *net,
		    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SIPALG_NET_MAX + 1];
	int err;

	err = nla_parse_nested(tb, SIPALG_NET_MAX, nest, net_policy, extack);
	if (err)
		return err;
	memset(net, 0, sizeof(*net));
	if (!tb[SIPALG_NET_LEN] ||
	    !tb[SIPALG_NET_IP4] == !tb[SIPALG_NET_IP6]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "a network is one address and a length");
		return -EINVAL;
	}
	net->len = nla_get_u8(tb[SIPALG_NET_LEN]);
	net->family = tb[SIPALG_NET_IP4] ? 4 : 6;
	if (net->family == 4)
		net->v4 = nla_get_in_addr(tb[SIPALG_NET_IP4]);
	else
		memcpy(net->ip, nla_data(tb[SIPALG_NET_IP6]), sizeof(net->ip));
	if (sipalg_cidr_valid(net))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, nest, "bits are set behind the prefix, or it is too long");
	return -EINVAL;
}

/* Why not, said of @attr. */
static int refuse(struct genl_info *info, const struct nlattr *attr, int err)
{
	if (!err)
		return 0;
	NL_SET_BAD_ATTR(info->extack, attr);
	if (err == -EEXIST)
		NL_SET_ERR_MSG(info->extack, "this network is there already");
	else if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "this network is not there");
	else if (err == -ENOSPC)
		NL_SET_ERR_MSG(info->extack, "too many networks");
	return err;
}

int sipalg_do_host_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct sipalg_cidr net;
	u32 seconds = 0;
	int err;

	err = need(info, SIPALG_A_NET) ?: need(info, SIPALG_A_MODE) ?:
	      read_net(attrs[SIPALG_A_NET], &net, info->extack);
	if (err)
		return err;
	if (attrs[SIPALG_A_EXPIRES])
		seconds = nla_get_u32(attrs[SIPALG_A_EXPIRES]);
	err = sipalg_lanmode_set(net_of(info), staged(info), &net,
				 nla_get_u8(attrs[SIPALG_A_MODE]), seconds);
	return refuse(info, attrs[SIPALG_A_NET], err);
}

int sipalg_do_host_del(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[SIPALG_A_NET];
	struct sipalg_cidr net;
	int err;

	err = need(info, SIPALG_A_NET) ?: read_net(attr, &net, info->extack);
	if (err)
		return err;
	return refuse(info, attr,
		      sipalg_lanmode_del(net_of(info), staged(info), &net));
}

int sipalg_do_host_flush(struct sk_buff *skb, struct genl_info *info)
{
	sipalg_lanmode_flush(net_of(info), staged(info));
	return 0;
}

static void free_list(struct sipalg_netlist *list)
{
	unsigned int i;

	for (i = 0; list->entry && i < list->n; i++)
		kfree(list->entry[i]);
	kfree(list->entry);
	kfree(list->net);
}

static int alloc_list(struct sipalg_netlist *list)
{
	unsigned int i;

	list->entry = kcalloc(list->n, sizeof(*list->entry), GFP_KERNEL);
	list->net = kcalloc(list->n, sizeof(*list->net), GFP_KERNEL);
	if (!list->entry || !list->net)
		return -ENOMEM;
	for (i = 0; i < list->n; i++) {
		list->entry[i] = kzalloc(sizeof(**list->entry),
					 GFP_KERNEL_ACCOUNT);
		if (!list->entry[i])
			return -ENOMEM;
	}
	return 0;
}

/* The attribute of the n-th network. */
static const struct nlattr *nth_of(const struct nlattr *nets, unsigned int n)
{
	const struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nets, rem)
		if (!n--)
			return attr;
	return nets;
}

static int fill_list(const struct nlattr *nets, struct sipalg_netlist *list,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	unsigned int n = 0, i;
	int rem, err;

	nla_for_each_nested(attr, nets, rem) {
		err = read_net(attr, &list->net[n], extack);
		if (err)
			return err;
		for (i = 0; i < n; i++) {
			if (!sipalg_cidr_same(&list->net[i], &list->net[n]))
				continue;
			NL_SET_ERR_MSG_ATTR(extack, attr, "this network is named twice");
			return -EINVAL;
		}
		n++;
	}
	return 0;
}

static int read_list(const struct nlattr *nets, struct sipalg_netlist *list,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nets, rem)
		list->n++;
	if (!list->n || list->n > SIPALG_MAX_LOCALNETS) {
		NL_SET_ERR_MSG_ATTR(extack, nets, "a request names 1 to 256 networks");
		return -EINVAL;
	}
	return alloc_list(list) ?: fill_list(nets, list, extack);
}

typedef int (*list_fn)(struct sipalg_net *sn, struct sipalg_inside *staged,
		       struct sipalg_netlist *list);

static int do_list(struct genl_info *info, list_fn fn)
{
	struct nlattr *nets = info->attrs[SIPALG_A_NETS];
	struct sipalg_netlist list = { 0 };
	int err;

	err = need(info, SIPALG_A_NETS);
	if (err)
		return err;
	err = read_list(nets, &list, info->extack);
	if (!err)
		err = refuse(info, nth_of(nets, list.bad),
			     fn(net_of(info), staged(info), &list));
	free_list(&list);
	return err;
}

int sipalg_do_localnet_add(struct sk_buff *skb, struct genl_info *info)
{
	return do_list(info, sipalg_localnet_add);
}

int sipalg_do_localnet_del(struct sk_buff *skb, struct genl_info *info)
{
	return do_list(info, sipalg_localnet_del);
}

int sipalg_do_localnet_set(struct sk_buff *skb, struct genl_info *info)
{
	return do_list(info, sipalg_localnet_set);
}

int sipalg_do_localnet_flush(struct sk_buff *skb, struct genl_info *info)
{
	sipalg_localnet_flush(net_of(info), staged(info));
	return 0;
}

/* ---- dumps */

int sipalg_fill_net(struct sk_buff *skb, const struct sipalg_cidr *net)
{
	struct nlattr *nest = nla_nest_start(skb, SIPALG_A_NET);
	int err;

	if (!nest)
		return -EMSGSIZE;
	if (net->family == 4)
		err = nla_put_in_addr(skb, SIPALG_NET_IP4, net->v4);
	else
		err = nla_put(skb, SIPALG_NET_IP6, sizeof(net->ip), net->ip);
	if (err || nla_put_u8(skb, SIPALG_NET_LEN, net->len))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int sipalg_fill_host(struct sk_buff *skb, const struct sipalg_lanmode *m)
{
	u32 left = sipalg_lanmode_left(m);

	if (sipalg_fill_net(skb, &m->net.net) ||
	    nla_put_u8(skb, SIPALG_A_MODE, m->mode) ||
	    (left && nla_put_u32(skb, SIPALG_A_EXPIRES, left)) ||
	    (left && m->back && nla_put_u8(skb, SIPALG_A_MODE_BACK, m->back)))
		return -EMSGSIZE;
	return 0;
}

static int fill_entry(struct sk_buff *skb, u8 cmd, struct sipalg_prefix *p)
{
	if (cmd == SIPALG_CMD_HOST_GET)
		return sipalg_fill_host(skb, container_of(p,
						struct sipalg_lanmode, net));
	return sipalg_fill_net(skb, &p->net);
}

/* cb->args: where the next one is, as struct sipalg_place has it */
static int dump_set(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	struct sipalg_net *sn = sipalg_pernet(sock_net(skb->sk));
	struct sipalg_place at = { cb->args[0], cb->args[1] };
	const struct sipalg_prefixes *set;
	struct sipalg_node *n;
	void *hdr;

	spin_lock_bh(&sn->lock);
	set = cmd == SIPALG_CMD_HOST_GET ? &sn->lan.inside->modes :
					   &sn->lan.inside->localnets;
	cb->seq = sn->generation << 1 | 1;	/* 0: nothing is compared */
	for (; (n = sipalg_table_at(&set->table, &at)); at.nth++) {
		hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				  cb->nlh->nlmsg_seq, &sipalg_genl_family,
				  NLM_F_MULTI, cmd);
		if (!hdr)
			break;
		genl_dump_check_consistent(cb, hdr);
		if (fill_entry(skb, cmd, sipalg_prefix_of(n))) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
	}
	spin_unlock_bh(&sn->lock);
	cb->args[0] = at.bucket;
	cb->args[1] = at.nth;
	return skb->len;
}

int sipalg_dump_hosts(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_set(skb, cb, SIPALG_CMD_HOST_GET);
}

int sipalg_dump_localnets(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_set(skb, cb, SIPALG_CMD_LOCALNET_GET);
}
