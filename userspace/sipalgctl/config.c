// SPDX-License-Identifier: GPL-2.0-only
/*
 * config.c - `config`: the whole configuration, shown, saved, compared with a
 * file or made equal to one.
 *
 * `apply` stages all of a file in the kernel and puts it in force in one
 * moment. When a line is wrong, or the tool dies, nothing is changed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "out.h"
#include "rows.h"

static int read_path(struct ctl *ctl, struct words *w, const char **path)
{
	*path = words_next(w);
	if (!*path)
		return words_missing(ctl, w, "the file is missing");
	return words_end(ctl, w);
}

static bool is_normal(const struct config_state *state, const char *object,
		      const char *name, const json_t *line)
{
	const json_t *normal = json_object_get(state->normal, object);

	return json_equal(json_object_get(normal, name), line);
}

/* @all: what is at its default, too, as a comment. */
static void print_object(FILE *out, const struct config_state *state,
			 const struct config_object *o, bool all)
{
	json_t *lines = json_object_get(state->lines, o->name), *line;
	const char *name;

	if (o->flush && o->initial && !json_object_size(lines))
		fprintf(out, "%s flush\n", o->name);
	json_object_foreach(lines, name, line) {
		bool normal = is_normal(state, o->name, name, line);

		if (all || !normal)
			fprintf(out, "%s%s\n", normal ? "# " : "",
				json_string_value(line));
	}
}

static void print_config(FILE *out, const struct config_state *state, bool all)
{
	const struct config_object *o;

	for (o = config_objects; o->name; o++) {
		if (o->get)
			print_object(out, state, o, all);
	}
}

/* The settings: { key: value } */
static int show_json(struct ctl *ctl)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];
	json_t *settings = json_object();
	struct nl_msgs msgs = { 0 };
	const struct nlmsghdr *nlh;
	struct nl_req req;
	int ret;

	nl_start(&req, SIPALG_CMD_SET_GET);
	ret = nl_dump(ctl, &req, &msgs);
	for (nlh = nl_first(&msgs); nlh; nlh = nl_after(&msgs, nlh)) {
		nl_attrs(nlh, tb);
		if (tb[SIPALG_A_KEY] && tb[SIPALG_A_VALUE])
			json_object_set_new(settings,
					    mnl_attr_get_str(tb[SIPALG_A_KEY]),
					    row_value(tb[SIPALG_A_VALUE]));
	}
	if (!ret)
		out_json(ctl, settings);
	json_decref(settings);
	nl_free(&msgs);
	return ret;
}

static int show(struct ctl *ctl, struct words *w)
{
	struct config_state state;
	int ret;

	if (words_end(ctl, w))
		return CTL_USAGE;
	if (ctl->json)
		return show_json(ctl);
	ret = config_state_read(ctl, &state);
	if (!ret)
		print_config(stdout, &state, true);
	config_state_free(&state);
	return ret;
}

static int cannot_write(struct ctl *ctl, const char *path)
{
	return ctl_error(ctl, CTL_USAGE, "cannot write %s: %s", path,
			 strerror(errno));
}

/* All of it is on the disk, or errno says why not. */
static bool write_config(FILE *out, const struct config_state *state)
{
	fputs("# Configuration of the SIP ALG: sipalg.conf(5)\n", out);
	print_config(out, state, false);
	if (fflush(out) || ferror(out))
		return false;
	return !fsync(fileno(out)) || errno == EINVAL;
}

/* The file is the old one or the new one, whatever happens meanwhile. */
static int replace_file(struct ctl *ctl, const char *path, mode_t mode,
			const struct config_state *state)
{
	char *temp;
	FILE *out;
	bool done;
	int fd;

	if (asprintf(&temp, "%s.XXXXXX", path) < 0)
		return cannot_write(ctl, path);
	fd = mkstemp(temp);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	done = out && !fchmod(fd, mode) && write_config(out, state);
	if (out && fclose(out))
		done = false;
	if (!done || rename(temp, path)) {
		int err = errno;

		if (fd >= 0)
			unlink(temp);
		errno = err;
		free(temp);
		return cannot_write(ctl, path);
	}
	free(temp);
	return CTL_DONE;
}

/* A device or a pipe is written to as it is. */
static int write_through(struct ctl *ctl, const char *path,
			 const struct config_state *state)
{
	FILE *out = fopen(path, "we");
	bool done = out && write_config(out, state);

	if (out && fclose(out))
		done = false;
	return done ? CTL_DONE : cannot_write(ctl, path);
}

static int save_to(struct ctl *ctl, const char *path,
		   const struct config_state *state)
{
	char *real = realpath(path, NULL);
	struct stat st = { .st_mode = S_IFREG | 0644 };
	int ret;

	if (real && stat(real, &st)) {
		free(real);
		return cannot_write(ctl, path);
	}
	if (S_ISREG(st.st_mode))
		ret = replace_file(ctl, real ? real : path,
				   st.st_mode & 07777, state);
	else
		ret = write_through(ctl, path, state);
	free(real);
	return ret;
}

static int save(struct ctl *ctl, struct words *w)
{
	struct config_state state;
	const char *path;
	int ret;

	if (read_path(ctl, w, &path))
		return CTL_USAGE;
	ret = config_state_read(ctl, &state);
	if (!ret && !strcmp(path, "-"))
		print_config(stdout, &state, false);
	else if (!ret)
		ret = save_to(ctl, path, &state);
	config_state_free(&state);
	return ret;
}

