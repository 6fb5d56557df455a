// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_policy.c - does the admin's NAT translate what leaves, does the
 * packet filter let through what calls need?
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"

enum { STUN_PORT = 3478 };

static const char *const nats[] = { "masquerade", "snat", NULL };

static const char *wan_of(const struct doctor *d)
{
	return d->wan.n ? d->wan.name[0] : NULL;
}

static bool is_translated(const struct doctor *d, const char *wan)
{
	struct fw_packet p = { .oif = wan, .state = "new" };

	return fw_reached(&d->fw, &p, "postrouting", "nat", nats);
}

/* With which program does the admin keep rules? NULL: with nft. */
static const char *used_tool(const struct doctor *d)
{
	const json_t *object, *rule;
	size_t i;

	json_array_foreach(d->fw.objects, i, object) {
		rule = json_object_get(object, "rule");
		if (rule && *fw_get(rule, "tool"))
			return fw_get(rule, "tool");
	}
	return NULL;
}

/* A chain of nft's where source NAT belongs. */
static const json_t *nat_chain(const struct doctor *d)
{
	const json_t *object, *chain;
	size_t i;

	json_array_foreach(d->fw.objects, i, object) {
		chain = json_object_get(object, "chain");
		if (chain && fw_is_ip4(chain) && !*fw_get(chain, "tool") &&
		    !strcmp(fw_get(chain, "type"), "nat") &&
		    !strcmp(fw_get(chain, "hook"), "postrouting"))
			return chain;
	}
	return NULL;
}

static void fix_masquerade(struct doctor *d, const char *wan)
{
	const char *tool = used_tool(d);
	const json_t *chain = nat_chain(d);

	if (chain)
		fix_here(d, "nft 'add rule %s %s %s oifname \"%s\" masquerade'",
			 fw_get(chain, "family"), fw_get(chain, "table"),
			 fw_get(chain, "name"), wan);
	else if (tool)
		fix_here(d, "%s -t nat -A POSTROUTING -o %s -j MASQUERADE",
			 tool, wan);
	else
		fix_here(d,
			 "nft 'add table ip nat; add chain ip nat postrouting { type nat hook postrouting priority 100; }; add rule ip nat postrouting oifname \"%s\" masquerade'",
			 wan);
}

/* Without a program that prints rules nothing can be said about them. */
static bool has_rules(struct doctor *d)
{
	if (d->fw.readable)
		return true;
	fix_global(d, "apt install nftables");
	doctor_warn(d, "the rules cannot be read: neither nft nor iptables-save works");
	return false;
}

void check_masquerade(struct doctor *d)
{
	const char *bare = NULL;
	unsigned int i;

	if (!has_rules(d))
		return;
	if (!d->wan.n && is_translated(d, NULL)) {
		doctor_ok(d, "there is source NAT, but no default route yet");
		return;
	}
	if (!d->wan.n) {
		doctor_fail(d,
			    "no rule translates source addresses, and there is no default route");
		return;
	}
	for (i = 0; i < d->wan.n; i++) {
		if (is_translated(d, d->wan.name[i]))
			continue;
		fix_masquerade(d, d->wan.name[i]);
		bare = d->wan.name[i];
	}
	if (bare)
		doctor_fail(d,
			    "no rule translates the source address of what leaves by %s: phones keep their private address",
			    bare);
	else
		doctor_ok(d, "what leaves by %s is translated", wan_of(d));
}

/*
 * Insert a rule that accepts into the chain that drops; @nft and @ipt say what
 * it matches.
 */
static void fix_accept(struct doctor *d, const json_t *chain, const char *nft,
		       const char *ipt)
{
	const char *tool = fw_get(chain, "tool");

	if (!*tool)
		fix_here(d, "nft 'insert rule %s %s %s %s accept'",
			 fw_get(chain, "family"), fw_get(chain, "table"),
			 fw_get(chain, "name"), nft);
	else
		fix_here(d, "%s -t %s -I FORWARD %s -j ACCEPT", tool,
			 fw_get(chain, "table"), ipt);
}

/* A chain as people call it. */
static void chain_text(const json_t *chain, char *text, size_t size)
{
	if (*fw_get(chain, "tool"))
		snprintf(text, size, "%s chain %s", fw_get(chain, "tool"),
			 fw_get(chain, "name"));
	else
		snprintf(text, size, "nft chain %s %s %s",
			 fw_get(chain, "family"), fw_get(chain, "table"),
			 fw_get(chain, "name"));
}

/* A packet between the LAN and the Internet, out or in. */
static struct fw_packet packet(const struct doctor *d, unsigned int lan,
			       bool out, const char *state, uint16_t port)
{
	const char *in = d->lan.n ? d->lan.name[lan] : NULL;
	struct fw_packet p = {
		.iif = out ? in : wan_of(d), .oif = out ? wan_of(d) : in,
		.state = state, .dport = port,
	};

	return p;
}

