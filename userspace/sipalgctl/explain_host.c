// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_host.c - the core's host operations without a kernel: the LAN
 * address is mapped to the WAN address, port by port, and media ports are
 * shifted by a constant. It holds no registration and no dialog.
 */
#include "explain.h"

static struct explain *explain_of(struct alg_ctx *ctx)
{
	return ctx->host_priv;
}

/* Only the flow's own port is mapped to another; that one is then taken. */
static int bind_out(struct alg_ctx *ctx, const struct alg_ep *lan,
		    struct alg_bind *bind)
{
	const struct alg_pkt *pkt = ctx->pkt;

	if (!alg_ip_equal(lan, &pkt->lan))
		return -ENOENT;
	bind->lan = *lan;
	bind->wan = pkt->wan;
	bind->flags = 0;
	if (lan->port == pkt->lan.port)
		return 0;
	if (lan->port == pkt->wan.port)
		return -ENOSPC;
	bind->wan.port = lan->port;
	return 0;
}

static int bind_in(struct alg_ctx *ctx, const struct alg_ep *wan,
		   struct alg_bind *bind)
{
	const struct alg_pkt *pkt = ctx->pkt;

	if (!alg_ip_equal(wan, &pkt->wan))
		return -ENOENT;
	bind->lan = pkt->lan;
	bind->wan = *wan;
	/* the LAN host is one that writes its own address everywhere */
	bind->flags = ALG_BIND_VIA_OURS | ALG_BIND_CONTACT_OURS |
		      ALG_BIND_ROUTE_OURS;
	if (wan->port == pkt->wan.port)
		return 0;
	if (wan->port == pkt->lan.port)
		return -ENOENT;
	bind->lan.port = wan->port;
	return 0;
}

static void bind_flags(struct alg_ctx *ctx, const struct alg_bind *bind,
		       u8 flags)
{
	(void)ctx;
	(void)bind;
	(void)flags;
}

static struct explain_media *add_media(struct explain *x, unsigned int index,
				       u8 kind)
{
	struct explain_media *m;

	if (x->nmedia == EXPLAIN_MEDIA)
		return NULL;
	m = &x->media[x->nmedia++];
	memset(m, 0, sizeof(*m));
	m->index = index;
	m->kind = kind;
	return m;
}

/* 0 when the shifted port is none */
static u16 shift_port(const struct explain *x, u16 port)
{
	int shifted = port + x->offset;

	return shifted > 0 && shifted <= 65535 ? shifted : 0;
}

/* Bundled media lines share a port. */
static bool is_open(const struct explain *x, u16 lan_port)
{
	unsigned int i;

	for (i = 0; i < x->nmedia; i++) {
		if (x->media[i].lan.family &&
		    x->media[i].lan.port == lan_port)
			return true;
	}
	return false;
}

static int open_port(struct explain *x, const struct alg_media *media,
		     u16 lan_port, u16 *wan_port)
{
	bool is_rtcp = lan_port == media->lan_rtcp_port;
	struct explain_media *m;

	*wan_port = shift_port(x, lan_port);
	if (!*wan_port)
		return -ENOSPC;
	if (is_open(x, lan_port))
		return 0;
	m = add_media(x, media->index, is_rtcp ? ALG_MEDIA_RTCP : media->kind);
	if (!m)
		return -ENOSPC;
	m->lan = media->lan;
	m->lan.port = lan_port;
	m->wan = x->pkt.wan;
	m->wan.port = *wan_port;
	return 0;
}

static int media_open(struct alg_ctx *ctx, struct alg_media *media)
{
	struct explain *x = explain_of(ctx);
	u16 port;
	int err;

	err = open_port(x, media, media->lan.port, &port);
	if (err)
		return err;
	media->wan = x->pkt.wan;
	media->wan.port = port;
	media->wan_rtcp_port = 0;
	if (!media->lan_rtcp_port)
		return 0;
	return open_port(x, media, media->lan_rtcp_port,
			 &media->wan_rtcp_port);
}

static u8 kind_of(const struct alg_ctx *ctx, unsigned int index)
{
	const struct sdp_media *m = &ctx->sdp.media[index];

	switch (m->proto) {
	case SDP_PROTO_RTP:
		return m->flags & SDP_MEDIA_MUX ? ALG_MEDIA_MUX :
						  ALG_MEDIA_RTP;
	case SDP_PROTO_UDPTL:
		return ALG_MEDIA_UDPTL;
	}
	return ALG_MEDIA_OTHER;
}

static void media_remote(struct alg_ctx *ctx, unsigned int index,
			 const struct alg_ep *remote, u16 rtcp_port)
{
	struct explain *x = explain_of(ctx);
	struct explain_media *m = add_media(x, index, kind_of(ctx, index));

	if (m)
		m->remote = *remote;
	m = rtcp_port ? add_media(x, index, ALG_MEDIA_RTCP) : NULL;
	if (!m)
		return;
	m->remote = *remote;
	m->remote.port = rtcp_port;
}

static struct alg_reg *reg_find(struct alg_ctx *ctx, u64 key)
{
	(void)ctx;
	(void)key;
	return NULL;
}

static struct alg_call *call_find(struct alg_ctx *ctx, u64 key)
{
	(void)ctx;
	(void)key;
	return NULL;
}

const struct alg_host explain_host = {
	.bind_out = bind_out,
	.bind_in = bind_in,
	.bind_flags = bind_flags,
	.media_open = media_open,
	.media_remote = media_remote,
	.reg_find = reg_find,
	.call_find = call_find,
};
