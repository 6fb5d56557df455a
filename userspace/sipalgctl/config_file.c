// SPDX-License-Identifier: GPL-2.0-only
/*
 * config_file.c - a configuration file becomes a list of requests.
 *
 * Each line is run by its command, as on the command line, with the words
 * checked in the same way; nothing is sent. `include DIR` reads the *.conf in
 * a directory in their order.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

enum {
	CONFIG_DEPTH	= 8,		/* files that include each other */
	CONFIG_WORDS	= 8,		/* of a line of config_object.initial */
};

static int no_memory(struct ctl *ctl)
{
	return ctl_error(ctl, CTL_UNABLE, "out of memory");
}

int config_note(struct ctl *ctl, const struct nlmsghdr *nlh)
{
	struct config_file *file = ctl->recording;
	const struct words *w = ctl->words;

	if (file->nlines == file->size) {
		size_t size = 2 * file->size + 64;
		void *lines = realloc(file->lines,
				      size * sizeof(*file->lines));

		if (!lines)
			return no_memory(ctl);
		file->lines = lines;
		file->size = size;
	}
	if (nl_add(&file->msgs, nlh))
		return no_memory(ctl);
	file->lines[file->nlines++] = (struct config_line) {
		.object = w->object, .file = w->file, .line = w->line,
	};
	return CTL_DONE;
}

/* The name lives as long as the lines that point to it. */
static const char *keep_name(struct config_file *file, const char *path)
{
	json_t *name = json_stringn_nocheck(path, strlen(path));

	json_array_append_new(file->names, name);
	return json_string_value(name);
}

static int is_conf(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 5 &&
	       !strcmp(entry->d_name + len - 5, ".conf");
}

/* By bytes, in every locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* A relative name is seen from the directory of the file it stands in. */
static char *path_from(const char *file, const char *name)
{
	const char *slash = file ? strrchr(file, '/') : NULL;
	char *path;

	if (*name == '/' || !slash)
		return strdup(name);
	if (asprintf(&path, "%.*s/%s", (int)(slash - file), file, name) < 0)
		return NULL;
	return path;
}

static int run_line(struct ctl *ctl, struct words *w);

static int read_file(struct ctl *ctl, const char *path)
{
	struct config_file *file = ctl->recording;
	const char *name = keep_name(file, path);
	int ret;

	if (!name)
		return no_memory(ctl);
	if (file->depth == CONFIG_DEPTH)
		return ctl_error(ctl, CTL_USAGE,
				 "more than %d files include each other",
				 CONFIG_DEPTH);
	file->depth++;
	ret = batch_read(ctl, name, run_line);
	file->depth--;
	return ret;
}

static int read_all(struct ctl *ctl, const char *dir, struct dirent **found,
		    int n)
{
	int ret = CTL_DONE, i;
	char *path;

	for (i = 0; i < n && !ret; i++) {
		if (asprintf(&path, "%s/%s", dir, found[i]->d_name) < 0)
			return no_memory(ctl);
		ret = read_file(ctl, path);
		free(path);
	}
	return ret;
}

static int include(struct ctl *ctl, struct words *w)
{
	const char *word = words_next(w);
	struct dirent **found = NULL;
	int n, i, ret;
	char *dir;

	if (!word)
		return words_missing(ctl, w, "the directory is missing");
	dir = path_from(w->file, word);
	if (!dir)
		return no_memory(ctl);
	n = scandir(dir, &found, is_conf, by_name);
	if (n < 0)
		ret = words_wrong(ctl, w, "cannot read the directory %s: %s",
				  dir, strerror(errno));
	else
		ret = words_end(ctl, w) ?: read_all(ctl, dir, found, n);
	for (i = 0; i < n; i++)
		free(found[i]);
	free(found);
	free(dir);
	return ret;
}

static void list_words(char *list, size_t size, const char *const *words)
{
	size_t used = 0;

	for (list[0] = '\0'; *words && used < size; words++)
		used += snprintf(list + used, size - used, "%s%s",
				 used ? " or " : "", *words);
}

static int unknown_object(struct ctl *ctl, struct words *w)
{
	const struct config_object *o;
	char list[256] = "";
	size_t used = 0;

	for (o = config_objects; o->name && used < sizeof(list); o++)
		used += snprintf(list + used, sizeof(list) - used, " %s",
				 o->name);
	w->object = "config";
	return words_wrong(ctl, w, "a configuration file consists of:%s include",
			   list);
}

static int check_verb(struct ctl *ctl, struct words *w,
		      const struct config_object *o)
{
	const char *word = words_next(w);
	const char *const *verb;
	char list[128];

	for (verb = o->verbs; word && *verb; verb++) {
		if (!strcmp(word, *verb))
			return CTL_DONE;
	}
	list_words(list, sizeof(list), o->verbs);
	if (!word)
		return words_missing(ctl, w, "a configuration file has %s here",
				     list);
	return words_wrong(ctl, w, "a configuration file has %s here", list);
}

static int run_line(struct ctl *ctl, struct words *w)
{
	const char *name = words_next(w);
	const struct config_object *o;

	ctl->words = w;
	if (!strcmp(name, "include")) {
		w->object = "config";
		return include(ctl, w);
	}
	o = config_object(name);
	if (!o)
		return unknown_object(ctl, w);
	w->object = o->name;
	if (o->verbs && check_verb(ctl, w, o))
		return CTL_USAGE;
	w->pos = 1;
	return command_find(o->name)->run(ctl, w);
}

/* A line of the defaults, as if it stood in the file. */
static int add_line(struct ctl *ctl, const char *line)
{
	char *argv[CONFIG_WORDS], *copy = strdup(line), *word, *rest;
	struct words *before = ctl->words;
	struct words w = { .argv = argv };
	int ret;

	if (!copy)
		return no_memory(ctl);
	for (word = strtok_r(copy, " ", &rest); word && w.argc < CONFIG_WORDS;
	     word = strtok_r(NULL, " ", &rest))
		argv[w.argc++] = word;
	ret = run_line(ctl, &w);
	ctl->words = before;
	free(copy);
	return ret;
}

static bool is_named(const struct config_file *file,
		     const struct config_object *o)
{
	const struct nlmsghdr *nlh;

	for (nlh = nl_first(&file->msgs); nlh;
	     nlh = nl_after(&file->msgs, nlh)) {
		if (config_object_of(nlh) == o)
			return true;
	}
	return false;
}

static int add_initial(struct ctl *ctl, struct config_file *file)
{
	const struct config_object *o;
	const char *const *line;
	int ret = CTL_DONE;

	for (o = config_objects; o->name && !ret; o++) {
		if (!o->initial || is_named(file, o))
			continue;
		for (line = o->initial; *line && !ret; line++)
			ret = add_line(ctl, *line);
	}
	return ret;
}

int config_read(struct ctl *ctl, const char *path, struct config_file *file)
{
	bool quiet = ctl->quiet;
	int ret;

	memset(file, 0, sizeof(*file));
	file->names = json_array();
	ctl->recording = file;
	ctl->quiet = true;		/* notes are for who changes something */
	ret = read_file(ctl, path);
	if (!ret)
		ret = add_initial(ctl, file);
	ctl->quiet = quiet;
	ctl->recording = NULL;
	return ret;
}

void config_free(struct config_file *file)
{
	json_decref(file->names);
	free(file->lines);
	nl_free(&file->msgs);
}
