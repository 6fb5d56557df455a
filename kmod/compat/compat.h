/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - one name for what kernels call differently.
 *
 * The SIPALG_HAVE_... macros come from Kbuild, which probes the headers.
 */
#ifndef SIPALG_COMPAT_H
#define SIPALG_COMPAT_H

#include <linux/module.h>
#include <linux/poison.h>
#include <linux/timer.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_nat.h>
#include <net/udp.h>

#ifdef SIPALG_HAVE_TIMER_CONTAINER_OF
#define timer_object(var, t, field) timer_container_of(var, t, field)
#else
#define timer_object(var, t, field) from_timer(var, t, field)
#endif

/* It does not run any more, and nobody starts it again. */
static inline void timer_stop_sync(struct timer_list *t)
{
#ifdef SIPALG_HAVE_TIMER_DELETE
	timer_delete_sync(t);
#else
	del_timer_sync(t);
#endif
}

/* Fills a helper for UDP over IPv4. */
static inline void
helper_init(struct nf_conntrack_helper *helper, const char *name,
	    const struct nf_conntrack_expect_policy *policies,
	    unsigned int classes,
	    int (*help)(struct sk_buff *skb, unsigned int protoff,
			struct nf_conn *ct, enum ip_conntrack_info ctinfo))
{
#ifdef SIPALG_HAVE_HELPER_TUPLE
	/* a port for its tuple, which is never looked up */
	nf_ct_helper_init(helper, AF_INET, IPPROTO_UDP, name, 65500, 65500, 0,
			  policies, classes - 1, help, NULL, THIS_MODULE);
#else
	nf_ct_helper_init(helper, AF_INET, IPPROTO_UDP, name, policies,
			  classes - 1, help, NULL, THIS_MODULE);
#endif
}

/*
 * Registers @helper; @registered is the one that flows point to: @helper
 * itself, or a copy that lives as long as one of them does.
 */
static inline int helper_register(struct nf_conntrack_helper *helper,
				  struct nf_conntrack_helper **registered)
{
#ifdef SIPALG_HAVE_HELPER_COPY
	return nf_conntrack_helper_register(helper, registered);
#else
	*registered = helper;
	return nf_conntrack_helper_register(helper);
#endif
}

/* A flow is to point to it; conntrack puts the reference with the flow. */
static inline bool helper_get(struct nf_conntrack_helper *helper)
{
#ifdef SIPALG_HAVE_HELPER_COPY
	return refcount_inc_not_zero(&helper->ct_refcnt);
#else
	return true;
#endif
}

/*
 * Has the flow a helper? Copies stay on their flows when they are
 * unregistered, without a function. Under RCU.
 */
static inline bool has_helper(const struct nf_conn *ct)
{
	const struct nf_conn_help *ext = nfct_help(ct);
	const struct nf_conntrack_helper *helper;

	helper = ext ? rcu_dereference(ext->helper) : NULL;
#ifdef SIPALG_HAVE_HELPER_COPY
	if (helper && !rcu_access_pointer(helper->help))
		return false;
#endif
	return helper;
}

/* A media flow must not inherit the signalling flow's helper. */
static inline void expect_no_helper(struct nf_conntrack_expect *exp)
{
#ifdef SIPALG_HAVE_EXPECT_ASSIGN_HELPER
	RCU_INIT_POINTER(exp->assign_helper, NULL);
#else
	RCU_INIT_POINTER(exp->helper, NULL);
#endif
}

static inline struct udp_table *udp_sockets(struct net *net)
{
#if defined(SIPALG_HAVE_UDP_LOOKUP_TABLE) && !defined(SIPALG_HAVE_NET_UDP_TABLE)
	return &udp_table;
#else
	return net->ipv4.udp_table;
#endif
}

/*
 * The socket that would get a datagram from anywhere; under RCU. Mostly no
 * socket has a port of this hash at all.
 */
static inline struct sock *udp_socket_find(struct net *net, __be32 addr,
					   __be16 port, int ifindex)
{
	struct udp_table *table = udp_sockets(net);

	if (!READ_ONCE(udp_hashslot(table, net, ntohs(port))->count))
		return NULL;
#ifdef SIPALG_HAVE_UDP_LOOKUP_TABLE
	return __udp4_lib_lookup(net, 0, 0, addr, port, ifindex, 0, table,
				 NULL);
#else
	return __udp4_lib_lookup(net, 0, 0, addr, port, ifindex, 0, NULL);
#endif
}

/* The device by which masquerade chose the mapping, 0 if it did not. */
static inline int masq_device(const struct nf_conn *ct)
{
#if IS_ENABLED(CONFIG_NF_NAT_MASQUERADE)
	const struct nf_conn_nat *nat = nfct_nat(ct);

	return nat ? nat->masq_index : 0;
#else
	return 0;
#endif
}

/* So that masquerade's own clean-up goes on to work. */
static inline void set_masq_device(struct nf_conn *ct, int ifindex)
{
#if IS_ENABLED(CONFIG_NF_NAT_MASQUERADE)
	struct nf_conn_nat *nat = nf_ct_nat_ext_add(ct);

	if (nat)
		nat->masq_index = ifindex;
#endif
}

/*
 * As conntrack itself does with a flow that was expected; a rule of the
 * admin's may have marked this one already.
 */
static inline void conntrack_inherit(struct nf_conn *ct,
				     const struct nf_conn *master)
{
#ifdef CONFIG_NF_CONNTRACK_MARK
	if (!ct->mark)
		ct->mark = READ_ONCE(master->mark);
#endif
#ifdef CONFIG_NF_CONNTRACK_SECMARK
	if (!ct->secmark)
		ct->secmark = master->secmark;
#endif
}

/* An expectation that was out of the table: as nf_ct_expect_alloc() has it. */
static inline void expect_renew(struct nf_conntrack_expect *exp,
				struct nf_conn *master)
{
#ifdef SIPALG_HAVE_EXPECT_TIMEOUT_U32
	exp->timeout = nfct_time_stamp;
#endif
	exp->master = master;
}

/* Still waiting for its packet? No lock: an answer for the next message. */
static inline bool expect_waits(const struct nf_conntrack_expect *exp)
{
#ifdef SIPALG_HAVE_EXPECT_TIMEOUT_U32
	if (nf_ct_exp_is_expired(exp))
		return false;
#endif
	return READ_ONCE(exp->hnode.pprev) != LIST_POISON2;
}

/*
 * Out of the table at once. Where the timeout is a number of jiffies,
 * nf_ct_unexpect_related() only marks it for the next one who passes by, and
 * it would be listed and counted until then. Nobody else may have unlinked it.
 */
static inline void expect_remove(struct nf_conntrack_expect *exp)
{
#ifdef SIPALG_HAVE_EXPECT_TIMEOUT_U32
	spin_lock_bh(&nf_conntrack_expect_lock);
	if (exp->hnode.pprev != LIST_POISON2)
		nf_ct_unlink_expect(exp);
	spin_unlock_bh(&nf_conntrack_expect_lock);
#else
	nf_ct_unexpect_related(exp);
#endif
}

#endif /* SIPALG_COMPAT_H */
