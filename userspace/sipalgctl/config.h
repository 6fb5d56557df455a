/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * config.h - between the files of `config`: config.c (the verbs),
 * config_file.c (reading a file), config_rows.c (which objects it may have),
 * config_state.c (what is configured, line by line).
 *
 * The lines of a file are run by the commands themselves; what they would send
 * is noted, and sent as one configuration once the whole file is read.
 */
#ifndef SIPALGCTL_CONFIG_H
#define SIPALGCTL_CONFIG_H

#include <jansson.h>

#include "nl.h"

/**
 * struct config_object - a kind of object in a configuration
 * @name: the word a line begins with
 * @verbs: words that may follow, up to NULL; NULL when there are no verbs
 * @set: request that makes one
 * @flush: request that takes all away, 0 for none
 * @get: dump of those in force; 0 for a word that only stands for another row
 * @nets: @get answers networks, in no order
 * @single: @get is answered by one message and is no dump
 * @words: how many words of a line name the object; with the same words there
 *	is only one, the last
 * @initial: lines that stand for a file without any of this kind, up to NULL
 * @line: the words that make the object of a message, a request or an answer
 *	of @get alike, in their one and only spelling; the caller frees it
 * @normal: the same at its default, for objects that are always there; or NULL
 */
struct config_object {
	const char *name;
	const char *const *verbs;
	uint8_t set;
	uint8_t flush;
	uint8_t get;
	bool nets;
	bool single;
	unsigned int words;
	const char *const *initial;
	char *(*line)(const struct nlattr **tb);
	char *(*normal)(const struct nlattr **tb);
};

/* config_rows.c: up to one without name */
extern const struct config_object config_objects[];
const struct config_object *config_object(const char *name);
const struct config_object *config_object_of(const struct nlmsghdr *nlh);

/**
 * struct config_line - where a request comes from
 * @object: its first word
 * @file: name of the file
 * @line: from 1
 */
struct config_line {
	const char *object;
	const char *file;
	unsigned int line;
};

/**
 * struct config_file - a file that was read, with all that it includes
 * @msgs: the requests in their order
 * @lines: one for each of them
 * @nlines: how many
 * @size: for how many there is room
 * @names: array of the names of the files
 * @depth: files that are being read at the moment
 */
struct config_file {
	struct nl_msgs msgs;
	struct config_line *lines;
	size_t nlines;
	size_t size;
	json_t *names;
	unsigned int depth;
};

/**
 * config_read() - read a configuration file and what it includes
 * @ctl: options
 * @path: file, or "-" for standard input
 * @file: gets the requests, also those for what no line names
 *
 * Return: enum ctl_exit; an error is printed. config_free() in either case.
 */
int config_read(struct ctl *ctl, const char *path, struct config_file *file);
void config_free(struct config_file *file);

/* What a command would send is noted with its line. Return: enum ctl_exit. */
int config_note(struct ctl *ctl, const struct nlmsghdr *nlh);

/* An object a name of config_objects[], of lines by the words that name each */
struct config_state {
	json_t *lines;
	json_t *normal;		/* those of objects that are always there */
};

/* What is in force. Return: enum ctl_exit. config_state_free() always. */
int config_state_read(struct ctl *ctl, struct config_state *state);
/* What a file makes of it; @now is what is in force. */
json_t *config_state_of(const struct config_file *file,
			const struct config_state *now);
void config_state_free(struct config_state *state);

#endif /* SIPALGCTL_CONFIG_H */
