/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * route.h - lists of name-addr and addr-spec (RFC 3261 25.1): Route,
 * Record-Route, From, To, and what Contact is made of.
 *
 * Display names (quoted or not), a '<' or ',' in quotes, and the parameters
 * behind each address are told apart here.
 */
#ifndef SIPALG_CORE_ROUTE_H
#define SIPALG_CORE_ROUTE_H

#include "span.h"

/**
 * struct sip_addr - one address of a list
 * @uri: the URI without <>
 * @params: what is behind it, from the first ';' to the ',' or the end
 */
struct sip_addr {
	struct span uri;
	struct span params;
};

/**
 * sip_addr_next() - the next address of a comma-separated list
 * @b: the message
 * @value: header value
 * @pos: offset to go on from; start with value.off
 * @addr: result
 *
 * Return: 1; 0 at the end; -EBADMSG when there is no address.
 */
int __must_check sip_addr_next(const struct sip_buf *b, struct span value,
			       u32 *pos, struct sip_addr *addr);

/**
 * sip_addr_host() - the host of an address that looks as nearly all do
 * @b: the message
 * @pos: where the address begins: "<sip:user@" or "<sip:"
 * @end: limit
 *
 * Return: where the host begins; 0 when sip_addr_next() must read it.
 */
u32 sip_addr_host(const struct sip_buf *b, u32 pos, u32 end);

/* sip_addr_tag() where there may be one */
struct span sip_addr_find_tag(const struct sip_buf *b, struct span value);

/**
 * sip_addr_tag() - the tag of a From or To
 * @b: the message
 * @value: header value
 *
 * Return: its bytes; {0, 0} without tag.
 */
static inline struct span sip_addr_tag(const struct sip_buf *b,
				       struct span value)
{
	if (!value.len || b->data[span_end(value) - 1] == '>')
		return (struct span){ 0, 0 };
	return sip_addr_find_tag(b, value);
}

#endif /* SIPALG_CORE_ROUTE_H */