/* The kinds of packets that a check asks about. */
struct ask {
	const char *what;
	const char *state;
	uint16_t port;
	bool out;
};

/* The first of @asks that a chain drops on its way from or to a LAN. */
static const struct ask *find_blocked(const struct doctor *d, unsigned int lan,
				      const struct ask *asks)
{
	for (; asks->what; asks++) {
		struct fw_packet p = packet(d, lan, asks->out, asks->state,
					    asks->port);

		if (fw_blocked(&d->fw, &p, NULL))
			return asks;
	}
	return NULL;
}

/* One LAN for which nothing is blocked is enough; the others may be closed. */
static const struct ask *find_closed(const struct doctor *d,
				     const struct ask *asks)
{
	const struct ask *first = NULL, *one;
	unsigned int lan = 0;

	do {
		one = find_blocked(d, lan, asks);
		if (!one)
			return NULL;
		first = first ? first : one;
	} while (++lan < d->lan.n);
	return first;
}

/* What `nft` and iptables insert, into each chain that drops @ask. */
static void fix_chains(struct doctor *d, const struct ask *ask,
		       const char *nft, const char *ipt)
{
	struct fw_packet p = packet(d, 0, ask->out, ask->state, ask->port);
	const json_t *chain = NULL;

	while ((chain = fw_blocked(&d->fw, &p, chain)))
		fix_accept(d, chain, nft, ipt);
}

static const char *first_chain(const struct doctor *d, const struct ask *ask,
			       char *name, size_t size)
{
	struct fw_packet p = packet(d, 0, ask->out, ask->state, ask->port);

	chain_text(fw_blocked(&d->fw, &p, NULL), name, size);
	return name;
}

void check_forward_accept(struct doctor *d)
{
	static const struct ask asks[] = {
		{ "answers from outside", "established", 0, false },
		{ "the audio of calls (ct state related)", "related", 0, false },
		{ "the audio of phones (ct state related)", "related", 0, true },
		{ NULL, NULL, 0, false },
	};
	const struct ask *ask;
	char name[128];

	if (!has_rules(d))
		return;
	ask = find_closed(d, asks);
	if (!ask) {
		doctor_ok(d, "forwarded packets of known flows and their media are accepted");
		return;
	}
	fix_chains(d, ask, "ct state established,related",
		   "-m conntrack --ctstate ESTABLISHED,RELATED");
	doctor_fail(d, "no rule of %s accepts %s",
		    first_chain(d, ask, name, sizeof(name)), ask->what);
}

static void fix_outbound(struct doctor *d, const struct ask *ask)
{
	const char *lan = d->lan.n ? d->lan.name[0] : NULL;
	char ports[8 * DOCTOR_PORTS], nft[256], ipt[256];

	ports_nft(&d->udp, ports, sizeof(ports));
	snprintf(nft, sizeof(nft), "%s%s%sudp dport %s", lan ? "iifname \"" : "",
		 lan ? lan : "", lan ? "\" " : "", ports);
	ports_ipt(&d->udp, ports, sizeof(ports));
	snprintf(ipt, sizeof(ipt), "%s%s%s-p udp -m multiport --dports %s",
		 lan ? "-i " : "", lan ? lan : "", lan ? " " : "", ports);
	fix_chains(d, ask, nft, ipt);
}

/* A closed policy for new flows to the outside; media is RELATED. */
void check_outbound_policy(struct doctor *d)
{
	static const struct ask stun[] = {
		{ "STUN", "new", STUN_PORT, true }, { NULL, NULL, 0, false },
	};
	static const struct ask media[] = {
		{ "RTP", "related", 0, true }, { NULL, NULL, 0, false },
	};
	struct ask sip[DOCTOR_PORTS + 1] = { { 0 } };
	const struct ask *ask;
	char name[128];
	unsigned int i;

	if (!has_rules(d))
		return;
	for (i = 0; i < d->udp.n; i++)
		sip[i] = (struct ask){ "SIP", "new", d->udp.port[i], true };
	ask = find_closed(d, sip);
	if (!ask) {
		doctor_ok(d, "SIP may leave the LAN%s", find_closed(d, stun) ?
			  "; STUN (udp 3478) may not, and is not needed" : "");
		return;
	}
	fix_outbound(d, ask);
	doctor_fail(d, "%s blocks SIP (udp %u)%s%s from the LAN",
		    first_chain(d, ask, name, sizeof(name)), ask->port,
		    find_closed(d, stun) ? ", STUN (udp 3478)" : "",
		    find_closed(d, media) ? ", RTP (ct state related)" : "");
}
