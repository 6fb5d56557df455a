// SPDX-License-Identifier: GPL-2.0-only
/*
 * host.c - `host`: how far the hosts of a network are helped.
 */
#include <string.h>

#include "ctl.h"
#include "net.h"
#include "nl.h"
#include "out.h"
#include "rows.h"

enum { MAX_SECONDS = 31536000 };	/* a year; the module knows it too */

static const struct out_column columns[] = {
	{ "net", "NET", 0 },
	{ "mode", "MODE", 0 },
	{ "expires_s", "EXPIRES", OUT_RIGHT },
	{ NULL, NULL, 0 },
};

static int show_hosts(struct ctl *ctl, struct words *w)
{
	static const struct out_table table = { columns, row_host, NULL };
	struct nl_msgs msgs = { 0 };
	struct nl_req req;
	int ret;

	if (words_end(ctl, w))
		return CTL_USAGE;
	nl_start(&req, SIPALG_CMD_HOST_GET);
	ret = nl_dump(ctl, &req, &msgs);
	if (!ret) {
		net_sort(&msgs);
		out_table(ctl, &table, &msgs);
	}
	nl_free(&msgs);
	return ret;
}

/* The word that has to stand here. */
static int read_word(struct ctl *ctl, struct words *w, const char *wanted)
{
	const char *word = words_next(w);

	if (!word)
		return words_missing(ctl, w, "`%s` is missing", wanted);
	if (strcmp(word, wanted))
		return words_wrong(ctl, w, "expected `%s`", wanted);
	return CTL_DONE;
}

static int read_mode(struct ctl *ctl, struct words *w, uint8_t *mode)
{
	const char *word = words_next(w);
	const char *name;

	if (!word)
		return words_missing(ctl, w,
				     "active, passive or bypass is missing");
	for (*mode = SIPALG_MODE_ACTIVE; *mode <= SIPALG_MODE_MAX; ++*mode) {
		name = mode_name(*mode);
		if (name && !strcmp(word, name))
			return CTL_DONE;
	}
	return words_wrong(ctl, w, "the mode is active, passive or bypass");
}

/* [for SECONDS]; 0 without. */
static int read_for(struct ctl *ctl, struct words *w, uint32_t *seconds)
{
	const char *word;
	unsigned long n;

	*seconds = 0;
	if (!words_peek(w))
		return CTL_DONE;
	if (read_word(ctl, w, "for"))
		return CTL_USAGE;
	if (ctl->recording)
		return words_wrong(ctl, w,
				   "a configuration file has no mode for a while");
	word = words_next(w);
	if (!word)
		return words_missing(ctl, w, "the seconds are missing");
	if (!words_number(word, MAX_SECONDS, &n) || !n)
		return words_wrong(ctl, w,
				   "the seconds are a number from 1 to %d",
				   MAX_SECONDS);
	*seconds = n;
	return CTL_DONE;
}

static int set_host(struct ctl *ctl, struct words *w)
{
	struct nl_req req;
	uint32_t seconds = 0;
	struct net net;
	uint8_t mode = SIPALG_MODE_ACTIVE;

	if (words_net(ctl, w, &net) || read_word(ctl, w, "mode") ||
	    read_mode(ctl, w, &mode) || read_for(ctl, w, &seconds) ||
	    words_end(ctl, w))
		return CTL_USAGE;
	nl_start(&req, SIPALG_CMD_HOST_SET);
	net_put(req.nlh, &net);
	mnl_attr_put_u8(req.nlh, SIPALG_A_MODE, mode);
	if (seconds)
		mnl_attr_put_u32(req.nlh, SIPALG_A_EXPIRES, seconds);
	return nl_do(ctl, &req, NULL);
}

static int del_host(struct ctl *ctl, struct words *w)
{
	struct nl_req req;
	struct net net;

	if (words_net(ctl, w, &net) || words_end(ctl, w))
		return CTL_USAGE;
	nl_start(&req, SIPALG_CMD_HOST_DEL);
	net_put(req.nlh, &net);
	return nl_do(ctl, &req, NULL);
}

static int flush_hosts(struct ctl *ctl, struct words *w)
{
	if (words_end(ctl, w))
		return CTL_USAGE;
	return nl_command(ctl, SIPALG_CMD_HOST_FLUSH);
}

static int run(struct ctl *ctl, struct words *w)
{
	static const struct verb verbs[] = {
		{ "show", show_hosts },
		{ "set", set_host },
		{ "del", del_host },
		{ "flush", flush_hosts },
		{ NULL, NULL },
	};

	return words_verb(ctl, w, verbs);
}

const struct command cmd_host = {
	.name = "host",
	.args =
"[show | flush | del NET | set NET mode { active | passive | bypass } [for SECONDS]]",
	.summary = "How far the hosts of a network are helped",
	.help = "active   rewrites messages and opens pinholes; so is every host at first\n"
		"passive  opens pinholes for media at the host's own outside addresses, as a\n"
		"         client with STUN announces them; no byte is changed\n"
		"bypass   does nothing at all\n"
		"NET is ADDR or ADDR/LENGTH; the longest prefix wins. `for`: then it is again\n"
		"what it was before. Calls in progress and live flows keep their mappings.\n",
	.run = run,
};
