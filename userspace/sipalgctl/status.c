// SPDX-License-Identifier: GPL-2.0-only
/*
 * status.c - `status`: everything at a glance, and what is worth a warning.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "ctl.h"
#include "nl.h"
#include "out.h"
#include "rows.h"
#include "stats.h"

/* The answer of SIPALG_CMD_STATUS_GET; @tb points into @msgs. */
static int read_status(struct ctl *ctl, struct nl_msgs *msgs,
		       const struct nlattr **tb)
{
	struct nl_req req;
	int ret;

	nl_start(&req, SIPALG_CMD_STATUS_GET);
	ret = nl_do(ctl, &req, msgs);
	if (ret)
		return ret;
	if (!nl_first(msgs))
		return ctl_error(ctl, CTL_REFUSED,
				 "the kernel sent no answer");
	nl_attrs(nl_first(msgs), tb);
	return CTL_DONE;
}

static int read_ports(struct ctl *ctl, json_t **ports)
{
	struct nl_msgs msgs = { 0 };
	const struct nlmsghdr *nlh;
	struct nl_req req;
	int ret;

	*ports = json_array();
	nl_start(&req, SIPALG_CMD_PORT_GET);
	ret = nl_dump(ctl, &req, &msgs);
	for (nlh = nl_first(&msgs); nlh; nlh = nl_after(&msgs, nlh))
		json_array_append_new(*ports, row_port(nlh));
	nl_free(&msgs);
	return ret;
}

static bool has_intree_helper(void)
{
	return !access("/sys/module/nf_nat_sip", F_OK);
}

static void warn(json_t *warnings, const char *text)
{
	json_array_append_new(warnings, json_string(text));
}

static json_t *find_warnings(const struct nlattr **tb)
{
	json_t *warnings = json_array();
	uint64_t flows = 0;
	char text[160];

	if (tb[SIPALG_A_INTREE_FLOWS])
		flows = mnl_attr_get_u64(tb[SIPALG_A_INTREE_FLOWS]);
	if (flows) {
		snprintf(text, sizeof(text),
			 "%llu SIP flows carry the in-tree helper nf_conntrack_sip and are left to it: remove the rule that assigns it",
			 (unsigned long long)flows);
		warn(warnings, text);
	} else if (has_intree_helper()) {
		warn(warnings,
		     "the in-tree helper nf_nat_sip is loaded: a flow that a rule assigns to it is not helped here");
	}
	return warnings;
}

static json_t *make_status(const struct nlattr **tb, json_t *ports,
			   json_t *counters)
{
	struct utsname uts;
	bool on = tb[SIPALG_A_ENABLED] &&
		  mnl_attr_get_u8(tb[SIPALG_A_ENABLED]);

	uname(&uts);
	return json_pack("{s:b, s:s, s:o, s:s, s:o, s:[], s:o, s:o, s:o, s:o, s:o, s:o}",
			 "enabled", on,
			 "engine", "kernel",
			 "version", row_string(tb[SIPALG_A_VERSION]),
			 "kernel", uts.release,
			 "ports", ports,
			 "wan",
			 "registrations",
			 row_u32(tb[SIPALG_A_REGISTRATIONS]),
			 "calls", row_u32(tb[SIPALG_A_CALLS]),
			 "media", row_u32(tb[SIPALG_A_MEDIA]),
			 "memory", row_u64(tb[SIPALG_A_MEMORY]),
			 "counters", counters,
			 "warnings", find_warnings(tb));
}

/* --stats: the settings in force. Text shows them all, those of 0 too. */
static int add_settings(struct ctl *ctl, json_t *status)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];
	json_t *settings = json_object();
	struct nl_msgs msgs = { 0 };
	const struct nlmsghdr *nlh;
	struct nl_req req;
	int ret;

	nl_start(&req, SIPALG_CMD_SET_GET);
	ret = nl_dump(ctl, &req, &msgs);
	for (nlh = nl_first(&msgs); nlh; nlh = nl_after(&msgs, nlh)) {
		nl_attrs(nlh, tb);
		if (tb[SIPALG_A_KEY] && tb[SIPALG_A_VALUE])
			json_object_set_new(settings,
					    mnl_attr_get_str(tb[SIPALG_A_KEY]),
					    ctl->json ?
					    row_value(tb[SIPALG_A_VALUE]) :
					    row_string(tb[SIPALG_A_VALUE]));
	}
	json_object_set_new(status, "settings", settings);
	nl_free(&msgs);
	return ret;
}

static void add_unit(json_t *status)
{
	json_t *memory = json_object_get(status, "memory");

	if (json_is_integer(memory))
		json_object_set_new(status, "memory",
				    json_sprintf("%lld bytes",
						 (long long)
						 json_integer_value(memory)));
}

static int show_status(struct ctl *ctl, struct words *w)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1] = { NULL };
	json_t *ports = NULL, *counters = NULL, *status;
	struct nl_msgs msgs = { 0 };
	int ret;

	if (words_end(ctl, w))
		return CTL_USAGE;
	ret = read_status(ctl, &msgs, tb);
	if (!ret)
		ret = read_ports(ctl, &ports);
	if (!ret)
		ret = stats_read(ctl, &counters);
	if (ret) {
		json_decref(ports);
		nl_free(&msgs);
		return ret;
	}
	status = make_status(tb, ports, counters);
	nl_free(&msgs);
	if (!ctl->json)
		add_unit(status);
	if (ctl->stats)
		ret = add_settings(ctl, status);
	out_object(ctl, status);
	return ret;
}

static int run(struct ctl *ctl, struct words *w)
{
	static const struct verb verbs[] = {
		{ "show", show_status },
		{ NULL, NULL },
	};

	return words_verb(ctl, w, verbs);
}

const struct command cmd_status = {
	.name = "status",
	.args = "",
	.summary = "Is it enabled, what does it hold, what is worth a warning",
	.help = "With --stats the settings are shown too. `memory` are the bytes of the tables.\n",
	.run = run,
};
