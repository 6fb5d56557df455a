// SPDX-License-Identifier: GPL-2.0-only
/*
 * nl_open.c - connect: into the namespace, find the family and its groups.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nl.h"
#include "nl_conn.h"

static void read_group(struct nl *nl, const struct nlattr *nest)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];

	nl_nest(nest, tb, CTRL_ATTR_MCAST_GRP_MAX);
	if (!tb[CTRL_ATTR_MCAST_GRP_NAME] || !tb[CTRL_ATTR_MCAST_GRP_ID] ||
	    nl->ngroups == NL_GROUPS)
		return;
	snprintf(nl->groups[nl->ngroups].name,
		 sizeof(nl->groups[nl->ngroups].name), "%s",
		 mnl_attr_get_str(tb[CTRL_ATTR_MCAST_GRP_NAME]));
	nl->groups[nl->ngroups].id =
		mnl_attr_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	nl->ngroups++;
}

static int read_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr, *group;
	struct nl *nl = data;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_FAMILY_ID:
			nl->family = mnl_attr_get_u16(attr);
			break;
		case CTRL_ATTR_MCAST_GROUPS:
			mnl_attr_for_each_nested(group, attr)
				read_group(nl, group);
			break;
		}
	}
	return MNL_CB_OK;
}

/* Return: 0 or -errno; -ENOENT means that there is no such family. */
static int find_family(struct nl *nl)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->buf);
	struct genlmsghdr *genl;
	int ret;

	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = CTRL_CMD_GETFAMILY;
	genl->version = 1;
	nlh->nlmsg_type = GENL_ID_CTRL;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = ++nl->seq;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, SIPALG_GENL_NAME);
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		return -errno;

	do {
		ret = mnl_socket_recvfrom(nl->sock, nl->buf, sizeof(nl->buf));
		if (ret < 0)
			return -errno;
		ret = mnl_cb_run(nl->buf, ret, nl->seq,
				 mnl_socket_get_portid(nl->sock),
				 read_family, nl);
	} while (ret > MNL_CB_STOP);
	return ret < 0 ? -errno : 0;
}

static int open_socket(struct nl *nl)
{
	int on = 1;

	nl->sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->sock)
		return -errno;
	if (mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &on, sizeof(on));
	return find_family(nl);
}

/* Return: 0 or -errno; nothing is printed. */
static int connect_nl(struct ctl *ctl)
{
	int err;

	ctl->nl = calloc(1, sizeof(*ctl->nl));
	if (!ctl->nl)
		return -ENOMEM;
	err = open_socket(ctl->nl);
	if (err)
		nl_close(ctl);
	return err;
}

/**
 * nl_enter() - go into the namespace of --netns, once
 * @ctl: options
 *
 * Return: enum ctl_exit; an error is printed.
 */
int nl_enter(struct ctl *ctl)
{
	int err;

	if (!ctl->netns || ctl->inside)
		return CTL_DONE;
	err = netns_enter(ctl, ctl->netns);
	ctl->inside = !err;
	return err;
}

/**
 * nl_there() - is there a module to talk to?
 * @ctl: options; ctl->nl is set if there is
 *
 * Prints nothing when there is none.
 */
bool nl_there(struct ctl *ctl)
{
	return ctl->nl || (!nl_enter(ctl) && !connect_nl(ctl));
}

/**
 * nl_open() - connect to the module, unless that was done already
 * @ctl: options; ctl->nl is set
 *
 * Return: enum ctl_exit; CTL_UNABLE when there is no module.
 */
int nl_open(struct ctl *ctl)
{
	int err;

	if (ctl->nl)
		return CTL_DONE;
	err = nl_enter(ctl);
	if (err)
		return err;
	err = connect_nl(ctl);
	if (!err)
		return CTL_DONE;
	if (err == -ENOENT)
		return ctl_error(ctl, CTL_UNABLE,
				 "the kernel module sipalg is not loaded; load it with `modprobe sipalg`, as root");
	return ctl_error(ctl, CTL_UNABLE,
			 "cannot talk to the kernel over netlink: %s",
			 strerror(-err));
}

void nl_close(struct ctl *ctl)
{
	if (!ctl->nl)
		return;
	if (ctl->nl->sock)
		mnl_socket_close(ctl->nl->sock);
	free(ctl->nl);
	ctl->nl = NULL;
}
