// SPDX-License-Identifier: GPL-2.0-only
/*
 * pinhole.c - the conntrack helper, and expectations for media.
 *
 * THEORY OF OPERATION
 *
 * The helper does no work: hook.c inspects the packets. It is on every SIP
 * conntrack so that expectations have a master, so that `conntrack -L` names
 * us, and so that a flowtable does not make the flow invisible. A flow that
 * carries another helper already is left to it.
 *
 * A media binding has one expectation while it waits for its first packet
 * from outside. It makes that packet RELATED, and the firewall lets it in.
 * When the expectation table is full, or after the expectation was used up,
 * the binding alone admits the flow (lookup.c). One that is taken out of the
 * table is kept for the next binding when nobody else holds it: to make and to
 * free one costs as much as to list it. Goal: what is announced is open before
 * the message leaves, and closed when the binding goes. This file must never
 * keep an expectation listed whose function is about to be unloaded.
 */
#include <linux/module.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_nat.h>

#include "compat.h"
#include "sipalg.h"

enum {
	MAX_EXPECTED	= 255,		/* of a class and a flow: an u8 counts */
	TIME_S		= 3600,
};

static const struct nf_conntrack_expect_policy policies[] = {
	{ .name = "rtp", .max_expected = MAX_EXPECTED, .timeout = TIME_S },
	{ .name = "rtcp", .max_expected = MAX_EXPECTED, .timeout = TIME_S },
	{ .name = "other", .max_expected = MAX_EXPECTED, .timeout = TIME_S },
};

static struct nf_conntrack_helper template;
struct nf_conntrack_helper *sipalg_helper;	/* what flows point to */

/* Ours in all namespaces; other helpers drop packets when the table is full. */
static atomic_t waiting = ATOMIC_INIT(0);

/*
 * Half of the table at its default size, which is four times its buckets. And
 * a flow that has all that it may have does not lose its oldest one, which
 * nf_conntrack would search its list for.
 */
static bool is_room(const struct nf_conn *master, u8 class)
{
	return atomic_read(&waiting) < 2 * nf_ct_expect_hsize &&
	       nfct_help(master)->expecting[class] < MAX_EXPECTED;
}

static int help(struct sk_buff *skb, unsigned int protoff, struct nf_conn *ct,
		enum ip_conntrack_info ctinfo)
{
	return NF_ACCEPT;
}

/**
 * sipalg_attach() - put our helper on a new flow
 * @ct: unconfirmed, before any NAT set-up
 *
 * Return: true if it carries our helper now; false when another helper has
 * it or memory is short (UDP is then inspected without the extension).
 */
bool sipalg_attach(struct nf_conn *ct)
{
	struct nf_conn_help *ext = nfct_help(ct);

	if (!ext) {
		ext = nf_ct_helper_ext_add(ct, GFP_ATOMIC);
		if (!ext)
			return false;
	}
	if (!rcu_access_pointer(ext->helper) && helper_get(sipalg_helper))
		rcu_assign_pointer(ext->helper, sipalg_helper);
	return rcu_access_pointer(ext->helper) == sipalg_helper;
}

/*
 * The first packet from outside hit the expectation. Everything needed is in
 * the tuple or was saved in the expectation, so that conntrackd can restore
 * it on another router, where no binding is.
 */
static void media_expected(struct nf_conn *ct, struct nf_conntrack_expect *exp)
{
	struct nf_conntrack_tuple *t =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	struct sipalg_net *sn = sipalg_pernet(nf_ct_net(ct));
	struct nf_nat_range2 range = {
		.flags = NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED,
		.min_addr = exp->saved_addr,
		.max_addr = exp->saved_addr,
		.min_proto = exp->saved_proto,
		.max_proto = exp->saved_proto,
	};
	struct sipalg_binding *b;
	struct sipalg_key wan;

	sipalg_key_v4(&wan, t->dst.u3.ip, t->dst.u.all, t->dst.protonum);
	spin_lock_bh(&sn->lock);
	b = sipalg_binding_by_wan(sn, &wan);
	if (b && b->open) {
		sipalg_flow_admit(b, ct, ALG_IN, true);
		sipalg_pinhole_close(b);	/* it is used up */
	}
	spin_unlock_bh(&sn->lock);
	nf_nat_setup_info(ct, &range, NF_NAT_MANIP_DST);
}

