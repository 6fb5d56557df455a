// SPDX-License-Identifier: GPL-2.0-only
/*
 * port.c - which external port a LAN port gets.
 *
 * The LAN port itself when it is free outside, else a random one of the
 * rtp-ports setting (SEC-17). Free means: in no binding, one that rests after
 * its release included, and no socket of the router's. This file must never
 * choose an address.
 */
#include <linux/prandom.h>
#include <linux/random.h>
#include "compat.h"
#include "sipalg.h"

/* UDP services that a LAN host may run beside its phone, in order. */
static const u16 services[] = {
	1194,		/* OpenVPN */
	1434,		/* SQL Server Browser */
	1701,		/* L2TP */
	1812, 1813,	/* RADIUS */
	1900,		/* SSDP */
	2049,		/* NFS */
	2152,		/* GTP-U */
	3283,		/* Apple Remote Desktop */
	3389,		/* Remote Desktop */
	3702,		/* WS-Discovery */
	4500,		/* IPsec NAT traversal */
	4789,		/* VXLAN */
	5351,		/* NAT-PMP, PCP */
	5353, 5355,	/* mDNS, LLMNR */
	5683, 5684,	/* CoAP */
	6081,		/* Geneve */
	10001,		/* device discovery */
	11211,		/* memcached */
	17185,		/* VxWorks debugger */
	51820,		/* WireGuard */
};

/**
 * sipalg_port_refused() - may a message not open this LAN port? (SEC-5)
 * @lan: LAN address and port that it names
 * @own: port from which the LAN host sent it
 *
 * None below 1024; and no other service's, unless the host speaks SIP from
 * there.
 */
bool sipalg_port_refused(const struct sipalg_key *lan, u16 own)
{
	unsigned int i;

	if (lan->port < ALG_MIN_PORT)
		return true;
	if (lan->port == own)
		return false;
	for (i = 0; i < ARRAY_SIZE(services); i++)
		if (services[i] == lan->port)
			return true;
	return false;
}

/**
 * sipalg_port_served() - does a program on the router use this port?
 * @sn: namespace
 * @wan: WAN address and port
 * @ifindex: the device that packets to it come in by
 */
bool sipalg_port_served(struct sipalg_net *sn, const struct sipalg_key *wan,
			int ifindex)
{
	bool served;

	rcu_read_lock();
	served = udp_socket_find(sn->net, wan->v4, htons(wan->port), ifindex);
	rcu_read_unlock();
	return served;
}

/* Neither a binding nor a program has it. */
bool sipalg_port_free(struct sipalg_net *sn, const struct sipalg_key *wan,
		      int ifindex)
{
	return !sipalg_binding_by_wan(sn, wan) &&
	       !sipalg_port_served(sn, wan, ifindex);
}

static bool try_port(struct sipalg_net *sn, struct sipalg_key *wan, u32 port,
		     int ifindex, bool pair)
{
	struct sipalg_key next = *wan;

	wan->port = port;
	if (!sipalg_port_free(sn, wan, ifindex))
		return false;
	if (!pair)
		return true;
	if (port + 1 >= SIPALG_PORTS)
		return false;
	/* the second one of a pair it cannot be: @port would be the first */
	next.port = port + 1;
	return !sipalg_table_find(&sn->by_wan, next.word) &&
	       !sipalg_port_served(sn, &next, ifindex);
}

/**
 * sipalg_port_pick() - an external port for a LAN port
 * @sn: namespace, locked
 * @lan: LAN address and port
 * @wan: in: the WAN address; out: its port
 * @ifindex: the device that it is behind
 * @pair: the next port must be free too (RTP with RTCP, RFC 3550 11)
 *
 * Even stays even and odd stays odd.
 *
 * Return: 0 or -ENOSPC.
 */
int sipalg_port_pick(struct sipalg_net *sn, const struct sipalg_key *lan,
		     struct sipalg_key *wan, int ifindex, bool pair)
{
	u32 range = READ_ONCE(sn->tunables.rtp_ports);
	u32 first = sipalg_rtp_first(range), last = sipalg_rtp_last(range);
	unsigned int i;
	u32 port;

	if (lan->port >= ALG_MIN_PORT &&
	    try_port(sn, wan, lan->port, ifindex, pair))
		return 0;
	for (i = 0; i < SIPALG_PORT_TRIES; i++) {
		port = first + get_random_u32() % (last - first + 1);
		if ((port ^ lan->port) & 1)
			port++;
		if (port + pair > last)
			continue;
		if (try_port(sn, wan, port, ifindex, pair))
			return 0;
	}
	sipalg_event_exhausted(sn, SIPALG_FULL_PORTS, lan);
	return -ENOSPC;
}
