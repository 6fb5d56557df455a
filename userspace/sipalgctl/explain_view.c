// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_view.c - the result of `explain` for people: what was decided, and
 * the message with the changed bytes marked below.
 *
 * Must never show a key or a password: every byte of the message goes
 * through redact.c first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "out.h"
#include "redact.h"

/**
 * struct side - the message before or after
 * @text: bytes
 * @marks: enum byte_mark beside each
 * @utf8: it can go to the terminal as it is
 */
struct side {
	const char *text;
	size_t len;
	uint8_t *marks;
	bool utf8;
};

/* One line as it is shown, and what is shown below it. */
struct shown {
	char *text;
	char *below;
	size_t ntext;
	size_t nbelow;
	size_t marked;		/* of @below, up to the last mark */
};

static bool side_init(struct side *s, const char *text, size_t len)
{
	s->text = text;
	s->len = len;
	s->marks = calloc(1, len + 1);
	s->utf8 = out_is_utf8(text, len);
	if (!s->marks)
		return false;
	redact_mark(text, len, s->marks);
	return true;
}

static void mark(struct side *s, size_t from, size_t to)
{
	for (; from < to && from < s->len; from++)
		s->marks[from] |= MARK_CHANGED;
}

static void mark_edits(const struct explain *x, struct side *before,
		       struct side *after)
{
	const struct edit_list *edits = &x->ctx.edits;
	long delta = 0;
	unsigned int i;

	for (i = 0; i < edits->n; i++) {
		const struct edit *e = &edits->edit[i];
		size_t from = e->at.off + delta;

		mark(before, e->at.off, e->at.off + e->at.len);
		mark(after, from, from + e->len);
		delta += e->len - e->at.len;
	}
}

/* What a byte looks like: never as a control character. */
static char visible(const struct side *s, size_t at)
{
	unsigned char c = (unsigned char)s->text[at];
	unsigned char next = at + 1 < s->len ? s->text[at + 1] : 0;
	unsigned char last = at ? s->text[at - 1] : 0;

	if (c == '\t')
		return ' ';
	if (c < ' ' || c == 0x7f || (c >= 0x80 && !s->utf8))
		return '?';
	/* C1 controls are U+0080 to U+009F: 0xc2 and a second byte */
	if (c == 0xc2 && next < 0xa0)
		return '?';
	if (last == 0xc2 && c >= 0x80 && c < 0xa0)
		return '?';
	return c;
}

static void show(struct shown *o, char c, bool changed)
{
	o->text[o->ntext++] = c;
	if (((unsigned char)c & 0xc0) == 0x80)
		return;
	o->below[o->nbelow++] = changed ? '^' : ' ';
	if (changed)
		o->marked = o->nbelow;
}

/* A run of hidden bytes is one word, so that its length is hidden too. */
static void show_hidden(struct shown *o)
{
	const char *word = "<hidden>";

	while (*word)
		show(o, *word++, false);
}

static void show_line(struct shown *o, const struct side *s, size_t from,
		      size_t to)
{
	size_t at;

	o->ntext = 0;
	o->nbelow = 0;
	o->marked = 0;
	if (to > from && s->text[to - 1] == '\n')
		to--;
	if (to > from && s->text[to - 1] == '\r')
		to--;
	for (at = from; at < to; at++) {
		if (!(s->marks[at] & MARK_HIDDEN))
			show(o, visible(s, at), s->marks[at] & MARK_CHANGED);
		else if (at == from || !(s->marks[at - 1] & MARK_HIDDEN))
			show_hidden(o);
	}
}

static size_t line_end(const struct side *s, size_t from, size_t to)
{
	const char *end = memchr(s->text + from, '\n', to - from);

	return end ? (size_t)(end - s->text) + 1 : to;
}

/* The lines in [from, to), each behind @sign and with its marks below. */
static void print_lines(const struct ctl *ctl, struct shown *o,
			const struct side *s, size_t from, size_t to,
			char sign)
{
	const char *color = sign == '-' ? out_old(ctl) :
			    sign == '+' ? out_mark(ctl) : "";
	size_t end;

	for (; from < to; from = end) {
		end = line_end(s, from, to);
		show_line(o, s, from, end);
		printf("%s%c %.*s%s\n", color, sign, (int)o->ntext, o->text,
		       *color ? out_plain(ctl) : "");
		if (o->marked)
			printf("  %.*s\n", (int)o->marked, o->below);
	}
}

/* Edits that begin before @to, or at the very end of the message. */
static long line_delta(const struct explain *x, size_t to, unsigned int *next)
{
	const struct edit_list *edits = &x->ctx.edits;
	long delta = 0;

	for (; *next < edits->n; (*next)++) {
		const struct edit *e = &edits->edit[*next];

		if (e->at.off >= to && to < x->pkt.len)
			break;
		delta += e->len - e->at.len;
	}
	return delta;
}

static void print_message(const struct ctl *ctl, const struct explain *x,
			  struct shown *o, const struct side *before,
			  const struct side *after)
{
	size_t from, to, at = 0, end;
	unsigned int next = 0, seen;

	for (from = 0; from < before->len; from = to) {
		to = line_end(before, from, before->len);
		seen = next;
		end = at + (to - from) + line_delta(x, to, &next);
		if (seen == next) {
			print_lines(ctl, o, before, from, to, ' ');
		} else {
			print_lines(ctl, o, before, from, to, '-');
			print_lines(ctl, o, after, at, end, '+');
		}
		at = end;
	}
}

static void show_message(const struct ctl *ctl, const struct explain *x)
{
	struct side before, after;
	struct shown o = { 0 };
	/* a hidden byte is shown as eight */
	size_t room = 8 * ((size_t)x->pkt.len + x->out_len) + 16;
	bool ok;

	o.text = malloc(room);
	o.below = malloc(room);
	ok = side_init(&before, x->pkt.data, x->pkt.len);
	ok = side_init(&after, x->out, x->out_len) && ok;
	if (ok && o.text && o.below) {
		mark_edits(x, &before, &after);
		print_message(ctl, x, &o, &before, &after);
	}
	free(before.marks);
	free(after.marks);
	free(o.text);
	free(o.below);
}

static void show_list(const struct ctl *ctl, const json_t *result,
		      const char *key, const struct out_column *columns)
{
	const json_t *list = json_object_get(result, key);

	if (!json_array_size(list))
		return;
	printf("\n%s:\n", key);
	out_list(ctl, columns, list);
}

void explain_view(struct ctl *ctl, const struct explain *x,
		  const json_t *result)
{
	static const struct out_column edits[] = {
		{ "field", "FIELD", 0 }, { "offset", "OFFSET", OUT_RIGHT },
		{ "old", "OLD", 0 }, { "new", "NEW", 0 },
		{ "reason", "REASON", 0 }, { NULL, NULL, 0 },
	};
	static const struct out_column kept[] = {
		{ "field", "FIELD", 0 }, { "offset", "OFFSET", OUT_RIGHT },
		{ "text", "TEXT", 0 }, { "reason", "REASON", 0 },
		{ NULL, NULL, 0 },
	};
	static const struct out_column media[] = {
		{ "kind", "KIND", 0 }, { "lan", "LAN", 0 },
		{ "wan", "WAN", 0 }, { "remote", "REMOTE", 0 },
		{ NULL, NULL, 0 },
	};

	explain_why(x, json_string_value(json_object_get(result, "verdict")));
	show_list(ctl, result, "edits", edits);
	show_list(ctl, result, "kept", kept);
	explain_legend(ctl, x);
	show_list(ctl, result, "media", media);
	putchar('\n');
	show_message(ctl, x);
}
