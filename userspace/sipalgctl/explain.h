/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explain.h - one message through the core, in user space.
 */
#ifndef SIPALGCTL_EXPLAIN_H
#define SIPALGCTL_EXPLAIN_H

#include <jansson.h>

#include "alg.h"
#include "ctl.h"

enum {
	EXPLAIN_MEDIA	= 2 * SDP_MAX_MEDIA,
	EXPLAIN_EP	= 64,		/* text of an endpoint */
};

/**
 * struct explain_media - a pinhole that the message would have
 * @lan: family 0 when only the far end's side is known
 */
struct explain_media {
	struct alg_ep lan;
	struct alg_ep wan;
	struct alg_ep remote;
	uint8_t index;
	uint8_t kind;
};

/**
 * struct explain - the message, its surroundings, and what came of it
 * @pkt: message and addresses
 * @lan_text: rendered addresses of @pkt
 * @wan_text: rendered addresses of @pkt
 * @offset: added to every media port
 * @ctx: the core's
 * @media: what it opened
 * @nmedia: how many
 * @out: the message as it would leave
 * @out_len: its bytes
 */
struct explain {
	struct alg_pkt pkt;
	struct addr_text lan_text;
	struct addr_text wan_text;
	int offset;
	struct alg_ctx ctx;
	struct explain_media media[EXPLAIN_MEDIA];
	unsigned int nmedia;
	char *out;
	uint32_t out_len;
};

extern const struct alg_host explain_host;

/* explain.c: "ADDR:PORT", IPv6 in brackets */
void explain_ep(const struct alg_ep *ep, char *text, size_t size);

/* explain_why.c: what was assumed, the verdict, its reason, what to try */
void explain_why(const struct explain *x, const char *verdict);
/* ... and what the reasons of edits and kept literals mean */
void explain_legend(const struct ctl *ctl, const struct explain *x);

/* explain_fault.c: where the message is not as RFC 3261 wants it */
void explain_faults(const struct explain *x);

/* explain_view.c: verdict, edits, and the message with its changes marked */
void explain_view(struct ctl *ctl, const struct explain *x,
		  const json_t *result);

#endif /* SIPALGCTL_EXPLAIN_H */
