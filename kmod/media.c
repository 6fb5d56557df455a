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

#include "compat.h"
#include "sipalg.h"

/* Most dialogs have one line: its room is in the dialog. */
static struct sipalg_media *alloc_line(struct sipalg_call *call)
{
	if (!call->first.rtp)
		return &call->first;
	return kmem_cache_alloc(sipalg_cache[SIPALG_CACHE_MEDIA], GFP_ATOMIC);
}

static void free_line(struct sipalg_call *call, struct sipalg_media *m)
{
	if (m == &call->first)
		m->rtp = NULL;
	else
		kmem_cache_free(sipalg_cache[SIPALG_CACHE_MEDIA], m);
}

/* Bytes of a line beside its dialog. */
static size_t size_of(const struct sipalg_call *call,
		      const struct sipalg_media *m)
{
	return m == &call->first ? 0 : sizeof(*m);
}

/* The key of a port of the LAN host's, and that of its WAN address. */
static void set_keys(const struct sipalg_net *sn, u16 port,
		     struct sipalg_key *lan, struct sipalg_key *wan)
{
	const struct alg_pkt *pkt = &sn->work->pkt;

	sipalg_key_from_ep(lan, &pkt->lan, IPPROTO_UDP);
	lan->port = port;
	sipalg_key_from_ep(wan, &pkt->wan, IPPROTO_UDP);
}

/*
 * A new binding of a LAN port; @wan: the port outside that it should get, or
 * 0; @pair: the next ports are to be bound together too.
 */
static struct sipalg_binding *make_port(struct sipalg_net *sn,
					const struct sipalg_key *lan,
					struct sipalg_key *wan, bool pair)
{
	int oif = sn->work->txn.oif;

	if ((!wan->port || !sipalg_port_free(sn, wan, oif)) &&
	    sipalg_port_pick(sn, lan, wan, oif, pair))
		return ERR_PTR(-ENOSPC);
	return sipalg_binding_new(sn, lan, wan,
				  pair && !(lan->port & 1) ?
				  SIPALG_BINDING_PAIR : SIPALG_BINDING_MEDIA);
}

static void drop_made(struct sipalg_fresh *f)
{
	if (f->rtp_made)
		sipalg_binding_drop(f->line.rtp);
	if (f->rtcp_made)
		sipalg_binding_drop(f->line.rtcp);
}

static int bind_rtp(struct sipalg_net *sn, const struct alg_media *req,
		    bool next, struct sipalg_fresh *f)
{
	struct sipalg_media *m = &f->line;
	struct sipalg_key lan, wan, rtcp;

	set_keys(sn, req->lan.port, &lan, &wan);
	m->rtp = sipalg_binding_by_lan(sn, &lan, 0, &wan);
	if (m->rtp)
		return m->rtp->kind == SIPALG_BINDING_MEDIA ? 0 : -EACCES;
	rtcp = lan;
	rtcp.port++;
	if (next && sipalg_binding_alone(sn, &rtcp, &wan))
		next = false;
	wan.port = 0;
	m->rtp = make_port(sn, &lan, &wan, next);
	f->rtp_made = !IS_ERR(m->rtp);
	return PTR_ERR_OR_ZERO(m->rtp);
}

static int bind_rtcp(struct sipalg_net *sn, const struct alg_media *req,
		     bool next, struct sipalg_fresh *f)
{
	struct sipalg_media *m = &f->line;
	struct sipalg_key lan, wan;

	set_keys(sn, req->lan_rtcp_port, &lan, &wan);
	m->rtcp = sipalg_binding_by_lan(sn, &lan, 0, &wan);
	if (m->rtcp)
		return m->rtcp->kind == SIPALG_BINDING_MEDIA ? 0 : -EACCES;
	wan.port = 0;
	if (next && m->rtp->wan.port < SIPALG_PORTS - 1)
		wan.port = m->rtp->wan.port + 1;
	m->rtcp = make_port(sn, &lan, &wan, false);
	f->rtcp_made = !IS_ERR(m->rtcp);
	return PTR_ERR_OR_ZERO(m->rtcp);
}

/* The bindings of a line's ports, made where there are none. */
static int bind_ports(struct sipalg_net *sn, const struct alg_media *req,
		      struct sipalg_fresh *f)
{
	bool next = req->lan_rtcp_port == req->lan.port + 1;
	struct sipalg_media *m = &f->line;
	int err;

	err = bind_rtp(sn, req, next, f);
	if (err || !req->lan_rtcp_port)
		return err;
	if (!next || !m->rtp->paired)
		return bind_rtcp(sn, req, next, f);
	m->rtcp = m->rtp + 1;
	return 0;
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
	struct sipalg_media *m = &f->line;
	int err;

