// SPDX-License-Identifier: GPL-2.0-only
/*
 * fakehost.c - the host operations of alg.h over small arrays.
 *
 * Stands where host.c of the module stands: alg_run() asks, this answers, and
 * after the verdict everything that was opened is kept or undone at once.
 */
#include "fakehost.h"

static struct fakehost *host_of(struct alg_ctx *ctx)
{
	return ctx->host_priv;
}

/* Counts the call; the scripted error, or 0. */
static int called(struct fakehost *fh, enum fh_op op)
{
	fh->calls[op]++;
	if (fh->fail_err[op] && fh->calls[op] >= fh->fail_from[op])
		return fh->fail_err[op];
	return 0;
}

static struct alg_bind *bind_by_lan(struct fakehost *fh,
				    const struct alg_ep *lan)
{
	unsigned int i;

	for (i = 0; i < fh->nbind; i++)
		if (alg_ep_equal(&fh->bind[i].lan, lan))
			return &fh->bind[i];
	return NULL;
}

static int make_bind(struct fakehost *fh, const struct alg_pkt *pkt,
		     const struct alg_ep *lan, struct alg_bind *bind)
{
	struct alg_ep wan = pkt->wan;

	if (!alg_ep_equal(lan, &pkt->lan))
		wan.port = (u16)(lan->port + fh->sip_offset);
	if (fh->nbind == FH_MAX_BINDS)
		return -ENOSPC;
	fakehost_bind(fh, lan, &wan, 0);
	*bind = fh->bind[fh->nbind - 1];
	return 0;
}

static int fh_bind_out(struct alg_ctx *ctx, const struct alg_ep *lan,
		       struct alg_bind *bind)
{
	struct fakehost *fh = host_of(ctx);
	struct alg_bind *known;
	int err = called(fh, FH_BIND_OUT);

	if (err)
		return err;
	if (!alg_ip_equal(lan, &ctx->pkt->lan)) {
		fh->misuse = "bind_out for another LAN host";
		return -EACCES;
	}
	if (!lan->port) {
		fh->misuse = "bind_out without a port";
		return -EACCES;
	}
	known = bind_by_lan(fh, lan);
	/* SEC-5, as the module has it */
	if (!known && lan->port < ALG_MIN_PORT &&
	    lan->port != ctx->pkt->lan.port)
		return -EACCES;
	if (!known)
		return make_bind(fh, ctx->pkt, lan, bind);
	*bind = *known;
	return 0;
}

static int fh_bind_in(struct alg_ctx *ctx, const struct alg_ep *wan,
		      struct alg_bind *bind)
{
	struct fakehost *fh = host_of(ctx);
	unsigned int i;
	int err = called(fh, FH_BIND_IN);

	if (err)
		return err;
	for (i = 0; i < fh->nbind; i++) {
		if (!alg_ep_equal(&fh->bind[i].wan, wan))
			continue;
		if (!alg_ip_equal(&fh->bind[i].lan, &ctx->pkt->lan))
			return -ENOENT;
		*bind = fh->bind[i];
		return 0;
	}
	return -ENOENT;
}

static void fh_bind_flags(struct alg_ctx *ctx, const struct alg_bind *bind,
			  u8 flags)
{
	struct fakehost *fh = host_of(ctx);
	struct alg_bind *known = bind_by_lan(fh, &bind->lan);

	called(fh, FH_BIND_FLAGS);
	if (known)
		known->flags = flags;
	else
		fh->misuse = "bind_flags for no binding";
}

static struct fh_media *media_slot(struct fakehost *fh,
				   const struct alg_media *media)
{
	unsigned int i;

	for (i = 0; i < fh->nmedia; i++)
		if (alg_ep_equal(&fh->media[i].media.lan, &media->lan) &&
		    fh->media[i].media.lan_rtcp_port == media->lan_rtcp_port &&
		    fh->media[i].media.index == media->index)
			return &fh->media[i];
	if (fh->nmedia == FH_MAX_MEDIA)
		return NULL;
	memset(&fh->media[fh->nmedia], 0, sizeof(fh->media[0]));
	return &fh->media[fh->nmedia++];
}

static int fh_media_open(struct alg_ctx *ctx, struct alg_media *media)
{
	struct fakehost *fh = host_of(ctx);
	struct fh_media *slot;
	int err = called(fh, FH_MEDIA_OPEN);
	int move;

	if (err)
		return err;
	if (!alg_ip_equal(&media->lan, &ctx->pkt->lan)) {
		fh->misuse = "media_open for another LAN host";
		return -EACCES;
	}
	if (media->lan.port < ALG_MIN_PORT)
		fh->misuse = "media_open below 1024";
	slot = media_slot(fh, media);
	if (!slot)
		return -ENOSPC;
	move = fh->media_offset +
		fh->media_gap * (int)(fh->calls[FH_MEDIA_OPEN] - 1);
	media->wan = ctx->pkt->wan;
	media->wan.port = (u16)(media->lan.port + move);
	media->wan_rtcp_port = !media->lan_rtcp_port ? 0 :
		(u16)(media->lan_rtcp_port + move + fh->rtcp_offset);
	slot->media = *media;
	slot->fresh = true;
	return 0;
}

