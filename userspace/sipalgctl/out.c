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

static void out_of_memory(void)
{
	fputs("sipalgctl: out of memory\n", stderr);
	exit(CTL_UNABLE);
}

static void put_string(FILE *f, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < ' ' || c == 0x7f)
			c = '?';
		/* C1 controls are U+0080 to U+009F: 0xc2 and a second byte */
		if (c == 0xc2 && (unsigned char)text[1] < 0xa0) {
			c = '?';
			text++;
		}
		fputc(c, f);
	}
}

static void put_scalar(FILE *f, const json_t *value)
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_STRING:
		put_string(f, json_string_value(value));
		break;
	case JSON_INTEGER:
		fprintf(f, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		break;
	case JSON_TRUE:
		fputs("yes", f);
		break;
	case JSON_FALSE:
		fputs("no", f);
		break;
	default:
		fputc('-', f);
	}
}

/* An object inside a list: its values, `udp 5060`. */
static void put_element(FILE *f, const json_t *element)
{
	const char *key, *between = "";
	json_t *value;

	if (!json_is_object(element)) {
		put_scalar(f, element);
		return;
	}
	json_object_foreach((json_t *)element, key, value) {
		fputs(between, f);
		put_scalar(f, value);
		between = " ";
	}
}

static void put_list(FILE *f, const json_t *list)
{
	size_t i;

	if (!json_array_size(list))
		fputc('-', f);
	for (i = 0; i < json_array_size(list); i++) {
		fputs(i ? ", " : "", f);
		put_element(f, json_array_get(list, i));
	}
}

char *out_text(const json_t *value)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		out_of_memory();
	if (json_is_array(value))
		put_list(f, value);
	else
		put_element(f, value);
	if (fclose(f) || !text)
		out_of_memory();
	return text;
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

static bool is_zero(const json_t *value)
{
	return json_is_integer(value) && !json_integer_value(value);
}

/* An object inside the object: its own lines, without what is zero. */
static void print_inner(const char *name, int name_width, json_t *object)
{
	int width = key_width(object);
	bool named = false;
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		if (is_zero(value))
			continue;
		if (!named)
			printf("%s\n", name);
		named = true;
		print_pair("  ", width, key, value);
	}
	if (!named)
		print_pair("", name_width, name, NULL);
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
			print_inner(key, width, value);
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
