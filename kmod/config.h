/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * config.h - a whole configuration that waits for its COMMIT.
 *
 * Not in the packet's way. BEGIN makes one for the socket that sends it; the
 * requests of that socket which configure something change the staged one
 * until COMMIT puts it in force in one moment, or ABORT or the end of the
 * socket throws it away.
 */
#ifndef SIPALG_CONFIG_H
#define SIPALG_CONFIG_H

#include "objects.h"

struct netlink_ext_ack;

enum {
	SIPALG_MAX_STAGED = 16,		/* senders at work in one namespace */
};

/**
 * struct sipalg_config - everything that a configuration file can say
 * @node: in sn->staged
 * @portid: netlink port of the socket that began it
 * @enabled: as of struct sipalg_net
 * @udp_ports: bitmap
 * @tcp_ports: bitmap
 * @tunables: settings
 * @inside: modes of hosts, local networks
 * @sn: its namespace
 *
 * BEGIN makes it empty: no object, every setting at its default.
 */
struct sipalg_config {
	struct list_head node;
	u32 portid;
	bool enabled;
	unsigned long *udp_ports;
	unsigned long *tcp_ports;
	struct sipalg_tunables tunables;
	struct sipalg_inside *inside;
	struct sipalg_net *sn;
};

/**
 * sipalg_config_begin() - stage an empty configuration
 * @sn: namespace
 * @portid: sender; what it had begun before is thrown away
 * @extack: says why not
 *
 * Return: 0, -ENOMEM, or -EBUSY when too many senders stage one.
 */
int sipalg_config_begin(struct sipalg_net *sn, u32 portid,
			struct netlink_ext_ack *extack);

/**
 * sipalg_config_staged() - what a sender has begun
 * @sn: namespace
 * @portid: sender
 *
 * It stays as long as a request of this sender is at work: only the sender
 * and the end of its socket take it away.
 *
 * Return: the staged configuration, or NULL.
 */
struct sipalg_config *sipalg_config_staged(struct sipalg_net *sn, u32 portid);

/**
 * sipalg_config_commit() - put a staged configuration in force
 * @sn: namespace
 * @portid: sender; it has nothing staged afterwards
 * @extack: says why not
 *
 * A message meets all of the old configuration or all of the new one. What
 * both have is not touched.
 *
 * Return: 0; -ENOENT when nothing was begun; or why it could not be enabled,
 * then nothing is changed.
 */
int sipalg_config_commit(struct sipalg_net *sn, u32 portid,
			 struct netlink_ext_ack *extack);

/* Throw away what a sender has begun, if it has. */
void sipalg_config_abort(struct sipalg_net *sn, u32 portid);

/* ... and what everybody has begun: the namespace ends. */
void sipalg_config_flush(struct sipalg_net *sn);

int sipalg_config_init(void);
void sipalg_config_exit(void);

/* netns.c: the same as sipalg_enable(), sn->config_mutex held */
int sipalg_switch(struct sipalg_net *sn, bool on,
		  struct netlink_ext_ack *extack);

#endif /* SIPALG_CONFIG_H */
