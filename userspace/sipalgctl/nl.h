/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nl.h - the tool's side of the generic netlink family "sipalg".
 *
 * Every function prints its own error, with the kernel's words, and returns
 * enum ctl_exit.
 */
#ifndef SIPALGCTL_NL_H
#define SIPALGCTL_NL_H

#include <libmnl/libmnl.h>

#include <linux/genetlink.h>
#include <linux/sipalg.h>

#include "ctl.h"

/**
 * struct nl_msgs - messages of the kernel, one after the other
 * @data: struct nlmsghdr, each aligned
 * @len: bytes in use
 * @size: bytes there are
 */
struct nl_msgs {
	char *data;
	size_t len;
	size_t size;
};

/* A request being built; what it is lives in @data. */
struct nl_req {
	struct nlmsghdr *nlh;
	char data[16384];
};

typedef void (*nl_event_fn)(struct ctl *ctl, const struct nlmsghdr *nlh);

int nl_open(struct ctl *ctl);
int nl_enter(struct ctl *ctl);
bool nl_there(struct ctl *ctl);
void nl_close(struct ctl *ctl);

void nl_start(struct nl_req *req, enum sipalg_cmd cmd);
int nl_do(struct ctl *ctl, struct nl_req *req, struct nl_msgs *answer);
int nl_dump(struct ctl *ctl, struct nl_req *req, struct nl_msgs *answer);
/* nl_do() of a command without attributes and without answer */
int nl_command(struct ctl *ctl, enum sipalg_cmd cmd);
int nl_try(struct ctl *ctl, enum sipalg_cmd cmd);

int nl_catch_signals(void);
int nl_join(struct ctl *ctl, const char *group);
int nl_listen(struct ctl *ctl, int signals, nl_event_fn event);

/* nl_msgs.c */
int nl_add(struct nl_msgs *msgs, const struct nlmsghdr *nlh);
const struct nlmsghdr *nl_first(const struct nl_msgs *msgs);
const struct nlmsghdr *nl_after(const struct nl_msgs *msgs,
				const struct nlmsghdr *nlh);
void nl_free(struct nl_msgs *msgs);

/* Attributes of @nlh by number; @tb has SIPALG_A_MAX + 1 entries. */
void nl_attrs(const struct nlmsghdr *nlh, const struct nlattr **tb);
void nl_nest(const struct nlattr *nest, const struct nlattr **tb,
	     unsigned int max);

/* netns.c */
int netns_enter(struct ctl *ctl, const char *name);

#endif /* SIPALGCTL_NL_H */
