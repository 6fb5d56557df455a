// SPDX-License-Identifier: GPL-2.0-only
/*
 * fw_walk.c - a packet's way through the chains, as far as it is sure.
 *
 * A walk has goals: accept, or masquerade. It reaches one that it may reach;
 * what stands in the way must be sure to stop it.
 */
#include <string.h>

#include "fw.h"

enum {
	WALK_DEPTH	= 16,	/* jumps inside jumps; the kernel has as many */
};

enum end { GO_ON, RETURN, STOP, GOAL };

struct walk {
	const struct fw *fw;
	const struct fw_packet *packet;
	const char *const *goals;
	const json_t *rule;	/* out: with the goal */
	int depth;
};

static enum end walk_chain(struct walk *w, const json_t *rules);

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++) {
		if (!strcmp(name, *names))
			return true;
	}
	return false;
}

static enum end follow(struct walk *w, const json_t *rule, const char *name,
		       const json_t *arg, bool sure)
{
	const json_t *rules = fw_chain_rules(w->fw, rule,
					     fw_get(arg, "target"));
	enum end end = GO_ON;

	if (w->depth < WALK_DEPTH) {
		w->depth++;
		end = walk_chain(w, rules);
		w->depth--;
	}
	if (end == GOAL || (end == STOP && sure))
		return end;
	return sure && !strcmp(name, "goto") ? RETURN : GO_ON;
}

static enum end decide(struct walk *w, const json_t *rule, const char *name,
		       const json_t *arg, bool sure)
{
	static const char *const final[] = {
		"accept", "drop", "reject", "masquerade", "snat", "dnat",
		"redirect", "queue", "tproxy", NULL
	};

	if (is_one_of(name, w->goals)) {
		w->rule = rule;
		return GOAL;
	}
	if (!strcmp(name, "jump") || !strcmp(name, "goto"))
		return follow(w, rule, name, arg, sure);
	if (sure && !strcmp(name, "return"))
		return RETURN;
	return sure && is_one_of(name, final) ? STOP : GO_ON;
}

/* { key: ..., data: { set: [[value, verdict]...] } } */
static enum end map_verdict(struct walk *w, const json_t *rule,
			    const json_t *vmap, bool sure)
{
	const json_t *data = json_object_get(vmap, "data"), *list;
	enum end end = GO_ON;
	const char *name;
	json_t *pair, *arg;
	size_t i;

	list = json_is_string(data) ?
	       fw_named(w->fw, rule, json_string_value(data)) :
	       json_object_get(data, "set");
	json_array_foreach(list, i, pair) {
		enum fw_tri t = fw_equal(w->fw, rule,
					 json_object_get(vmap, "key"),
					 json_array_get(pair, 0), w->packet);

		if (t == FW_NO)
			continue;
		json_object_foreach(json_array_get(pair, 1), name, arg)
			end = decide(w, rule, name, arg, sure && t == FW_YES);
		if (end != GO_ON)
			return end;
	}
	return GO_ON;
}

/* A statement that makes the rest of the rule depend on something. */
static enum fw_tri condition(struct walk *w, const json_t *rule,
			     const char *name, const json_t *arg)
{
	static const char *const unsure[] = {
		"xt", "limit", "quota", "ct count", "socket", "tunnel", NULL
	};

	if (!strcmp(name, "match"))
		return fw_match(w->fw, rule, arg, w->packet);
	return is_one_of(name, unsure) ? FW_MAYBE : FW_YES;
}

static enum end walk_rule(struct walk *w, const json_t *rule)
{
	enum fw_tri t = FW_YES;
	json_t *statement, *arg;
	const char *name;
	enum end end;
	size_t i;

	json_array_foreach(json_object_get(rule, "expr"), i, statement) {
		json_object_foreach(statement, name, arg) {
			t = fw_both(t, condition(w, rule, name, arg));
			if (t == FW_NO)
				return GO_ON;
			end = !strcmp(name, "vmap") ?
			      map_verdict(w, rule, arg, t == FW_YES) :
			      decide(w, rule, name, arg, t == FW_YES);
			if (end != GO_ON)
				return end;
		}
	}
	return GO_ON;
}

static enum end walk_chain(struct walk *w, const json_t *rules)
{
	enum end end;
	json_t *rule;
	size_t i;

	json_array_foreach(rules, i, rule) {
		end = walk_rule(w, rule);
		if (end == RETURN)
			return GO_ON;
		if (end != GO_ON)
			return end;
	}
	return GO_ON;
}

static bool is_base(const json_t *chain, const char *hook, const char *type)
{
	return chain && fw_is_ip4(chain) &&
	       !strcmp(fw_get(chain, "hook"), hook) &&
	       !strcmp(fw_get(chain, "type"), type);
}

/**
 * fw_blocked() - is a forwarded packet dropped?
 * @fw: the rules
 * @packet: the packet
 * @after: a chain that was found before, NULL for the first one
 *
 * Return: a base chain that surely drops it, or NULL.
 */
const json_t *fw_blocked(const struct fw *fw, const struct fw_packet *packet,
			 const json_t *after)
{
	static const char *const goals[] = { "accept", "queue", NULL };
	struct walk w = { .fw = fw, .packet = packet, .goals = goals };
	bool passed = !after;
	json_t *object, *chain;
	enum end end;
	size_t i;

	json_array_foreach(fw->objects, i, object) {
		chain = json_object_get(object, "chain");
		passed |= chain == after;
		if (!passed || chain == after ||
		    !is_base(chain, "forward", "filter"))
			continue;
		end = walk_chain(&w, fw_chain_rules(fw, chain,
						    fw_get(chain, "name")));
		if (end == STOP ||
		    (end != GOAL && !strcmp(fw_get(chain, "policy"), "drop")))
			return chain;
	}
	return NULL;
}

/**
 * fw_reached() - may a packet reach a statement?
 * @fw: the rules
 * @packet: the packet
 * @hook: of the base chains
 * @type: of the base chains
 * @goals: names of statements, the last one NULL
 *
 * Return: the rule, or NULL.
 */
const json_t *fw_reached(const struct fw *fw, const struct fw_packet *packet,
			 const char *hook, const char *type,
			 const char *const *goals)
{
	struct walk w = { .fw = fw, .packet = packet, .goals = goals };
	json_t *object, *chain;
	size_t i;

	json_array_foreach(fw->objects, i, object) {
		chain = json_object_get(object, "chain");
		if (is_base(chain, hook, type) &&
		    walk_chain(&w, fw_chain_rules(fw, chain,
						  fw_get(chain, "name"))) ==
		    GOAL)
			return w.rule;
	}
	return NULL;
}
