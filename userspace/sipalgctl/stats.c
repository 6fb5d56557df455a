// SPDX-License-Identifier: GPL-2.0-only
/*
 * stats.c - `stats`: one counter for every way in which a message leaves.
 */
#include "ctl.h"
#include "nl.h"
#include "out.h"
#include "rows.h"
#include "stats.h"

/**
 * stats_read() - all counters as one object
 * @ctl: options and connection
 * @counters: out: { name: count }, the caller's
 *
 * Return: enum ctl_exit
 */
int stats_read(struct ctl *ctl, json_t **counters)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];
	struct nl_msgs msgs = { 0 };
	const struct nlmsghdr *nlh;
	struct nl_req req;
	int ret;

	nl_start(&req, SIPALG_CMD_STATS_GET);
	ret = nl_dump(ctl, &req, &msgs);
	*counters = ret ? NULL : json_object();
	for (nlh = ret ? NULL : nl_first(&msgs); nlh;
	     nlh = nl_after(&msgs, nlh)) {
		nl_attrs(nlh, tb);
		if (tb[SIPALG_A_NAME])
			json_object_set_new(*counters,
					    mnl_attr_get_str(tb[SIPALG_A_NAME]),
					    row_u64(tb[SIPALG_A_COUNT]));
	}
	nl_free(&msgs);
	return ret;
}

static int show_stats(struct ctl *ctl, struct words *w)
{
	json_t *counters;
	int ret;

	if (words_end(ctl, w))
		return CTL_USAGE;
	ret = stats_read(ctl, &counters);
	if (!ret)
		out_object(ctl, counters);
	return ret;
}

static int reset_stats(struct ctl *ctl, struct words *w)
{
	if (words_end(ctl, w))
		return CTL_USAGE;
	return nl_command(ctl, SIPALG_CMD_STATS_RESET);
}

static int run(struct ctl *ctl, struct words *w)
{
	static const struct verb verbs[] = {
		{ "show", show_stats },
		{ "reset", reset_stats },
		{ NULL, NULL },
	};

	return words_verb(ctl, w, verbs);
}

const struct command cmd_stats = {
	.name = "stats",
	.args = "[show | reset]",
	.summary = "Counters: how many messages left in which way, and why",
	.help = "edit_* were rewritten, same_* needed nothing, raw_* were forwarded as they\n"
		"came although they were ours, drop_* were dropped.\n",
	.run = run,
};
