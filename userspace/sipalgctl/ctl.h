/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ctl.h - what every command of sipalgctl gets: options, the words of its
 * line, and how it says what is wrong.
 *
 * main.c reads options and calls the command of the object; a command reads
 * its words (words.c), talks to the kernel (nl.c) and prints (out.c). Errors
 * go to stderr as "sipalgctl: OBJECT: what is wrong", nothing else does.
 */
#ifndef SIPALGCTL_CTL_H
#define SIPALGCTL_CTL_H

#include <stdbool.h>
#include <stdint.h>

#include "port.h"		/* of the core: ARRAY_SIZE */

struct nl;
struct config_file;

enum ctl_exit {
	CTL_DONE	= 0,
	CTL_USAGE	= 1,	/* the words alone show it; an invalid file */
	CTL_REFUSED	= 2,	/* by the kernel */
	CTL_UNABLE	= 3,	/* no module, or no permission */
	CTL_PROBLEM	= 4,	/* it ran, and found something */
	CTL_TIMEOUT	= 5,	/* no answer in time */
};

enum {
	CTL_NAME	= 32,	/* bytes of an object's name, with NUL */
};

enum ctl_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/**
 * struct words - one command, word by word
 * @argv: the words, without the program's name
 * @argc: how many
 * @pos: the next one to read
 * @object: the object of the command, for errors; NULL before it is known
 * @prefix: what stood before @argv on the command line, shown in errors
 * @file: batch file, or NULL for the command line
 * @line: line of @file, from 1
 */
struct words {
	char **argv;
	int argc;
	int pos;
	const char *object;
	const char *prefix;
	const char *file;
	unsigned int line;
};

/**
 * struct ctl - options and the connection
 * @words: the command at work
 * @netns: the namespace to work in, NULL for the one we are in
 * @inside: @netns was entered
 * @nl: the connection to the kernel; nl_open() makes it at the first need
 * @recording: requests that change something are noted here instead of sent
 */
struct ctl {
	bool json;
	bool pretty;
	bool stats;
	bool quiet;
	uint8_t color;
	bool inside;
	const char *netns;
	const char *batch;
	struct words *words;
	struct nl *nl;
	struct config_file *recording;
};

/**
 * struct command - one object of the grammar
 * @name: the word
 * @args: what follows it, for `help`
 * @summary: one line
 * @help: the rest of its help, whole lines
 * @run: reads the words after the object; returns enum ctl_exit
 */
struct command {
	const char *name;
	const char *args;
	const char *summary;
	const char *help;
	int (*run)(struct ctl *ctl, struct words *w);
};

/**
 * struct verb - one verb of an object; tables end with a NULL name
 */
struct verb {
	const char *name;
	int (*run)(struct ctl *ctl, struct words *w);
};

/* commands.c */
extern const struct command *const commands[];
const struct command *command_find(const char *name);
int command_run(struct ctl *ctl, struct words *w);

extern const struct command cmd_status, cmd_enable, cmd_disable, cmd_port;
extern const struct command cmd_localnet, cmd_host;
extern const struct command cmd_reg, cmd_call, cmd_media, cmd_stats;
extern const struct command cmd_monitor, cmd_set, cmd_config, cmd_explain;
extern const struct command cmd_help, cmd_doctor, cmd_export;

void help_general(void);
void help_object(const struct command *cmd);

/* batch.c: gets one line */
typedef int (*batch_fn)(struct ctl *ctl, struct words *w);
int batch_read(struct ctl *ctl, const char *path, batch_fn run);
int batch_run(struct ctl *ctl);

/* words.c */
const char *words_next(struct words *w);
const char *words_peek(const struct words *w);
int words_end(struct ctl *ctl, struct words *w);
int words_verb(struct ctl *ctl, struct words *w, const struct verb *verbs);
int words_proto(struct ctl *ctl, struct words *w, uint8_t *proto);
int words_port(struct ctl *ctl, struct words *w, uint16_t *port);
bool words_number(const char *text, unsigned long max, unsigned long *value);
/* of an object; @name has CTL_NAME bytes, @what is the object */
int words_name(struct ctl *ctl, struct words *w, const char *what, char *name);
/* of a network device; @dev has IFNAMSIZ bytes */
int words_dev(struct ctl *ctl, struct words *w, char *dev);

/* Errors. Each prints and returns the exit code that goes with it. */
int ctl_error(struct ctl *ctl, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* with a caret under the word that was read last */
int words_wrong(struct ctl *ctl, const struct words *w, const char *format,
		...) __attribute__((format(printf, 3, 4)));
/* with a caret where the next word should be */
int words_missing(struct ctl *ctl, const struct words *w, const char *format,
		  ...) __attribute__((format(printf, 3, 4)));
void ctl_warn(const struct ctl *ctl, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* SIPALGCTL_CTL_H */
