/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * via.h - the topmost Via (RFC 3261 20.42, RFC 3581).
 */
#ifndef SIPALG_CORE_VIA_H
#define SIPALG_CORE_VIA_H

#include "span.h"

/* What nearly every Via begins with, folded. */
#define SIP_VIA_2_0	SPAN_WORD('s', 'i', 'p', '/', '2', '.', '0', '/')
#define SIP_VIA_UDP	SPAN_WORD('u', 'd', 'p', ' ', 0, 0, 0, 0)

/**
 * struct sip_via - one via-parm
 * @host: host of sent-by; an IPv6 literal with its brackets
 * @port: digits of its port, {0, 0} without one
 * @params: from the first ';' to the end of the header
 * @branch: value of branch
 * @received: value of received
 * @rport: value of rport; {0, 0} too when it has none
 * @maddr: value of maddr
 * @port_num: port of sent-by, or the transport's default
 * @default_port: 5060, or 5061 for TLS (RFC 3261 18.2.2)
 */
struct sip_via {
	struct span host;
	struct span port;
	struct span params;
	struct span branch;
	struct span received;
	struct span rport;
	struct span maddr;
	u16 port_num;
	u16 default_port;
};

/**
 * sip_via_sent_by() - sent-protocol and sent-by of the first via-parm
 * @b: the message
 * @value: header value; what follows a ',' is another Via
 * @via: result; its parameters are left to sip_via_params()
 *
 * Legal white space is accepted everywhere ("SIP / 2.0 / UDP  host : port").
 *
 * Return: 0 or -EBADMSG.
 */
int __must_check sip_via_sent_by(const struct sip_buf *b, struct span value,
				 struct sip_via *via);

/**
 * sip_via_host() - where sent-by begins, behind "SIP/2.0/UDP "
 * Return: its offset; 0 when the Via begins in any other way.
 */
static inline u32 sip_via_host(const struct sip_buf *b, struct span value)
{
	const char *p = b->data + value.off;

	if (value.len > 16 && (port_load64(p) | SPAN_FOLD) == SIP_VIA_2_0 &&
	    span_keep(port_load64(p + 8) | SPAN_FOLD, 4) == SIP_VIA_UDP)
		return value.off + 12u;
	return 0;
}

/**
 * sip_via_params() - branch, received, rport and maddr
 * @b: the message
 * @via: what sip_via_sent_by() found
 */
void sip_via_params(const struct sip_buf *b, struct sip_via *via);

/**
 * sip_via_branch() - the branch alone
 * @b: the message
 * @params: sip_via.params
 *
 * Return: its value, {0, 0} without one.
 */
struct span sip_via_branch(const struct sip_buf *b, struct span params);

/**
 * sip_via_parse() - both: the whole first via-parm
 * Return: 0 or -EBADMSG.
 */
int __must_check sip_via_parse(const struct sip_buf *b, struct span value,
			       struct sip_via *via);

/* Host, and port if it has one, in one span. */
static inline struct span sip_via_hostport(const struct sip_via *via)
{
	return span_make(via->host.off, via->port.len ?
			 span_end(via->port) : span_end(via->host));
}

#endif /* SIPALG_CORE_VIA_H */
