// SPDX-License-Identifier: GPL-2.0-only
/*
 * port.c - `port`: on which ports SIP is expected.
 */
#include <netinet/in.h>

#include "ctl.h"
#include "nl.h"
#include "out.h"
#include "rows.h"

static const struct out_column columns[] = {
	{ "proto", "PROTO", 0 },
	{ "port", "PORT", OUT_RIGHT },
	{ NULL, NULL, 0 },
};

static bool has_tcp(const struct nl_msgs *msgs)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];
	const struct nlmsghdr *nlh;

	for (nlh = nl_first(msgs); nlh; nlh = nl_after(msgs, nlh)) {
		nl_attrs(nlh, tb);
		if (tb[SIPALG_A_PROTO] &&
		    mnl_attr_get_u8(tb[SIPALG_A_PROTO]) == IPPROTO_TCP)
			return true;
	}
	return false;
}

/* A note, not a row: it goes to stderr. */
static void note_tcp(const struct ctl *ctl)
{
	if (!ctl->json)
		ctl_warn(ctl, "SIP over TCP is not helped yet: its text is left untouched");
}

static int show_ports(struct ctl *ctl, struct words *w)
{
	static const struct out_table table = { columns, row_port, NULL };
	struct nl_msgs msgs = { 0 };
	struct nl_req req;
	int ret;

	if (words_end(ctl, w))
		return CTL_USAGE;
	nl_start(&req, SIPALG_CMD_PORT_GET);
	ret = nl_dump(ctl, &req, &msgs);
	if (!ret) {
		out_table(ctl, &table, &msgs);
		if (has_tcp(&msgs))
			note_tcp(ctl);
	}
	nl_free(&msgs);
	return ret;
}

static int change_port(struct ctl *ctl, struct words *w, enum sipalg_cmd cmd)
{
	struct nl_req req;
	uint8_t proto;
	uint16_t port;
	int ret;

	if (words_proto(ctl, w, &proto) || words_port(ctl, w, &port) ||
	    words_end(ctl, w))
		return CTL_USAGE;
	nl_start(&req, cmd);
	mnl_attr_put_u8(req.nlh, SIPALG_A_PROTO, proto);
	mnl_attr_put_u16(req.nlh, SIPALG_A_PORT, port);
	ret = nl_do(ctl, &req, NULL);
	if (!ret && cmd == SIPALG_CMD_PORT_ADD && proto == IPPROTO_TCP)
		note_tcp(ctl);
	return ret;
}

static int add_port(struct ctl *ctl, struct words *w)
{
	return change_port(ctl, w, SIPALG_CMD_PORT_ADD);
}

static int del_port(struct ctl *ctl, struct words *w)
{
	return change_port(ctl, w, SIPALG_CMD_PORT_DEL);
}

static int flush_ports(struct ctl *ctl, struct words *w)
{
	if (words_end(ctl, w))
		return CTL_USAGE;
	return nl_command(ctl, SIPALG_CMD_PORT_FLUSH);
}

static int run(struct ctl *ctl, struct words *w)
{
	static const struct verb verbs[] = {
		{ "show", show_ports },
		{ "add", add_port },
		{ "del", del_port },
		{ "flush", flush_ports },
		{ NULL, NULL },
	};

	return words_verb(ctl, w, verbs);
}

const struct command cmd_port = {
	.name = "port",
	.args = "[show | flush | { add | del } { udp | tcp } PORT]",
	.summary = "The SIP ports that are inspected",
	.help = "Flows to or from these ports are helped. At first: udp 5060, tcp 5060.\n"
		"`add` fails if the port is there already, `del` if it is not.\n"
		"SIP over TCP is not helped yet: its text is left untouched.\n",
	.run = run,
};
