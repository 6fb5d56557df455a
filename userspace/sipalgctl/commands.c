// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands.c - the command table: which objects there are, and `help`.
 *
 * An object stands here once it works; a word that does not is unknown.
 */
#include <stdio.h>
#include <string.h>

#include "ctl.h"

const struct command *const commands[] = {
	&cmd_status,
	&cmd_enable,
	&cmd_disable,
	&cmd_port,
	&cmd_localnet,
	&cmd_host,
	&cmd_reg,
	&cmd_call,
	&cmd_media,
	&cmd_stats,
	&cmd_monitor,
	&cmd_set,
	&cmd_config,
	&cmd_explain,
	&cmd_doctor,
	&cmd_export,
	&cmd_help,
	NULL,
};

const struct command *command_find(const char *name)
{
	const struct command *const *cmd;

	for (cmd = commands; *cmd; cmd++) {
		if (!strcmp(name, (*cmd)->name))
			return *cmd;
	}
	return NULL;
}

void help_general(void)
{
	const struct command *const *cmd;

	puts("Usage: sipalgctl [OPTION]... [OBJECT [VERB] [ARGUMENT]...]\n"
	     "Shows and changes what the SIP ALG of this network namespace does.\n"
	     "The default object is status, the default verb is show.\n"
	     "\n"
	     "Objects:");
	for (cmd = commands; *cmd; cmd++)
		printf("  %-8s  %s\n", (*cmd)->name, (*cmd)->summary);
	puts("\n"
	     "Options:\n"
	     "  -j, --json          print JSON\n"
	     "  -p, --pretty        print JSON, indented\n"
	     "  -s, --stats         show more, packet counts for instance\n"
	     "  -n, --netns NAME    in the network namespace /run/netns/NAME\n"
	     "  -b, --batch FILE|-  run the commands in FILE, one a line\n"
	     "  -q, --quiet         no notes and no warnings\n"
	     "  -c, --color[=auto|always|never]\n"
	     "  -V, --version       print the version\n"
	     "  -h, --help          print this text\n"
	     "\n"
	     "Exit status: 0 done, 1 wrong words or file, 2 refused by the kernel,\n"
	     "3 no module or no permission, 4 it found something.\n"
	     "`sipalgctl help OBJECT` says more.");
}

void help_object(const struct command *cmd)
{
	printf("Usage: sipalgctl %s%s%s\n%s.\n", cmd->name,
	       *cmd->args ? " " : "", cmd->args, cmd->summary);
	if (*cmd->help)
		printf("\n%s", cmd->help);
}

static bool is_help(const char *word)
{
	return word && (!strcmp(word, "help") || !strcmp(word, "-h") ||
			!strcmp(word, "--help"));
}

static int unknown_object(struct ctl *ctl, struct words *w, const char *name)
{
	w->object = name;
	return words_wrong(ctl, w,
			   "unknown object; `sipalgctl help` lists them");
}

/**
 * command_run() - run the command in @w
 * @ctl: options
 * @w: object, verb, arguments; no word at all means `status`
 *
 * Return: enum ctl_exit
 */
int command_run(struct ctl *ctl, struct words *w)
{
	const char *name = words_next(w);
	const struct command *cmd = command_find(name ? name : "status");

	ctl->words = w;
	if (!cmd)
		return unknown_object(ctl, w, name);
	w->object = cmd->name;
	if (is_help(words_peek(w))) {
		words_next(w);
		if (words_end(ctl, w))
			return CTL_USAGE;
		help_object(cmd);
		return CTL_DONE;
	}
	return cmd->run(ctl, w);
}

static int run_help(struct ctl *ctl, struct words *w)
{
	const char *name = words_next(w);
	const struct command *cmd;

	if (!name) {
		help_general();
		return CTL_DONE;
	}
	cmd = command_find(name);
	if (!cmd)
		return unknown_object(ctl, w, name);
	if (words_end(ctl, w))
		return CTL_USAGE;
	help_object(cmd);
	return CTL_DONE;
}

const struct command cmd_help = {
	.name = "help",
	.args = "[OBJECT]",
	.summary = "Explain an object, or list them",
	.help = "",
	.run = run_help,
};
