/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * alg.h - the core's one door: a message and its addresses go in, a verdict
 * and an edit list come out.
 *
 * THEORY OF OPERATION
 *
 * parse -> plan -> apply. alg_run() parses the message into offsets, lets the
 * registration or dialog state machine look at it, and plans edits. It never
 * changes a byte of the message. edit_apply() (user space, tests) or
 * rewrite.c (kernel) carries the plan out.
 *
 * What needs the world - which port is free, which dialog this is - is asked
 * of the host through struct alg_host. The host books what it opened for this
 * message in a transaction of its own; after alg_run() the caller applies the
 * edits and tells the host to keep (commit) or to undo (abort) it. So a
 * message is changed as a whole, with its pinholes, or not at all.
 *
 * The core never allocates, never sleeps, takes no lock and reads no clock.
 * Everything it writes is in the caller's struct alg_ctx (several kB: per-CPU
 * scratch or a slab, never the stack).
 */
#ifndef SIPALG_CORE_ALG_H
#define SIPALG_CORE_ALG_H

#include "port.h"
#include "addr.h"
#include "reason.h"
#include "edit.h"
#include "msg.h"
#include "sdp.h"

enum alg_limit {
	ALG_MAX_MSG	= 65535,	/* a UDP datagram; offsets are u16 */
	ALG_MIN_PORT	= 1024,		/* no pinhole below (SEC-10) */
	ALG_SIP_PORT	= 5060,		/* RFC 3261 19.1.2: default port */
	ALG_MAX_KEPT	= 24,		/* notes for explain; more are dropped */
	ALG_NO_PORT	= 0x10000,	/* no port at all */
};

/**
 * struct alg_ep - one transport address
 * @ip: address bytes in network order; IPv4 uses the first four
 * @port: host byte order, 0 = none
 * @family: 4, 6, or 0 for "no address"
 */
struct alg_ep {
	union {
		u8 ip[16];
		u32 v4;			/* network byte order */
		u64 w[2];
	};
	u16 port;
	u8 family;
};

enum alg_dir {
	ALG_OUT,			/* from the LAN host to the far end */
	ALG_IN,
};

enum alg_proto {
	ALG_UDP	= 17,
	ALG_TCP	= 6,
};

/**
 * struct alg_pkt - one whole SIP message and what NAT does to its packet
 * @data: first byte of the message (UDP: the payload); read-only
 * @len: bytes at @data
 * @lan: the inside host of this flow, its own address and port
 * @wan: what the far end sees instead of @lan, as NAT chose it
 * @peer: the far end
 * @lan_text: addr_render() of @lan; the host renders it once a flow, not once
 *	a message
 * @wan_text: the same of @wan
 * @dir: which way the packet goes (enum alg_dir)
 * @proto: enum alg_proto
 * @seed: secret of the host, keys every hash that the core makes
 */
struct alg_pkt {
	const char *data;
	u32 len;
	struct alg_ep lan;
	struct alg_ep wan;
	struct alg_ep peer;
	const struct addr_text *lan_text;
	const struct addr_text *wan_text;
	u8 dir;
	u8 proto;
	u64 seed;
};

/*
 * How the LAN host writes its address in each field, so that what comes back
 * is what it wrote: with or without the port (law 4), and whether it was its
 * own address at all. One that writes the outside address itself (STUN) has
 * no *_OURS and is left alone.
 */
enum alg_bind_flag {
	ALG_BIND_VIA_NOPORT	= 1 << 0,	/* its Via had no port */
	ALG_BIND_CONTACT_NOPORT	= 1 << 1,	/* its Contact had no port */
	ALG_BIND_ROUTE_NOPORT	= 1 << 2,	/* its Record-Route had none */
	ALG_BIND_VIA_OURS	= 1 << 3,	/* its Via was rewritten */
	ALG_BIND_CONTACT_OURS	= 1 << 4,	/* its Contact was */
	ALG_BIND_ROUTE_OURS	= 1 << 5,	/* its Record-Route was */
};

