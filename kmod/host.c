// SPDX-License-Identifier: GPL-2.0-only
/*
 * host.c - the core's host operations for the kernel, and the transaction
 * around one message.
 *
 * begin, the core's questions, prepare, then commit or abort - all under the
 * namespace's lock. What can fail is done before the message is rewritten;
 * commit cannot fail, and abort leaves nothing behind (law 2).
 */
#include <linux/string.h>

#include "compat.h"
#include "sipalg.h"

static struct sipalg_net *net_of(struct alg_ctx *ctx)
{
	return ctx->host_priv;
}

/**
 * sipalg_host_begin() - a new message is at work
 * @sn: namespace, locked
 * @ct: its flow
 * @oif: device towards the far end, 0 when the message comes from there
 */
void sipalg_host_begin(struct sipalg_net *sn, struct nf_conn *ct, int oif)
{
	struct sipalg_txn *txn = &sn->work->txn;

	txn->ct = ct;
	txn->oif = oif;
	txn->call_made = false;
	txn->reg_made = false;
	txn->call = NULL;
	txn->reg = NULL;
	txn->other = NULL;
	txn->bind = NULL;
	txn->nused = 0;
	txn->made = 0;
	txn->nfresh = 0;
	txn->nremote = 0;
	txn->remotes = NULL;
}

/* Did masquerade choose the mapping by which the message leaves? */
bool sipalg_host_masq(const struct sipalg_net *sn)
{
	const struct sipalg_txn *txn = &sn->work->txn;

	return txn->oif && masq_device(txn->ct) == txn->oif;
}

static void fill_bind(const struct sipalg_binding *b, struct alg_bind *bind)
{
	sipalg_key_to_ep(&b->lan, &bind->lan);
	sipalg_key_to_ep(&b->wan, &bind->wan);
	bind->flags = b->flags;
	bind->priv = (void *)b;
}

/*
 * The flow's own mapping stands for the flow's own LAN port, unless another
 * LAN host's binding or a program on the router owns it; any other port gets
 * one of its own.
 */
static int pick_wan(struct sipalg_net *sn, const struct sipalg_key *lan,
		    struct sipalg_key *wan)
{
	const struct alg_pkt *pkt = &sn->work->pkt;
	const struct sipalg_txn *txn = &sn->work->txn;
	int oif = txn->oif;

	/* a DNAT rule of the admin's opened this port already */
	if (!(txn->ct->status & IPS_DST_NAT && lan->port == pkt->lan.port) &&
	    sipalg_port_refused(lan, pkt->lan.port))
		return -EACCES;
	sipalg_key_from_ep(wan, &pkt->wan, pkt->proto);
	if (lan->port == pkt->lan.port && sipalg_port_free(sn, wan, oif))
		return 0;
	return sipalg_port_pick(sn, lan, wan, oif, false);
}

static int make_binding(struct sipalg_net *sn, const struct sipalg_key *lan,
			struct sipalg_binding **out)
{
	struct sipalg_txn *txn = &sn->work->txn;
	struct sipalg_binding *b;
	struct sipalg_key wan;
	int err;

	err = pick_wan(sn, lan, &wan);
	if (err)
		return err;
	b = sipalg_binding_new(sn, lan, &wan, SIPALG_BINDING_SIP);
	if (IS_ERR(b))
		return PTR_ERR(b);
	txn->made |= BIT(txn->nused);
	*out = b;
	return 0;
}

/* Remembers a binding that the message names; there is room for one more. */
static void use(struct sipalg_txn *txn, struct sipalg_binding *b)
{
	unsigned int i;

	if (!txn->bind)
		txn->bind = b;
	for (i = 0; i < txn->nused; i++)
		if (txn->used[i] == b)
			return;
	txn->used[txn->nused++] = b;
}

static int bind_out(struct alg_ctx *ctx, const struct alg_ep *lan,
		    struct alg_bind *bind)
{
	struct sipalg_net *sn = net_of(ctx);
	struct sipalg_txn *txn = &sn->work->txn;
	const struct alg_pkt *pkt = ctx->pkt;
	struct sipalg_key key, wan;
	struct sipalg_binding *b;
	int err;

	if (!alg_ip_equal(lan, &pkt->lan) || !lan->port)
		return -EACCES;
	if (txn->nused == ARRAY_SIZE(txn->used))
		return -ENOSPC;
	sipalg_key_from_ep(&key, lan, pkt->proto);
	sipalg_key_from_ep(&wan, &pkt->wan, pkt->proto);
	b = sipalg_binding_by_lan(sn, &key, 0, &wan);
	if (b && b->kind != SIPALG_BINDING_SIP)
		return -EACCES;
	if (!b) {
		err = make_binding(sn, &key, &b);
		if (err)
			return err;
	}
	b->told = 1;
	use(txn, b);
	fill_bind(b, bind);
	return 0;
}

/*
 * Only what was mapped on the way out is mapped back: a LAN host that writes
 * its public address itself has no binding and is left alone (law 1). A
 * request by a DNAT rule of the admin's may come before the LAN host wrote
 * anything: the rule says where its Request-URI leads.
 */
static int bind_flow(const struct alg_ctx *ctx, const struct alg_ep *wan,
		     struct alg_bind *bind)
{
	const struct alg_pkt *pkt = ctx->pkt;
	struct sipalg_net *sn = ctx->host_priv;
	unsigned long nat = sn->work->txn.ct->status & IPS_NAT_MASK;

	if (nat != IPS_DST_NAT || !alg_ep_equal(wan, &pkt->wan) ||
	    !sip_msg_is_request(&ctx->msg))
		return -ENOENT;
	bind->lan = pkt->lan;
	bind->wan = pkt->wan;
	bind->flags = ALG_BIND_CONTACT_OURS;
	bind->priv = NULL;
	return 0;
}