/* The lines of a file, each with its own place in what an error says. */
static int send_lines(struct ctl *ctl, const struct config_file *file)
{
	const struct nlmsghdr *nlh = nl_first(&file->msgs);
	struct words *before = ctl->words;
	struct nl_req req;
	int ret = CTL_DONE;
	size_t i;

	for (i = 0; i < file->nlines && !ret; i++) {
		struct words w = {
			.object = file->lines[i].object,
			.file = file->lines[i].file,
			.line = file->lines[i].line,
		};

		memcpy(req.data, nlh, nlh->nlmsg_len);
		req.nlh = (void *)req.data;
		ctl->words = &w;
		ret = nl_do(ctl, &req, NULL);
		nlh = nl_after(&file->msgs, nlh);
	}
	ctl->words = before;
	return ret;
}

static int apply_file(struct ctl *ctl, const struct config_file *file)
{
	int ret = nl_command(ctl, SIPALG_CMD_CONFIG_BEGIN);

	if (ret)
		return ret;
	ret = send_lines(ctl, file);
	if (!ret)
		return nl_command(ctl, SIPALG_CMD_CONFIG_COMMIT);
	nl_try(ctl, SIPALG_CMD_CONFIG_ABORT);
	return ret;
}

static int apply(struct ctl *ctl, struct words *w)
{
	struct config_file file;
	const char *path;
	int ret;

	if (read_path(ctl, w, &path))
		return CTL_USAGE;
	ret = config_read(ctl, path, &file);
	if (!ret)
		ret = apply_file(ctl, &file);
	config_free(&file);
	return ret;
}

/* The kernel is asked as well, if there is one to ask. */
static int check_file(struct ctl *ctl, const struct config_file *file)
{
	int ret;

	if (!nl_there(ctl) || nl_try(ctl, SIPALG_CMD_CONFIG_BEGIN))
		return CTL_DONE;
	ret = send_lines(ctl, file);
	nl_try(ctl, SIPALG_CMD_CONFIG_ABORT);
	return ret;
}

static int check(struct ctl *ctl, struct words *w)
{
	struct config_file file;
	const char *path;
	int ret;

	if (read_path(ctl, w, &path))
		return CTL_USAGE;
	ret = config_read(ctl, path, &file);
	if (!ret)
		ret = check_file(ctl, &file);
	config_free(&file);
	return ret;
}

/* What `apply` would take away and add, of one kind of object. */
static void compare(const json_t *now, const json_t *then, json_t *remove,
		    json_t *add)
{
	const char *name;
	json_t *line;

	json_object_foreach((json_t *)now, name, line) {
		if (!json_equal(line, json_object_get(then, name)))
			json_array_append(remove, line);
	}
	json_object_foreach((json_t *)then, name, line) {
		if (!json_equal(line, json_object_get(now, name)))
			json_array_append(add, line);
	}
}

static void print_lines(const char *mark, const json_t *lines)
{
	size_t i;

	for (i = 0; i < json_array_size(lines); i++)
		printf("%s %s\n", mark,
		       json_string_value(json_array_get(lines, i)));
}

/* Return: CTL_PROBLEM when there is a difference. */
static int print_diff(struct ctl *ctl, const json_t *now, const json_t *then)
{
	json_t *remove = json_array(), *add = json_array();
	const struct config_object *o;
	bool same;

	for (o = config_objects; o->name; o++)
		compare(json_object_get(now, o->name),
			json_object_get(then, o->name), remove, add);
	same = !json_array_size(remove) && !json_array_size(add);
	if (ctl->json) {
		json_t *both = json_pack("{s:O, s:O}", "remove", remove,
					 "add", add);

		out_json(ctl, both);
		json_decref(both);
	} else {
		print_lines("-", remove);
		print_lines("+", add);
	}
	json_decref(remove);
	json_decref(add);
	return same ? CTL_DONE : CTL_PROBLEM;
}

static int diff(struct ctl *ctl, struct words *w)
{
	struct config_state now = { NULL, NULL };
	struct config_file file;
	const char *path;
	json_t *then;
	int ret;

	if (read_path(ctl, w, &path))
		return CTL_USAGE;
	ret = config_read(ctl, path, &file);
	if (!ret)
		ret = config_state_read(ctl, &now);
	if (!ret) {
		then = config_state_of(&file, &now);
		ret = print_diff(ctl, now.lines, then);
		json_decref(then);
	}
	config_state_free(&now);
	config_free(&file);
	return ret;
}

static int run(struct ctl *ctl, struct words *w)
{
	static const struct verb verbs[] = {
		{ "show", show },
		{ "save", save },
		{ "apply", apply },
		{ "check", check },
		{ "diff", diff },
		{ NULL, NULL },
	};

	return words_verb(ctl, w, verbs);
}

const struct command cmd_config = {
	.name = "config",
	.args = "[show | { save | apply | check | diff } { FILE | - }]",
	.summary = "The whole configuration, also as a file",
	.help = "  show   the lines that make it; what is at its default is a comment.\n"
		"         With --json: the settings\n"
		"  save   write it to FILE, which is replaced in one step\n"
		"  apply  make the configuration equal to FILE, in one moment: what FILE\n"
		"         does not name is deleted or goes back to its default, what is\n"
		"         equal is not touched. If a line is wrong nothing is changed\n"
		"  check  is FILE in order? Changes nothing and needs no module; with one\n"
		"         and its permission, the kernel checks the lines as well\n"
		"  diff   what `apply` would remove (-) and add (+); exit status 4 if there\n"
		"         is anything\n"
		"A file has enable, disable, port add, localnet add, host set and set lines,\n"
		"and port, localnet and host flush, as on the command line, comments with #,\n"
		"and `include DIR`, which reads DIR/*.conf in their order. Without any port\n"
		"line the ports are udp 5060 and tcp 5060, without any localnet line the local\n"
		"networks are those of the beginning.\n",
	.run = run,
};