/**
 * struct alg_bind - a signalling binding as the host sees it
 * @lan: inside address and port
 * @wan: outside address and port
 * @flags: enum alg_bind_flag, as last stored with host->bind_flags()
 * @priv: the host's own handle
 */
struct alg_bind {
	struct alg_ep lan;
	struct alg_ep wan;
	u8 flags;
	void *priv;
};

enum alg_media_kind {
	ALG_MEDIA_RTP,			/* RTP, with RTCP in a port of its own */
	ALG_MEDIA_RTCP,
	ALG_MEDIA_MUX,			/* rtp+rtcp on one port, RFC 5761 */
	ALG_MEDIA_UDPTL,		/* T.38 */
	ALG_MEDIA_OTHER,
};

/**
 * struct alg_media - one media line that wants a pinhole
 * @lan: where the LAN host receives it (address and port of m=/c=)
 * @lan_rtcp_port: its RTCP port; 0 when it has none (mux, not RTP)
 * @wan: out: the external address and port
 * @wan_rtcp_port: out: the external RTCP port, 0 when @lan_rtcp_port is
 * @index: number of the m= line in the SDP, from 0
 * @kind: enum alg_media_kind of the first port
 */
struct alg_media {
	struct alg_ep lan;
	u16 lan_rtcp_port;
	struct alg_ep wan;
	u16 wan_rtcp_port;
	u8 index;
	u8 kind;
};

struct alg_ctx;
struct alg_reg;
struct alg_call;
struct alg_step;

/**
 * struct alg_host - what the core asks of its host
 *
 * Every operation gets the context; @ctx->host_priv is the host's. Errors:
 * -ENOSPC table full or no port, -ENOMEM, -EACCES refused by policy,
 * -ENOENT not there. None of them is fatal: the message then leaves as it
 * came, with a reason.
 *
 * @bind_out: the binding of LAN address @lan (a port on which this LAN host
 *	receives SIP), found or made. For ctx->pkt->lan its outside is the
 *	flow's own mapping unless a binding says otherwise.
 * @bind_in: the binding behind an outside address, look-up only. Answers
 *	-ENOENT when the binding is another LAN host's than pkt->lan.
 * @bind_flags: remember @flags for the binding (may be lost, never wrong
 *	for longer than one message)
 * @media_open: an external port (pair) for a media line of the LAN host's;
 *	one that is open already for this LAN port is used again
 * @media_remote: the far end's address for media line @index, from its SDP
 * @reg_find: the registration with this key or NULL
 * @call_find: the dialog with this key or NULL
 *
 * What the state machines decide is in ctx->step; the host carries it out at
 * commit, not before. @reg_find and @call_find results stay valid and are not
 * changed by anybody else until commit or abort.
 */
struct alg_host {
	int (*bind_out)(struct alg_ctx *ctx, const struct alg_ep *lan,
			struct alg_bind *bind);
	int (*bind_in)(struct alg_ctx *ctx, const struct alg_ep *wan,
		       struct alg_bind *bind);
	void (*bind_flags)(struct alg_ctx *ctx, const struct alg_bind *bind,
			   u8 flags);
	int (*media_open)(struct alg_ctx *ctx, struct alg_media *media);
	void (*media_remote)(struct alg_ctx *ctx, unsigned int index,
			     const struct alg_ep *remote, u16 rtcp_port);
	struct alg_reg *(*reg_find)(struct alg_ctx *ctx, u64 key);
	struct alg_call *(*call_find)(struct alg_ctx *ctx, u64 key);
};

enum alg_verdict {
	ALG_PASS,		/* not SIP: as it came, no reason */
	ALG_SAME,		/* SIP that needs nothing (same_*) */
	ALG_REWRITE,		/* ctx->edits are to be applied (edit_*) */
	ALG_RAW,		/* ours, but left as it came (raw_*) */
	ALG_DROP,		/* policy (drop_*) */
};

/* ---- registrations: RFC 3261 10; the struct is embedded by the host ---- */

enum alg_reg_state { ALG_REG_PENDING, ALG_REG_ACTIVE };

