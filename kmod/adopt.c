// SPDX-License-Identifier: GPL-2.0-only
/*
 * adopt.c - SIP flows that a flowtable carries when the module is enabled.
 *
 * A flow that was there before is inspected as it is (hook.c), but one that a
 * flowtable carries meets no hook. Such a flow goes, once: its mapping becomes
 * a binding first, so that its next packet, from either side, makes it again
 * on the same port, with our helper, which keeps it out of the flowtable.
 * Process context. No other flow may be touched here.
 */
#include <net/netfilter/nf_conntrack_core.h>

#include "compat.h"
#include "sipalg.h"

enum {
	ADOPT_BATCH	= 32,	/* conntracks a walk through the table */
	ADOPT_TIME_S	= 120,	/* as long as conntrack keeps a UDP stream */
};

/**
 * struct adoption - one walk
 * @sn: namespace
 * @n: conntracks found so far
 * @ct: they, each with a reference
 */
struct adoption {
	struct sipalg_net *sn;
	unsigned int n;
	struct nf_conn *ct[ADOPT_BATCH];
};

static bool is_sip(const struct sipalg_net *sn, const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *t =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;

	return nf_ct_protonum(ct) == IPPROTO_UDP &&
	       nf_ct_l3num(ct) == NFPROTO_IPV4 &&
	       (test_bit(ntohs(t->dst.u.udp.port), sn->udp_ports) ||
		test_bit(ntohs(t->src.u.udp.port), sn->udp_ports));
}

/* A lock of conntrack's is held: sn->lock cannot be taken here. */
static int note(struct nf_conn *ct, void *data)
{
	struct adoption *a = data;

	if (a->n < ADOPT_BATCH && test_bit(IPS_OFFLOAD_BIT, &ct->status) &&
	    !nf_ct_is_dying(ct) && is_sip(a->sn, ct)) {
		nf_conntrack_get(&ct->ct_general);
		a->ct[a->n++] = ct;
	}
	return 0;
}

/*
 * Only masquerade may choose another port the next time; by a rule of the
 * admin's the flow gets the same mapping as before.
 */
static void take_over(struct sipalg_net *sn, struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *orig =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_conntrack_tuple *reply =
		&ct->tuplehash[IP_CT_DIR_REPLY].tuple;
	struct sipalg_txn *txn = &sn->work->txn;
	struct sipalg_key lan, wan;
	struct sipalg_binding *b;

	txn->oif = masq_device(ct);
	txn->ct = ct;
	if (!txn->oif || (ct->status & IPS_NAT_MASK) != IPS_SRC_NAT)
		return;
	sipalg_key_v4(&lan, orig->src.u3.ip, orig->src.u.all, IPPROTO_UDP);
	sipalg_key_v4(&wan, reply->dst.u3.ip, reply->dst.u.all, IPPROTO_UDP);
	if (sipalg_binding_by_wan(sn, &wan) ||
	    sipalg_binding_by_lan(sn, &lan, txn->oif, &wan))
		return;
	b = sipalg_binding_new(sn, &lan, &wan, SIPALG_BINDING_SIP);
	if (IS_ERR(b))
		return;
	sipalg_key_v4(&b->peer, orig->dst.u3.ip, orig->dst.u.all, IPPROTO_UDP);
	b->signal = b->peer;
	b->signal_port = lan.port;
	sipalg_due_set(sn, &b->due, ADOPT_TIME_S * HZ);
}

static void bring_back(struct sipalg_net *sn, struct nf_conn *ct)
{
	rcu_read_lock();
	spin_lock_bh(&sn->lock);
	take_over(sn, ct);
	spin_unlock_bh(&sn->lock);
	rcu_read_unlock();
	nf_ct_delete(ct, 0, 0);
	nf_ct_put(ct);
}

/* A batch of them. Return: there may be more. */
static bool adopt_some(struct adoption *a)
{
	const struct nf_ct_iter_data walk = { .net = a->sn->net, .data = a };
	unsigned int i;

	nf_ct_iterate_cleanup_net(note, &walk);
	for (i = 0; i < a->n; i++)
		bring_back(a->sn, a->ct[i]);
	return a->n == ADOPT_BATCH;
}

/**
 * sipalg_adopt() - have every SIP flow meet our hooks
 * @sn: namespace, enabled; its configuration is locked
 */
void sipalg_adopt(struct sipalg_net *sn)
{
	struct adoption a = { .sn = sn };

	while (adopt_some(&a))
		a.n = 0;
}
