// SPDX-License-Identifier: GPL-2.0-only
/*
 * stats.c - `stats`: one counter for every way in which a message leaves.
 */
#include <string.h>

#include "ctl.h"
#include "nl.h"
#include "out.h"
#include "reason.h"
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

/* By its name: the module may know other counters than this tool. */
static unsigned int find_reason(const char *name)
{
	unsigned int reason;

	for (reason = ALG_REASON_NONE + 1; reason < ALG_REASON_MAX; reason++) {
		if (!strcmp(alg_reason_name(reason), name))
			return reason;
	}
	return ALG_REASON_NONE;
}

static json_t *text_or_null(const char *text)
{
	return *text ? json_string(text) : json_null();
}

static json_t *counter_row(const char *name, json_t *count)
{
	unsigned int reason = find_reason(name);
	bool counted = json_integer_value(count);

	return json_pack("{s:s, s:O, s:o, s:o}", "name", name, "count", count,
			 "text", text_or_null(alg_reason_text(reason)),
			 "hint", counted ?
			 text_or_null(alg_reason_hint(reason)) : json_null());
}

static void print_stats(const struct ctl *ctl, json_t *counters)
{
	static const struct out_column columns[] = {
		{ "name", "COUNTER", 0 }, { "count", "COUNT", OUT_RIGHT },
		{ "text", "MEANING", 0 }, { "hint", "WHAT TO DO", OUT_STATS },
		{ NULL, NULL, 0 },
	};
	json_t *rows = json_array();
	const char *name;
	json_t *count;

	json_object_foreach(counters, name, count)
		json_array_append_new(rows, counter_row(name, count));
	out_list(ctl, columns, rows);
	json_decref(rows);
}

static int show_stats(struct ctl *ctl, struct words *w)
{
	json_t *counters;
	int ret;

	if (words_end(ctl, w))
		return CTL_USAGE;
	ret = stats_read(ctl, &counters);
	if (ret)
		return ret;
	if (ctl->json)
		out_json(ctl, counters);
	else
		print_stats(ctl, counters);
	json_decref(counters);
	return CTL_DONE;
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
		"came although they were ours, drop_* were dropped. With --stats: what to do\n"
		"about those that count.\n",
	.run = run,
};
