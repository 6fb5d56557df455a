// SPDX-License-Identifier: GPL-2.0-only
/*
 * batch.c - commands from a file: one a line, `#` starts a comment, quotes
 * keep a space inside a word. The first error ends it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

enum {
	BATCH_WORDS = 256,	/* words of a line */
};

/**
 * cut_word() - take the next word off a line, in place
 * @at: where to read; moved behind the word
 * @word: out: the word, NUL-terminated; NULL at the end of the line
 *
 * Return: false if a quote is not closed.
 */
static bool cut_word(char **at, char **word)
{
	char *in = *at, *out, quote = 0;

	in += strspn(in, " \t\r\n");
	*word = *in && *in != '#' ? in : NULL;
	if (!*word)
		return true;

	for (out = in; *in && (quote || !strchr(" \t\r\n", *in)); in++) {
		if (quote ? *in == quote : *in == '"' || *in == '\'')
			quote = quote ? 0 : *in;
		else
			*out++ = *in;
	}
	*at = *in ? in + 1 : in;
	*out = '\0';
	return !quote;
}

static int cut_line(struct ctl *ctl, struct words *w, char *line)
{
	char *word;

	w->argc = 0;
	for (;;) {
		if (!cut_word(&line, &word))
			return ctl_error(ctl, CTL_USAGE,
					 "a quote is not closed");
		if (!word)
			return CTL_DONE;
		if (w->argc == BATCH_WORDS)
			return ctl_error(ctl, CTL_USAGE, "too many words");
		w->argv[w->argc++] = word;
	}
}

static int run_line(struct ctl *ctl, struct words *w, char *line)
{
	int ret;

	w->pos = 0;
	w->object = NULL;
	ret = cut_line(ctl, w, line);
	if (ret || !w->argc)
		return ret;
	ret = command_run(ctl, w);
	fflush(stdout);
	return ret;
}

static int run_file(struct ctl *ctl, struct words *w, FILE *file)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int ret = CTL_DONE;

	while (!ret && (len = getline(&line, &size, file)) >= 0) {
		w->line++;
		if (memchr(line, '\0', (size_t)len))
			ret = ctl_error(ctl, CTL_USAGE, "this is not text");
		else
			ret = run_line(ctl, w, line);
	}
	if (!ret && ferror(file))
		ret = ctl_error(ctl, CTL_USAGE, "cannot read: %s",
				strerror(errno));
	free(line);
	return ret;
}

/**
 * batch_run() - run the commands of the file ctl->batch
 * @ctl: options
 *
 * Return: enum ctl_exit of the first command that is not done.
 */
int batch_run(struct ctl *ctl)
{
	bool is_stdin = !strcmp(ctl->batch, "-");
	struct words *before = ctl->words;
	char *argv[BATCH_WORDS];
	struct words w = {
		.argv = argv,
		.file = is_stdin ? "stdin" : ctl->batch,
	};
	FILE *file;
	int ret;

	file = is_stdin ? stdin : fopen(ctl->batch, "re");
	if (!file)
		return ctl_error(ctl, CTL_USAGE, "cannot open %s: %s",
				 ctl->batch, strerror(errno));
	ctl->words = &w;
	ret = run_file(ctl, &w, file);
	ctl->words = before;
	if (!is_stdin)
		fclose(file);
	return ret;
}
