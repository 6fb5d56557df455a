/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * net.h - networks: as words, as attributes, as text.
 */
#ifndef SIPALGCTL_NET_H
#define SIPALGCTL_NET_H

#include <jansson.h>

#include "ctl.h"
#include "nl.h"

enum {
	NET_MAX		= 256,	/* networks of one request */
	NET_TEXT	= 64,	/* bytes of the longest text, with NUL */
};

/**
 * struct net - a network
 * @ip: network order; IPv4 uses the first four bytes, the rest is 0
 * @len: bits of the prefix; those behind it are 0
 * @family: 4 or 6
 */
struct net {
	uint8_t ip[16];
	uint8_t len;
	uint8_t family;
};

/* The next word: ADDR or ADDR/LENGTH. Return: enum ctl_exit. */
int words_net(struct ctl *ctl, struct words *w, struct net *net);
/* The next word: the unicast address of a host. @what: "address of ...". */
int words_addr(struct ctl *ctl, struct words *w, const char *what,
	       struct net *addr);
bool net_equal(const struct net *a, const struct net *b);
/* ADDR for a single address, else ADDR/LENGTH */
void net_text(const struct net *net, char *text, size_t size);
/* As attribute SIPALG_A_NET of a request, or of a nest in it. */
void net_put(struct nlmsghdr *nlh, const struct net *net);
/* From a nest of SIPALG_NET_*; false when it is none. */
bool net_get(const struct nlattr *nest, struct net *net);
/* Messages with SIPALG_A_NET in the order of their networks. */
void net_sort(struct nl_msgs *msgs);

#endif /* SIPALGCTL_NET_H */
