// SPDX-License-Identifier: GPL-2.0-only
/*
 * media.c - `media`: the pinholes of calls and what went through them.
 */
#include "ctl.h"
#include "nl.h"
#include "out.h"
#include "rows.h"

static const struct out_column columns[] = {
	{ "kind", "KIND", 0 },
	{ "lan", "LAN", 0 },
	{ "wan", "WAN", 0 },
	{ "remote", "REMOTE", 0 },
	{ "state", "STATE", OUT_STATE },
	{ "packets_in", "IN", OUT_RIGHT },
	{ "packets_out", "OUT", OUT_RIGHT },
	{ "call_id", "CALL-ID", 0 },
	{ NULL, NULL, 0 },
};

static int show_media(struct ctl *ctl, struct words *w)
{
	static const struct out_table table = { columns, row_media, NULL };
	struct nl_msgs msgs = { 0 };
	struct nl_req req;
	int ret;

	if (words_end(ctl, w))
		return CTL_USAGE;
	nl_start(&req, SIPALG_CMD_MEDIA_GET);
	ret = nl_dump(ctl, &req, &msgs);
	if (!ret)
		out_table(ctl, &table, &msgs);
	nl_free(&msgs);
	return ret;
}

static int flush_media(struct ctl *ctl, struct words *w)
{
	if (words_end(ctl, w))
		return CTL_USAGE;
	return nl_command(ctl, SIPALG_CMD_MEDIA_FLUSH);
}

static int run(struct ctl *ctl, struct words *w)
{
	static const struct verb verbs[] = {
		{ "show", show_media },
		{ "flush", flush_media },
		{ NULL, NULL },
	};

	return words_verb(ctl, w, verbs);
}

const struct command cmd_media = {
	.name = "media",
	.args = "[show | flush]",
	.summary = "The media pinholes and their packets",
	.help = "LAN is where the phone receives, WAN what was announced for it, REMOTE\n"
		"where the far end said that it receives. IN and OUT count packets to and\n"
		"from the phone. `flush` closes all of them.\n",
	.run = run,
};
