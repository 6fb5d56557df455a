// SPDX-License-Identifier: GPL-2.0-only
/*
 * set.c - `set`: one setting. What its text alone shows to be wrong is found
 * here; which keys there are is up to the module that is loaded.
 */
#include <string.h>

#include "ctl.h"
#include "nl.h"
#include "tunable_key.h"

static int read_text(struct ctl *ctl, struct words *w, const char *what,
		     const char **text)
{
	*text = words_next(w);
	if (!*text)
		return words_missing(ctl, w, "the %s is missing", what);
	if (!**text || strlen(*text) > SIPALG_MAX_WORD)
		return words_wrong(ctl, w, "the %s has 1 to %d characters",
				   what, SIPALG_MAX_WORD);
	return CTL_DONE;
}

static int read_value(struct ctl *ctl, struct words *w, const char *key,
		      const char **value)
{
	const struct tunable_key *def = tunable_find(key);
	uint32_t number;
	int err;

	err = read_text(ctl, w, "value", value);
	if (!err && def && *value && tunable_parse(def, *value, &number))
		err = words_wrong(ctl, w, "%s", def->error);
	return err;
}

static int run(struct ctl *ctl, struct words *w)
{
	const char *key, *value;
	struct nl_req req;

	if (read_text(ctl, w, "key", &key) ||
	    read_value(ctl, w, key, &value) || words_end(ctl, w))
		return CTL_USAGE;
	nl_start(&req, SIPALG_CMD_SET);
	mnl_attr_put_strz(req.nlh, SIPALG_A_KEY, key);
	mnl_attr_put_strz(req.nlh, SIPALG_A_VALUE, value);
	return nl_do(ctl, &req, NULL);
}

const struct command cmd_set = {
	.name = "set",
	.args = "KEY VALUE",
	.summary = "Change a setting, effective at once",
	.help = "KEY and its default:\n"
		"  reg-source any            who may call a registered phone: any proxy,\n"
		"                            or only its registrar (`registrar`)\n"
		"  max-regs 1000000          registrations that are kept\n"
		"  max-regs-per-host 4096    ... of one LAN address\n"
		"  max-calls 100000          calls that are kept\n"
		"  max-calls-per-host 10000  ... of one LAN address\n"
		"  rtp-ports 16384-65535     used only when the LAN port is not free outside\n"
		"  media-timeout 30          seconds for a pinhole that nothing ever used\n"
		"  reg-grace 60              seconds a binding lives beyond its Expires\n"
		"  accounting on             count packets of media flows (`off` saves it)\n"
		"`sipalgctl -s status` shows the values in force.\n",
	.run = run,
};
