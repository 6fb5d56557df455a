// SPDX-License-Identifier: GPL-2.0-only
/*
 * net.c - networks: as words, as attributes, as text.
 *
 * A network with bits behind its prefix is refused: nobody can know whether
 * the address was meant, or the length.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net.h"

static unsigned int bits_of(const struct net *net)
{
	return net->family == 4 ? 32 : 128;
}

/* @text ends behind @len bytes, or goes on. */
static bool read_addr(const char *text, size_t len, struct net *net)
{
	char addr[INET6_ADDRSTRLEN];

	memset(net, 0, sizeof(*net));
	if (len >= sizeof(addr))
		return false;
	memcpy(addr, text, len);
	addr[len] = '\0';
	net->family = strchr(addr, ':') ? 6 : 4;
	return inet_pton(net->family == 4 ? AF_INET : AF_INET6, addr,
			 net->ip) == 1;
}

/* Clears the bits behind the prefix. */
static void cut(struct net *net)
{
	unsigned int i, bits = net->len;

	for (i = 0; i < sizeof(net->ip); i++) {
		unsigned int keep = bits < 8 ? bits : 8;

		net->ip[i] &= 0xff00 >> keep;
		bits -= keep;
	}
}

bool net_equal(const struct net *a, const struct net *b)
{
	return a->family == b->family && a->len == b->len &&
	       !memcmp(a->ip, b->ip, sizeof(a->ip));
}

void net_text(const struct net *net, char *text, size_t size)
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(net->family == 4 ? AF_INET : AF_INET6, net->ip, addr,
		  sizeof(addr));
	if (net->len == bits_of(net))
		snprintf(text, size, "%s", addr);
	else
		snprintf(text, size, "%s/%u", addr, net->len);
}

int words_net(struct ctl *ctl, struct words *w, struct net *net)
{
	const char *word = words_next(w);
	char text[NET_TEXT];
	struct net whole;
	unsigned long len;
	size_t addr;

	if (!word)
		return words_missing(ctl, w, "the network is missing");
	addr = strcspn(word, "/");
	if (!read_addr(word, addr, net))
		return words_wrong(ctl, w,
				   "a network is ADDR or ADDR/LENGTH");
	len = bits_of(net);
	if (word[addr] && !words_number(word + addr + 1, len, &len))
		return words_wrong(ctl, w,
				   "the length of an IPv%u prefix is 0 to %u",
				   net->family, bits_of(net));
	net->len = len;
	whole = *net;
	cut(net);
	if (net_equal(net, &whole))
		return CTL_DONE;
	net_text(net, text, sizeof(text));
	return words_wrong(ctl, w,
			   "bits are set behind the prefix; the network is %s",
			   text);
}

/* Of one host: not 0/8, loopback, multicast, broadcast, nor reserved. */
static bool is_unicast(const struct net *addr)
{
	static const uint8_t loopback[16] = { [15] = 1 }, nowhere[16];
	uint8_t first = addr->ip[0];

	if (addr->family == 4)
		return first && first != 127 && first < 224;
	return first != 0xff && memcmp(addr->ip, loopback, 16) &&
	       memcmp(addr->ip, nowhere, 16);
}

int words_addr(struct ctl *ctl, struct words *w, const char *what,
	       struct net *addr)
{
	const char *word = words_next(w);

	if (!word)
		return words_missing(ctl, w, "the %s is missing", what);
	if (!read_addr(word, strlen(word), addr))
		return words_wrong(ctl, w, "the %s is an IP address", what);
	addr->len = bits_of(addr);
	if (!is_unicast(addr))
		return words_wrong(ctl, w, "the %s is not a unicast address",
				   what);
	return CTL_DONE;
}

void net_put(struct nlmsghdr *nlh, const struct net *net)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPALG_A_NET);

	if (net->family == 4)
		mnl_attr_put(nlh, SIPALG_NET_IP4, 4, net->ip);
	else
		mnl_attr_put(nlh, SIPALG_NET_IP6, 16, net->ip);
	mnl_attr_put_u8(nlh, SIPALG_NET_LEN, net->len);
	mnl_attr_nest_end(nlh, nest);
}

static bool has(const struct nlattr *attr, size_t len)
{
	return attr && mnl_attr_get_payload_len(attr) >= len;
}

bool net_get(const struct nlattr *nest, struct net *net)
{
	const struct nlattr *tb[SIPALG_NET_MAX + 1];

	memset(net, 0, sizeof(*net));
	if (!nest)
		return false;
	nl_nest(nest, tb, SIPALG_NET_MAX);
	if (!has(tb[SIPALG_NET_LEN], 1))
		return false;
	net->len = mnl_attr_get_u8(tb[SIPALG_NET_LEN]);
	if (has(tb[SIPALG_NET_IP4], 4)) {
		net->family = 4;
		memcpy(net->ip, mnl_attr_get_payload(tb[SIPALG_NET_IP4]), 4);
	} else if (has(tb[SIPALG_NET_IP6], 16)) {
		net->family = 6;
		memcpy(net->ip, mnl_attr_get_payload(tb[SIPALG_NET_IP6]), 16);
	}
	return net->family && net->len <= bits_of(net);
}

/* A message and its network, while they are put in order. */
struct sorted {
	const struct nlmsghdr *nlh;
	struct net net;
};

static int compare(const void *one, const void *other)
{
	const struct net *a = &((const struct sorted *)one)->net;
	const struct net *b = &((const struct sorted *)other)->net;
	int order = a->family - b->family;

	if (!order)
		order = memcmp(a->ip, b->ip, sizeof(a->ip));
	return order ? order : a->len - b->len;
}

static size_t count(const struct nl_msgs *msgs)
{
	const struct nlmsghdr *nlh;
	size_t n = 0;

	for (nlh = nl_first(msgs); nlh; nlh = nl_after(msgs, nlh))
		n++;
	return n;
}

/* Without memory they stay as they came. */
void net_sort(struct nl_msgs *msgs)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];
	const struct nlmsghdr *nlh;
	struct nl_msgs out = { 0 };
	size_t n = 0, i, all = count(msgs);
	struct sorted *list = calloc(all + 1, sizeof(*list));

	if (!list)
		return;
	for (nlh = nl_first(msgs); nlh; nlh = nl_after(msgs, nlh)) {
		nl_attrs(nlh, tb);
		list[n].nlh = nlh;
		net_get(tb[SIPALG_A_NET], &list[n++].net);
	}
	qsort(list, n, sizeof(*list), compare);
	for (i = 0; i < n && !nl_add(&out, list[i].nlh); i++)
		;
	if (i == n) {
		nl_free(msgs);
		*msgs = out;
	} else {
		nl_free(&out);
	}
	free(list);
}
