/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uri.h - sip: and sips: URIs (RFC 3261 19.1) as offsets.
 */
#ifndef SIPALG_CORE_URI_H
#define SIPALG_CORE_URI_H

#include "span.h"

enum sip_scheme {
	SIP_SCHEME_OTHER,	/* tel: and all the rest: opaque */
	SIP_SCHEME_SIP,
	SIP_SCHEME_SIPS,
};

/**
 * struct sip_uri - parts of one URI
 * @user: user part without password, {0, 0} without one
 * @host: name, IPv4 literal, or IPv6 literal with its brackets
 * @port: digits, {0, 0} without one
 * @params: from the first ';' to the '?' or the end
 * @port_num: the port, or the scheme's default
 * @scheme: enum sip_scheme
 * @password: a password stands between user and host
 */
struct sip_uri {
	struct span user;
	struct span host;
	struct span port;
	struct span params;
	u16 port_num;
	u8 scheme;
	bool password;
};

/**
 * sip_uri_parse() - take a URI apart
 * @b: the message
 * @uri: all of it, without <>
 * @out: result; only @scheme is set for SIP_SCHEME_OTHER
 *
 * The '@' that ends the user part is the first one that is not behind a
 * quote: one in a parameter or header does not count.
 *
 * Return: 0; -EBADMSG when it is no URI, or a SIP URI without host or with
 * a bad port.
 */
int __must_check sip_uri_parse(const struct sip_buf *b, struct span uri,
			       struct sip_uri *out);

/**
 * sip_uri_host() - where the host of a URI begins
 * @b: the message
 * @uri: all of it, without <>
 * @scheme: enum sip_scheme; the result says nothing for SIP_SCHEME_OTHER
 *
 * Return: its offset, at most the end of @uri.
 */
u32 sip_uri_host(const struct sip_buf *b, struct span uri, u8 *scheme);

/* Does "sip:" stand at @from? */
static inline bool sip_uri_is_sip(const struct sip_buf *b, u32 from)
{
	return (u32)(span_load64(b, from) | 0x202020) == 0x3a706973;
}

/* Host, and port if it has one, in one span. */
static inline struct span sip_uri_hostport(const struct sip_uri *u)
{
	return span_make(u->host.off,
			 u->port.len ? span_end(u->port) : span_end(u->host));
}

/* What a URI without port means: RFC 3261 19.1.2. */
static inline u16 sip_scheme_port(u8 scheme)
{
	return scheme == SIP_SCHEME_SIPS ? 5061 : 5060;
}

#endif /* SIPALG_CORE_URI_H */
