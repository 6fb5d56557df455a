// SPDX-License-Identifier: GPL-2.0-only
/*
 * fw_ipt.c - the output of iptables-save as the JSON of nft.
 *
 * A match that has no place there becomes { "xt": null }: it may match or not.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fw.h"
#include "port.h"

enum { IPT_WORDS = 128 };

struct ipt {
	json_t *objects;
	const char *tool;
	char table[32];
};

/* One option that we can read: "--dport" and what nft calls it. */
struct option {
	const char *name;
	const char *left;	/* JSON */
	char kind;		/* 's' a word, 'p' a port or range, 'l' a list */
};

static const struct option options[] = {
	{ "-i", "{\"meta\":{\"key\":\"iifname\"}}", 's' },
	{ "-o", "{\"meta\":{\"key\":\"oifname\"}}", 's' },
	{ "-p", "{\"meta\":{\"key\":\"l4proto\"}}", 's' },
	{ "--dport", "{\"payload\":{\"protocol\":\"th\",\"field\":\"dport\"}}",
	  'p' },
	{ "--sport", "{\"payload\":{\"protocol\":\"th\",\"field\":\"sport\"}}",
	  'p' },
	{ "--dports", "{\"payload\":{\"protocol\":\"th\",\"field\":\"dport\"}}",
	  'p' },
	{ "--sports", "{\"payload\":{\"protocol\":\"th\",\"field\":\"sport\"}}",
	  'p' },
	{ "--ctstate", "{\"ct\":{\"key\":\"state\"}}", 'l' },
	{ "--state", "{\"ct\":{\"key\":\"state\"}}", 'l' },
};

static const struct option dnat = {
	"--ctstate", "{\"ct\":{\"key\":\"status\"}}", 'l'
};

/* Words that say nothing about which packets match. */
static bool is_noise(const char *word)
{
	return !strcmp(word, "-m") || !strcmp(word, "--comment") ||
	       !strcmp(word, "-c");
}

static const struct option *find_option(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (!strcmp(options[i].name, word))
			return &options[i];
	}
	return NULL;
}

static json_t *port_value(const char *text)
{
	char *end;
	long first = strtol(text, &end, 10);

	if (*end != ':')
		return json_integer(first);
	return json_pack("{s:[i,i]}", "range", (int)first, atoi(end + 1));
}

static void lower(char *text)
{
	for (; *text; text++)
		*text = (char)tolower((unsigned char)*text);
}

/* "5060,7000:7010" or "NEW,RELATED" as { "set": [...] } */
static json_t *list_value(const char *text, char kind)
{
	char copy[256], *save, *word;
	json_t *list = json_array();

	snprintf(copy, sizeof(copy), "%s", text);
	lower(copy);
	for (word = strtok_r(copy, ",", &save); word;
	     word = strtok_r(NULL, ",", &save))
		json_array_append_new(list, kind == 'p' ? port_value(word) :
				      json_string(word));
	return json_pack("{s:o}", "set", list);
}

/* eth+ is eth* of nft */
static json_t *word_value(const char *text)
{
	size_t len = strlen(text);

	if (len && text[len - 1] == '+')
		return json_sprintf("%.*s*", (int)len - 1, text);
	return json_string(text);
}

static void add_match(json_t *expr, const struct option *o, const char *value,
		      bool not)
{
	json_t *right = o->kind == 's' ? word_value(value) :
					 list_value(value, o->kind);

	/* DNAT is a state for iptables, a status for nft */
	if (o->kind == 'l' && !strcmp(value, "DNAT"))
		o = &dnat;
	json_array_append_new(expr, json_pack("{s:{s:s, s:o, s:o}}",
					      "match", "op", not ? "!=" : "==",
					      "left",
					      json_loads(o->left, 0, NULL),
					      "right", right));
}