static struct nf_ct_helper_expectfn expectfn = {
	.name = "sipalg-media",
	.expectfn = media_expected,
};

static struct nf_conntrack_expect *take(struct sipalg_net *sn,
					struct nf_conn *master)
{
	struct sipalg_work *work = sn->work;
	struct nf_conntrack_expect *exp;

	if (!work->nspare)
		return nf_ct_expect_alloc(master);
	exp = work->spare[--work->nspare];
	expect_renew(exp, master);
	return exp;
}

/*
 * An expectation that is in no table. A reader under RCU may still stand on
 * it: it finds an expectation there, old or new, and the end of a chain.
 */
static void put_back(struct sipalg_net *sn, struct nf_conntrack_expect *exp)
{
	struct sipalg_work *work = sn->work;

	if (work->nspare < SIPALG_SPARE && refcount_read(&exp->use) == 1)
		work->spare[work->nspare++] = exp;
	else
		nf_ct_expect_put(exp);
}

/* Those that were kept go, with the last binding. Process context. */
void sipalg_pinhole_flush(struct sipalg_net *sn)
{
	struct sipalg_work *work = sn->work;

	while (work->nspare)
		nf_ct_expect_put(work->spare[--work->nspare]);
}

/**
 * sipalg_pinhole_open() - expect the first packet of a media flow
 * @b: media binding, open; its namespace is locked
 * @master: signalling conntrack with our helper
 *
 * Failure is no error: the binding admits the flow by itself.
 */
void sipalg_pinhole_open(struct sipalg_binding *b, struct nf_conn *master)
{
	union nf_inet_addr daddr = { .ip = b->wan.v4 };
	__be16 dport = htons(b->wan.port);
	struct nf_conntrack_expect *exp;
	int err;

	if (b->exp && expect_waits(b->exp))
		return;
	sipalg_pinhole_close(b);
	if (!sipalg_attached(master) || !is_room(master, b->class))
		return;
	exp = take(b->sn, master);
	if (!exp)
		return;
	nf_ct_expect_init(exp, b->class, AF_INET, NULL, &daddr, IPPROTO_UDP,
			  NULL, &dport);
	expect_no_helper(exp);
	exp->saved_addr.ip = b->lan.v4;
	exp->saved_proto.udp.port = htons(b->lan.port);
	exp->expectfn = media_expected;
	err = nf_ct_expect_related(exp, 0);
	if (err == -EMFILE)
		sipalg_event_exhausted(b->sn, SIPALG_FULL_EXPECT, &b->lan);
	if (err) {
		put_back(b->sn, exp);
		return;
	}
	b->exp = exp;		/* with the reference of the allocation */
	atomic_inc(&waiting);
}

/* No packet hits the expectation any more; its binding may still admit. */
void sipalg_pinhole_close(struct sipalg_binding *b)
{
	if (!b->exp)
		return;
	expect_remove(b->exp);
	put_back(b->sn, b->exp);
	b->exp = NULL;
	atomic_dec(&waiting);
}

int sipalg_pinhole_init(void)
{
	int err;

	helper_init(&template, "sipalg", policies, ARRAY_SIZE(policies), help);
	nf_ct_helper_expectfn_register(&expectfn);
	err = helper_register(&template, &sipalg_helper);
	if (err)
		nf_ct_helper_expectfn_unregister(&expectfn);
	return err;
}

static bool is_ours(struct nf_conntrack_expect *exp, void *data)
{
	return exp->expectfn == media_expected;
}

/*
 * Nobody restores an expectation of ours by name any more, and those that
 * were restored go: their function needs the namespaces, which go next.
 */
void sipalg_pinhole_stop(void)
{
	nf_ct_helper_expectfn_unregister(&expectfn);
	synchronize_rcu();	/* who found the name has inserted by now */
	nf_ct_expect_iterate_destroy(is_ours, NULL);
	synchronize_rcu();	/* and whoever called the function is out */
}

void sipalg_pinhole_exit(void)
{
	nf_conntrack_helper_unregister(sipalg_helper);
	synchronize_rcu();
}
