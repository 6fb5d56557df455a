// SPDX-License-Identifier: GPL-2.0-only
/*
 * netns.c - into a named network namespace, as `ip netns` keeps them.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nl.h"

/**
 * netns_enter() - make /run/netns/@name this process's network namespace
 * @ctl: options
 * @name: of the namespace
 *
 * Return: enum ctl_exit
 */
int netns_enter(struct ctl *ctl, const char *name)
{
	char path[PATH_MAX];
	int fd, err;

	if (strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, "..") ||
	    strlen(name) > NAME_MAX)
		return ctl_error(ctl, CTL_USAGE,
				 "not a name of a network namespace: %s", name);
	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? errno : 0;
	if (!err && setns(fd, CLONE_NEWNET))
		err = errno;
	if (fd >= 0)
		close(fd);

	if (err == ENOENT)
		return ctl_error(ctl, CTL_USAGE,
				 "there is no network namespace %s", name);
	if (err == EPERM || err == EACCES)
		return ctl_error(ctl, CTL_UNABLE,
				 "no permission to enter network namespace %s: run this as root",
				 name);
	if (err)
		return ctl_error(ctl, CTL_REFUSED,
				 "cannot enter network namespace %s: %s",
				 name, strerror(err));
	return CTL_DONE;
}
