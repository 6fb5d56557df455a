/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * out.h - everything that sipalgctl prints on stdout, text and JSON alike.
 *
 * A command makes a JSON value and hands it over; whether it leaves as JSON,
 * as a table or as lines is decided here, so the two cannot tell different
 * stories.
 */
#ifndef SIPALGCTL_OUT_H
#define SIPALGCTL_OUT_H

#include <jansson.h>

#include "ctl.h"
#include "nl.h"

enum out_flag {
	OUT_RIGHT	= 1 << 0,	/* numbers */
	OUT_STATS	= 1 << 1,	/* a column only with --stats */
	OUT_STATE	= 1 << 2,	/* coloured by what it says */
};

/**
 * struct out_column - a column of a table; an array ends with a NULL key
 * @key: of the row object
 * @head: what the header line says
 * @flags: enum out_flag
 */
struct out_column {
	const char *key;
	const char *head;
	unsigned int flags;
};

/* A row object from a message of the kernel; NULL skips it. */
typedef json_t *(*out_row_fn)(const struct nlmsghdr *nlh);
/* What follows a row in text; may be NULL. */
typedef void (*out_more_fn)(struct ctl *ctl, const json_t *row);

struct out_table {
	const struct out_column *columns;
	out_row_fn row;
	out_more_fn more;
};

void out_table(struct ctl *ctl, const struct out_table *table,
	       const struct nl_msgs *msgs);
void out_list(const struct ctl *ctl, const struct out_column *columns,
	      const json_t *rows);
/* One object: `key value` lines, or JSON. Takes @object over. */
void out_object(struct ctl *ctl, json_t *object);
/* One JSON value on a line of its own. */
void out_json(const struct ctl *ctl, const json_t *value);
/* A value as it stands in a table; the caller frees it. */
char *out_text(const json_t *value);

/* A string that may hold anything; what is not UTF-8 becomes '?'. */
json_t *out_string(const char *text);
json_t *out_bytes(const char *text, size_t len);
bool out_is_utf8(const char *text, size_t len);

/* Escape sequences, or "" when there is to be no colour. */
const char *out_bold(const struct ctl *ctl);
const char *out_mark(const struct ctl *ctl);
const char *out_old(const struct ctl *ctl);
const char *out_plain(const struct ctl *ctl);

/* Flush; an error of stdout makes a good @ret a bad one. */
int out_finish(struct ctl *ctl, int ret);

#endif /* SIPALGCTL_OUT_H */
