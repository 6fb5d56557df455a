// SPDX-License-Identifier: GPL-2.0-only
/*
 * media.c - the media lines of dialogs: which bindings they hold, and when
 * those are released.
 *
 * An SDP of the LAN host starts a new generation of the dialog's media. Lines
 * that it names are seen in it; lines that an unanswered offer alone named
 * were born after the accepted generation. So a complete offer/answer knows
 * what may go, and a rejected one too (RFC 3264 8, RFC 6141 3). One LAN port
 * has one binding, however many lines and calls use it.
 */
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg.h"

static void free_line(struct sipalg_media *m)
{
	kmem_cache_free(sipalg_cache[SIPALG_CACHE_MEDIA], m);
}

static struct sipalg_binding *find_port(struct sipalg_net *sn,
					const struct alg_ep *ep)
{
	struct sipalg_key lan, wan;

	sipalg_key_from_ep(&lan, ep, IPPROTO_UDP);
	sipalg_key_from_ep(&wan, &sn->work->pkt.wan, IPPROTO_UDP);
	return sipalg_binding_by_lan(sn, &lan, 0, &wan);
}

/* The binding of a LAN port, made if there is none; @hint: 0 or the port
 * outside that it should get.
 */
static struct sipalg_binding *bind_port(struct sipalg_net *sn,
					const struct alg_ep *ep, u16 hint,
					bool pair, bool *made)
{
	struct sipalg_binding *b = find_port(sn, ep);
	int oif = sn->work->txn.oif;
	struct sipalg_key lan, wan;

	if (b)
		return b->kind == SIPALG_BINDING_MEDIA ? b : ERR_PTR(-EACCES);
	sipalg_key_from_ep(&lan, ep, IPPROTO_UDP);
	sipalg_key_from_ep(&wan, &sn->work->pkt.wan, IPPROTO_UDP);
	wan.port = hint;
	if ((!hint || !sipalg_port_free(sn, &wan, oif)) &&
	    sipalg_port_pick(sn, &lan, &wan, oif, pair))
		return ERR_PTR(-ENOSPC);
	b = sipalg_binding_new(sn, &lan, &wan, SIPALG_BINDING_MEDIA);
	if (!IS_ERR(b))
		*made = true;
	return b;
}

static void drop_made(struct sipalg_fresh *f, struct sipalg_media *m)
{
	if (f->rtp_made)
		sipalg_binding_drop(m->rtp);
	if (f->rtcp_made)
		sipalg_binding_drop(m->rtcp);
}

static int bind_ports(struct sipalg_net *sn, const struct alg_media *req,
		      struct sipalg_media *m, struct sipalg_fresh *f)
{
	struct alg_ep rtcp = req->lan;
	bool pair = req->lan_rtcp_port == req->lan.port + 1;
	u16 hint = 0;

	rtcp.port = req->lan_rtcp_port;
	if (pair && find_port(sn, &rtcp))
		pair = false;
	m->rtp = bind_port(sn, &req->lan, 0, pair, &f->rtp_made);
	if (IS_ERR(m->rtp))
		return PTR_ERR(m->rtp);
	if (!rtcp.port)
		return 0;
	if (req->lan_rtcp_port == req->lan.port + 1 &&
	    m->rtp->wan.port < SIPALG_PORTS - 1)
		hint = m->rtp->wan.port + 1;
	m->rtcp = bind_port(sn, &rtcp, hint, false, &f->rtcp_made);
	return PTR_ERR_OR_ZERO(m->rtcp);
}

/**
 * sipalg_media_open() - an external port, or a pair, for a media line
 * @sn: namespace, locked; a message of the LAN host's is at work
 * @req: lan, lan_rtcp_port, index, kind; wan and wan_rtcp_port are filled
 *
 * Return: 0, -ENOSPC, -ENOMEM, -EACCES.
 */
