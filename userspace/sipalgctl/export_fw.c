// SPDX-License-Identifier: GPL-2.0-only
/*
 * export_fw.c - `export nft` and `export iptables`: what a closed forward
 * policy has to accept, as input of nft and of iptables-restore.
 *
 * Media needs no range of ports: its flows are RELATED to their call.
 */
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "export.h"

/* One rule: what it is for, and how both write its match. */
struct line {
	const char *why;
	const char *nft;
	const char *ipt;
};

/* Where nft gets its rules: "insert rule inet fw forward ", or two tabs. */
typedef void (*put_fn)(const struct line *line, const char *where);

static void put_nft(const struct line *line, const char *where)
{
	printf("# %s\n%s%s accept\n", line->why, where, line->nft);
}

static void put_ipt(const struct line *line, const char *where)
{
	printf("# %s\n%s%s -j ACCEPT\n", line->why, where, line->ipt);
}

static void put_port(const char *why, const char *proto, const char *lan,
		     const struct port_list *ports, put_fn put,
		     const char *where)
{
	char list[8 * DOCTOR_PORTS], nft[256], ipt[256];
	struct line line;

	if (!ports->n)
		return;
	ports_nft(ports, list, sizeof(list));
	snprintf(nft, sizeof(nft), "%s%s%s%s dport %s",
		 lan ? "iifname \"" : "", lan ? lan : "", lan ? "\" " : "",
		 proto, list);
	ports_ipt(ports, list, sizeof(list));
	snprintf(ipt, sizeof(ipt), "%s%s%s-p %s -m multiport --dports %s",
		 lan ? "-i " : "", lan ? lan : "", lan ? " " : "", proto, list);
	line = (struct line){ why, nft, ipt };
	put(&line, where);
}

static void put_lan(const struct doctor *d, const char *lan, put_fn put,
		    const char *where)
{
	static const struct port_list stun = { 1, { 3478 } };

	put_port("SIP over UDP", "udp", lan, &d->udp, put, where);
	put_port("SIP over TCP, which passes untouched", "tcp", lan, &d->tcp,
		 put, where);
	put_port("STUN, for phones that ask for their address", "udp", lan,
		 &stun, put, where);
}

static void put_rules(const struct doctor *d, const char *rtp, put_fn put,
		      const char *where)
{
	static const struct line calls = {
		"calls to a phone whose last message was long ago",
		"ct status dnat", "-m conntrack --ctstate DNAT"
	};
	char why[160];
	const struct line known = {
		why, "ct state established,related",
		"-m conntrack --ctstate ESTABLISHED,RELATED"
	};
	unsigned int i;

	snprintf(why, sizeof(why),
		 "answers and media: RTP on what a call announced, the phone's own ports or udp %s",
		 rtp);
	put(&known, where);
	put(&calls, where);
	if (!d->lan.n)
		put_lan(d, NULL, put, where);
	for (i = 0; i < d->lan.n; i++)
		put_lan(d, d->lan.name[i], put, where);
}

static bool is_closed(const json_t *chain)
{
	return chain && fw_is_ip4(chain) && !*fw_get(chain, "tool") &&
	       !strcmp(fw_get(chain, "hook"), "forward") &&
	       !strcmp(fw_get(chain, "type"), "filter") &&
	       !strcmp(fw_get(chain, "policy"), "drop");
}

/* Into each chain that drops; into one of our own when there is none. */
void export_nft(struct doctor *d, const char *rtp)
{
	const json_t *object, *chain;
	bool found = false;
	char where[256];
	size_t i;

	puts("# What a closed forward policy has to accept; load it with\n"
	     "#   sipalgctl export nft | nft -f -");
	json_array_foreach(d->fw.objects, i, object) {
		chain = json_object_get(object, "chain");
		if (!is_closed(chain))
			continue;
		snprintf(where, sizeof(where), "insert rule %s %s %s ",
			 fw_get(chain, "family"), fw_get(chain, "table"),
			 fw_get(chain, "name"));
		put_rules(d, rtp, put_nft, where);
		found = true;
	}
	if (found)
		return;
	puts("# No chain of nft drops what is forwarded: put the rules into yours.\n"
	     "table inet sipalg {\n"
	     "\tchain forward {\n"
	     "\t\ttype filter hook forward priority 0; policy accept;");
	put_rules(d, rtp, put_nft, "\t\t");
	puts("\t}\n}");
}

void export_iptables(struct doctor *d, const char *rtp)
{
	puts("# What a closed forward policy has to accept; load it with\n"
	     "#   sipalgctl export iptables | iptables-restore -n\n"
	     "*filter");
	put_rules(d, rtp, put_ipt, "-I FORWARD ");
	puts("COMMIT");
}
