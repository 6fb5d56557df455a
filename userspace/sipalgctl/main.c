// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - options, then one command or a batch of them.
 *
 * Options stand before the object and only there; behind it are words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/sipalg.h>

#include "ctl.h"
#include "nl.h"
#include "out.h"

struct option {
	const char *name;
	char letter;
	char arg;		/* 0 none, 'y' needed, 'm' only after '=' */
};

static const struct option options[] = {
	{ "json", 'j', 0 },	{ "pretty", 'p', 0 },	{ "stats", 's', 0 },
	{ "netns", 'n', 'y' },	{ "batch", 'b', 'y' },	{ "quiet", 'q', 0 },
	{ "color", 'c', 'm' },	{ "version", 'V', 0 },	{ "help", 'h', 0 },
};

static const struct option *find_long(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (strlen(options[i].name) == len &&
		    !memcmp(options[i].name, name, len))
			return &options[i];
	}
	return NULL;
}

static const struct option *find_short(char letter)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (options[i].letter == letter)
			return &options[i];
	}
	return NULL;
}

static int set_color(struct ctl *ctl, struct words *w, const char *when)
{
	if (!when || !strcmp(when, "always"))
		ctl->color = COLOR_ALWAYS;
	else if (!strcmp(when, "auto"))
		ctl->color = COLOR_AUTO;
	else if (!strcmp(when, "never"))
		ctl->color = COLOR_NEVER;
	else
		return words_wrong(ctl, w,
				   "color is auto, always or never");
	return CTL_DONE;
}

static void set_option(struct ctl *ctl, char letter, const char *arg)
{
	switch (letter) {
	case 'p':
		ctl->pretty = true;
		/* fall through */
	case 'j':
		ctl->json = true;
		break;
	case 's':
		ctl->stats = true;
		break;
	case 'q':
		ctl->quiet = true;
		break;
	case 'n':
		ctl->netns = arg;
		break;
	case 'b':
		ctl->batch = arg;
		break;
	case 'V':
		printf("sipalgctl %s\n", SIPALG_VERSION);
		exit(CTL_DONE);
	case 'h':
		help_general();
		exit(CTL_DONE);
	}
}

static int take_option(struct ctl *ctl, struct words *w,
		       const struct option *opt, const char *arg)
{
	if (opt->arg == 'm')
		return set_color(ctl, w, arg);
	if (!opt->arg && arg)
		return words_wrong(ctl, w, "--%s takes no value", opt->name);
	if (opt->arg == 'y' && !arg) {
		arg = words_next(w);
		if (!arg)
			return words_missing(ctl, w, "--%s needs a value",
					     opt->name);
	}
	if (arg && !*arg)
		return words_wrong(ctl, w, "--%s needs a value", opt->name);
	set_option(ctl, opt->letter, arg);
	return CTL_DONE;
}

static int read_long(struct ctl *ctl, struct words *w, const char *word)
{
	const char *equal = strchr(word, '=');
	size_t len = equal ? (size_t)(equal - word) : strlen(word);
	const struct option *opt = find_long(word, len);

	if (!opt)
		return words_wrong(ctl, w, "unknown option");
	return take_option(ctl, w, opt, equal ? equal + 1 : NULL);
}

/* -j, -jp, -n NAME, -nNAME, -c=never */
static int read_short(struct ctl *ctl, struct words *w, const char *word)
{
	int err = CTL_DONE;

	while (*word && !err) {
		const struct option *opt = find_short(*word++);
		const char *arg = NULL;

		if (!opt)
			return words_wrong(ctl, w, "unknown option");
		if (*word && (*word == '=' || opt->arg == 'y')) {
			arg = word + (*word == '=');
			word += strlen(word);
		}
		err = take_option(ctl, w, opt, arg);
	}
	return err;
}

static int read_options(struct ctl *ctl, struct words *w)
{
	const char *word;
	int err = CTL_DONE;

	while (!err) {
		word = words_peek(w);
		if (!word || word[0] != '-' || !word[1])
			break;
		words_next(w);
		if (!strcmp(word, "--"))
			break;
		if (word[1] == '-')
			err = read_long(ctl, w, word + 2);
		else
			err = read_short(ctl, w, word + 1);
	}
	return err;
}

int main(int argc, char **argv)
{
	struct words w = {
		.argv = argv + 1,
		.argc = argc > 0 ? argc - 1 : 0,
		.prefix = "sipalgctl",
	};
	struct ctl ctl = { .words = &w };
	int ret;

	ret = read_options(&ctl, &w);
	if (ret)
		return ret;
	if (ctl.batch && words_next(&w))
		return words_wrong(&ctl, &w,
				   "with --batch the commands come from the file");

	ret = ctl.batch ? batch_run(&ctl) : command_run(&ctl, &w);
	nl_close(&ctl);
	return out_finish(&ctl, ret);
}
