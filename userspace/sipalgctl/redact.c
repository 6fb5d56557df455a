// SPDX-License-Identifier: GPL-2.0-only
/*
 * redact.c - keys and passwords of a message, for the view that people copy
 * into mails and tickets.
 *
 * Works line by line on text that may be broken in any way; a line is looked
 * at alike whether it stands in the headers or in a body.
 */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "port.h"		/* of the core: ARRAY_SIZE */
#include "redact.h"

/**
 * struct line - one line, folded ones taken together
 * @text: first byte
 * @len: bytes, the line end included
 * @marks: beside @text
 */
struct line {
	const char *text;
	size_t len;
	uint8_t *marks;
};

static void hide(struct line *l, size_t from, size_t to)
{
	for (; from < to && from < l->len; from++) {
		if (l->text[from] != '\r' && l->text[from] != '\n')
			l->marks[from] |= MARK_HIDDEN;
	}
}

static bool starts(const struct line *l, size_t at, const char *word)
{
	size_t len = strlen(word);

	return at + len <= l->len && !strncasecmp(l->text + at, word, len);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t skip_blanks(const struct line *l, size_t at)
{
	while (at < l->len && is_blank(l->text[at]))
		at++;
	return at;
}

static size_t skip_word(const struct line *l, size_t at)
{
	while (at < l->len && !is_blank(l->text[at]))
		at++;
	return at;
}

/* a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4;inline:KEY */
static void hide_crypto(struct line *l)
{
	size_t at, end;

	for (at = 0; at < l->len; at++) {
		if (!starts(l, at, "inline:"))
			continue;
		end = skip_word(l, at);
		hide(l, at + strlen("inline:"), end);
		at = end;
	}
}

static void hide_sdp(struct line *l)
{
	static const char *const secret[] = {
		"k=", "a=key-mgmt:", "a=key:", "a=ice-pwd:",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(secret); i++) {
		if (starts(l, 0, secret[i]))
			hide(l, strlen(secret[i]), l->len);
	}
	hide_crypto(l);
}

/* The value of a parameter: quoted, or up to a comma or blank. */
static size_t hide_value(struct line *l, size_t at)
{
	size_t from;

	at = skip_blanks(l, at);
	from = at;
	if (at < l->len && l->text[at] == '"') {
		for (at++; at < l->len && l->text[at] != '"'; at++) {
			if (l->text[at] == '\\')
				at++;
		}
		hide(l, from + 1, at);
		return at + 1;
	}
	while (at < l->len && l->text[at] != ',' && !is_blank(l->text[at]))
		at++;
	hide(l, from, at);
	return at;
}

static bool is_secret_param(const struct line *l, size_t from, size_t to)
{
	static const char *const secret[] = {
		"response", "nonce", "cnonce", "opaque", "nextnonce",
		"rspauth", "auts",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(secret); i++) {
		if (strlen(secret[i]) == to - from &&
		    starts(l, from, secret[i]))
			return true;
	}
	return false;
}

/* NAME = VALUE, NAME = "VALUE" from @at on */
static void hide_params(struct line *l, size_t at)
{
	size_t from, to;

	while (at < l->len) {
		from = at;
		while (at < l->len && !strchr(" \t\r\n,=\"", l->text[at]))
			at++;
		to = at;
		at = skip_blanks(l, at);
		if (at < l->len && l->text[at] == '=' &&
		    is_secret_param(l, from, to))
			at = hide_value(l, at + 1);
		else if (at == from)
			at++;
	}
}

/* Digest keeps its names; of any other scheme everything is a secret. */
static void hide_credentials(struct line *l, size_t at)
{
	at = skip_blanks(l, at);
	if (starts(l, at, "Digest") || starts(l, 0, "Authentication-Info"))
		hide_params(l, at);
	else
		hide(l, skip_blanks(l, skip_word(l, at)), l->len);
}

static void hide_header(struct line *l)
{
	static const char *const names[] = {
		"Authorization", "Proxy-Authorization", "WWW-Authenticate",
		"Proxy-Authenticate", "Authentication-Info",
		"Proxy-Authentication-Info",
	};
	size_t i, at;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!starts(l, 0, names[i]))
			continue;
		at = skip_blanks(l, strlen(names[i]));
		if (at < l->len && l->text[at] == ':')
			hide_credentials(l, at + 1);
	}
}

/* user:PASSWORD@host behind a scheme; @at is the first byte of the user */
static void hide_password(struct line *l, size_t at)
{
	size_t colon = 0, end;

	for (end = at; end < l->len && l->text[end] != '@'; end++) {
		if (strchr(" \t\r\n<>\"", l->text[end]))
			return;
		if (l->text[end] == ':' && !colon)
			colon = end + 1;
	}
	if (colon && end < l->len)
		hide(l, colon, end);
}

static void hide_passwords(struct line *l)
{
	static const char *const schemes[] = { "sip:", "sips:", "://" };
	size_t at, i;

	for (at = 0; at < l->len; at++) {
		if (l->text[at] != 's' && l->text[at] != 'S' &&
		    l->text[at] != ':')
			continue;
		for (i = 0; i < ARRAY_SIZE(schemes); i++) {
			if (starts(l, at, schemes[i]))
				hide_password(l, at + strlen(schemes[i]));
		}
	}
}

/* The end of the line at @from; a folded line goes on behind its line end. */
static size_t line_end(const char *text, size_t from, size_t len)
{
	size_t at = from;

	while (at < len) {
		const char *end = memchr(text + at, '\n', len - at);

		if (!end)
			return len;
		at = (size_t)(end - text) + 1;
		if (at == len || (text[at] != ' ' && text[at] != '\t'))
			return at;
	}
	return len;
}

void redact_mark(const char *text, size_t len, uint8_t *marks)
{
	size_t from, to;

	for (from = 0; from < len; from = to) {
		to = line_end(text, from, len);
		struct line l = { text + from, to - from, marks + from };

		hide_sdp(&l);
		hide_header(&l);
		hide_passwords(&l);
	}
}
