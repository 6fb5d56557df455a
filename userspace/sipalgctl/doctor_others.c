// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_others.c - what else on this router takes hold of SIP: other
 * conntrack helpers, flowtables, UPnP.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "program.h"

/* Helpers that open ports by what packets say (SEC-9). */
static bool opens_holes(const char *type)
{
	static const char *const types[] = {
		"sip", "RAS", "Q.931", "H.245", "irc", "pptp",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (!strcmp(type, types[i]))
			return true;
	}
	return false;
}

static bool is_loaded(const char *module)
{
	size_t len = strlen(module);
	bool found = false;
	char line[512];
	FILE *f = fopen("/proc/modules", "re");

	while (f && !found && fgets(line, sizeof(line), f))
		found = !strncmp(line, module, len) && line[len] == ' ';
	if (f)
		fclose(f);
	return found;
}

static long long handle_of(const json_t *rule)
{
	return json_integer_value(json_object_get(rule, "handle"));
}

/* `nft delete rule`, or the rule of iptables with -D */
static void fix_delete(struct doctor *d, const json_t *rule)
{
	const char *tool = fw_get(rule, "tool");

	if (*tool)
		fix_here(d, "%s -t %s -D %s", tool, fw_get(rule, "table"),
			 fw_get(rule, "text"));
	else
		fix_here(d, "nft delete rule %s %s %s handle %lld",
			 fw_get(rule, "family"), fw_get(rule, "table"),
			 fw_get(rule, "chain"), handle_of(rule));
}

/* The helper that an object of nft's names, or the name itself. */
static const char *helper_type(const struct doctor *d, const json_t *rule,
			       const char *name)
{
	const json_t *object, *helper;
	size_t i;

	if (*fw_get(rule, "tool"))
		return name;
	json_array_foreach(d->fw.objects, i, object) {
		helper = json_object_get(object, "ct helper");
		if (helper && !strcmp(fw_get(helper, "name"), name) &&
		    !strcmp(fw_get(helper, "table"), fw_get(rule, "table")) &&
		    !strcmp(fw_get(helper, "family"), fw_get(rule, "family")))
			return fw_get(helper, "type");
	}
	return "";
}

/* Which helper does a rule assign? "" for none that matters. */
static const char *assigned(const struct doctor *d, const json_t *rule)
{
	const json_t *statement, *name;
	const char *type;
	size_t i;

	json_array_foreach(json_object_get(rule, "expr"), i, statement) {
		name = json_object_get(statement, "ct helper");
		if (!json_is_string(name))
			continue;
		type = helper_type(d, rule, json_string_value(name));
		if (opens_holes(type))
			return type;
	}
	return "";
}

/* Deletes rules, then nft's objects: in use, they hold the modules. */
static const char *fix_helpers(struct doctor *d)
{
	const json_t *object, *found;
	const char *type, *first = NULL;
	size_t i;

	json_array_foreach(d->fw.objects, i, object) {
		found = json_object_get(object, "rule");
		type = found ? assigned(d, found) : "";
		if (!*type)
			continue;
		fix_delete(d, found);
		first = first ? first : type;
	}
	json_array_foreach(d->fw.objects, i, object) {
		found = json_object_get(object, "ct helper");
		if (!found || !opens_holes(fw_get(found, "type")))
			continue;
		fix_here(d, "nft delete ct helper %s %s %s",
			 fw_get(found, "family"), fw_get(found, "table"),
			 fw_get(found, "name"));
	}
	return first;
}

/* nf_nat_sip alone is harmless, until a rule of some namespace assigns it. */
static bool fix_modules(struct doctor *d)
{
	bool nat = is_loaded("nf_nat_sip"), ct = is_loaded("nf_conntrack_sip");

	if (nat || ct)
		fix_global(d, "modprobe -r%s%s", nat ? " nf_nat_sip" : "",
			   ct ? " nf_conntrack_sip" : "");
	return nat || ct;
}

void check_helper_conflict(struct doctor *d)
{
	const char *rule = fix_helpers(d);
	uint16_t port = 0;
	unsigned int flows = flows_with_sip_helper(&port);
	bool modules;

	if (flows)
		fix_here(d, "conntrack -D -p udp --orig-port-dst %u", port);
	modules = fix_modules(d);
	if (flows)
		doctor_fail(d, "%u flows carry the in-tree helper sip and are left to it",
			    flows);
	else if (rule)
		doctor_fail(d, "a rule assigns the helper %s: it opens ports by what packets say",
			    rule);
	else if (modules)
		doctor_warn(d,
			    "the in-tree helper nf_conntrack_sip is loaded: a rule could give SIP flows to it");
	else if (d->fix)
		doctor_warn(d,
			    "nft has a helper that opens ports by what packets say, but no rule assigns it");
	else
		doctor_ok(d, "no other helper takes SIP flows or opens ports");
}

