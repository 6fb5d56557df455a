// SPDX-License-Identifier: GPL-2.0-only
/*
 * passive.c - messages of hosts that are not active: not a byte of them is
 * changed.
 *
 * THEORY OF OPERATION
 *
 * A passive host writes its outside address itself (STUN, externip). For the
 * core it is a host that stands outside, behind no NAT: what it announces is
 * what the far end sees, and no edit changes a byte. Each media address that
 * is one of its own mappings gets a pinhole: this file knows them from the
 * flows of passive hosts, and asks conntrack whether they still live. A
 * dialog that began while the host was active, or passive, is followed to its
 * end whatever the mode is by then; nothing new is opened for it. What is
 * not announced must never be opened (law 2).
 */
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg.h"
#include "start.h"

enum {
	WAYS	= 4,	/* mappings that share a hash value; the oldest goes */
	SETS	= SIPALG_MAPPINGS / WAYS,
};

/**
 * struct sipalg_mapping - a mapping of NAT's for a passive host
 * @wan: what the host is outside; word 0 = none
 * @lan: the host's own
 * @far: to whom a flow of it goes, or went
 */
struct sipalg_mapping {
	struct sipalg_key wan;
	struct sipalg_key lan;
	struct sipalg_key far;
};

/**
 * sipalg_passive_start() - room for mappings, before a host is passive
 * @sn: namespace; its configuration is locked
 *
 * Return: 0 or -ENOMEM.
 */
int sipalg_passive_start(struct sipalg_net *sn)
{
	struct sipalg_mapping *room;

	if (sn->lan.mappings)
		return 0;
	room = kvcalloc(SIPALG_MAPPINGS, sizeof(*room), GFP_KERNEL_ACCOUNT);
	if (!room)
		return -ENOMEM;
	spin_lock_init(&sn->lan.map_lock);
	/* behind its lock and its zeros; recall(), sipalg_passive_note() */
	smp_store_release(&sn->lan.mappings, room);
	return 0;
}

static struct sipalg_mapping *set_of(struct sipalg_mapping *mappings,
				     const struct sipalg_key *wan)
{
	return mappings + WAYS * hash_64(wan->word, ilog2(SETS));
}

static void keep(struct sipalg_mapping *set, const struct sipalg_mapping *m)
{
	unsigned int i = 0;

	while (i < WAYS - 1 && set[i].wan.word != m->wan.word)
		i++;
	for (; i; i--)
		set[i] = set[i - 1];
	set[0] = *m;
}

/**
 * sipalg_passive_note() - a flow of a passive host tells a mapping
 * @sn: namespace
 * @ct: a flow, behind source NAT
 */
void sipalg_passive_note(struct sipalg_net *sn, const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *orig =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_conntrack_tuple *reply =
		&ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	struct sipalg_mapping *mappings, m;

	/* before its contents; sipalg_passive_start() */
	mappings = smp_load_acquire(&sn->lan.mappings);
	if (!mappings || nf_ct_protonum(ct) != IPPROTO_UDP ||
	    nf_ct_l3num(ct) != NFPROTO_IPV4 ||
	    (ct->status & IPS_NAT_MASK) != IPS_SRC_NAT ||
	    sipalg_lanmode_find(sn, orig->src.u3.ip) != SIPALG_MODE_PASSIVE)
		return;
	sipalg_key_v4(&m.wan, reply->dst.u3.ip, reply->dst.u.all, IPPROTO_UDP);
	sipalg_key_v4(&m.lan, orig->src.u3.ip, orig->src.u.all, IPPROTO_UDP);
	sipalg_key_v4(&m.far, orig->dst.u3.ip, orig->dst.u.all, IPPROTO_UDP);
	spin_lock_bh(&sn->lan.map_lock);
	keep(set_of(mappings, &m.wan), &m);
	spin_unlock_bh(&sn->lan.map_lock);
}

/* A lock of conntrack's is held. Return: not to be deleted. */
static int note_one(struct nf_conn *ct, void *sn)
{
	if (!nf_ct_is_dying(ct)) {
		rcu_read_lock();
		sipalg_passive_note(sn, ct);
		rcu_read_unlock();
	}
	return 0;
}

/**
 * sipalg_passive_adopt() - mappings that hosts had before they were passive
 * @sn: namespace; its configuration is locked. Process context.
 */
void sipalg_passive_adopt(struct sipalg_net *sn)
{
	const struct nf_ct_iter_data walk = { .net = sn->net, .data = sn };

	nf_ct_iterate_cleanup_net(note_one, &walk);
}

static bool recall(struct sipalg_net *sn, const struct sipalg_key *wan,
		   struct sipalg_mapping *out)
{
	struct sipalg_mapping *mappings;
	unsigned int i;
	bool found = false;