int sipalg_media_open(struct sipalg_net *sn, struct alg_media *req)
{
	struct sipalg_txn *txn = &sn->work->txn;
	struct sipalg_fresh *f = &txn->fresh[txn->nfresh];
	struct sipalg_media *m;
	int err;

	if (txn->nfresh == ARRAY_SIZE(txn->fresh))
		return -ENOSPC;
	if (txn->call && txn->call->nlines + txn->nfresh >= SIPALG_MAX_LINES)
		return -ENOSPC;
	if (!alg_ip_equal(&req->lan, &sn->work->pkt.lan))
		return -EACCES;	/* never to a third host (SEC-4) */
	m = kmem_cache_alloc(sipalg_cache[SIPALG_CACHE_MEDIA], GFP_ATOMIC);
	if (!m)
		return -ENOMEM;
	*m = (struct sipalg_media){ .index = req->index, .kind = req->kind };
	f->line = m;
	f->rtp_made = false;
	f->rtcp_made = false;
	err = bind_ports(sn, req, m, f);
	if (err) {
		drop_made(f, m);
		free_line(m);
		return err;
	}
	txn->nfresh++;
	sipalg_key_to_ep(&m->rtp->wan, &req->wan);
	req->wan_rtcp_port = m->rtcp ? m->rtcp->wan.port : 0;
	return 0;
}

/**
 * sipalg_media_prepare() - room for what the far end's SDP says
 * @sn: namespace, locked; the message has its dialog
 *
 * Return: 0 or -ENOMEM.
 */
int sipalg_media_prepare(struct sipalg_net *sn)
{
	struct sipalg_txn *txn = &sn->work->txn;

	if (!txn->call || !txn->nremote)
		return 0;
	txn->remotes = kmemdup(txn->remote, array_size(txn->nremote,
						       sizeof(*txn->remote)),
			       GFP_ATOMIC);
	return txn->remotes ? 0 : -ENOMEM;
}

/* The message came to nothing, and so do the lines that it opened. */
void sipalg_media_abort(struct sipalg_net *sn)
{
	struct sipalg_txn *txn = &sn->work->txn;

	kfree(txn->remotes);
	txn->remotes = NULL;
	while (txn->nfresh) {
		struct sipalg_fresh *f = &txn->fresh[--txn->nfresh];

		drop_made(f, f->line);
		free_line(f->line);
	}
}

static void open_port(struct sipalg_binding *b, struct nf_conn *master,
		      u8 class)
{
	if (!b)
		return;
	b->open = 1;
	b->class = class;
	sipalg_pinhole_open(b, master);
}

enum { CLASS_RTP, CLASS_RTCP, CLASS_OTHER };

static void open_line(struct sipalg_media *m, struct nf_conn *master)
{
	bool rtp = m->kind == ALG_MEDIA_RTP || m->kind == ALG_MEDIA_MUX;

	open_port(m->rtp, master, rtp ? CLASS_RTP : CLASS_OTHER);
	open_port(m->rtcp, master, CLASS_RTCP);
}

static struct sipalg_media *same_line(struct sipalg_call *call,
				      const struct sipalg_media *like)
{
	struct sipalg_media *m;

	list_for_each_entry(m, &call->media, node)
		if (m->index == like->index && m->rtp == like->rtp &&
		    m->rtcp == like->rtcp)
			return m;
	return NULL;
}

static unsigned int nports(const struct sipalg_media *m)
{
	return m->rtcp ? 2 : 1;
}

/* A line becomes the dialog's, or refreshes the one it has. */
static void adopt(struct sipalg_call *call, struct sipalg_media *m)
{
	struct sipalg_media *old = same_line(call, m);

	if (old) {
		old->kind = m->kind;
		old->seen = call->generation;
		open_line(old, call->sn->work->txn.ct);
		free_line(m);
		return;
	}
	sipalg_binding_get(m->rtp);
	if (m->rtcp)
		sipalg_binding_get(m->rtcp);
	m->born = call->generation;
	m->seen = call->generation;
	list_add_tail(&m->node, &call->media);
	call->nlines++;
	call->sn->nmedia += nports(m);
	call->sn->memory += sizeof(*m);
	open_line(m, call->sn->work->txn.ct);
	sipalg_event_media(call, m, SIPALG_EVENT_NEW);
}