static void add_target(json_t *expr, const char *key, const char *name)
{
	static const struct {
		const char *ipt;
		const char *nft;
	} targets[] = {
		{ "ACCEPT", "accept" }, { "DROP", "drop" },
		{ "REJECT", "reject" }, { "RETURN", "return" },
		{ "MASQUERADE", "masquerade" }, { "SNAT", "snat" },
		{ "NETMAP", "snat" }, { "DNAT", "dnat" },
		{ "REDIRECT", "redirect" }, { "FLOWOFFLOAD", "flow" },
		{ "NFQUEUE", "queue" }, { "LOG", "log" }, { "CT", "notrack" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(targets); i++) {
		if (strcmp(targets[i].ipt, name))
			continue;
		json_array_append_new(expr, json_pack("{s:n}",
						      targets[i].nft));
		return;
	}
	json_array_append_new(expr, json_pack("{s:{s:s}}", key, "target",
					      name));
}

/* Split at blanks; quotes hold together. @line is changed. */
static int split(char *line, char **words)
{
	int n = 0;

	while (n < IPT_WORDS) {
		char end = ' ';

		while (*line == ' ')
			line++;
		if (!*line)
			break;
		if (*line == '"') {
			end = '"';
			line++;
		}
		words[n++] = line;
		while (*line && *line != end)
			line++;
		if (*line)
			*line++ = '\0';
	}
	return n;
}

static bool is_target(const char *word)
{
	return !strcmp(word, "-j") || !strcmp(word, "-g");
}

/* A word and its value, if it is one that has a value here. */
static bool read_pair(json_t *expr, const struct option *o, const char *word,
		      const char *value, bool not)
{
	if (is_target(word))
		add_target(expr, word[1] == 'j' ? "jump" : "goto", value);
	else if (!strcmp(word, "--helper"))
		json_array_append_new(expr, json_pack("{s:s}", "ct helper",
						      value));
	else if (o)
		add_match(expr, o, value, not);
	else
		return is_noise(word);
	return true;
}

/* The words behind "-A CHAIN" as expressions. */
static json_t *read_words(char **words, int n)
{
	json_t *expr = json_array();
	bool not = false, target = false;
	const struct option *o;
	int i;

	for (i = 0; i < n; i++) {
		if (!strcmp(words[i], "!")) {
			not = true;
			continue;
		}
		o = find_option(words[i]);
		target |= is_target(words[i]);
		if (i + 1 < n &&
		    read_pair(expr, o, words[i], words[i + 1], not))
			i++;
		else if (words[i][0] == '-' && !target)
			json_array_insert_new(expr, 0,
					      json_pack("{s:n}", "xt"));
		not = false;
	}
	return expr;
}

static void read_rule(struct ipt *ipt, const char *line)
{
	char *copy = strdup(line), *words[IPT_WORDS];
	int n = copy ? split(copy, words) : 0;
	json_t *rule;

	if (n >= 2) {
		rule = json_pack("{s:{s:s, s:s, s:s, s:s, s:s, s:o}}", "rule",
				 "family", ipt->tool, "tool", ipt->tool,
				 "table", ipt->table, "chain", words[1],
				 "text", line + strlen("-A "),
				 "expr", read_words(words + 2, n - 2));
		json_array_append_new(ipt->objects, rule);
	}
	free(copy);
}

static const char *hook_of(const char *chain)
{
	static const char *const hooks[][2] = {
		{ "PREROUTING", "prerouting" }, { "INPUT", "input" },
		{ "FORWARD", "forward" }, { "OUTPUT", "output" },
		{ "POSTROUTING", "postrouting" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (!strcmp(hooks[i][0], chain))
			return hooks[i][1];
	}
	return NULL;
}

/* ":FORWARD DROP [0:0]", or ":mine - [0:0]" */
static void read_chain(struct ipt *ipt, const char *line)
{
	char name[64], policy[16];
	json_t *chain;
	const char *hook, *type;

	if (sscanf(line, ":%63s %15s", name, policy) != 2)
		return;
	lower(policy);
	chain = json_pack("{s:s, s:s, s:s, s:s}", "family", ipt->tool,
			  "tool", ipt->tool, "table", ipt->table,
			  "name", name);
	hook = hook_of(name);
	if (hook) {
		json_object_set_new(chain, "hook", json_string(hook));
		json_object_set_new(chain, "policy", json_string(policy));
		type = strcmp(ipt->table, "nat") ? "filter" : "nat";
		json_object_set_new(chain, "type", json_string(type));
	}
	json_array_append_new(ipt->objects, json_pack("{s:o}", "chain",
						      chain));
}

void fw_ipt_read(json_t *objects, const char *tool, const char *text)
{
	struct ipt ipt = { .objects = objects, .tool = tool };
	char *copy = strdup(text), *save, *line;

	for (line = copy ? strtok_r(copy, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (*line == '*')
			snprintf(ipt.table, sizeof(ipt.table), "%s", line + 1);
		else if (*line == ':')
			read_chain(&ipt, line);
		else if (!strncmp(line, "-A ", 3))
			read_rule(&ipt, line);
	}
	free(copy);
}
