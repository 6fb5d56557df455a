// SPDX-License-Identifier: GPL-2.0-only
/*
 * golden_read.c - the words of a golden case file; see golden/README.
 *
 * Reads lines into struct gold and nothing else: playing is golden.c.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include "golden.h"
#include "text.h"

struct word {
	const char *name;
	unsigned int value;
};

static const struct word op_words[] = {
	{ "bind_out", FH_BIND_OUT },
	{ "bind_in", FH_BIND_IN },
	{ "media_open", FH_MEDIA_OPEN },
	{ NULL, 0 },
};

static const struct word also_words[] = {
	{ "kept", GOLD_KEPT },
	{ "edits", GOLD_EDITS },
	{ "binds", GOLD_BINDS },
	{ "state", GOLD_STATE },
	{ "names", GOLD_NAMES },
	{ "asks", GOLD_ASKS },
	{ NULL, 0 },
};

static const struct word flag_words[] = {
	{ "via-noport", ALG_BIND_VIA_NOPORT },
	{ "contact-noport", ALG_BIND_CONTACT_NOPORT },
	{ "route-noport", ALG_BIND_ROUTE_NOPORT },
	{ "via-ours", ALG_BIND_VIA_OURS },
	{ "contact-ours", ALG_BIND_CONTACT_OURS },
	{ "route-ours", ALG_BIND_ROUTE_OURS },
	{ "ours", FH_OURS },
	{ NULL, 0 },
};

void gold_printf(struct gold_buf *buf, const char *fmt, ...)
{
	size_t room = sizeof(buf->data) - buf->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf->data + buf->len, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		abort();
	buf->len += (size_t)n;
}

void gold_error(struct gold *g, const char *fmt, ...)
{
	va_list ap;

	g->failed = true;
	fprintf(stderr, "%s:%u: ", g->path, g->line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static void add_byte(struct gold_buf *buf, int c)
{
	if (buf->len == sizeof(buf->data))
		abort();
	buf->data[buf->len++] = (char)c;
}

/* One escape after the backslash; how many characters of @s it took. */
static size_t add_escape(struct gold_buf *buf, const char *s)
{
	char hex[3] = "";

	switch (*s) {
	case 't':
		add_byte(buf, '\t');
		return 1;
	case '0':
		add_byte(buf, 0);
		return 1;
	case 'x':
		if (!isxdigit(s[1]) || !isxdigit(s[2]))
			return 0;
		memcpy(hex, s + 1, 2);
		add_byte(buf, (int)strtoul(hex, NULL, 16));
		return 3;
	case '\\':
		add_byte(buf, '\\');
		return 1;
	}
	return 0;
}

static bool add_text(struct gold_buf *buf, const char *s)
{
	size_t n;

	for (; *s; s++) {
		if (*s != '\\') {
			add_byte(buf, *s);
			continue;
		}
		if (!strcmp(s, "\\c"))
			return true;
		n = add_escape(buf, s + 1);
		if (!n)
			return false;
		s += n;
	}
	add_byte(buf, '\r');
	add_byte(buf, '\n');
	return true;
}

bool gold_add_line(struct gold *g, const char *line)
{
	bool ok = true;

	if (*line != '+')
		ok = add_text(&g->in, line + 1);
	if (*line != '-')
		ok = add_text(&g->want, line + 1) && ok;
	return ok;
}

void gold_set_lengths(struct gold_buf *buf)
{
	static const char mark[] = "{len}";
	size_t skip = sizeof(mark) - 1;
	char *body, *at, number[16];
	size_t n;

	body = memmem(buf->data, buf->len, "\r\n\r\n", 4);
	if (!body)
		return;
	n = (size_t)snprintf(number, sizeof(number), "%zu",
			     buf->len - (size_t)(body + 4 - buf->data));
	while ((at = memmem(buf->data, buf->len, mark, skip))) {
		size_t rest = buf->len - (size_t)(at + skip - buf->data);

		memmove(at + n, at + skip, rest);
		memcpy(at, number, n);
		buf->len += n - skip;
	}
}

static const struct word *find_word(const struct word *table, const char *name)
{
	while (table->name && strcmp(table->name, name))
		table++;
	return table->name ? table : NULL;
}

/* All remaining words of the line, or'ed. */
static unsigned int read_flags(struct gold *g, const struct word *table,
			       char **save)
{
	unsigned int flags = 0;
	const struct word *w;
	char *s;

	while ((s = strtok_r(NULL, " ", save))) {
		w = find_word(table, s);
		if (w)
			flags |= w->value;
		else
			gold_error(g, "what is `%s`?", s);
	}
	return flags;
}

static struct alg_ep read_ep(struct gold *g, char **save)
{
	char *s = strtok_r(NULL, " ", save);
	struct alg_ep ep = text_ep(s ? s : "");

	if (!ep.family)
		gold_error(g, "`%s` is no address", s ? s : "");
	return ep;
}

static void read_bind(struct gold *g, char **save)
{
	struct alg_ep lan = read_ep(g, save);
	struct alg_ep wan = read_ep(g, save);

	fakehost_bind(&g->fh, &lan, &wan,
		      (u8)read_flags(g, flag_words, save));
}

static void read_fail(struct gold *g, char **save)
{
	char *op = strtok_r(NULL, " ", save);
	char *err = strtok_r(NULL, " ", save);
	char *from = strtok_r(NULL, " ", save);
	const struct word *w = op ? find_word(op_words, op) : NULL;

	if (!w || !err) {
		gold_error(g, "fail OP ERR [N]");
		return;
	}
	g->fh.fail_err[w->value] = text_errno(err);
	g->fh.fail_from[w->value] = from ? (unsigned int)atoi(from) : 1;
	if (*err != '-' && !text_errno(err))
		gold_error(g, "`%s` is no error", err);
}

static int read_number(struct gold *g, char **save)
{
	char *s = strtok_r(NULL, " ", save);

	if (!s)
		gold_error(g, "a number is missing");
	return s ? atoi(s) : 0;
}

bool gold_directive(struct gold *g, char *line)
{
	char *save = NULL, *word = strtok_r(line, " ", &save);

	if (!word || *word == '#' || !strcmp(word, "rows"))
		return true;
	if (!strcmp(word, "lan"))
		g->lan = read_ep(g, &save);
	else if (!strcmp(word, "wan"))
		g->wan = read_ep(g, &save);
	else if (!strcmp(word, "peer"))
		g->peer = read_ep(g, &save);
	else if (!strcmp(word, "proto"))
		g->proto = strcmp(save, "tcp") ? ALG_UDP : ALG_TCP;
	else if (!strcmp(word, "bind"))
		read_bind(g, &save);
	else if (!strcmp(word, "sip-offset"))
		g->fh.sip_offset = read_number(g, &save);
	else if (!strcmp(word, "media-offset"))
		g->fh.media_offset = read_number(g, &save);
	else if (!strcmp(word, "media-gap"))
		g->fh.media_gap = read_number(g, &save);
	else if (!strcmp(word, "rtcp-offset"))
		g->fh.rtcp_offset = read_number(g, &save);
	else if (!strcmp(word, "fail"))
		read_fail(g, &save);
	else if (!strcmp(word, "also"))
		g->also = read_flags(g, also_words, &save);
	else
		return false;
	return true;
}
