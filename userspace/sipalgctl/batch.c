// SPDX-License-Identifier: GPL-2.0-only
/*
 * batch.c - lines of a file, for `--batch` and configuration files: `#` starts
 * a comment, quotes keep a space inside a word. The first error ends it.
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

static int run_line(struct ctl *ctl, struct words *w, char *line,
		    batch_fn run)
{
	int ret;

	w->pos = 0;
	w->object = NULL;
	ret = cut_line(ctl, w, line);
	if (ret || !w->argc)
		return ret;
	return run(ctl, w);
}

static int run_file(struct ctl *ctl, struct words *w, FILE *file,
		    batch_fn run)
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
			ret = run_line(ctl, w, line, run);
	}
	if (!ret && ferror(file)) {
		w->object = NULL;
		ret = ctl_error(ctl, CTL_USAGE, "cannot read: %s",
				strerror(errno));
	}
	free(line);
	return ret;
}

/**
 * batch_read() - hand over the lines of a file, word by word
 * @ctl: options
 * @path: file, or "-" for standard input
 * @run: gets each line that has a word
 *
 * Return: enum ctl_exit of the first line that is not done.
 */
int batch_read(struct ctl *ctl, const char *path, batch_fn run)
{
	bool is_stdin = !strcmp(path, "-");
	struct words *before = ctl->words;
	char *argv[BATCH_WORDS];
	struct words w = {
		.argv = argv,
		.file = is_stdin ? "stdin" : path,
	};
	FILE *file;
	int ret;

	file = is_stdin ? stdin : fopen(path, "re");
	if (!file)
		return ctl_error(ctl, CTL_USAGE, "cannot open %s: %s", path,
				 strerror(errno));
	ctl->words = &w;
	ret = run_file(ctl, &w, file, run);
	ctl->words = before;
	if (!is_stdin)
		fclose(file);
	return ret;
}

static int run_command(struct ctl *ctl, struct words *w)
{
	int ret = command_run(ctl, w);

	fflush(stdout);
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
	return batch_read(ctl, ctl->batch, run_command);
}
