// SPDX-License-Identifier: GPL-2.0-only
/*
 * program.c - runs another program and keeps what it says.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "port.h"
#include "program.h"

#define USUAL_PATH	"/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"

/* One stream of the child: where it comes from, where it is kept. */
struct stream {
	int fd;
	FILE *keep;
	char *text;
	size_t size;
};

/* Its messages are read by machine: no translation. */
static void become(const char *const *argv, int out, int err)
{
	const char *path = getenv("PATH");
	char longer[4096];
	int in = open("/dev/null", O_RDONLY);

	snprintf(longer, sizeof(longer), "%s%s" USUAL_PATH,
		 path ? path : "", path && *path ? ":" : "");
	setenv("PATH", longer, 1);
	setenv("LC_ALL", "C", 1);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	execvp(argv[0], (char *const *)argv);
	_exit(PROGRAM_ABSENT);
}

static void take(struct stream *s)
{
	char buf[16384];
	ssize_t len = read(s->fd, buf, sizeof(buf));

	if (len > 0)
		fwrite(buf, 1, (size_t)len, s->keep);
	if (len > 0 || (len < 0 && errno == EINTR))
		return;
	close(s->fd);
	s->fd = -1;
}

static void read_both(struct stream *s)
{
	struct pollfd fds[2];
	int i;

	while (s[0].fd >= 0 || s[1].fd >= 0) {
		for (i = 0; i < 2; i++)
			fds[i] = (struct pollfd){ s[i].fd, POLLIN, 0 };
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return;
		for (i = 0; i < 2; i++) {
			if (fds[i].revents)
				take(&s[i]);
		}
	}
}

static int finish(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int start(struct stream *s, const char *const *argv)
{
	int out[2], err[2], status;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC))
		return -1;
	if (pipe2(err, O_CLOEXEC)) {
		close(out[0]);
		close(out[1]);
		return -1;
	}
	fflush(stdout);
	pid = fork();
	if (!pid)
		become(argv, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	s[0].fd = out[0];
	s[1].fd = err[0];
	read_both(s);
	status = pid > 0 ? finish(pid) : -1;
	return status;
}

void program_run(struct program *p, const char *const *argv)
{
	struct stream s[2] = { { .fd = -1 }, { .fd = -1 } };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(s); i++)
		s[i].keep = open_memstream(&s[i].text, &s[i].size);
	p->status = s[0].keep && s[1].keep ? start(s, argv) : -1;
	for (i = 0; i < ARRAY_SIZE(s); i++) {
		if (s[i].keep)
			fclose(s[i].keep);
		if (!s[i].text)
			s[i].text = strdup("");
	}
	p->out = s[0].text;
	p->err = s[1].text;
}

void program_free(struct program *p)
{
	free(p->out);
	free(p->err);
}
