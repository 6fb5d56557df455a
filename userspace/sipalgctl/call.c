// SPDX-License-Identifier: GPL-2.0-only
/*
 * call.c - `call`: the dialogs that are known, with their media.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "nl.h"
#include "out.h"
#include "rows.h"

static const struct out_column columns[] = {
	{ "call_id", "CALL-ID", 0 },
	{ "state", "STATE", OUT_STATE },
	{ "from", "FROM", 0 },
	{ "to", "TO", 0 },
	{ "lan", "LAN", 0 },
	{ "peer", "PEER", 0 },
	{ "created_s", "AGE", OUT_RIGHT },
	{ "silent", "SILENT", 0 },
	{ NULL, NULL, 0 },
};

static void print_media(const json_t *media)
{
	static const char *const keys[] = {
		"kind", "lan", "wan", "remote", "state",
		"packets_in", "packets_out",
	};
	char *text[7];
	size_t i;

	for (i = 0; i < 7; i++)
		text[i] = out_text(json_object_get(media, keys[i]));
	printf("    %-8s  lan %-21s  wan %-21s  remote %-21s  %-4s  in %s  out %s\n",
	       text[0], text[1], text[2], text[3], text[4], text[5], text[6]);
	for (i = 0; i < 7; i++)
		free(text[i]);
}

static void print_more(struct ctl *ctl, const json_t *row)
{
	const json_t *media = json_object_get(row, "media");
	size_t i;

	for (i = 0; ctl->stats && i < json_array_size(media); i++)
		print_media(json_array_get(media, i));
}

static int dump_calls(struct ctl *ctl, const char *call_id)
{
	static const struct out_table table = {
		columns, row_call, print_more,
	};
	struct nl_msgs msgs = { 0 };
	struct nl_req req;
	int ret;

	nl_start(&req, SIPALG_CMD_CALL_GET);
	if (call_id)
		mnl_attr_put_strz(req.nlh, SIPALG_A_CALL_ID, call_id);
	ret = nl_dump(ctl, &req, &msgs);
	if (!ret && call_id && !nl_first(&msgs))
		ret = ctl_error(ctl, CTL_REFUSED,
				"there is no call with this Call-ID");
	if (!ret)
		out_table(ctl, &table, &msgs);
	nl_free(&msgs);
	return ret;
}

static int show_calls(struct ctl *ctl, struct words *w)
{
	const char *call_id = words_next(w);

	if (!call_id)
		return dump_calls(ctl, NULL);
	if (!*call_id || strlen(call_id) > SIPALG_MAX_CALL_ID)
		return words_wrong(ctl, w,
				   "a Call-ID has 1 to %d characters",
				   SIPALG_MAX_CALL_ID);
	if (words_end(ctl, w))
		return CTL_USAGE;
	ctl->stats = true;
	return dump_calls(ctl, call_id);
}

static int flush_calls(struct ctl *ctl, struct words *w)
{
	if (words_end(ctl, w))
		return CTL_USAGE;
	return nl_command(ctl, SIPALG_CMD_CALL_FLUSH);
}

static int run(struct ctl *ctl, struct words *w)
{
	static const struct verb verbs[] = {
		{ "show", show_calls },
		{ "flush", flush_calls },
		{ NULL, NULL },
	};

	return words_verb(ctl, w, verbs);
}

const struct command cmd_call = {
	.name = "call",
	.args = "[show [CALL-ID] | flush]",
	.summary = "The calls that are known, with their media",
	.help = "With --stats, or for one CALL-ID, each call's media lines follow it with\n"
		"their packets. SILENT names the leg on which nothing was heard: `in` is\n"
		"from outside, `out` from the LAN host. `flush` forgets all calls and\n"
		"closes their pinholes.\n",
	.run = run,
};
