/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sdp.h - a session description (RFC 4566/8866) as offsets.
 *
 * One pass over the lines; only o=, c=, m= and the attributes that carry an
 * address, a port or a direction are kept. It says what stands there;
 * plan_sdp.c decides what that means.
 */
#ifndef SIPALG_CORE_SDP_H
#define SIPALG_CORE_SDP_H

#include "span.h"

struct addr_text;

enum sdp_limit {
	SDP_MAX_MEDIA	= 32,	/* SEC-15 */
	SDP_MAX_CAND	= 64,	/* candidates a message, SEC-15 */
};

enum sdp_dir {
	SDP_DIR_NONE,		/* not said: as the session, or sendrecv */
	SDP_DIR_SENDRECV,
	SDP_DIR_SENDONLY,
	SDP_DIR_RECVONLY,
	SDP_DIR_INACTIVE,
};

enum sdp_proto {
	SDP_PROTO_OTHER,	/* over UDP, without RTCP */
	SDP_PROTO_RTP,		/* RTP/AVP and all its kin */
	SDP_PROTO_UDPTL,	/* T.38 */
	SDP_PROTO_TCP,		/* anything over TCP */
};

enum sdp_media_flag {
	SDP_MEDIA_MUX		= 1 << 0,	/* a=rtcp-mux, RFC 5761 */
	SDP_MEDIA_ACTIVE	= 1 << 1,	/* a=setup:active, RFC 4145 */
};

/**
 * struct sdp_media - one m= line and what belongs to it
 * @port: digits of the port
 * @addr: address of its own c= line, or that whole line when it is not IP4;
 *	{0, 0} without one
 * @addr_before: address of a c= line before that, {0, 0} without one
 * @rtcp: digits of a=rtcp (RFC 3605), {0, 0} without one
 * @rtcp_addr: address in a=rtcp, {0, 0} without one
 * @port_num: port
 * @rtcp_num: port in a=rtcp
 * @count: ports a stream, the number after the slash, 1 without one
 * @proto: enum sdp_proto
 * @dir: enum sdp_dir
 * @flags: enum sdp_media_flag
 */
struct sdp_media {
	struct span port;
	struct span addr;
	struct span addr_before;
	struct span rtcp;
	struct span rtcp_addr;
	u16 port_num;
	u16 rtcp_num;
	u8 count;
	u8 proto;
	u8 dir;
	u8 flags;
};

/**
 * struct sdp_cand - a host candidate over UDP (RFC 8839 5.1)
 * @addr: its address
 * @port: digits of its port
 * @port_num: its port
 * @media: index of its m= line
 */
struct sdp_cand {
	struct span addr;
	struct span port;
	u16 port_num;
	u8 media;
};

/**
 * struct sdp_body - one session description
 * @own: the address that most of its lines name
 * @text: where it is in the message
 * @origin: address in o=, IP4 only
 * @addr: address of the session's c=, IP4 only
 * @addr_before: address of a c= before that, {0, 0} without one
 * @dir: enum sdp_dir of the session
 * @nmedia: entries of @media
 * @ncand: entries of @cand; other candidates are counted in @nseen only
 * @nseen: candidates seen, of every type
 * @media: m= lines in order
 * @cand: host candidates over UDP, in order
 */
struct sdp_body {
	const struct addr_text *own;
	struct span text;
	struct span origin;
	struct span addr;
	struct span addr_before;
	u8 dir;
	u8 nmedia;
	u8 ncand;
	u8 nseen;
	struct sdp_media media[SDP_MAX_MEDIA];
	struct sdp_cand cand[SDP_MAX_CAND];
};

/**
 * sdp_parse() - read a session description
 * @b: the message
 * @text: where the description is
 * @own: the address that most of its lines name; any other is read as well
 * @sdp: result
 *
 * Lines that are not understood are skipped: the far end judges them.
 *
 * Return: 0; -E2BIG above a limit; -EBADMSG for an m= line without port.
 */
int __must_check sdp_parse(const struct sip_buf *b, struct span text,
			   const struct addr_text *own, struct sdp_body *sdp);

/**
 * sdp_media_tail() - where a line is added to a media line
 * @b: the message
 * @sdp: what sdp_parse() read
 * @index: number of the media line
 *
 * Return: the end of its last line, before the line end.
 */
u32 sdp_media_tail(const struct sip_buf *b, const struct sdp_body *sdp,
		   u32 index);

/* The c= that counts for a media line: its own, or the session's. */
static inline struct span sdp_media_addr(const struct sdp_body *sdp,
					 const struct sdp_media *m)
{
	return m->addr.len ? m->addr : sdp->addr;
}

/* The direction that counts for a media line. */
static inline u8 sdp_media_dir(const struct sdp_body *sdp,
			       const struct sdp_media *m)
{
	return m->dir ? m->dir : sdp->dir;
}

#endif /* SIPALG_CORE_SDP_H */
