// SPDX-License-Identifier: GPL-2.0-only
/*
 * enable.c - `enable` and `disable`: whether anything is helped at all.
 */
#include "ctl.h"
#include "nl.h"

static int set_enabled(struct ctl *ctl, struct words *w, uint8_t on)
{
	struct nl_req req;

	if (words_end(ctl, w))
		return CTL_USAGE;
	nl_start(&req, SIPALG_CMD_ENABLE);
	mnl_attr_put_u8(req.nlh, SIPALG_A_ENABLED, on);
	return nl_do(ctl, &req, NULL);
}

static int run_enable(struct ctl *ctl, struct words *w)
{
	return set_enabled(ctl, w, 1);
}

static int run_disable(struct ctl *ctl, struct words *w)
{
	return set_enabled(ctl, w, 0);
}

const struct command cmd_enable = {
	.name = "enable",
	.args = "",
	.summary = "Start to help SIP flows in this network namespace",
	.help = "Without any configuration, udp 5060 is inspected, and every flow that\n"
		"conntrack translates is helped. Doing it twice is no error.\n",
	.run = run_enable,
};

const struct command cmd_disable = {
	.name = "disable",
	.args = "",
	.summary = "Stop to help; calls in progress keep their NAT mappings",
	.help = "Ports and settings are kept. Doing it twice is no error.\n",
	.run = run_disable,
};
