// SPDX-License-Identifier: GPL-2.0-only
/*
 * config_state.c - a configuration as lines: what is in force, and what a file
 * would make of it.
 *
 * Both come from netlink messages through the same function of an object's
 * row, so that a line of the one can be compared with a line of the other.
 */
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "net.h"

/* The first @n words of a line; the rest is what can be changed. */
static size_t name_len(const char *line, unsigned int n)
{
	const char *at = line;

	while (n--) {
		at += strspn(at, " ");
		at += strcspn(at, " ");
	}
	return (size_t)(at - line);
}

/* A line takes the place of the one with the same name. Takes @line over. */
static void put(json_t *lines, const struct config_object *o, char *line)
{
	char *name;

	if (!line)
		return;
	name = strndup(line, name_len(line, o->words));
	if (name)
		json_object_set_new_nocheck(lines, name,
					    json_string_nocheck(line));
	free(name);
	free(line);
}

static int ask(struct ctl *ctl, const struct config_object *o,
	       struct nl_msgs *msgs)
{
	struct nl_req req;

	nl_start(&req, o->get);
	return o->single ? nl_do(ctl, &req, msgs) : nl_dump(ctl, &req, msgs);
}

static int read_object(struct ctl *ctl, const struct config_object *o,
		       struct config_state *state)
{
	json_t *lines = json_object(), *normal = json_object();
	const struct nlattr *tb[SIPALG_A_MAX + 1];
	struct nl_msgs msgs = { 0 };
	const struct nlmsghdr *nlh;
	int ret = ask(ctl, o, &msgs);

	if (o->nets)
		net_sort(&msgs);
	for (nlh = nl_first(&msgs); nlh; nlh = nl_after(&msgs, nlh)) {
		nl_attrs(nlh, tb);
		put(lines, o, o->line(tb));
		if (o->normal)
			put(normal, o, o->normal(tb));
	}
	json_object_set_new(state->lines, o->name, lines);
	json_object_set_new(state->normal, o->name, normal);
	nl_free(&msgs);
	return ret;
}

int config_state_read(struct ctl *ctl, struct config_state *state)
{
	const struct config_object *o;
	int ret = CTL_DONE;

	state->lines = json_object();
	state->normal = json_object();
	for (o = config_objects; o->name && !ret; o++) {
		if (o->get)
			ret = read_object(ctl, o, state);
	}
	return ret;
}

/* What is always there begins at its default, all else with nothing. */
static json_t *start_of(const struct config_state *now)
{
	const struct config_object *o;
	json_t *all = json_object(), *normal;

	for (o = config_objects; o->name; o++) {
		normal = json_object_get(now->normal, o->name);
		if (normal)
			json_object_set_new(all, o->name, json_copy(normal));
	}
	return all;
}

json_t *config_state_of(const struct config_file *file,
			const struct config_state *now)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];
	json_t *all = start_of(now), *lines;
	const struct config_object *o;
	const struct nlmsghdr *nlh;

	for (nlh = nl_first(&file->msgs); nlh;
	     nlh = nl_after(&file->msgs, nlh)) {
		const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

		o = config_object_of(nlh);
		if (!o)
			continue;
		lines = json_object_get(all, o->name);
		nl_attrs(nlh, tb);
		if (genl->cmd == o->set)
			put(lines, o, o->line(tb));
		else
			json_object_clear(lines);
	}
	return all;
}

void config_state_free(struct config_state *state)
{
	json_decref(state->lines);
	json_decref(state->normal);
}