	/* before its contents; sipalg_passive_start() */
	mappings = smp_load_acquire(&sn->lan.mappings);
	if (!mappings)
		return false;
	spin_lock_bh(&sn->lan.map_lock);
	for (i = 0; i < WAYS && !found; i++) {
		*out = set_of(mappings, wan)[i];
		found = out->wan.word == wan->word;
	}
	spin_unlock_bh(&sn->lan.map_lock);
	return found;
}

/* Is there still a flow by this mapping? */
static bool is_alive(struct sipalg_net *sn, const struct sipalg_mapping *m)
{
	struct nf_conntrack_tuple t = {
		.src = {
			.u3.ip = m->lan.v4,
			.u.udp.port = htons(m->lan.port),
			.l3num = AF_INET,
		},
		.dst = {
			.u3.ip = m->far.v4,
			.u.udp.port = htons(m->far.port),
			.protonum = IPPROTO_UDP,
		},
	};
	const struct nf_conntrack_tuple *reply;
	struct nf_conntrack_tuple_hash *h;
	struct nf_conn *ct;
	bool alive;

	h = nf_conntrack_find_get(sn->net, &nf_ct_zone_dflt, &t);
	if (!h)
		return false;
	ct = nf_ct_tuplehash_to_ctrack(h);
	reply = &ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	alive = reply->dst.u3.ip == m->wan.v4 &&
		reply->dst.u.all == htons(m->wan.port);
	nf_ct_put(ct);
	return alive;
}

/*
 * What is behind an outside address that the host at work announces? Only
 * the host itself (SEC-4).
 */
static bool find_lan(struct sipalg_net *sn, const struct sipalg_key *wan,
		     struct sipalg_key *lan)
{
	const struct sipalg_binding *b = sipalg_binding_by_wan(sn, wan);
	__be32 host = (__force __be32)sn->work->pkt.lan.v4;
	struct sipalg_mapping m;

	if (b) {
		*lan = b->lan;
		return b->kind == SIPALG_BINDING_MEDIA && b->lan.v4 == host;
	}
	if (!recall(sn, wan, &m) || m.lan.v4 != host || !is_alive(sn, &m))
		return false;
	*lan = m.lan;
	return true;
}

/* The mapping becomes a binding; it goes by itself when nobody takes it. */
static int bind_mapping(struct sipalg_net *sn, const struct sipalg_key *lan,
			const struct sipalg_key *wan)
{
	struct sipalg_binding *b;

	if (sipalg_binding_by_wan(sn, wan))
		return 0;
	b = sipalg_binding_new(sn, lan, wan, SIPALG_BINDING_MEDIA);
	if (IS_ERR(b))
		return PTR_ERR(b);
	sipalg_binding_touch(b);
	return 0;
}

/* The outside RTCP port, if it is a mapping of the same host's; else none. */
static int bind_rtcp(struct sipalg_net *sn, struct sipalg_key wan,
		     struct alg_media *real)
{
	struct sipalg_key lan;

	wan.port = real->lan_rtcp_port;
	real->lan_rtcp_port = 0;
	if (!wan.port || !find_lan(sn, &wan, &lan))
		return 0;
	real->lan_rtcp_port = lan.port;
	return bind_mapping(sn, &lan, &wan);
}

/* A line that is no mapping of the host's is left alone, and told so. */
static int media_open(struct alg_ctx *ctx, struct alg_media *media)
{
	struct sipalg_net *sn = ctx->host_priv;
	struct alg_media real = *media;
	struct sipalg_key wan, lan;
	int err;

	media->wan = media->lan;
	media->wan_rtcp_port = media->lan_rtcp_port;
	sipalg_key_from_ep(&wan, &media->lan, IPPROTO_UDP);
	if (!find_lan(sn, &wan, &lan))
		return 0;
	sipalg_key_to_ep(&lan, &real.lan);
	err = bind_mapping(sn, &lan, &wan) ?: bind_rtcp(sn, wan, &real) ?:
	      sipalg_media_open(sn, &real);
	if (err)
		return err;
	return real.wan.port == media->lan.port ? 0 : -EACCES;
}

/* Outside there is no NAT: an address is what it is. */
static int bind_out(struct alg_ctx *ctx, const struct alg_ep *lan,
		    struct alg_bind *bind)
{
	bind->lan = *lan;
	bind->wan = *lan;
	bind->flags = 0;
	bind->priv = NULL;
	return 0;
}

static int bind_in(struct alg_ctx *ctx, const struct alg_ep *wan,
		   struct alg_bind *bind)
{
	return -ENOENT;
}

static void bind_flags(struct alg_ctx *ctx, const struct alg_bind *bind,
		       u8 flags)
{
}

