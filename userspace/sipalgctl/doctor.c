// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor.c - `doctor`: what on this router would keep SIP from working, why,
 * and the command that mends it.
 *
 * It changes nothing itself; only the module is loaded when it is installed,
 * as by any other request.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "nl.h"
#include "out.h"

/* In the order in which they are to be mended. */
static const struct check {
	const char *name;
	void (*run)(struct doctor *d);
	bool module;		/* cannot be asked without the module */
} checks[] = {
	{ "module", check_module, false },
	{ "version", check_version, true },
	{ "enabled", check_enabled, true },
	{ "helper-conflict", check_helper_conflict, false },
	{ "ip-forward", check_ip_forward, false },
	{ "rp-filter", check_rp_filter, false },
	{ "masquerade", check_masquerade, false },
	{ "forward-accept", check_forward_accept, false },
	{ "outbound-policy", check_outbound_policy, false },
	{ "flowtable", check_flowtable, false },
	{ "upnp", check_upnp, false },
	{ "expect-limit", check_expect_limit, false },
	{ "conntrack-limit", check_conntrack_limit, false },
	{ "udp-timeout", check_udp_timeout, false },
	{ "config", check_config, true },
};

static char *format_text(const char *format, va_list *args)
{
	char *text;

	if (vasprintf(&text, format, *args) >= 0)
		return text;
	fputs("sipalgctl: doctor: out of memory\n", stderr);
	exit(CTL_UNABLE);
}

static char *make_text(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

static char *make_text(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text(format, &args);
	va_end(args);
	return text;
}

/* One more command behind the others; takes @command over. */
static void add_fix(struct doctor *d, const char *where, const char *name,
		    char *command)
{
	char *all = make_text("%s%s%s%s%s%s", d->fix ? d->fix : "",
			      d->fix ? " && " : "", where, name,
			      *name ? " " : "", command);

	free(command);
	free(d->fix);
	d->fix = all;
}

void fix_here(struct doctor *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_fix(d, d->netns ? "ip netns exec " : "", d->netns ? d->netns : "",
		format_text(format, &args));
	va_end(args);
}

void fix_global(struct doctor *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_fix(d, "", "", format_text(format, &args));
	va_end(args);
}

void fix_ctl(struct doctor *d, const char *command)
{
	add_fix(d, d->netns ? "sipalgctl -n " : "sipalgctl",
		d->netns ? d->netns : "", make_text("%s%s",
						    d->netns ? "" : " ",
						    command));
}

/* Takes @detail over. */
static void say(struct doctor *d, const char *state, char *detail)
{
	bool ok = !strcmp(state, "ok");

	json_array_append_new(d->checks,
			      json_pack("{s:s, s:s, s:o, s:o}",
					"name", d->check, "state", state,
					"detail", out_string(detail),
					"fix", d->fix && !ok ?
					out_string(d->fix) : json_null()));
	d->problems += !ok;
	free(detail);
	free(d->fix);
	d->fix = NULL;
}

void doctor_ok(struct doctor *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(d, "ok", format_text(format, &args));
	va_end(args);
}

void doctor_warn(struct doctor *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(d, "warn", format_text(format, &args));
	va_end(args);
}

void doctor_fail(struct doctor *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(d, "fail", format_text(format, &args));
	va_end(args);
}

/* CAP_NET_ADMIN, bit 12, over this namespace: rules are shown to nobody else */
static bool may_look(void)
{
	unsigned long long caps = 0;
	char line[128];
	FILE *f = fopen("/proc/self/status", "re");

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "CapEff: %llx", &caps) == 1)
			break;
	}
	if (f)
		fclose(f);
	return caps >> 12 & 1;
}

static void run_checks(struct doctor *d)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		d->check = checks[i].name;
		if (d->loaded || !checks[i].module)
			checks[i].run(d);
	}
}

/* The reason and what to do in one cell: a line is copied as a whole. */
static void print_text(const struct doctor *d)
{
	static const struct out_column columns[] = {
		{ "state", "STATE", OUT_STATE }, { "name", "CHECK", 0 },
		{ "detail", "WHY, AND WHAT TO DO", 0 }, { NULL, NULL, 0 },
	};
	json_t *rows = json_array(), *check;
	size_t i;

	json_array_foreach(d->checks, i, check) {
		const char *fix = json_string_value(json_object_get(check,
								    "fix"));
		const char *why = fw_get(check, "detail");
		json_t *row = json_copy(check);

		if (fix)
			json_object_set_new(row, "detail",
					    json_sprintf("%s; run: %s", why,
							 fix));
		json_array_append_new(rows, row);
	}
	out_list(d->ctl, columns, rows);
	json_decref(rows);
}

static void print(const struct doctor *d)
{
	json_t *result;

	if (!d->ctl->json) {
		print_text(d);
		return;
	}
	result = json_pack("{s:O, s:i}", "checks", d->checks,
			   "problems", (int)d->problems);
	out_json(d->ctl, result);
	json_decref(result);
}

static int run(struct ctl *ctl, struct words *w)
{
	struct doctor d = { .ctl = ctl };
	int ret;

	if (words_end(ctl, w))
		return CTL_USAGE;
	if (!may_look())
		return ctl_error(ctl, CTL_UNABLE,
				 "no permission: rules are read with CAP_NET_ADMIN in the network namespace, as root");
	d.netns = ctl->netns;
	ret = doctor_facts(&d);
	if (ret)
		return ret;
	d.checks = json_array();
	fw_read(&d.fw);
	run_checks(&d);
	print(&d);
	fw_free(&d.fw);
	json_decref(d.checks);
	return d.problems ? CTL_PROBLEM : CTL_DONE;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.args = "",
	.summary = "What on this router would keep SIP from working",
	.help = "One line a check: ok, warn or fail, the reason, and the command that mends\n"
		"it. Rules of nft, iptables-legacy and iptables-nft are read, nothing is\n"
		"changed. The exit status is 4 when a check is not ok. Without the module\n"
		"`module` says why it does not load, `version`, `enabled` and `config` are left out.\n",
	.run = run,
};