/* Flows of another mapping between these ends, from either of them. */
static void purge_flows(struct sipalg_binding *b, const struct alg_ep *remote,
			u16 port)
{
	struct sipalg_key far;

	sipalg_key_from_ep(&far, remote, IPPROTO_UDP);
	far.port = port;
	sipalg_flow_purge(b, &b->lan, &far);
	sipalg_flow_purge(b, &far, &b->wan);
}

/*
 * What the far end says is shown as it is; but an address of the house, or no
 * address at all, makes no flow of the LAN host's RELATED (SEC-19), unless
 * the far end itself is there.
 */
static bool is_believed(const struct sipalg_call *call,
			const struct alg_ep *remote)
{
	if (remote->family != 4)
		return false;
	return !sipalg_is_private((__force __be32)remote->v4) ||
	       call->peer.v4 == (__force __be32)remote->v4;
}

/* Said again: what stood in the way of it is gone already. */
static bool is_known(const struct sipalg_media *m,
		     const struct sipalg_remote *r)
{
	return alg_ep_equal(&m->remote, &r->ep) &&
	       m->remote_rtcp == r->rtcp_port &&
	       m->rtp->peer.v4 == (__force __be32)r->ep.v4 &&
	       m->rtp->peer.port == r->ep.port;
}

static void set_remote(const struct sipalg_call *call, struct sipalg_media *m,
		       const struct sipalg_remote *r)
{
	if (is_known(m, r))
		return;
	m->remote = r->ep;
	m->remote_rtcp = r->rtcp_port;
	if (!is_believed(call, &r->ep))
		return;
	sipalg_key_from_ep(&m->rtp->peer, &r->ep, IPPROTO_UDP);
	purge_flows(m->rtp, &r->ep, r->ep.port);
	if (!m->rtcp || !r->rtcp_port)
		return;
	m->rtcp->peer = m->rtp->peer;
	m->rtcp->peer.port = r->rtcp_port;
	purge_flows(m->rtcp, &r->ep, r->rtcp_port);
}

static void keep_remotes(struct sipalg_call *call)
{
	struct sipalg_txn *txn = &call->sn->work->txn;

	if (!txn->remotes)
		return;
	call->sn->memory -= call->nremotes * sizeof(*call->remotes);
	call->sn->memory += txn->nremote * sizeof(*call->remotes);
	kfree(call->remotes);
	call->remotes = txn->remotes;
	call->nremotes = txn->nremote;
	txn->remotes = NULL;
}

static void set_remotes(struct sipalg_call *call)
{
	struct sipalg_media *m;
	unsigned int i;

	for (i = 0; i < call->nremotes; i++)
		list_for_each_entry(m, &call->media, node)
			if (m->index == call->remotes[i].index)
				set_remote(call, m, &call->remotes[i]);
}

/**
 * sipalg_media_commit() - the lines of this message become the dialog's
 * @sn: namespace, locked
 * @call: its dialog
 */
void sipalg_media_commit(struct sipalg_net *sn, struct sipalg_call *call)
{
	struct sipalg_txn *txn = &sn->work->txn;
	unsigned int i;

	if (!sn->work->ctx.has_sdp || !sn->work->ctx.in_dialog) {
		sipalg_media_abort(sn);	/* nobody's: SEC-18 */
		return;
	}
	if (sn->work->pkt.dir == ALG_OUT)
		call->generation++;
	for (i = 0; i < txn->nfresh; i++)
		adopt(call, txn->fresh[i].line);
	txn->nfresh = 0;
	keep_remotes(call);
	/* an offer in a call that stands is believed when it is answered */
	if (!call->accepted || sn->work->pkt.dir == ALG_OUT)
		set_remotes(call);
}

static void release(struct sipalg_call *call, struct sipalg_media *m,
		    bool kill_flows)
{
	sipalg_event_media(call, m, SIPALG_EVENT_END);
	list_del(&m->node);
	call->nlines--;
	sipalg_binding_put(m->rtp, kill_flows);
	if (m->rtcp)
		sipalg_binding_put(m->rtcp, kill_flows);
	call->sn->nmedia -= nports(m);
	call->sn->memory -= sizeof(*m);
	free_line(m);
}