	if (txn->nfresh == ARRAY_SIZE(txn->fresh))
		return -ENOSPC;
	if (txn->call && txn->call->nlines + txn->nfresh >= SIPALG_MAX_LINES)
		return -ENOSPC;
	if (!alg_ip_equal(&req->lan, &sn->work->pkt.lan))
		return -EACCES;	/* never to a third host (SEC-4) */
	*f = (struct sipalg_fresh){
		.line.index = req->index,
		.line.kind = req->kind,
	};
	err = bind_ports(sn, req, f);
	if (err) {
		drop_made(f);
		return err;
	}
	txn->nfresh++;
	sipalg_key_to_ep(&m->rtp->wan, &req->wan);
	req->wan_rtcp_port = m->rtcp ? m->rtcp->wan.port : 0;
	return 0;
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

/* Is it in the list of its dialog? */
static bool is_listed(const struct sipalg_media *m)
{
	return m->node.next;
}

static int make_lines(struct sipalg_txn *txn)
{
	struct sipalg_call *call = txn->call;
	struct sipalg_fresh *f;

	for (f = txn->fresh; f < txn->fresh + txn->nfresh; f++) {
		f->mine = same_line(call, &f->line);
		if (f->mine)
			continue;
		f->mine = alloc_line(call);
		if (!f->mine)
			return -ENOMEM;
		*f->mine = f->line;
	}
	return 0;
}

/**
 * sipalg_media_prepare() - room for the lines of a message, and for what the
 * far end's SDP says
 * @sn: namespace, locked; the message has its dialog
 *
 * Return: 0 or -ENOMEM.
 */
int sipalg_media_prepare(struct sipalg_net *sn)
{
	struct sipalg_txn *txn = &sn->work->txn;

	if (!txn->call)
		return 0;
	if (make_lines(txn))
		return -ENOMEM;
	if (txn->nremote < 2)
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

		drop_made(f);
		if (f->mine && !is_listed(f->mine))
			free_line(txn->call, f->mine);
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

static unsigned int nports(const struct sipalg_media *m)
{
	return m->rtcp ? 2 : 1;
}

/* A line becomes the dialog's, or refreshes the one it has. */
static void adopt(struct sipalg_call *call, const struct sipalg_fresh *f)
{
	struct sipalg_media *m = f->mine;

	m->seen = call->generation;
	if (is_listed(m)) {
		m->kind = f->line.kind;
		open_line(m, call->sn->work->txn.ct);
		return;
	}
	sipalg_binding_get(m->rtp);
	if (m->rtcp)
		sipalg_binding_get(m->rtcp);
	m->born = call->generation;
	list_add_tail(&m->node, &call->media);
	call->nlines++;
	call->sn->nmedia += nports(m);
	call->sn->memory += size_of(call, m);
	open_line(m, call->sn->work->txn.ct);
	sipalg_event_media(call, m, SIPALG_EVENT_NEW);
}

/*
 * A flow of another mapping from the LAN host to the far end; one from there
 * to the router itself goes when its next packet comes (flow.c). Who sends no
 * RTP sends no RTCP: it is looked for when something was found, or when a
 * packet of the port was seen that did not follow the binding.
 */
static void purge_flows(const struct sipalg_media *m)
{
	bool found = sipalg_flow_purge(m->rtp, &m->rtp->lan, &m->rtp->peer);

	if (m->rtcp && m->remote_rtcp && (found || m->rtcp->stray))
		sipalg_flow_purge(m->rtcp, &m->rtcp->lan, &m->rtcp->peer);
}

/*
 * What the far end says is shown as it is; but an address of the house, or no
 * address at all, makes no flow of the LAN host's RELATED (SEC-19), unless
 * the far end itself is there.
 */
static bool is_believed(const struct sipalg_call *call,
			const struct sipalg_key *remote)
{
	if (remote->family != 4)
		return false;
	return !sipalg_is_private(remote->v4) || call->peer.v4 == remote->v4;
}

/* Said again: what stood in the way of it is gone already. */
static bool is_known(const struct sipalg_media *m,
		     const struct sipalg_remote *r)
{
	return m->remote.word == r->ep.word &&
	       m->remote_rtcp == r->rtcp_port &&
	       m->rtp->peer.word == r->ep.word;
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
	m->rtp->peer = r->ep;
	if (m->rtcp && r->rtcp_port) {
		m->rtcp->peer = r->ep;
		m->rtcp->peer.port = r->rtcp_port;
	}
	purge_flows(m);
}

static const struct sipalg_remote *remotes_of(const struct sipalg_call *call)
{
	return call->nremotes > 1 ? call->remotes : &call->remote;
}

static void drop_remotes(struct sipalg_call *call)
{
	if (call->nremotes > 1) {
		call->sn->memory -= call->nremotes * sizeof(*call->remotes);
		kfree(call->remotes);
	}
	call->nremotes = 0;
}

static void keep_remotes(struct sipalg_call *call)
{
	struct sipalg_txn *txn = &call->sn->work->txn;

	if (!txn->nremote)
		return;
	drop_remotes(call);
	call->nremotes = txn->nremote;
	if (call->nremotes == 1) {
		call->remote = txn->remote[0];
		return;
	}
	call->remotes = txn->remotes;
	call->sn->memory += call->nremotes * sizeof(*call->remotes);
	txn->remotes = NULL;
}

static void set_remotes(struct sipalg_call *call)
{
	const struct sipalg_remote *r = remotes_of(call);
	const struct sipalg_remote *end = r + call->nremotes;
	struct sipalg_media *m;

	for (; r < end; r++)
		list_for_each_entry(m, &call->media, node)
			if (m->index == r->index)
				set_remote(call, m, r);
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
		adopt(call, &txn->fresh[i]);
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
	call->sn->memory -= size_of(call, m);
	free_line(call, m);
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
	drop_remotes(call);
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
	if (!hlist_empty(&b->flows))
		sipalg_flow_prune(b);
	if (pkt)
		sipalg_binding_signal(b, pkt);
}

/* Nothing new in a message without SDP, of the flow that is known. */
static bool is_tended(const struct sipalg_net *sn,
		      const struct sipalg_binding *b)
{
	const struct alg_pkt *pkt = &sn->work->pkt;

	return !sn->work->ctx.has_sdp && b->signal_port == pkt->lan.port &&
	       b->signal.v4 == (__force __be32)pkt->peer.v4 &&
	       b->signal.port == pkt->peer.port;
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
	if (!m || (pkt && is_tended(call->sn, m->rtp)))
		return;
	if (!pkt)
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