/**
 * struct alg_reg - one AOR registered by one LAN address through this flow
 * @key: alg_reg_key() of it
 * @call_id: hash of the Call-ID of the newest REGISTER
 * @branch: hash of the top Via's branch of the newest REGISTER
 * @cseq: its CSeq number: its answer says all three
 * @expires: seconds granted by the last 2xx
 * @asked: seconds asked by the newest REGISTER (0: it unregisters)
 * @state: enum alg_reg_state
 */
struct alg_reg {
	u64 key;
	u32 call_id;
	u32 branch;
	u32 cseq;
	u32 expires;
	u32 asked;
	u8 state;
};

/* ---- dialogs: RFC 3261 12, 13, 15; embedded by the host ---- */

enum alg_call_state {
	ALG_CALL_EARLY,
	ALG_CALL_CONFIRMED,
	ALG_CALL_HELD,
	ALG_CALL_ENDED,
};

/**
 * struct alg_call - one INVITE dialog of one LAN host
 * @key: Call-ID, LAN address and the caller's tag, hashed
 * @caller_tag: hash of the tag of the side that sent the initial INVITE
 * @callee_tag: hash of the other side's tag; 0 until a response brought it
 * @invite_cseq: CSeq of the newest INVITE of each side ([enum alg_dir])
 * @bye_cseq: CSeq of a BYE that waits for its answer, per side
 * @bye: bit 1 << enum alg_dir: that side sent a BYE
 * @dir: direction of the initial INVITE
 * @state: enum alg_call_state
 * @branches: the newest INVITE from outside came by these branches, one bit
 *	each by its hash; a proxy forks to several contacts of one LAN host
 * @refused: final answers that refused it, one bit each by the To tag
 * @offer: bit 1 << enum alg_dir: that side's newest INVITE brought an offer;
 *	4 << enum alg_dir: its newest UPDATE did
 * @hold: bit 1 << enum alg_dir: that side's stream is held; the same shifted
 *	by two: what its newest session description says, until it is answered
 */
struct alg_call {
	u64 key;
	u64 caller_tag;
	u64 callee_tag;
	u64 branches;
	u64 refused;
	u32 invite_cseq[2];
	u32 bye_cseq[2];
	u8 bye;
	u8 dir;
	u8 state;
	u8 offer;
	u8 hold;
};

enum alg_step_what {
	ALG_STEP_NONE,
	ALG_STEP_REG_PENDING,	/* create or update step.reg, unconfirmed */
	ALG_STEP_REG_ACTIVE,	/* 2xx: lives for step.reg.expires seconds */
	ALG_STEP_REG_FAILED,	/* final non-2xx that ends a *pending* one */
	ALG_STEP_REG_END,	/* 2xx to an unregistration */
	ALG_STEP_CALL_NEW,	/* initial INVITE: create step.call */
	ALG_STEP_CALL_UPDATE,	/* step.call replaces the stored struct */
	ALG_STEP_CALL_ANSWER,	/* as UPDATE; offer/answer is complete: media
				 * not named by the newest SDP of the LAN
				 * host can go, unless step.call is HELD
				 */
	ALG_STEP_CALL_REJECT,	/* as UPDATE; an offer in a re-INVITE/UPDATE was
				 * refused: by the far end, media opened by it
				 * alone can go
				 */
	ALG_STEP_CALL_END,	/* release the dialog and all its media */
};

/**
 * struct alg_step - what this message does to the state; plain values
 * @what: enum alg_step_what
 * @reg: new contents for ALG_STEP_REG_*
 * @call: new contents for ALG_STEP_CALL_*
 * @lan_contact: ALG_STEP_REG_*: the LAN host's registered address; family 0
 *	when this message does not say it (Contact: *, or a 2xx without it)
 * @wan_contact: what the registrar sees of it
 * @aor: user@host of the To URI in the message (span of pkt->data)
 * @contact: the whole Contact URI as in the message
 */
struct alg_step {
	u8 what;
	union {
		struct alg_reg reg;
		struct alg_call call;
	};
	struct alg_ep lan_contact;
	struct alg_ep wan_contact;
	struct span aor;
	struct span contact;
};

/**
 * struct alg_kept - a literal that looks private and was left (law 9)
 * @field: enum alg_field
 * @text: where it stands
 * @reason: enum alg_reason, one of the KEPT_* entries
 */
