// SPDX-License-Identifier: GPL-2.0-only
/*
 * out_table.c - a list of rows: aligned columns under a header line, or one
 * JSON array.
 *
 * Rows are made from the kernel's messages one at a time, twice for text
 * (the widths come first): a hundred thousand of them as JSON values at once
 * would take a router's memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

enum {
	OUT_COLUMNS = 16,
};

static bool is_shown(const struct ctl *ctl, const struct out_column *column)
{
	return ctl->stats || !(column->flags & OUT_STATS);
}

/* Columns on a terminal: UTF-8 bytes that continue a character have none. */
static int text_width(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void widen(const struct out_column *columns, const json_t *row,
		  int *widths)
{
	for (; columns->key; columns++, widths++) {
		char *text = out_text(json_object_get(row, columns->key));
		int width = text_width(text);

		if (width > *widths)
			*widths = width;
		free(text);
	}
}

static const char *state_color(const struct ctl *ctl, const char *text)
{
	static const char *const good[] = { "active", "confirmed", "used" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		if (!strcmp(text, good[i]))
			return out_mark(ctl);
	}
	return "";
}

static void print_cell(const struct ctl *ctl, const struct out_column *column,
		       const char *text, int width, bool last)
{
	int pad = width - text_width(text);
	const char *color = "";

	if (column->flags & OUT_STATE)
		color = state_color(ctl, text);
	if (column->flags & OUT_RIGHT)
		printf("%*s", pad, "");
	printf("%s%s%s", color, text, *color ? out_plain(ctl) : "");
	if (!last)
		printf("%*s  ", column->flags & OUT_RIGHT ? 0 : pad, "");
}

static bool is_last(const struct ctl *ctl, const struct out_column *column)
{
	for (column++; column->key; column++) {
		if (is_shown(ctl, column))
			return false;
	}
	return true;
}

static void print_head(const struct ctl *ctl, const struct out_column *column,
		       const int *widths)
{
	printf("%s", out_bold(ctl));
	for (; column->key; column++, widths++) {
		if (is_shown(ctl, column))
			print_cell(ctl, column, column->head, *widths,
				   is_last(ctl, column));
	}
	printf("%s\n", out_plain(ctl));
}

static void print_row(const struct ctl *ctl, const struct out_column *column,
		      const json_t *row, const int *widths)
{
	for (; column->key; column++, widths++) {
		char *text;

		if (!is_shown(ctl, column))
			continue;
		text = out_text(json_object_get(row, column->key));
		print_cell(ctl, column, text, *widths, is_last(ctl, column));
		free(text);
	}
	putchar('\n');
}

static void start_widths(const struct out_column *column, int *widths)
{
	for (; column->key; column++)
		*widths++ = (int)strlen(column->head);
}

static void print_text(struct ctl *ctl, const struct out_table *table,
		       const struct nl_msgs *msgs)
{
	const struct nlmsghdr *nlh;
	int widths[OUT_COLUMNS] = { 0 };
	json_t *row;

	start_widths(table->columns, widths);
	for (nlh = nl_first(msgs); nlh; nlh = nl_after(msgs, nlh)) {
		row = table->row(nlh);
		if (row)
			widen(table->columns, row, widths);
		json_decref(row);
	}

	print_head(ctl, table->columns, widths);
	for (nlh = nl_first(msgs); nlh; nlh = nl_after(msgs, nlh)) {
		row = table->row(nlh);
		if (!row)
			continue;
		print_row(ctl, table->columns, row, widths);
		if (table->more)
			table->more(ctl, row);
		json_decref(row);
	}
}

static void print_json(const struct ctl *ctl, const struct out_table *table,
		       const struct nl_msgs *msgs)
{
	const struct nlmsghdr *nlh;
	const char *between = "";
	json_t *row;

	putchar('[');
	for (nlh = nl_first(msgs); nlh; nlh = nl_after(msgs, nlh)) {
		row = table->row(nlh);
		if (!row)
			continue;
		fputs(between, stdout);
		json_dumpf(row, stdout,
			   ctl->pretty ? JSON_INDENT(2) : JSON_COMPACT);
		json_decref(row);
		between = ctl->pretty ? ", " : ",";
	}
	puts("]");
}

/**
 * out_table() - print a list
 * @ctl: options
 * @table: columns, and how a row is made
 * @msgs: the kernel's answer
 */
void out_table(struct ctl *ctl, const struct out_table *table,
	       const struct nl_msgs *msgs)
{
	if (ctl->json)
		print_json(ctl, table, msgs);
	else
		print_text(ctl, table, msgs);
}

/**
 * out_list() - print the objects of an array as text
 * @ctl: options
 * @columns: what is shown of each
 * @rows: array
 */
void out_list(const struct ctl *ctl, const struct out_column *columns,
	      const json_t *rows)
{
	int widths[OUT_COLUMNS] = { 0 };
	size_t i;

	start_widths(columns, widths);
	for (i = 0; i < json_array_size(rows); i++)
		widen(columns, json_array_get(rows, i), widths);
	print_head(ctl, columns, widths);
	for (i = 0; i < json_array_size(rows); i++)
		print_row(ctl, columns, json_array_get(rows, i), widths);
}
