// SPDX-License-Identifier: GPL-2.0-only
/*
 * export.c - `export`: what other programs need to know, in their own words.
 */
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "export.h"
#include "nl.h"

/* What all of them may need; ctl_exit. */
static int read_facts(struct ctl *ctl, struct words *w, struct doctor *d)
{
	int ret = words_end(ctl, w);

	d->ctl = ctl;
	if (!ret)
		ret = nl_open(ctl);
	return ret ? ret : doctor_facts(d);
}

/* The value of rtp-ports: 16384-65535. */
static int read_rtp(struct ctl *ctl, char *text, size_t size)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];
	struct nl_msgs msgs = { 0 };
	const struct nlmsghdr *nlh;
	struct nl_req req;
	int ret;

	nl_start(&req, SIPALG_CMD_SET_GET);
	ret = nl_dump(ctl, &req, &msgs);
	text[0] = '\0';
	for (nlh = nl_first(&msgs); nlh; nlh = nl_after(&msgs, nlh)) {
		nl_attrs(nlh, tb);
		if (tb[SIPALG_A_KEY] && tb[SIPALG_A_VALUE] &&
		    !strcmp(mnl_attr_get_str(tb[SIPALG_A_KEY]), "rtp-ports"))
			snprintf(text, size, "%s",
				 mnl_attr_get_str(tb[SIPALG_A_VALUE]));
	}
	nl_free(&msgs);
	return ret;
}

static int run_filter(struct ctl *ctl, struct words *w,
		      void (*print)(struct doctor *d, const char *rtp))
{
	struct doctor d = { 0 };
	char rtp[64];
	int ret = read_facts(ctl, w, &d);

	if (!ret)
		ret = read_rtp(ctl, rtp, sizeof(rtp));
	if (ret)
		return ret;
	fw_read(&d.fw);
	print(&d, rtp);
	fw_free(&d.fw);
	return CTL_DONE;
}

static int run_nft(struct ctl *ctl, struct words *w)
{
	return run_filter(ctl, w, export_nft);
}

static int run_iptables(struct ctl *ctl, struct words *w)
{
	return run_filter(ctl, w, export_iptables);
}

/* RFC 1918 and link-local: what Asterisk must not replace. */
static void print_nets(const char *key)
{
	static const char *const nets[] = {
		"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
		"169.254.0.0/16",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nets); i++)
		printf("%s = %s\n", key, nets[i]);
}

static void print_asterisk(const char *address, const char *rtp)
{
	int start = (int)strcspn(rtp, "-");

	puts("; For an Asterisk behind this router that writes its outside address\n"
	     "; itself. When the address changes, export again and reload.");
	printf("\n; pjsip.conf: in each [transport]\n"
	       "external_signaling_address = %s\nexternal_media_address = %s\n",
	       address, address);
	print_nets("local_net");
	printf("\n; sip.conf: in [general]\nexternip = %s\n", address);
	print_nets("localnet");
	printf("\n; rtp.conf: in [general]\nrtpstart = %.*s\nrtpend = %s\n",
	       start, rtp, rtp[start] ? rtp + start + 1 : "");
}

static int run_asterisk(struct ctl *ctl, struct words *w)
{
	struct doctor d = { 0 };
	char address[64], rtp[64];
	int ret = read_facts(ctl, w, &d);

	if (!ret)
		ret = read_rtp(ctl, rtp, sizeof(rtp));
	if (ret)
		return ret;
	if (!d.wan.n || !dev_address(d.wan.name[0], address, sizeof(address)))
		return ctl_error(ctl, CTL_REFUSED,
				 "no outside address is known: no device with a default route has one");
	print_asterisk(address, rtp);
	return CTL_DONE;
}

/* Our helper's name begins like the one that conntrackd knows. */
static int run_conntrackd(struct ctl *ctl, struct words *w)
{
	if (words_end(ctl, w))
		return CTL_USAGE;
	puts("# conntrackd.conf of both routers: into Sync { }\n"
	     "Options {\n"
	     "\tExpectationSync {\n"
	     "\t\tsip\n"
	     "\t}\n"
	     "}");
	return CTL_DONE;
}

static int run(struct ctl *ctl, struct words *w)
{
	static const struct verb verbs[] = {
		{ "nft", run_nft },
		{ "iptables", run_iptables },
		{ "asterisk", run_asterisk },
		{ "conntrackd", run_conntrackd },
		{ NULL, NULL },
	};

	if (!words_peek(w))
		return words_missing(ctl, w,
				     "for which program? nft, iptables, asterisk or conntrackd");
	return words_verb(ctl, w, verbs);
}

const struct command cmd_export = {
	.name = "export",
	.args = "{ nft | iptables | asterisk | conntrackd }",
	.summary = "What other programs need, in their own words",
	.help = "nft and iptables: the rules that a closed forward policy needs, as input of\n"
		"`nft -f -` and `iptables-restore -n`. asterisk: its outside address, local\n"
		"networks and RTP ports. conntrackd: to keep media over a failover.\n",
	.run = run,
};
