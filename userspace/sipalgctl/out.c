// SPDX-License-Identifier: GPL-2.0-only
/*
 * out.c - values as text: one cell, one line, one object; and colour.
 *
 * Text from the network is shown without control characters: it must not
 * reach the terminal as a command.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "out.h"

static bool has_color(const struct ctl *ctl)
{
	const char *term = getenv("TERM");
	const char *no_color = getenv("NO_COLOR");

	if (ctl->color != COLOR_AUTO)
		return ctl->color == COLOR_ALWAYS;
	if (no_color && *no_color)
		return false;
	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb");
}

const char *out_bold(const struct ctl *ctl)
{
	return has_color(ctl) ? "\033[1m" : "";
}

const char *out_mark(const struct ctl *ctl)
{
	return has_color(ctl) ? "\033[32m" : "";
}

const char *out_old(const struct ctl *ctl)
{
	return has_color(ctl) ? "\033[31m" : "";
}

const char *out_plain(const struct ctl *ctl)
{
	return has_color(ctl) ? "\033[0m" : "";
}

json_t *out_bytes(const char *text, size_t len)
{
	json_t *value = json_stringn(text, len);
	char *copy;
	size_t i;

	if (value)
		return value;
	copy = malloc(len + 1);
	if (!copy)
		return json_null();
	for (i = 0; i < len; i++)
		copy[i] = (signed char)text[i] < 0 ? '?' : text[i];
	value = json_stringn(copy, len);
	free(copy);
	return value;
}

bool out_is_utf8(const char *text, size_t len)
{
	json_t *value = json_stringn(text, len);

	json_decref(value);
	return value;
}

json_t *out_string(const char *text)
{
	return out_bytes(text, strlen(text));
}

static void hide_controls(char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < ' ' || c == 0x7f)
			*text = '?';
		/* C1 controls are U+0080 to U+009F: 0xc2 and this byte */
		if (c == 0xc2 && (unsigned char)text[1] < 0xa0)
			*text = text[1] = '?';
	}
}

static char *join_values(const json_t *value, const char *between)
{
	char *all = NULL, *longer, *one;
	size_t i, n = json_array_size(value), len = 0;

	for (i = 0; i < n; i++) {
		one = out_text(json_array_get(value, i));
		longer = realloc(all, len + strlen(one) + 3);
		if (!longer) {
			free(one);
			break;
		}
		all = longer;
		len += (size_t)sprintf(all + len, "%s%s", i ? between : "",
				       one);
		free(one);
	}
	return all ? all : strdup("-");
}

/* An object inside a list: its values, `udp 5060`. */
static char *object_text(const json_t *object)
{
	json_t *values = json_array(), *value;
	const char *key;
	char *text;

	json_object_foreach((json_t *)object, key, value)
		json_array_append(values, value);
	text = join_values(values, " ");
	json_decref(values);
	return text;
}

char *out_text(const json_t *value)
{
	char number[32], *text;

	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_STRING:
		text = strdup(json_string_value(value));
		hide_controls(text);
		return text;
	case JSON_INTEGER:
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
		return strdup(number);
	case JSON_TRUE:
		return strdup("yes");
	case JSON_FALSE:
		return strdup("no");
	case JSON_ARRAY:
		return join_values(value, ", ");
	case JSON_OBJECT:
		return object_text(value);
	default:
		return strdup("-");
	}
}

void out_json(const struct ctl *ctl, const json_t *value)
{
	json_dumpf(value, stdout, ctl->pretty ? JSON_INDENT(2) : JSON_COMPACT);
	putchar('\n');
}

static void print_pair(const char *indent, int width, const char *key,
		       const json_t *value)
{
	char *text = out_text(value);

	printf("%s%-*s  %s\n", indent, width, key, text);
	free(text);
}

static int key_width(json_t *object)
{
	size_t width = 0;
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		if (strlen(key) > width)
			width = strlen(key);
	}
	return (int)width;
}

/* An object inside the object: its own lines, without what is zero. */
static void print_inner(const char *name, json_t *object)
{
	int width = key_width(object);
	const char *key;
	json_t *value;

	printf("%s\n", name);
	json_object_foreach(object, key, value) {
		if (!json_is_integer(value) || json_integer_value(value))
			print_pair("  ", width, key, value);
	}
}

void out_object(struct ctl *ctl, json_t *object)
{
	int width = key_width(object);
	const char *key;
	json_t *value;

	if (ctl->json) {
		out_json(ctl, object);
		json_decref(object);
		return;
	}
	json_object_foreach(object, key, value) {
		if (json_is_object(value))
			print_inner(key, value);
		else
			print_pair("", width, key, value);
	}
	json_decref(object);
}

int out_finish(struct ctl *ctl, int ret)
{
	if (!fflush(stdout) && !ferror(stdout))
		return ret;
	ctl_error(ctl, CTL_USAGE, "cannot write: %s", strerror(errno));
	return ret ? ret : CTL_USAGE;
}
