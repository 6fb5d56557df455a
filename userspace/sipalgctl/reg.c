// SPDX-License-Identifier: GPL-2.0-only
/*
 * reg.c - `reg`: who is registered through this router.
 */
#include <string.h>
#include <strings.h>

#include "ctl.h"
#include "nl.h"
#include "out.h"
#include "rows.h"

static const struct out_column columns[] = {
	{ "aor", "AOR", 0 },
	{ "state", "STATE", OUT_STATE },
	{ "lan", "LAN", 0 },
	{ "wan", "WAN", 0 },
	{ "peer", "PEER", 0 },
	{ "proto", "PROTO", 0 },
	{ "expires_s", "EXPIRES", OUT_RIGHT },
	{ "contact", "CONTACT", OUT_STATS },
	{ NULL, NULL, 0 },
};

static int show_regs(struct ctl *ctl, struct words *w)
{
	static const struct out_table table = { columns, row_reg, NULL };
	struct nl_msgs msgs = { 0 };
	struct nl_req req;
	int ret;

	if (words_end(ctl, w))
		return CTL_USAGE;
	nl_start(&req, SIPALG_CMD_REG_GET);
	ret = nl_dump(ctl, &req, &msgs);
	if (!ret)
		out_table(ctl, &table, &msgs);
	nl_free(&msgs);
	return ret;
}

/* user@host; people also paste the whole URI. */
static int read_aor(struct ctl *ctl, struct words *w, const char **aor)
{
	const char *word = words_next(w);
	const char *at;

	if (!word)
		return words_missing(ctl, w, "the AOR is missing");
	if (!strncasecmp(word, "sip:", 4))
		word += 4;
	else if (!strncasecmp(word, "sips:", 5))
		word += 5;
	at = strchr(word, '@');
	if (!at || at == word || !at[1])
		return words_wrong(ctl, w, "an AOR is USER@HOST");
	if (strlen(word) > SIPALG_MAX_AOR)
		return words_wrong(ctl, w, "an AOR has at most %d characters",
				   SIPALG_MAX_AOR);
	*aor = word;
	return CTL_DONE;
}

static int del_reg(struct ctl *ctl, struct words *w)
{
	struct nl_req req;
	const char *aor = NULL;

	if (read_aor(ctl, w, &aor) || words_end(ctl, w))
		return CTL_USAGE;
	nl_start(&req, SIPALG_CMD_REG_DEL);
	mnl_attr_put_strz(req.nlh, SIPALG_A_AOR, aor);
	return nl_do(ctl, &req, NULL);
}

static int flush_regs(struct ctl *ctl, struct words *w)
{
	if (words_end(ctl, w))
		return CTL_USAGE;
	return nl_command(ctl, SIPALG_CMD_REG_FLUSH);
}

static int run(struct ctl *ctl, struct words *w)
{
	static const struct verb verbs[] = {
		{ "show", show_regs },
		{ "del", del_reg },
		{ "flush", flush_regs },
		{ NULL, NULL },
	};

	return words_verb(ctl, w, verbs);
}

const struct command cmd_reg = {
	.name = "reg",
	.args = "[show | del AOR | flush]",
	.summary = "The registrations of phones behind this router",
	.help = "AOR is USER@HOST, as `show` prints it. `del` and `flush` forget the\n"
		"registration and close its binding; the phone's next REGISTER makes a\n"
		"new one.\n",
	.run = run,
};
