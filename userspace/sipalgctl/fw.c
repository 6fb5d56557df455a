// SPDX-License-Identifier: GPL-2.0-only
/*
 * fw.c - reads the admin's rules: nft, iptables-legacy, iptables-nft.
 *
 * nft lists the chains of iptables-nft too, but not what their matches say;
 * such a chain is taken from iptables-nft-save, when that lists the same
 * number of rules.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fw.h"
#include "port.h"
#include "program.h"

const char *fw_get(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

bool fw_is_ip4(const json_t *object)
{
	const char *family = fw_get(object, "family");

	return !strcmp(family, "ip") || !strcmp(family, "inet") ||
	       *fw_get(object, "tool");
}

static void chain_key(char *key, size_t size, const char *family,
		      const char *table, const char *chain)
{
	snprintf(key, size, "%s %s %s", family, table, chain);
}

const json_t *fw_chain_rules(const struct fw *fw, const json_t *rule,
			     const char *chain)
{
	char key[256];

	chain_key(key, sizeof(key), fw_get(rule, "family"),
		  fw_get(rule, "table"), chain);
	return json_object_get(fw->rules, key);
}

static void index_rules(struct fw *fw)
{
	json_t *object, *rule, *list;
	char key[256];
	size_t i;

	json_array_foreach(fw->objects, i, object) {
		rule = json_object_get(object, "rule");
		if (!rule)
			continue;
		chain_key(key, sizeof(key), fw_get(rule, "family"),
			  fw_get(rule, "table"), fw_get(rule, "chain"));
		list = json_object_get(fw->rules, key);
		if (!list) {
			list = json_array();
			json_object_set_new(fw->rules, key, list);
		}
		json_array_append(list, rule);
	}
}

/* Is this a rule of the chain, or the chain itself? */
static bool is_of(const json_t *object, const json_t *chain, const char *what)
{
	const json_t *o = json_object_get(object, what);
	const char *name = strcmp(what, "rule") ? "name" : "chain";

	return o && !*fw_get(o, "tool") &&
	       !strcmp(fw_get(o, "family"), "ip") &&
	       !strcmp(fw_get(o, "table"), fw_get(chain, "table")) &&
	       !strcmp(fw_get(o, name), fw_get(chain, "name"));
}

static size_t count_of(const json_t *objects, const json_t *chain,
		       const char *what)
{
	size_t i, n = 0;
	json_t *object;

	json_array_foreach(objects, i, object)
		n += is_of(object, chain, what);
	return n;
}

static size_t count_rules(const json_t *objects, const json_t *chain)
{
	json_t *object, *rule;
	size_t i, n = 0;

	json_array_foreach(objects, i, object) {
		rule = json_object_get(object, "rule");
		n += rule && !strcmp(fw_get(rule, "table"),
				     fw_get(chain, "table")) &&
		     !strcmp(fw_get(rule, "chain"), fw_get(chain, "name"));
	}
	return n;
}

static void remove_chain(json_t *objects, const json_t *chain)
{
	size_t i = json_array_size(objects);

	while (i-- > 0) {
		const json_t *object = json_array_get(objects, i);

		if (is_of(object, chain, "rule") ||
		    is_of(object, chain, "chain"))
			json_array_remove(objects, i);
	}
}

static void add_rules(json_t *objects, const json_t *ipt, const json_t *chain)
{
	json_t *object, *rule;
	size_t i;

	json_array_append_new(objects, json_pack("{s:O}", "chain", chain));
	json_array_foreach(ipt, i, object) {
		rule = json_object_get(object, "rule");
		if (rule && !strcmp(fw_get(rule, "table"),
				    fw_get(chain, "table")) &&
		    !strcmp(fw_get(rule, "chain"), fw_get(chain, "name")))
			json_array_append(objects, object);
	}
}

/* What iptables-nft knows about a chain replaces what nft knows. */
static void merge(json_t *objects, const json_t *ipt)
{
	json_t *object, *chain;
	size_t i;

	json_array_foreach(ipt, i, object) {
		chain = json_object_get(object, "chain");
		if (!chain || !count_of(objects, chain, "chain") ||
		    count_of(objects, chain, "rule") !=
		    count_rules(ipt, chain))
			continue;
		remove_chain(objects, chain);
		add_rules(objects, ipt, chain);
	}
}

static bool read_nft(struct fw *fw)
{
	static const char *const argv[] = {
		"nft", "-j", "list", "ruleset", NULL
	};
	struct program p;
	json_t *root, *list;
	bool ok;

	program_run(&p, argv);
	root = p.status ? NULL : json_loads(p.out, 0, NULL);
	list = json_object_get(root, "nftables");
	ok = json_is_array(list);
	if (ok)
		json_array_extend(fw->objects, list);
	json_decref(root);
	program_free(&p);
	return ok;
}

/* Return: what `TOOL-save` prints as objects; NULL without the program. */
static json_t *read_ipt(const char *tool)
{
	char name[32];
	const char *const argv[] = { name, NULL };
	json_t *objects = NULL;
	struct program p;

	snprintf(name, sizeof(name), "%s-save", tool);
	program_run(&p, argv);
	if (!p.status) {
		objects = json_array();
		fw_ipt_read(objects, tool, p.out);
	}
	program_free(&p);
	return objects;
}

/**
 * fw_read() - read all rules of this network namespace
 * @fw: out; fw_free() it
 */
void fw_read(struct fw *fw)
{
	json_t *legacy = read_ipt("iptables-legacy");
	json_t *nft = read_ipt("iptables-nft");

	fw->objects = json_array();
	fw->rules = json_object();
	fw->readable = read_nft(fw);
	if (nft && fw->readable)
		merge(fw->objects, nft);
	else if (nft)
		json_array_extend(fw->objects, nft);
	if (!legacy && !nft)
		legacy = read_ipt("iptables");
	if (legacy)
		json_array_extend(fw->objects, legacy);
	fw->readable |= legacy || nft;
	json_decref(legacy);
	json_decref(nft);
	index_rules(fw);
}

void fw_free(struct fw *fw)
{
	json_decref(fw->objects);
	json_decref(fw->rules);
}
