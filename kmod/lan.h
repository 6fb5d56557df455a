/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lan.h - what the admin says of the inside: how far a host is helped
 * (lanmode.c, passive.c) and which networks are local (localnet.c).
 */
#ifndef SIPALG_LAN_H
#define SIPALG_LAN_H

#include <linux/workqueue.h>

#include "prefix.h"
#include "uapi/linux/sipalg.h"

struct nf_conn;
struct sipalg_mapping;
struct sipalg_net;
struct sk_buff;

enum sipalg_lan_limit {
	SIPALG_MAX_MODES	= 65536,	/* networks with a mode */
	SIPALG_MAX_LOCALNETS	= 256,
	SIPALG_MAX_FOR_S	= 31536000,	/* a year */
	SIPALG_MAPPINGS		= 4096,		/* kept of passive hosts */
};

/**
 * struct sipalg_lanmode - how the hosts of a network are helped
 * @net: the network
 * @mode: enum sipalg_mode, what is in force
 * @back: what @mode was before, SIPALG_MODE_UNSPEC when there was no entry
 * @until: jiffies64 when @back is in force again, 0 = never
 */
struct sipalg_lanmode {
	struct sipalg_prefix net;
	u8 mode;
	u8 back;
	u64 until;
};

/**
 * struct sipalg_inside - what is configured of the inside
 * @modes: struct sipalg_lanmode; changes under sn->lock
 * @nmodes: how many; 0 = every host is active
 * @npassive: those that are passive
 * @localnets: struct sipalg_prefix; changes under sn->lock
 * @nlocal: how many
 *
 * There is one in force, and one in every staged configuration. Requests get
 * NULL for the one in force.
 */
struct sipalg_inside {
	struct sipalg_prefixes modes;
	u32 nmodes;
	u32 npassive;
	struct sipalg_prefixes localnets;
	u32 nlocal;
};

/**
 * struct sipalg_lan - the inside of one network namespace
 * @inside: what is in force; replaced under sn->lock, read under RCU too
 * @mappings: SIPALG_MAPPINGS mappings of passive hosts, NULL before the first
 *	of them; stays until the namespace goes
 * @map_lock: protects their contents; the innermost of all locks
 * @expire: brings back what was before
 */
struct sipalg_lan {
	struct sipalg_inside *inside;
	struct sipalg_mapping *mappings;
	spinlock_t map_lock;		/* contents of @mappings */
	struct delayed_work expire;
};

/* inside.c */
int sipalg_inside_init(struct sipalg_net *sn);
void sipalg_inside_exit(struct sipalg_net *sn);
struct sipalg_inside *sipalg_inside_make(struct sipalg_net *sn);
void sipalg_inside_free(struct sipalg_inside *in);
void sipalg_inside_swap(struct sipalg_net *sn, struct sipalg_inside **staged);
void sipalg_inside_tell(struct sipalg_net *sn, struct sipalg_inside *old);

/* lanmode.c */
void sipalg_lanmode_init(struct sipalg_net *sn);
void sipalg_lanmode_look(struct sipalg_net *sn);
u8 sipalg_lanmode_find(const struct sipalg_net *sn, __be32 addr);
int sipalg_lanmode_set(struct sipalg_net *sn, struct sipalg_inside *staged,
		       const struct sipalg_cidr *net, u8 mode, u32 seconds);
int sipalg_lanmode_del(struct sipalg_net *sn, struct sipalg_inside *staged,
		       const struct sipalg_cidr *net);
void sipalg_lanmode_flush(struct sipalg_net *sn, struct sipalg_inside *staged);
u32 sipalg_lanmode_left(const struct sipalg_lanmode *m);

/**
 * struct sipalg_netlist - networks of one request
 * @n: how many
 * @entry: memory for each of them; NULL once it is listed
 * @net: the networks
 * @bad: on an error: which one is the reason
 */
struct sipalg_netlist {
	unsigned int n;
	unsigned int bad;
	struct sipalg_prefix **entry;
	struct sipalg_cidr *net;
};

/* localnet.c */
int sipalg_localnet_initial(struct sipalg_net *sn, struct sipalg_inside *in);
bool sipalg_is_local(const struct sipalg_net *sn, __be32 addr);
int sipalg_localnet_add(struct sipalg_net *sn, struct sipalg_inside *staged,
			struct sipalg_netlist *list);
int sipalg_localnet_del(struct sipalg_net *sn, struct sipalg_inside *staged,
			struct sipalg_netlist *list);
int sipalg_localnet_set(struct sipalg_net *sn, struct sipalg_inside *staged,
			struct sipalg_netlist *list);
void sipalg_localnet_flush(struct sipalg_net *sn,
			   struct sipalg_inside *staged);
void sipalg_local_count(struct sipalg_net *sn, const struct sk_buff *skb,
			const struct nf_conn *ct);

/* passive.c */
int sipalg_passive_start(struct sipalg_net *sn);
void sipalg_passive_adopt(struct sipalg_net *sn);
void sipalg_passive_note(struct sipalg_net *sn, const struct nf_conn *ct);
bool sipalg_passive_takes(struct sipalg_net *sn);
bool sipalg_is_sip(const char *data, u32 len);

/* genl_event.c */
void sipalg_event_host(struct sipalg_net *sn, const struct sipalg_lanmode *m,
		       enum sipalg_event event);
void sipalg_event_localnet(struct sipalg_net *sn,
			   const struct sipalg_cidr *net,
			   enum sipalg_event event);

#endif /* SIPALG_LAN_H */
