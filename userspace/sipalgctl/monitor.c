// SPDX-License-Identifier: GPL-2.0-only
/*
 * monitor.c - `monitor`: events, one a line, as they come.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl.h"
#include "nl.h"
#include "out.h"
#include "rows.h"

static const char *const groups[] = {
	SIPALG_MCGRP_REG, SIPALG_MCGRP_CALL, SIPALG_MCGRP_MEDIA,
	SIPALG_MCGRP_CONFIG,
};

enum {
	GROUPS = ARRAY_SIZE(groups),
};

static const char *const events[] = {
	[SIPALG_EVENT_NEW]	 = "new",
	[SIPALG_EVENT_UPDATE]	 = "update",
	[SIPALG_EVENT_END]	 = "end",
	[SIPALG_EVENT_EXPIRE]	 = "expire",
	[SIPALG_EVENT_EXHAUSTED] = "exhausted",
};

static const char *event_name(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];
	unsigned int event;

	nl_attrs(nlh, tb);
	if (!tb[SIPALG_A_EVENT])
		return NULL;
	event = mnl_attr_get_u8(tb[SIPALG_A_EVENT]);
	return event < ARRAY_SIZE(events) ? events[event] :
							    NULL;
}

static json_t *row_setting(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];

	nl_attrs(nlh, tb);
	if (!tb[SIPALG_A_KEY])
		return NULL;
	return json_pack("{s:o}", mnl_attr_get_str(tb[SIPALG_A_KEY]),
			 row_value(tb[SIPALG_A_VALUE]));
}

static json_t *row_enabled(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];

	nl_attrs(nlh, tb);
	if (!tb[SIPALG_A_ENABLED])
		return NULL;
	return json_pack("{s:b}", "enabled",
			 mnl_attr_get_u8(tb[SIPALG_A_ENABLED]) != 0);
}

struct object {
	const char *name;
	out_row_fn row;
};

static const struct object *object_of(const struct nlmsghdr *nlh)
{
	static const struct object objects[] = {
		[SIPALG_CMD_STATUS_GET]	= { "status", row_enabled },
		[SIPALG_CMD_PORT_GET]	= { "port", row_port },
		[SIPALG_CMD_REG_GET]	= { "reg", row_reg },
		[SIPALG_CMD_CALL_GET]	= { "call", row_call },
		[SIPALG_CMD_MEDIA_GET]	= { "media", row_media },
		[SIPALG_CMD_SET_GET]	= { "config", row_setting },
		[SIPALG_CMD_HOST_GET]	= { "host", row_host },
		[SIPALG_CMD_LOCALNET_GET] = { "localnet", row_localnet },
	};
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl) ||
	    genl->cmd >= ARRAY_SIZE(objects) ||
	    !objects[genl->cmd].name)
		return NULL;
	return &objects[genl->cmd];
}

static void format_time(char *text, size_t size)
{
	struct timespec now;
	struct tm tm;
	size_t len;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	len = strftime(text, size, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, size - len, ".%03ldZ", now.tv_nsec / 1000000);
}

/* TIME EVENT OBJECT key value key value ... without what is not known */
static void print_line(const json_t *line)
{
	const char *key;
	json_t *value;
	int n = 0;

	json_object_foreach((json_t *)line, key, value) {
		char *text;

		if (json_is_null(value) || json_is_array(value))
			continue;
		text = out_text(value);
		if (n++ < 3)
			printf("%s%s", n > 1 ? " " : "", text);
		else
			printf(" %s %s", key, text);
		free(text);
	}
	putchar('\n');
}

/* What is exhausted, when something is. */
static void add_limit(json_t *row, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];

	nl_attrs(nlh, tb);
	if (tb[SIPALG_A_LIMIT])
		json_object_set_new(row, "limit",
				    row_string(tb[SIPALG_A_LIMIT]));
}

static void print_event(struct ctl *ctl, const struct nlmsghdr *nlh)
{
	const struct object *object = object_of(nlh);
	const char *event = event_name(nlh);
	json_t *row, *line;
	char when[64];

	row = object && event ? object->row(nlh) : NULL;
	if (!row)
		return;
	add_limit(row, nlh);
	format_time(when, sizeof(when));
	line = json_pack("{s:s, s:s, s:s}", "time", when, "event", event,
			 "object", object->name);
	json_object_update(line, row);
	json_decref(row);
	if (ctl->json) {
		json_dumpf(line, stdout, JSON_COMPACT);
		putchar('\n');
	} else {
		print_line(line);
	}
	json_decref(line);
	fflush(stdout);
}

static int read_groups(struct ctl *ctl, struct words *w, bool *wanted)
{
	const char *word;
	bool any = false;
	int i;

	while ((word = words_next(w))) {
		for (i = 0; i < GROUPS && strcmp(word, groups[i]); i++)
			;
		if (i == GROUPS)
			return words_wrong(ctl, w,
					   "there are events of: reg call media config");
		wanted[i] = true;
		any = true;
	}
	for (i = 0; !any && i < GROUPS; i++)
		wanted[i] = true;
	return CTL_DONE;
}

static int run(struct ctl *ctl, struct words *w)
{
	bool wanted[GROUPS] = { false };
	int signals, ret, i;

	if (read_groups(ctl, w, wanted))
		return CTL_USAGE;
	signals = nl_catch_signals();
	ret = nl_open(ctl);
	for (i = 0; !ret && i < GROUPS; i++) {
		if (wanted[i])
			ret = nl_join(ctl, groups[i]);
	}
	return ret ? ret : nl_listen(ctl, signals, print_event);
}

const struct command cmd_monitor = {
	.name = "monitor",
	.args = "[reg | call | media | config]...",
	.summary = "Print events, one a line, until it is interrupted",
	.help = "TIME EVENT OBJECT and what `show` says of the object. EVENT is new, update,\n"
		"end, expire or exhausted. With --json: one object a line.\n"
		"exhausted: lan wanted more than limit, a key of `set` or of sysctl, allows.\n",
	.run = run,
};
