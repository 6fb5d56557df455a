// SPDX-License-Identifier: GPL-2.0-only
/*
 * nl_event.c - the module's multicast groups, until a signal ends it.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include "nl.h"
#include "nl_conn.h"

/**
 * nl_catch_signals() - from here on SIGINT and SIGTERM only end nl_listen()
 *
 * Return: a descriptor that is readable once one of them came, or -1.
 */
int nl_catch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int nl_join(struct ctl *ctl, const char *group)
{
	struct nl *nl = ctl->nl;
	unsigned int i;

	for (i = 0; i < nl->ngroups; i++) {
		if (!strcmp(nl->groups[i].name, group))
			break;
	}
	if (i == nl->ngroups)
		return ctl_error(ctl, CTL_REFUSED,
				 "the loaded module sends no events of %s",
				 group);
	if (!mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP,
				   &nl->groups[i].id,
				   sizeof(nl->groups[i].id)))
		return CTL_DONE;
	if (errno == EPERM)
		return ctl_error(ctl, CTL_UNABLE,
				 "no permission: this needs CAP_NET_ADMIN in the network namespace; run it as root");
	return ctl_error(ctl, CTL_REFUSED, "cannot listen to %s: %s", group,
			 strerror(errno));
}

/* Room for a burst: a thousand calls that end at once. */
static void widen_buffer(struct nl *nl)
{
	int fd = mnl_socket_get_fd(nl->sock), size = NL_EVENTS;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static int take_events(struct ctl *ctl, nl_event_fn event)
{
	struct nl *nl = ctl->nl;
	const struct nlmsghdr *nlh = (const void *)nl->buf;
	int len = mnl_socket_recvfrom(nl->sock, nl->buf, sizeof(nl->buf));

	if (len < 0 && errno == ENOBUFS) {
		ctl_warn(ctl, "events came faster than they were read, some are lost");
		return CTL_DONE;
	}
	if (len < 0 && (errno == EINTR || errno == EAGAIN))
		return CTL_DONE;
	if (len < 0)
		return ctl_error(ctl, CTL_REFUSED, "cannot listen: %s",
				 strerror(errno));
	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_type == nl->family)
			event(ctl, nlh);
	}
	return CTL_DONE;
}

/**
 * nl_listen() - hand over every event until a signal comes
 * @ctl: options and connection, groups joined
 * @signals: from nl_catch_signals()
 * @event: gets each message
 *
 * Return: enum ctl_exit
 */
int nl_listen(struct ctl *ctl, int signals, nl_event_fn event)
{
	struct pollfd fds[] = {
		{ .fd = mnl_socket_get_fd(ctl->nl->sock), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	int ret = CTL_DONE;

	widen_buffer(ctl->nl);
	while (!ret && !fds[1].revents) {
		if (poll(fds, 2, -1) > 0 && fds[0].revents)
			ret = take_events(ctl, event);
	}
	return ret;
}
