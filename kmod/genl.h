/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * genl.h - between the files of the generic netlink family: genl.c and
 * genl_lan.c (requests), genl_dump.c (tables), genl_event.c (events), genl_fill.c (one object as
 * attributes). What the rest of the module calls is in sipalg.h.
 */
#ifndef SIPALG_GENL_H
#define SIPALG_GENL_H

#include <net/genetlink.h>

#include "sipalg.h"

/* Multicast groups, in the order of their table in genl.c. */
enum sipalg_group {
	SIPALG_GROUP_REG,
	SIPALG_GROUP_CALL,
	SIPALG_GROUP_MEDIA,
	SIPALG_GROUP_CONFIG,
};

enum sipalg_genl_size {
	SIPALG_SIZE_OBJECT	= 1280,	/* a message without media lines */
	SIPALG_SIZE_MEDIA	= 160,	/* a port of a media line in it */
	/* a call with all its media lines fits one part of a dump */
	SIPALG_SIZE_DUMP	= SIPALG_SIZE_OBJECT +
				  2 * SIPALG_MAX_LINES * SIPALG_SIZE_MEDIA,
};

extern struct genl_family sipalg_genl_family;

/*
 * genl_fill.c: attributes of one object. The caller holds sn->lock and the
 * object is in its table. Return: 0 or -EMSGSIZE, then @skb is to be cut back
 * to what it was.
 */
int sipalg_fill_key(struct sk_buff *skb, int attr, const struct sipalg_key *k);
int sipalg_fill_reg(struct sk_buff *skb, const struct sipalg_reg *r);
int sipalg_fill_call(struct sk_buff *skb, const struct sipalg_call *c);
int sipalg_fill_net(struct sk_buff *skb, const struct sipalg_cidr *net);
int sipalg_fill_host(struct sk_buff *skb, const struct sipalg_lanmode *m);

/**
 * sipalg_fill_media() - one port of a media line
 * @skb: message
 * @c: its dialog
 * @m: media line
 * @rtcp: its RTCP port instead of its first one
 *
 * Return: 0; -EMSGSIZE; -ENOENT when the line has no such port.
 */
int sipalg_fill_media(struct sk_buff *skb, const struct sipalg_call *c,
		      const struct sipalg_media *m, bool rtcp);

/* genl_event.c: process context */
void sipalg_event_enabled(struct sipalg_net *sn, bool on);
void sipalg_event_port(struct sipalg_net *sn, u8 proto, u16 port,
		       enum sipalg_event event);
void sipalg_event_setting(struct sipalg_net *sn, const char *key,
			  const char *value);

/* genl_dump.c */
int sipalg_dump_ports(struct sk_buff *skb, struct netlink_callback *cb);
int sipalg_dump_stats(struct sk_buff *skb, struct netlink_callback *cb);
int sipalg_dump_settings(struct sk_buff *skb, struct netlink_callback *cb);
int sipalg_dump_regs_start(struct netlink_callback *cb);
int sipalg_dump_regs(struct sk_buff *skb, struct netlink_callback *cb);
int sipalg_dump_calls_start(struct netlink_callback *cb);
int sipalg_dump_calls(struct sk_buff *skb, struct netlink_callback *cb);
int sipalg_dump_media(struct sk_buff *skb, struct netlink_callback *cb);
int sipalg_dump_done(struct netlink_callback *cb);

/* genl_lan.c */
extern const struct nla_policy sipalg_host_policy[SIPALG_A_MODE + 1];
extern const struct nla_policy sipalg_net_policy[SIPALG_A_NET + 1];
extern const struct nla_policy sipalg_nets_policy[SIPALG_A_NETS + 1];
int sipalg_do_host_set(struct sk_buff *skb, struct genl_info *info);
int sipalg_do_host_del(struct sk_buff *skb, struct genl_info *info);
int sipalg_do_host_flush(struct sk_buff *skb, struct genl_info *info);
int sipalg_do_localnet_add(struct sk_buff *skb, struct genl_info *info);
int sipalg_do_localnet_del(struct sk_buff *skb, struct genl_info *info);
int sipalg_do_localnet_set(struct sk_buff *skb, struct genl_info *info);
int sipalg_do_localnet_flush(struct sk_buff *skb, struct genl_info *info);
int sipalg_dump_hosts(struct sk_buff *skb, struct netlink_callback *cb);
int sipalg_dump_localnets(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* SIPALG_GENL_H */