static int bind_in(struct alg_ctx *ctx, const struct alg_ep *wan,
		   struct alg_bind *bind)
{
	struct sipalg_net *sn = net_of(ctx);
	const struct alg_pkt *pkt = ctx->pkt;
	struct sipalg_binding *b;
	struct sipalg_key key;

	sipalg_key_from_ep(&key, wan, pkt->proto);
	b = sipalg_binding_by_wan(sn, &key);
	if (!b || b->kind != SIPALG_BINDING_SIP || !b->told)
		return bind_flow(ctx, wan, bind);
	if (b->lan.v4 != (__force __be32)pkt->lan.v4)
		return -ENOENT;
	if (!sn->work->txn.bind)
		sn->work->txn.bind = b;
	fill_bind(b, bind);
	return 0;
}

static void bind_flags(struct alg_ctx *ctx, const struct alg_bind *bind,
		       u8 flags)
{
	struct sipalg_binding *b = bind->priv;

	if (b)
		b->flags = flags;
}

static int media_open(struct alg_ctx *ctx, struct alg_media *media)
{
	return sipalg_media_open(net_of(ctx), media);
}

static void media_remote(struct alg_ctx *ctx, unsigned int index,
			 const struct alg_ep *remote, u16 rtcp_port)
{
	struct sipalg_txn *txn = &net_of(ctx)->work->txn;
	struct sipalg_remote *r;

	if (txn->nremote == ARRAY_SIZE(txn->remote))
		return;
	r = &txn->remote[txn->nremote++];
	sipalg_key_from_ep(&r->ep, remote, IPPROTO_UDP);
	r->rtcp_port = rtcp_port;
	r->index = index;
}

static struct alg_reg *reg_find(struct alg_ctx *ctx, u64 key)
{
	struct sipalg_net *sn = net_of(ctx);
	struct sipalg_reg *r = sipalg_reg_find(sn, key);

	sn->work->txn.reg = r;
	return r ? sipalg_reg_load(r, &sn->work->reg) : NULL;
}

static struct alg_call *call_find(struct alg_ctx *ctx, u64 key)
{
	struct sipalg_net *sn = net_of(ctx);
	struct sipalg_call *c = sipalg_call_find(sn, key);

	sn->work->txn.call = c;
	return c ? &c->alg : NULL;
}

const struct alg_host sipalg_host_ops = {
	.bind_out = bind_out,
	.bind_in = bind_in,
	.bind_flags = bind_flags,
	.media_open = media_open,
	.media_remote = media_remote,
	.reg_find = reg_find,
	.call_find = call_find,
};

/* What stays the same for every message of a namespace. */
void sipalg_host_init(struct sipalg_net *sn)
{
	struct sipalg_work *work = sn->work;

	work->ctx.host = &sipalg_host_ops;
	work->ctx.host_priv = sn;
	work->ctx.pkt = &work->pkt;
}

static bool is_reg_step(u8 what)
{
	return what >= ALG_STEP_REG_PENDING && what <= ALG_STEP_REG_END;
}

/**
 * sipalg_host_prepare() - make what the message needs, before it is changed
 * @sn: namespace, locked; after alg_run()
 *
 * Return: 0, -ENOMEM, or -ENOSPC at a limit. Then the caller aborts.
 */
int sipalg_host_prepare(struct sipalg_net *sn)
{
	const struct sipalg_txn *txn = &sn->work->txn;
	u8 what = sn->work->ctx.step.what;
	int err = 0;

	if (is_reg_step(what))
		return sipalg_reg_prepare(sn);
	if (what == ALG_STEP_CALL_NEW)
		err = sipalg_call_prepare(sn);
	if (!err && (txn->nfresh || txn->nremote))
		err = sipalg_media_prepare(sn);
	return err;
}

/*
 * The LAN host turns to this far end through the bindings that it named; who
 * only gets an answer from it is nobody to be let in. A binding that nobody
 * holds stays for a transaction.
 */
static noinline void note_used(struct sipalg_net *sn)
{
	const struct alg_pkt *pkt = &sn->work->pkt;
	struct sipalg_txn *txn = &sn->work->txn;
	struct sipalg_binding *b;
	struct sipalg_key peer;
	unsigned int i;

	sipalg_key_from_ep(&peer, &pkt->peer, pkt->proto);
	for (i = 0; i < txn->nused; i++) {
		b = txn->used[i];
		if (sip_msg_is_request(&sn->work->ctx.msg))
			b->peer = peer;
		if (!b->masq)
			b->masq = sipalg_host_masq(sn);
		b->signal = peer;
		b->signal_port = pkt->lan.port;
		if (!b->refs)
			sipalg_binding_touch(b);
	}
}

/**
 * sipalg_host_commit() - the message leaves as planned; its state stands
 * @sn: namespace, locked
 */
void sipalg_host_commit(struct sipalg_net *sn)
{
	const struct sipalg_txn *txn = &sn->work->txn;

	if (is_reg_step(sn->work->ctx.step.what))
		sipalg_reg_commit(sn);
	else if (txn->call || txn->nfresh || txn->remotes)
		sipalg_call_commit(sn);
	if (txn->nused)
		note_used(sn);
}

/**
 * sipalg_host_abort() - the message leaves as it came; nothing happened
 * @sn: namespace, locked
 */
void sipalg_host_abort(struct sipalg_net *sn)
{
	struct sipalg_txn *txn = &sn->work->txn;

	sipalg_media_abort(sn);
	sipalg_call_abort(sn);
	sipalg_reg_abort(sn);
	while (txn->nused--)
		if (txn->made & BIT(txn->nused))
			sipalg_binding_drop(txn->used[txn->nused]);
	txn->nused = 0;
	txn->bind = NULL;
}
