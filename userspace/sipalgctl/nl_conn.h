/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nl_conn.h - the connection itself; only the nl_*.c files look into it.
 */
#ifndef SIPALGCTL_NL_CONN_H
#define SIPALGCTL_NL_CONN_H

#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

enum {
	NL_GROUPS	= 8,
	NL_BUFFER	= 65536,	/* larger than any answer of a dump */
	NL_EVENTS	= 4 << 20,	/* events not read yet, in the kernel */
};

/**
 * struct nl - a socket that knows the family
 * @family: its number
 * @seq: of the last request
 * @groups: its multicast groups, by name
 */
struct nl {
	struct mnl_socket *sock;
	uint16_t family;
	unsigned int seq;
	unsigned int ngroups;
	struct {
		char name[16];
		uint32_t id;
	} groups[NL_GROUPS];
	char buf[NL_BUFFER];
};

/* nl_reason.c: the kernel's extended acknowledgment as one sentence */
void nl_reason(const struct nlmsghdr *answer, const struct nlmsghdr *request,
	       char *text, size_t size);

#endif /* SIPALGCTL_NL_CONN_H */