static void media_remote(struct alg_ctx *ctx, unsigned int index,
			 const struct alg_ep *remote, u16 rtcp_port)
{
	sipalg_host_ops.media_remote(ctx, index, remote, rtcp_port);
}

static struct alg_reg *reg_find(struct alg_ctx *ctx, u64 key)
{
	return NULL;
}

static struct alg_call *call_find(struct alg_ctx *ctx, u64 key)
{
	return sipalg_host_ops.call_find(ctx, key);
}

static const struct alg_host outside_ops = {
	.bind_out = bind_out,
	.bind_in = bind_in,
	.bind_flags = bind_flags,
	.media_open = media_open,
	.media_remote = media_remote,
	.reg_find = reg_find,
	.call_find = call_find,
};

/* The core reads the message of a host that stands at its outside address. */
static void run_outside(struct sipalg_net *sn)
{
	struct alg_ctx *ctx = &sn->work->ctx;
	struct alg_pkt pkt = sn->work->pkt;

	pkt.lan = pkt.wan;
	pkt.lan_text = pkt.wan_text;
	ctx->pkt = &pkt;
	ctx->host = &outside_ops;
	alg_run(ctx);
	ctx->pkt = &sn->work->pkt;
	ctx->host = &sipalg_host_ops;
}

static void settle(struct sipalg_net *sn, bool keeps)
{
	if (keeps && !sipalg_host_prepare(sn))
		sipalg_host_commit(sn);
	else
		sipalg_host_abort(sn);
}

/*
 * A message of a dialog that is known, and that brings no session: it may be
 * answered, and it may end.
 */
static bool is_followed(const struct sipalg_net *sn)
{
	const struct alg_ctx *ctx = &sn->work->ctx;
	const struct sipalg_txn *txn = &sn->work->txn;

	return txn->call && alg_keeps_step(ctx) && !ctx->has_sdp &&
	       !txn->made && (ctx->step.what == ALG_STEP_CALL_UPDATE ||
			      ctx->step.what == ALG_STEP_CALL_END);
}

/* It announces what can be opened, or is of a dialog that did. */
static bool is_opened(const struct sipalg_net *sn)
{
	const struct alg_ctx *ctx = &sn->work->ctx;
	const struct sipalg_txn *txn = &sn->work->txn;

	if (!alg_keeps_step(ctx) || ctx->step.what < ALG_STEP_CALL_NEW)
		return false;
	return txn->call || txn->nfresh || ctx->pkt->dir == ALG_IN;
}

static bool has_calls(struct sipalg_net *sn)
{
	const struct sipalg_lanhost *h;
	struct sipalg_key lan;

	sipalg_key_from_ep(&lan, &sn->work->pkt.lan, IPPROTO_UDP);
	h = sipalg_lanhost_find(sn, &lan);
	return h && h->count[SIPALG_HOST_CALLS];
}

/* A dialog of the time when the host was active. Return: it was one. */
static bool follow_active(struct sipalg_net *sn)
{
	struct sipalg_txn *txn = &sn->work->txn;
	bool known;

	alg_run(&sn->work->ctx);
	known = txn->call && sn->work->ctx.step.what != ALG_STEP_CALL_NEW;
	settle(sn, is_followed(sn));
	sipalg_host_begin(sn, txn->ct, txn->oif);
	return known;
}

/**
 * sipalg_passive_takes() - is the message at work one of a host that is not
 * active?
 * @sn: namespace, locked; the transaction has begun, the message is in @work
 *
 * Then all is done for it that is to be done.
 *
 * Return: false when it is to be helped as usual.
 */
bool sipalg_passive_takes(struct sipalg_net *sn)
{
	const struct alg_pkt *pkt = &sn->work->pkt;
	u8 mode = sipalg_lanmode_find(sn, (__force __be32)pkt->lan.v4);
	bool passive = mode == SIPALG_MODE_PASSIVE;

	if (mode == SIPALG_MODE_ACTIVE)
		return false;
	if (!sipalg_is_sip(pkt->data, pkt->len))
		return true;
	if (!(has_calls(sn) && follow_active(sn)) &&
	    (passive || has_calls(sn))) {
		run_outside(sn);
		settle(sn, passive ? is_opened(sn) : is_followed(sn));
	}
	sipalg_count(sn, passive ? ALG_REASON_SAME_PASSIVE :
				   ALG_REASON_SAME_BYPASS);
	return true;
}

/* Does a datagram begin as SIP does? */
bool sipalg_is_sip(const char *data, u32 len)
{
	const struct sip_buf buf = { .data = data, .len = len };
	struct sip_start start;

	return len <= ALG_MAX_MSG && sip_start_parse(&buf, &start) != -ENOENT;
}