/* Has the newest SDP another port for this line? */
static bool is_replaced(const struct sipalg_call *call,
			const struct sipalg_media *old)
{
	const struct sipalg_media *m;

	list_for_each_entry(m, &call->media, node)
		if (m->index == old->index && m->seen == call->generation)
			return true;
	return false;
}

/*
 * Offer and answer are complete: what the newest SDP left out goes. A held
 * stream keeps its mapping, unless it got another one.
 */
void sipalg_media_answer(struct sipalg_call *call)
{
	bool held = call->alg.state == ALG_CALL_HELD;
	struct sipalg_media *m, *next;

	call->accepted = call->generation;
	set_remotes(call);
	list_for_each_entry_safe(m, next, &call->media, node)
		if (m->seen != call->generation &&
		    (!held || is_replaced(call, m)))
			release(call, m, true);
}

/* An offer was rejected: what it alone opened goes, the rest stays. */
void sipalg_media_reject(struct sipalg_call *call)
{
	struct sipalg_media *m, *next;

	list_for_each_entry_safe(m, next, &call->media, node)
		if (m->born > call->accepted)
			release(call, m, true);
		else
			m->seen = call->generation;
}

void sipalg_media_release(struct sipalg_call *call, bool kill_flows)
{
	struct sipalg_media *m, *next;

	list_for_each_entry_safe(m, next, &call->media, node)
		release(call, m, kill_flows);
	call->sn->memory -= call->nremotes * sizeof(*call->remotes);
	kfree(call->remotes);
	call->remotes = NULL;
	call->nremotes = 0;
}

static void close_unused(struct sipalg_binding *b)
{
	if (!b || !b->open || b->refs > 1 || sipalg_flow_used(b))
		return;
	b->open = 0;
	sipalg_pinhole_close(b);
}

/**
 * sipalg_media_timeout() - close what nothing ever used (SEC-10)
 * @call: dialog; its namespace is locked
 *
 * The mapping itself stays for the dialog: a held stream, or a phone that
 * sends first, finds the announced port again.
 */
void sipalg_media_timeout(struct sipalg_call *call)
{
	struct sipalg_media *m;

	if (call->alg.state == ALG_CALL_HELD)
		return;
	list_for_each_entry(m, &call->media, node) {
		close_unused(m->rtp);
		close_unused(m->rtcp);
	}
}

/* New media flows want the conntrack of the signalling as their master. */
static void keep_signal(const struct sipalg_binding *b)
{
	struct nf_conn *ct = sipalg_binding_flow(b, &nf_ct_zone_dflt);

	if (!ct)
		return;
	sipalg_flow_extend(ct, (u64)SIPALG_FLOW_S * HZ);
	nf_ct_put(ct);
}

static void tend(struct sipalg_binding *b, const struct alg_pkt *pkt)
{
	sipalg_flow_prune(b);
	if (pkt)
		sipalg_binding_signal(b, pkt);
}

/**
 * sipalg_media_tend() - keep the lines' conntracks in order
 * @call: dialog; its namespace is locked
 * @pkt: the message at work, or NULL: every SIPALG_LOOK_S at least
 */
void sipalg_media_tend(struct sipalg_call *call, const struct alg_pkt *pkt)
{
	struct sipalg_media *m;

	m = list_first_entry_or_null(&call->media, struct sipalg_media, node);
	if (m && !pkt)
		keep_signal(m->rtp);
	list_for_each_entry(m, &call->media, node) {
		tend(m->rtp, pkt);
		if (m->rtcp)
			tend(m->rtcp, pkt);
	}
}

/* Does any media of this dialog flow? */
bool sipalg_media_live(const struct sipalg_call *call)
{
	const struct sipalg_media *m;

	list_for_each_entry(m, &call->media, node)
		if (sipalg_flow_live(m->rtp) ||
		    (m->rtcp && sipalg_flow_live(m->rtcp)))
			return true;
	return false;
}
