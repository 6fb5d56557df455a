// SPDX-License-Identifier: GPL-2.0-only
/*
 * words.c - the words of one command, and errors that point at one of them.
 *
 * Every word is compared whole: an abbreviation that works today would mean
 * something else once a longer word is added.
 */
#include <ctype.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"

const char *words_next(struct words *w)
{
	if (w->pos >= w->argc)
		return NULL;
	return w->argv[w->pos++];
}

const char *words_peek(const struct words *w)
{
	return w->pos < w->argc ? w->argv[w->pos] : NULL;
}

/* Columns, for the caret: a byte that continues a UTF-8 character has none. */
static int print_word(const char *word)
{
	int columns = 0;

	for (; *word; word++) {
		unsigned char c = (unsigned char)*word;

		fputc(c < ' ' || c == 0x7f ? '?' : c, stderr);
		columns += (c & 0xc0) != 0x80;
	}
	return columns;
}

static void print_head(const struct words *w)
{
	fputs("sipalgctl: ", stderr);
	if (w->object) {
		print_word(w->object);
		fputs(": ", stderr);
	}
	if (w->file && w->line)
		fprintf(stderr, "line %u of ", w->line);
	if (w->file)
		fprintf(stderr, "%s: ", w->file);
}

/* The line again, with a caret under word @at (or behind the last one). */
static void print_caret(const struct words *w, int at)
{
	int column = 2, caret, i;

	fputs("  ", stderr);
	if (w->prefix)
		column += print_word(w->prefix);
	caret = column + 1;
	for (i = 0; i < w->argc; i++) {
		if (i || w->prefix) {
			fputc(' ', stderr);
			column++;
		}
		if (i == at)
			caret = column;
		column += print_word(w->argv[i]);
	}
	if (at >= w->argc)
		caret = column + 1;
	fprintf(stderr, "\n%*s^\n", caret, "");
}

static void print_error(const struct words *w, const char *format,
			va_list *args)
{
	fflush(stdout);
	print_head(w);
	vfprintf(stderr, format, *args);
	fputc('\n', stderr);
}

int ctl_error(struct ctl *ctl, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_error(ctl->words, format, &args);
	va_end(args);
	return code;
}

void ctl_warn(const struct ctl *ctl, const char *format, ...)
{
	va_list args;

	if (ctl->quiet)
		return;
	va_start(args, format);
	print_error(ctl->words, format, &args);
	va_end(args);
}

int words_wrong(struct ctl *ctl, const struct words *w, const char *format,
		...)
{
	va_list args;

	(void)ctl;
	va_start(args, format);
	print_error(w, format, &args);
	va_end(args);
	print_caret(w, w->pos - 1);
	return CTL_USAGE;
}

int words_missing(struct ctl *ctl, const struct words *w, const char *format,
		  ...)
{
	va_list args;

	(void)ctl;
	va_start(args, format);
	print_error(w, format, &args);
	va_end(args);
	print_caret(w, w->pos);
	return CTL_USAGE;
}

int words_end(struct ctl *ctl, struct words *w)
{
	if (!words_next(w))
		return CTL_DONE;
	return words_wrong(ctl, w, "nothing more is expected here");
}

static void list_verbs(const struct verb *verbs, char *text, size_t size)
{
	size_t used = 0;

	for (text[0] = '\0'; verbs->name && used < size; verbs++)
		used += snprintf(text + used, size - used, " %s", verbs->name);
}

/* Run the verb that the next word names; none is the first of the table. */
int words_verb(struct ctl *ctl, struct words *w, const struct verb *verbs)
{
	const char *word = words_next(w);
	const struct verb *verb;
	char list[128];

	if (!word)
		return verbs->run(ctl, w);
	for (verb = verbs; verb->name; verb++) {
		if (!strcmp(word, verb->name))
			return verb->run(ctl, w);
	}
	list_verbs(verbs, list, sizeof(list));
	return words_wrong(ctl, w, "unknown verb, expected one of:%s help",
			   list);
}

int words_proto(struct ctl *ctl, struct words *w, uint8_t *proto)
{
	const char *word = words_next(w);

	if (!word)
		return words_missing(ctl, w, "udp or tcp is missing");
	if (!strcmp(word, "udp"))
		*proto = IPPROTO_UDP;
	else if (!strcmp(word, "tcp"))
		*proto = IPPROTO_TCP;
	else
		return words_wrong(ctl, w, "the protocol is udp or tcp");
	return CTL_DONE;
}

/* Digits only; false for anything else or more than @max. */
bool words_number(const char *text, unsigned long max, unsigned long *value)
{
	unsigned long n = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		n = n * 10 + (unsigned long)(*text - '0');
		if (n > max)
			return false;
	}
	*value = n;
	return true;
}

int words_port(struct ctl *ctl, struct words *w, uint16_t *port)
{
	const char *word = words_next(w);
	unsigned long n;

	if (!word)
		return words_missing(ctl, w, "the port is missing");
	if (!words_number(word, 65535, &n) || !n)
		return words_wrong(ctl, w,
				   "a port is a number from 1 to 65535");
	*port = n;
	return CTL_DONE;
}

static bool is_name(const char *word)
{
	const char *p;

	for (p = word; *p; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("-_.", *p))
			return false;
	}
	return p > word && p - word < CTL_NAME;
}

int words_name(struct ctl *ctl, struct words *w, const char *what, char *name)
{
	const char *word = words_next(w);

	if (!word)
		return words_missing(ctl, w, "the name of the %s is missing",
				     what);
	if (!is_name(word))
		return words_wrong(ctl, w,
				   "a name has 1 to %d of a-z A-Z 0-9 - _ .",
				   CTL_NAME - 1);
	memcpy(name, word, strlen(word) + 1);
	return CTL_DONE;
}

/* What the kernel takes as the name of a device. */
static bool is_dev(const char *word)
{
	size_t len = strlen(word);

	return len && len < IFNAMSIZ && strcmp(word, ".") &&
	       strcmp(word, "..") && strcspn(word, "/: \f\n\r\t\v") == len;
}

int words_dev(struct ctl *ctl, struct words *w, char *dev)
{
	const char *word = words_next(w);

	if (!word)
		return words_missing(ctl, w, "the device is missing");
	if (!is_dev(word))
		return words_wrong(ctl, w,
				   "a device's name has 1 to %d bytes, without space, / or :",
				   IFNAMSIZ - 1);
	memcpy(dev, word, strlen(word) + 1);
	return CTL_DONE;
}
