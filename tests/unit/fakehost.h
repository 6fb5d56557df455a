/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fakehost.h - the world as a test wants it: a host for alg_run() that maps by
 * a plain rule, fails where it is told to, and remembers what it was asked.
 *
 * It keeps registrations and dialogs in small arrays and carries steps out at
 * commit, as the kernel's host does. It must never repair what the core asks:
 * what no host may be asked for is recorded in @misuse.
 */
#ifndef SIPALG_TESTS_FAKEHOST_H
#define SIPALG_TESTS_FAKEHOST_H

#include "alg.h"

enum {
	FH_MAX_BINDS	= 64,
	FH_MAX_MEDIA	= 64,
	FH_MAX_STATE	= 8,
	/* a LAN host that always writes its own address */
	FH_OURS		= ALG_BIND_VIA_OURS | ALG_BIND_CONTACT_OURS |
			  ALG_BIND_ROUTE_OURS,
};

enum fh_op {
	FH_BIND_OUT,
	FH_BIND_IN,
	FH_MEDIA_OPEN,
	FH_REG_FIND,
	FH_CALL_FIND,
	FH_MEDIA_REMOTE,
	FH_BIND_FLAGS,
	FH_OPS,
};

/**
 * struct fh_media - a media mapping of the host's
 * @media: what was asked and answered
 * @fresh: asked for by the message in hand
 * @known: it was open before that message
 */
struct fh_media {
	struct alg_media media;
	bool fresh;
	bool known;
};

/** struct fh_remote - one media_remote() call */
struct fh_remote {
	unsigned int index;
	struct alg_ep ep;
	u16 rtcp_port;
};

/**
 * struct fakehost - rules, tables and the record of one message
 * @sip_offset: outside port of a further SIP port = LAN port + this
 * @media_offset: outside port of a media port = LAN port + this
 * @media_gap: each further media port of a message moves by this more
 * @rtcp_offset: and RTCP moves by this more
 * @fail_err: what an operation answers instead (negative errno)
 * @fail_from: ... from its n-th call for one message on, counted from 1
 * @lan_text: address of the LAN host of the message in hand
 * @wan_text: the same of the outside
 * @misuse: a call that breaks the contract of alg.h, NULL = none
 */
struct fakehost {
	int sip_offset;
	int media_offset;
	int media_gap;
	int rtcp_offset;
	int fail_err[FH_OPS];
	unsigned int fail_from[FH_OPS];

	struct alg_bind bind[FH_MAX_BINDS];
	unsigned int nbind;
	struct fh_media media[FH_MAX_MEDIA];
	unsigned int nmedia;
	struct alg_reg reg[FH_MAX_STATE];
	unsigned int nreg;
	struct alg_call call[FH_MAX_STATE];
	unsigned int ncall;

	unsigned int calls[FH_OPS];
	unsigned int nbind_before;
	struct fh_remote remote[FH_MAX_MEDIA];
	unsigned int nremote;
	struct addr_text lan_text;
	struct addr_text wan_text;
	const char *misuse;
};

/** fakehost_init() - no bindings, ports kept outside, nothing fails */
void fakehost_init(struct fakehost *fh);

/** fakehost_bind() - a binding that exists before the message */
void fakehost_bind(struct fakehost *fh, const struct alg_ep *lan,
		   const struct alg_ep *wan, u8 flags);

/**
 * fakehost_run() - one message through alg_run(), then commit or abort
 * @fh: the host
 * @ctx: written over with a pattern first, but for ALG_CTX_NOTES: the core
 *	has to reset what it reads
 * @pkt: the message; its addresses are rendered here
 */
enum alg_verdict fakehost_run(struct fakehost *fh, struct alg_ctx *ctx,
			      struct alg_pkt *pkt);

#endif /* SIPALG_TESTS_FAKEHOST_H */
