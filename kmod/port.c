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
#include <net/udp.h>

#include "sipalg.h"

static bool has_socket(struct sipalg_net *sn, const struct sipalg_key *wan)
{
	struct sock *sk;

	sk = udp4_lib_lookup(sn->net, 0, 0, wan->v4, htons(wan->port), 0);
	if (!sk)
		return false;
	sock_put(sk);
	return true;
}

static bool is_free(struct sipalg_net *sn, struct sipalg_key *wan, u16 port)
{
	wan->port = port;
	return !sipalg_binding_by_wan(sn, wan) && !has_socket(sn, wan);
}

static bool try_port(struct sipalg_net *sn, struct sipalg_key *wan, u32 port,
		     bool pair)
{
	if (pair && (port + 1 >= SIPALG_PORTS || !is_free(sn, wan, port + 1)))
		return false;
	return is_free(sn, wan, port);
}

/**
 * sipalg_port_pick() - an external port for a LAN port
 * @sn: namespace, locked
 * @lan: LAN address and port
 * @wan: in: the WAN address; out: its port
 * @pair: the next port must be free too (RTP with RTCP, RFC 3550 11)
 *
 * Even stays even and odd stays odd.
 *
 * Return: 0 or -ENOSPC.
 */
int sipalg_port_pick(struct sipalg_net *sn, const struct sipalg_key *lan,
		     struct sipalg_key *wan, bool pair)
{
	u32 range = READ_ONCE(sn->tunables.rtp_ports);
	u32 first = sipalg_rtp_first(range), last = sipalg_rtp_last(range);
	unsigned int i;
	u32 port;

	if (lan->port >= ALG_MIN_PORT && try_port(sn, wan, lan->port, pair))
		return 0;
	for (i = 0; i < SIPALG_PORT_TRIES; i++) {
		port = first + get_random_u32() % (last - first + 1);
		if ((port ^ lan->port) & 1)
			port++;
		if (port + pair > last)
			continue;
		if (try_port(sn, wan, port, pair))
			return 0;
	}
	return -ENOSPC;
}