/* The text of a rule, as `nft -a` lists it, without its handle. */
static char *rule_text(const json_t *rule)
{
	const char *const argv[] = {
		"nft", "-a", "list", "chain", fw_get(rule, "family"),
		fw_get(rule, "table"), fw_get(rule, "chain"), NULL
	};
	char handle[48], *text = NULL, *at, *line, *save;
	struct program p;

	snprintf(handle, sizeof(handle), " # handle %lld", handle_of(rule));
	program_run(&p, argv);
	for (line = strtok_r(p.out, "\n", &save); line && !text;
	     line = strtok_r(NULL, "\n", &save)) {
		at = strstr(line, handle);
		if (!at || at[strlen(handle)])
			continue;
		*at = '\0';
		text = strdup(line + strspn(line, "\t "));
	}
	program_free(&p);
	return text;
}

/*
 * The same rule, but not for the SIP ports. Two != with one port each would
 * become one of both ports together in nft, so there is port 0 beside them.
 */
static void fix_flowtable(struct doctor *d, const json_t *rule)
{
	char ports[8 * DOCTOR_PORTS], *text;

	if (*fw_get(rule, "tool")) {
		fix_delete(d, rule);
		return;
	}
	text = rule_text(rule);
	ports_ipt(&d->udp, ports, sizeof(ports));
	if (text)
		fix_here(d,
			 "nft 'replace rule %s %s %s handle %lld th dport != { 0,%s } th sport != { 0,%s } %s'",
			 fw_get(rule, "family"), fw_get(rule, "table"),
			 fw_get(rule, "chain"), handle_of(rule), ports, ports,
			 text);
	else
		fix_delete(d, rule);
	free(text);
}

/*
 * A flow with our helper is never offloaded. One that began before `enable`
 * has none, and is: then no hook sees its messages.
 */
void check_flowtable(struct doctor *d)
{
	static const char *const goals[] = { "flow", NULL };
	const json_t *rule = NULL;
	unsigned int i;

	for (i = 0; i < d->udp.n && !rule; i++) {
		struct fw_packet out = {
			.state = "established", .dport = d->udp.port[i],
		};
		struct fw_packet back = {
			.state = "established", .sport = d->udp.port[i],
		};

		rule = fw_reached(&d->fw, &out, "forward", "filter", goals);
		if (!rule)
			rule = fw_reached(&d->fw, &back, "forward", "filter",
					  goals);
	}
	if (!rule) {
		doctor_ok(d, "no flowtable takes SIP flows");
		return;
	}
	fix_flowtable(d, rule);
	doctor_warn(d,
		    "a flowtable rule takes SIP: messages of flows that began before `enable` pass unseen");
}

static bool is_upnp_chain(const char *chain)
{
	char name[64];
	size_t i;

	for (i = 0; i < sizeof(name) - 1 && chain[i]; i++)
		name[i] = (char)tolower((unsigned char)chain[i]);
	name[i] = '\0';
	return strstr(name, "miniupnpd") || strstr(name, "upnp");
}

/* Does a lease take a packet to this port? */
static bool leases(const struct doctor *d, const json_t *rule, uint16_t port)
{
	struct fw_packet p = { .state = "new", .dport = port };
	json_t *statement, *match;
	bool dnat = false;
	size_t i;

	json_array_foreach(json_object_get(rule, "expr"), i, statement) {
		match = json_object_get(statement, "match");
		if (match && fw_match(&d->fw, rule, match, &p) == FW_NO)
			return false;
		dnat |= !!json_object_get(statement, "dnat");
	}
	return dnat;
}

static uint16_t leased_port(const struct doctor *d, const json_t *rule)
{
	unsigned int i;

	for (i = 0; i < d->udp.n; i++) {
		if (leases(d, rule, d->udp.port[i]))
			return d->udp.port[i];
	}
	return 0;
}

void check_upnp(struct doctor *d)
{
	const json_t *object, *rule;
	uint16_t port = 0, one;
	size_t i;

	json_array_foreach(d->fw.objects, i, object) {
		rule = json_object_get(object, "rule");
		if (!rule || !is_upnp_chain(fw_get(rule, "chain")))
			continue;
		one = leased_port(d, rule);
		if (!one)
			continue;
		fix_delete(d, rule);
		port = one;
	}
	if (port)
		doctor_warn(d,
			    "a UPnP lease takes udp %u from outside to one host: calls to others do not arrive there",
			    port);
	else
		doctor_ok(d, "no UPnP lease takes a SIP port");
}
