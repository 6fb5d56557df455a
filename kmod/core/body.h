/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * body.h - where in a message is the session description?
 *
 * Only application/sdp is ever looked into, alone or as a part of multipart
 * (RFC 5621), found by its boundary. Every other body is opaque, whatever
 * its lines look like.
 */
#ifndef SIPALG_CORE_BODY_H
#define SIPALG_CORE_BODY_H

#include "msg.h"

/**
 * struct sip_body - the session description of a message
 * @sdp: its bytes, {0, 0} without one
 * @part_length: digits of a Content-Length of its own part, {0, 0} without
 */
struct sip_body {
	struct span sdp;
	struct span part_length;
};

/**
 * sip_body_find_sdp() - find the session description
 * @msg: a parsed message
 * @out: result
 *
 * Return: 0, also when there is none; -E2BIG when there are several, too many
 * parts, or multiparts nested too deep.
 */
int __must_check sip_body_find_sdp(const struct sip_msg *msg,
				   struct sip_body *out);

#endif /* SIPALG_CORE_BODY_H */