struct alg_kept {
	struct span text;
	u8 field;
	u8 reason;
};

/**
 * struct alg_ctx - everything the core writes for one message
 *
 * The caller sets @host, @host_priv and @pkt and calls alg_run(); nothing
 * needs clearing between two messages, alg_run() resets what it reads.
 */
struct alg_ctx {
	const struct alg_host *host;
	void *host_priv;
	const struct alg_pkt *pkt;

	u8 verdict;		/* enum alg_verdict */
	u8 reason;		/* enum alg_reason: why it left this way */
	u8 flags;		/* enum alg_ctx_flag */
	struct alg_step step;
	struct alg_call *call;	/* the dialog found, or NULL */

	struct sip_msg msg;
	struct sdp_body sdp;
	struct edit_list edits;
	unsigned int nkept;
	struct alg_kept kept[ALG_MAX_KEPT];

	const struct addr_text *own;	/* the literal that is looked for: the
					 * LAN host's on the way out, ours on
					 * the way in
					 */
	const struct addr_text *other;	/* what stands for it beyond */
	struct alg_bind bind;	/* the binding asked for last... */
	u32 bind_port;		/* ...for this port, or ALG_NO_PORT */
	bool bind_usual;	/* @other is its address beyond */
	u16 nown;		/* literals found that are ours */
	bool digest;		/* a Request-URI was left for its digest */
	bool in_dialog;		/* tags and direction fit ctx->call */
	bool has_sdp;		/* it carries an offer or answer of a call */
	u64 from_tag;		/* hashes, 0 without tag */
	u64 to_tag;
	struct span branch;	/* of the top Via, where it was read */
	u16 via_port;		/* LAN port that the top Via names, if ours */
	u8 wrote;		/* enum alg_bind_flag that this message set */
};

enum alg_ctx_flag {
	ALG_CTX_NOTES	= 1 << 0,	/* collect kept[] (explain, trace) */
};

/**
 * alg_run() - decide what happens to one message
 * @ctx: host, host_priv, pkt and ALG_CTX_NOTES are set
 *
 * Return: the verdict, also in ctx->verdict with ctx->reason. With
 * ALG_REWRITE ctx->edits is ordered, without overlap, and carries the right
 * Content-Length. With any other verdict ctx->edits is empty, and the caller
 * aborts the host's transaction unless it is ALG_SAME.
 */
enum alg_verdict alg_run(struct alg_ctx *ctx);

/**
 * alg_keeps_step() - is the step of this message to be carried out?
 * @ctx: after alg_run()
 *
 * Return: true when the caller commits the host's transaction: the message
 * was rewritten or needed nothing, or only its Request-URI was left because
 * a digest covers it.
 */
static inline bool alg_keeps_step(const struct alg_ctx *ctx)
{
	return ctx->verdict == ALG_REWRITE || ctx->verdict == ALG_SAME ||
	       ctx->reason == ALG_REASON_RAW_DIGEST;
}

/**
 * alg_request_is_for() - does this look like a request to one of our ports?
 * @data: first bytes of a datagram
 * @len: how many
 * @wan: the outside address that a Request-URI must name
 * @user: user part of the Request-URI without password, {0, 0} without one;
 *	may be NULL
 *
 * For NAT look-ups, before any flow exists: a start line only, no state.
 * A URI without port names 5060.
 *
 * Return: true if @data starts with a SIP request line whose Request-URI
 * has @wan as literal host and port.
 */
bool alg_request_is_for(const char *data, u32 len, const struct alg_ep *wan,
			struct span *user);

static inline bool alg_ep_equal(const struct alg_ep *a, const struct alg_ep *b)
{
	return a->w[0] == b->w[0] && a->w[1] == b->w[1] &&
	       a->port == b->port && a->family == b->family;
}

static inline bool alg_ip_equal(const struct alg_ep *a, const struct alg_ep *b)
{
	return a->w[0] == b->w[0] && a->w[1] == b->w[1] &&
	       a->family == b->family;
}

#endif /* SIPALG_CORE_ALG_H */