static void fh_media_remote(struct alg_ctx *ctx, unsigned int index,
			    const struct alg_ep *remote, u16 rtcp_port)
{
	struct fakehost *fh = host_of(ctx);
	struct fh_remote *r;

	called(fh, FH_MEDIA_REMOTE);
	if (fh->nremote == FH_MAX_MEDIA)
		return;
	r = &fh->remote[fh->nremote++];
	r->index = index;
	r->ep = *remote;
	r->rtcp_port = rtcp_port;
}

static struct alg_reg *fh_reg_find(struct alg_ctx *ctx, u64 key)
{
	struct fakehost *fh = host_of(ctx);
	unsigned int i;

	called(fh, FH_REG_FIND);
	for (i = 0; i < fh->nreg; i++)
		if (fh->reg[i].key == key)
			return &fh->reg[i];
	return NULL;
}

static struct alg_call *fh_call_find(struct alg_ctx *ctx, u64 key)
{
	struct fakehost *fh = host_of(ctx);
	unsigned int i;

	called(fh, FH_CALL_FIND);
	for (i = 0; i < fh->ncall; i++)
		if (fh->call[i].key == key)
			return &fh->call[i];
	return NULL;
}

static const struct alg_host fake_ops = {
	.bind_out = fh_bind_out,
	.bind_in = fh_bind_in,
	.bind_flags = fh_bind_flags,
	.media_open = fh_media_open,
	.media_remote = fh_media_remote,
	.reg_find = fh_reg_find,
	.call_find = fh_call_find,
};

static void store_reg(struct fakehost *fh, const struct alg_reg *reg,
		      bool keep)
{
	unsigned int i;

	for (i = 0; i < fh->nreg; i++)
		if (fh->reg[i].key == reg->key)
			break;
	if (keep && i < FH_MAX_STATE) {
		fh->reg[i] = *reg;
		if (i == fh->nreg)
			fh->nreg++;
	} else if (!keep && i < fh->nreg) {
		fh->reg[i] = fh->reg[--fh->nreg];
	}
}

static void store_call(struct fakehost *fh, const struct alg_call *call,
		       bool keep)
{
	unsigned int i;

	for (i = 0; i < fh->ncall; i++)
		if (fh->call[i].key == call->key)
			break;
	if (keep && i < FH_MAX_STATE) {
		fh->call[i] = *call;
		if (i == fh->ncall)
			fh->ncall++;
	} else if (!keep && i < fh->ncall) {
		fh->call[i] = fh->call[--fh->ncall];
	}
}

static void take_step(struct fakehost *fh, const struct alg_step *step)
{
	switch (step->what) {
	case ALG_STEP_REG_PENDING:
	case ALG_STEP_REG_ACTIVE:
		store_reg(fh, &step->reg, true);
		break;
	case ALG_STEP_REG_FAILED:
	case ALG_STEP_REG_END:
		store_reg(fh, &step->reg, false);
		break;
	case ALG_STEP_CALL_NEW:
	case ALG_STEP_CALL_UPDATE:
	case ALG_STEP_CALL_ANSWER:
	case ALG_STEP_CALL_REJECT:
		store_call(fh, &step->call, true);
		break;
	case ALG_STEP_CALL_END:
		store_call(fh, &step->call, false);
		break;
	}
}

/* Undo: bindings and media that this message brought go. */
static void abort_message(struct fakehost *fh)
{
	unsigned int i, kept = 0;

	fh->nbind = fh->nbind_before;
	for (i = 0; i < fh->nmedia; i++)
		if (fh->media[i].known)
			fh->media[kept++] = fh->media[i];
	fh->nmedia = kept;
}

static void begin_message(struct fakehost *fh)
{
	unsigned int i;

	memset(fh->calls, 0, sizeof(fh->calls));
	fh->nremote = 0;
	fh->nbind_before = fh->nbind;
	for (i = 0; i < fh->nmedia; i++) {
		fh->media[i].known = true;
		fh->media[i].fresh = false;
	}
}

void fakehost_init(struct fakehost *fh)
{
	memset(fh, 0, sizeof(*fh));
}

void fakehost_bind(struct fakehost *fh, const struct alg_ep *lan,
		   const struct alg_ep *wan, u8 flags)
{
	struct alg_bind *bind = &fh->bind[fh->nbind++];

	bind->lan = *lan;
	bind->wan = *wan;
	bind->flags = flags;
	bind->priv = NULL;
}

enum alg_verdict fakehost_run(struct fakehost *fh, struct alg_ctx *ctx,
			      struct alg_pkt *pkt)
{
	u8 flags = ctx->flags & ALG_CTX_NOTES;

	addr_render(&pkt->lan, &fh->lan_text);
	addr_render(&pkt->wan, &fh->wan_text);
	pkt->lan_text = &fh->lan_text;
	pkt->wan_text = &fh->wan_text;

	memset(ctx, 0xa5, sizeof(*ctx));
	ctx->host = &fake_ops;
	ctx->host_priv = fh;
	ctx->pkt = pkt;
	ctx->flags = flags;
	begin_message(fh);
	alg_run(ctx);
	if (alg_keeps_step(ctx))
		take_step(fh, &ctx->step);
	else
		abort_message(fh);
	return ctx->verdict;
}
