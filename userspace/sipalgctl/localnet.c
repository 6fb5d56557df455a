// SPDX-License-Identifier: GPL-2.0-only
/*
 * localnet.c - `localnet`: the networks of the house.
 */
#include "ctl.h"
#include "net.h"
#include "nl.h"
#include "out.h"
#include "rows.h"

static const struct out_column columns[] = {
	{ "net", "NET", 0 },
	{ NULL, NULL, 0 },
};

static int show_nets(struct ctl *ctl, struct words *w)
{
	static const struct out_table table = { columns, row_localnet, NULL };
	struct nl_msgs msgs = { 0 };
	struct nl_req req;
	int ret;

	if (words_end(ctl, w))
		return CTL_USAGE;
	nl_start(&req, SIPALG_CMD_LOCALNET_GET);
	ret = nl_dump(ctl, &req, &msgs);
	if (!ret) {
		net_sort(&msgs);
		out_table(ctl, &table, &msgs);
	}
	nl_free(&msgs);
	return ret;
}

/* One more; none may stand there twice. */
static int read_net(struct ctl *ctl, struct words *w, struct net *nets,
		    unsigned int n)
{
	unsigned int i;

	if (words_net(ctl, w, &nets[n]))
		return CTL_USAGE;
	for (i = 0; i < n; i++) {
		if (net_equal(&nets[i], &nets[n]))
			return words_wrong(ctl, w,
					   "this network is named twice");
	}
	return CTL_DONE;
}

static int send_nets(struct ctl *ctl, const struct net *nets, unsigned int n,
		     enum sipalg_cmd cmd)
{
	struct nlattr *nest;
	struct nl_req req;
	unsigned int i;

	nl_start(&req, cmd);
	nest = mnl_attr_nest_start(req.nlh, SIPALG_A_NETS);
	for (i = 0; i < n; i++)
		net_put(req.nlh, &nets[i]);
	mnl_attr_nest_end(req.nlh, nest);
	return nl_do(ctl, &req, NULL);
}

/* All in one request; those of a file are objects of their own. */
static int change_nets(struct ctl *ctl, struct words *w, enum sipalg_cmd cmd)
{
	struct net nets[NET_MAX];
	unsigned int n = 0, i;
	int ret = CTL_DONE;

	do {
		if (n == NET_MAX) {
			words_next(w);
			return words_wrong(ctl, w, "at most %d networks",
					   NET_MAX);
		}
		if (read_net(ctl, w, nets, n))
			return CTL_USAGE;
		n++;
	} while (words_peek(w));

	if (!ctl->recording)
		return send_nets(ctl, nets, n, cmd);
	if (cmd == SIPALG_CMD_LOCALNET_SET)
		ret = nl_command(ctl, SIPALG_CMD_LOCALNET_FLUSH);
	for (i = 0; i < n && !ret; i++)
		ret = send_nets(ctl, &nets[i], 1, SIPALG_CMD_LOCALNET_ADD);
	return ret;
}

static int add_nets(struct ctl *ctl, struct words *w)
{
	return change_nets(ctl, w, SIPALG_CMD_LOCALNET_ADD);
}

static int del_nets(struct ctl *ctl, struct words *w)
{
	return change_nets(ctl, w, SIPALG_CMD_LOCALNET_DEL);
}

static int set_nets(struct ctl *ctl, struct words *w)
{
	return change_nets(ctl, w, SIPALG_CMD_LOCALNET_SET);
}

static int flush_nets(struct ctl *ctl, struct words *w)
{
	if (words_end(ctl, w))
		return CTL_USAGE;
	return nl_command(ctl, SIPALG_CMD_LOCALNET_FLUSH);
}

static int run(struct ctl *ctl, struct words *w)
{
	static const struct verb verbs[] = {
		{ "show", show_nets },
		{ "add", add_nets },
		{ "del", del_nets },
		{ "set", set_nets },
		{ "flush", flush_nets },
		{ NULL, NULL },
	};

	return words_verb(ctl, w, verbs);
}

const struct command cmd_localnet = {
	.name = "localnet",
	.args = "[show | flush | { add | del | set } NET...]",
	.summary = "The local networks",
	.help = "What both ends of a flow are in, and NAT does not translate, is local: it is\n"
		"never touched. At first: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16,\n"
		"169.254.0.0/16, fc00::/7, fe80::/10. NET is ADDR or ADDR/LENGTH.\n"
		"`add` fails if one of them is there already, `del` if one is not: then nothing\n"
		"is changed. After `set` these are local and no others, after `flush` none.\n",
	.run = run,
};
